"""Tables of codings that people make themselves: long, wide (`Code 1 ... Code 8`), graded, or by a column map."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import DataError
from analysis.readers.hierarchy import split_levels
from analysis.readers.languages import PLAIN
from analysis.readers.model import Export, Note, Sheet
from analysis.readers.tabular import Cells, export_of, find_fields, fold, numbers

LONG, WIDE, GRADED, MAPPED = "long", "wide", "graded", "mapped"

FIELDS = ("source", "code", "coder", "text", "start", "end", "unit", "weight")
"""What a column map may name; `code` may name several columns, `codes` maps columns of grades to codes."""

_NUMBERED = re.compile(r"^(?:code|tag|theme|node|kod|kode|codigo|thema)s? ?\d+$")
_SEPARATORS = (" > ", "::", "\\")
_MISSING = {"off", "select", "don't know", "dont know", "don’t know", "n/a", "na", "-", "."}


def fields_of(sheet: Sheet) -> dict[str, str]:
    """Return which columns of a sheet hold which fields, by their headers."""
    return find_fields(sheet.frame.columns, PLAIN)


def numbered_columns(sheet: Sheet) -> list[str]:
    """Return the columns `Code 1`, `Code 2` ... of a sheet."""
    return [column for column in sheet.frame.columns if _NUMBERED.match(fold(column))]


def claims_long(sheet: Sheet) -> bool:
    """Return whether a sheet has one coding a row."""
    fields = fields_of(sheet)
    return {"source", "code"} <= set(fields) and bool({"coder", "text", "start", "weight"} & set(fields))


def claims_wide(sheet: Sheet) -> bool:
    """Return whether a sheet has several codes a row, in numbered columns."""
    return "source" in fields_of(sheet) and len(numbered_columns(sheet)) >= 2


def graded_columns(sheet: Sheet) -> list[str]:
    """Return the columns of a sheet that hold only grades: whole numbers from 0 to 10, or nothing."""
    fields = fields_of(sheet)
    others = [column for column in sheet.frame.columns if column not in fields.values()]
    return [column for column in others if _is_graded(sheet.frame[column])]


def claims_graded(sheet: Sheet) -> bool:
    """Return whether a sheet has one column of grades a code, a segment or document a row."""
    fields = fields_of(sheet)
    return "source" in fields and "code" not in fields and len(graded_columns(sheet)) >= 2


def _is_graded(cells: pd.Series) -> bool:
    filled = pd.unique(cells.dropna().str.strip())
    return 0 < len(filled) <= 12 and all(value.isdigit() and int(value) <= 10 for value in filled)


def read_long(sheet: Sheet) -> Export:
    """Read one coding a row."""
    return _read(LONG, sheet, fields_of(sheet))


def read_wide(sheet: Sheet) -> Export:
    """Read several codes a row, in numbered columns."""
    fields: dict[str, Any] = {**fields_of(sheet), "code": numbered_columns(sheet)}
    return _read(WIDE, sheet, fields)


def read_graded(sheet: Sheet) -> Export:
    """Read one column of grades a code: a grade above zero is a coding of that weight, zero is none."""
    return _read(GRADED, sheet, fields_of(sheet), {name: name for name in graded_columns(sheet)})


def read_mapped(sheet: Sheet, column_map: Mapping[str, Any]) -> Export:
    """Read any sheet by a column map.

    Parameters
    ----------
    sheet : Sheet
        As read.
    column_map : mapping
        Field to column for the fields of `FIELDS`; `code` may be a list of columns; `codes` maps columns of grades
        to codes (or lists them), instead of `code`.

    Raises
    ------
    DataError
        An unknown field, a column that the sheet has not, or no column for source and code.
    """
    known = (*FIELDS, "codes")
    for field in column_map:
        if field not in known:
            raise DataError("the column map names an unknown field", where=sheet.file, value=field, allowed=known)
    grades = column_map.get("codes") or {}
    grades = dict(grades) if isinstance(grades, Mapping) else {name: name for name in grades}
    fields = {field: column for field, column in column_map.items() if field != "codes" and column}
    for column in [*_flat(fields.values()), *grades]:
        if column not in sheet.frame.columns:
            raise DataError(
                "the column map names a column that the file has not",
                where=sheet.file,
                value=column,
                allowed=tuple(sheet.frame.columns),
            )
    if "source" not in fields or not ("code" in fields or grades):
        raise DataError(
            "the column map needs a column for `source`, and one for `code` (or several under `codes`)",
            where=sheet.file,
            allowed=tuple(sheet.frame.columns),
            fix="write for instance {source: Interview, code: Theme, coder: Rater} under `columns:`",
        )
    return _read(MAPPED, sheet, fields, grades)


def _flat(columns: Any) -> list[str]:
    return [name for column in columns for name in ([column] if isinstance(column, str) else column)]


def _read(key: str, sheet: Sheet, fields: Mapping[str, Any], grades: Mapping[str, str] | None = None) -> Export:
    notes: list[Note] = []
    if grades:
        at, codes, weights = _grades(sheet, grades, notes)
    else:
        columns = [fields["code"]] if isinstance(fields["code"], str) else fields["code"]
        at, codes = _stacked(sheet, columns)
        weights = None
    frame = sheet.frame
    taken = {
        name: frame[fields[name]].iloc[at].reset_index(drop=True)
        for name in ("coder", "start", "end", "text", "weight")
        if name in fields
    }
    if weights is not None:
        taken["weight"] = weights
    cells = Cells(
        source=frame[fields["source"]].iloc[at].reset_index(drop=True),
        code=codes.map({code: split_levels(code, _SEPARATORS) for code in codes.dropna().unique()}),
        rows=sheet.rows[at],
        unit=_unit(sheet, fields),
        **taken,
    )
    used = {*_flat(fields.values()), *(grades or {})}
    return export_of(key, sheet, cells, used=used, notes=notes)


def _unit(sheet: Sheet, fields: Mapping[str, Any]) -> str:
    """Return what positions count: the sheet's word for it where it has one word, else characters."""
    if "unit" in fields:
        units = sheet.frame[fields["unit"]].dropna().str.strip().unique()
        return str(units[0]) if len(units) == 1 else ""
    return "character"


def _stacked(sheet: Sheet, columns: Sequence[str]) -> tuple[np.ndarray, pd.Series]:
    """Return row and code of every filled cell of the code columns; a row without any keeps one empty cell."""
    if len(columns) == 1:
        return np.arange(len(sheet.frame)), sheet.frame[columns[0]]
    filled = sheet.frame[list(columns)].notna().to_numpy()
    filled[:, 0] |= ~filled.any(axis=1)
    at, which = np.nonzero(filled)
    values = sheet.frame[list(columns)].to_numpy(dtype=object)[at, which]
    return at, pd.Series(values, dtype="str")


def _grades(sheet: Sheet, grades: Mapping[str, str], notes: list[Note]) -> tuple[np.ndarray, pd.Series, pd.Series]:
    """Return row, code and weight of every grade above zero."""
    at, codes, weights = [], [], []
    for column, code in grades.items():
        cells = sheet.frame[column]
        cells = cells.where(~cells.str.strip().str.lower().isin(_MISSING))
        values, odd = numbers(cells)
        if odd.any():
            what = f"column {column!r}: cells are no numbers and are not read"
            notes.append(Note("error", what, sheet.file, int(sheet.rows[odd][0]), int(odd.sum())))
        here = np.flatnonzero(values > 0)
        at.append(here)
        codes.append(np.full(len(here), code, dtype=object))
        weights.append(cells.to_numpy(dtype=object)[here])
    rows = np.concatenate(at)
    order = np.argsort(rows, kind="stable")
    found = pd.DataFrame({"code": np.concatenate(codes)[order], "weight": np.concatenate(weights)[order]}, dtype="str")
    return rows[order], found["code"], found["weight"]
