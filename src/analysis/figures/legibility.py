"""What a reader must be able to read: text of 7 to 9 pt, whole on its canvas, and apart from all other text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from numpy.typing import NDArray

SMALLEST, LARGEST = 7.0, 9.0
"""Sizes of text in points at final size."""
_SLACK = 0.6
"""What boxes may share, in points: the ink of letters is smaller than their box."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text as it was drawn: words, size in points, and its box's corners in points, shape (4, 2)."""

    words: str
    size: float
    corners: NDArray[np.float64]
    clip: tuple[float, float, float, float] | None = None


class _Measuring(RendererAgg):
    """A renderer that keeps where each line of text was drawn; what is not drawn (ticks off the axis) is not kept."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)
        self.lines: list[Line] = []

    def clear(self) -> None:
        super().clear()
        self.lines.clear()

    def draw_text(self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, *rest: Any, **more: Any) -> None:
        super().draw_text(gc, x, y, s, prop, angle, *rest, **more)
        if not s.strip():
            return
        ismath = more.get("ismath", rest[0] if rest else False)
        width, height, descent = self.get_text_width_height_descent(s, prop, ismath)
        box = np.array([[0, -descent], [width, -descent], [width, height - descent], [0, height - descent]])
        turn = np.deg2rad(angle)
        spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        points = 72 / self.dpi
        clip = gc.get_clip_rectangle()
        self.lines.append(
            Line(
                s,
                prop.get_size_in_points(),
                (box @ spin + [x, self.height - y]) * points,
                tuple(points * edge for edge in clip.extents) if clip is not None else None,
            )
        )


class MeasuringCanvas(FigureCanvasAgg):
    """The canvas that draws pixels, and keeps the text that it drew."""

    def get_renderer(self) -> _Measuring:
        """Return the renderer for the figure's present size."""
        width, height = self.get_width_height(physical=True)
        held: Any = getattr(self, "renderer", None)
        if held is None or (held.width, held.height, held.dpi) != (width, height, self.figure.dpi):
            self.renderer = _Measuring(width, height, self.figure.dpi)
        return self.renderer

    @property
    def lines(self) -> list[Line]:
        """Every line of text of the last drawing."""
        return self.get_renderer().lines

    def illegible(self) -> list[str]:
        """Say what of the last drawing's text can't be read in print, as the function `illegible` does."""
        width, height = 72 * self.figure.get_size_inches()
        return illegible(self.lines, float(width), float(height))


def illegible(lines: Sequence[Line], width: float, height: float) -> list[str]:
    """Say what of a figure's text can't be read in print.

    Parameters
    ----------
    lines : sequence of Line
        What a `MeasuringCanvas` drew.
    width, height : float
        Size of the figure in points.

    Returns
    -------
    list of str
        One sentence a flaw: text below 7 or above 9 pt, text that runs over an edge, text on other text.
    """
    found = [
        f"{line.words!r} has {line.size:.3g} pt" for line in lines if not SMALLEST - 0.01 <= line.size <= LARGEST + 0.01
    ]
    for line in lines:
        low, high = line.corners.min(axis=0), line.corners.max(axis=0)
        left, bottom, right, top = line.clip or (0.0, 0.0, width, height)
        over = max(*(np.maximum([left, bottom], 0) - low), *(high - np.minimum([right, top], [width, height])))
        if over > _SLACK:
            found.append(f"{line.words!r} runs {over:.1f} pt over the edge")
    return found + [f"{one.words!r} stands on {other.words!r}" for one, other in _collisions(lines)]


def _collisions(lines: Sequence[Line]) -> list[tuple[Line, Line]]:
    """Return the pairs of lines whose boxes share more than letters' ink would."""
    if len(lines) < 2:
        return []
    corners = np.stack([line.corners for line in lines])
    low, high = corners.min(axis=1) + _SLACK / 2, corners.max(axis=1) - _SLACK / 2
    near = np.triu((low[:, None] < high[None]).all(axis=2) & (low[None] < high[:, None]).all(axis=2), 1)
    return [(lines[one], lines[other]) for one, other in np.argwhere(near) if _meet(corners[one], corners[other])]


def _meet(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Tell whether two turned rectangles share ground: no side of either parts them."""
    for box in (one, other):
        for side in (box[1] - box[0], box[3] - box[0]):
            axis = side / max(float(np.hypot(*side)), 1e-9)
            a, b = one @ axis, other @ axis
            if min(a.max(), b.max()) - max(a.min(), b.min()) <= _SLACK:
                return False
    return True
