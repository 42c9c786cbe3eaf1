"""A further area is one entry, one export, and its rows in the three sheets: what docs/bring-your-own-study.md says."""

from __future__ import annotations

import csv
import shutil

import pandas as pd
import pytest
from openpyxl import load_workbook

from analysis.ingest import ingest, write
from analysis.report.notebooks import members
from analysis.report.planning import plan_pages
from analysis.study import load_study
from tests.conftest import REPOSITORY

ENTRY = "  - {key: northam, name: Northam, nation: England, council_type: unitary}\n"
SOURCE = """\
  - path: data/raw/northam_codings.csv
    columns:
      {source: Transcript, coder: Read by, code: Code, start: From, end: To, weight: Strength, text: Words spoken}
"""
CODINGS = [
    ("NOR-1-01", "Coder One", "Develop honest, committed relationships", 0, 30, 3, "We kept our word to one another."),
    ("NOR-1-01", "Coder One", "Turnover of senior managers", 40, 60, 2, "Chiefs came and went."),
    ("NOR-1-02", "Coder Two", "Track, reflect, learn and adapt", 5, 25, 1, "We looked at it each month."),
]


@pytest.fixture(scope="module")
def before():
    """Return the tidy tables of the six-area study."""
    return ingest(load_study(REPOSITORY)).tables


@pytest.fixture(scope="module")
def seven(tmp_path_factory):
    """Return the folder of the six-area study with one more area."""
    root = tmp_path_factory.mktemp("seven") / "study"
    shutil.copytree(REPOSITORY / "data" / "raw", root / "data" / "raw")
    settings = (REPOSITORY / "study.yml").read_text(encoding="utf-8")
    last_area, last_source = "longitude: -2.63}\n\n", "  - {path: data/raw/wigan.qdpx}\n"
    assert settings.count(last_area) == 1
    settings = settings.replace(last_area, last_area.rstrip("\n") + "\n" + ENTRY + "\n")
    settings = settings.replace(last_source, last_source + SOURCE)
    (root / "study.yml").write_text(settings, encoding="utf-8")
    raw = root / "data" / "raw"
    with (raw / "northam_codings.csv").open("w", encoding="utf-8", newline="") as file:
        header = ("Transcript", "Read by", "Code", "From", "To", "Strength", "Words spoken")
        csv.writer(file, delimiter=";").writerows([header, *CODINGS])
    with (raw / "partnerships.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(("northam-1", "Northam", "Harbour quarter", "neighbourhoods", 2010, 5, "yes"))
    with (raw / "outcomes.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(("Harbour quarter", "Novelty", f"NOR-1-0{n}", n) for n in (1, 2))
    book = load_workbook(raw / "interviews.xlsx")
    for n, sector in ((1, "council"), (2, "NHS")):
        row = (f"NOR-1-0{n}.docx", f"northam-1-0{n}", "Harbour quarter", "director", sector, "2016-10", 900)
        book.active.append(row)
    book.save(raw / "interviews.xlsx")
    return root


@pytest.fixture(scope="module")
def after(seven):
    """Return the tidy tables of the seven-area study, written into its folder."""
    found = ingest(load_study(seven))
    processed = seven / "data" / "processed"
    processed.mkdir(parents=True)
    write(found, processed)
    return found.tables


def test_the_area_is_there_with_its_partnership_interviews_and_outcomes(after):
    assert after["areas"].set_index("area").loc["northam", "name"] == "Northam"
    assert len(after["areas"]) == 7
    people = after["interviews"][after["interviews"]["area"] == "northam"]
    assert people["partnership"].tolist() == ["northam-1"] * 2
    rated = after["outcomes"][after["outcomes"]["partnership"] == "northam-1"]
    assert sorted(rated["value"]) == [1, 2]
    assert set(rated["interview"]) == set(people["interview"])


def test_its_codings_are_read_matched_and_scored(after):
    scores = after["scores"].query("level == 'partnership' and unit == 'northam-1' and kind == 'factor'")
    known = scores.dropna(subset=["value"]).set_index("factor")["value"]
    assert known.to_dict() == {"relationships": 3.0, "learning": 1.0, "turnover": 2.0}


@pytest.mark.parametrize("table", ["partnerships", "interviews", "outcomes", "scores"])
def test_nothing_changes_for_the_other_areas(before, after, table):
    key = {"scores": "unit"}.get(table, "partnership")
    people = after["interviews"]
    new = {"northam-1", *people.loc[people["area"] == "northam", "interview"]}
    rest = after[table][~after[table][key].isin(new)].reset_index(drop=True)
    order = list(before[table].columns)
    sort = [column for column in order if column not in ("value", "share_of_words")]
    first, second = (f[order].sort_values(sort, ignore_index=True) for f in (before[table], rest))
    pd.testing.assert_frame_equal(first, second)


def test_pages_for_the_area_and_its_partnership_follow(seven, after):
    study = load_study(seven)
    assert ("northam", "Northam") in members(study, "area")
    pages = {run.key for run in plan_pages(study)}
    assert {"area_profile-northam", "partnership_review-northam-1"} <= pages
    assert len(after["areas"]) == len([page for page in pages if page.startswith("area_profile-")])
