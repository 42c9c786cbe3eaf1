"""The rule of grading, case by case."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.synthesis import LINES, joint_display


def primary_line(**columns):
    given = {
        "factor": ["a"],
        "label": ["confirmatory"],
        "standardised": [0.7],
        "standardised_low": [0.2],
        "standardised_high": [1.2],
        "p": [0.01],
        "p_adjusted": [0.04],
        "stands": [True],
        "within_standardised": [0.6],
        "within_p": [0.05],
        "agreement_words": ["both tests agree"],
    }
    return pd.DataFrame(given | columns)


def split_line(estimate=0.5, p=0.04):
    return pd.DataFrame({"factor": ["a"], "split_standardised": [estimate], "split_p": [p]})


def curve_line(share):
    return pd.DataFrame({"factor": ["a"], "curve_same_sign": [share], "curve_p": [0.05]})


@pytest.mark.parametrize(
    ("lines", "grade"),
    [
        ({"tests": primary_line()}, "strong"),
        ({"tests": primary_line(), "split": split_line()}, "strong"),
        ({"tests": primary_line(), "split": split_line(p=0.5)}, "moderate"),
        ({"tests": primary_line(label=["exploratory"]), "split": split_line()}, "moderate"),
        ({"tests": primary_line(within_p=[0.5])}, "limited"),
        ({"tests": primary_line(within_standardised=[-0.1])}, "limited"),
        ({"tests": primary_line(), "split": split_line(estimate=-0.2)}, "limited"),
        ({"tests": primary_line(), "curve": curve_line(0.95)}, "strong"),
        ({"tests": primary_line(), "curve": curve_line(0.7)}, "limited"),
        ({"tests": primary_line(stands=[False], p=[0.04])}, "limited"),
        ({"tests": primary_line(stands=[False], p=[0.06])}, "not shown"),
        ({"tests": primary_line(stands=[False], p=[np.nan], standardised=[np.nan])}, "not shown"),
    ],
)
def test_grades(lines, grade):
    display = joint_display(lines)
    assert list(display.table["grade"]) == [grade]
    assert display.lines == tuple(name for name in LINES if name in lines)
    assert f"{grade} for 1" in display.summary
    told = display.findings("novelty")
    assert len(told) == (grade in ("strong", "moderate"))
    assert all("estimate is 0.70 (interval 0.20 to 1.20)" in sentence for sentence in told)


def test_a_finding_tells_which_checks_see_it_and_whether_coders_agree_on_it():
    tests = primary_line(within_p=[0.09], agreement_words=["possible area-level confounding"])
    agreement = pd.DataFrame({"factor": ["a"], "alpha": [0.63], "alpha_low": [0.5], "alpha_high": [0.7]})
    (told,) = joint_display({"tests": tests, "split": split_line(), "agreement": agreement}).findings("novelty")
    assert "seen as well with split informants; not seen within areas (possible area-level confounding)" in told
    assert "less than conclusions take (alpha 0.63)" in told
    (agreed,) = joint_display({"tests": primary_line(), "agreement": agreement.assign(alpha=0.7)}).findings("novelty")
    assert agreed.endswith("confirmatory; seen as well within areas.")


def test_a_factor_missing_from_a_line_is_kept():
    tests = primary_line(factor=["b"])
    display = joint_display({"tests": tests, "split": split_line()})
    assert display.table["split_p"].isna().all()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({}, "no grade goes without it"),
        ({"tests": primary_line().drop(columns="p")}, "lacks p"),
        ({"tests": pd.concat([primary_line(), primary_line()])}, "twice"),
    ],
)
def test_bad_lines_are_refused(lines, said):
    with pytest.raises(MethodError, match=said):
        joint_display(lines)
