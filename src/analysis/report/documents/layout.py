"""How tables fit on paper: places where long words may break, pages turned sideways, and tables set in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy

from lxml.builder import E
from lxml.html import HtmlElement

#: Width of the text in mm, upright and turned, and the size of the letters in tables on such a page, in points.
UPRIGHT, TURNED = 174.0, 257.0
UPRIGHT_POINTS, TURNED_POINTS = 8.0, 7.0
#: Height of a picture in mm that leaves room for its caption on the same page.
HIGHEST = 228.0
#: Width of a letter in parts of its size (a bold sans serif, with room to spare), and a cell's margins in mm.
_LETTER, _MARGINS = 0.64, 3.0
_MM_PER_POINT = 25.4 / 72
#: Rows up to which a table stays on one page.
SHORT = 14
#: Paragraphs before a table that turn with it.
_LEAD = 2
#: Letters that a column of sentences wants on a line, and those that make it wider than others.
_LINE, _SENTENCE = 16, 160
#: Words longer than this may break after a sign or, where they have none, after so many letters.
_LONG = 16
_PIECE = re.compile(rf"[^_*+/.,:=-]{{1,{_LONG}}}[_*+/.,:=-]*|[_*+/.,:=-]+")
#: Words of a solution in QCA, which break between conditions only.
_TERM = re.compile(r"[^*]+\**|\*+")


def fit_tables(document: HtmlElement) -> None:
    """Let every table of a document fit its page.

    Long words get places to break at. A table too wide for an upright page stands on one turned sideways (class
    ``wide``); one too wide for that as well is set in parts, each with the column that names the rows. One of few rows
    is kept on one page (class ``short``).

    Parameters
    ----------
    document : HtmlElement
        Changed in place.
    """
    for table in list(document.iter("table")):
        for cell in table.iter("th", "td"):
            _let_break(cell)
        if sum(1 for _ in table.iter("tr")) <= SHORT + 1:
            mark(table, "short")
        if needed(wanted_letters(table), UPRIGHT_POINTS) <= UPRIGHT:
            continue
        for part in _in_parts(table):
            _turn(part)


def longest_words(table: HtmlElement) -> list[int]:
    """Return for each column of a table the letters of its longest word that stays in one piece."""
    return [max((len(word) for cell in column for word in _words(cell)), default=1) for column in _columns(table)]


def wanted_letters(table: HtmlElement, line: int = _LINE) -> list[int]:
    """Return for each column the letters it wants on a line: its longest word, and so many of its sentences."""
    bodies = [[cell for cell in column if cell.getparent().getparent().tag != "thead"] for column in _columns(table)]
    said = [max((len(" ".join(_words(cell))) for cell in column), default=1) for column in bodies]
    return [max(word, min(most, line)) for word, most in zip(longest_words(table), said, strict=True)]


def widths(table: HtmlElement, whole: float, points: float) -> list[float]:
    """Return widths of a table's columns in mm: room for every word, and what remains by how much there is to say."""
    words, sentences = longest_words(table), wanted_letters(table, _SENTENCE)
    least = [needed([letters], points) for letters in words]
    more = [most - word + 1 for most, word in zip(sentences, words, strict=True)]
    left = max(whole - sum(least), 0.0)
    found = [width + left * part / sum(more) for width, part in zip(least, more, strict=True)]
    return [width * whole / sum(found) for width in found]


def needed(letters: Sequence[int], points: float) -> float:
    """Return the width in mm of columns with so many letters on a line, in letters of a size in points."""
    return sum(number * points * _LETTER * _MM_PER_POINT + _MARGINS for number in letters)


def _columns(table: HtmlElement) -> list[list[HtmlElement]]:
    rows = [list(row) for row in table.iter("tr")]
    return [[row[i] for row in rows if i < len(row)] for i in range(max(map(len, rows), default=0))]


def _words(cell: HtmlElement) -> list[str]:
    """Return what a cell says in pieces that no line break goes through."""
    pieces = (
        (" " if text.is_tail and text.getparent().tag in ("wbr", "br") else "") + text
        for text in cell.xpath(".//text()")
    )
    return "".join(pieces).split()


def _let_break(cell: HtmlElement) -> None:
    """Put places to break at into the long words of a cell; a short one stays whole, hyphens or not."""
    words = cell.text_content().split()
    if len(words) == 1 and len(words[0]) <= _LONG:
        mark(cell, "whole")
    for text in cell.xpath(".//text()"):
        if not any(len(word) > _LONG for word in text.split()):
            continue
        first, *others = _segments(text)
        breaks = [E.wbr() for _ in others]
        for place, piece in zip(breaks, others, strict=True):
            place.tail = piece
        owner = text.getparent()
        if text.is_tail:
            owner.tail = first
            above = owner.getparent()
            above[above.index(owner) + 1 : above.index(owner) + 1] = breaks
        else:
            owner.text = first
            owner[0:0] = breaks


def _segments(text: str) -> list[str]:
    """Return a text cut where its long words may break."""
    segments = [""]
    for word in re.findall(r"\s+|\S+", text):
        signs = _TERM if "*" in word else _PIECE
        first, *others = signs.findall(word) if len(word) > _LONG else [word]
        segments[-1] += first
        segments += others
    return segments


def _in_parts(table: HtmlElement) -> Iterator[HtmlElement]:
    """Yield a table, cut into tables of fewer columns where it is too wide even for a turned page."""
    letters = longest_words(table)
    groups: list[list[int]] = [[]]
    for place in range(1, len(letters)):
        if groups[-1] and needed([letters[i] for i in (0, *groups[-1], place)], TURNED_POINTS) > TURNED:
            groups.append([])
        groups[-1].append(place)
    if len(groups) == 1 or table.xpath(".//*[@colspan or @rowspan]"):
        yield table
        return
    whole = _held(table)
    parts = [deepcopy(whole) for _ in groups]
    for number, (part, group) in enumerate(zip(parts, groups, strict=True), start=1):
        inner = part if part.tag == "table" else next(part.iter("table"))
        part.tail = None
        _keep(inner, {0, *group}, f" (part {number} of {len(groups)})")
        if number > 1:
            for element in part.xpath("descendant-or-self::*[@id]"):
                del element.attrib["id"]
        whole.addprevious(part)
    whole.drop_tree()
    for part in parts:
        yield part if part.tag == "table" else next(part.iter("table"))


def _keep(table: HtmlElement, places: set[int], more: str) -> None:
    """Keep some columns of a table, and say in its caption that it is a part."""
    for row in table.iter("tr"):
        for place, cell in list(enumerate(row)):
            if place not in places:
                row.remove(cell)
    for caption in table.findall("caption"):
        last = caption[-1] if len(caption) else None
        if last is None:
            caption.text = f"{caption.text or ''}{more}"
        else:
            last.tail = f"{last.tail or ''}{more}"


def _turn(table: HtmlElement) -> None:
    """Mark a table, its notes and what leads to it as standing on a page turned sideways."""
    held = _held(table)
    parent = held.getparent()
    whole = parent is not None and "table" in (parent.get("class") or "").split()
    block = parent if whole else held
    following = None if whole else held.getnext()
    notes = [following] if following is not None and following.get("class") == "notes" else []
    for element in (block, *notes, *_leading(block)):
        mark(element, "wide")


def _leading(block: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the paragraphs right before a block, and the heading before them."""
    before = block.getprevious()
    for _ in range(_LEAD):
        if before is None or before.tag != "p":
            break
        yield before
        before = before.getprevious()
    if before is not None and before.tag in ("h3", "h4", "h5", "h6"):
        yield before


def mark(element: HtmlElement, name: str) -> None:
    """Give an element a further class."""
    classes = (element.get("class") or "").split()
    if name not in classes:
        element.set("class", " ".join([*classes, name]))


def _held(table: HtmlElement) -> HtmlElement:
    """Return the region that a table stands in, or the table itself."""
    parent = table.getparent()
    return parent if parent is not None and "scroll" in (parent.get("class") or "") else table
