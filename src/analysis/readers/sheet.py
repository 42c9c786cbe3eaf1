"""`read_sheet`: any CSV or workbook sheet as text cells with row numbers, and what looked damaged in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import DataError
from analysis.readers.delimited import delimited_records, detect_separator
from analysis.readers.encoding import check_encoding, detect_encoding
from analysis.readers.limits import MAX_CELLS, MAX_COLUMNS, readable
from analysis.readers.model import Note, Sheet
from analysis.readers.workbook import is_workbook, open_workbook

_BLOCK = 1_000_000  # cells
_WIDE = 1_000


def read_sheet(
    path: str | Path, sheet: str | None = None, encoding: str | None = None, separator: str | None = None
) -> Sheet:
    """Read a CSV file or one sheet of a workbook as text.

    Parameters
    ----------
    path : str or Path
        A CSV, TSV, xlsx, xlsm, xls or ods file; which one it is shows in its content.
    sheet : str, optional
        The worksheet's name; the first visible one by default. Not for text files.
    encoding, separator : str, optional
        How a text file is written; detected by default.

    Returns
    -------
    Sheet
        `.frame` holds text cells (empty = missing), `.rows` the row numbers as a spreadsheet shows them,
        `.notes` what was found out and what is damaged: rows with too few cells are kept, the absent cells
        missing (`warning`); rows with too many are not read (`error`).

    Raises
    ------
    DataError
        The file is missing, empty, binary, cut off, in another encoding than asked for, or has no such sheet.
    """
    path = Path(path)
    readable(path)
    with path.open("rb") as handle:
        head = handle.read(8)
    if is_workbook(head):
        return _from_workbook(path, sheet)
    return _from_text(path, encoding, separator)


def _from_workbook(path: Path, sheet: str | None) -> Sheet:
    book = open_workbook(path, sheet)
    builder = _Builder(path.name)
    if book.macros:
        builder.note("warning", "the workbook holds macros; they were not run")
    if sheet is None and len(book.sheets) > 1:
        builder.note("info", f"one sheet of {len(book.sheets)} is read; name another under `sheet`")
    return builder.build(book.records, name=book.name, sheets=book.sheets)


def _from_text(path: Path, encoding: str | None, separator: str | None) -> Sheet:
    if encoding is None:
        encoding = detect_encoding(path)
    else:
        check_encoding(path, encoding)
    if separator is None:
        separator = detect_separator(path, encoding)
    elif len(separator) != 1:
        raise DataError("a separator is one character", where=path.name, value=separator)
    builder = _Builder(path.name)
    if not encoding.startswith("utf-8"):
        builder.note("info", f"the file is read as {encoding}")
    loose: list[int] = []
    return builder.build(
        delimited_records(path, encoding, separator, loose),
        encoding=encoding,
        separator=separator,
        loose=loose,
    )


class _Builder:
    """Gathers records into a frame by blocks, so that a million rows never lie about as lists."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.notes: list[Note] = []
        self.short: list[int] = []
        self.long: list[int] = []
        self.blank = 0

    def note(self, level: str, what: str, row: int | None = None, count: int = 1) -> None:
        """Add a line to the report."""
        self.notes.append(Note(level, what, self.file, row, count))  # type: ignore[arg-type]

    def build(
        self,
        records: Iterator[list[str]],
        *,
        encoding: str = "",
        separator: str = "",
        name: str = "",
        sheets: tuple[str, ...] = (),
        loose: list[int] | None = None,
    ) -> Sheet:
        """Return the sheet that the records make: a header, then rows."""
        numbered = enumerate(records, start=1)
        columns, waiting = self._header(numbered)
        frame, rows = self._body(columns, waiting, numbered)
        self._report(len(columns), loose or [])
        return Sheet(frame, rows, encoding, separator, tuple(self.notes), name, sheets, self.file)

    def _header(self, numbered: Iterator[tuple[int, list[str]]]) -> tuple[list[str], list[tuple[int, list[str]]]]:
        """Find the header: the first filled record, but for a title line that stands alone above it."""
        waiting: list[tuple[int, list[str]]] = []
        for number, cells in numbered:
            if not any(cell.strip() for cell in cells) or _is_separator_line(number, cells):
                continue
            waiting.append((number, cells))
            if len(waiting) == 2:
                break
        if not waiting:
            raise DataError("the table is empty", where=self.file, fix="export it again from the coding tool")
        if len(waiting) == 2 and _filled(waiting[0][1]) == 1 and _filled(waiting[1][1]) > 1 and _is_title(waiting):
            number, _ = waiting.pop(0)
            self.note("info", "the line above the header is a title and was left out", number)
        return self._names(waiting[0][1]), waiting[1:]

    def _names(self, cells: list[str]) -> list[str]:
        if len(cells) > MAX_COLUMNS:
            raise DataError(f"the table has more than {MAX_COLUMNS:,} columns", where=self.file)
        names: list[str] = []
        seen: dict[str, int] = {}
        for position, cell in enumerate(cells, start=1):
            name = cell.strip().strip("\ufeff") or f"column {position}"
            seen[name] = seen.get(name, 0) + 1
            names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
        repeated = [name for name, times in seen.items() if times > 1]
        if repeated:
            self.note("warning", f"column names occur twice and were numbered: {repeated[:8]}", count=len(repeated))
        if len(set(names)) < len(names):
            raise DataError("two columns can't be told apart by name", where=self.file, fix="rename one of them")
        return names

    def _body(
        self,
        columns: list[str],
        waiting: list[tuple[int, list[str]]],
        numbered: Iterator[tuple[int, list[str]]],
    ) -> tuple[pd.DataFrame, np.ndarray]:
        width = len(columns)
        most = max(1, _BLOCK // width)
        frames: list[pd.DataFrame] = []
        rows: list[np.ndarray] = []
        block, numbers = [], []
        for number, cells in itertools.chain(waiting, numbered):
            if len(cells) != width:
                cells = self._fit(cells, width, number)
                if not cells:
                    continue
            block.append(cells)
            numbers.append(number)
            if len(block) == most:
                self._check_size(width, most * (len(frames) + 1))
                self._keep(block, numbers, columns, frames, rows)
                block, numbers = [], []
        self._check_size(width, most * len(frames) + len(block))
        self._keep(block, numbers, columns, frames, rows)
        frame = pd.concat(frames, ignore_index=True)
        # a header cell may be blank above values (merged cells); where both are blank there is no column
        ghosts = [name for name in columns if name.startswith("column ") and frame[name].isna().all()]
        return frame.drop(columns=ghosts), np.concatenate(rows)

    def _check_size(self, width: int, count: int) -> None:
        """Stop where a small file would unfold to far more cells than it holds."""
        if width * count > MAX_CELLS:
            raise DataError(f"the table has more than {MAX_CELLS:,} cells", where=self.file)
        if width > _WIDE and 2 * len(self.short) > count:
            raise DataError(
                f"the header has {width:,} cells, most rows have far fewer: this is no table", where=self.file
            )

    def _keep(
        self,
        block: list[list[str]],
        numbers: list[int],
        columns: list[str],
        frames: list[pd.DataFrame],
        rows: list[np.ndarray],
    ) -> None:
        """Add a block to the frames, its blank rows left out."""
        frame = _frame(block, columns)
        filled = frame.notna().any(axis=1).to_numpy(dtype=bool)
        self.blank += int((~filled).sum())
        frames.append(frame if filled.all() else frame[filled])
        rows.append(np.array(numbers, dtype=np.int64)[filled])

    def _fit(self, cells: list[str], width: int, number: int) -> list[str]:
        """Return a record with as many cells as the header, or none where it is blank or has too many."""
        if not any(cell.strip() for cell in cells):
            self.blank += 1
            return []
        if len(cells) < width:
            self.short.append(number)
            return [*cells, *[""] * (width - len(cells))]
        if any(cell.strip() for cell in cells[width:]):
            self.long.append(number)
            return []
        return cells[:width]

    def _report(self, width: int, loose: list[int]) -> None:
        if self.blank:
            self.note("info", "blank rows are left out", count=self.blank)
        if self.short:
            what = f"rows have fewer than {width} cells, the absent ones are missing: {_rows(self.short)}"
            self.note("warning", what, self.short[0], len(self.short))
        if self.long:
            what = f"rows with more than {width} cells are not read: {_rows(self.long)}"
            self.note("error", what, self.long[0], len(self.long))
        if loose:
            self.note("warning", f"stray quotation marks inside cells: {_rows(loose)}", loose[0], len(loose))


def _frame(block: list[list[str]], columns: list[str]) -> pd.DataFrame:
    """Return records as text columns; a cell of nothing or of blanks is missing."""
    values = zip(*block, strict=True) if block else itertools.repeat(())
    frame = {}
    for name, cells in zip(columns, values, strict=False):
        series = pd.Series(list(cells), dtype="str")
        frame[name] = series.where(series.str.strip() != "")
    return pd.DataFrame(frame)


def _filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _is_title(waiting: list[tuple[int, list[str]]]) -> bool:
    """A header of names stands below a title; below the header of a narrow table stand values."""
    return not any(cell.strip().replace(".", "", 1).isdigit() for cell in waiting[1][1])


def _is_separator_line(number: int, cells: list[str]) -> bool:
    return number == 1 and cells[0][:4].lower() == "sep=" and _filled(cells[1:]) == 0 and len(cells[0]) <= 5


def _rows(numbers: list[int], most: int = 10) -> str:
    shown = ", ".join(str(number) for number in numbers[:most])
    return f"row {shown}" + (f" and {len(numbers) - most} more" if len(numbers) > most else "")
