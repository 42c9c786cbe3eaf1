"""The crosswalk as one matrix: every entry of the other frameworks against the factors of the primary one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.crosswalk import Crosswalk, crosswalk_matrix
from analysis.figures.heat import two_lines
from analysis.figures.layout import legend_below
from analysis.figures.style import GRID, INK, MUTED, PALETTE, TWO_COLUMNS, figure, styled
from analysis.figures.words import wrapped
from analysis.framework import Framework
from analysis.read_across import ReadAcross

#: Millimetres a row of the matrix takes, and the head with the factors' names.
_ROW, _HEAD = 3.7, 54.0
#: Letters in a line of a row's label.
_WIDE = 52


@styled
def plot_crosswalk(crosswalk: Crosswalk, frameworks: Mapping[str, Framework]) -> Figure:
    """Draw which entry of each other framework meets which factor.

    A filled disc is a full meeting, a ring one in part; shape alone carries the meaning.

    Parameters
    ----------
    crosswalk : Crosswalk
    frameworks : mapping
        All frameworks by key.
    """
    others = [frameworks[key] for key in crosswalk.others]
    sizes = [_places([factor.label for factor in other.factors])[-1] for other in others]
    height = _HEAD + _ROW * (sum(sizes) + 1.4 * len(others))
    drawn, panels = figure(
        width=TWO_COLUMNS, height=height, rows=len(others), squeeze=False, sharex=True, height_ratios=sizes
    )
    for axes, other in zip(panels[:, 0], others, strict=True):
        _panel(axes, crosswalk, frameworks, other)
    _factors(panels[0, 0], frameworks[crosswalk.framework])
    _legend(panels[-1, 0])
    return drawn


def _panel(axes: Axes, crosswalk: Crosswalk, frameworks: Mapping[str, Framework], other: Framework) -> None:
    matrix = crosswalk_matrix(crosswalk, frameworks, other.key)
    labels = [factor.label for factor in other.factors]
    *rows_at, end = _places(labels)
    axes.set_yticks(rows_at, [wrapped(name, _WIDE) for name in labels], linespacing=1.1)
    axes.set_ylim(end - 0.5, -0.5)
    axes.set_xlim(-0.5, len(matrix.index) - 0.5)
    axes.text(-0.012, 1, other.title, transform=axes.transAxes, ha="right", va="bottom", weight="bold")
    axes.tick_params(length=0, labelbottom=False)
    axes.spines[:].set_visible(False)
    axes.grid(color=GRID)
    axes.set_axisbelow(True)
    for strength, fill in (("full", PALETTE[0]), ("part", "white")):
        places = [
            (column, row)
            for row, entry in zip(rows_at, matrix.columns, strict=True)
            for column, factor in enumerate(matrix.index)
            if matrix.loc[factor, entry] == strength
        ]
        columns, rows = [place[0] for place in places], [place[1] for place in places]
        axes.scatter(columns, rows, s=22, color=fill, edgecolor=PALETTE[0], linewidth=1, zorder=3)


def _places(labels: Sequence[str]) -> list[float]:
    """Return where the row of each label lies, and where the rows end; a label of two lines takes more room."""
    heights = np.array([1.0 + 0.6 * wrapped(name, _WIDE).count("\n") for name in labels])
    return [*(np.cumsum(heights) - heights / 2 - 0.5).tolist(), float(heights.sum())]


def _factors(axes: Axes, framework: Framework) -> None:
    """Write the factors above the first panel, in the order of the framework."""
    names = [two_lines(f"{f.number}. {f.label}", None) for f in framework.factors]
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.tick_params(labeltop=True)


def _legend(axes: Axes) -> None:
    for fill, label in ((PALETTE[0], "meets in full"), ("white", "meets in part")):
        axes.scatter([], [], s=22, color=fill, edgecolor=PALETTE[0], linewidth=1, label=label)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.02), ncols=2, labelcolor=INK, edgecolor=MUTED)


@styled
def plot_read_across(found: ReadAcross, scale: tuple[float, float]) -> Figure:
    """Draw the scores read as other frameworks: mean and middle half of partnerships for each entry.

    A filled disc is an entry that is read in full, a ring one in part; an entry without a mark can't be read.

    Parameters
    ----------
    found : ReadAcross
    scale : tuple of float
        Least and most value of a score.
    """
    titles = list(dict.fromkeys(found.table["framework"]))
    parts = [found.table[found.table["framework"] == title].reset_index(drop=True) for title in titles]
    places = [_places(part["entry"].tolist()) for part in parts]
    sizes = [place[-1] for place in places]
    height = 22 + _ROW * (sum(sizes) + 1.8 * len(parts))
    drawn, panels = figure(
        width=TWO_COLUMNS, height=height, rows=len(parts), squeeze=False, sharex=True, height_ratios=sizes
    )
    for axes, title, part, (*rows_at, end) in zip(panels[:, 0], titles, parts, places, strict=True):
        part.index = pd.Index(rows_at)
        axes.hlines(part.index, part["low"], part["high"], color=PALETTE[0], lw=1.2)
        for strength, fill in (("full", PALETTE[0]), ("part", "white")):
            rows = part[part["strength"] == strength]
            axes.scatter(rows["mean"], rows.index, s=22, color=fill, edgecolor=PALETTE[0], linewidth=1, zorder=3)
        axes.set_yticks(rows_at, [wrapped(entry, _WIDE) for entry in part["entry"]], linespacing=1.1)
        axes.set_ylim(end - 0.5, -0.5)
        axes.set_xlim(scale)
        axes.text(-0.012, 1, title, transform=axes.transAxes, ha="right", va="bottom", weight="bold")
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=GRID)
        axes.set_axisbelow(True)
    panels[-1, 0].set_xlabel(f"Score read across ({scale[0]:g} to {scale[1]:g}): mean and middle half of partnerships")
    for fill, label in ((PALETTE[0], "read in full"), ("white", "read in part")):
        panels[0, 0].scatter([], [], s=22, color=fill, edgecolor=PALETTE[0], linewidth=1, label=label)
    legend_below(drawn, ncols=2)
    return drawn
