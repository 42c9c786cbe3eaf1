"""Pictures that check a QCA: calibration and skewness, areas, ranges of robustness, chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.heat import label
from analysis.figures.layout import legend_below
from analysis.figures.places import join_names, place_names
from analysis.figures.qca import Names, folded, named
from analysis.figures.style import GRID, INK, MUTED, ONE_AND_A_HALF, ONE_COLUMN, PALETTE, TWO_COLUMNS, figure, styled
from analysis.figures.words import letters, shortened, small
from analysis.qca import ChanceCheck, ClusterDiagnostics, Range, Skewness, calibrate
from analysis.qca.calibration import Thresholds


@styled
def plot_calibration(
    raw: pd.Series,
    thresholds: Thresholds,
    *,
    method: str = "direct",
    idm: float = 0.953,
    decreasing: bool = False,
    name: str = "",
    case_names: Names = None,
    width: float = ONE_AND_A_HALF,
) -> Figure:
    """Draw a condition's calibration: the curve, its anchors, the cases on it; near the crossover they are named.

    Parameters
    ----------
    raw : Series
        Raw values by case.
    thresholds, method, idm, decreasing
        As in `calibrate`.
    name : str
        What is calibrated, for the axis.
    case_names : mapping or callable, optional
        Printed names of cases.
    """
    member = calibrate(raw, thresholds, method, idm, decreasing)
    drawn, axes = figure(width=width, height=min(width * 0.72, 72))
    pad = 0.04 * float(np.ptp(raw))
    grid = np.linspace(raw.min() - pad, raw.max() + pad, 400)
    anchors = _anchors(thresholds)
    if method in {"direct", "linear"}:
        axes.plot(grid, calibrate(grid, thresholds, method, idm, decreasing), color=MUTED, lw=1, zorder=1)
    near_enough = 0.3 * float(grid[-1] - grid[0])
    for place, (anchor, word) in enumerate(sorted(anchors)):
        axes.axvline(anchor, color=PALETTE[1], lw=0.8, ls=(0, (3, 2)), zorder=0)
        # a middle anchor close to another one is written a line higher
        raised = place % 2 and min(abs(anchor - other) for other, _ in anchors if other != anchor) < near_enough
        axes.annotate(
            f"{word} {anchor:.3g}",
            (anchor, 1),
            (0, 11 if raised else 2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=small(),
            color=PALETTE[1],
        )
    axes.axhline(0.5, color=MUTED, lw=0.6, ls=(0, (1, 2)))
    above = member > 0.5
    axes.scatter(
        raw[above], member[above], s=15, color=PALETTE[2], zorder=3, label=f"more in than out ({int(above.sum())})"
    )
    axes.scatter(
        raw[~above],
        member[~above],
        s=15,
        facecolor="white",
        edgecolor=PALETTE[2],
        zorder=3,
        label=f"more out than in ({int((~above).sum())})",
    )
    axes.set(ylim=(-0.04, 1.04), xlabel=name or str(raw.name or "raw value"), ylabel="membership")
    axes.set_yticks([0, 0.5, 1], ["0", ".5", "1"])
    legend_below(drawn, ncols=2, handletextpad=0.2)
    near = member[(member - 0.5).abs() < 0.15]
    spots, names = join_names(
        [(float(raw[case]), float(near[case])) for case in near.index],
        [shortened(named(str(case), case_names), 28) for case in near.index],
        most=4 if max(map(len, map(str, near.index)), default=0) <= 12 else 1,
    )
    others = [(float(raw[case]), float(member[case])) for case in member.index.difference(near.index)]
    lines = [(anchor, 0.0, anchor, 1.0) for anchor, _ in anchors]
    curve = list(
        zip(grid[::10].tolist(), calibrate(grid, thresholds, method, idm, decreasing)[::10].tolist(), strict=True)
    )
    place_names(
        axes, spots, names, obstacles=[*others, *curve], lines=[*lines, (float(grid[0]), 0.5, float(grid[-1]), 0.5)]
    )
    return drawn


def _anchors(thresholds: Thresholds) -> list[tuple[float, str]]:
    words = ("exclusion", "crossover", "inclusion")
    if isinstance(thresholds, dict):
        order = {"e": words[0], "c": words[1], "i": words[2]}
        return [(float(value), order.get(str(key), str(key))) for key, value in thresholds.items()]
    values = np.atleast_1d(np.asarray(thresholds, dtype=float)).tolist()
    return list(zip(values, words if len(values) == 3 else [""] * len(values), strict=True))


@styled
def plot_skewness(found: Skewness, *, labels: Names = None, width: float = ONE_COLUMN) -> Figure:
    """Draw the share of cases above .5 in each set; beyond a fifth or four fifths a set is skewed."""
    table = found.table
    rows = np.arange(len(table))
    drawn, axes = figure(width=width, height=22 + 6.5 * len(table))
    axes.axvspan(0.2, 0.8, color=GRID, alpha=0.5, lw=0)
    for row, record in zip(rows, table.to_dict("records"), strict=True):
        hatch = "////" if record["skewed"] else ""
        axes.barh(
            row,
            record["share"],
            height=0.6,
            facecolor=PALETTE[1] if record["skewed"] else PALETTE[2],
            edgecolor="white",
            hatch=hatch,
        )
        text = f"{record['above']} of {record['cases']}" + (", skewed" if record["skewed"] else "")
        axes.text(min(record["share"] + 0.02, 1.02), row, text, va="center", size=small())
    axes.set_yticks(rows, [label(named(name, labels), None, 24) for name in table["set"]])
    axes.set(xlim=(0, 1.6), ylim=(len(table) - 0.5, -0.6))
    axes.set_xlabel("share of cases above .5\n(band: a fifth to four fifths)")
    axes.set_xticks([0, 0.2, 0.5, 0.8, 1], ["0", ".2", ".5", ".8", "1"])
    axes.tick_params(axis="y", length=0)
    return drawn


@styled
def plot_clusters(found: ClusterDiagnostics, *, labels: Names = None, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw each term's consistency in each cluster beside the pooled one; an empty cluster is written as such."""
    between = found.table[found.table["level"] == "between"]
    pooled = found.table[found.table["level"] == "pooled"].set_index("term")
    terms = list(pooled.index)
    clusters = list(dict.fromkeys(between["cluster"]))
    columns = min(len(terms), 3 if width >= TWO_COLUMNS else 2)
    rows = -(-len(terms) // columns)
    drawn, grid = figure(
        width=width,
        height=12 + rows * (18 + 4.6 * len(clusters)),
        rows=rows,
        columns=columns,
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    panels = list(grid.ravel())
    for axes, term in zip(panels, terms, strict=False):
        _cluster_panel(
            axes,
            between[between["term"] == term].set_index("cluster").loc[clusters],
            float(pooled.loc[term, "consistency"]),
        )
        axes.set_title(folded(term, letters((width - 26) / columns / 2.1)), fontsize=small())
    for axes in panels[len(terms) :]:
        axes.set_visible(False)
    for place in range(max(0, len(terms) - columns), len(terms)):
        panels[place].tick_params(axis="x", labelbottom=True)
    for row in grid:
        row[0].set_yticks(range(len(clusters)), [named(name, labels) for name in clusters])
    drawn.supxlabel("consistency: dots by cluster (size: cases), line pooled", fontsize=small())
    return drawn


def _cluster_panel(axes: Axes, own: pd.DataFrame, pooled: float) -> None:
    rows = np.arange(len(own))
    known = own["consistency"].notna().to_numpy()
    axes.axvline(pooled, color=PALETTE[1], lw=1, ls=(0, (4, 2)))
    axes.hlines(rows[known], pooled, own["consistency"][known], color=GRID, lw=1, zorder=1)
    axes.scatter(
        own["consistency"][known],
        rows[known],
        s=10 + 30 * own["cases"][known] / own["cases"].max(),
        color=PALETTE[0],
        zorder=3,
    )
    for row in rows[~known]:
        axes.text(0.02, row, "no member", va="center", size=small(), color=MUTED)
    axes.set(xlim=(-0.03, 1.06), ylim=(len(own) - 0.4, -0.6))
    axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    axes.tick_params(axis="y", length=0)


@styled
def plot_ranges(ranges: Sequence[Range], *, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw over which values of each choice the solution stays: a dot where it is the same, a cross where not."""
    drawn, grid = figure(width=width, height=10 + 15 * len(ranges), rows=len(ranges), squeeze=False)
    for axes, found in zip(grid[:, 0], ranges, strict=True):
        table = found.table
        low, high = table.loc[table["same"], "value"].agg(["min", "max"])
        axes.hlines(0, low, high, color=PALETTE[2], lw=5, alpha=0.35)
        same = table["same"].to_numpy()
        axes.scatter(table["value"][same], np.zeros(same.sum()), s=12, color=PALETTE[2], zorder=3)
        axes.scatter(
            table["value"][~same],
            np.zeros((~same).sum()),
            s=16,
            marker="X",
            facecolor="white",
            edgecolor=PALETTE[1],
            zorder=3,
        )
        axes.scatter([found.value], [0], s=70, marker="|", color=INK, zorder=4)
        axes.set_yticks([])
        axes.set_title(f"{found.parameter}: {_span(found)}, chosen {found.value:g}", fontsize=small(), weight="normal")
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.06)
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=found.parameter == "frequency cut"))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_ylim(-1, 1)
    drawn.supxlabel("dot: the same solution; cross: another one, or none; bar: the value chosen", fontsize=small())
    return drawn


def _span(found: Range) -> str:
    low = "no change found below" if np.isnan(found.lower) else f"from {found.lower:g}"
    high = "no change found above" if np.isnan(found.upper) else f"to {found.upper:g}"
    return f"{low}, {high}" if np.isnan(found.lower) or np.isnan(found.upper) else f"{low} {high}"


@styled
def plot_chance(found: ChanceCheck, *, width: float = ONE_COLUMN) -> Figure:
    """Draw the coverage of the solutions that permuted outcomes give, parted by whether they are as consistent."""
    drawn, axes = figure(width=width, height=width * 0.72)
    table = found.table.dropna(subset=["consistency"])
    bins = np.linspace(0, 1, 21)
    as_consistent = table["consistency"] >= found.consistency - 1e-9
    parts = [table.loc[as_consistent, "coverage"], table.loc[~as_consistent, "coverage"]]
    shown = axes.hist(
        parts,
        bins=bins.tolist(),
        stacked=True,
        color=[PALETTE[0], "white"],
        edgecolor=PALETTE[0],
        lw=0.6,
        label=["at least as consistent", "less consistent"],
    )
    for patch in shown[2][1]:
        patch.set_hatch("////")
    axes.axvline(found.coverage, color=PALETTE[1], lw=1.2)
    axes.annotate(
        f"observed {found.coverage:.2f}",
        (found.coverage, 1),
        (0, 2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="right" if found.coverage > 0.5 else "left",
        va="bottom",
        size=small(),
        color=PALETTE[1],
    )
    none = f"; none in {100 * found.none:.0f}\u00a0%" if found.none else ""
    axes.set(xlim=(0, 1.02), xlabel="coverage of the solution", ylabel="permuted outcomes")
    text = f"perfect by chance: {100 * found.perfect:.0f}\u00a0%{none}; as good: {found.share:.3f}"
    axes.set_title(text, fontsize=small(), weight="normal", pad=13)
    legend_below(drawn, ncols=2, handlelength=1.2)
    return drawn
