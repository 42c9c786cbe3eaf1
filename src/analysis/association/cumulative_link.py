"""The proportional-odds model with a cluster-robust t test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association.design import Floats, Integers, units
from analysis.association.results import Association, number, p_value, percent, t_fields, t_interval
from analysis.errors import MethodError

# Logits a standard deviation of the factor: steeper slopes rest on a single pair of units out of order.
_STEEPEST = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeLink(Association):
    """A proportional-odds model; `estimate` is the log odds ratio per unit of the factor.

    Attributes
    ----------
    levels : int
        Distinct values of the outcome.
    """

    levels: int = 0

    @property
    def odds_ratio(self) -> float:
        """Odds of a higher outcome per unit of the factor."""
        return float(np.exp(self.estimate))

    @property
    def summary(self) -> str:
        """One sentence: odds ratio, interval, p, and on what it rests."""
        low, high = np.exp(self.interval)
        return (
            f"The odds of a higher {self.outcome} are multiplied by {number(self.odds_ratio)} per unit of "
            f"{self.factor} ({percent(self.level)} interval {number(low)} to {number(high)}), "
            f"{p_value(self.p)}; {self.basis}."
        )


def ordinal(frame: pd.DataFrame, outcome: str, factor: str, cluster: str, *, level: float = 0.95) -> CumulativeLink:
    """Fit ``logit P(outcome > grade) = factor * b - threshold`` and test b with a cluster-robust t.

    The outcome's order alone counts; as many thresholds as it has distinct values, less one. Parameters as in
    `random_intercept`; the standardised estimate is per standard deviation of the factor, on the logit scale.

    Raises
    ------
    MethodError
        As in `random_intercept`, and where the factor separates the values of the outcome, wholly or but for ties
        (no finite estimate), or very nearly (beyond ten logits a standard deviation).

    Notes
    -----
    McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142. Sandwich variance over cluster
    scores, scaled by C / (C - 1), with C - 1 degrees of freedom. Separation: Albert and Anderson (1984), Biometrika
    71, 1-10; with one factor it means that no pair of units is discordant, or none concordant.
    """
    read = units(frame, outcome, factor, cluster)
    spread = read.factor.std(ddof=1)
    grade = np.unique(read.outcome, return_inverse=True)[1]
    x = (read.factor - read.factor.mean()) / spread
    parameters, scores, information = (None, x, x) if _separates(grade, x) else _newton(grade, x)
    if parameters is None:
        raise MethodError(
            f"{factor!r} separates the values of {outcome!r}, or nearly: the odds ratio has no finite estimate",
            fix="use stratified_kendall or permutation_within",
        )
    sums = np.zeros((read.n_clusters, scores.shape[1]))
    np.add.at(sums, read.cluster, scores)
    half = np.linalg.solve(information, sums.T)
    variance = float(half[-1] @ half[-1]) * read.n_clusters / (read.n_clusters - 1)
    if not variance > 1e-16:
        raise MethodError(f"the clusters leave no variance to estimate for {outcome!r} on {factor!r}")
    values = t_fields(
        read, "proportional odds, cluster-robust t", parameters[-1] / spread, np.sqrt(variance) / spread,
        read.n_clusters - 1, level,
    )  # fmt: skip
    bounds = t_interval(parameters[-1], np.sqrt(variance), read.n_clusters - 1, level)
    values |= {"standardised": float(parameters[-1]), "standardised_interval": bounds}
    return CumulativeLink(**values, levels=int(grade.max()) + 1)  # type: ignore[arg-type]


def _separates(grade: Integers, x: Floats) -> bool:
    """Whether the factor never falls, or never rises, from one grade to the next, ties allowed."""
    grades = range(int(grade.max()) + 1)
    low, high = (np.array([pick(x[grade == g]) for g in grades]) for pick in (np.min, np.max))
    return bool((high[:-1] <= low[1:]).all() or (low[:-1] >= high[1:]).all())


def _newton(grade: Integers, x: Floats, steps: int = 100) -> tuple[Floats | None, Floats, Floats]:
    """Maximise the (concave) likelihood: parameters (thresholds, slope), scores per unit, information."""
    n, top = len(x), int(grade.max())
    share = np.cumsum(np.bincount(grade))[:-1] / n
    parameters = np.append(special.logit(share), 0.0)
    value, scores, information = _likelihood(parameters, grade, x, top)
    for _ in range(steps):
        move = np.linalg.lstsq(information, scores.sum(axis=0), rcond=None)[0]
        size = 1.0
        while size > 1e-8:
            tried = _likelihood(parameters + size * move, grade, x, top)
            if tried[0] >= value - 1e-12:
                break
            size /= 2.0
        parameters = parameters + size * move
        value, scores, information = tried
        if abs(parameters[-1]) > _STEEPEST:
            return None, scores, information
        if np.abs(size * move).max() < 1e-10:
            return parameters, scores, information
    return None, scores, information


def _likelihood(parameters: Floats, grade: Integers, x: Floats, top: int) -> tuple[float, Floats, Floats]:
    """Log-likelihood, scores per unit and information (minus its second derivatives)."""
    n, k = len(x), top + 1
    thresholds = np.concatenate([[-np.inf], parameters[:-1], [np.inf]])
    linear = parameters[-1] * x
    design = np.zeros((2, n, k))
    for side, at in enumerate((grade, grade - 1)):
        inner = (at >= 0) & (at < top)
        design[side, np.flatnonzero(inner), at[inner]] = 1.0
        design[side, inner, -1] = -x[inner]
    high, low = (special.expit(thresholds[grade + step] - linear) for step in (1, 0))
    probability = high - low
    if (np.diff(parameters[:-1]) <= 0).any() or (probability <= 0).any():
        return -np.inf, np.zeros((n, k)), np.eye(k)
    slope_high, slope_low = high * (1 - high), low * (1 - low)
    scores = (slope_high[:, None] * design[0] - slope_low[:, None] * design[1]) / probability[:, None]
    bend_high = slope_high * (1 - 2 * high) / probability
    bend_low = slope_low * (1 - 2 * low) / probability
    second = np.einsum("n,ni,nj->ij", bend_high, design[0], design[0])
    second -= np.einsum("n,ni,nj->ij", bend_low, design[1], design[1])
    return float(np.log(probability).sum()), scores, scores.T @ scores - second
