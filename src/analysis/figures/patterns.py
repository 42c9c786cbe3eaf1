"""Pictures of patterns: codes by cases, codes together, saturation, one group beside the others, who was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.association.results import count
from analysis.figures.heat import WITHHELD, Labels, draw_heat, draw_scale, label, note_gaps, signed, two_lines
from analysis.figures.layout import legend_below
from analysis.figures.style import (
    GRID,
    INK,
    MUTED,
    ONE_AND_A_HALF,
    ONE_COLUMN,
    PALETTE,
    TWO_COLUMNS,
    figure,
    ink_on,
    styled,
)
from analysis.figures.words import percent, small
from analysis.patterns import CodeCaseMatrix, CodeNetwork, CoOccurrence, Coverage, Difference, Saturation


def _percent(value: float) -> str:
    if value == 0:
        return "0"
    return "<.1" if value < 0.05 else f"{value:.1f}" if value < 10 else f"{value:.0f}"


_WRITE: dict[str, Callable[[float], str]] = {
    "count": "{:.3g}".format,
    "binary": lambda value: "yes" if value else "",
    "coverage": lambda value: _percent(100 * value),
    "weight": "{:.1f}".format,
}
_NAMES = {
    "count": "segments per coder",
    "binary": "code given",
    "coverage": "% of the words",
    "weight": "mean intensity",
}

_SCALE: dict[str, Callable[[float], str]] = {"coverage": lambda value: f"{100 * value:g}"}


@styled
def plot_code_cases(
    found: CodeCaseMatrix,
    *,
    groups: Mapping[str, str] | None = None,
    labels: Labels = None,
    width: float = TWO_COLUMNS,
) -> Figure:
    """Draw codes by cases as shaded cells with numbers; cases stand in groups (partnerships in their areas).

    Where cases are too many for a name below each, cells have their shade only and groups are parted by lines.

    Parameters
    ----------
    found : CodeCaseMatrix
    groups : mapping, optional
        Case to its group; the cases are put in the groups' order.
    labels : mapping, optional
        Printed names of codes, cases and groups.
    """
    matrix = found.matrix
    if groups:
        matrix = matrix[sorted(matrix.columns, key=lambda case: (str(groups.get(case, "")), str(case)))]
    drawn, axes = figure(width=width, height=(48 if groups else 34) + 7.2 * len(matrix))
    rows = [label(key, labels) for key in matrix.index]
    many = matrix.shape[1] > _MOST_NAMED
    columns = ["" if many else two_lines(key, labels) for key in matrix.columns]
    image = draw_heat(
        axes, matrix, write="".format if many else _WRITE[found.measure], rows=rows, columns=columns, turn=50
    )
    if many:
        axes.set_xticks([])
        axes.set_xlabel(f"{matrix.shape[1]} {found.cases}s" + (", parted by lines into their groups" if groups else ""))
    if groups:
        column = 0.55 * width / len(matrix.columns)
        _group_heads(axes, [str(groups.get(case, "")) for case in matrix.columns], labels, column, named=not many)
    note_gaps(axes, matrix, "empty: the code was not given")
    if found.measure != "binary":
        draw_scale(axes, image, _NAMES[found.measure], write=_SCALE.get(found.measure, "{:g}".format))
    return drawn


#: Cases above this number have neither names nor numbers.
_MOST_NAMED = 32


def _group_heads(axes: Axes, groups: list[str], labels: Labels, column: float, *, named: bool = True) -> None:
    """Write each group's name above its columns, in two tiers where one has no room, and part the groups by a line.

    Parameters
    ----------
    axes : Axes
        The heat map.
    groups : list of str
        The group of each column.
    labels : mapping, optional
        Printed names.
    column : float
        Width of a column in mm.
    named : bool
        Whether there is room for names at all.
    """
    starts = [0, *(place for place in range(1, len(groups)) if groups[place] != groups[place - 1]), len(groups)]
    heads = [label(groups[first], labels, 10) for first in starts[:-1]]
    room = [column * (last - first) for first, last in pairwise(starts)]
    crowded = any(_LETTER * max(map(len, head.split("\n"))) > mm for head, mm in zip(heads, room, strict=True))
    for number, (first, last) in enumerate(pairwise(starts)):
        axes.annotate(
            heads[number] if named else "",
            ((first + last - 1) / 2, 1),
            (0, 3 + (number % 2) * crowded * 2.4 * small()),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            va="bottom",
            weight="bold",
        )
        if first:
            axes.axvline(first - 0.5, color=INK, lw=1.2)


#: Width of a bold letter in mm.
_LETTER = 1.75


@styled
def plot_co_occurrence(
    found: CoOccurrence, *, value: str = "jaccard", labels: Labels = None, width: float = TWO_COLUMNS
) -> Figure:
    """Draw how closely codes go together: a triangle among the same codes, a table between two frameworks.

    In the triangle rows are numbered, and the numbers below the columns are those of the rows.
    """
    matrix = found.matrix(value)
    rows, columns, turn = [label(key, labels) for key in matrix.index], [], 0.0
    if found.symmetric:
        below = np.tril(np.ones(matrix.shape, dtype=bool), -1)
        matrix = matrix.where(below)
        rows = [label(f"{number}. {(labels or {}).get(key, key)}", None) for number, key in enumerate(matrix.index, 1)]
        columns = [str(number) for number in range(1, len(matrix) + 1)]
    elif matrix.shape[1] > _MOST_UPRIGHT:
        columns, turn = [two_lines(key, labels) for key in matrix.columns], 55.0
    else:
        columns = [label(key, labels, 18) for key in matrix.columns]
    drawn, axes = figure(width=width, height=(34 if turn else 22) + 7 * len(matrix))
    image = draw_heat(axes, matrix, write=_WRITE_TIE[value], rows=rows, columns=columns, turn=turn)
    draw_scale(axes, image, "Jaccard" if value == "jaccard" else "times together")
    return drawn


#: Columns above this number have their names turned.
_MOST_UPRIGHT = 6
_WRITE_TIE: dict[str, Callable[[float], str]] = {
    "count": "{:.0f}".format,
    "jaccard": lambda value: "0" if value == 0 else f"{value:.2f}".lstrip("0"),
}


@styled
def plot_network(network: CodeNetwork, *, labels: Labels = None, width: float = TWO_COLUMNS) -> Figure:
    """Draw codes around a circle (larger: more often coded) and ties as lines (thicker: stronger).

    Where two frameworks meet, the codes of the second are squares.
    """
    graph = network.graph
    turned = graph.number_of_nodes() > _MOST_AROUND
    drawn, axes = figure(width=width, height=width * (1.06 if turned else 0.66))
    axes.set_axis_off()
    axes.set_aspect("equal")
    top = max((data[network.weight] for _, _, data in graph.edges(data=True)), default=1)
    for a, b, data in graph.edges(data=True):
        (x0, y0), (x1, y1) = network.positions[a], network.positions[b]
        axes.plot([x0, x1], [y0, y1], color=MUTED, lw=_thickness(data[network.weight], top), alpha=0.6, zorder=1)
    most = max((data["n"] for _, data in graph.nodes(data=True)), default=1) or 1
    for code, data in graph.nodes(data=True):
        _node(axes, network.positions[code], data, most, label(code, labels, 24), turned=turned)
    axes.set_xlim(*((-1.9, 1.9) if turned else (-2.3, 2.3)))
    axes.set_ylim(*((-1.9, 1.9) if turned else (-1.3, 1.3)))
    _tie_key(drawn, axes, network, top)
    return drawn


def _thickness(weight: float, top: float) -> float:
    return 0.5 + 3.5 * weight / top


#: Codes above this number have their names turned outwards.
_MOST_AROUND = 18


def _node(
    axes: Axes, place: tuple[float, float], data: Mapping[str, int], most: int, words: str, *, turned: bool
) -> None:
    x, y = place
    second = data.get("side", 0) == 1
    color = PALETTE[1] if second else PALETTE[2]
    size = 90 + 240 * data["n"] / most
    axes.scatter(x, y, s=size, color=color, marker="s" if second else "o", zorder=2)
    axes.text(x, y, str(data["n"]), ha="center", va="center", color=ink_on(color), zorder=3, size=small())
    across = "center" if abs(x) < 0.12 else ("left" if x > 0 else "right")
    upright = "center" if abs(y) < 0.5 else ("bottom" if y > 0 else "top")
    off = (size / np.pi) ** 0.5 + 4  # points from the middle of the mark, which has that radius
    look: dict[str, Any] = {"ha": across, "va": upright}
    if turned:
        angle = np.degrees(np.arctan2(y, x))
        left = abs(angle) > 90
        look = {"ha": "right" if left else "left", "va": "center", "rotation": angle + 180 * left}
        look["rotation_mode"] = "anchor"
    axes.annotate(words, place, (off * x, off * y), textcoords="offset points", zorder=4, **look)


def _tie_key(drawn: Figure, axes: Axes, network: CodeNetwork, top: float) -> None:
    weights = [data[network.weight] for _, _, data in network.graph.edges(data=True)]
    for number in dict.fromkeys((min(weights), top) if weights else ()):
        words = f"Jaccard {number:.2f}" if network.weight == "jaccard" else count(int(number), "time") + " together"
        axes.plot([], [], color=MUTED, alpha=0.6, lw=_thickness(number, top), label=words)
    axes.scatter([], [], s=50, color=PALETTE[2], label="code, with how often it appears")
    if any(side for _, side in network.graph.nodes(data="side")):
        axes.scatter([], [], s=50, marker="s", color=PALETTE[1], label="code of the second framework")
    legend_below(drawn, ncols=2)


@styled
def plot_saturation(found: Saturation, *, width: float = ONE_COLUMN) -> Figure:
    """Draw codes seen after so many interviews: as it went, and over permuted orders with their band."""
    table = found.table
    drawn, axes = figure(width=width, height=60)
    n = table["n_interviews"]
    band = f"{percent(found.confidence)} of {found.permutations:,} orders"
    axes.fill_between(n, table["lower"], table["upper"], color=GRID, lw=0, label=band)
    axes.plot(n, table["mean"], color=PALETTE[2], ls=(0, (4, 1.5)), label="mean over all orders")
    axes.step(n, table["observed"], where="post", color=PALETTE[0], label="in the order of the interviews")
    if found.saturated_at is not None:
        axes.axvline(found.saturated_at, color=MUTED, lw=0.8, ls=(0, (1, 1.2)))
        axes.annotate(
            f"flat from {found.saturated_at}",
            (found.saturated_at, 0.04),
            (2, 0),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            size=small(),
        )
    if found.codebook > found.n_codes:
        axes.axhline(found.codebook, color=MUTED, lw=0.8)
        axes.annotate(
            f"codebook ({found.codebook})", (0.98, found.codebook), (0, 2), xycoords=("axes fraction", "data"),
            textcoords="offset points", ha="right", size=small(),
        )  # fmt: skip
    axes.set_xlabel("Interviews")
    axes.set_ylabel("Codes seen")
    axes.set_xlim(0.5, len(table) + 0.5)
    axes.set_ylim(0, found.codebook * 1.12)
    legend_below(drawn, ncols=1)
    return drawn


@styled
def plot_difference(
    found: Difference, *, labels: Labels = None, others: str = "others", width: float = ONE_AND_A_HALF
) -> Figure:
    """Draw each code as two marks on one line: the share of the reference group's interviews and of the others'."""
    table = found.table
    drawn, axes = figure(width=width, height=26 + 6.4 * len(table))
    rows = np.arange(len(table))
    axes.hlines(rows, table["share_reference"], table["share_others"], color=GRID, lw=2.2, zorder=1)
    n_reference, n_others = int(table["n_reference"].max()), int(table["n_others"].max())
    axes.scatter(
        table["share_reference"], rows, s=24, marker="^", color=PALETTE[0], zorder=3,
        label=f"{found.reference} ({n_reference} interviews)",
    )  # fmt: skip
    axes.scatter(
        table["share_others"], rows, s=22, marker="o", color="white", edgecolor=PALETTE[1], linewidth=1.2, zorder=2,
        label=f"{others} ({n_others} interviews)",
    )  # fmt: skip
    for row, difference in enumerate(table["difference"]):
        axes.annotate(signed(100 * difference), (1.02, row), xycoords=("axes fraction", "data"), va="center")
    axes.annotate(
        "points", (1.02, 1), (0, 2), xycoords="axes fraction", textcoords="offset points", va="bottom", size=small()
    )
    axes.set_yticks(rows, [label(key, labels) for key in table["code"]])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(-0.03, 1.03)
    axes.xaxis.set_major_formatter(lambda value, _: f"{percent(value)}")
    axes.set_xlabel("Share of interviews that touch it")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=GRID, lw=0.5)
    axes.set_axisbelow(True)
    legend_below(drawn, ncols=2)
    return drawn


@styled
def plot_coverage(found: Coverage, *, labels: Labels = None, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw how many interviews each area has with each role; in brackets those that two coders read, where told.

    A count that is missing is withheld, and drawn as a dash.
    """
    row, column = (*found.by, "")[:2]
    table = found.table if column else found.table.assign(**{"": "all"})
    counts = table.pivot(index=row, columns=column, values="n_interviews")
    order = {"index": list(dict.fromkeys(table[row])), "columns": list(dict.fromkeys(table[column]))}
    counts = counts.reindex(**order)
    double = table.get("n_double_coded", pd.Series(np.nan, index=table.index))
    double = table.assign(double=double).pivot(index=row, columns=column, values="double").reindex(**order)
    drawn, axes = figure(width=width, height=26 + 7 * len(counts))
    image = draw_heat(
        axes,
        counts,
        write=lambda _: "",
        rows=[label(key, labels) for key in counts.index],
        columns=[label(key, labels, 16) for key in counts.columns],
        turn=40,
    )
    _write_counts(axes, counts, double, image.cmap, image.norm)
    note_gaps(axes, counts, WITHHELD)
    draw_scale(axes, image, "interviews")
    return drawn


def _write_counts(axes: Axes, counts: pd.DataFrame, double: pd.DataFrame, cmap: Callable, norm: Callable) -> None:
    for (row, column), value in np.ndenumerate(counts.to_numpy(dtype=float)):
        twice = double.to_numpy()[row, column]
        told = f"{value:.0f}" if np.isnan(twice) else f"{value:.0f} ({twice:.0f})"
        words = "\N{EN DASH}" if np.isnan(value) else told if value else "none"
        color = ink_on(cmap(norm(value))) if value > 0 else MUTED
        axes.text(column, row, words, ha="center", va="center", color=color, size=small())
