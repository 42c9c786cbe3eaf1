"""The look of every figure: journal widths, text sizes, lines, fonts; one preset a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import seaborn as sns
from cycler import cycler
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.errors import NotebookError
from analysis.figures.layout import HouseLayout
from analysis.figures.palette import (
    DIVERGING,
    GRID,
    HATCHES,
    INK,
    MARKERS,
    MUTED,
    PALETTE,
    SEQUENTIAL,
    Style,
    category_styles,
    ink_on,
)
from analysis.figures.words import enlarged, small
from analysis.target import current_target

__all__ = [
    "DIVERGING",
    "GRID",
    "HATCHES",
    "INK",
    "MARKERS",
    "MUTED",
    "ONE_AND_A_HALF",
    "ONE_COLUMN",
    "PALETTE",
    "PRESETS",
    "SEQUENTIAL",
    "SIMULATED_NOTE",
    "TWO_COLUMNS",
    "Style",
    "category_styles",
    "figure",
    "ink_on",
    "note_simulated",
    "settings",
    "styled",
    "use_style",
]

ONE_COLUMN = 85.0
"""Width in mm of one journal column."""
ONE_AND_A_HALF = 120.0
"""Width in mm of one and a half journal columns."""
TWO_COLUMNS = 178.0
"""Width in mm of a journal page's text."""

SIMULATED_NOTE = "Simulated data: not findings about real places"

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Preset:
    """Fonts and sizes for one kind of reader, and who that is; sizes in points at final size."""

    reader: str
    family: str
    text: float
    small: float
    title: float
    mathtext: str


PRESETS = {
    "journal": Preset("for journals, without serifs", "DejaVu Sans", 7.5, 7.0, 8.0, "dejavusans"),
    "journal-serif": Preset("for journals, with serifs", "DejaVu Serif", 7.5, 7.0, 8.0, "dejavuserif"),
    "web": Preset("for the web, with larger text", "DejaVu Sans", 8.5, 8.0, 9.0, "dejavusans"),
}


def settings(preset: str = "journal") -> Any:
    """Return the matplotlib settings of a preset.

    Parameters
    ----------
    preset : {"journal", "journal-serif", "web"}
        Whose reader the figure is for.

    Raises
    ------
    NotebookError
        Where there is no such preset.
    """
    if preset not in PRESETS:
        raise NotebookError(f"no figure preset {preset!r}", allowed=list(PRESETS), value=preset)
    chosen = PRESETS[preset]
    return {**sns.axes_style("ticks"), **_fonts(chosen), **_lines(), **_files()}


def _fonts(chosen: Preset) -> dict[str, Any]:
    """Matplotlib carries the DejaVu fonts itself, so the same text has the same shape on every machine."""
    return {
        "font.family": [chosen.family],
        "mathtext.fontset": chosen.mathtext,
        "font.size": chosen.text,
        "axes.labelsize": chosen.text,
        "axes.titlesize": chosen.title,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "figure.titlesize": chosen.title,
        "figure.titleweight": "bold",
        "xtick.labelsize": chosen.small,
        "ytick.labelsize": chosen.small,
        "legend.fontsize": chosen.small,
        "legend.title_fontsize": chosen.small,
        "axes.unicode_minus": True,
    }


def _lines() -> dict[str, Any]:
    return {
        "axes.linewidth": 0.6,
        "grid.linewidth": 0.5,
        "grid.color": GRID,
        "lines.linewidth": 1.0,
        "lines.markersize": 4.0,
        "patch.linewidth": 0.6,
        "hatch.linewidth": 0.5,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "xtick.minor.width": 0.5,
        "ytick.minor.width": 0.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.prop_cycle": cycler(color=PALETTE),
        "legend.frameon": False,
        "errorbar.capsize": 0,
        "image.cmap": "viridis",
    }


def _files() -> dict[str, Any]:
    """What makes the same figure the same bytes: no random ids, no dates, real fonts in the PDF."""
    return {
        "figure.dpi": 100,
        "savefig.dpi": 300,
        "savefig.bbox": None,
        "figure.facecolor": "white",
        "axes.facecolor": "white",
        "savefig.facecolor": "white",
        "svg.hashsalt": "workbench",
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "ps.fonttype": 42,
        "pdf.compression": 6,
        "path.simplify": True,
    }


def _preset_in_force() -> str:
    try:
        return current_target().preset
    except NotebookError:
        return "journal"


@contextmanager
def use_style(preset: str | None = None) -> Iterator[None]:
    """Draw in the house style within a `with` block.

    Parameters
    ----------
    preset : str, optional
        A name from `PRESETS`; by default the one of the page that is open.
    """
    with mpl.rc_context(settings(preset or _preset_in_force())):
        yield


def styled(plot: Callable[_P, _R]) -> Callable[_P, _R]:
    """Decorate a plot function so that all it draws is in the house style."""

    @wraps(plot)
    def inner(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with use_style():
            return plot(*args, **kwargs)

    return inner


def figure(
    *,
    width: float = ONE_COLUMN,
    height: float | None = None,
    rows: int = 1,
    columns: int = 1,
    **keywords: Any,
) -> tuple[Figure, Any]:
    """Return an empty figure of a stated printed size, and its axes.

    Parameters
    ----------
    width, height : float
        Size in mm; the height is 0.62 of the width where it is not given. Where the preset in force has larger
        text than a journal's, the figure is higher by as much, so that rows keep their room.
    rows, columns : int
        Grid of panels.
    **keywords
        Passed to `Figure.subplots` (`sharex`, `width_ratios`, `squeeze`, ...).

    Returns
    -------
    tuple of (Figure, Axes or ndarray of Axes)
        The figure belongs to no window and needs no closing; `publish` lays it out.
    """
    if not 20 <= width <= TWO_COLUMNS:
        raise NotebookError(f"a figure {width:g} mm wide fits no journal page", allowed=["20 to 178 mm"])
    with use_style():
        high = (height or width * 0.62) * enlarged()
        drawn = Figure(figsize=(width / 25.4, high / 25.4), layout=HouseLayout())
        FigureCanvasAgg(drawn)
        return drawn, drawn.subplots(rows, columns, **keywords)


def note_simulated(drawn: Figure) -> None:
    """Write into the figure, above everything else, that its data are simulated; legends stand below."""
    height = drawn.get_size_inches()[1]
    strip = 11 / 72 / height
    engine = drawn.get_layout_engine()
    if engine is not None:
        engine.set(rect=(0, 0, 1, 1 - strip))  # type: ignore[call-arg]
    with use_style():
        drawn.text(0.995, 1 - 2.5 / 72 / height, SIMULATED_NOTE, ha="right", va="top", fontsize=small(), color=MUTED)
