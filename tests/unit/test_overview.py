"""What a study has to work with, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.framework import load_frameworks
from analysis.overview import gaps, pseudonyms, rolled_up

PARTNERSHIPS = pd.DataFrame({"partnership": ["p", "q", "r"]})
INTERVIEWS = pd.DataFrame(
    {
        "interview": ["i1", "i2", "i3"],
        "partnership": ["p", "p", "q"],
        "month": ["2016-05", None, None],
        "words": [100.0, np.nan, 50.0],
        "characters": [np.nan, np.nan, 300.0],
        "source": ["d1", "d2", None],
    }
)
CODED = pd.DataFrame(
    {"interview": ["i1", "i1", "i2"], "coder": ["A", "B", "A"], "start": [0, 5, np.nan], "end": [9.0] * 3}
)
OUTCOMES = pd.DataFrame({"partnership": ["p", "p", "q"], "outcome": ["x", "y", "x"], "value": [1.0, 2.0, np.nan]})


def test_gaps_are_counted():
    table = gaps(PARTNERSHIPS, INTERVIEWS, CODED, OUTCOMES).set_index("what")
    assert table["missing"].tolist() == [1, 4, 1, 2, 1, 2, 1]
    assert table["of"].tolist() == [3, 6, 3, 3, 3, 3, 3]
    assert table.loc["interviews without a month", "share"] == pytest.approx(2 / 3)


def test_a_share_of_nothing_is_missing():
    table = gaps(PARTNERSHIPS, INTERVIEWS, CODED.iloc[:0], OUTCOMES.iloc[:0]).set_index("what")
    assert np.isnan(table.loc["partnerships and outcomes without a rating", "share"])
    assert table.loc["interviews that nobody coded", "missing"] == 3


def test_pseudonyms_are_counted_once():
    documents = pd.DataFrame({"document": ["d2", "d7"]})
    table = pseudonyms(INTERVIEWS, CODED, documents).set_index("what")["pseudonyms"]
    assert table.to_dict() == {"interviews": 3, "coders": 2, "names of documents": 3}


def test_factors_stand_below_their_groups():
    framework = load_frameworks()["transforming-together"]
    above, order = rolled_up(framework)
    assert set(above) == {factor.label for factor in framework.factors}
    assert set(above.values()) == {group.label for group in framework.groups}
    assert len(order) == len(framework.factors) + len(framework.groups)
    for factor, group in above.items():
        assert order.index(group) < order.index(factor)


def test_a_framework_without_groups_has_factors_only():
    framework = load_frameworks()["building-blocks"]
    assert rolled_up(framework) == ({}, [factor.label for factor in framework.factors])
