"""Read CSV and its kin as text cells, with the row numbers that a spreadsheet would show."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.errors import DataError
from analysis.readers.limits import MAX_CELL

SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 256 * 1024


def detect_separator(path: Path, encoding: str) -> str:
    """Return the separator under which most records have the same number of cells (at least two).

    Parameters
    ----------
    path : Path
        A text file.
    encoding : str
        Its encoding.

    Returns
    -------
    str
        One of `SEPARATORS`; a comma where the file has a single column.
    """
    with path.open(encoding=encoding, newline="") as handle:
        sample = handle.read(_SAMPLE)
        cut = len(sample) == _SAMPLE
    if sample[:4].lower() == "sep=" and sample[4:5].strip("\r\n"):
        return sample[4]
    scores = {separator: _evenness(sample, separator, cut) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: scores[separator])
    return best if scores[best] > (0.0, 0) else ","


def _evenness(sample: str, separator: str, cut: bool) -> tuple[float, int]:
    with _large_cells():
        try:
            widths = [len(cells) for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=separator) if cells]
        except csv.Error:
            return (0.0, 0)
    if cut and len(widths) > 1:
        widths.pop()
    counts = {width: widths.count(width) for width in set(widths) if width > 1}
    if not counts:
        return (0.0, 0)
    usual = max(counts, key=lambda width: (counts[width], width))
    return (round(counts[usual] / len(widths), 1), usual)


def delimited_records(path: Path, encoding: str, separator: str, loose: list[int]) -> Iterator[list[str]]:
    """Yield the cells of each record, blank ones included, so that the n-th is row n of a spreadsheet.

    Parameters
    ----------
    path : Path
        A text file.
    encoding, separator : str
        How it is written.
    loose : list of int
        Receives the rows whose quotation marks break the rules of CSV and that were read all the same.

    Raises
    ------
    DataError
        A quotation mark is opened and never closed, or a cell passes `MAX_CELL` characters.
    """
    with path.open(encoding=encoding, newline="") as handle, _large_cells():
        lines = _Lines(handle, path.name)
        reader = csv.reader(lines, delimiter=separator, strict=True)
        for number in itertools.count(1):
            lines.record.clear()
            try:
                yield next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                _check_repairable(error, f"{path.name}, row {number}")
                loose.append(number)
                yield next(csv.reader(itertools.chain(list(lines.record), lines), delimiter=separator))


def _check_repairable(error: csv.Error, where: str) -> None:
    """Let stray quotation marks pass; stop where the rest of the file would be swallowed."""
    if "unexpected end of data" in str(error):
        raise DataError(
            "a quotation mark is opened here and never closed: the rest of the file would be one cell",
            where=where,
            fix="close it, or export the file again if it was cut off",
        ) from error
    if "expected after" not in str(error):
        raise DataError(
            f"this record can't be read as cells ({error})",
            where=where,
            fix="look for a quotation mark that is opened and not closed near that row",
        ) from error


class _Lines:
    """The lines of a file; remembers those of the current record, so that it can be read a second time."""

    def __init__(self, handle: io.TextIOBase, name: str) -> None:
        self.handle = handle
        self.name = name
        self.record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.handle.readline(MAX_CELL)
        if not line:
            raise StopIteration
        if len(line) == MAX_CELL:
            raise DataError(f"a line has {MAX_CELL:,} characters or more: this is no table", where=self.name)
        self.record.append(line)
        return line


@contextmanager
def _large_cells() -> Iterator[None]:
    """Let a cell hold a whole interview; the csv module's own limit is 131,072 characters."""
    before = csv.field_size_limit(MAX_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)
