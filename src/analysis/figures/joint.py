"""The joint display: every factor in the light of every line of evidence, in one figure."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.style import GRID, INK, MUTED, PALETTE, TWO_COLUMNS, figure, styled
from analysis.synthesis import GRADES, JointDisplay

#: Grade to the filling of its mark: the stronger, the fuller.
_FILL = dict(zip(GRADES, ("full", "left", "bottom", "none"), strict=True))
_PANELS = {
    "share_of_interviews": "raised\n(interviews)",
    "alpha": "coders\nagree (α)",
    "curve_same_sign": "same sign\n(choices)",
}


@styled
def plot_joint(display: JointDisplay, *, width: float = TWO_COLUMNS) -> Figure:
    """Draw one row a factor: estimates with intervals, shares as bars, and the grade.

    Parameters
    ----------
    display : JointDisplay
        Rows are drawn in its order.
    width : float
        In mm.
    """
    table = display.table
    panels = [column for column in _PANELS if column in table]
    drawn, axes = figure(
        width=width,
        height=30 + 7.4 * len(table),
        columns=2 + len(panels),
        sharey=True,
        width_ratios=[4.2, *[1.1] * len(panels), 1.5],
    )
    rows = np.arange(len(table))
    _estimates(axes[0], table, rows)
    for axis, column in zip(axes[1:-1], panels, strict=True):
        _bars(axis, table[column], rows, _PANELS[column])
    _grades(axes[-1], table, rows)
    axes[0].set_yticks(rows, ["\n".join(textwrap.wrap(str(name), 30)) for name in table["factor"]])
    axes[0].set_ylim(len(table) - 0.4, -0.6)
    drawn.legend(*axes[0].get_legend_handles_labels(), loc="outside lower left", ncols=3)
    return drawn


def _estimates(axis: Axes, table: pd.DataFrame, rows: np.ndarray) -> None:
    axis.axvline(0, color=MUTED, lw=0.8)
    axis.hlines(rows - 0.16, table["standardised_low"], table["standardised_high"], color=PALETTE[0], lw=1.2)
    stands = table["stands"].fillna(False).to_numpy(dtype=bool)
    for chosen, face, words in ((stands, PALETTE[0], "primary, stands"), (~stands, "white", "primary")):
        axis.plot(
            table["standardised"][chosen],
            rows[chosen] - 0.16,
            ls="",
            marker="o",
            ms=4,
            mfc=face,
            mec=PALETTE[0],
            label=words,
        )
    if "split_standardised" in table:
        axis.plot(
            table["split_standardised"],
            rows + 0.16,
            ls="",
            marker="D",
            ms=3.4,
            color=PALETTE[1],
            label="split informants",
        )
    reach = min(2.0, float(np.nanmax(np.abs(table[["standardised_low", "standardised_high"]]))) * 1.05)
    axis.set_xlim(-reach, reach)
    axis.set_xlabel("standardised estimate, 95 % interval")
    axis.tick_params(axis="y", length=0)


def _bars(axis: Axes, values: pd.Series, rows: np.ndarray, title: str) -> None:
    axis.barh(rows, values.clip(lower=0), height=0.55, color=GRID, edgecolor=MUTED, lw=0.5)
    for row, value in zip(rows, values, strict=True):
        text = "n/a" if pd.isna(value) else f"{value:.2f}".replace("0.", ".", 1)
        axis.text(0.04, row, text, va="center", color=INK)
    axis.set_xlim(0, 1)
    axis.set_xticks([])
    axis.set_title(title, fontweight="normal", loc="center")
    for side in ("left", "bottom"):
        axis.spines[side].set_visible(False)
    axis.tick_params(axis="y", length=0)


def _grades(axis: Axes, table: pd.DataFrame, rows: np.ndarray) -> None:
    for row, grade in zip(rows, table["grade"], strict=True):
        axis.plot(
            0.1,
            row,
            marker="o",
            ms=7,
            fillstyle=_FILL[grade],
            color=PALETTE[2],
            mec=PALETTE[2],
            markerfacecoloralt="white",
        )
        axis.text(0.24, row, grade, va="center")
    axis.set_xlim(0, 1.2)
    axis.set_title("evidence", fontweight="normal", loc="left")
    axis.set_xticks([])
    for side in ("left", "bottom"):
        axis.spines[side].set_visible(False)
    axis.tick_params(axis="y", length=0)
