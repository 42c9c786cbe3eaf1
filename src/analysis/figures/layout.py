"""Layout that keeps all words on the canvas: labels of axes are moved in, legends take the columns that fit."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend

#: What stays free at the edges, in points.
_MARGIN = 2.0


class HouseLayout(ConstrainedLayoutEngine):
    """Matplotlib's constrained layout, which takes no account of how long axes' labels are, and these moved in."""

    def execute(self, fig: Any) -> Any:
        """Lay a figure out; a label that would run over an edge is moved along its axis."""
        made = super().execute(fig)
        for axes in fig.axes:
            for axis, side in ((axes.xaxis, 0), (axes.yaxis, 1)):
                if axes.get_visible() and axis.label.get_text():
                    _move_in(fig, axis, side)
        return made


def _move_in(fig: Figure, axis: Axis, side: int) -> None:
    """Move an axis's label along the axis until it lies within the canvas, where it is not longer than that."""
    axis.label.set(**{"xy"[side]: 0.5})
    label = axis.label.get_window_extent(fig.canvas.get_renderer())  # type: ignore[attr-defined]
    margin = _MARGIN * fig.dpi / 72
    whole = (fig.bbox.width, fig.bbox.height)[side]
    low, high = (label.x0, label.x1) if side == 0 else (label.y0, label.y1)
    shift = max(margin - low, 0.0) - max(high + margin - whole, 0.0)
    if shift:
        own = axis.axes.get_window_extent()
        axis.label.set(**{"xy"[side]: 0.5 + shift / (own.width, own.height)[side]})


def legend_below(drawn: Figure, *given: Any, ncols: int, **look: Any) -> Legend:
    """Write a figure's legend below it, in as many columns, up to `ncols`, as stay on the canvas.

    Parameters
    ----------
    drawn : Figure
    *given
        Handles and labels, where they are not those of all axes.
    ncols : int
        Columns wished for.
    **look
        Passed to `Figure.legend` (`handles`, `title`, `loc`, ...).
    """
    room = drawn.bbox.width - 2 * _MARGIN * drawn.dpi / 72
    look = {"loc": "outside lower center", **look}
    made = drawn.legend(*given, ncols=ncols, **look)
    while made.get_window_extent(drawn.canvas.get_renderer()).width > room and ncols > 1:  # type: ignore[attr-defined]
        rows = math.ceil(len(made.get_texts()) / (ncols - 1))
        ncols = math.ceil(len(made.get_texts()) / rows)  # columns of like length
        made.remove()
        made = drawn.legend(*given, ncols=ncols, **look)
    return made
