"""The crosswalk as one matrix: every entry of the other frameworks against the factors of the primary one."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.crosswalk import Crosswalk, crosswalk_matrix
from analysis.figures.style import GRID, INK, MUTED, PALETTE, TWO_COLUMNS, figure, styled
from analysis.framework import Framework

#: Millimetres a row of the matrix takes, and the head with the factors' names.
_ROW, _HEAD = 4.2, 62.0


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
    sizes = [len(other.factors) for other in others]
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
    labels = [textwrap.shorten(factor.label, 58, placeholder=" …") for factor in other.factors]
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(-0.5, len(matrix.index) - 0.5)
    axes.text(-0.012, 1, other.title, transform=axes.transAxes, ha="right", va="bottom", weight="bold")
    axes.tick_params(length=0, labelbottom=False)
    axes.spines[:].set_visible(False)
    axes.grid(color=GRID)
    axes.set_axisbelow(True)
    for strength, fill in (("full", PALETTE[0]), ("part", "white")):
        places = [
            (column, row)
            for row, entry in enumerate(matrix.columns)
            for column, factor in enumerate(matrix.index)
            if matrix.loc[factor, entry] == strength
        ]
        columns, rows = [place[0] for place in places], [place[1] for place in places]
        axes.scatter(columns, rows, s=22, color=fill, edgecolor=PALETTE[0], linewidth=1, zorder=3)


def _factors(axes: Axes, framework: Framework) -> None:
    """Write the factors above the first panel, in the order of the framework."""
    names = ["\n".join(textwrap.wrap(f"{f.number}. {f.label}", 30)) for f in framework.factors]
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.tick_params(labeltop=True)


def _legend(axes: Axes) -> None:
    for fill, label in ((PALETTE[0], "meets in full"), ("white", "meets in part")):
        axes.scatter([], [], s=22, color=fill, edgecolor=PALETTE[0], linewidth=1, label=label)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.02), ncols=2, labelcolor=INK, edgecolor=MUTED)
