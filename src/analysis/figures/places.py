"""Where to write the names of points so that they do not lie over each other or over other points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from analysis.figures.style import INK, MUTED
from analysis.figures.words import small

Box = tuple[float, float, float, float]
Boxes = NDArray[np.float64]

# offsets in points and alignments that are tried in turn: right, left, above, below, then further off
_TRIES = [
    (sign * reach if ha != "center" else 0.0, up, ha)
    for reach in (4.5, 9.0, 16.0, 24.0, 34.0)
    for up in (0.0, 5.5, -5.5, 11.0, -11.0, 17.0, -17.0, 24.0, -24.0, 33.0, -33.0)
    for sign, ha in ((1, "left"), (-1, "right"), (0, "center"))
    if ha != "center" or abs(up) >= 5.5
]


def place_names(
    axes: Axes,
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    *,
    obstacles: Sequence[tuple[float, float]] = (),
    lines: Sequence[tuple[float, float, float, float]] = (),
) -> None:
    """Write a name beside each point, with a thin line to it where the name had to move away.

    Parameters
    ----------
    axes : Axes
        Limits must be set, all else drawn.
    points : sequence of (x, y)
        In data units.
    names : sequence of str
    obstacles : sequence of (x, y)
        Other points that no name may cover.
    lines : sequence of (x0, y0, x1, y1)
        Lines that no name should cross, in data units.

    Notes
    -----
    A name that finds no free place within the panel is written where it hurts least; none is dropped.
    """
    figure = axes.get_figure()
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    scale = figure.dpi / 72
    frame = axes.get_window_extent()
    inside = (frame.x0, frame.y0, frame.x1, frame.y1)
    dots = axes.transData.transform(np.array([*points, *obstacles], dtype=float)) if len(points) else np.empty((0, 2))
    near = np.array([3.5, 3.0]) * scale
    taken = np.hstack([dots - near, dots + near])
    for line in lines:
        along = axes.transData.transform(np.linspace(line[:2], line[2:], 60))
        taken = np.vstack([taken, np.hstack([along - 0.4 * scale, along + 0.4 * scale])])
    written = np.empty((0, 4))
    for (x, y), name, (px, py) in zip(points, names, dots, strict=False):
        boxes = np.array([_box(px, py, name, dx, dy, ha, scale) for dx, dy, ha in _TRIES])
        outside = (boxes[0, 2] - boxes[0, 0]) * (boxes[0, 3] - boxes[0, 1]) - _overlap(boxes, np.array([inside]))[:, 0]
        # a name on a name can't be read at all, one on a line or a dot still can
        costs = _overlap(boxes, taken).sum(axis=1) + 4 * _overlap(boxes, written).sum(axis=1) + 4 * outside
        best = int(np.argmin(costs.round(6)))  # of places that are equally good the first tried, not the last digit's
        dx, dy, ha = _TRIES[best]
        written = np.vstack([written, boxes[best]])
        far = np.hypot(dx, dy) > 6.5
        axes.annotate(
            name,
            (x, y),
            (dx, dy),
            textcoords="offset points",
            ha=ha,
            va="center",
            size=small(),
            color=INK,
            arrowprops={"arrowstyle": "-", "lw": 0.5, "color": MUTED, "shrinkA": 0, "shrinkB": 2} if far else None,
        )


def join_names(
    points: Sequence[tuple[float, float]], names: Sequence[str], most: int = 4
) -> tuple[list[tuple[float, float]], list[str]]:
    """Join the names of points that lie on the same spot; beyond `most` they are counted."""
    spots: dict[tuple[float, float], list[str]] = {}
    for (x, y), name in zip(points, names, strict=True):
        spots.setdefault((round(x, 2), round(y, 2)), []).append(name)
    joined = [
        ", ".join(group[:most]) + (f" and {len(group) - most} more" if len(group) > most else "")
        for group in spots.values()
    ]
    return list(spots), joined


def _box(px: float, py: float, name: str, dx: float, dy: float, ha: str, scale: float) -> Box:
    # a digit is wider than letters are on average, which tells in a name of one sign
    width, height = (0.56 * len(name) + 0.25) * small() * scale, 1.15 * small() * scale
    left = {"left": px + dx * scale, "right": px + dx * scale - width, "center": px + dx * scale - width / 2}[ha]
    middle = py + dy * scale
    return left, middle - height / 2, left + width, middle + height / 2


def _overlap(boxes: Boxes, others: Boxes) -> Boxes:
    """Return, shape (boxes, others), the areas that boxes share."""
    width = np.minimum(boxes[:, None, 2], others[None, :, 2]) - np.maximum(boxes[:, None, 0], others[None, :, 0])
    height = np.minimum(boxes[:, None, 3], others[None, :, 3]) - np.maximum(boxes[:, None, 1], others[None, :, 1])
    return np.clip(width, 0, None) * np.clip(height, 0, None)
