"""Pictures of associations: estimates in every light, the data behind them, what the design can detect."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.association import (
    Detectable,
    Evidence,
    LeaveOneOut,
    PermutationTest,
    Plan,
    random_intercept,
)
from analysis.errors import MethodError
from analysis.figures.heat import Labels, label
from analysis.figures.layout import legend_below
from analysis.figures.style import (
    GRID,
    INK,
    MUTED,
    ONE_AND_A_HALF,
    ONE_COLUMN,
    PALETTE,
    TWO_COLUMNS,
    Style,
    category_styles,
    figure,
    styled,
)
from analysis.figures.words import percent, small, wrapped

PRIMARY, CO_PRIMARY, SPLIT = "primary test", "within areas", "split informants"


def forest_rows(evidence: Evidence, split: pd.DataFrame | None = None, *, within: str = CO_PRIMARY) -> pd.DataFrame:
    """Return what a forest plot shows: one row a pair and kind of estimate.

    Parameters
    ----------
    evidence : Evidence
    split : DataFrame, optional
        The line of split informants for the same pairs, or some of them: outcome, factor, split_standardised,
        split_low, split_high, split_p, split_stands.
    within : str
        What the co-primary estimate is called.

    Returns
    -------
    DataFrame
        Columns outcome, factor, kind, estimate, low, high (standardised), p, stands.
    """
    rows = []
    for row in evidence.table.itertuples():
        unit = row.standardised / row.estimate
        pair = {"outcome": row.outcome, "factor": row.factor}
        rows.append(
            pair | {"kind": PRIMARY, "estimate": row.standardised, "low": row.standardised_low,
                    "high": row.standardised_high, "p": row.p, "stands": row.stands}
        )  # fmt: skip
        rows.append(
            pair | {"kind": within, "estimate": row.within_estimate * unit, "low": row.within_low * unit,
                    "high": row.within_high * unit, "p": row.within_p, "stands": row.within_stands}
        )  # fmt: skip
    for row in () if split is None else split.itertuples():
        rows.append(
            {"outcome": row.outcome, "factor": row.factor, "kind": SPLIT, "estimate": row.split_standardised,
             "low": row.split_low, "high": row.split_high, "p": row.split_p, "stands": row.split_stands}
        )  # fmt: skip
    return pd.DataFrame(rows)


@styled
def plot_forest(rows: pd.DataFrame, *, labels: Labels = None, width: float = TWO_COLUMNS, reach: float = 1.6) -> Figure:
    """Draw one line a factor with its estimates side by side; one panel an outcome.

    Parameters
    ----------
    rows : DataFrame
        As from `forest_rows`. Estimates are standardised; a filled mark stands after correction, an open one
        does not. A factor whose marks all stand, on one side of zero, has a shaded line.
    labels : mapping or callable
        Printed names of factors and outcomes.
    width : float
        In mm.
    reach : float
        The axis shows -reach to reach; an interval that goes further ends in an arrowhead.
    """
    outcomes = list(dict.fromkeys(rows["outcome"]))
    first = rows[rows["kind"] == PRIMARY]
    order = first.groupby("factor")["estimate"].mean().sort_values(ascending=False).index
    looks = category_styles(rows["kind"])
    drawn, axes = figure(
        width=width,
        height=26 + (3.1 * len(looks) + 2.2) * len(order),
        columns=len(outcomes),
        sharey=True,
        squeeze=False,
    )
    for axis, outcome in zip(axes[0], outcomes, strict=True):
        part = rows[rows["outcome"] == outcome]
        for place, (kind, look) in enumerate(looks.items()):
            shift = 0.26 * (place - (len(looks) - 1) / 2)
            own = part[part["kind"] == kind].set_index("factor").reindex(order)
            _estimates(axis, own, shift, look.color, look.marker, str(kind), reach)
        if len(looks) > 2:
            _everywhere(axis, part, list(order))
        _zero(axis, reach)
        axis.set_title(label(outcome, labels))
        axis.set_xlabel("standardised estimate, 95\u00a0% interval")
    axes[0, 0].set_yticks(range(len(order)), [label(factor, labels) for factor in order])
    axes[0, 0].set_ylim(len(order) - 0.45, -0.55)
    axes[0, 0].plot([], [], ls="", marker="o", ms=4, color=MUTED, label="filled: stands after correction")
    if len(looks) > 2:
        axes[0, 0].fill_between([], [], color=GRID, label="shaded line: in every light")
    legend_below(drawn, *axes[0, 0].get_legend_handles_labels(), ncols=len(looks) + 1)
    return drawn


def _estimates(axis: Axes, own: pd.DataFrame, shift: float, color: str, marker: str, kind: str, reach: float) -> None:
    """Draw one kind of estimate for all factors, with arrowheads where an interval leaves the axis."""
    places = np.arange(len(own)) + shift
    known = own["estimate"].notna().to_numpy()
    low, high = own["low"].clip(lower=-reach), own["high"].clip(upper=reach)
    axis.hlines(places[known], low[known], high[known], color=color, lw=1.1, zorder=3)
    for bound, sign, ends in ((own["low"], -1, "<"), (own["high"], 1, ">")):
        beyond = known & (sign * bound > reach).to_numpy()
        axis.plot(np.full(beyond.sum(), sign * reach), places[beyond], ls="", marker=ends, ms=3, color=color, zorder=3)
    stands = own["stands"].fillna(False).astype(bool).to_numpy()
    for chosen, face in ((known & stands, color), (known & ~stands, "white")):
        axis.plot(
            own["estimate"][chosen], places[chosen], ls="", marker=marker, ms=4, mfc=face, mec=color, mew=0.9, zorder=4
        )
    axis.plot([], [], color=color, marker=marker, ms=4, lw=1.1, mfc="white", label=kind)


def _everywhere(axis: Axes, part: pd.DataFrame, order: list[str]) -> None:
    """Shade the lines of factors whose estimates all stand and have one sign."""
    for factor, own in part.groupby("factor"):
        if own["stands"].fillna(False).all() and abs(np.sign(own["estimate"]).sum()) == len(own):
            axis.axhspan(order.index(factor) - 0.45, order.index(factor) + 0.45, color=GRID, lw=0, zorder=0)


def _zero(axis: Axes, reach: float) -> None:
    axis.axvline(0, color=MUTED, lw=0.8, zorder=1)
    axis.set_xlim(-1.06 * reach, 1.06 * reach)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.grid(axis="x", zorder=0)


@styled
def plot_scatter(
    frame: pd.DataFrame,
    outcome: str,
    factors: Sequence[str],
    cluster: str,
    *,
    labels: Labels = None,
    columns: int = 4,
    width: float = TWO_COLUMNS,
) -> Figure:
    """Draw the outcome over each factor, one small panel a factor, units marked by their cluster.

    The line is the fixed part of the random-intercept model; points at the same place are drawn as larger marks.
    """
    wide = min(columns, len(factors))
    rows = math.ceil(len(factors) / wide)
    clusters = list(dict.fromkeys(frame[cluster].dropna()))
    looks = category_styles(clusters) if len(clusters) <= len(PALETTE) else None
    drawn, axes = figure(
        width=width, height=16 + rows * (width / wide) * 0.92, rows=rows, columns=wide, sharey=True, squeeze=False
    )
    for axis, factor in zip(axes.flat, factors, strict=False):
        known = frame[[outcome, factor, cluster]].dropna()
        _points(axis, known, outcome, factor, cluster, looks, labels)
        _fitted_line(axis, known, outcome, factor, cluster)
        axis.set_title(wrapped(label(factor, labels), 23), fontweight="normal")
        axis.grid(zorder=0)
    for axis in axes.flat[len(factors) :]:
        axis.set_visible(False)
    for axis in axes.flat[max(0, len(factors) - wide) : len(factors)]:
        axis.set_xlabel("score of the factor")
    for axis in axes[:, 0]:
        axis.set_ylabel(label(outcome, labels))
    if looks:
        legend_below(drawn, *axes.flat[0].get_legend_handles_labels(), ncols=min(6, len(clusters)))
    return drawn


def _points(
    axis: Axes,
    known: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    looks: Mapping[Any, Style] | None,
    labels: Labels,
) -> None:
    """Draw units by cluster; where several stand at one place the mark grows with their number."""
    for key, part in known.groupby(cluster, sort=False):
        look = looks[key] if looks else None
        counted = part.groupby([factor, outcome]).size().reset_index(name="n")
        axis.scatter(
            counted[factor], counted[outcome], s=18 * counted["n"], marker=look.marker if look else "o",
            color=look.color if look else PALETTE[0], edgecolor="white", lw=0.3, zorder=3,
            label=label(key, labels) if looks else None,
        )  # fmt: skip


def _fitted_line(axis: Axes, known: pd.DataFrame, outcome: str, factor: str, cluster: str) -> None:
    try:
        slope = random_intercept(known, outcome, factor, cluster).estimate
    except MethodError:
        return
    ends = np.array([known[factor].min(), known[factor].max()])
    axis.plot(ends, known[outcome].mean() + slope * (ends - known[factor].mean()), color=INK, lw=1.0, zorder=4)


@styled
def plot_permutation(result: PermutationTest, *, labels: Labels = None, width: float = ONE_COLUMN) -> Figure:
    """Draw the distribution of the estimate over arrangements, with the observed one and its mirror image."""
    if result.null.empty:
        raise MethodError(f"the result of {result.method!r} carries no distribution to draw")
    null = result.null
    drawn, axis = figure(width=width, height=56)
    middle = (null["low"] + null["high"]) / 2
    outside = middle.abs() >= abs(result.estimate)
    for chosen, color, hatch in ((~outside, GRID, ""), (outside, PALETTE[1], "///")):
        axis.bar(
            middle[chosen], null["share"][chosen], width=(null["high"] - null["low"])[chosen], color=color,
            edgecolor="white" if not hatch else INK, hatch=hatch, lw=0.5, zorder=2,
        )  # fmt: skip
    axis.axvline(result.estimate, color=INK, lw=1.2, zorder=3)
    axis.axvline(-result.estimate, color=INK, lw=0.8, ls=(0, (3, 2)), zorder=3)
    kind = "all" if result.exact else "drawn"
    axis.set_title(f"p = {result.p:.3f}; {result.arrangements:,} arrangements ({kind})")
    axis.set_xlabel(wrapped(f"slope of {label(result.outcome, labels)} on {label(result.factor, labels)}", 0.5 * width))
    axis.set_ylabel("share of arrangements")
    return drawn


@styled
def plot_power(found: Detectable, *, width: float = ONE_COLUMN) -> Figure:
    """Draw power over the true correlation with its Monte Carlo bounds: primary test, after Holm, co-primary test."""
    table = found.table
    drawn, axis = figure(width=width, height=0.86 * width)
    curves = (
        ("power", "primary test", PALETTE[0], "-", "o"),
        ("power_holm", f"after Holm over {found.tests}", PALETTE[1], (0, (4, 1.5)), "s"),
        ("power_within", "co-primary test", PALETTE[2], (0, (1, 1.2)), "^"),
    )
    for column, words, color, line, marker in curves:
        bounds = table[f"{column}_low"], table[f"{column}_high"]
        axis.fill_between(table["correlation"], *bounds, color=color, alpha=0.18, lw=0, zorder=1)
        axis.plot(table["correlation"], table[column], color=color, ls=line, marker=marker, ms=3, label=words, zorder=3)
    axis.axhline(found.target, color=MUTED, lw=0.8, ls=(0, (4, 2)), zorder=2)
    axis.axhline(found.alpha, color=MUTED, lw=0.6, ls=(0, (1, 2)), zorder=2)
    beside = {"xycoords": ("axes fraction", "data"), "size": small(), "color": MUTED, "textcoords": "offset points"}
    axis.annotate(f"{percent(found.target)} power", (0.01, found.target), (0, 2), va="bottom", **beside)
    axis.set(
        xlim=(0, 1), ylim=(0, 1.02), xlabel="true correlation of factor and outcome", ylabel="probability to detect it"
    )
    legend_below(drawn, ncols=2)
    return drawn


@styled
def plot_plan(plan: Plan, *, cluster: str = "clusters", unit: str = "units", width: float = TWO_COLUMNS) -> Figure:
    """Draw power with Monte Carlo bounds over the number of clusters; lines by informants, panels by units.

    `cluster` and `unit` are what the study calls several of them.
    """
    table = plan.table
    correlations, units = sorted(table["correlation"].unique()), sorted(table["units"].unique())
    looks = category_styles(sorted(table["informants"].unique()))
    drawn, axes = figure(
        width=width, height=24 + 42 * len(correlations), rows=len(correlations), columns=len(units),
        sharex=True, sharey=True, squeeze=False,
    )  # fmt: skip
    for row, correlation in zip(axes, correlations, strict=True):
        for axis, size in zip(row, units, strict=True):
            part = table[(table["correlation"] == correlation) & (table["units"] == size)]
            for informants, line in part.groupby("informants"):
                look = looks[informants]
                style = {"color": look.color, "ls": look.linestyle, "marker": look.marker, "ms": 3}
                axis.vlines(
                    line["clusters"], line["power_low"], line["power_high"], color=look.color, lw=0.6, alpha=0.6
                )
                axis.plot(line["clusters"], line["power"], label=f"{informants} informants", **style)
            axis.axhline(plan.target, color=MUTED, lw=0.8, ls=(0, (4, 2)))
            axis.set_title(wrapped(f"{size} {unit} in each", 96 / len(units)) + f"\nr = {correlation:.2g}")
            axis.set_ylim(0, 1.02)
    for axis in axes[-1]:
        axis.set_xlabel(f"number of {cluster}")
    for axis in axes[:, 0]:
        axis.set_ylabel("power")
    legend_below(drawn, *axes[0, 0].get_legend_handles_labels(), ncols=min(3, len(looks)))
    return drawn


@styled
def plot_leave_one_out(result: LeaveOneOut, *, labels: Labels = None, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw every refit with its interval beside the full estimate; the most influential has a filled mark."""
    table = result.table.dropna(subset="standardised").sort_values("standardised", ignore_index=True)
    middle, ends = result.full.standardised, result.full.standardised_interval
    drawn, axis = figure(width=width, height=30 + 4.6 * (len(table) + 1))
    places = np.arange(1, len(table) + 1)
    axis.axvspan(*ends, color=GRID, alpha=0.5, lw=0, zorder=0, label="interval with nothing left out")
    axis.axvline(middle, color=MUTED, lw=0.8, ls=(0, (4, 2)), zorder=1)
    axis.axvline(0, color=MUTED, lw=0.8, zorder=1)
    axis.hlines(places, table["standardised_low"], table["standardised_high"], color=PALETTE[0], lw=1.1, zorder=2)
    most = (table["left_out"] == result.most_influential).to_numpy()
    for chosen, face, words in ((most, PALETTE[0], "the most influential"), (~most, "white", "the others")):
        axis.plot(
            table["standardised"][chosen], places[chosen], ls="", marker="o", ms=4, mfc=face, mec=PALETTE[0], zorder=3,
            label=words,
        )  # fmt: skip
    axis.hlines(0, *ends, color=PALETTE[1], lw=1.4, zorder=2)
    axis.plot(middle, 0, marker="D", ms=4.5, color=PALETTE[1], zorder=3)
    names = ["nothing left out", *(f"without {label(name, labels)}" for name in table["left_out"])]
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.set_xlabel("standardised estimate, 95\u00a0% interval")
    legend_below(drawn, ncols=3)
    return drawn
