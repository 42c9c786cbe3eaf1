"""Estimates of a simulated study beside the truth that was put in."""

from __future__ import annotations

from matplotlib.figure import Figure

from analysis.against_truth import WORDS, AgainstTruth
from analysis.figures.layout import legend_below
from analysis.figures.style import GRID, INK, MUTED, PALETTE, TWO_COLUMNS, figure, styled
from analysis.figures.words import wrapped


@styled
def plot_against_truth(found: AgainstTruth) -> Figure:
    """Draw each factor's estimate with its interval, the truth as a diamond, and the verdict in words."""
    table = found.table
    drawn, axes = figure(width=TWO_COLUMNS, height=26 + 7.5 * len(table))
    axes.axvline(0, color=MUTED, lw=0.6)
    rows = range(len(table))
    axes.hlines(rows, table["standardised_low"], table["standardised_high"], color=PALETTE[0], lw=1.4)
    axes.scatter(table["standardised"], rows, s=28, color=PALETTE[0], zorder=3, label="estimate, 95\u00a0% interval")
    diamond = {"marker": "D", "facecolor": "white", "edgecolor": PALETTE[1], "zorder": 4}
    axes.scatter(table["expected"], rows, s=34, label="truth among the partnerships chosen", **diamond)
    axes.set_yticks(rows, [wrapped(factor, 42) for factor in table["factor"]])
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.set_xlabel("Standardised association with the primary outcome")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=GRID)
    axes.set_axisbelow(True)
    for row, verdict in enumerate(table["verdict"]):
        weight = "normal" if verdict == WORDS[False, False] else "bold"
        axes.annotate(verdict, (1.01, row), xycoords=("axes fraction", "data"), va="center", color=INK, weight=weight)
    legend_below(drawn, ncols=2)
    return drawn
