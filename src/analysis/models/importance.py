"""Relative importance: each factor's average share of R2 over all orders of entry, and what R2 is worth here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd

from analysis.association.arrangements import draw
from analysis.association.design import Floats
from analysis.association.results import check_draws, count
from analysis.errors import MethodError
from analysis.models.data import together

MOST = 14


@dataclass(frozen=True, slots=True)
class Importance:
    """Shares of R2, descriptive only.

    Attributes
    ----------
    table : DataFrame
        One row a factor, the largest share first: factor, share (of R2; they add up to it), low, high (how far the
        bootstrap spreads it, see the notes of `relative_importance`).
    r2 : float
        Of all factors together.
    outcome : str
    level : float
    resamples, seed, n_units : int
    """

    table: pd.DataFrame
    r2: float
    outcome: str
    level: float
    resamples: int
    seed: int
    n_units: int

    @property
    def summary(self) -> str:
        """The largest share with its interval, and the label."""
        top = self.table.iloc[0]
        return (
            f"Descriptive only: of an R2 of {self.r2:.2f} over {count(len(self.table), 'factor')} and "
            f"{count(self.n_units, 'unit')}, {top['factor']} has the largest share, {top['share']:.2f} "
            f"({100 * self.level:.3g} % bootstrap interval {top['low']:.2f} to {top['high']:.2f})."
        )


def relative_importance(
    frame: pd.DataFrame,
    outcome: str,
    factors: Sequence[str],
    cluster: str,
    *,
    resamples: int = 300,
    level: float = 0.95,
    seed: int = 2017,
) -> Importance:
    """Split R2 among factors, averaged over all orders in which they can enter (LMG).

    Parameters
    ----------
    frame, outcome, factors, cluster
        One row a unit; only complete rows are used; at most 14 factors (2^14 regressions).
    resamples : int
        Bootstrap samples of units, drawn singly: what clusters have in common is not kept together.
    level : float
    seed : int

    Notes
    -----
    Lindeman, Merenda and Gold (1980), Introduction to Bivariate and Multivariate Analysis; Gromping (2006), Journal
    of Statistical Software 17(1). It is the Shapley value of R2. With nearly as many factors as units the
    shares mostly describe noise: read them beside `r2_under_none`.

    A bootstrap sample repeats units, so few of them are fitted better than the study is, and its shares are too large
    and too even. The interval is therefore the percentiles less the bootstrap's bias (the mean of its shares less
    the share), within 0 and 1; plain percentiles can lie wholly above a small share. The level is nominal: with 15
    units intervals of 95 % hold the true share about nine times in ten for 3 or 5 factors, and less than two times in
    three for 11 (`benchmarks/importance.py`).
    """
    data = together(frame, outcome, factors, cluster)
    k, n = len(data.factors), len(data.y)
    if k > MOST:
        raise MethodError(
            f"{k} factors need {2**k:,} regressions: at most {MOST} factors", fix="use the groups of factors"
        )
    subsets = _subsets(k)
    share = _lmg(data.x, data.y, subsets)
    rng = np.random.default_rng(seed)
    drawn = np.array([_lmg(data.x[i], data.y[i], subsets) for i in rng.integers(n, size=(resamples, n))])
    low, high = _interval(share, drawn, level) if resamples else (share, share)
    table = pd.DataFrame({"factor": data.factors, "share": share, "low": low, "high": high})
    table = table.sort_values("share", ascending=False, kind="stable", ignore_index=True)
    return Importance(table, float(share.sum()), outcome, level, resamples, seed, n)


def _interval(share: Floats, drawn: Floats, level: float) -> Floats:
    """Return the bootstrap's percentiles less its bias, within 0 and 1: shape (2, n_factors)."""
    bias = np.nanmean(drawn, axis=0) - share
    return np.clip(np.nanquantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0) - bias, 0.0, 1.0)


def _subsets(k: int) -> list[np.ndarray]:
    """All subsets that are not empty, one array (n_subsets, size) for each size."""
    return [np.array(list(combinations(range(k), size)), dtype=np.int64).reshape(-1, size) for size in range(1, k + 1)]


def _lmg(x: Floats, y: Floats, subsets: list[np.ndarray]) -> Floats:
    """Shapley shares of R2, shape (n_factors,)."""
    k = x.shape[1]
    r2 = _all_r2(x, y, subsets)
    members = np.arange(2**k)
    size = np.bitwise_count(members)
    weight = np.array([1.0 / (k * comb(k - 1, s)) if s < k else 0.0 for s in range(k + 1)])
    share = np.empty(k)
    for j in range(k):
        without = members[(members >> j) & 1 == 0]
        share[j] = (weight[size[without]] * (r2[without | (1 << j)] - r2[without])).sum()
    return share


def _all_r2(x: Floats, y: Floats, subsets: list[np.ndarray]) -> Floats:
    """R2 of every subset, at the position whose bits are its members."""
    spread = x.std(axis=0)
    z = (x - x.mean(axis=0)) / np.where(spread > 1e-12, spread, np.inf)
    u = y - y.mean()
    u = u / max(float(np.sqrt(u @ u)), 1e-300)
    n = len(y)
    # A trace of a ridge keeps samples with repeated units solvable without moving any share visibly.
    cross, own = z.T @ z / n + 1e-9 * np.eye(x.shape[1]), z.T @ u / np.sqrt(n)
    r2 = np.zeros(2 ** x.shape[1])
    for own_size in subsets:
        matrices = cross[own_size[:, :, None], own_size[:, None, :]]
        right = own[own_size]
        solved = np.linalg.solve(matrices, right[..., None])[..., 0]
        r2[(1 << own_size).sum(axis=1)] = (solved * right).sum(axis=1)
    return np.clip(r2, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class UnderNone:
    """R2 of all factors together, and what it is when there is no association.

    Attributes
    ----------
    observed : float
    null : array, shape (permutations,)
        R2 with the outcome rearranged over all units.
    n_units, n_factors, seed : int
    """

    observed: float
    null: Floats
    n_units: int
    n_factors: int
    seed: int

    @property
    def median(self) -> float:
        """Median R2 under no association."""
        return float(np.median(self.null))

    @property
    def table(self) -> pd.DataFrame:
        """One row: observed, median and 95th percentile under none, share at least as large."""
        share = float(1 + (self.null >= self.observed - 1e-12).sum()) / (1 + len(self.null))
        return pd.DataFrame(
            [{"observed": self.observed, "median": self.median, "q95": float(np.quantile(self.null, 0.95)), "p": share}]
        )

    @property
    def summary(self) -> str:
        """The sentence that many factors and few units fit anything."""
        return (
            f"{count(self.n_factors, 'factor')} and {count(self.n_units, 'unit')} fit anything: with "
            "outcomes shuffled, "
            f"so that nothing is associated, the median R2 is {self.median:.2f} and one in twenty lies above "
            f"{np.quantile(self.null, 0.95):.2f}; the observed R2 is {self.observed:.2f}."
        )


def r2_under_none(
    frame: pd.DataFrame,
    outcome: str,
    factors: Sequence[str],
    cluster: str,
    *,
    permutations: int = 2000,
    seed: int = 2017,
) -> UnderNone:
    """Compare R2 of all factors with R2 for shuffled outcomes (over all units, not within clusters).

    Parameters
    ----------
    frame, outcome, factors, cluster
        One row a unit; only complete rows are used.
    permutations : int
        Shuffles, at least 1.
    seed : int

    Notes
    -----
    Of k factors and n units without any association R2 is (k / (n - 1)) on average; how well noise fits: Freedman
    (1983), The American Statistician 37, 152-155.
    """
    check_draws(permutations, "permutations", 1)
    data = together(frame, outcome, factors, cluster)
    z = data.standardised
    basis = np.linalg.qr(z)[0] if z.shape[1] < len(z) else np.eye(len(z))
    everyone = np.zeros(len(data.y), dtype=np.int64)
    rows = np.vstack([data.y, draw(data.y, everyone, permutations, np.random.default_rng(seed))])
    rows = rows - rows.mean(axis=1, keepdims=True)
    r2 = ((rows @ basis) ** 2).sum(axis=1) / (rows**2).sum(axis=1)
    return UnderNone(float(r2[0]), np.minimum(r2[1:], 1.0), len(data.y), z.shape[1], seed)
