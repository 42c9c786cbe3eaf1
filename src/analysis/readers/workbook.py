"""Read the sheets of a workbook (xlsx, xlsm, xls, ods) as text cells, in a process of its own.

The parser of workbooks allocates what a file claims to hold. In a child with a limit on memory and time a
hostile file costs that child and nothing else. Formulas and macros are never run: values last saved are read.
"""

from __future__ import annotations

import itertools
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from analysis.errors import DataError
from analysis.readers.container import Archive
from analysis.readers.limits import MAX_SECONDS, MAX_WORKBOOK_MEMORY, readable

ZIP_MARK = b"PK\x03\x04"
CFB_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHILD = Path(__file__).with_name("workbook_child.py")


@dataclass(frozen=True, slots=True)
class Workbook:
    """One sheet of a workbook, opened.

    Attributes
    ----------
    sheets : tuple of str
        All worksheets in order.
    name : str
        The sheet that is read.
    macros : bool
        Whether the workbook holds macros.
    records : iterator of list of str
        The cells of each row from the first row on, numbers and dates as text.
    """

    sheets: tuple[str, ...]
    name: str
    macros: bool
    records: Iterator[list[str]]


def is_workbook(head: bytes) -> bool:
    """Return whether a file's first bytes are those of a zip or of an old Office file."""
    return head.startswith((ZIP_MARK, CFB_MARK))


def open_workbook(path: Path, sheet: str | None = None) -> Workbook:
    """Open one sheet of a workbook: the one named, else the first visible one.

    Raises
    ------
    DataError
        It is damaged, protected by a password, larger than allowed, no workbook, or has no such sheet.
    """
    macros = _check(path)
    answers = _ask(path, sheet)
    found = next(answers)
    names = tuple(found["sheets"])
    if sheet is not None and sheet not in names:
        raise DataError("the workbook has no such sheet", where=path.name, value=sheet, allowed=names)
    if found["name"] is None:
        raise DataError("the workbook has no visible sheet", where=path.name)
    return Workbook(names, found["name"], macros, itertools.chain.from_iterable(answers))


def _check(path: Path) -> bool:
    readable(path)
    with path.open("rb") as handle:
        head = handle.read(8)
    if head.startswith(CFB_MARK):
        return False
    if not head.startswith(ZIP_MARK):
        raise DataError("this is no workbook", where=path.name, fix="save it as xlsx or CSV")
    with Archive(path) as archive:
        archive.check_all()
        return any(name.lower().endswith("vbaproject.bin") for name in archive.names)


def _ask(path: Path, sheet: str | None) -> Iterator[Any]:
    """Start the child and yield what it sends; its failure becomes a `DataError`."""
    command = [sys.executable, "-I", str(_CHILD), str(path), str(MAX_WORKBOOK_MEMORY), str(MAX_SECONDS)]
    with subprocess.Popen(
        command if sheet is None else [*command, sheet], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdout is not None
        try:
            yield from _messages(child.stdout, path.name)
        finally:
            child.kill()


def _messages(stream: IO[bytes], name: str) -> Iterator[Any]:
    while True:
        try:
            kind, answer = pickle.load(stream)
        except (EOFError, pickle.UnpicklingError):
            kind, answer = "failed", "reading it took more memory or time than allowed, or it is damaged"
        if kind == "end":
            return
        if kind == "failed":
            raise DataError(
                f"the workbook can't be read: {answer}",
                where=name,
                fix="open it and save it again as xlsx or CSV",
            )
        yield answer
