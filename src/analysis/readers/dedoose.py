"""Dedoose: excerpts with one group of columns a code (`Code: X Applied`, `Code: X Weight`)."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analysis.readers.hierarchy import split_levels
from analysis.readers.model import Export, Note, Sheet
from analysis.readers.tabular import Cells, export_of, find_fields

KEY = "dedoose"

_FIELDS = {
    "source": ("Media Title", "Resource Title", "Document"),
    "text": ("Excerpt Copy", "Excerpt Text"),
    "range": ("Excerpt Range",),
    "coder": ("Excerpt Creator",),
    "combined": ("Codes Applied Combined", "Codes Applied"),
}
_OTHERS = re.compile(
    r"^(?:Excerpt Date|Resource (?:Creator|Date)|Code Count|Codes Applied.*|Excerpt ID)$", re.IGNORECASE
)
_CODE = re.compile(r"^Code: (?P<name>.+) (?P<what>Applied|Range|Weight)$", re.DOTALL)
_RANGE = re.compile(r"(\d+)\s*[-–:]\s*(\d+)\s*$")
_TRUE = {"true", "1", "yes", "y", "x", "applied"}


def claims(sheet: Sheet) -> bool:
    """Return whether a sheet is a table of excerpts."""
    fields = find_fields(sheet.frame.columns, _FIELDS)
    coded = any(_CODE.match(column) for column in sheet.frame.columns)
    return {"source", "text"} <= set(fields) and (coded or "combined" in fields)


def read(sheet: Sheet) -> Export:
    """Read a table of excerpts; a code's weight is its intensity, an excerpt's range counts characters."""
    frame = sheet.frame
    fields = find_fields(frame.columns, _FIELDS)
    columns: dict[str, dict[str, str]] = {}
    for column in frame.columns:
        if match := _CODE.match(column):
            columns.setdefault(match["name"].strip(), {})[match["what"]] = column
    if any("Applied" in parts for parts in columns.values()):
        at, codes, weights = _by_columns(frame, columns)
        notes = []
    else:
        at, codes, weights = _by_list(frame[fields["combined"]])
        notes = [
            Note(
                "warning",
                "codes come from one column joined by commas; names with commas fall apart",
                sheet.file,
            )
        ]
    order = np.argsort(at, kind="stable")
    at = at[order]
    start, end = _ranges(frame[fields["range"]]) if "range" in fields else (None, None)
    cells = Cells(
        source=_taken(frame[fields["source"]], at),
        code=pd.Series(codes[order], dtype="str"),
        rows=sheet.rows[at],
        coder=_taken(frame[fields["coder"]], at) if "coder" in fields else None,
        text=_taken(frame[fields["text"]], at),
        start=None if start is None else _taken(start, at),
        end=None if end is None else _taken(end, at),
        weight=pd.Series(weights[order], dtype="str"),
        unit="character",
    )
    skipped = [column for column in frame.columns if _OTHERS.match(column) or _CODE.match(column)]
    uncoded = np.setdiff1d(np.arange(len(frame)), at)
    if len(uncoded):
        notes.append(Note("info", "excerpts without a code", sheet.file, int(sheet.rows[uncoded[0]]), len(uncoded)))
    return export_of(KEY, sheet, cells, used=set(fields.values()), skipped=skipped, notes=notes)


def _taken(cells: pd.Series, at: np.ndarray) -> pd.Series:
    return cells.iloc[at].reset_index(drop=True)


def _by_columns(frame: pd.DataFrame, columns: dict[str, dict[str, str]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return row, code and weight (as text) of every cell of an `Applied` column that says yes."""
    at, codes, weights = [], [], []
    for name, parts in columns.items():
        if "Applied" not in parts:
            continue
        here = np.flatnonzero(frame[parts["Applied"]].str.strip().str.lower().isin(_TRUE).to_numpy())
        at.append(here)
        codes.append(np.full(len(here), split_levels(name, ("\\",)), dtype=object))
        weight = frame[parts["Weight"]].to_numpy(dtype=object)[here] if "Weight" in parts else [None] * len(here)
        weights.append(np.asarray(weight, dtype=object))
    return np.concatenate(at), np.concatenate(codes), np.concatenate(weights)


def _by_list(cells: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    parts = cells.str.split(",").explode().str.strip().replace("", None).dropna()
    at = cells.index.get_indexer(parts.index)
    return at, parts.to_numpy(dtype=object), np.full(len(parts), None, dtype=object)


def _ranges(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    parts = cells.str.extract(_RANGE)
    return parts[0].astype("str"), parts[1].astype("str")
