"""Files whose bytes depend on nothing but their content: ZIP archives, workbooks and SQLite databases."""

from __future__ import annotations

import io
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from analysis.example.exports.bundle import STAMP

_MOMENT = datetime.fromisoformat(STAMP)


def write_zip(path: Path, members: Mapping[str, bytes]) -> None:
    """Write an archive with all members dated alike and readable by all."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, (_MOMENT.year, _MOMENT.month, _MOMENT.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)


def write_workbook(path: Path, sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[object]]]]) -> None:
    """Write a workbook of sheets (header, rows), without the time of writing."""
    book = Workbook()
    book.remove(book.active)
    for title, (header, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(list(header))
        for row in rows:
            sheet.append(list(row))
    book.properties.creator = "example study"
    book.properties.created = book.properties.modified = _MOMENT
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    stamp = f"{STAMP}T00:00:00Z".encode()
    core = "docProps/core.xml"
    members[core] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, members[core])
    write_zip(path, members)


def write_database(
    path: Path, schema: str, tables: Mapping[str, tuple[Sequence[str], Iterable[Sequence[object]]]]
) -> None:
    """Write a SQLite database from its schema and rows; the file is replaced."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.executescript(schema)
        for name, (columns, rows) in tables.items():
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows)
        connection.commit()
        connection.execute("VACUUM")
    finally:
        connection.close()
    _stamp_database(path)


def _stamp_database(path: Path) -> None:
    """Blank what differs between SQLite versions in the header: change counters and version number."""
    content = bytearray(path.read_bytes())
    content[24:28] = content[92:96] = (1).to_bytes(4, "big")
    content[96:100] = bytes(4)
    path.write_bytes(bytes(content))
