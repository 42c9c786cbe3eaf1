"""Does agreement hold over time: by month, or by blocks of interviews in the order they were coded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.agreement.bootstrap import bootstrap_intervals
from analysis.agreement.coefficients import Level
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class Drift:
    """Agreement over periods.

    Attributes
    ----------
    table : DataFrame
        period (as in the data, or "1", "2", ... for blocks), first, last (of the ordering column in a
        block), coefficient, kind, value, se, lower, upper, n_units, n_coders, n_clusters, undefined; in the
        order of time.
    change : float
        Last period minus first, among those with a value.
    interval : tuple of float
        Of the change.
    n_left_out : int
        Interviews without a place in time.
    """

    table: pd.DataFrame
    change: float
    interval: tuple[float, float]
    confidence: float
    n_left_out: int

    @property
    def summary(self) -> str:
        """Return one sentence: from, to, the change and its interval."""
        known = self.table.dropna(subset=["value"])
        if len(known) < 2:
            return "Drift cannot be judged: fewer than two periods have a defined coefficient."
        start, end = known.iloc[0], known.iloc[-1]
        reads = "no clear drift" if self.interval[0] <= 0 <= self.interval[1] else "drift"
        return (
            f"{start['coefficient']} goes from {start['value']:.2f} ({start['period']}) to "
            f"{end['value']:.2f} ({end['period']}): a change of {self.change:+.2f} "
            f"({self.confidence:.0%} interval {self.interval[0]:+.2f} to {self.interval[1]:+.2f}), {reads}"
            + (f"; {self.n_left_out} without a date left out." if self.n_left_out else ".")
        )


def agreement_drift(
    frame: pd.DataFrame,
    order: str = "month",
    *,
    blocks: int | None = None,
    coefficient: str = "krippendorff_alpha",
    level: Level = "nominal",
    weights: str | ArrayLike = "identity",
    uncoded: str = "include",
    cluster: str = "interview",
    draws: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Drift:
    """Return agreement over time.

    Parameters
    ----------
    frame : DataFrame
        As for `agreement_by`, with a sortable column `order` (a month, a date, a running number) per
        interview.
    blocks : int, optional
        Number of blocks of as equally many interviews as can be; by default every value of `order` is a
        period.
    coefficient, level, weights, uncoded, cluster, draws, confidence, seed
        As for `bootstrap_intervals`.
    """
    if order not in frame:
        raise MethodError(
            f"there is no column {order!r} to order by", allowed=tuple(frame), value=order, fix="name one"
        )
    known = frame.dropna(subset=[order])
    periods = _periods(known, order, cluster, blocks)
    made = bootstrap_intervals(
        known.assign(period=known[cluster].map(periods["period"])),
        "period",
        coefficient=coefficient,
        level=level,
        weights=weights,
        uncoded=uncoded,
        cluster=cluster,
        draws=draws,
        confidence=confidence,
        seed=seed,
    )
    span = periods.groupby("period")["order"].agg(["min", "max"])
    table = made.table.assign(first=made.table["period"].map(span["min"]), last=made.table["period"].map(span["max"]))
    table["period"] = table["period"].astype(str)
    front = ["period", "first", "last"]
    change, interval = _change(table["value"].to_numpy(dtype=float), made.draws, confidence)
    left_out = frame[cluster].nunique() - known[cluster].nunique()
    columns = [*front, *(name for name in table if name not in front)]
    return Drift(table[columns], change, interval, confidence, left_out)


def _periods(frame: pd.DataFrame, order: str, cluster: str, blocks: int | None) -> pd.DataFrame:
    """Return one row per interview: its place in time and its period."""
    when = frame.groupby(cluster, sort=True)[order].first().sort_values(kind="stable")
    table = pd.DataFrame({"order": when, "period": when})
    if blocks is None:
        return table
    if not 1 <= blocks <= len(table):
        raise MethodError(
            f"{len(table)} {cluster}s make no {blocks} blocks",
            allowed=(f"1 to {len(table)}",),
            fix="ask for fewer blocks",
        )
    return table.assign(period=np.arange(len(table)) * blocks // len(table) + 1)


def _change(values: np.ndarray, draws: np.ndarray, confidence: float) -> tuple[float, tuple[float, float]]:
    known = np.flatnonzero(~np.isnan(values))
    if len(known) < 2:
        return np.nan, (np.nan, np.nan)
    first, last = known[0], known[-1]
    gap = draws[last] - draws[first]
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    lower, upper = np.nanquantile(gap, tails)
    return float(values[last] - values[first]), (float(lower), float(upper))
