"""Tables of shaded cells with their numbers written in, so that shade is never the only carrier."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.style import MUTED, SEQUENTIAL, ink_on
from analysis.figures.words import small, wrapped

Labels = Mapping[str, str] | None


def label(key: object, labels: Labels, width: int = 34) -> str:
    """Return the printed name of a key, on as many lines as it takes; words stay whole."""
    return wrapped((labels or {}).get(str(key), key), width)


def two_lines(key: object, labels: Labels) -> str:
    """Return the printed name of a key on two lines at most, for names that stand turned and close together."""
    words = str((labels or {}).get(str(key), key))
    return words if len(words) <= 32 else textwrap.fill(words, len(words) // 2 + 6, break_long_words=False)


def signed(number: float) -> str:
    """Return a whole number with its sign, a true minus where it is below zero."""
    return f"{number:+.0f}".replace("-", "\u2212")


def draw_heat(
    axes: Axes,
    matrix: pd.DataFrame,
    *,
    write: Callable[[float], str] = "{:g}".format,
    cmap: Any = SEQUENTIAL,
    norm: Normalize | None = None,
    rows: Iterable[str] | None = None,
    columns: Iterable[str] | None = None,
    turn: float = 0,
) -> QuadMesh:
    """Draw a matrix as shaded cells with their numbers; missing cells stay empty.

    Parameters
    ----------
    matrix : DataFrame
        Numbers; rows from the top.
    write : callable
        How a number is written in its cell; an empty string leaves the cell to its shade.
    rows, columns : iterable of str, optional
        Printed names.
    turn : float
        Degrees by which the names of the columns are turned.
    """
    values = matrix.to_numpy(dtype=float)
    norm = norm or Normalize(0, max(float(np.nanmax(values, initial=0.0)), 1e-9))
    edges = [np.arange(size + 1) - 0.5 for size in values.shape]
    cells = np.ma.masked_invalid(values)  # drawn as shapes: a picture would be scaled anew for every format
    image = axes.pcolormesh(edges[1], edges[0], cells, cmap=cmap, norm=norm, edgecolors="white", linewidth=1)
    axes.set_ylim(len(values) - 0.5, -0.5)
    for (row, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            color = ink_on(cmap(norm(value)))
            axes.text(column, row, write(float(value)), ha="center", va="center", color=color, size=small())
    axes.set_yticks(range(len(matrix)), list(rows if rows is not None else map(str, matrix.index)))
    names = list(columns if columns is not None else map(str, matrix.columns))
    axes.set_xticks(range(matrix.shape[1]), names, rotation=turn, ha="right" if turn else "center")
    if turn:
        for tick in axes.get_xticklabels():
            tick.set_rotation_mode("anchor")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return image


def note_gaps(axes: Axes, values: pd.DataFrame, words: str) -> None:
    """Say below a heat map what it means that a cell has no number, where there is such a cell."""
    figure = axes.get_figure()
    if isinstance(figure, Figure) and values.isna().to_numpy().any():
        figure.supxlabel(words, fontsize=small(), color=MUTED)


#: What a dash stands for in a cell.
WITHHELD = "\N{EN DASH}  withheld, to protect who was asked"


def draw_scale(axes: Axes, image: QuadMesh, name: str, *, write: Callable[[float], str] = "{:g}".format) -> None:
    """Draw the scale of a heat map beside it."""
    figure = axes.get_figure()
    assert figure is not None
    bar = figure.colorbar(image, ax=axes, fraction=0.03, pad=0.015, aspect=30)
    shown: np.ndarray = np.ma.masked_invalid(np.ma.asarray(image.get_array())).compressed()
    if shown.size and shown.max() > 1 and (shown == shown.round()).all():
        bar.locator = MaxNLocator(6, integer=True)  # there are no half interviews
        bar.update_ticks()
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=2, color=MUTED)
    bar.ax.yaxis.set_major_formatter(lambda value, _: write(value).replace("-", "\u2212"))
    bar.set_label(name)
