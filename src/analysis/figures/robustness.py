"""Pictures of robustness: the specification curve, coders, tipping points, all factors together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from analysis.association import CoderError, OmittedCause, RangeRestriction, SpecificationCurve, TippingPoint
from analysis.figures.heat import Labels, label
from analysis.figures.layout import legend_below
from analysis.figures.style import (
    GRID,
    INK,
    MARKERS,
    MUTED,
    ONE_AND_A_HALF,
    ONE_COLUMN,
    PALETTE,
    TWO_COLUMNS,
    figure,
    styled,
)
from analysis.figures.ways import plot_ways
from analysis.figures.words import percent, small, wrapped
from analysis.models import Importance, PartialPooling, Prediction, Stability, UnderNone


@styled
def plot_specifications(curve: SpecificationCurve, *, labels: Labels = None, width: float = TWO_COLUMNS) -> Figure:
    """Draw all estimates in order of size with their intervals, and under them which choices each one made.

    Among hundreds of estimates no mark's shape can be told: the shade of the interval says which p is at or below the
    level, and so does a row of its own above the choices.
    """
    table = curve.table
    options = [(choice, value) for choice in curve.choices for value in dict.fromkeys(table[choice])]
    options = [(c, v) for c, v in options if len(table[c].drop_duplicates()) > 1]
    drawn, (top, below) = figure(
        width=width, height=63 + 4.2 * len(options), rows=2, sharex=True, height_ratios=[52, 4.2 * len(options) + 5]
    )
    places = np.arange(len(table))
    significant = (table["p"] <= curve.alpha).to_numpy()
    thin = _thickness(len(table))
    for chosen, color in ((~significant, GRID), (significant, PALETTE[1])):
        _upright(top, places[chosen], table["low"][chosen], table["high"][chosen], color=color, lw=thin, zorder=1)
    top.plot(places, table["estimate"], "o", ms=1.6 if len(table) > 120 else 3, color=INK, label="estimate", zorder=3)
    for color, words in ((GRID, f"interval, p > {curve.alpha:g}"), (PALETTE[1], f"interval, p \u2264 {curve.alpha:g}")):
        top.plot([], [], color=color, lw=4, label=words)
    top.axhline(0, color=INK, lw=0.7, zorder=2)
    top.axhline(curve.median, color=PALETTE[0], lw=0.9, ls=(0, (4, 2)), zorder=2, label=f"median {curve.median:.2f}")
    _limits(top, table)
    top.set_ylabel("standardised estimate")
    legend_below(drawn, *top.get_legend_handles_labels(), ncols=4)
    _choices(below, table, options, labels)
    _significant(below, significant, curve.alpha)
    return drawn


def _thickness(n: int) -> float:
    """Return how thick, in points, each of so many upright lines may be; none is too thin to print."""
    return max(0.5, min(1.5, 210 / n))


def _upright(axis: Axes, places: np.ndarray, low: ArrayLike, high: ArrayLike, **look: Any) -> None:
    """Draw upright lines as one broken line: thousands of single ones take seconds to write."""
    low, high = (np.broadcast_to(np.asarray(end, dtype=float), places.shape) for end in (low, high))
    x = np.repeat(places.astype(float), 3)
    y = np.column_stack([low, high, np.full(len(places), np.nan)]).ravel()
    axis.plot(x, y, solid_capstyle="butt", **look)


def _limits(axis: Axes, table: pd.DataFrame) -> None:
    """Show zero, all estimates, and of the intervals what fits into their spread."""
    low, high = min(table["estimate"].min(), 0.0), max(table["estimate"].max(), 0.0)
    spare = 0.6 * max(high - low, 0.3)
    axis.set_ylim(max(table["low"].min(), low - spare), min(table["high"].max(), high + spare))
    axis.tick_params(axis="x", length=0)


def _choices(axis: Axes, table: pd.DataFrame, options: list[tuple[str, str]], labels: Labels) -> None:
    names = []
    for row, (choice, value) in enumerate(options):
        where = np.flatnonzero((table[choice] == value).to_numpy())
        _upright(axis, where, row - 0.32, row + 0.32, color=INK, lw=_thickness(len(table)))
        first = row == 0 or options[row - 1][0] != choice
        if first and row:
            axis.axhline(row - 0.5, color=GRID, lw=0.6)
        said = label(value, labels).replace("_", " ")
        names.append(f"{label(choice, labels).replace('_', ' ')}: {said}" if first else said)
    axis.set_yticks(range(len(options)), names)
    axis.set_ylim(len(options) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.spines[["left", "bottom"]].set_visible(False)
    axis.tick_params(axis="x", length=0, labelbottom=False)
    axis.set_xlabel(f"{len(table):,} specifications, from the smallest estimate to the largest")


def _significant(axis: Axes, significant: np.ndarray, alpha: float) -> None:
    """Mark, in a row above the choices, the specifications whose p is at or below the level."""
    _upright(axis, np.flatnonzero(significant), -1.52, -0.88, color=PALETTE[1], lw=_thickness(len(significant)))
    axis.axhline(-0.65, color=GRID, lw=0.6)
    names = [tick.get_text() for tick in axis.get_yticklabels()]
    axis.set_yticks([-1.2, *axis.get_yticks()], [f"p \u2264 {alpha:g}", *names])
    axis.set_ylim(top=-1.7)


def plot_coders(found: CoderError, *, labels: Labels = None, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw the estimate by each coder, from their mean, and pooled over draws of the true grades."""
    band = np.quantile(found.draws["estimate"].dropna(), [0.025, 0.975]) * found.main.per_sd
    table = found.table.copy()
    table.loc[1 : len(table) - 2, "way"] += " (" + table["interviews"].astype("str") + " interviews)"
    middle = "middle 95\u00a0% of draws"
    return plot_ways(table, labels=labels, width=width, band=(float(band.min()), float(band.max())), words=middle)


@styled
def plot_tipping(found: TippingPoint, *, labels: Labels = None, width: float = ONE_COLUMN) -> Figure:
    """Draw the pooled estimate over the shift of the imputed values, with the shift that changes the conclusion."""
    table = found.table
    drawn, axis = figure(width=width, height=56)
    axis.fill_between(table["shift"], table["standardised_low"], table["standardised_high"], color=GRID, lw=0, zorder=1)
    axis.plot(table["shift"], table["standardised"], color=PALETTE[0], zorder=3)
    axis.axhline(0, color=MUTED, lw=0.8, zorder=2)
    axis.axvline(0, color=MUTED, lw=0.6, ls=(0, (1, 2)), zorder=2)
    if np.isfinite(found.tipping):
        axis.axvline(found.tipping, color=PALETTE[1], lw=1.2, zorder=3)
        axis.annotate(
            f"changes at {found.tipping:.2g}", (found.tipping, 1), (3 if found.tipping < 0 else -3, -2),
            xycoords=("data", "axes fraction"), textcoords="offset points", va="top",
            ha="left" if found.tipping < 0 else "right", size=small(),
        )  # fmt: skip
    words = f"shift of the {found.n_imputed} imputed values of {label(found.factor, labels)}"
    axis.set_xlabel(wrapped(words, 0.5 * width))
    axis.set_ylabel("standardised estimate,\n95\u00a0% interval")
    return drawn


@styled
def plot_omitted_cause(
    found: OmittedCause, *, clusters: str = "clusters", labels: Labels = None, width: float = ONE_COLUMN
) -> Figure:
    """Draw what an omitted cause of each strength would leave of the estimate, with the benchmarks.

    A benchmark's marks grow with how many times as strong as it the omitted cause is taken to be; of more than six
    benchmarks those are drawn that would leave least. The star is the most that a cause which is the same for a whole
    cluster can do.
    """
    grid = found.contour.pivot(index="r2_outcome", columns="r2_factor", values="standardised")
    known = found.table.dropna()
    least = known["standardised"].abs().groupby(known["benchmark"], sort=False).min().nsmallest(len(_BENCHMARKS))
    benchmarks = [name for name in dict.fromkeys(known["benchmark"]) if name in least.index]
    drawn, axis = figure(width=width, height=0.8 * width + 8 * (len(benchmarks) + 2))
    levels = found.result.standardised * np.array([0.25, 0.5, 0.75])
    lines = axis.contour(
        grid.columns, grid.index, grid.to_numpy(), levels=np.sort(levels), colors=MUTED, linewidths=0.7
    )
    axis.clabel(lines, fmt="%.2g", fontsize=small())
    axis.contour(grid.columns, grid.index, grid.to_numpy(), levels=[0.0], colors=PALETTE[1], linewidths=1.5)
    axis.plot(
        found.value, found.value, marker="D", ms=5, color=PALETTE[1], ls="", label=f"robustness value {found.value:.2f}"
    )
    axis.plot(
        found.ceiling["r2_factor"], found.ceiling["r2_outcome"], marker="*", ms=9, color=INK, ls="", zorder=4,
        label=f"all differences between {clusters}",
    )  # fmt: skip
    for name, color, marker in zip(benchmarks, _BENCHMARKS, MARKERS, strict=False):
        part = known[known["benchmark"] == name]
        shown = part[(part["r2_factor"] < 0.93) & (part["r2_outcome"] < 0.93)]
        axis.plot(part["r2_factor"], part["r2_outcome"], color=color, lw=0.6, clip_on=True)
        axis.scatter(
            shown["r2_factor"], shown["r2_outcome"], s=7 * shown["times"] ** 1.5, color=color, marker=marker, zorder=3,
            label=f"{label(name, labels, 40)}\n({_times(part['times'])} as strong)",
        )  # fmt: skip
    axis.set(xlim=(0, 0.95), ylim=(0, 0.95))
    axis.set_xlabel("omitted cause: partial R² with the factor")
    axis.set_ylabel("partial R² with the outcome")
    legend_below(drawn, ncols=1)
    return drawn


@styled
def plot_restriction(found: RangeRestriction, *, width: float = ONE_COLUMN) -> Figure:
    """Draw the correlation, with its interval, over how much further outcomes spread at large than in the sample."""
    table = found.table
    drawn, axis = figure(width=width, height=52)
    axis.fill_between(table["ratio"], table["low"], table["high"], color=GRID, lw=0, zorder=1)
    axis.plot(table["ratio"], table["correlation"], color=PALETTE[0], marker="o", ms=3.5, zorder=3)
    axis.axhline(0, color=MUTED, lw=0.8, zorder=2)
    axis.set_ylim(min(-0.05, float(table["low"].min()) - 0.05), 1.03)
    axis.set_xlabel("spread of outcomes at large over here")
    axis.set_ylabel("correlation, 95\u00a0% interval")
    return drawn


#: Colours of benchmarks; rust is the line at which nothing of the estimate is left.
_BENCHMARKS = (PALETTE[0], PALETTE[2], PALETTE[5], PALETTE[4], PALETTE[3], PALETTE[6])


def _times(values: pd.Series) -> str:
    return ", ".join(f"{value:g}×" for value in sorted(values.unique()))


@styled
def plot_importance(found: Importance, *, labels: Labels = None, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw each factor's share of R2 with its bootstrap interval."""
    table = found.table
    drawn, axis = figure(width=width, height=24 + 6.6 * len(table))
    places = np.arange(len(table))
    axis.barh(places, table["share"], height=0.6, color=PALETTE[0], zorder=2)
    axis.hlines(places, table["low"], table["high"], color=PALETTE[3], lw=1.6, zorder=3)
    axis.plot(table["low"], places, ls="", marker="|", ms=5, color=PALETTE[3], zorder=3)
    axis.plot(table["high"], places, ls="", marker="|", ms=5, color=PALETTE[3], zorder=3)
    axis.set_yticks(places, [label(factor, labels) for factor in table["factor"]])
    axis.set_ylim(len(table) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.set_xlim(left=0)
    axis.set_xlabel(f"share of R² (in all {found.r2:.2f}), {percent(found.level)} bootstrap interval")
    return drawn


@styled
def plot_score(found: Prediction | UnderNone, *, width: float = ONE_COLUMN) -> Figure:
    """Draw a score of all factors together over its distribution when outcomes are rearranged."""
    score = found.score if isinstance(found, Prediction) else found.observed
    words = "score of the prediction" if isinstance(found, Prediction) else "R² of all factors"
    drawn, axis = figure(width=width, height=52)
    spread = np.ptp(found.null) > 1e-6  # more factors than cases fit every rearrangement perfectly
    axis.hist(
        found.null, bins=32 if spread else [score - 0.05, score + 0.05], color=GRID, edgecolor="white", lw=0.3, zorder=2
    )
    axis.axvline(score, color=PALETTE[1], lw=1.5, zorder=3, label=f"observed {score:.2f}".replace("-", "\u2212"))
    axis.axvline(np.median(found.null), color=INK, lw=0.9, ls=(0, (4, 2)), zorder=3, label="median, rearranged")
    axis.set_xlabel(words)
    axis.set_ylabel("rearrangements")
    legend_below(drawn, ncols=2)
    return drawn


@styled
def plot_stability(found: Stability, *, labels: Labels = None, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw how often each factor is picked, beside how often it is with outcomes rearranged."""
    table = found.table
    drawn, axis = figure(width=width, height=26 + 6.6 * len(table))
    places = np.arange(len(table))
    axis.hlines(places, 0, table["frequency"], color=PALETTE[0], lw=1.2, zorder=2)
    axis.plot(table["frequency"], places, ls="", marker="o", ms=4.5, color=PALETTE[0], label="selected", zorder=3)
    axis.plot(
        table["under_none"], places, ls="", marker="|", ms=6, color=PALETTE[1], mew=1.4, label="rearranged", zorder=3
    )
    axis.axvline(found.threshold, color=MUTED, lw=0.8, ls=(0, (4, 2)))
    axis.set_yticks(places, [label(factor, labels) for factor in table["factor"]])
    axis.set_ylim(len(table) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.set_xlim(0, 1.02)
    axis.set_xlabel(f"share of halves (stable from {percent(found.threshold)})")
    legend_below(drawn, ncols=2)
    return drawn


@styled
def plot_pooling(found: PartialPooling, *, labels: Labels = None, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw each estimate (open) and where partial pooling puts it (filled, with its interval)."""
    table = found.table.sort_values("pooled", ascending=False, ignore_index=True)
    drawn, axis = figure(width=width, height=26 + 6.6 * len(table))
    places = np.arange(len(table))
    axis.axvline(0, color=MUTED, lw=0.8)
    axis.axvline(
        found.mean,
        color=PALETTE[1],
        lw=1.0,
        ls=(0, (4, 2)),
        label=f"common mean {found.mean:.2f}".replace("-", "\u2212"),
    )
    axis.hlines(places, table["low"], table["high"], color=PALETTE[0], lw=1.2, zorder=2)
    axis.plot(table["pooled"], places, ls="", marker="o", ms=4.5, color=PALETTE[0], label="pooled", zorder=3)
    axis.plot(table["estimate"], places, ls="", marker="o", ms=4, mfc="white", mec=MUTED, label="by itself", zorder=3)
    axis.set_yticks(places, [label(factor, labels) for factor in table["factor"]])
    axis.set_ylim(len(table) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.set_xlabel(f"standardised estimate, {percent(found.level)} interval")
    legend_below(drawn, ncols=3)
    return drawn
