"""Which reader reads a file: found out from its content, never from its name alone."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import DataError
from analysis.readers import atlasti, codebook_sheets, dedoose, maxqda, plain, taguette_sheets
from analysis.readers.container import Archive
from analysis.readers.database import MARK, Database
from analysis.readers.limits import readable
from analysis.readers.maxqda_project import TABLES as MAXQDA_TABLES
from analysis.readers.maxqda_project import read_maxqda_project
from analysis.readers.model import Export, Note, Sheet
from analysis.readers.qualcoder import TABLES as QUALCODER_TABLES
from analysis.readers.qualcoder import read_qualcoder
from analysis.readers.refi import read_refi
from analysis.readers.sheet import read_sheet
from analysis.readers.taguette import TABLES as TAGUETTE_TABLES
from analysis.readers.taguette import read_taguette
from analysis.readers.workbook import ZIP_MARK


@dataclass(frozen=True, slots=True)
class SheetReader:
    """A format that is a table: how to know it by its headers, and how to read it."""

    key: str
    claims: Callable[[Sheet], bool]
    read: Callable[[Sheet], Export]


@dataclass(frozen=True, slots=True)
class DatabaseReader:
    """A format that is an SQLite file: the tables it must have, and how to read it."""

    key: str
    tables: frozenset[str]
    read: Callable[[Path], Export]


SHEETS: tuple[SheetReader, ...] = (
    SheetReader(taguette_sheets.KEY, taguette_sheets.claims, taguette_sheets.read),
    SheetReader(taguette_sheets.CODEBOOK_KEY, taguette_sheets.claims_codebook, taguette_sheets.read_codebook_sheet),
    SheetReader(maxqda.KEY, maxqda.claims, maxqda.read),
    SheetReader(atlasti.KEY, atlasti.claims, atlasti.read),
    SheetReader(dedoose.KEY, dedoose.claims, dedoose.read),
    SheetReader(plain.WIDE, plain.claims_wide, plain.read_wide),
    SheetReader(codebook_sheets.ATLASTI_KEY, codebook_sheets.claims_atlasti, codebook_sheets.read_atlasti),
    SheetReader(plain.LONG, plain.claims_long, plain.read_long),
    SheetReader(plain.GRADED, plain.claims_graded, plain.read_graded),
    SheetReader(codebook_sheets.KEY, codebook_sheets.claims, codebook_sheets.read),
)
"""Formats of tables, the more particular first: the first that claims a sheet reads it."""

DATABASES: tuple[DatabaseReader, ...] = (
    DatabaseReader("qualcoder", QUALCODER_TABLES, read_qualcoder),
    DatabaseReader("taguette", TAGUETTE_TABLES, read_taguette),
    DatabaseReader("maxqda-project", MAXQDA_TABLES, read_maxqda_project),
)
"""Formats of databases."""

FORMATS: tuple[str, ...] = (
    "refi-qda",
    "refi-codebook",
    *(reader.key for reader in DATABASES),
    *(reader.key for reader in SHEETS),
    plain.MAPPED,
)
"""Every format that is read."""


def read_export(
    path: str | Path,
    column_map: Mapping[str, Any] | None = None,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    codebook: Iterable[str] = (),
) -> Export:
    """Read what a coding tool exported.

    Parameters
    ----------
    path : str or Path
        A file, or the folder of a QualCoder project. Its format shows in its content.
    column_map : mapping, optional
        For tables that no reader knows: field to column (see `plain.read_mapped`).
    sheet, encoding, separator : str, optional
        As in `read_sheet`, for tables.
    codebook : iterable of str
        Names of codes, to part those that ATLAS.ti joined by commas.

    Returns
    -------
    Export
        Raw data: names of people and documents as they stand in the file.

    Raises
    ------
    DataError
        The file is missing, empty, damaged, hostile or in no known format.
    """
    path = Path(path)
    if path.is_dir():
        return _unmapped(_read_folder(path), column_map)
    readable(path)
    with path.open("rb") as handle:
        head = handle.read(512)
    if head.startswith(MARK):
        return _unmapped(_read_database(path), column_map)
    if _is_xml(head) or (head.startswith(ZIP_MARK) and _is_project(path)):
        return _unmapped(read_refi(path), column_map)
    table = read_sheet(path, sheet=sheet, encoding=encoding, separator=separator)
    if column_map:
        return plain.read_mapped(table, column_map)
    if sheet is None and len(table.sheets) > 1:
        joined = _sheets_of_coders(path, table)
        table = table if joined is None else joined
    return _read_table(table, codebook)


def _unmapped(export: Export, column_map: Mapping[str, Any] | None) -> Export:
    """Say that a column map has no bearing on a format that is no table."""
    if not column_map:
        return export
    note = Note("warning", "the column map is not used: this format says itself what is what")
    return replace(export, report=(*export.report, note))


def _read_folder(path: Path) -> Export:
    if (path / "data.qda").is_file():
        return read_qualcoder(path)
    raise DataError(
        "this folder is no QualCoder project (it holds no data.qda)", where=path.name, fix="name a file in it"
    )


def _read_database(path: Path) -> Export:
    with Database(path) as database:
        tables = set(database.columns)
    for reader in DATABASES:
        if reader.tables <= tables:
            return reader.read(path)
    raise DataError(
        "this database was written by no coding tool that is known",
        where=path.name,
        allowed=tuple(reader.key for reader in DATABASES),
    )


def _is_xml(head: bytes) -> bool:
    text = head.replace(b"\x00", b"")
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        text = text.removeprefix(mark)
    return text.lstrip().startswith(b"<")


def _is_project(path: Path) -> bool:
    """Return whether a zip is a REFI-QDA project; anything else that is zipped is a workbook or nothing."""
    with Archive(path) as archive:
        names = [name.lower() for name in archive.names]
    if any(name.endswith(".qde") for name in names):
        return True
    if not any(name.endswith(("workbook.xml", "workbook.bin", "content.xml")) for name in names):
        raise DataError(
            "the archive holds neither a project file (*.qde) nor a workbook",
            where=path.name,
            fix="export the project again as REFI-QDA (.qdpx), or unpack the archive and name what is in it",
        )
    return False


def _sheets_of_coders(path: Path, first: Sheet) -> Sheet | None:
    """Join the sheets of a workbook where all have the same columns and none names a coder: one sheet a coder."""
    others = []
    for name in first.sheets:
        if name != first.name:
            with contextlib.suppress(DataError):  # an empty sheet is no coder's
                others.append(read_sheet(path, sheet=name))
    columns = list(first.frame.columns)
    same = [other for other in others if list(other.frame.columns) == columns]
    if not same or any("coder" in plain.fields_of(sheet) for sheet in (first, *same)):
        return None
    parts = [first, *same]
    frame = pd.concat([part.frame.assign(coder=part.name) for part in parts], ignore_index=True)
    rows = pd.concat([pd.Series(part.rows) for part in parts]).to_numpy()
    return Sheet(
        frame, rows, "", "", tuple(note for part in parts for note in part.notes), "", first.sheets, first.file
    )


def _read_table(table: Sheet, codebook: Iterable[str]) -> Export:
    for reader in SHEETS:
        if reader.claims(table):
            if reader.key == atlasti.KEY:
                return atlasti.read(table, codebook)
            return reader.read(table)
    if any(re.search(r"\nGr=\d+$", str(column)) for column in table.frame.columns):
        raise DataError(
            "this is a table of counts from ATLAS.ti; it holds no codings",
            where=table.file,
            fix="export the quotations with their codes (quotation manager) instead",
        )
    raise DataError(
        "no reader knows this table by its headers",
        where=table.file,
        allowed=tuple(str(column) for column in table.frame.columns),
        fix="say under `columns:` which column holds the source, the code, the coder ...",
    )
