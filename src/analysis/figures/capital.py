"""Partnership capital in pictures: how many dimensions, the two paths, what the design could find."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from analysis.association.results import number, p_value
from analysis.capital import DetectableIndirect, Mediation, ParallelAnalysis, Path
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
from analysis.figures.words import wrapped

#: Where antecedent, mediator and outcome stand in the path diagram, as shares of the axes.
_PLACES = ((0.13, 0.2), (0.5, 0.85), (0.87, 0.2))


@styled
def plot_parallel(analysis: ParallelAnalysis) -> Figure:
    """Draw the eigenvalues beside the limit of those of unrelated items."""
    table = analysis.table
    drawn, axes = figure(width=ONE_COLUMN)
    axes.plot(table["component"], table["eigenvalue"], marker="o", color=PALETTE[0], label="these items")
    limit = f"unrelated items, {100 * analysis.percentile:.0f}th percentile"
    axes.plot(table["component"], table["random_limit"], ls="--", marker="s", ms=3, color=PALETTE[1], label=limit)
    axes.axhline(1.0, color=GRID, lw=0.8, zorder=0)
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    axes.set_xlabel("Component")
    axes.set_ylabel("Eigenvalue")
    axes.set_ylim(bottom=0)
    axes.legend()
    return drawn


@styled
def plot_mediation(found: Mediation, labels: dict[str, str] | None = None) -> Figure:
    """Draw the three variables and the arrows between them, each with its estimate, interval and p.

    Parameters
    ----------
    found : Mediation
    labels : dict, optional
        Printed name of each variable.
    """
    drawn, axes = figure(width=TWO_COLUMNS, height=72)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.axis("off")
    boxes = []
    for name, place in zip((found.antecedent, found.mediator, found.outcome), _PLACES, strict=True):
        box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": INK, "linewidth": 0.8}
        boxes.append(axes.text(*place, wrapped((labels or {}).get(name, name), 20), ha="center", va="center", bbox=box))
    _arrow(axes, boxes[0], boxes[1], found.a, (0.28, 0.58), "right")
    _arrow(axes, boxes[1], boxes[2], found.b, (0.72, 0.58), "left")
    _arrow(axes, boxes[0], boxes[2], found.direct, (0.5, 0.29), "center")
    indirect = (
        f"Indirect effect {number(found.indirect)} "
        f"({number(found.interval[0])} to {number(found.interval[1])}), both paths {p_value(found.joint_p)}"
    )
    axes.text(0.5, 0.03, indirect.replace("-", "\u2212"), ha="center", va="center")
    return drawn


@styled
def plot_indirect(indirect: pd.DataFrame) -> Figure:
    """Draw the indirect effect of every group, one mark with its interval for each reading of capital.

    Parameters
    ----------
    indirect : DataFrame
        `CapitalHypothesis.indirect`.
    """
    groups = list(dict.fromkeys(indirect["group"]))
    readings = list(dict.fromkeys(indirect["reading"]))
    drawn, axes = figure(width=TWO_COLUMNS, height=34 + 13 * len(groups))
    axes.axvline(0, color=MUTED, lw=0.6)
    for i, reading in enumerate(readings):
        part = indirect[indirect["reading"] == reading]
        rows = [groups.index(group) + 0.24 * (i - (len(readings) - 1) / 2) for group in part["group"]]
        color = PALETTE[i % len(PALETTE)]
        axes.hlines(rows, part["low"], part["high"], color=color, lw=1.4)
        axes.scatter(part["estimate"], rows, s=26, marker=MARKERS[i], color=color, label=reading, zorder=3)
    axes.set_yticks(range(len(groups)), [wrapped(group, 34) for group in groups])
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Indirect effect by way of capital (outcome's units a unit of the group's score)")
    legend_below(drawn, ncols=len(readings))
    return drawn


def _arrow(axes: Axes, start: Text, end: Text, path: Path, at: tuple[float, float], side: str) -> None:
    """An arrow whose interval holds 0 is broken, so that it is seen without reading the numbers."""
    crosses = path.interval[0] <= 0.0 <= path.interval[1]
    line = FancyArrowPatch(
        start.get_position(),
        end.get_position(),
        arrowstyle="-|>",
        mutation_scale=9,
        patchA=start.get_bbox_patch(),
        patchB=end.get_bbox_patch(),
        shrinkA=4,
        shrinkB=4,
        zorder=4,  # after the boxes, which know their size only when drawn
        color=MUTED if crosses else INK,
        linestyle="--" if crosses else "-",
        linewidth=1.0,
    )
    axes.add_patch(line)
    low, high = path.interval
    words = f"{number(path.estimate)} ({number(low)} to {number(high)})\n{p_value(path.p)}".replace("-", "\u2212")
    axes.text(*at, words, ha=side, va="center")


@styled
def plot_detectable_indirect(found: DetectableIndirect) -> Figure:
    """Draw the power of the joint test by the true size of both paths, with that of each path alone."""
    table = found.table
    drawn, axes = figure(width=ONE_AND_A_HALF)
    axes.fill_between(table["path"], table["power_low"], table["power_high"], color=GRID, lw=0)
    axes.plot(table["path"], table["power"], marker="o", color=PALETTE[0], label="both paths")
    axes.plot(table["path"], table["a_found"], marker="s", ms=3, ls="--", color=PALETTE[1], label="first path alone")
    axes.plot(table["path"], table["b_found"], marker="^", ms=3, ls=":", color=PALETTE[2], label="second path alone")
    axes.axhline(found.target, color=MUTED, lw=0.6, ls=(0, (1, 2)))
    axes.annotate(
        f"{100 * found.target:.0f}\u00a0% power", (0.0, found.target), (2, 2), textcoords="offset points", color=MUTED
    )
    axes.set_xlabel("True standardised size of each path")
    axes.set_ylabel("Power")
    axes.set_ylim(0, 1)
    axes.legend(loc="center left")
    return drawn
