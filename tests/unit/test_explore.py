"""What moves when a control of the explore notebook is moved."""

import pandas as pd
import pytest

from analysis.configurations import build_sets
from analysis.report.explore import choose, explorer, recalibrated, solved_again, truth_table_explorer
from analysis.settings import Qca


@pytest.fixture
def study():
    interviews = pd.DataFrame(
        {
            "interview": ["i1", "i2", "i3"],
            "area": ["a", "a", "b"],
            "sector": ["council", "NHS", "NHS"],
            "partnership": "p",
        }
    )
    codings = pd.DataFrame(
        {
            "coding": [1, 2, 3],
            "interview": ["i1", "i2", "i3"],
            "coder": "c",
            "factor": ["Trust", "Purpose", "Trust"],
            "intensity": [1.0, 2.0, 3.0],
        }
    )
    excerpts = pd.DataFrame({"coding": [1, 2, 3], "text": ["one", "two", "three"]})
    return interviews, codings, excerpts


@pytest.fixture
def sets():
    draw = pd.Series(range(12)) / 4
    frame = pd.DataFrame(
        {
            "partnership": [f"p{i}" for i in range(12)],
            "area": list("abcabcabcabc"),
            "x": draw,
            "y": draw[::-1].to_numpy(),
        }
    )
    frame["outcome"] = frame["x"] + 0.1
    settings = Qca(condition_anchors=(0.5, 1.3, 2.2), outcome_anchors=(0.5, 1.3, 2.2), pri_cut=0)
    return build_sets(frame, {"x": "x", "y": "y"}, ("overall", "outcome"), settings), settings


def test_filters_leave_what_matches_and_only_approved_quotes(study):
    chosen = choose(*study, approved=[3], sector="NHS")
    assert list(chosen.interviews["interview"]) == ["i2", "i3"]
    assert list(chosen.quotes["text"]) == ["three"]
    assert set(chosen.quotes.columns) == {"factor", "text"}, "no role, no area beside a quote"
    assert choose(*study, approved=[1, 2, 3], area="a", factor="Trust").codings["coding"].tolist() == [1]


def test_moving_a_filter_draws_anew(study):
    box = explorer(*study, approved=[])
    sector = box.children[1]
    assert "council" in sector.options
    sector.value = "council"
    assert sector.value == "council"


def test_a_moved_crossover_changes_that_set_alone(sets):
    built, _ = sets
    moved = recalibrated(built, {"X": 1.9, "Y": built.thresholds("Y")[1]})
    assert (moved["X"] < built.data["X"]).any()
    pd.testing.assert_series_equal(moved["Y"], built.data["Y"])


def test_truth_table_and_solutions_follow_the_cut(sets):
    built, settings = sets
    table, solutions = solved_again(built, settings, built.data)
    assert {"consistency", "cases"} <= set(table.columns)
    assert list(solutions["solution"].unique()) == ["conservative", "intermediate", "parsimonious"]
    strict, _ = solved_again(built, settings.model_copy(update={"consistency_cut": 1.0}), built.data)
    assert (strict["OUT"] == "1").sum() <= (table["OUT"] == "1").sum()


def test_sliders_start_at_the_study_s_own_choices(sets):
    built, settings = sets
    box = truth_table_explorer(built, settings)
    assert box.children[0].value == settings.consistency_cut
    box.children[0].value = 0.95
    assert len(box.children) == 2 + 3 + 1
