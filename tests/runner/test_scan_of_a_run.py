"""A finding of the last scan fails the run, and goes on failing it until it is mended."""

from __future__ import annotations

import re

from analysis.disclosure.texts import texts_of
from tests.runner.conftest import run, write_pages
from tests.small_study import AREAS, SETTINGS, write_study


def test_a_raw_name_that_a_page_prints_fails_every_run_until_it_is_mended(copy_of):
    root = copy_of()
    notebook = root / "notebooks" / "03_last.ipynb"
    clean = notebook.read_text(encoding="utf-8")
    notebook.write_text(clean.replace("print('last')", "import sys; print('read north-0-0.txt', file=sys.stderr)"))
    for _ in range(2):
        outcome = run(root)
        assert outcome.steps["disclosure"] == "failed", "nor is it unchanged the second time"
        (error,) = outcome.errors
        assert error.exit_code == 7
        assert "03_last" in str(error)
        assert "north-0-0" not in str(error)
    notebook.write_text(clean, encoding="utf-8")
    assert run(root).steps["disclosure"] == "done"
    assert run(root).steps["disclosure"] == "unchanged"


def test_a_file_put_into_the_report_by_hand_is_scanned(copy_of):
    root = copy_of()
    (root / "reports" / "notes.txt").write_text("quotes from north-0-0.txt", encoding="utf-8")
    outcome = run(root)
    assert outcome.steps["disclosure"] == "failed"
    assert "reports/notes.txt" in str(outcome.errors[0])


def test_a_study_that_hides_its_areas_names_them_in_no_file(tmp_path):
    renamed = [
        {**source, "path": source["path"].replace("raw/codings", "raw/north_codings")} for source in SETTINGS["sources"]
    ]
    root = write_study(tmp_path / "study", sources=renamed, disclosure={"areas": "pseudonymised"})
    (root / "data" / "raw" / "codings.csv").rename(root / "data" / "raw" / "north_codings.csv")
    write_pages(root)
    assert run(root).steps["disclosure"] == "failed", "the default of a notebook's parameter names an area"
    profile = root / "notebooks" / "profile.ipynb"
    profile.write_text(profile.read_text(encoding="utf-8").replace("north", "area-1"), encoding="utf-8")
    outcome = run(root)
    assert outcome.steps["disclosure"] == "done", outcome.errors
    assert (root / "reports" / "pages" / "profile-area-1.html").is_file()
    told = re.compile("|".join(rf"(?<![a-z]){area}(?![a-z])" for area in AREAS), re.IGNORECASE)
    for path in (p for folder in ("reports", "data/processed") for p in (root / folder).rglob("*") if p.is_file()):
        if path.name != "withheld.parquet":  # what the last scan looks for; it leaves with nothing
            assert not told.search(path.relative_to(root).as_posix()), path
            for place, text in texts_of(path.name, path.read_bytes()):
                assert not told.search(text), (path, place, told.search(text))
