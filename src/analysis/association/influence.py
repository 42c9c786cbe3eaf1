"""The estimate with each cluster, and each unit, left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association import arrangements, reml
from analysis.association.design import Floats, Integers, Units, column, units
from analysis.association.mixed import random_intercept
from analysis.association.results import RandomIntercept, number


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """All refits with one cluster, or one unit, left out.

    Attributes
    ----------
    full : RandomIntercept
        With everything in.
    left : str
        What is left out: the cluster's or the unit's column.
    table : DataFrame
        One row a refit: left_out, estimate, low, high, se, df, p, change (estimate less the full one), dfbeta (change
        over the refit's standard error); NaN where the rest can't be fitted.
    same_sign_under_none : float
        Share of rearranged outcomes (within clusters) for which all refits have one sign; NaN if not asked for.
    """

    full: RandomIntercept
    left: str
    table: pd.DataFrame
    same_sign_under_none: float

    @property
    def same_sign(self) -> bool:
        """Whether every refit has the sign of the full estimate."""
        return bool((np.sign(self.table["estimate"].dropna()) == np.sign(self.full.estimate)).all())

    @property
    def most_influential(self) -> str:
        """What changes the estimate most when it is left out."""
        return str(self.table.loc[self.table["dfbeta"].abs().idxmax(), "left_out"])

    @property
    def summary(self) -> str:
        """The range of refits, the most influential, and how little one sign shows by itself."""
        low, high = self.table["estimate"].min(), self.table["estimate"].max()
        sign = "all with the same sign" if self.same_sign else "not all with the same sign"
        none = (
            ""
            if np.isnan(self.same_sign_under_none)
            else f" (as have {self.same_sign_under_none:.0%} of rearranged outcomes)"
        )
        return (
            f"Leaving out one {self.left} at a time, the estimate of {self.full.factor} on {self.full.outcome} lies "
            f"between {number(low)} and {number(high)}, {sign}{none}; {self.most_influential} matters most."
        )


def leave_one_cluster_out(
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    level: float = 0.95,
    draws: int = 199,
    seed: int = 2017,
) -> LeaveOneOut:
    """Refit the primary model with each cluster left out.

    Parameters
    ----------
    frame, outcome, factor, cluster, level
        As in `random_intercept`.
    draws : int
        Rearrangements within clusters that show how often all refits have one sign under no association
        (0: not asked for). That share is about a half, so one sign by itself is weak evidence.
    seed : int
    """
    full = random_intercept(frame, outcome, factor, cluster, level=level)
    read = units(frame, outcome, factor, cluster)
    out = read.cluster[None, :] == np.arange(read.n_clusters)[:, None]
    return _refitted(full, read, out, [str(label) for label in read.labels], cluster, draws, seed)


def leave_one_unit_out(
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    unit: str,
    level: float = 0.95,
    draws: int = 199,
    seed: int = 2017,
) -> LeaveOneOut:
    """Refit the primary model with each unit left out; `unit` is the column that names it."""
    full = random_intercept(frame, outcome, factor, cluster, level=level)
    read = units(frame, outcome, factor, cluster)
    names = column(frame, unit).iloc[read.rows].astype(str).tolist()
    return _refitted(full, read, np.eye(read.n_units, dtype=bool), names, unit, draws, seed)


def _refitted(
    full: RandomIntercept, read: Units, out: np.ndarray, names: list[str], left: str, draws: int, seed: int
) -> LeaveOneOut:
    fitted = reml.slopes(_without(read.outcome, out), np.broadcast_to(read.factor, out.shape), read.cluster)
    estimate, se, df = fitted.estimate[:, 0], fitted.se[:, 0], fitted.df[:, 0]
    reach = special.stdtrit(df, 0.5 + full.level / 2) * se
    table = pd.DataFrame(
        {
            "left_out": names, "estimate": estimate, "low": estimate - reach, "high": estimate + reach,
            "se": se, "df": df, "p": fitted.p[:, 0], "change": estimate - full.estimate,
            "dfbeta": (estimate - full.estimate) / se,
        }
    )  # fmt: skip
    return LeaveOneOut(full, left, table, _one_sign_under_none(read, out, draws, seed))


def _without(values: Floats, out: np.ndarray) -> Floats:
    return np.where(out, np.nan, values)


def _one_sign_under_none(read: Units, out: np.ndarray, draws: int, seed: int) -> float:
    if draws < 1:
        return float("nan")
    rng = np.random.default_rng(seed)
    index: Integers = np.arange(read.n_units)
    shuffled = read.outcome[arrangements.draw(index, read.cluster, draws, rng)]
    outcomes = np.where(out[None], np.nan, shuffled[:, None]).reshape(-1, read.n_units)
    fitted = reml.slopes(outcomes, np.broadcast_to(read.factor, outcomes.shape), read.cluster)
    signs = np.sign(fitted.estimate[:, 0]).reshape(draws, len(out))
    return float((np.abs(np.nansum(signs, axis=1)) == np.isfinite(signs).sum(axis=1)).mean())
