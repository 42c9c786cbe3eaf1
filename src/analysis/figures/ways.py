"""One association estimated in several ways: a line a way, the first of them the one that the others are held to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.heat import Labels, label
from analysis.figures.layout import legend_below
from analysis.figures.style import GRID, MUTED, ONE_AND_A_HALF, PALETTE, figure, styled

SCALE = "standardised estimate, 95\u00a0% interval"


@styled
def plot_ways(
    table: pd.DataFrame,
    *,
    labels: Labels = None,
    width: float = ONE_AND_A_HALF,
    scale: str = SCALE,
    band: tuple[float, float] | None = None,
    words: str = "",
    reach: float = 2.0,
) -> Figure:
    """Draw an estimate with its interval for each way, the first one's over all of them.

    Parameters
    ----------
    table : DataFrame
        One row a way: way, standardised, standardised_low, standardised_high; a way without an estimate is not drawn,
        a bound that is missing is left out.
    labels : mapping or callable
        Printed names of the ways.
    width : float
        In mm.
    scale : str
        What the axis shows.
    band : tuple of float, optional
        A range to shade, and `words` what it is.
    reach : float
        The axis shows at most -reach to reach; an interval that goes further ends in an arrowhead.
    """
    known = table[table["standardised"].notna()].reset_index(drop=True)
    drawn, axis = figure(width=width, height=(26 if band else 20) + 6 * len(known))
    if band is not None:
        axis.axvspan(*band, color=GRID, alpha=0.6, lw=0, zorder=0, label=words)
    axis.axvline(0, color=MUTED, lw=0.8, zorder=1)
    axis.axvline(known["standardised"].iloc[0], color=PALETTE[0], lw=0.8, ls=(0, (4, 2)), zorder=1)
    for first, color, marker in ((True, PALETTE[0], "o"), (False, PALETTE[1], "D")):
        _intervals(axis, known[(known.index == 0) == first], color, marker, reach)
    axis.set_yticks(range(len(known)), [label(way, labels) for way in known["way"]])
    axis.set_ylim(len(known) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.grid(axis="x", zorder=0)
    axis.set_xlabel(scale)
    if band is not None:
        legend_below(drawn, ncols=1)
    return drawn


def _intervals(axis: Axes, rows: pd.DataFrame, color: str, marker: str, reach: float) -> None:
    """Draw estimates with their intervals, and arrowheads where an interval leaves the axis."""
    places = rows.index.to_numpy()
    low, high = rows["standardised_low"].to_numpy(), rows["standardised_high"].to_numpy()
    axis.hlines(places, np.clip(low, -reach, None), np.clip(high, None, reach), color=color, lw=1.2, zorder=2)
    for beyond, end, ends in ((low < -reach, -reach, "<"), (high > reach, reach, ">")):
        axis.plot(np.full(beyond.sum(), end), places[beyond], ls="", marker=ends, ms=3.5, color=color, zorder=3)
    axis.plot(rows["standardised"].clip(-reach, reach), places, ls="", marker=marker, ms=4.5, color=color, zorder=3)
