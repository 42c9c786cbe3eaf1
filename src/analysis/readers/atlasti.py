"""ATLAS.ti: tables of quotations, whose codes are joined by commas although code names contain commas."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from analysis.readers.hierarchy import SEPARATOR, split_levels
from analysis.readers.joined_codes import part_codes
from analysis.readers.languages import ATLASTI
from analysis.readers.model import Export, Note, Sheet
from analysis.readers.tabular import Cells, export_of, find_fields, fold, numbers

KEY = "atlasti-quotations"


def _headers() -> dict[str, tuple[str, ...]]:
    fields = dict.fromkeys(name for headers in ATLASTI.values() for name in headers)
    return {field: tuple(name for headers in ATLASTI.values() for name in headers[field]) for field in fields}


def claims(sheet: Sheet) -> bool:
    """Return whether a sheet is a table of quotations."""
    fields = find_fields(sheet.frame.columns, _headers())
    return {"source", "codes", "number", "text"} <= set(fields) and bool({"reference", "count"} & set(fields))


def read(sheet: Sheet, codebook: Iterable[str] = ()) -> Export:
    """Read a table of quotations.

    Parameters
    ----------
    sheet : Sheet
        As read.
    codebook : iterable of str
        Names of codes, as ATLAS.ti writes them, that help to part joined codes. Names are learnt from the table
        itself too: from quotations with one code, and from those whose parts are as many as *Number of Codes*.
    """
    headers = _headers()
    frame = sheet.frame
    fields = find_fields(frame.columns, headers)
    count = numbers(frame[fields["count"]])[0] if "count" in fields else np.full(len(frame), np.nan)
    parted, doubtful = part_codes(frame[fields["codes"]], count, codebook)
    names = {name for parts in parted for name in parts}
    paths = {name: _path(name, names | set(codebook)) for name in names}
    repeats = np.array([max(len(parts), 1) for parts in parted], dtype=np.int64)
    at = np.repeat(np.arange(len(frame)), repeats)
    codes = [paths.get(name) for parts in parted for name in (parts or [""])]
    cells = Cells(
        source=frame[fields["source"]].iloc[at].reset_index(drop=True),
        code=pd.Series(codes, dtype="str"),
        rows=sheet.rows[at],
        text=frame[fields["text"]].iloc[at].reset_index(drop=True),
        unit="paragraph",
        **{
            name: frame[fields[name]].iloc[at].reset_index(drop=True)
            for name in ("coder", "start", "end")
            if name in fields
        },
    )
    notes = []
    if doubtful:
        what = "joined codes could not be parted for certain; read as the longest known names"
        notes.append(Note("warning", what, sheet.file, int(sheet.rows[doubtful[0]]), len(doubtful)))
    return export_of(
        KEY,
        sheet,
        cells,
        used=set(fields.values()),
        skipped=[column for column in frame.columns if fold(column) in {fold(name) for name in headers["other"]}],
        group=fields.get("group"),
        notes=notes,
    )


def _path(name: str, names: Collection[str]) -> str:
    """Return a code's path: levels are parted by `::`, and by a colon where what stands before it is a code."""
    if "::" in name:
        return split_levels(name, ("::",))
    before, colon, after = name.partition(": ")
    return f"{before}{SEPARATOR}{after}" if colon and before in names and after.strip() else name
