"""All factors together: against scikit-learn by hand, the Shapley definition, and what is known under none."""

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.integrate import quad
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.preprocessing import StandardScaler

from analysis.errors import MethodError
from analysis.models import partial_pooling, predict_left_out, r2_under_none, relative_importance, stability_selection


def frame_of(
    seed: int, sizes: tuple[int, ...] = (3, 3, 3, 2, 2, 2), factors: int = 11, effect: float = 0.0
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    area = np.repeat(np.arange(len(sizes)), sizes)
    x = rng.normal(size=(len(area), factors)) + 0.7 * rng.normal(size=(len(area), 1))
    y = effect * x[:, 0] + 0.5 * rng.normal(size=len(sizes))[area] + rng.normal(size=len(area))
    frame = pd.DataFrame(x, columns=[f"f{i}" for i in range(factors)])
    return frame.assign(y=y, area=[f"a{i}" for i in area])


def names(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if name.startswith("f")]


def test_ridge_predictions_are_scikit_learns_area_by_area():
    frame = frame_of(0, effect=1.0)
    ours = predict_left_out(frame, "y", names(frame), "area", permutations=60)
    for area in frame["area"].unique():
        train, test = frame[frame["area"] != area], frame[frame["area"] == area]
        scaler = StandardScaler().fit(train[names(frame)])
        model = RidgeCV(np.geomspace(1e-1, 1e4, 26)).fit(scaler.transform(train[names(frame)]), train["y"])
        mine = ours.table[ours.table["cluster"] == area]
        assert mine["predicted"].to_numpy() == pytest.approx(model.predict(scaler.transform(test[names(frame)])))
        assert mine["baseline"].to_numpy() == pytest.approx(train["y"].mean())
    errors = ((ours.table["observed"] - ours.table["predicted"]) ** 2).sum()
    assert ours.score == pytest.approx(1 - errors / ((ours.table["observed"] - ours.table["baseline"]) ** 2).sum())
    assert ours.p == pytest.approx((1 + (ours.null >= ours.score).sum()) / 61)


@pytest.mark.parametrize("kind", ["ridge", "elastic_net"])
def test_a_strong_factor_is_predictive_and_none_is_not(kind):
    strong = frame_of(1, (6,) * 8, 3, effect=3.0)
    found = predict_left_out(strong, "y", names(strong), "area", kind=kind, permutations=9)
    assert found.score > 0.6 and found.p == pytest.approx(1 / 10)
    none = frame_of(2, (6,) * 8, 3)
    assert predict_left_out(none, "y", names(none), "area", kind=kind, permutations=1).score < 0.2
    assert found.coefficients["coefficient"].abs().idxmax() == 0
    with pytest.raises(MethodError, match="nearest: ridge"):
        predict_left_out(strong, "y", names(strong), "area", kind="rigde")


def test_relative_importance_is_the_average_over_all_orders():
    frame = frame_of(3, factors=4, effect=1.0)
    ours = relative_importance(frame, "y", names(frame), "area", resamples=20).table.set_index("factor")["share"]

    def r2(columns):
        if not columns:
            return 0.0
        x = frame[list(columns)]
        return LinearRegression().fit(x, frame["y"]).score(x, frame["y"])

    shares = dict.fromkeys(names(frame), 0.0)
    for order in permutations(names(frame)):
        for i, factor in enumerate(order):
            shares[factor] += (r2(order[: i + 1]) - r2(order[:i])) / 24
    assert ours.to_dict() == pytest.approx(shares, abs=1e-6)
    assert ours.sum() == pytest.approx(r2(names(frame)), abs=1e-6)


def test_importance_intervals_hold_the_share_and_many_factors_are_refused():
    frame = frame_of(4, (8,) * 6, 3, effect=1.0)
    table = relative_importance(frame, "y", names(frame), "area", resamples=100).table
    assert (table["low"] <= table["share"]).all() and (table["share"] <= table["high"]).all()
    wide = frame_of(4, factors=15)
    with pytest.raises(MethodError, match="at most 14"):
        relative_importance(wide, "y", names(wide), "area")


def test_importance_intervals_hold_small_shares_where_the_bootstrap_fits_better_than_the_study():
    """Ten distinct units of fifteen fit eleven factors perfectly, so plain percentiles lie above most shares."""
    frame = frame_of(5)
    table = relative_importance(frame, "y", names(frame), "area", resamples=60).table
    assert (table["low"] <= table["share"]).all() and (table["share"] <= table["high"]).all()
    assert (table["low"] >= 0).all() and (table["high"] <= 1).all()


def test_eleven_factors_and_fifteen_units_fit_anything():
    """R2 of k factors and n units under none is Beta(k/2, (n-k-1)/2): median .81 for 11 and 15."""
    frame = frame_of(5)
    found = r2_under_none(frame, "y", names(frame), "area", permutations=4000)
    theory = stats.beta(11 / 2, (15 - 11 - 1) / 2)
    assert found.median == pytest.approx(theory.median(), abs=0.02)
    model = LinearRegression().fit(frame[names(frame)], frame["y"])
    assert found.observed == pytest.approx(model.score(frame[names(frame)], frame["y"]))
    assert "fit anything" in found.summary


def test_stability_selection_finds_the_one_factor_and_keeps_its_bound_under_none():
    strong = frame_of(6, (6,) * 8, 8, effect=1.5)
    found = stability_selection(strong, "y", names(strong), "area", pairs=40)
    assert found.table.iloc[0]["factor"] == "f0" and found.table.iloc[0]["stable"]
    assert found.table["frequency"].sum() == pytest.approx(2, abs=0.05)
    stable = [
        stability_selection(frame_of(s, (6,) * 8, 8), "y", names(strong), "area", pairs=15).table["stable"].sum()
        for s in range(20, 40)
    ]
    assert np.mean(stable) <= found.bound


def test_partial_pooling_of_independent_equally_precise_estimates_is_an_integral_over_the_spread():
    """With equal errors the posterior is known given the spread; the rest is quadrature over one dimension."""
    from analysis.models.pooling import _pooled

    b, s2 = np.array([0.9, 0.1, -0.2, 0.4, 0.3]), 0.04
    table, mean, mean_se, spread = _pooled(b, s2 * np.eye(5), 0.95)
    top, squares = 2 * np.sqrt(b.var() + s2), ((b - b.mean()) ** 2).sum()

    def likelihood(t: float) -> float:
        return (s2 + t * t) ** -2 * np.exp(-squares / (2 * (s2 + t * t)))

    def average(value: Callable[[float], float]) -> float:
        return quad(lambda t: value(t) * likelihood(t), 0, top)[0] / quad(likelihood, 0, top)[0]

    weight = average(lambda t: t * t / (t * t + s2))
    assert (mean, spread) == pytest.approx((b.mean(), average(lambda t: t)), rel=1e-3)
    assert mean_se**2 == pytest.approx(average(lambda t: (t * t + s2) / 5), rel=2e-3)
    assert table["weight"].to_numpy() == pytest.approx(weight, rel=1e-3)
    assert table["pooled"].to_numpy() == pytest.approx(b.mean() + weight * (b - b.mean()), rel=1e-3)

    def below(t: float) -> float:
        own = t * t / (t * t + s2)
        sd = np.sqrt(own * s2 + (1 - own) ** 2 * (t * t + s2) / 5)
        return stats.norm.cdf(table["high"][0], b.mean() + own * (b[0] - b.mean()), sd)

    assert average(below) == pytest.approx(0.975, abs=5e-4)


def test_partial_pooling_of_a_study_without_effects_pools_almost_everything():
    frame = frame_of(7, (5,) * 10, 6)
    found = partial_pooling(frame, "y", names(frame), "area", permutations=300)
    assert len(found.table) == 6
    assert found.table["pooled"].std() < 0.6 * found.table["estimate"].std()
    strong = frame_of(8, (5,) * 10, 6, effect=1.5)
    top = partial_pooling(strong, "y", names(strong), "area", permutations=300).table
    assert top.loc[top["pooled"].idxmax(), "factor"] == "f0" and top.loc[top["pooled"].idxmax(), "low"] > 0


def test_partial_pooling_holds_what_matters_less_often_than_it_says_and_is_nearer_to_it_than_single_estimates():
    """A short form of benchmarks/pooling.py: three of eleven factors matter, fifteen units."""
    sizes, effects = (3, 3, 3, 2, 2, 2), np.array([0.55, 0.35, 0.35])
    inside, errors = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x = 0.5 * rng.normal(size=(15, 1)) + 0.75**0.5 * rng.normal(size=(15, 11))
        y = x[:, :3] @ effects + 0.7 * rng.normal(size=15)
        frame = pd.DataFrame(x, columns=[f"f{i}" for i in range(11)]).assign(y=y, area=np.repeat(range(6), sizes))
        table = partial_pooling(frame, "y", names(frame), "area", permutations=99).table
        # corr(x_i, x_j) = .25, var(x) = 1: what a factor has in common with the sum of the effects
        gain = np.concatenate([0.75 * effects, np.zeros(8)]) + 0.25 * effects.sum()
        true = gain / np.sqrt(0.75 * (effects**2).sum() + 0.25 * effects.sum() ** 2 + 0.49)
        inside.append(((table["low"] <= true) & (table["high"] >= true)).to_numpy())
        errors.append([((table[name] - true) ** 2).mean() for name in ("pooled", "estimate")])
    held = np.mean(inside, axis=0)
    assert 0.6 < held[:3].mean() < 0.95 and held.mean() > 0.85
    pooled, alone = np.sqrt(np.mean(errors, axis=0))
    assert pooled < 0.85 * alone


@pytest.mark.parametrize("method", [predict_left_out, r2_under_none, partial_pooling])
def test_no_rearrangements_are_refused(method):
    frame = frame_of(10)
    with pytest.raises(MethodError, match="permutations must be at least"):
        method(frame, "y", names(frame), "area", permutations=0)


def test_columns_that_cannot_be_used_are_named():
    frame = frame_of(9).assign(f3=1.0)
    with pytest.raises(MethodError, match="'f3' does not vary"):
        r2_under_none(frame, "y", names(frame), "area")
    with pytest.raises(MethodError, match="none of them the outcome"):
        r2_under_none(frame, "y", ["y", "f0"], "area")
