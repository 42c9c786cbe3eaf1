"""Formulas for Word: the presentation MathML of the pages as Office Math (ECMA-376, part 1, section 22.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml.html import HtmlElement

#: MathML element to its Office Math element and the names of what it holds, in order.
_HOLDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "msub": ("m:sSub", ("m:e", "m:sub")),
    "msup": ("m:sSup", ("m:e", "m:sup")),
    "msubsup": ("m:sSubSup", ("m:e", "m:sub", "m:sup")),
    "munderover": ("m:sSubSup", ("m:e", "m:sub", "m:sup")),
    "munder": ("m:limLow", ("m:e", "m:lim")),
    "mover": ("m:limUpp", ("m:e", "m:lim")),
    "mfrac": ("m:f", ("m:num", "m:den")),
    "mroot": ("m:rad", ("m:e", "m:deg")),
}
_WORDS = ("mi", "mn", "mo", "mtext")


def equation(math: HtmlElement) -> Any:
    """Return a formula as the element `m:oMath`; of what has no counterpart the parts stand side by side.

    Parameters
    ----------
    math : HtmlElement
        A `math` element.
    """
    return _with("m:oMath", _made(math))


def _with(name: str, parts: Iterable[Any]) -> Any:
    made = OxmlElement(name)
    for part in parts:
        made.append(part)
    return made


def _made(element: HtmlElement) -> Iterator[Any]:
    if not isinstance(element.tag, str) or element.tag in ("annotation", "annotation-xml"):
        return
    if element.tag in _WORDS:
        yield _run(element)
    elif element.tag == "msqrt":
        hidden = OxmlElement("m:degHide")
        hidden.set(qn("m:val"), "1")
        yield _with("m:rad", (_with("m:radPr", (hidden,)), OxmlElement("m:deg"), _with("m:e", _inner(element))))
    elif element.tag in _HOLDS:
        name, held = _HOLDS[element.tag]
        parts = [_with(part, _made(child)) for part, child in zip(held, element, strict=False)]
        yield _with(name, reversed(parts) if element.tag == "mroot" else parts)
    else:
        yield from _inner(element)


def _inner(element: HtmlElement) -> Iterator[Any]:
    for child in element:
        yield from _made(child)


def _run(element: HtmlElement) -> Any:
    """Return a run of signs; a word such as `min` stands upright, a single letter as mathematics sets it."""
    words = "".join(element.itertext()).strip()
    text = OxmlElement("m:t")
    text.text = words
    upright = [_with("m:rPr", (OxmlElement("m:nor"),))] if len(words) > 1 and words.isalpha() else []
    return _with("m:r", (*upright, text))
