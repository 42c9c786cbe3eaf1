"""The picture of a truth table: configurations, outputs, consistency and PRI with their cuts, cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.figures.qca import Names, named, set_lines
from analysis.figures.style import GRID, INK, PALETTE, SEQUENTIAL, TWO_COLUMNS, figure, ink_on, styled
from analysis.figures.words import shortened, small, widest
from analysis.qca import TruthTable

_OUTPUTS = {"1": PALETTE[2], "0": "white", "C": PALETTE[3], "?": GRID}
#: Width of a capital letter of small text in mm.
_CAPITAL = 1.75


@styled
def plot_truth_table(
    table: TruthTable, *, case_names: Names = None, most_cases: int = 4, width: float = TWO_COLUMNS
) -> Figure:
    """Draw the observed configurations: conditions, output, cases, consistency and PRI as bars with their cuts.

    Rows run from the most to the least consistent; outputs are written as well as shaded.
    """
    frame = table.table.sort_values(["consistency", "n"], ascending=False, ignore_index=True)
    k, m = len(table.conditions), len(frame)
    cell = (width - 20) * 0.42 / (0.42 * (k + 1) + 6.4)  # mm
    sets = (*table.conditions, table.outcome)
    turn = _CAPITAL * max(map(len, sets)) > cell
    heads = [set_lines(name, 12) if turn else name for name in sets]
    head = _CAPITAL * max(len(line) for name in heads for line in name.split("\n")) if turn else 4
    drawn, (cells, bars, names) = figure(
        width=width, height=18 + head + 4.2 * m, columns=3, width_ratios=[0.42 * (k + 1), 2.0, 4.4], sharey=True
    )
    _cells(cells, frame, table, heads, turn=turn)
    _consistency_bars(bars, frame, table)
    _case_names(names, frame, case_names, most_cases)
    return drawn


def _case_names(axes: Axes, frame: pd.DataFrame, case_names: Names, most: int) -> None:
    """Write each row's number of cases, and as many of their names as its width takes."""
    for row, n in enumerate(frame["n"]):
        axes.text(0, row, f"{n}", ha="right", va="center", size=small())
    axes.set(xlim=(-0.08, 1))
    axes.set_title("cases", loc="left", fontsize=small())
    axes.axis("off")
    drawn = axes.get_figure()
    assert isinstance(drawn, Figure)
    drawn.draw_without_rendering()
    room = axes.get_window_extent().width * 72 / drawn.dpi * 0.95 / 1.08
    for row, text in enumerate(frame["cases"]):
        listed = [named(case, case_names) for case in text.split(", ") if case]
        axes.text(0.05, row, _fitting(drawn, listed, most, room), va="center", size=small())


def _fitting(drawn: Figure, names: list[str], most: int, room: float) -> str:
    """Join as many names as fit into so many points, and count the rest."""
    said = ""
    for shown in range(min(most, len(names)), 0, -1):
        said = ", ".join(names[:shown]) + (f" + {len(names) - shown}" if shown < len(names) else "")
        if widest(drawn, [said]) <= room:
            return said
    rest = said.removeprefix(names[0]) if names else ""
    most = len(names[0]) if names else 0
    while most > 8 and widest(drawn, [said]) > room:
        most -= 1
        said = shortened(names[0], most) + rest
    return said


def _cells(axes: Axes, frame: pd.DataFrame, table: TruthTable, heads: Sequence[str], *, turn: bool) -> None:
    top = max(table.levels) - 1
    for row, record in enumerate(frame.to_dict("records")):
        for column, name in enumerate(table.conditions):
            color = SEQUENTIAL(0.05 + 0.75 * record[name] / top)
            axes.add_patch(Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, facecolor=color, edgecolor=GRID, lw=0.5))
            axes.text(column, row, f"{record[name]}", ha="center", va="center", color=ink_on(color), size=small())
        place, color = len(table.conditions) + 0.3, _OUTPUTS[record["OUT"]]
        axes.add_patch(Rectangle((place - 0.46, row - 0.44), 0.92, 0.88, facecolor=color, edgecolor=INK, lw=0.6))
        axes.text(place, row, record["OUT"], ha="center", va="center", color=ink_on(color), weight="bold", size=small())
    places = [*range(len(table.conditions)), len(table.conditions) + 0.3]
    axes.set(xlim=(-0.6, len(table.conditions) + 0.9), ylim=(len(frame) - 0.4, -0.6))
    axes.xaxis.tick_top()
    axes.set_xticks(places, heads, rotation=90 if turn else 0, linespacing=1.0)
    axes.set_yticks(range(len(frame)), [f"{row}" for row in frame["row"]])
    axes.set_ylabel("row of the truth table")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _consistency_bars(axes: Axes, frame: pd.DataFrame, table: TruthTable) -> None:
    rows = np.arange(len(frame))
    some, proportional = frame["consistency"] > 0, frame["pri"] > 0  # a bar of no length would still be drawn
    axes.barh(rows[some] - 0.18, frame["consistency"][some], height=0.32, color=PALETTE[0], label="consistency")
    hatched: dict[str, Any] = {"facecolor": "white", "edgecolor": PALETTE[0], "hatch": "////", "label": "PRI"}
    axes.barh(rows[proportional] + 0.18, frame["pri"][proportional], height=0.32, **hatched)
    for cut, style, side in ((table.cuts.inclusion, "-", "left"), (table.cuts.exclusion, (0, (3, 2)), "right")):
        if cut is not None:
            axes.axvline(cut, color=PALETTE[1], lw=1, ls=style)
            axes.annotate(
                f"{cut:g}".lstrip("0"),
                (cut, 0),
                (0, -1),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha=side if table.cuts.exclusion is not None else "center",
                va="top",
                size=small(),
                color=PALETTE[1],
            )
    for row, record in enumerate(frame.to_dict("records")):
        axes.text(1.06, row, f"{record['consistency']:.2f}", va="center", size=small())
    axes.set(xlim=(0, 1.27))
    axes.xaxis.tick_top()
    axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.spines["top"].set_visible(True)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.02 - 0.25 / len(frame)), ncols=2, handlelength=1.2)
