"""Colours, shapes and hatches that survive grey print and colour blindness."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from analysis.errors import NotebookError

INK = "#1A1F2B"
MUTED = "#5B6372"
GRID = "#D5D9E0"

# Found by a search over hues at fixed steps of lightness: any two differ by at least 24 CIELAB units to
# normal, protan, deutan and tritan eyes (Machado 2009), and by 6.7 units of lightness, so grey print keeps
# them apart.
PALETTE = ("#2B3548", "#C55517", "#306B57", "#F7A01E", "#663085", "#3AA8F5", "#7F925E", "#EFB9DE")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "ooo", "+++")
LINES: tuple[Any, ...] = (
    "-",
    (0, (4, 1.5)),
    (0, (1, 1.2)),
    (0, (5, 1.5, 1, 1.5)),
    (0, (7, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (2, 3)),
    (0, (9, 2, 2, 2)),
)

SEQUENTIAL = LinearSegmentedColormap.from_list(
    "workbench", ["#F6F8F6", "#BFD8CD", "#7DB09E", "#44806C", "#1F5341", "#0D2A20"]
).with_extremes(bad="#FFFFFF")
"""Light to dark in one hue, for amounts from none to much."""
DIVERGING = LinearSegmentedColormap.from_list(
    "workbench_diverging", ["#7F3008", "#C55517", "#E9B48F", "#F7F5F2", "#9CC2DD", "#2F76A8", "#123F60"]
).with_extremes(bad="#FFFFFF")
"""Rust below, blue above a light middle; grey shows the size but not the sign, so write the sign in too."""


@dataclass(frozen=True, slots=True)
class Style:
    """How one category is drawn: a colour, and a shape, hatch and line that say the same without colour."""

    color: str
    marker: str
    hatch: str
    linestyle: Any
    edge: str = INK


def category_styles(keys: Iterable[Hashable]) -> dict[Hashable, Style]:
    """Give each category a colour, marker, hatch and line of its own, in the order given.

    Parameters
    ----------
    keys : iterable
        Up to eight distinct categories; repeated keys count once.

    Raises
    ------
    NotebookError
        Above eight categories, which no reader tells apart: use panels or group them.
    """
    distinct = list(dict.fromkeys(keys))
    if len(distinct) > len(PALETTE):
        raise NotebookError(
            f"{len(distinct)} categories in one picture can't be told apart",
            allowed=[f"up to {len(PALETTE)}"],
            fix="draw one panel a category, or group the rare ones",
        )
    return {key: Style(*look) for key, *look in zip(distinct, PALETTE, MARKERS, HATCHES, LINES, strict=False)}


def ink_on(color: Any) -> str:
    """Return black or white, whichever reads better on a background of this colour (WCAG contrast)."""
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return "#FFFFFF" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"
