"""The joint display shows every line that was examined, and nothing that was not."""

from itertools import pairwise

import pandas as pd
import pytest

from analysis.figures.joint import plot_joint
from analysis.figures.legibility import MeasuringCanvas
from analysis.figures.style import PRESETS, note_simulated
from analysis.framework import load_frameworks
from analysis.synthesis import joint_display
from analysis.target import Target, set_target

FACTORS = [factor.label for factor in load_frameworks()["transforming-together"].factors]
TESTS = pd.DataFrame(
    {
        "factor": FACTORS,
        "label": "exploratory",
        "standardised": 0.4,
        "standardised_low": -0.2,
        "standardised_high": 1.0,
        "p": 0.0004,
        "p_adjusted": 0.0004,
        "stands": True,
        "within_standardised": 0.3,
        "within_p": 0.05,
        "agreement_words": "",
    }
)
OTHERS = {
    "raised": {"share_of_interviews": 0.95, "share_of_partnerships": 1.0},
    "sides": {"share_reference": 0.91, "share_others": 0.84, "side_difference": 0.07},
    "agreement": {"alpha": -0.05, "alpha_low": -0.1, "alpha_high": 0.1},
    "split": {"split_standardised": 0.35, "split_p": 0.02},
    "curve": {"curve_same_sign": 1.0, "curve_p": 0.01},
    "left_out": {"left_out_same_sign": 1.0},
    "stability": {"frequency": 0.62, "under_none": 0.2},
    "necessity": {"necessity_consistency": 0.8, "necessity_relevance": 0.6},
    "configurations": {"in_solution": "both"},
    "quotes": {"n_quotes": 4, "quotes": "1021, 2044, 2050, 3999"},
}


def shown(**changes):
    lines = {name: pd.DataFrame({"factor": FACTORS} | columns) for name, columns in (OTHERS | changes).items()}
    return plot_joint(joint_display({"tests": TESTS} | lines))


def words(figure):
    return [text for axis in figure.axes for text in (*axis.texts, axis.title) if text.get_text()]


def test_every_line_has_its_column_and_its_numbers():
    figure = shown()
    titles = [axis.get_title().replace("\n", " ") for axis in figure.axes[1:]]
    assert titles[0] == "adj. p"
    assert titles[-2:] == ["quotes", "evidence"]
    assert len(titles) == 11
    said = {text.get_text() for text in words(figure)}
    assert {
        "<.001",
        ".95",
        ".91",
        ".84",
        "\N{MINUS SIGN}.05",
        "1.00",
        ".62",
        ".80",
        "1021, 2044\nand 2",
        "moderate",
    } <= said


def test_a_line_that_was_not_examined_has_no_column():
    none = {"n_quotes": 0, "quotes": ""}
    assert "quotes" not in [axis.get_title() for axis in shown(quotes=none).axes]
    bare = plot_joint(joint_display({"tests": TESTS}))
    assert [axis.get_title() for axis in bare.axes[1:]] == ["adj.\np", "evidence"]


@pytest.mark.parametrize("preset", PRESETS)
def test_words_are_large_enough_and_apart(preset, tmp_path):
    set_target(Target(tmp_path, "page", "A study", simulated=True, preset=preset))
    figure = shown()
    note_simulated(figure)
    set_target(None)
    canvas = MeasuringCanvas(figure)
    canvas.draw()
    assert not canvas.illegible()
    titles = [axis.title.get_window_extent() for axis in figure.axes[1:]]
    assert all(left.x1 < right.x0 for left, right in pairwise(titles))


@pytest.mark.parametrize(("place", "marks"), [("present", 1), ("absent", 2), ("none", 0)])
def test_a_place_in_the_solution_has_its_mark(place, marks):
    figure = shown(configurations={"in_solution": place})
    (axis,) = [axis for axis in figure.axes if axis.get_title() == "in\nQCA"]
    assert len(axis.lines) == marks * len(FACTORS)
