"""How a table stands on a page that LaTeX sets: upright or turned, in how large letters, in how many parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

#: In points: one of two columns, the text of ``article`` in one column, and the shorter height of A4 and letter.
NARROW, UPRIGHT, HEIGHT = 200.0, 345.0, 550.0
#: Space on each side of a column, in points.
COLUMN_SPACE = 3.0
#: Size of the letters and distance of the lines, in points, the one that reads best first.
SIZES = ((8.0, 9.5), (7.0, 8.3))
#: Words of more letters may break after one of these signs, or after so many letters.
LONG_WORD = 16
SIGNS = "_*/+.,:;=@-"
_PIECE = re.compile(rf"[^{SIGNS}]{{1,{LONG_WORD}}}[{SIGNS}]*|[{SIGNS}]+")
#: Words of a solution in QCA, which break between conditions only.
_TERM = re.compile(r"[^*]+\**|\*+")
#: Widths of signs in thousandths of their size, in Computer Modern Roman of 7 points, whose letters are the widest.
_WIDTHS = {
    323: "!',.:;[]`il",
    385: "-fj_ ",
    453: "I()rts|",
    508: "cez",
    569: '"$*/0123456789\\^ago{}~?',
    631: "kqvxySbdhnpuJ",
    737: "ZLF",
    843: "EPBCTwRAHNUVXY",
    884: "DKG&+=@OQ<>−",
    1030: "#%mM",
    1151: "W",
}
_WIDTH_OF = {sign: width / 1000 for width, signs in _WIDTHS.items() for sign in signs}
#: The width of a sign that is none of them, as wide as an arrow.
_OTHER = 1.03
#: Width of a line that texts want at least, and in one of two columns.
_LINE, _NARROW_LINE = 60.0, 110.0
#: Space above a row, in points; lines that the caption, its distance and the rules take; how full a page may be.
ROW_SPACE = 1.5
_AROUND, _FULL = 4, 0.98
#: How much longer than usual (the quadratic mean) a long cell is.
_LONGER = 1.4
#: Most lines into which a cell is thought to wrap, and how precisely they are found.
_MOST, _PRECISE = 1000.0, 0.01


@dataclass(frozen=True, slots=True)
class Part:
    """A table, or a part of one that is too wide for any page, and how it is set.

    Parameters
    ----------
    columns : tuple of int
        Places of its columns in the table.
    shares : tuple of float
        Their shares of the line.
    size : tuple of float
        Size of the letters and distance of the lines, in points.
    turned : bool
        Whether it stands sideways.
    long : bool
        Whether it is higher than a page.
    narrow : bool
        Whether it fits one of two columns.
    """

    columns: tuple[int, ...]
    shares: tuple[float, ...]
    size: tuple[float, float]
    turned: bool
    long: bool
    narrow: bool


def lay_out(written: pd.DataFrame, headings: Sequence[str], numeric: Sequence[bool], below: str = "") -> list[Part]:
    """Return how a table is set: whole where it fits a page, else in parts that repeat its first column.

    Parameters
    ----------
    written : DataFrame
        The cells as readers see them.
    headings : sequence of str
        Headings of the columns.
    numeric : sequence of bool
        Which columns are numbers; their cells stay in one line.
    below : str
        Notes under it.
    """
    columns = [
        _Column(title, [str(cell) for cell in written.iloc[:, i]], number)
        for i, (title, number) in enumerate(zip(headings, numeric, strict=True))
    ]
    places = tuple(range(len(columns)))
    for turned, line in ((False, UPRIGHT), (True, HEIGHT)):
        sizes = [size for size in SIZES if sum(column.wanted(size[0]) for column in columns) <= line]
        found = [_part(columns, places, size, turned=turned, below=below) for size in sizes]
        if found:
            return [next((part for part in found if not part.long), found[0])]
    return [_part(columns, group, SIZES[-1], turned=True, below=below) for group in _groups(columns)]


def width(text: str, points: float = 1.0) -> float:
    """Return about how wide a text is in letters of a size, both in points; no narrower than it will be."""
    plain = text if text.isascii() else "".join(unicodedata.normalize("NFD", sign)[0] for sign in text)
    return points * sum(_WIDTH_OF.get(sign, _OTHER) for sign in plain)


def pieces(word: str) -> list[str]:
    """Return a word in pieces that no line break goes through."""
    if len(word) <= LONG_WORD:
        return [word]
    return (_TERM if "*" in word else _PIECE).findall(word)


class _Column:
    """A column, and what room its words want; widths are in parts of the size of the letters."""

    def __init__(self, title: str, cells: Sequence[str], number: bool) -> None:
        words = [title.split(), *([cell] if number else cell.split() for cell in cells)]
        self._pieces = [[found for word in cell for found in _measured(word)] for cell in words]
        self._cells = [width(cell) for cell in cells]
        self._least = max((wide for cell in self._pieces for _, wide in cell), default=0.0)
        self._usual = (sum(cell**2 for cell in self._cells) / len(self._cells)) ** 0.5

    def least(self, points: float) -> float:
        """Return the width of its longest word that stays in one piece."""
        return self._least * points + 2 * COLUMN_SPACE

    def longest(self, points: float) -> float:
        """Return the width of its longest cell in one line."""
        return max(self._cells) * points + 2 * COLUMN_SPACE

    def usual(self, points: float) -> float:
        """Return the width of a long cell in one line, where a single very long one tells little of the others."""
        return min(_LONGER * self._usual * points + 2 * COLUMN_SPACE, self.longest(points))

    def wanted(self, points: float, line: float = _LINE) -> float:
        """Return the width under which it would read badly, where texts want so wide a line."""
        return max(self.least(points), min(self.longest(points), line))

    def lines(self, room: float, points: float) -> list[int]:
        """Return the lines of each cell, the heading first, in a column of a width."""
        line = (room - 2 * COLUMN_SPACE) / points
        return [_lines(cell, line) for cell in self._pieces]


def _measured(word: str) -> list[tuple[float, float]]:
    """Return the widths of the pieces of a word, each with that of the blank before it."""
    return [(0.0 if i else _WIDTH_OF[" "], width(piece)) for i, piece in enumerate(pieces(word))]


def _lines(found: Sequence[tuple[float, float]], line: float) -> int:
    """Return the lines that pieces of words fill."""
    lines, used = 1, 0.0
    for blank, wide in found:
        if used and used + blank + wide > line:
            lines, used = lines + 1, 0.0
        used += wide + (blank if used else 0.0)
    return lines


def _part(
    columns: Sequence[_Column], places: tuple[int, ...], size: tuple[float, float], *, turned: bool, below: str
) -> Part:
    """Return how some columns are set: in one of two columns where they fit there, else over the whole width."""
    chosen = [columns[i] for i in places]
    if not turned and sum(column.wanted(size[0], _NARROW_LINE) for column in chosen) <= NARROW:
        widths = _widths(chosen, NARROW, size[0])
        if not _too_high(chosen, widths, size, HEIGHT, below):
            return Part(places, tuple(room / NARROW for room in widths), size, turned=False, long=False, narrow=True)
    line, height = (HEIGHT, UPRIGHT) if turned else (UPRIGHT, HEIGHT)
    widths = _widths(chosen, line, size[0])
    long = _too_high(chosen, widths, size, height, below)
    return Part(places, tuple(room / line for room in widths), size, turned=turned, long=long, narrow=False)


def _too_high(
    columns: Sequence[_Column], widths: Sequence[float], size: tuple[float, float], height: float, below: str
) -> bool:
    """Whether a table with its notes is higher than a page."""
    points, distance = size
    found = [column.lines(room, points) for column, room in zip(columns, widths, strict=True)]
    rows = [max(lines) for lines in zip(*found, strict=True)]
    noted = sum(width(note, points) // sum(widths) + 1 for note in below.splitlines())
    high = (sum(rows) + noted + _AROUND) * distance + len(rows) * ROW_SPACE
    return high > _FULL * height


def _widths(columns: Sequence[_Column], line: float, points: float) -> list[float]:
    """Return widths that fill a line, such that the long cells of all columns wrap into as few lines as may be."""
    least = [column.least(points) for column in columns]
    whole = [max(column.usual(points), room) for column, room in zip(columns, least, strict=True)]
    few, many = 1.0, _MOST
    while many - few > _PRECISE:
        lines = (few + many) / 2
        enough = sum(map(max, least, (room / lines for room in whole))) <= line
        few, many = (few, lines) if enough else (lines, many)
    widths = [max(room, long / many) for room, long in zip(least, whole, strict=True)]
    return [room * line / sum(widths) for room in widths]


def _groups(columns: Sequence[_Column]) -> Iterator[tuple[int, ...]]:
    """Yield the places of the columns of each part: the first, which names the rows, and as many as a page takes."""
    points = SIZES[-1][0]
    rooms = [column.wanted(points) for column in columns]
    group = [0]
    for place in range(1, len(columns)):
        if len(group) > 1 and sum(rooms[i] for i in group) + rooms[place] > HEIGHT:
            yield tuple(group)
            group = [0]
        group.append(place)
    yield tuple(group)
