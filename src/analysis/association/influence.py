"""The estimate with each cluster, and each unit, left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association import reml
from analysis.association.design import Floats, Units, column, units
from analysis.association.mixed import random_intercept
from analysis.association.results import RandomIntercept, between, effect, in_spreads, percent


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
        One row a refit: left_out, estimate, low, high, the same in standard deviations by the spreads of `full`
        (standardised and its bounds), se, df, p, change (estimate less the full one), dfbeta (change over the refit's
        standard error); NaN where the rest has fewer than two clusters or can't be fitted.
    same_sign_under_none : float
        Share of outcomes shuffled over all units for which all refits have one sign; NaN if not asked for.
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
        """What changes the estimate most when it is left out; empty where nothing can be left out."""
        known = self.table["dfbeta"].abs().dropna()
        return str(self.table.loc[known.idxmax(), "left_out"]) if len(known) else ""

    @property
    def summary(self) -> str:
        """The range of refits, the most influential, and how little one sign shows by itself."""
        known = self.table.dropna(subset="standardised").sort_values("standardised")
        what = f"{self.full.factor} on {self.full.outcome}"
        if known.empty:
            return f"With {self.full.n_clusters} clusters no {self.left} can be left out of the estimate of {what}."
        ends = " to ".join(
            f"{effect(row.standardised)} (without {row.left_out}; interval "
            f"{between(row.standardised_low, row.standardised_high)})"
            for row in known.iloc[[0, -1]].itertuples()
        )
        sign = "all with the same sign" if self.same_sign else "not all with the same sign"
        none = (
            ""
            if np.isnan(self.same_sign_under_none)
            else f" (as have {percent(round(self.same_sign_under_none, 2))} of outcomes shuffled over all units)"
        )
        return (
            f"Leaving out one {self.left} at a time, the standardised estimate of {what}, "
            f"{effect(self.full.standardised)} with nothing left out, lies from {ends}, {sign}{none}; "
            f"{self.most_influential} matters most."
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
        Shuffles of the outcome over all units, which leave no association at all: they show how often all refits have
        one sign by chance (0: not asked for). That share is about a half, so one sign by itself is weak evidence.
    seed : int

    Notes
    -----
    Influence as the change over the refit's standard error: DFBETAS of Belsley, Kuh and Welsch (1980), Regression
    Diagnostics, equation 2.7, with clusters in the place of rows.
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
    """Refit the primary model with each unit left out.

    Parameters
    ----------
    frame, outcome, factor, cluster, level, draws, seed
        As in `leave_one_cluster_out`.
    unit : str
        Column that names the unit.
    """
    full = random_intercept(frame, outcome, factor, cluster, level=level)
    read = units(frame, outcome, factor, cluster)
    names = column(frame, unit).iloc[read.rows].astype(str).tolist()
    return _refitted(full, read, np.eye(read.n_units, dtype=bool), names, unit, draws, seed)


def _refitted(
    full: RandomIntercept, read: Units, out: np.ndarray, names: list[str], left: str, draws: int, seed: int
) -> LeaveOneOut:
    fitted = reml.slopes(_without(read.outcome, out), np.broadcast_to(read.factor, out.shape), read.cluster)
    left_over = np.array([len(np.unique(read.cluster[~gone])) for gone in out])
    estimate, se, df, p = (
        np.where(left_over > 1, values[:, 0], np.nan) for values in (fitted.estimate, fitted.se, fitted.df, fitted.p)
    )
    reach = special.stdtrit(df, 0.5 + full.level / 2) * se
    table = pd.DataFrame(
        {
            "left_out": names, "estimate": estimate, "low": estimate - reach, "high": estimate + reach,
            "se": se, "df": df, "p": p, "change": estimate - full.estimate,
            "dfbeta": (estimate - full.estimate) / se,
        }
    )  # fmt: skip
    none = _one_sign_under_none(read, out[left_over > 1], draws, seed)
    return LeaveOneOut(full, left, in_spreads(table, full.per_sd), none)


def _without(values: Floats, out: np.ndarray) -> Floats:
    return np.where(out, np.nan, values)


def _one_sign_under_none(read: Units, out: np.ndarray, draws: int, seed: int) -> float:
    if draws < 1 or not len(out):
        return float("nan")
    shuffled = np.random.default_rng(seed).permuted(np.tile(read.outcome, (draws, 1)), axis=1)
    outcomes = np.where(out[None], np.nan, shuffled[:, None]).reshape(-1, read.n_units)
    fitted = reml.slopes(outcomes, np.broadcast_to(read.factor, outcomes.shape), read.cluster)
    signs = np.sign(fitted.estimate[:, 0]).reshape(draws, len(out))
    return float((np.abs(np.nansum(signs, axis=1)) == np.isfinite(signs).sum(axis=1)).mean())
