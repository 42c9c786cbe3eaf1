"""Every table of tests says which of them the plan named before."""

import pandas as pd
import pytest

from analysis.ingest import ingest, write
from analysis.report.page import open_page
from analysis.study import load_study
from tests.runner.small_notebooks import saves, write_notebook
from tests.small_study import write_study

NAMED, OTHER = "Develop honest, committed relationships", "Think and act systemically"


@pytest.fixture
def page(tmp_path, monkeypatch):
    root = write_study(tmp_path / "study")
    study = load_study(root)
    study.processed.mkdir(parents=True)
    write(ingest(study), study.processed)
    write_notebook(root / "notebooks", "01_first", "frame = 1", saves("made"), writes=["made"])
    monkeypatch.delenv("ANALYSIS_STAGE", raising=False)
    return open_page("01_first", study=root)


def test_rows_that_are_factors_are_labelled_each(page):
    frame = pd.DataFrame({"factor": [NAMED, OTHER], "estimate": 0.5, "curve_p": 0.01})
    shown, notes = page.labelled(frame)
    assert list(shown.columns) == ["factor", "label", "estimate", "curve_p"]
    assert shown["label"].tolist() == ["confirmatory", "exploratory"]
    assert notes == []


def test_the_same_factor_with_another_outcome_is_exploratory(page):
    outcomes = [page.primary_outcome, page.facets[0]]
    shown, _ = page.labelled(pd.DataFrame({"outcome": outcomes, "factor": NAMED, "p": 0.01}))
    assert shown["label"].tolist() == ["confirmatory", "exploratory"]


def test_tests_of_one_factor_and_of_none_are_told_in_a_note(page):
    frame = pd.DataFrame({"way": ["a", "b"], "p": 0.01})
    assert "is confirmatory" in page.labelled(frame, NAMED)[1][0]
    assert "is exploratory" in page.labelled(frame, OTHER)[1][0]
    assert "the plan names none of them" in page.labelled(frame)[1][0]


def test_a_table_without_tests_or_with_labels_stays_as_it_is(page):
    for columns in ({"factor": [NAMED], "partnerships": [3]}, {"factor": [NAMED], "label": ["mine"], "p": [0.01]}):
        frame = pd.DataFrame(columns)
        shown, notes = page.labelled(frame)
        pd.testing.assert_frame_equal(shown, frame)
        assert notes == []
