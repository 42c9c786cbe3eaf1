"""Pictures of agreement: each factor's coefficient beside its thresholds, pairs of coders, drift over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from analysis.agreement import AgreementBy, Bootstrap, Drift
from analysis.errors import MethodError
from analysis.figures.heat import Labels, draw_heat, draw_scale, label
from analysis.figures.layout import legend_below
from analysis.figures.style import (
    GRID,
    INK,
    MUTED,
    ONE_AND_A_HALF,
    ONE_COLUMN,
    PALETTE,
    figure,
    styled,
)
from analysis.figures.words import percent, small

#: Krippendorff (2004, p. 429).
THRESHOLDS = ((0.667, "tentative"), (0.800, "reliable"))
_READINGS = {
    "include": ("o", PALETTE[0], "uncoded text counts"),
    "exclude": ("s", PALETTE[1], "uncoded text left out"),
}


@styled
def plot_agreement(result: Bootstrap | AgreementBy, *, labels: Labels = None, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw one line per factor: the coefficient, its interval, and Krippendorff's thresholds.

    Where the result holds both readings of uncoded text, the one with it is a filled dot and the one without
    an open square. A coefficient that is undefined is written so. `labels` gives factors their printed names.
    """
    if len(result.by) != 1 or not len(result.table):
        raise MethodError(
            "the figure takes one line per factor",
            where=f"result by {', '.join(result.by) or 'nothing'}",
            fix="group by one column, such as bootstrap_intervals(units, 'factor')",
        )
    name = result.by[0]
    table = result.table if "uncoded" in result.table else result.table.assign(uncoded="include")
    order = list(dict.fromkeys(table[name]))
    both = len(table["uncoded"].drop_duplicates()) > 1
    drawn, axes = figure(width=width, height=24 + (7.5 if both else 6.2) * len(order))
    for place, (reading, part) in enumerate(table.groupby("uncoded", sort=False)):
        shift = (0.17 if place else -0.17) if both else 0.0
        _intervals(axes, part.set_index(name).loc[order], str(reading), shift)
    _thresholds(axes, table)
    axes.set_yticks(range(len(order)), [label(key, labels) for key in order])
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(_axis_name(table, getattr(result, "confidence", 0.95)))
    if both:
        legend_below(drawn, ncols=2)
    return drawn


def _intervals(axes: Axes, part: pd.DataFrame, reading: str, shift: float) -> None:
    marker, color, words = _READINGS[reading]
    rows = np.arange(len(part)) + shift
    known = part["value"].notna().to_numpy()
    axes.hlines(rows[known], part["lower"][known], part["upper"][known], color=color, lw=1.3, zorder=3)
    face = color if reading == "include" else "white"
    axes.scatter(
        part["value"][known], rows[known], s=18, marker=marker, color=face, edgecolor=color, zorder=4, label=words
    )
    for row in rows[~known]:
        axes.text(0.01, row, "undefined: no variation", transform=axes.get_yaxis_transform(), va="center", color=MUTED)


def _thresholds(axes: Axes, table: pd.DataFrame) -> None:
    lowest = float(np.nanmin([*table["lower"], *table["value"], 0.0]))
    axes.set_xlim(max(lowest - 0.04, -1.04), 1.02)
    axes.axvspan(THRESHOLDS[1][0], 1.0, color=GRID, alpha=0.45, lw=0, zorder=0)
    for (bound, word), align in zip(THRESHOLDS, ("right", "left"), strict=True):
        axes.axvline(bound, color=MUTED, lw=0.8, ls=(0, (4, 2)), zorder=1)
        nudge = -2 if align == "right" else 2
        axes.annotate(
            f"{bound:.3f} {word}".lstrip("0"),
            (bound, 1),
            (nudge, 2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha=align,
            va="bottom",
            color=INK,
            size=small(),
        )
    axes.axvline(0, color=MUTED, lw=0.6)


def _axis_name(table: pd.DataFrame, confidence: float = 0.95) -> str:
    kind = table["kind"].iloc[0]
    level = f", {kind}" if kind not in ("identity", "") else ""
    return f"{table['coefficient'].iloc[0]}{level} ({percent(confidence)} interval)"


@styled
def plot_coder_pairs(result: AgreementBy, *, labels: Labels = None, width: float | None = None) -> Figure:
    """Draw agreement of every pair of coders: a triangle of coders, or groups (factors) by pairs.

    Each cell has its number; empty cells are pairs that share no unit, or whose ratings do not vary.
    """
    if "coder_a" not in result.by:
        raise MethodError(
            "the result has no pairs of coders", allowed=("agreement_by(..., by='pair')",), fix="group by 'pair'"
        )
    others = [name for name in result.by if name not in ("coder_a", "coder_b")]
    matrix = _factors_by_pairs(result.table, others[0]) if others else _triangle(result.table)
    wide = width or (ONE_AND_A_HALF if others else ONE_COLUMN)
    high = max(22 + (6.5 if others else 10) * len(matrix), 42.0)  # at least as high as the name of the scale is long
    drawn, axes = figure(width=wide, height=high)
    rows = [label(key, labels) for key in matrix.index]
    image = draw_heat(axes, matrix, write="{:.2f}".format, norm=Normalize(0, 1), rows=rows)
    draw_scale(axes, image, str(result.table["coefficient"].iloc[0]))
    return drawn


def _triangle(table: pd.DataFrame) -> pd.DataFrame:
    names = sorted({*table["coder_a"], *table["coder_b"]})
    wide = table.pivot(index="coder_b", columns="coder_a", values="value")
    return wide.reindex(index=names[1:], columns=names[:-1])


def _factors_by_pairs(table: pd.DataFrame, name: str) -> pd.DataFrame:
    pair = table["coder_a"].astype(str) + "\nand " + table["coder_b"].astype(str)
    wide = table.assign(pair=pair).pivot(index=name, columns="pair", values="value")
    return wide.reindex(index=list(dict.fromkeys(table[name])))


@styled
def plot_drift(drift: Drift, *, width: float = ONE_COLUMN) -> Figure:
    """Draw agreement by period with its interval, the thresholds, and how many units each period rests on."""
    table = drift.table
    many = len(table) > 5
    drawn, axes = figure(width=max(width, ONE_AND_A_HALF) if many else width, height=72 if many else 62)
    places = np.arange(len(table))
    axes.vlines(places, table["lower"], table["upper"], color=PALETTE[0], lw=1.3)
    axes.plot(places, table["value"], color=PALETTE[0], marker="o", lw=0.8)
    for (bound, word), side in zip(THRESHOLDS, ("top", "bottom"), strict=True):
        axes.axhline(bound, color=MUTED, lw=0.8, ls=(0, (4, 2)))
        axes.annotate(
            f"{bound:.3f}\n{word}".lstrip("0"),
            (1.01, bound),
            xycoords=("axes fraction", "data"),
            va=side,
            size=small(),
            color=INK,
        )
    names = [f"{row.period}\n{row.n_units:,} units" for row in table.itertuples()]
    axes.set_xticks(places, names, rotation=90 if many else 0)
    axes.set_xlim(-0.4, len(table) - 0.6)
    axes.set_ylim(min(-0.02, float(np.nanmin(table["lower"])) - 0.04), 1.02)
    axes.set_ylabel(label(_axis_name(table, drift.confidence), None, 30))
    return drawn
