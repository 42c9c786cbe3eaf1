"""How often codes appear in groups of interviews."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from analysis.figures.heat import draw_heat, draw_scale, label
from analysis.figures.style import TWO_COLUMNS, figure, styled
from analysis.patterns import Frequency


@styled
def plot_frequency(found: Frequency, *, labels: Mapping[str, str] | None = None, width: float = TWO_COLUMNS) -> Figure:
    """Draw the share of each group's interviews that touch each code, written as percentages.

    Parameters
    ----------
    found : Frequency
        By one column, such as the area.
    labels : mapping, optional
        Printed names of codes and groups.
    width : float
        In mm.
    """
    shares = found.crosstab("share_of_interviews")
    drawn, axes = figure(width=width, height=30 + 6.6 * len(shares))
    image = draw_heat(
        axes,
        shares,
        write=lambda share: f"{100 * share:.0f}",
        norm=Normalize(0, 1),
        rows=[label(key, labels) for key in shares.index],
        columns=[label(key, labels, 14) for key in shares.columns],
    )
    axes.xaxis.tick_top()
    draw_scale(axes, image, "share of interviews")
    return drawn
