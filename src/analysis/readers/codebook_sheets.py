"""Codebooks kept in tables: code managers of ATLAS.ti, and sheets that people write themselves."""

from __future__ import annotations

import pandas as pd

from analysis.readers.hierarchy import SEPARATOR, codes_of_paths, split_levels
from analysis.readers.languages import ATLASTI_CODES, CODEBOOK
from analysis.readers.model import ATTRIBUTES, CODINGS, SOURCES, Export, Sheet, table
from analysis.readers.tabular import find_fields

KEY = "codebook"
ATLASTI_KEY = "atlasti-codebook"
_BULLETS = "●○•◦ \t"


def claims_atlasti(sheet: Sheet) -> bool:
    """Return whether a sheet is a code manager or codebook of ATLAS.ti."""
    fields = find_fields(sheet.frame.columns, ATLASTI_CODES)
    return "code" in fields and len(fields) >= 3 and "source" not in fields


def read_atlasti(sheet: Sheet) -> Export:
    """Read a code manager: categories bear a bullet, their codes stand below them in the next column."""
    fields = find_fields(sheet.frame.columns, ATLASTI_CODES)
    frame = sheet.frame
    names = frame[fields["code"]].str.strip(_BULLETS)
    below = frame["column 2"].str.strip(_BULLETS) if "column 2" in frame.columns else names.where(names.isna())
    above = names.ffill()
    paths = names.where(below.isna(), above + SEPARATOR + below)
    known = set(names.dropna())
    memo = frame[fields["description"]] if "description" in fields else pd.Series(None, index=frame.index)
    details = {
        _path(path, known): {"description": text}
        for path, text in zip(paths, memo.astype(object), strict=True)
        if not pd.isna(path)
    }
    return _export(ATLASTI_KEY, sheet, details)


def claims(sheet: Sheet) -> bool:
    """Return whether a sheet is a codebook: codes with definitions, and no documents."""
    fields = find_fields(sheet.frame.columns, CODEBOOK)
    return {"code", "description"} <= set(fields)


def read(sheet: Sheet) -> Export:
    """Read a codebook that someone wrote: code, definition, and its parent or group where there is one."""
    fields = find_fields(sheet.frame.columns, CODEBOOK)
    frame = sheet.frame.dropna(subset=[fields["code"]])
    details: dict[str, dict[str, object]] = {}
    for row in frame.itertuples(index=False):
        cells = dict(zip(frame.columns, row, strict=True))
        path = split_levels(str(cells[fields["code"]]), (SEPARATOR, "::", "\\"))
        parent = cells.get(fields.get("parent", ""))
        if isinstance(parent, str) and parent.strip() and SEPARATOR not in path:
            path = f"{split_levels(parent, (SEPARATOR, '::'))}{SEPARATOR}{path}"
        details[path] = {"description": cells[fields["description"]], "guid": cells.get(fields.get("guid", ""))}
    return _export(KEY, sheet, details)


def _path(name: str, known: set[str]) -> str:
    if SEPARATOR in name or "::" in name:
        return split_levels(name, ("::",))
    before, colon, after = name.partition(": ")
    return f"{before}{SEPARATOR}{after}" if colon and before in known and after.strip() else name


def _export(key: str, sheet: Sheet, details: dict[str, dict[str, object]]) -> Export:
    clean = {
        path: {name: value for name, value in found.items() if isinstance(value, str)}
        for path, found in details.items()
    }
    codes = codes_of_paths(clean, sheet.file, clean)
    return Export(key, table(CODINGS, []), table(SOURCES, []), codes, table(ATTRIBUTES, []), sheet.notes)
