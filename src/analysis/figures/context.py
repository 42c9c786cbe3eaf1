"""Rank correlations of two sets of measures as one table of shaded cells."""

from __future__ import annotations

from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from analysis.context import RankCorrelations
from analysis.figures.heat import draw_heat, draw_scale, label
from analysis.figures.style import DIVERGING, TWO_COLUMNS, figure, styled


@styled
def plot_rank_correlations(found: RankCorrelations, *, width: float = TWO_COLUMNS) -> Figure:
    """Draw the rank correlations, written in the cells, on a scale from -1 to 1.

    Parameters
    ----------
    found : RankCorrelations
    width : float
        In mm.
    """
    matrix = found.matrix
    drawn, axes = figure(width=width, height=30 + 6.4 * len(matrix))
    image = draw_heat(
        axes,
        matrix,
        write=lambda value: f"{value:.2f}".replace("-", "−"),
        cmap=DIVERGING,
        norm=Normalize(-1, 1),
        rows=[label(name, None, 34) for name in matrix.index],
        columns=[label(name, None, max(11, 66 // matrix.shape[1])) for name in matrix.columns],
    )
    axes.xaxis.tick_top()
    draw_scale(axes, image, "rank correlation (Spearman)")
    return drawn
