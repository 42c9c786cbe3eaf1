"""Rearrangement within clusters beside brute force and scipy, its interval, and its counting."""

from itertools import permutations, product
from math import factorial, prod

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.association import permutation_clusters, permutation_within
from analysis.association.evidence import permutations_within
from analysis.errors import MethodError


def brute(frame: pd.DataFrame) -> np.ndarray:
    """Slopes within clusters of every arrangement, one after another; the observed one first."""
    cluster = pd.factorize(frame["area"])[0]
    x = (frame["x"] - frame.groupby("area")["x"].transform("mean")).to_numpy()
    y = frame["y"].to_numpy()
    blocks = [np.flatnonzero(cluster == c) for c in range(cluster.max() + 1)]
    slopes = []
    for orders in product(*[permutations(block) for block in blocks]):
        order = np.empty(len(y), dtype=int)
        for block, own in zip(blocks, orders, strict=True):
            order[block] = own
        slopes.append(x @ y[order] / (x @ x))
    return np.array(slopes)


def frame_of(seed: int, sizes: list[int], coarse: bool) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    x, y = rng.normal(size=n), rng.normal(size=n)
    if coarse:
        x, y = np.round(x), np.round(y)
    return pd.DataFrame({"x": x, "y": y + 0.5 * x, "area": np.repeat(np.arange(len(sizes)), sizes)})


@pytest.mark.parametrize("sizes", [[3, 2, 3, 2], [4, 3, 1], [2, 2, 2, 2, 2], [5, 3]])
@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("seed", [0, 1])
def test_counts_every_arrangement_with_ties(sizes, coarse, seed):
    frame = frame_of(seed, sizes, coarse)
    ours = permutation_within(frame, "y", "x", "area")
    slopes = brute(frame)
    assert ours.exact
    assert ours.arrangements == ours.possible == len(slopes) == prod(factorial(s) for s in sizes)
    assert ours.estimate == pytest.approx(slopes[0])
    assert ours.p == pytest.approx((np.abs(slopes) >= abs(slopes[0]) - 1e-9).mean(), abs=1e-12)
    assert ours.floor == pytest.approx((np.abs(slopes) >= np.abs(slopes).max() - 1e-9).mean(), abs=1e-12)
    assert ours.null["share"].sum() == pytest.approx(1)


def test_the_design_of_the_plan_has_1728_arrangements():
    assert permutation_within(frame_of(3, [3, 3, 3, 2, 2, 2], True), "y", "x", "area").arrangements == 1728


def test_191_million_arrangements_are_counted_and_agree_with_draws():
    frame = frame_of(4, [4] * 6, False)
    exact = permutation_within(frame, "y", "x", "area")
    drawn = permutation_within(frame, "y", "x", "area", limit=10, draws=40_000, seed=1)
    assert exact.exact and exact.arrangements == 24**6
    assert not drawn.exact and drawn.arrangements == 40_000 and drawn.possible == 24**6
    assert drawn.p == pytest.approx(exact.p, abs=4 * np.sqrt(exact.p * (1 - exact.p) / 40_000))
    assert "drawn with seed 1" in drawn.summary
    assert drawn.floor == 1 / 40_001
    assert (
        permutation_within(frame, "y", "x", "area", limit=10, draws=999, seed=1).p
        == permutation_within(frame, "y", "x", "area", limit=10, draws=999, seed=1).p
    )


def test_one_cluster_pair_equals_scipy():
    """Two clusters of which one has a single unit: a plain permutation test of a correlation."""
    frame = frame_of(5, [6, 1], False)
    inner = frame.head(6)
    theirs = stats.permutation_test(
        (inner["y"],), lambda y: inner["x"] @ (y - y.mean()), permutation_type="pairings", n_resamples=np.inf
    )
    share = (np.abs(theirs.null_distribution) >= abs(theirs.statistic) - 1e-9).mean()
    assert permutation_within(frame, "y", "x", "area").p == pytest.approx(share)


@pytest.mark.parametrize("seed", range(4))
def test_the_interval_holds_what_the_test_does_not_reject(seed):
    frame = frame_of(seed, [3, 3, 3, 2, 2], False)
    ours = permutation_within(frame, "y", "x", "area", level=0.9)
    for bound, inside in ((ours.interval[0], 1), (ours.interval[1], -1)):
        for step, kept in ((1e-4, True), (-1e-4, False)):
            shifted = frame.assign(y=frame["y"] - (bound + inside * step) * frame["x"])
            assert (permutation_within(shifted, "y", "x", "area").p > 0.1) == kept


def test_too_few_arrangements_leave_the_interval_unbounded():
    ours = permutation_within(frame_of(1, [2, 2, 1], False), "y", "x", "area")
    assert ours.interval == (-np.inf, np.inf)
    assert ours.floor == 0.5
    assert "unbounded" in ours.summary


def test_clusters_are_rearranged_as_wholes():
    frame = frame_of(2, [3, 3, 3, 2, 2, 2], False)
    ours = permutation_clusters(frame, "y", "x", "area")
    means = frame.groupby("area")[["x", "y"]].mean()
    x = (means["x"] - means["x"].mean()).to_numpy()
    slopes = np.array([x @ np.array(order) for order in permutations(means["y"])])
    assert ours.arrangements == 720
    assert ours.p == pytest.approx((np.abs(slopes) >= abs(slopes[0]) - 1e-9).mean())
    assert ours.estimate == pytest.approx(slopes[0] / (x @ x))


@pytest.mark.parametrize("column", ["x", "y"])
def test_nothing_to_rearrange_is_refused(column):
    frame = frame_of(2, [3, 3, 2], False)
    frame[column] = frame["area"].astype(float)
    with pytest.raises(MethodError, match="does not vary within any cluster"):
        permutation_within(frame, "y", "x", "area")


def test_pairs_tested_together_are_as_tested_alone():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(9, 5)), columns=["y0", "y1", "x0", "x1", "x2"]).assign(area=list("aaabbbccc"))
    frame.loc[4, "x1"] = np.nan
    frame["x2"] = 1.0
    together = permutations_within(frame, ["y0", "y1", "x0"], ["x0", "x1", "x2"], "area")
    assert len(together.results) == 5 and set(together.problems["factor"]) == {"x2"}
    for found in together.results:
        assert found == permutation_within(frame, found.outcome, found.factor, "area")
