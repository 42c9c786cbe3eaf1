"""Excel workbooks that are the same bytes each time they are made from the same content."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

#: The earliest moment that a zip archive can hold, in place of the clock.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_CLOCK = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms)")

_HEAD = PatternFill("solid", fgColor="E4E9F0")


def workbook_bytes(workbook: Workbook) -> bytes:
    """Return a workbook as an .xlsx file without any time in it."""
    raw = io.BytesIO()
    workbook.save(raw)
    packed = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w") as target:
        for name in sorted(source.namelist(), key=lambda entry: (entry != "[Content_Types].xml", entry)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _CLOCK.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", content)
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            target.writestr(entry, content)
    return packed.getvalue()


def write_rows(sheet: Worksheet, rows: Sequence[Sequence[object]], *, widths: Sequence[float] = ()) -> None:
    """Write rows below one another, the first as a heading that stays in view.

    Parameters
    ----------
    sheet : Worksheet
        An empty sheet.
    rows : sequence of rows
        Numbers stay numbers; every text is written as text, also where it begins with ``=``.
    widths : sequence of float
        Widths of the columns, in characters.
    """
    for i, row in enumerate(rows, start=1):
        for j, value in enumerate(row, start=1):
            write_text(sheet.cell(row=i, column=j), value, head=i == 1)
    for j, width in enumerate(widths, start=1):
        sheet.column_dimensions[sheet.cell(row=1, column=j).column_letter].width = width
    sheet.freeze_panes = "A2"


def write_text(cell: Cell, value: object, *, head: bool = False) -> None:
    """Write one cell, wrapped at its top; a heading is bold on a ground."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if head:
        cell.font = Font(bold=True)
        cell.fill = _HEAD
