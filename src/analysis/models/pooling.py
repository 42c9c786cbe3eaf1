"""Partial pooling: the estimates of all factors and outcomes drawn towards each other as far as the data ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, special

from analysis.association import reml
from analysis.association.arrangements import draw
from analysis.association.design import Floats
from analysis.association.mixed import random_intercepts
from analysis.association.results import count, number
from analysis.errors import MethodError
from analysis.models.data import together


@dataclass(frozen=True, slots=True)
class PartialPooling:
    """Shrunken standardised estimates.

    Attributes
    ----------
    table : DataFrame
        One row a pair: outcome, factor, estimate (standardised, unpooled), se, pooled, low, high, weight (of its own
        estimate against the common mean, 0-1).
    mean, mean_se : float
        Common mean of the associations.
    spread : float
        Standard deviation of the associations around it (REML).
    level : float
    permutations, seed : int
    """

    table: pd.DataFrame
    mean: float
    mean_se: float
    spread: float
    level: float
    permutations: int
    seed: int

    @property
    def summary(self) -> str:
        """How far the associations differ beyond chance, and the one that stands out."""
        top = self.table.loc[self.table["pooled"].abs().idxmax()]
        return (
            f"Descriptive only: over {count(len(self.table), 'association')} the mean standardised estimate is "
            f"{number(self.mean)} (standard "
            f"error {number(self.mean_se)}) and they differ around it with a standard deviation of "
            f"{number(self.spread)}; "
            f"drawn together, the largest is {top['factor']} with {top['outcome']}, {number(top['pooled'])} "
            f"({number(top['low'])} to {number(top['high'])})."
        )


def partial_pooling(
    frame: pd.DataFrame,
    outcomes: str | Sequence[str],
    factors: Sequence[str],
    cluster: str,
    *,
    level: float = 0.95,
    permutations: int = 999,
    seed: int = 2017,
) -> PartialPooling:
    """Fit a normal multilevel model to the primary estimates of all pairs.

    Parameters
    ----------
    frame, outcomes, factors, cluster
        One row a unit; only rows complete in all columns are used, so that estimates are comparable.
    level : float
    permutations : int
        Joint rearrangements of the outcomes within clusters, from which the correlations of the estimates'
        errors come (factors and outcomes are correlated, so the estimates are as well).
    seed : int

    Notes
    -----
    Intervals take spread and V as known; with a dozen or two of units they are far too narrow (see docs/validity.md)
    and only describe.

    Estimates b ~ N(true, V), true ~ N(mean, spread^2), V from Kenward-Roger standard errors and those correlations;
    spread by REML, pooled values are the best linear predictors with the mean's uncertainty counted: Raudenbush
    and Bryk (1985), Journal of Educational Statistics 10, 75-98.
    """
    outcomes = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    complete = frame.dropna(subset=[*outcomes, *factors, cluster])
    for outcome in outcomes:
        together(complete, outcome, factors, cluster)
    found = random_intercepts(complete, outcomes, factors, cluster, level=level)
    if not found.problems.empty:
        first = found.problems.iloc[0]
        raise MethodError(f"{first['outcome']!r} on {first['factor']!r}: {first['problem']}", fix="leave the pair out")
    table = found.table
    if len(table) < 3:
        raise MethodError("partial pooling needs at least three associations")
    ratio = (table["standardised"] / table["estimate"]).to_numpy()
    b, se = table["standardised"].to_numpy(), table["se"].to_numpy() * ratio
    errors = _error_correlations(complete, outcomes, factors, cluster, permutations, seed)
    pooled, low, high, mean, mean_se, spread, weight = _shrunk(b, errors * np.outer(se, se), level)
    out = pd.DataFrame(
        {
            "outcome": table["outcome"], "factor": table["factor"], "estimate": b, "se": se,
            "pooled": pooled, "low": low, "high": high, "weight": weight,
        }
    )  # fmt: skip
    return PartialPooling(out, mean, mean_se, spread, level, permutations, seed)


def _error_correlations(
    frame: pd.DataFrame, outcomes: Sequence[str], factors: Sequence[str], cluster: str, permutations: int, seed: int
) -> Floats:
    """Correlations of all estimates over joint rearrangements, shape (pairs, pairs), in the order outcome, factor."""
    data = together(frame, outcomes[0], factors, cluster)
    rows = frame[list(outcomes)].to_numpy(dtype=float)
    shuffled = draw(rows, data.cluster, permutations, np.random.default_rng(seed))
    pairs = []
    for k in range(len(outcomes)):
        for j in range(len(factors)):
            x = np.broadcast_to(data.x[:, j], shuffled.shape[:2])
            pairs.append(reml.slopes(shuffled[:, :, k], x, data.cluster).estimate[:, 0])
    estimates = np.array(pairs)
    estimates = estimates[:, np.isfinite(estimates).all(axis=0)]
    return np.atleast_2d(np.corrcoef(estimates))


def _shrunk(b: Floats, v: Floats, level: float) -> tuple[Floats, Floats, Floats, float, float, float, Floats]:
    """Return pooled estimates with bounds, the mean with its se, the spread, and each estimate's own weight."""
    k = len(b)
    ones, v = np.ones(k), v + 1e-10 * np.diag(np.diag(v))

    def at(variance: float) -> tuple[Floats, float, float, float]:
        total = v + variance * np.eye(k)
        inverse = np.asarray(np.linalg.inv(total), dtype=float)
        information = float(ones @ inverse @ ones)
        mean = float(ones @ inverse @ b) / information
        left = b - mean
        value = np.linalg.slogdet(total)[1] + np.log(information) + float(left @ inverse @ left)
        return inverse, information, mean, float(value)

    top = 4.0 * float(b.var() + v.diagonal().mean())
    best = optimize.minimize_scalar(
        lambda s: at(s * s)[3], bounds=(0.0, top**0.5), method="bounded", options={"xatol": 1e-8}
    )
    spread = 0.0 if at(0.0)[3] <= best.fun + 1e-9 else float(best.x)
    inverse, information, mean, _ = at(spread**2)
    gain = spread**2 * inverse
    pooled = mean + gain @ (b - mean)
    miss = 1.0 - gain @ ones
    variance = spread**2 * (1.0 - np.diag(gain)) + miss**2 / information
    reach = special.ndtri(0.5 + level / 2) * np.sqrt(np.maximum(variance, 0.0))
    return pooled, pooled - reach, pooled + reach, mean, information**-0.5, spread, np.diag(gain)
