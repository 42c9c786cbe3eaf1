"""PDF figures share their fonts' subsets: text stays text, fonts stay TrueType, bytes depend on the figure alone."""

import io
import re
import zlib

from matplotlib.figure import Figure

from analysis.figures.fonts import share_subsets, warm_fonts
from analysis.figures.style import use_style


def pdf_of(words: str) -> bytes:
    share_subsets()
    with use_style():
        drawn = Figure(figsize=(2, 1))
        drawn.text(0.1, 0.5, words)
        held = io.BytesIO()
        drawn.savefig(held, format="pdf", metadata={"CreationDate": None})
    return held.getvalue()


def test_fonts_are_embedded_as_truetype_and_text_can_be_read_back():
    made = pdf_of("Trust − 0.5 × 2")
    assert b"/CIDFontType2" in made
    assert b"/FontFile2" in made
    streams = [zlib.decompress(s) for s in re.findall(rb"stream\n(.*?)\nendstream", made, re.S) if s[:1] == b"x"]
    assert any(b"beginbfchar" in s or b"beginbfrange" in s for s in streams), "a map from glyphs to Unicode"


def test_bytes_do_not_depend_on_what_was_drawn_before():
    alone = pdf_of("Purpose")
    pdf_of("Привет")
    warm_fonts()
    assert pdf_of("Purpose") == alone


def test_characters_outside_the_common_ones_are_there():
    assert len(pdf_of("Привет")) > len(pdf_of("hello"))
