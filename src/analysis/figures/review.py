"""One partnership on every factor: its score and interval beside the middle half of the study's others."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.layout import legend_below
from analysis.figures.style import GRID, INK, MUTED, PALETTE, TWO_COLUMNS, figure, styled
from analysis.figures.words import wrapped
from analysis.review import PartnershipReview

_ROW = 8.5


@styled
def plot_review(review: PartnershipReview) -> Figure:
    """Draw a review: bar for the middle half of the others, dot and line for the score and its interval.

    Council (triangle) and partner (square) means stand beside where both spoke; the words at the right say what
    the rules came to.
    """
    table = review.table
    drawn, axes = figure(width=TWO_COLUMNS, height=28 + _ROW * len(table))
    _study(axes, table)
    _own(axes, table)
    _sides(axes, table)
    _frame(axes, review)
    legend_below(drawn, ncols=3)
    return drawn


def _study(axes: Axes, table: pd.DataFrame) -> None:
    known = table[table["study_median"].notna()]
    if known.empty:
        return
    left, width = known["study_low"], known["study_high"] - known["study_low"]
    axes.barh(known.index, width, left=left, height=0.62, color=GRID, label="middle half of the other partnerships")
    axes.vlines(known["study_median"], known.index - 0.31, known.index + 0.31, color=MUTED, lw=1, label="their median")


def _own(axes: Axes, table: pd.DataFrame) -> None:
    known = table[table["score"].notna()]
    sure = known[known["low"].notna()]
    axes.hlines(sure.index, sure["low"], sure["high"], color=PALETTE[0], lw=1.6, zorder=3)
    axes.scatter(known["score"], known.index, s=34, color=PALETTE[0], zorder=4, label="this partnership, with interval")


def _sides(axes: Axes, table: pd.DataFrame) -> None:
    both = table[table["side_gap"].notna()]
    for name, marker, color in (("council", "^", PALETTE[1]), ("partner", "s", PALETTE[2])):
        if not both.empty:
            label = "council's informants" if name == "council" else "partners' informants"
            axes.scatter(
                both[name],
                both.index + 0.36,
                s=13,
                marker=marker,
                color="white",
                edgecolor=color,
                zorder=4,
                label=label,
            )


def _frame(axes: Axes, review: PartnershipReview) -> None:
    table = review.table
    names = [wrapped(f"{row.number}. {row.label}", 40) for row in table.itertuples()]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    margin = 0.03 * (review.scale[1] - review.scale[0])
    axes.set_xlim(review.scale[0] - margin, review.scale[1] + margin)
    axes.set_xlabel(f"Score ({review.scale[0]:g} to {review.scale[1]:g})")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=GRID, lw=0.5)
    axes.set_axisbelow(True)
    for i, attention in enumerate(table["attention"]):
        weight = "bold" if attention == "talk first" else "normal"
        axes.annotate(attention, (1.01, i), xycoords=("axes fraction", "data"), va="center", color=INK, weight=weight)
    changes = [i for i in range(1, len(table)) if table["group"][i] != table["group"][i - 1]]
    axes.hlines([i - 0.5 for i in changes], 0, 1, transform=axes.get_yaxis_transform(), color=MUTED, lw=0.5)
