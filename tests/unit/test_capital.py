"""Composites, reliability and structure against what can be worked out by hand or is known by construction."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.capital import Recipe, composites, parallel_analysis, reliability
from analysis.capital.reliability import alpha_of, omega_of
from analysis.errors import MethodError
from analysis.figures.capital import plot_parallel


def one_factor(loadings: list[float]) -> np.ndarray:
    matrix = np.outer(loadings, loadings)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def drawn(n: int, k: int, r: float, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = np.sqrt(r) * rng.normal(size=(n, 1)) + np.sqrt(1 - r) * rng.normal(size=(n, k))
    return pd.DataFrame(values, columns=[f"i{j}" for j in range(k)])


def test_a_composite_by_hand() -> None:
    frame = pd.DataFrame({"a": [0.0, 4.0, np.nan], "b": [2.0, 2.0, 3.0], "c": [4.0, 1.0, np.nan]})
    recipes = {
        "plain": Recipe(("a", "b")),
        "weighted": Recipe(("a", "b", "c"), weights=(1, 1, 2), reverse=("c",)),
        "whole": Recipe(("plain", "weighted")),
    }
    found = composites(frame, recipes, scale=(0, 4))
    assert found.table["plain"].tolist() == [1.0, 3.0, 3.0]
    assert found.table["weighted"].tolist()[:2] == [(0 + 2 + 2 * 0) / 4, (4 + 2 + 2 * 3) / 4]
    assert np.isnan(found.table["weighted"][2])  # b carries a quarter of the weight only
    assert found.table["whole"].tolist() == [(1.0 + 0.5) / 2, 3.0, 3.0]
    assert found.shared("whole", "plain") == {"a", "b"}
    assert found.shared("plain", "c") == frozenset()
    assert found.n_missing == {"plain": 0, "weighted": 1, "whole": 0}
    assert "whole" not in frame.columns


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        (Recipe(("a", "z")), "unknown item 'z'"),
        (Recipe(("a", "a")), "twice"),
        (Recipe(("a", "b"), weights=(1.0,)), "weights"),
        (Recipe(("a", "b"), weights=(1.0, -1.0)), "weights"),
        (Recipe(("a",), reverse=("b",)), "unknown item 'b'"),
        (Recipe(()), "no items"),
        (Recipe(("a", "c")), "off the scale"),
    ],
)
def test_recipes_that_do_not_fit(recipe: Recipe, says: str) -> None:
    frame = pd.DataFrame({"a": [1.0], "b": [2.0], "c": [9.0]})
    with pytest.raises(MethodError, match=says):
        composites(frame, {"x": recipe}, scale=(0, 4))
    with pytest.raises(MethodError, match="name of a column"):
        composites(frame, {"a": Recipe(("b",))}, scale=(0, 4))


@pytest.mark.parametrize("r", [0.1, 0.3, 0.7])
@pytest.mark.parametrize("k", [3, 5, 11])
def test_parallel_items_have_the_spearman_brown_reliability(k: int, r: float) -> None:
    matrix = one_factor([np.sqrt(r)] * k)
    expected = k * r / (1 + (k - 1) * r)
    assert alpha_of(matrix) == pytest.approx(expected)
    assert omega_of(matrix) == pytest.approx(expected, abs=1e-6)


def test_omega_recovers_unequal_loadings_and_alpha_lies_below() -> None:
    loadings = [0.9, 0.7, 0.5, 0.3]
    matrix = one_factor(loadings)
    truth = sum(loadings) ** 2 / (sum(loadings) ** 2 + sum(1 - v * v for v in loadings))
    assert omega_of(matrix) == pytest.approx(truth, abs=1e-5)
    assert alpha_of(matrix) < truth
    spread = np.array([1.0, 2.0, 0.5, 3.0])
    scaled = matrix * np.outer(spread, spread)
    common = (spread * loadings).sum() ** 2
    unique = (spread**2 * (1 - np.square(loadings))).sum()
    assert omega_of(scaled) == pytest.approx(common / (common + unique), abs=1e-5)


def test_three_items_have_the_closed_form() -> None:
    r12, r13, r23 = 0.6, 0.5, 0.4
    matrix = np.array([[1, r12, r13], [r12, 1, r23], [r13, r23, 1]])
    loadings = np.sqrt([r12 * r13 / r23, r12 * r23 / r13, r13 * r23 / r12])
    truth = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert omega_of(matrix) == pytest.approx(truth, abs=1e-6)


def test_alpha_is_one_less_the_ratio_of_mean_squares() -> None:
    """Hoyt (1941): from a two-way analysis of variance of units by items."""
    data = drawn(15, 4, 0.4)
    values = data.to_numpy()
    n, k = values.shape
    units = k * ((values.mean(1) - values.mean()) ** 2).sum() / (n - 1)
    rest = values - values.mean(1, keepdims=True) - values.mean(0) + values.mean()
    error = (rest**2).sum() / ((n - 1) * (k - 1))
    found = reliability(data, list(data), draws=50)
    assert found.alpha == pytest.approx(1 - error / units)
    f = stats.f.ppf([0.975, 0.025], n - 1, (n - 1) * (k - 1))
    assert found.alpha_interval == pytest.approx(tuple(1 - (1 - found.alpha) * f))


def test_intervals_cover_the_truth() -> None:
    truth = 2 * 0.4 / (1 + 0.4)
    hits = []
    for seed in range(300):
        low, high = reliability(drawn(15, 2, 0.4, seed), ["i0", "i1"]).alpha_interval
        hits.append(low <= truth <= high)
    assert 0.90 < np.mean(hits) < 0.99


def test_two_items_have_no_omega() -> None:
    data = drawn(15, 2, 0.5)
    found = reliability(data, list(data))
    assert np.isnan(found.omega)
    assert "can't be had from two items" in found.summary
    assert found.loadings["alpha_without"].isna().all()


def test_reliability_counts_what_it_leaves_out_and_refuses_the_rest() -> None:
    data = drawn(10, 3, 0.5)
    data.iloc[0, 0] = np.nan
    found = reliability(data, list(data), draws=50)
    assert (found.n_units, found.n_dropped) == (9, 1)
    with pytest.raises(MethodError, match="do not vary"):
        reliability(data.assign(i0=1.0), list(data))
    with pytest.raises(MethodError, match="at least 4"):
        reliability(data.head(4), list(data))
    with pytest.raises(MethodError, match="two or more different"):
        reliability(data, ["i0", "i0"])
    assert reliability(data, list(data), draws=50).table.equals(found.table)


def test_parallel_analysis_finds_one_dimension_and_none() -> None:
    together = parallel_analysis(drawn(60, 6, 0.6), [f"i{j}" for j in range(6)], draws=500)
    apart = parallel_analysis(drawn(60, 6, 0.0, seed=4), [f"i{j}" for j in range(6)], draws=500)
    assert (together.retained, apart.retained) == (1, 0)
    assert together.table["eigenvalue"].sum() == pytest.approx(6.0)
    assert together.chance > 0.99
    assert together.summary.startswith("Parallel analysis keeps one dimension;")


def test_the_needed_correlation_lies_on_the_limit() -> None:
    found = parallel_analysis(drawn(15, 11, 0.3), [f"i{j}" for j in range(11)], draws=500)
    matrix = one_factor([np.sqrt(found.needed_correlation)] * 11)
    assert np.linalg.eigvalsh(matrix)[-1] == pytest.approx(found.table["random_limit"][0])
    assert "15 units for 11 items" in found.summary


def test_unrelated_items_are_seldom_kept() -> None:
    kept = [
        parallel_analysis(drawn(15, 4, 0.0, seed), [f"i{j}" for j in range(4)], draws=300).retained > 0
        for seed in range(60)
    ]
    assert np.mean(kept) < 0.15


def test_figure_shows_both_lines() -> None:
    found = parallel_analysis(drawn(15, 4, 0.3), [f"i{j}" for j in range(4)], draws=100)
    lines = plot_parallel(found).axes[0].lines
    assert list(lines[0].get_ydata()) == found.table["eigenvalue"].tolist()
