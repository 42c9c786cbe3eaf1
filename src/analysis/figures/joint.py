"""The joint display: every factor in the light of every line of evidence, in one figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.layout import legend_below
from analysis.figures.legibility import SMALLEST
from analysis.figures.style import GRID, INK, MUTED, PALETTE, TWO_COLUMNS, figure, styled
from analysis.figures.words import enlarged, wrapped
from analysis.synthesis import GRADES, JointDisplay

#: Grade to the filling of its mark: the stronger, the fuller.
_FILL = dict(zip(GRADES, ("full", "left", "bottom", "none"), strict=True))
#: Place of a factor's group in a solution to its mark: filled where present, crossed where absent (both: both).
_PLACES = {"present": ("o",), "absent": ("o", "x"), "both": ("o", "x"), "none": ()}
#: The columns are a dense table, whose text is the smallest that prints in every preset.
_SMALL = SMALLEST


@dataclass(frozen=True, slots=True)
class _Column:
    """A narrow panel beside the estimates: what it takes, what stands above it, how it is drawn, its width."""

    source: str
    title: str
    draw: Callable[[Axes, pd.DataFrame, str], None]
    width: float = 1.0


@styled
def plot_joint(display: JointDisplay, *, width: float = TWO_COLUMNS) -> Figure:
    """Draw one row a factor: estimates, every other line of evidence in a column of its own, and the grade.

    Parameters
    ----------
    display : JointDisplay
        Rows are drawn in its order; a line that was not examined has no column.
    width : float
        In mm.
    """
    table = display.table.reset_index(drop=True)
    columns = [column for column in _COLUMNS if column.source in table and _told(table[column.source])]
    drawn, axes = figure(
        width=width,
        height=36 + 8.2 * len(table),
        columns=1 + len(columns),
        sharey=True,
        width_ratios=[3.6 / enlarged(), *(column.width for column in columns)],
    )
    _estimates(axes[0], table)
    for axis, column in zip(axes[1:], columns, strict=True):
        column.draw(axis, table, column.source)
        axis.set_title(column.title, fontweight="normal", fontsize=_SMALL, loc="center")
        _bare(axis)
    axes[0].set_yticks(table.index, [wrapped(str(name), 30) for name in table["factor"]])
    axes[0].set_ylim(len(table) - 0.4, -0.6)
    legend_below(drawn, *axes[0].get_legend_handles_labels(), loc="outside lower left", ncols=4)
    return drawn


def _told(values: pd.Series) -> bool:
    """Whether a column says anything at all: no quote may be approved."""
    return bool(values.notna().any() and not values.eq("").all())


def _estimates(axis: Axes, table: pd.DataFrame) -> None:
    rows = table.index.to_numpy(dtype=float)
    axis.axvline(0, color=MUTED, lw=0.8)
    axis.hlines(rows - 0.24, table["standardised_low"], table["standardised_high"], color=PALETTE[0], lw=1.2)
    stands = table["stands"].fillna(False).to_numpy(dtype=bool)
    for chosen, face, words in ((stands, PALETTE[0], "primary, stands"), (~stands, "white", "primary")):
        axis.plot(table["standardised"][chosen], rows[chosen] - 0.24, "o", ms=4, mec=PALETTE[0], mfc=face, label=words)
    for source, place, marker, color, words in (
        ("within_standardised", 0.04, "^", PALETTE[2], "within areas"),
        ("split_standardised", 0.28, "D", PALETTE[1], "split informants"),
    ):
        if source in table:
            axis.plot(table[source], rows + place, ls="", marker=marker, ms=3.4, color=color, label=words)
    reach = min(2.0, float(np.nanmax(np.abs(table[["standardised_low", "standardised_high"]]))) * 1.05)
    axis.set_xlim(-reach, reach)
    axis.set_xlabel("standardised estimate, 95\u00a0% interval")
    axis.tick_params(axis="y", length=0)


def _bare(axis: Axes) -> None:
    axis.set_xlim(0, 1)
    axis.set_xticks([])
    for side in ("left", "bottom"):
        axis.spines[side].set_visible(False)
    axis.tick_params(axis="y", length=0)


def _shares(axis: Axes, table: pd.DataFrame, source: str) -> None:
    axis.barh(table.index, table[source].clip(lower=0), height=0.5, color=GRID)
    for row, value in table[source].items():
        axis.text(0.06, row, _short(value, 2), va="center", color=INK, fontsize=_SMALL)


def _sides(axis: Axes, table: pd.DataFrame, source: str) -> None:
    """Council above, partners below, as bars of their shares."""
    for column, shift in ((source, -0.23), ("share_others", 0.23)):
        axis.barh(table.index + shift, table[column], height=0.42, color=GRID)
        for row, value in table[column].items():
            axis.text(0.06, row + shift, _short(value, 2), va="center_baseline", color=INK, fontsize=_SMALL)


def _numbers(axis: Axes, table: pd.DataFrame, source: str) -> None:
    for row, value in table[source].items():
        bold = "bold" if source == "p_adjusted" and bool(table["stands"][row]) else "normal"
        axis.text(0.5, row, _short(value, 3), va="center", ha="center", fontsize=_SMALL, fontweight=bold)


def _places(axis: Axes, table: pd.DataFrame, source: str) -> None:
    for row, place in table[source].items():
        for marker in _PLACES.get(place, ()):
            face = INK if place != "absent" else "white"
            cross = "white" if place == "both" else INK
            axis.plot(0.5, row, marker, ms=6 if marker == "o" else 4, mfc=face, mec=INK if marker == "o" else cross)
        if place == "none":
            axis.text(0.5, row, "-", va="center", ha="center", fontsize=_SMALL)


def _words(axis: Axes, table: pd.DataFrame, source: str) -> None:
    for row, words in table[source].fillna("").items():
        numbers = str(words).split(", ")
        shown = ", ".join(numbers[:2]) + (f"\nand {len(numbers) - 2}" if len(numbers) > 2 else "")
        axis.text(0.5, row, shown, va="center", ha="center", fontsize=_SMALL)


def _grades(axis: Axes, table: pd.DataFrame, source: str) -> None:
    for row, grade in table[source].items():
        axis.plot(
            0.1,
            row,
            marker="o",
            ms=6,
            fillstyle=_FILL[grade],
            color=PALETTE[2],
            mec=PALETTE[2],
            markerfacecoloralt="white",
        )
        axis.text(0.27, row, grade, va="center", fontsize=_SMALL)


def _short(value: float, decimals: int) -> str:
    """Return a share or p as journals print it: no 0 before the point."""
    if pd.isna(value):
        return "n/a"
    if decimals == 3 and value < 0.001:
        return "<.001"
    return f"{value:.{decimals}f}".replace("-0.", "-.").removeprefix("0").replace("-", "\N{MINUS SIGN}")


_COLUMNS = (
    _Column("p_adjusted", "adj.\np", _numbers),
    _Column("share_of_interviews", "raised\nby all", _shares, 1.15),
    _Column("share_reference", "council,\npartners", _sides, 1.5),
    _Column("alpha", "coders\nagree", _shares, 1.1),
    _Column("curve_same_sign", "same\nsign", _shares),
    _Column("left_out_same_sign", "area\nout", _shares),
    _Column("frequency", "picked", _shares, 1.15),
    _Column("necessity_consistency", "neces-\nsary", _shares, 1.15),
    _Column("in_solution", "in\nQCA", _places, 0.8),
    _Column("quotes", "quotes", _words, 1.3),
    _Column("grade", "evidence", _grades, 2.0),
)

#: What the columns mean, for the figure's caption.
COLUMN_WORDS = (
    "From left to right, where examined: p adjusted within its family (bold: stands); share of interviews that raise "
    "the factor, in all and by council (above) and partners (below); coders' alpha; share of specifications, and of "
    "refits with an area left out, with the sign of the primary estimate; share of halves of the partnerships in which "
    "the lasso picks the factor; consistency of necessity; place of the factor's group in the solution (filled: "
    "present, crossed: absent); numbers of approved quotes; grade."
)
