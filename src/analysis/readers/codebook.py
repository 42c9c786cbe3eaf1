"""Codebooks: read the codes of any file that holds some, and say what changed between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import DataError
from analysis.readers.hierarchy import SEPARATOR, parent_of
from analysis.readers.model import Note
from analysis.readers.registry import read_export

CHANGES = ("removed", "added", "renamed", "moved", "redefined")
"""What can happen to a code; a renamed or moved code may be redefined as well."""


@dataclass(frozen=True, slots=True)
class Codebook:
    """The codes of a file.

    Attributes
    ----------
    codes : DataFrame
        `path`, `guid`, `description`, `parent`, `codable`, `file`.
    format : str
        The registry's key of the format.
    report : tuple of Note
        How it was read.
    """

    codes: pd.DataFrame
    format: str
    report: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class CodebookChanges:
    """What changed between two versions of a codebook.

    Attributes
    ----------
    table : DataFrame
        One row a change: `change` (one of `CHANGES`), `before` and `after` (paths), `description_before`,
        `description_after`.
    summary : str
        One sentence with the counts.
    """

    table: pd.DataFrame
    summary: str


def read_codebook(path: str | Path, column_map: Mapping[str, Any] | None = None) -> Codebook:
    """Read the codes of a codebook (qdc, Taguette, ATLAS.ti, a sheet of one's own) or of any export.

    Parameters
    ----------
    path : str or Path
        The file.
    column_map : mapping, optional
        As for `read_export`.

    Raises
    ------
    DataError
        The file can't be read, or holds no codes.
    """
    export = read_export(path, column_map)
    if export.codes.empty:
        raise DataError("the file holds no codes", where=Path(path).name)
    return Codebook(export.codes, export.format, export.report)


def compare_codebooks(before: pd.DataFrame, after: pd.DataFrame) -> CodebookChanges:
    """Say what changed between two versions of a codebook.

    A code is the same in both if its GUID is, else if its path is, else (moved) if its name stands in both once
    only, else (renamed) if its description does. Spelling is never guessed at.

    Parameters
    ----------
    before, after : DataFrame
        Codes tables (`path`, `guid`, `description`).

    Returns
    -------
    CodebookChanges
    """
    old, new = _keyed(before), _keyed(after)
    pairs = _pairs(old, new)
    rows: list[tuple[object, ...]] = []
    for first, second in pairs:
        rows += _changes(old.loc[first], new.loc[second])
    gone = old.index.difference([first for first, _ in pairs], sort=False)
    come = new.index.difference([second for _, second in pairs], sort=False)
    rows += [("removed", path, None, old.loc[path, "description"], None) for path in gone]
    rows += [("added", None, path, None, new.loc[path, "description"]) for path in come]
    columns = ["change", "before", "after", "description_before", "description_after"]
    table = pd.DataFrame(rows, columns=columns).astype("str")
    counts = table["change"].value_counts()
    said = ", ".join(f"{counts.get(change, 0)} {change}" for change in CHANGES)
    return CodebookChanges(table, f"Of {len(old)} codes before and {len(new)} after: {said}.")


def _keyed(codes: pd.DataFrame) -> pd.DataFrame:
    frame = codes.drop_duplicates("path").set_index("path", drop=False)
    text = frame["description"].astype(object).where(frame["description"].notna(), None)
    guid = frame["guid"].astype("str").str.strip("{}").str.lower()
    leaf = [path.rpartition(SEPARATOR)[2] for path in frame.index]
    return pd.DataFrame({"path": frame.index, "description": text, "guid": guid, "leaf": leaf}, index=frame.index)


def _pairs(old: pd.DataFrame, new: pd.DataFrame) -> list[tuple[str, str]]:
    """Match codes of two versions by the surest thing first; each code is matched once."""
    pairs: list[tuple[str, str]] = []
    left, right = old, new
    for key in ("guid", "path", "leaf", "description"):
        first, second = _once(left[key]), _once(right[key])
        pairs += [(first[value], second[value]) for value in first if value in second]
        left = left.drop(index=[one for one, _ in pairs if one in left.index])
        right = right.drop(index=[one for _, one in pairs if one in right.index])
    return pairs


def _once(values: pd.Series) -> dict[str, str]:
    """Return the path of every filled value that stands there once only."""
    filled = values.dropna()
    filled = filled[(filled != "") & ~filled.duplicated(keep=False)]
    return {str(value): str(path) for path, value in filled.items()}


def _changes(old: pd.Series, new: pd.Series) -> list[tuple[object, ...]]:
    said = []
    if old["leaf"] != new["leaf"]:
        said.append("renamed")
    if parent_of(old["path"]) != parent_of(new["path"]):
        said.append("moved")
    if (old["description"] or "") != (new["description"] or ""):
        said.append("redefined")
    return [(change, old["path"], new["path"], old["description"], new["description"]) for change in said]
