"""Tables of numbers as shaded cells: how often codes appear in groups, and estimates by factor and outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.association import Evidence
from analysis.figures.heat import WITHHELD, draw_heat, draw_scale, label, note_gaps
from analysis.figures.style import DIVERGING, INK, MUTED, TWO_COLUMNS, figure, styled
from analysis.figures.words import enlarged, small
from analysis.patterns import Frequency

#: How a value is written, and what it is called.
_VALUES: dict[str, tuple[Callable[[float], str], str]] = {
    "share_of_interviews": (lambda share: f"{100 * share:.0f}", "share of interviews, %"),
    "n_interviews": ("{:.0f}".format, "interviews"),
}
#: Columns above this number have their names turned.
_MOST_UPRIGHT = 8


@styled
def plot_frequency(
    found: Frequency,
    *,
    value: str = "share_of_interviews",
    labels: Mapping[str, str] | None = None,
    width: float = TWO_COLUMNS,
) -> Figure:
    """Draw the share of each group's interviews that touch each code as percentages, or their number.

    A cell that is missing is withheld, and drawn as a dash.

    Parameters
    ----------
    found : Frequency
        By one column, such as the area.
    value : {"share_of_interviews", "n_interviews"}
    labels : mapping, optional
        Printed names of codes and groups.
    width : float
        In mm.
    """
    cells = found.crosstab(value)
    write, name = _VALUES[value]
    turned = cells.shape[1] > _MOST_UPRIGHT / enlarged()
    drawn, axes = figure(width=width, height=(44 if turned else 30) + 6.6 * len(cells))
    image = draw_heat(
        axes,
        cells,
        write=write,
        norm=Normalize(0, 1) if value == "share_of_interviews" else None,
        rows=[label(key, labels) for key in cells.index],
        columns=[label(key, labels, 44 if turned else max(11, 66 // cells.shape[1])) for key in cells.columns],
        turn=50 if turned else 0,
    )
    for row, column in np.argwhere(cells.isna().to_numpy()):
        axes.text(column, row, "\N{EN DASH}", ha="center", va="center", color=MUTED, size=small())
    note_gaps(axes, cells, WITHHELD)
    if not turned:
        axes.xaxis.tick_top()
    draw_scale(axes, image, name, write=write if value == "share_of_interviews" else "{:g}".format)
    return drawn


@styled
def plot_estimates(found: Evidence, *, width: float = TWO_COLUMNS) -> Figure:
    """Draw the primary test's standardised estimates, factors by outcomes; those that stand are marked with a ring.

    Parameters
    ----------
    found : Evidence
        Of several outcomes.
    width : float
        In mm.
    """
    factors, outcomes = (list(dict.fromkeys(found.table[column])) for column in ("factor", "outcome"))
    estimates, stands = (
        found.table.pivot(index="factor", columns="outcome", values=value).reindex(index=factors, columns=outcomes)
        for value in ("standardised", "stands")
    )
    drawn, axes = figure(width=width, height=30 + 6.6 * len(estimates))
    image = draw_heat(
        axes,
        estimates,
        write=lambda value: f"{value:.2f}".replace("-", "−"),
        cmap=DIVERGING,
        norm=Normalize(-1, 1),
        rows=[label(key, None) for key in estimates.index],
        columns=[label(key, None, max(11, 66 // estimates.shape[1])) for key in estimates.columns],
    )
    for row, column in np.argwhere(stands.to_numpy() == True):  # noqa: E712 - missing is not true
        axes.add_patch(Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, fill=False, edgecolor=INK, lw=1.4))
    axes.xaxis.tick_top()
    draw_scale(axes, image, "standardised estimate (framed: stands)")
    return drawn
