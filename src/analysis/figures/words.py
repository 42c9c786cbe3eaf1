"""Words that fit: how many letters of the preset in force a place takes, lines of that length, widths in points."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

#: Size in points of the text that numbers of letters are stated for (the journal presets').
_STATED_FOR = 7.5


def enlarged() -> float:
    """Return how much larger the text of the preset in force is than a journal's: 1 for journals."""
    return float(mpl.rcParams["font.size"]) / _STATED_FOR


def small() -> float:
    """Return the smallest size of text, in points, that the style in force allows."""
    return float(mpl.rcParams["xtick.labelsize"])


def letters(stated: float) -> int:
    """Return how many letters of the preset in force take the room of so many letters of a journal's."""
    return max(int(stated / enlarged()), 1)


def wrapped(text: object, width: float) -> str:
    """Break words into as few lines of at most `width` letters of a journal's text as it takes, of like length.

    Words stay whole.

    Parameters
    ----------
    text : object
        Its own line breaks are taken as spaces.
    width : float
        Letters at the journal presets' size; fewer where the preset in force has larger text.
    """
    words, most = str(text).replace("\n", " "), letters(width)
    lines = textwrap.wrap(words, most, break_long_words=False)
    for narrower in range(max(len(words) // max(len(lines), 1), 1), most):
        tried = textwrap.wrap(words, narrower, break_long_words=False)
        if len(tried) == len(lines):
            return "\n".join(tried)
    return "\n".join(lines)


def shortened(text: str, most: int) -> str:
    """Return a name of at most so many letters; what is cut off is told by an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,;.") + "\N{HORIZONTAL ELLIPSIS}"


def percent(share: float) -> str:
    """Return a share as a percentage that stays on one line: 0.95 gives ``95 %``."""
    return f"{100 * share:.3g}\N{NO-BREAK SPACE}%"


def widest(drawn: Figure, texts: Sequence[str]) -> float:
    """Return the width, in points, of the longest of several lines of small text."""
    renderer = drawn.canvas.get_renderer()  # type: ignore[attr-defined]
    font = FontProperties(family=mpl.rcParams["font.family"], size=small())
    widths = [renderer.get_text_width_height_descent(text, font, False)[0] for text in texts if text]
    return max(widths, default=0.0) * 72 / drawn.dpi
