"""Counting arrangements of large and tied blocks, where listing them is out of the question."""

from itertools import permutations
from math import comb, factorial

import numpy as np
import pandas as pd
import pytest

from analysis.association import permutation_within
from analysis.association.arrangements import block_sums, distribution
from analysis.association.results import many


def test_a_binary_factor_in_a_large_cluster_is_the_hypergeometric_test():
    """Ten of twenty units have the factor and outcomes are 0 or 1: the exact test of a two-by-two table."""
    x, y = np.repeat([0.0, 1.0], 10), np.r_[np.zeros(8), np.ones(2), np.zeros(3), np.ones(7)]
    found = permutation_within(pd.DataFrame({"x": [*x, 0], "y": [*y, 0], "a": [0] * 20 + [1]}), "y", "x", "a")
    share = [comb(9, k) * comb(11, 10 - k) / comb(20, 10) for k in range(10)]
    expected = sum(s for k, s in enumerate(share) if abs(k - 4.5) >= 2.5 - 1e-9)
    assert found.exact and found.arrangements == factorial(20)
    assert found.p == pytest.approx(expected, rel=1e-9)


def test_floors_far_below_rounding_are_still_positive_and_right():
    x, y = np.tile(np.repeat([0.0, 1.0], 10), 4), np.tile(np.repeat([0.0, 1.0], 10), 4)
    found = permutation_within(pd.DataFrame({"x": x, "y": y, "a": np.repeat(range(4), 20)}), "y", "x", "a")
    assert found.p == pytest.approx(2 / comb(20, 10) ** 4, rel=1e-6)
    assert found.floor == pytest.approx(found.p)


@pytest.mark.parametrize("seed", range(3))
def test_units_taken_one_by_one_give_the_same_sums_as_listing(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 3, 6).astype(float), rng.normal(size=6)
    monkeypatch.setattr("analysis.association.arrangements.SMALL", 0)
    sums = block_sums(x, y, 1e-12)
    listed = np.sort([x @ np.array(order) for order in permutations(y)])
    assert np.repeat(sums.values, np.round(sums.weights * 720).astype(int)) == pytest.approx(listed)
    assert sums.weights.sum() == pytest.approx(1)


def test_what_is_too_much_to_count_is_drawn():
    rng = np.random.default_rng(0)
    assert distribution(rng.normal(size=30), rng.normal(size=30), np.repeat([0, 1], 15)) is None


def test_very_large_numbers_are_written_as_powers():
    assert many(1728) == "1,728"
    assert many(factorial(100)) == "about 10^158"
