"""Pages that are made when somebody asks for them, and are kept up to date from then on."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis.errors import NotebookError
from analysis.report.notebooks import answers_folder, members
from analysis.report.page import open_page
from analysis.study import load_study
from tests.runner.conftest import run
from tests.runner.small_notebooks import draws, write_notebook
from tests.small_study import write_study

FIRST = "review-east-0"


def made(root):
    return {path.stem for path in (root / "reports/pages").glob("*.html")}


@pytest.fixture
def root(tmp_path):
    """Return a study with one page of every report, one on demand for each partnership, and one for answers."""
    root = write_study(tmp_path / "study")
    folder = root / "notebooks"
    reviewed = draws("review").replace('"review', 'f"review-{partnership}').replace(".svg", ".svg")
    write_notebook(folder, "01_beside", draws("beside"), reads=["scores"])
    write_notebook(
        folder, "review", reviewed, parameters='partnership = ""  # which', per="partnership", in_report=False
    )
    write_notebook(folder, "answered", "print(answers)", parameters='answers = ""  # which', per="answers", order=3)
    return root


def hand_in(root, name, value=3.0):
    folder = answers_folder(load_study(root))
    folder.mkdir(parents=True, exist_ok=True)
    row = {"respondent": "r01", "partnership": "ours", "framework": "building-blocks", "factor": "data", "value": value}
    pd.DataFrame([row]).to_parquet(folder / f"{name}.parquet")


def test_a_page_on_demand_is_made_when_asked_for_and_kept_up_to_date(root):
    assert not run(root).errors
    assert made(root) == {"01_beside"}
    assert run(root, only=FIRST).steps[FIRST] == "done"
    assert made(root) == {"01_beside", FIRST}
    again = run(root).steps
    assert again[FIRST] == "unchanged"
    assert again["01_beside"] == "unchanged", "a page on demand changes nobody else's navigation"
    path = root / "notebooks/review.ipynb"
    path.write_text(path.read_text().replace("# review", "# Review"))
    assert run(root).steps[FIRST] == "done"


def test_all_pages_of_a_notebook_are_made_by_its_name(root):
    done = run(root, only="review").steps
    assert sum(name.startswith("review-") and what == "done" for name, what in done.items()) == 9
    navigation = (root / "reports/pages" / f"{FIRST}.html").read_text()
    assert "review-south-2" not in navigation


def test_a_page_is_made_for_every_set_of_answers_and_follows_them(root):
    run(root)
    hand_in(root, "building-blocks")
    assert run(root).steps["answered-building-blocks"] == "done"
    record = json.loads((root / "data/processed/pages/answered-building-blocks.json").read_text())
    assert record["title"].endswith("ours (building blocks)")
    assert record["parameters"]["answers"] == "building-blocks"
    hand_in(root, "building-blocks", value=1.0)
    assert run(root).steps["answered-building-blocks"] == "done"
    (answers_folder(load_study(root)) / "building-blocks.parquet").unlink()
    run(root)
    assert made(root) == {"01_beside"}


def test_a_page_opens_for_the_first_of_its_members_where_none_is_named(root, monkeypatch):
    monkeypatch.delenv("ANALYSIS_STAGE", raising=False)
    page = open_page("review-", study=root)
    assert (page.key, page.member) == (FIRST, "east-0")
    assert members(page.study, "partnership")[0][0] == "east-0"
    with pytest.raises(NotebookError, match="review --answers"):
        open_page("answered-", study=root)
