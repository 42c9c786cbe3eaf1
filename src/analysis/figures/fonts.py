"""Fonts in PDF figures: one subset a font, made once a process instead of once a figure.

Cutting a font down to the characters of one figure costs more than drawing the figure. Here the characters that
figures commonly use are cut out once; only a figure with further characters pays for a subset of its own. The
bytes of a figure depend on its own characters alone, never on what was drawn before.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from matplotlib import font_manager
from matplotlib.backends import _backend_pdf_ps
from matplotlib.ft2font import FT2Font

#: The last five are ligatures, into which the layout of text turns ff, fi, fl, ffi and ffl.
COMMON = string.ascii_letters + string.digits + string.punctuation + " −–—‘’“”…±×²³°≤≥≠≈→←↑↓·•αβρσωΔéèüöäçñ£" + "ﬀﬁﬂﬃﬄ"

_cut_out = _backend_pdf_ps.get_glyphs_subset


@dataclass(frozen=True, slots=True)
class _Saved:
    """The file of a subset, in the place of the font object that matplotlib would save anew each time."""

    content: bytes

    def save(self, file: BytesIO, **_: Any) -> None:
        """Write the file."""
        file.write(self.content)


@dataclass(frozen=True, slots=True)
class _Subset:
    """What matplotlib needs of a subset: its file, and the new number of every glyph."""

    font: _Saved
    glyph_index_map: dict[int, int]


@cache
def _common_glyphs(fontfile: Any) -> frozenset[int]:
    font = FT2Font(str(fontfile))
    return frozenset(index for index in (font.get_char_index(ord(sign)) for sign in COMMON) if index)


@cache
def _subset(fontfile: Any, glyphs: frozenset[int]) -> _Subset:
    with _cut_out(fontfile, set(glyphs)) as made:
        content = _backend_pdf_ps.font_as_file(made.font).getvalue()
        return _Subset(_Saved(content), dict(made.glyph_index_map))


@contextmanager
def _shared_subset(fontfile: Any, glyphs: Iterable[int]) -> Iterator[_Subset]:
    yield _subset(fontfile, _common_glyphs(fontfile) | frozenset(glyphs))


def share_subsets() -> None:
    """Let the PDF backend take its subsets from here."""
    _backend_pdf_ps.get_glyphs_subset = _shared_subset  # type: ignore[assignment]


def warm_fonts(families: Iterable[str] = ("DejaVu Sans",)) -> None:
    """Cut out the common characters of fonts in advance, upright and bold, for processes forked from this one."""
    for family in families:
        for weight in ("normal", "bold"):
            path = font_manager.findfont(font_manager.FontProperties(family=family, weight=weight))
            _subset(path, _common_glyphs(path))
