"""A finding of the last scan fails the run, and goes on failing it until it is mended."""

from __future__ import annotations

from tests.runner.conftest import run


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
