"""Partial pooling: the estimates of all factors drawn towards each other as far as the data ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association import reml
from analysis.association.arrangements import draw
from analysis.association.design import Floats
from analysis.association.mixed import random_intercepts
from analysis.association.results import between, check_draws, count, effect
from analysis.errors import MethodError
from analysis.models.data import Together, together

# Points of the grid that the spread is averaged over.
_GRID = 81
# How far the correlations of the estimates' errors are drawn towards none; see the notes of `partial_pooling`.
_TOWARDS_NONE = 0.5


@dataclass(frozen=True, slots=True)
class PartialPooling:
    """Shrunken standardised estimates.

    Attributes
    ----------
    table : DataFrame
        One row a factor: outcome, factor, estimate (standardised, unpooled), se, pooled, low, high, weight (of its own
        estimate against the common mean, 0-1).
    mean, mean_se : float
        Common mean of the associations, and its standard deviation.
    spread : float
        Standard deviation of the associations around it (mean over what the data leave possible).
    level : float
    permutations, seed : int
    n_units, n_dropped : int
        Units complete in the outcome and all factors, on which every estimate rests; those left out.
    """

    table: pd.DataFrame
    mean: float
    mean_se: float
    spread: float
    level: float
    permutations: int
    seed: int
    n_units: int
    n_dropped: int

    @property
    def summary(self) -> str:
        """How far the associations differ beyond chance, and the one that stands out."""
        top = self.table.loc[self.table["pooled"].abs().idxmax()]
        return (
            f"Descriptive only: over {count(len(self.table), 'factor')}, each refitted to the "
            f"{count(self.n_units, 'unit')} complete in all of them ({self.n_dropped} left out), the mean standardised "
            f"estimate is {effect(self.mean)} (standard deviation {effect(self.mean_se)}) and they differ around it "
            f"with a standard deviation of {effect(self.spread)}; "
            f"drawn together, the largest is {top['factor']}, {effect(top['pooled'])} "
            f"({between(top['low'], top['high'])})."
        )


def partial_pooling(
    frame: pd.DataFrame,
    outcome: str,
    factors: Sequence[str],
    cluster: str,
    *,
    level: float = 0.95,
    permutations: int = 999,
    seed: int = 2017,
) -> PartialPooling:
    """Fit a normal multilevel model to the primary estimates of all factors.

    Parameters
    ----------
    frame, outcome, factors, cluster
        One row a unit; only rows complete in all columns are used, so that estimates are comparable.
    level : float
    permutations : int
        At least 19: rearrangements of the outcome within clusters, from which the correlations of the estimates'
        errors come (factors are correlated, so the estimates are as well).
    seed : int

    Notes
    -----
    Estimates b ~ N(true, V), true ~ N(mean, spread^2), with flat priors for the mean and (from 0 to twice the
    estimates' own spread) for the spread, which is averaged over on a grid: Rubin (1981), Journal of Educational
    Statistics 6, 377-401. V has the Kenward-Roger standard errors and the correlations over rearrangements. So few
    units hold so many correlations badly: taken as they are, they make differences of estimates look almost free of
    error. So they are drawn half way towards none, which brought the ranges nearest to what they say in simulated
    studies with and without associations; they still hold the truth of factors that matter too rarely
    (docs/validity.md), and only describe.
    """
    check_draws(permutations, "permutations", 19)
    complete = frame.dropna(subset=[outcome, *factors, cluster])
    data = together(complete, outcome, factors, cluster)
    found = random_intercepts(complete, [outcome], factors, cluster, level=level)
    if not found.problems.empty:
        first = found.problems.iloc[0]
        raise MethodError(f"{first['outcome']!r} on {first['factor']!r}: {first['problem']}", fix="leave the pair out")
    table = found.table
    if len(table) < 3:
        raise MethodError("partial pooling needs at least three factors")
    ratio = (table["standardised"] / table["estimate"]).to_numpy()
    b, se = table["standardised"].to_numpy(), table["se"].to_numpy() * ratio
    errors = _error_correlations(data, permutations, seed)
    errors = (1.0 - _TOWARDS_NONE) * errors + _TOWARDS_NONE * np.eye(len(b))
    pooled, mean, mean_se, spread = _pooled(b, errors * np.outer(se, se), level)
    own = pd.DataFrame({"outcome": table["outcome"], "factor": table["factor"], "estimate": b, "se": se})
    out = pd.concat([own, pooled], axis=1)
    dropped = len(frame) - len(complete)
    return PartialPooling(out, mean, mean_se, spread, level, permutations, seed, len(complete), dropped)


def _error_correlations(data: Together, permutations: int, seed: int) -> Floats:
    """Correlations of the factors' estimates over rearrangements of the outcome, shape (factors, factors)."""
    shuffled = draw(data.y, data.cluster, permutations, np.random.default_rng(seed))
    columns = (np.broadcast_to(x, shuffled.shape) for x in data.x.T)
    estimates = np.array([reml.slopes(shuffled, x, data.cluster).estimate[:, 0] for x in columns])
    return np.corrcoef(estimates[:, np.isfinite(estimates).all(axis=0)])


def _pooled(b: Floats, v: Floats, level: float) -> tuple[pd.DataFrame, float, float, float]:
    """Average the normal model over its spread: pooled values with bounds and weights; mean, its sd, and the spread."""
    variances, axes = np.linalg.eigh(v)
    variances = np.maximum(variances, 1e-10 * variances.max())[None]
    ones, turned = axes.sum(axis=0), axes.T @ b
    spreads = np.linspace(0.0, 2.0 * float(b.var() + v.diagonal().mean()) ** 0.5, _GRID)[:, None]
    total = variances + spreads**2
    information = (ones**2 / total).sum(axis=1)
    mean = (ones * turned / total).sum(axis=1) / information
    left = turned - mean[:, None] * ones
    fit = -0.5 * (np.log(total).sum(axis=1) + np.log(information) + (left**2 / total).sum(axis=1))
    share = np.exp(fit - fit.max())
    share[[0, -1]] /= 2  # the trapezium rule
    share /= share.sum()
    gain = spreads**2 / total
    weight = gain @ (axes**2).T
    value = mean[:, None] + (gain * left) @ axes.T
    miss = 1.0 - (gain * ones) @ axes.T
    sd = np.sqrt(np.maximum(spreads**2 * (1.0 - weight) + miss**2 / information[:, None], 1e-12))
    low, high = (_quantile(share, value, sd, q) for q in (0.5 - level / 2, 0.5 + level / 2))
    table = pd.DataFrame({"pooled": share @ value, "low": low, "high": high, "weight": share @ weight})
    middle = float(share @ mean)
    mean_sd = float(share @ (1.0 / information + (mean - middle) ** 2)) ** 0.5
    return table, middle, mean_sd, float(share @ spreads[:, 0])


def _quantile(share: Floats, value: Floats, sd: Floats, q: float) -> Floats:
    """Return quantiles of mixtures of normal distributions, one a column, by halving the range that holds them."""
    low, high = (value - 9 * sd).min(axis=0), (value + 9 * sd).max(axis=0)
    for _ in range(40):
        middle = (low + high) / 2
        below = share @ special.ndtr((middle - value) / sd) < q
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2
