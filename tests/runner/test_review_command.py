"""`review`: partnerships and self-assessments on the real pages, run as the command line runs them."""

from __future__ import annotations

import io
import json
import shutil

import pandas as pd
import pytest
from openpyxl import load_workbook

from analysis.cli import main
from analysis.errors import StudyError
from analysis.framework import load_frameworks
from analysis.report.notebooks import PROJECT_NOTEBOOKS
from tests.runner.small_notebooks import saves, write_notebook
from tests.small_study import write_study

BLOCKS = load_frameworks()["building-blocks"]
TT = load_frameworks()["transforming-together"]
GRADES = 'frame = pd.DataFrame({"factor": ["Develop honest, committed relationships"], "grade": ["strong"]})'


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return a study whose only pages are those of reviews, and a page of findings for them to read."""
    root = write_study(tmp_path_factory.mktemp("reviewed") / "study")
    write_notebook(root / "notebooks", "09_findings", GRADES, saves("joint_display"), writes=["joint_display"])
    for name in ("partnership_review", "self_assessment"):
        shutil.copy(PROJECT_NOTEBOOKS / f"{name}.ipynb", root / "notebooks")
    return root


def record(root, page):
    return json.loads((root / "data/processed/pages" / f"{page}.json").read_text())


def fill(form, folder, ratings):
    """Fill a form for each respondent with the same rating of every statement but the first."""
    folder.mkdir()
    for number, (sector, rating) in enumerate(ratings):
        book = load_workbook(io.BytesIO(form.read_bytes()))
        book["About you"]["B4"] = sector
        for place, row in enumerate(book["Statements"].iter_rows(min_row=2)):
            row[3].value = rating if place else 4 * (number % 2)
        book.save(folder / f"{number}.xlsx")


def test_one_partnership_is_reviewed_and_told(root, capsys):
    assert main(["review", "--study", str(root), "--partnership", "east-0", "--jobs", "2"]) == 0
    assert "partnership_review-east-0.html" in capsys.readouterr().out
    done = record(root, "partnership_review-east-0")
    assert done["title"] == "Partnership review: East-0"
    assert "3 informants spoke of" in done["answer"]
    page = (root / "reports/pages/partnership_review-east-0.html").read_text()
    assert TT.factor("relationships").definition[:40] in page
    reasons = pd.read_csv(root / "reports/tables/review_attention-east-0.csv")
    assert "strong" in set(reasons["grade"])
    sides = pd.read_csv(root / "reports/tables/review_sides-east-0.csv")
    assert "agreement" in sides
    assert not {"council", "partner"} & set(sides), "one informant of the council is no mean"


def test_a_partnership_that_there_is_not_is_told_with_the_nearest(root, capsys):
    assert main(["review", "--study", str(root), "--partnership", "east-9"]) == StudyError.exit_code
    said = capsys.readouterr().err
    assert "there is no partnership 'east-9'" in said
    assert "nearest: east-" in said


def test_a_partnership_is_found_by_its_name_as_well(root, capsys):
    assert main(["review", "--study", str(root), "--partnership", "east-0", "--dry-run"]) == 0
    assert main(["review", "--study", str(root), "--partnership", "EAST-0", "--dry-run"]) == 0
    assert "partnership_review-EAST" not in capsys.readouterr().out


def test_forms_go_out_and_come_back_as_a_page(root, tmp_path, capsys):
    form = tmp_path / "form.xlsx"
    assert main(["review", "--study", str(root), "--form", str(form), "--framework", BLOCKS.key]) == 0
    assert f"{len(BLOCKS.factors)} statements" in capsys.readouterr().out
    fill(form, tmp_path / "filled", [("council", 3), ("council", 4), ("council", 3), ("health", 1), ("health", 0)])
    command = ["review", "--study", str(root), "--framework", BLOCKS.key, "--partnership", "Our own", "--jobs", "2"]
    assert main([*command, "--answers", str(tmp_path / "filled")]) == 0
    told = capsys.readouterr().out
    assert "5 respondents rated 9 statements" in told
    key = "self_assessment-building-blocks-our-own"
    assert f"{key}.html" in told
    assert record(root, key)["title"] == "Self-assessment: Our own (building blocks)"
    page = (root / "reports/pages" / f"{key}.html").read_text()
    assert "are read across" in page
    assert BLOCKS.questions[0] in page
    agreement = pd.read_csv(root / f"reports/tables/self_agreement-{key.removeprefix('self_assessment-')}.csv")
    assert agreement["agreement"].iloc[0] == 0, "the first statement divided the respondents"
    assert "council" not in agreement, "two of the health service are fewer than three"


def test_a_form_and_answers_at_once_are_refused(root, tmp_path, capsys):
    both = ["--form", str(tmp_path / "f.xlsx"), "--answers", str(tmp_path)]
    assert main(["review", "--study", str(root), *both]) == 1
    assert "together" in capsys.readouterr().err


def test_a_wrong_answer_makes_no_page(root, tmp_path, capsys):
    (tmp_path / "answers.csv").write_text("respondent,governance\n1,9\n")
    command = ["review", "--study", str(root), "--framework", BLOCKS.key, "--answers", str(tmp_path / "answers.csv")]
    assert main(command) == 4
    assert "'9' is no rating" in capsys.readouterr().err
