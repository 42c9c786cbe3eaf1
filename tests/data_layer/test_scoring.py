"""Scores: every rule worked out by hand on one interview with two coders and one with none."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.scores import RULES, outcome_scores, score, unit_frame
from analysis.tidy import validate

FACTORS = pd.DataFrame({"framework": "f", "factor": ["trust", "purpose", "money"], "group": ["people", "people", ""]})
INTERVIEWS = pd.DataFrame(
    {"interview": ["i1", "i2"], "partnership": ["p", "p"], "area": ["a", "a"], "words": [100, 300]}
)


def coding(interview, coder, factor, intensity, words):
    return {
        "interview": interview,
        "coder": coder,
        "framework": "f",
        "factor": factor,
        "intensity": intensity,
        "words": words,
    }


CODINGS = pd.DataFrame(
    [
        coding("i1", "a", "trust", 1.0, 10),
        coding("i1", "a", "trust", 3.0, 20),
        coding("i1", "b", "trust", 3.0, 20),
        coding("i1", "a", "purpose", 2.0, 10),
        coding("i2", "b", "trust", 1.0, 30),
    ]
)


def cell(frame, level, unit, factor, column="value"):
    row = frame[(frame.level == level) & (frame.unit == unit) & (frame.factor == factor)]
    assert len(row) == 1
    return row[column].iloc[0]


@pytest.mark.parametrize(
    ("rule", "trust", "purpose"),
    [
        ("mean_intensity", (2.0 + 3.0) / 2, 2.0 / 2),
        ("max_intensity", 3.0, 1.0),
        ("presence", 1.0, 0.5),
        ("count", 1.5, 0.5),
        ("share_of_words", (0.3 + 0.2) / 2, 0.05),
    ],
)
def test_rules_by_hand(rule, trust, purpose):
    scores = score(INTERVIEWS, CODINGS, factors=FACTORS, rule=rule)
    assert cell(scores, "interview", "i1", "trust") == pytest.approx(trust)
    assert cell(scores, "interview", "i1", "purpose") == pytest.approx(purpose)


@pytest.mark.parametrize(
    ("coders", "trust", "purpose"),
    [("mean", 2.5, 1.0), ("any", 2.5, 2.0), ("consensus", 2.5, np.nan), ("first", 2.0, 2.0)],
)
def test_coders_by_hand(coders, trust, purpose):
    scores = score(INTERVIEWS, CODINGS, factors=FACTORS, coders=coders)
    assert cell(scores, "interview", "i1", "trust") == pytest.approx(trust)
    assert cell(scores, "interview", "i1", "purpose") == pytest.approx(purpose, nan_ok=True)


def test_absent_is_missing_unless_the_study_says_zero():
    missing = score(INTERVIEWS, CODINGS, factors=FACTORS)
    zero = score(INTERVIEWS, CODINGS, factors=FACTORS, absent="zero")
    assert np.isnan(cell(missing, "interview", "i2", "purpose"))
    assert cell(zero, "interview", "i2", "purpose") == 0
    assert cell(missing, "partnership", "p", "purpose") == pytest.approx(1.0)
    assert cell(zero, "partnership", "p", "purpose") == pytest.approx(0.5)
    assert cell(missing, "partnership", "p", "purpose", "n_informants") == 1
    assert cell(missing, "partnership", "p", "money", "n_informants") == 0


def test_partnership_is_the_mean_of_its_interviews_and_groups_of_their_factors():
    scores = score(INTERVIEWS, CODINGS, factors=FACTORS)
    assert cell(scores, "partnership", "p", "trust") == pytest.approx((2.5 + 1.0) / 2)
    assert cell(scores, "partnership", "p", "people") == pytest.approx((1.75 + 1.0) / 2)
    assert set(scores[scores.kind == "group"].factor) == {"people"}
    assert cell(scores, "partnership", "p", "trust", "share_of_words") == pytest.approx((0.25 * 100 + 0.1 * 300) / 400)


def test_the_table_keeps_its_schema():
    assert len(validate("scores", score(INTERVIEWS, CODINGS, factors=FACTORS))) == 2 * 4 + 4


def test_direct_ratings():
    ratings = pd.DataFrame(
        {
            "interview": ["i1", "i1", "i2"],
            "framework": "f",
            "factor": "trust",
            "coder": ["a", "b", "a"],
            "value": [1.0, 3.0, 4.0],
        }
    )
    scores = score(INTERVIEWS, CODINGS.iloc[:0], factors=FACTORS, ratings=ratings, rule="mean_rating")
    assert cell(scores, "partnership", "p", "trust") == pytest.approx(3.0)


@pytest.mark.parametrize(("entry", "value"), [("rule", "mean"), ("coders", "both"), ("absent", "none")])
def test_unknown_choices_are_told(entry, value):
    with pytest.raises(MethodError, match=f"scores.{entry}"):
        score(INTERVIEWS, CODINGS, factors=FACTORS, **{entry: value})


@given(st.permutations(range(len(CODINGS))), st.sampled_from(sorted(RULES)))
def test_order_of_rows_does_not_matter(order, rule):
    one = score(INTERVIEWS, CODINGS, factors=FACTORS, rule=rule)
    other = score(INTERVIEWS, CODINGS.iloc[list(order)], factors=FACTORS, rule=rule)
    pd.testing.assert_frame_equal(one, other)


def test_overall_outcome_is_the_mean_of_informants_means():
    outcomes = pd.DataFrame(
        {
            "partnership": "p",
            "informant": ["x", "x", "y"],
            "outcome": ["novelty", "reach", "novelty"],
            "value": [4.0, 2.0, 0.0],
        }
    )
    table = outcome_scores(outcomes, ("novelty", "reach"))
    values = table.set_index("outcome")["value"]
    assert values["novelty"] == pytest.approx(2.0)
    assert values["overall"] == pytest.approx((3.0 + 0.0) / 2)
    frame = unit_frame(
        score(INTERVIEWS, CODINGS, factors=FACTORS),
        table,
        pd.DataFrame({"partnership": ["p"], "area": ["a"]}),
        framework="f",
    )
    assert list(frame.columns[:4]) == ["partnership", "area", "trust", "purpose"]
    assert frame["outcome:overall"].iloc[0] == pytest.approx(1.5)
