"""Taguette: highlights as CSV or xlsx, one row a highlight and tag; its codebook as CSV or xlsx."""

from __future__ import annotations

from analysis.readers.hierarchy import codes_of_paths
from analysis.readers.model import ATTRIBUTES, CODINGS, SOURCES, Export, Sheet, table
from analysis.readers.tabular import Cells, export_of

KEY = "taguette-highlights"
CODEBOOK_KEY = "taguette-codebook"


def claims(sheet: Sheet) -> bool:
    """Return whether a sheet holds highlights."""
    return {"id", "document", "tag", "content"} == {column.lower() for column in sheet.frame.columns}


def read(sheet: Sheet) -> Export:
    """Read highlights; the export names no coder and no positions."""
    frame = sheet.frame.rename(columns=str.lower)
    cells = Cells(source=frame["document"], code=frame["tag"].str.strip(), rows=sheet.rows, text=frame["content"])
    return export_of(KEY, sheet, cells, used=set(sheet.frame.columns))


def claims_codebook(sheet: Sheet) -> bool:
    """Return whether a sheet is a codebook of Taguette."""
    return {"tag", "description", "number of highlights"} <= {column.lower() for column in sheet.frame.columns}


def read_codebook_sheet(sheet: Sheet) -> Export:
    """Read a codebook into the codes table."""
    frame = sheet.frame.rename(columns=str.lower).dropna(subset=["tag"])
    details = {
        tag.strip(): {"description": text}
        for tag, text in zip(frame["tag"], frame["description"].astype(object), strict=True)
    }
    codes = codes_of_paths(details, sheet.file, details)
    empty = table(CODINGS, []), table(SOURCES, []), codes, table(ATTRIBUTES, [])
    return Export(CODEBOOK_KEY, *empty, sheet.notes)
