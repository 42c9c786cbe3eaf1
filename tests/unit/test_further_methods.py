"""The sensitivity methods beside pyfixest, statsmodels, scipy and brute force."""

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis.association import (
    cluster_robust,
    fisher,
    max_t,
    ordinal,
    permutation_clusters,
    permutation_within,
    stratified_kendall,
    wild_bootstrap,
    within_between,
)
from analysis.errors import MethodError


def frame_of(seed: int, sizes: tuple[int, ...] = (3, 3, 3, 2, 2, 2), effect: float = 0.6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    area = np.repeat(np.arange(len(sizes)), sizes)
    x = np.round(rng.normal(size=len(area)) + 1.5, 1)
    y = np.round(effect * x + 0.7 * rng.normal(size=len(sizes))[area] + rng.normal(size=len(area)), 1)
    return pd.DataFrame({"x": x, "y": y, "z": np.round(rng.normal(size=len(area)), 1), "area": area})


@pytest.mark.filterwarnings("ignore")  # pyfixest uses what pandas deprecates
@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR3"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_cluster_robust_equals_pyfixest(kind, seed):
    """With both small-sample factors off pyfixest gives CR0 (its CRV1) and CR3; CR1 adds C / (C - 1)."""
    pf = pytest.importorskip("pyfixest")
    frame = frame_of(seed)
    name = {"CR0": "CRV1", "CR1": "CRV1", "CR3": "CRV3"}[kind]
    theirs = pf.feols("y ~ x", frame, vcov={name: "area"}, ssc=pf.ssc(k_adj=False, G_adj=kind == "CR1"))
    ours = cluster_robust(frame, "y", "x", "area", kind=kind)
    assert ours.estimate == pytest.approx(theirs.coef()["x"], rel=1e-8)
    assert ours.se == pytest.approx(theirs.se()["x"], rel=1e-8)


def test_a_kind_that_does_not_exist_is_refused():
    with pytest.raises(MethodError, match="nearest: CR2"):
        cluster_robust(frame_of(0), "y", "x", "area", kind="CR2S")


def refitted(frame: pd.DataFrame, signs: np.ndarray, null: float) -> float:
    """One bootstrap t by statsmodels: restricted residuals with their signs turned."""
    y = frame["y"] - null * frame["x"]
    star = y.mean() + (y - y.mean()) * signs[frame["area"]]
    fitted = sm.OLS(star, sm.add_constant(frame["x"])).fit(cov_type="cluster", cov_kwds={"groups": frame["area"]})
    return abs(fitted.tvalues["x"])


@pytest.mark.parametrize("seed", range(3))
def test_wild_bootstrap_counts_every_sign_vector(seed):
    frame = frame_of(seed)
    ours = wild_bootstrap(frame, "y", "x", "area")
    t = np.array([refitted(frame, np.array(signs), 0.0) for signs in product([1.0, -1.0], repeat=6)])
    assert ours.arrangements == 64 and ours.exact
    assert ours.p == pytest.approx((t >= t[0] - 1e-9).mean())
    assert ours.floor == 2 / 64 <= ours.p


def test_wild_bootstrap_interval_inverts_the_test():
    frame = frame_of(1)
    ours = wild_bootstrap(frame, "y", "x", "area", level=0.9)
    for bound, inward in zip(ours.interval, (1, -1), strict=True):
        for step, kept in ((1e-6, True), (-1e-6, False)):
            shifted = frame.assign(y=frame["y"] - (bound + inward * step) * frame["x"])
            assert (wild_bootstrap(shifted, "y", "x", "area").p > 0.1) == kept


def test_webb_weights_are_all_counted_for_six_clusters_and_drawn_for_many():
    frame = frame_of(2)
    exact = wild_bootstrap(frame, "y", "x", "area", weights="webb")
    drawn = wild_bootstrap(frame, "y", "x", "area", weights="webb", limit=100, draws=20_000)
    assert exact.arrangements == 6**6 and exact.exact and not drawn.exact
    assert drawn.p == pytest.approx(exact.p, abs=0.02)
    assert "seed 2017" in drawn.summary


@pytest.mark.parametrize("seed", range(3))
def test_max_t_equals_the_algorithm_as_printed(seed):
    """Westfall and Young's algorithm 4.1, step by step, with t statistics of fixed-effects regressions."""
    frame = frame_of(seed, (3, 2, 2), 1.0).assign(y2=lambda d: d["y"] ** 2)
    cluster = frame["area"].to_numpy()
    inner = frame.drop(columns="area") - frame.groupby("area")[["x", "y", "z", "y2"]].transform("mean")
    pairs = [(y, x) for y in ("y", "y2") for x in ("x", "z")]
    df = len(frame) - 3 - 1

    def statistics(order):
        t = []
        for y, x in pairs:
            r = np.corrcoef(inner[x], inner[y].to_numpy()[order])[0, 1]
            t.append(abs(r) * np.sqrt(df / (1 - r**2)))
        return np.array(t)

    blocks = [np.flatnonzero(cluster == c) for c in range(3)]
    every = []
    for orders in product(*[permutations(block) for block in blocks]):
        order = np.concatenate([np.array(own) for own in orders])
        every.append(statistics(order))
    every = np.array(every)
    rank = np.argsort(-every[0])
    expected, last = {}, 0.0
    for step, pair in enumerate(rank):
        largest = every[:, rank[step:]].max(axis=1)
        last = max(last, (largest >= every[0, pair] - 1e-9).mean())
        expected[pairs[pair]] = last
    ours = max_t(frame, ["y", "y2"], ["x", "z"], "area")
    assert ours.exact and ours.arrangements == len(every) == 24
    for row in ours.table.itertuples():
        assert row.p_adjusted == pytest.approx(expected[row.outcome, row.factor])
        assert row.p == pytest.approx(permutation_within(frame, row.outcome, row.factor, "area").p)
        assert row.estimate == pytest.approx(permutation_within(frame, row.outcome, row.factor, "area").estimate)


def test_max_t_takes_one_name_and_leaves_incomplete_rows_out():
    frame = frame_of(4)
    frame.loc[2, "z"] = np.nan
    ours = max_t(frame, "y", ["x", "z"], "area")
    assert ours.n_dropped == 1 and ours.n_units == 14
    assert "2 pairs" in ours.summary


@pytest.mark.parametrize("seed", range(3))
def test_kendall_of_one_large_cluster_equals_scipy(seed):
    frame = frame_of(seed, (7, 1))
    theirs = stats.kendalltau(frame["x"][:7], frame["y"][:7])
    ours = stratified_kendall(frame, "y", "x", "area")
    assert ours.estimate == pytest.approx(theirs.statistic)
    assert ours.arrangements == 5040
    null = [stats.kendalltau(frame["x"][:7], order).statistic for order in permutations(frame["y"][:7])]
    assert ours.p == pytest.approx((np.abs(null) >= abs(theirs.statistic) - 1e-9).mean())


def test_kendall_adds_strata_and_is_drawn_where_clusters_are_large():
    frame = frame_of(3, (9, 4))
    exact = stratified_kendall(frame_of(3, (8, 4)), "y", "x", "area")
    drawn = stratified_kendall(frame, "y", "x", "area", draws=999)
    assert exact.exact and not drawn.exact
    assert drawn.concordant + drawn.discordant <= 36 + 6
    assert "same order" in drawn.summary


@pytest.mark.parametrize("seed", range(3))
def test_ordinal_equals_statsmodels(seed):
    frame = frame_of(seed, (6, 5, 6, 5, 6, 5)).assign(g=lambda d: np.clip(np.round(d["y"]), 0, 3))
    model = OrderedModel(frame["g"].astype(int), frame[["x"]], distr="logit")
    theirs = model.fit(method="bfgs", disp=False, gtol=1e-9)
    ours = ordinal(frame, "g", "x", "area")
    assert ours.estimate == pytest.approx(theirs.params["x"], abs=1e-5)
    scores = model.score_obs(theirs.params.to_numpy())
    bread = np.linalg.inv(-model.hessian(theirs.params.to_numpy()))
    sums = pd.DataFrame(scores).groupby(frame["area"].to_numpy()).sum().to_numpy()
    assert ours.se == pytest.approx(np.sqrt((bread @ sums.T @ sums @ bread)[0, 0] * 6 / 5), rel=1e-3)
    assert ours.df == 5
    assert ours.p == pytest.approx(2 * stats.t.sf(abs(ours.estimate / ours.se), 5))


def test_ordinal_says_that_a_factor_separates():
    frame = frame_of(0).assign(y=lambda d: (d["x"] > d["x"].median()).astype(float))
    with pytest.raises(MethodError, match="separates"):
        ordinal(frame, "y", "x", "area")


@pytest.mark.parametrize("sign", [1, -1])
def test_ordinal_says_so_where_only_ties_keep_grades_together(sign):
    """No pair of units is out of order, so the likelihood rises without end (quasi-complete separation)."""
    frame = pd.DataFrame({"area": list("aabbccdd"), "x": [0, 1] * 4, "y": [0, 1, 0, 2, 1, 2, 0, 2]})
    with pytest.raises(MethodError, match="separates"):
        ordinal(frame.assign(y=sign * frame["y"]), "y", "x", "area")


def test_ordinal_has_an_estimate_as_soon_as_one_pair_is_out_of_order():
    frame = pd.DataFrame({"area": list("aabbccdd"), "x": [0, 1] * 4, "y": [0, 1, 1, 2, 1, 0, 0, 2]})
    assert 0 < ordinal(frame, "y", "x", "area").estimate < 10


def test_ordinal_refuses_a_slope_that_hangs_on_a_hairs_breadth():
    x = np.array([0.0, 1.0, 2.0, 3.0, 3.001, 5.0, 6.0, 7.0])
    frame = pd.DataFrame({"area": list("aabbccdd"), "x": x, "y": [0, 0, 0, 1, 0, 1, 1, 1]})
    with pytest.raises(MethodError, match="separates"):
        ordinal(frame, "y", "x", "area")


@pytest.mark.parametrize(("weights", "floor"), [("rademacher", 2 / 2**6), ("webb", 6 / 6**6)])
def test_the_floor_of_the_wild_bootstrap_is_reached_where_every_cluster_agrees(weights, floor):
    """Only vectors of six equal weights give a t as far out as data without any noise in the slope."""
    x = np.tile([0.0, 1.0, 2.0], 6)
    noise = 1e-3 * np.random.default_rng(0).normal(size=18)
    frame = pd.DataFrame({"x": x, "y": x + noise, "area": np.repeat(np.arange(6), 3)})
    found = wild_bootstrap(frame, "y", "x", "area", weights=weights)
    assert found.floor == pytest.approx(floor)
    assert found.p == pytest.approx(floor)


@pytest.mark.parametrize("draws", [0, -1, 98])
@pytest.mark.parametrize("method", [wild_bootstrap, stratified_kendall, permutation_within])
def test_too_few_draws_are_refused(method, draws):
    with pytest.raises(MethodError, match="draws must be at least 99"):
        method(frame_of(0), "y", "x", "area", draws=draws)


@pytest.mark.parametrize("parts", ["permutation", "kenward_roger"])
def test_fisher_equals_scipy(parts):
    frame = frame_of(5)
    ours = fisher(frame, "y", "x", "area", parts=parts)
    if parts == "permutation":
        p = [f(frame, "y", "x", "area").p for f in (permutation_within, permutation_clusters)]
    else:
        both = within_between(frame, "y", "x", "area")
        p = [both.within.p, both.between.p]
    theirs = stats.combine_pvalues(p)
    assert (ours.statistic, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue))
    assert ours.floor <= ours.p
    assert "Fisher" in ours.summary and len(ours.table) == 3
