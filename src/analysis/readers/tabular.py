"""What all readers of coded tables share: fields found by header, and the way from cells to an export."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError
from analysis.readers.damage import damaged_cells
from analysis.readers.hierarchy import codes_of_paths
from analysis.readers.model import ATTRIBUTES, CODINGS, SOURCES, Export, Level, Note, Sheet, table

_UNMARKED = str.maketrans({"ł": "l", "Ł": "l", "ß": "ss", "ø": "o", "đ": "d", "æ": "ae"})
_MOST_ATTRIBUTES = 200
_CLOCK = r"^\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d+)?$"


@dataclass(frozen=True, slots=True)
class Cells:
    """Codings of one sheet, one entry a coding; every series but `rows` may be None where the sheet has none.

    Attributes
    ----------
    source, code : Series of str
        Missing where the cell is empty.
    coder, start, end, text, weight : Series of str, optional
        Cells as they stand.
    rows : ndarray of int64
        Row numbers in the file.
    unit : str
        What plain numbers in `start` and `end` count.
    """

    source: pd.Series
    code: pd.Series
    rows: np.ndarray
    coder: pd.Series | None = None
    start: pd.Series | None = None
    end: pd.Series | None = None
    text: pd.Series | None = None
    weight: pd.Series | None = None
    unit: str = ""


def fold(header: str) -> str:
    """Return a header for comparing: small letters, no accents, single blanks, no marks at the ends."""
    plain = unicodedata.normalize("NFKD", header.translate(_UNMARKED).casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(plain.replace("_", " ").split()).strip(" :|.*")


def find_fields(columns: Iterable[str], names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return which column holds each field.

    Parameters
    ----------
    columns : iterable of str
        The headers of a sheet.
    names : mapping of str to sequence of str
        Headers by field, the more telling first.

    Returns
    -------
    dict of str to str
        Field to column; a field no header matches is left out.
    """
    folded: dict[str, str] = {}
    for column in columns:
        folded.setdefault(fold(column), column)
    found: dict[str, str] = {}
    for field, wanted in names.items():
        column = next((folded[fold(name)] for name in wanted if fold(name) in folded), "")
        if column and column not in found.values():
            found[field] = column
    return found


def numbers(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return cells as numbers (NaN where they are none), and which filled cells are none.

    A decimal comma is read; what a spreadsheet has damaged is not.
    """
    plain = cells.str.strip().str.replace(r"^(-?\d+),(\d+)$", r"\1.\2", regex=True)
    values = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.where(np.isfinite(values), values, np.nan)
    return values, (np.isnan(values) & cells.notna().to_numpy())


def positions(cells: pd.Series, unit: str) -> tuple[np.ndarray, np.ndarray]:
    """Return positions and their units: plain numbers count `unit`, `1:02:03.5` is milliseconds."""
    values, odd = numbers(cells)
    units = np.full(len(values), unit or None, dtype=object)
    units[np.isnan(values)] = None
    clocks = odd & cells.str.strip().str.match(_CLOCK).fillna(value=False).to_numpy(dtype=bool)
    for index in np.flatnonzero(clocks):
        parts = [float(part.replace(",", ".")) for part in str(cells.iloc[index]).strip().split(":")]
        values[index] = 1000 * sum(part * 60**power for power, part in enumerate(reversed(parts)))
        units[index] = "millisecond"
    return values, units


def export_of(
    key: str,
    sheet: Sheet,
    cells: Cells,
    *,
    used: Collection[str] = (),
    skipped: Collection[str] = (),
    group: str | None = None,
    descriptions: Mapping[str, str] | None = None,
    notes: Sequence[Note] = (),
) -> Export:
    """Return the export of a coded sheet.

    Parameters
    ----------
    key : str
        The format's key.
    sheet : Sheet
        As read.
    cells : Cells
        Its codings. Rows without a code are left out and told; a row without a source stops the reading.
    used, skipped : collection of str
        Columns that are codings' own, and columns that are known and not wanted. Any other column that has one
        value a source becomes an attribute of the source.
    group : str, optional
        The column that names the group of a source.
    descriptions : mapping of str to str, optional
        Descriptions of codes by path.
    notes : sequence of Note
        To stand in the report after those of the sheet.
    """
    told = _Notes(sheet.file, [*sheet.notes, *notes])
    coded = cells.code.notna().to_numpy()
    told("info", "rows without a code are no codings", cells.rows[~coded])
    homeless = coded & cells.source.isna().to_numpy()
    if homeless.any():
        raise DataError(
            f"{int(homeless.sum())} coded row(s) name no document",
            where=f"{sheet.file}, row {int(cells.rows[homeless][0])}",
            fix="fill the column of documents, or leave these rows out of the file",
        )
    codings = _codings(cells, coded, sheet.file, told)
    details = {path: {"description": text} for path, text in (descriptions or {}).items()}
    known = [*details, *pd.unique(codings["code"])]
    return Export(
        key,
        codings,
        _sources(sheet, cells, group),
        codes_of_paths(known, sheet.file, details),
        _attributes(sheet, cells, {*used, *skipped}, told),
        tuple(told.notes),
    )


class _Notes:
    def __init__(self, file: str, notes: list[Note]) -> None:
        self.file = file
        self.notes = notes

    def __call__(self, level: Level, what: str, rows: np.ndarray) -> None:
        if len(rows):
            self.notes.append(Note(level, what, self.file, int(rows[0]), len(rows)))


def _codings(cells: Cells, coded: np.ndarray, file: str, told: _Notes) -> pd.DataFrame:
    rows = cells.rows[coded]

    def taken(series: pd.Series) -> pd.Series:
        return series[coded].reset_index(drop=True)

    data: dict[str, object] = {"source": taken(cells.source).str.strip(), "code": taken(cells.code), "row": rows}
    if cells.coder is not None:
        data["coder"] = taken(cells.coder).str.strip()
    if cells.text is not None:
        data["text"] = taken(cells.text)
    for field in ("start", "end"):
        series = getattr(cells, field)
        if series is not None:
            data[field], units = positions(series[coded], cells.unit)
            data.setdefault("unit", units)
            odd = series[coded].notna().to_numpy() & np.isnan(np.asarray(data[field], dtype=np.float64))
            told("warning", f"cells of the {field} of a segment are no positions; left missing", rows[odd])
    if cells.weight is not None:
        weight, odd = numbers(cells.weight[coded])
        damaged = odd & damaged_cells(cells.weight[coded])
        told(
            "warning",
            "weights look changed by a spreadsheet (a date for a range); left missing",
            rows[damaged],
        )
        told("error", "weights are no numbers; left missing", rows[odd & ~damaged])
        data["weight"] = weight
    return table(CODINGS, data).assign(file=pd.Series(file, index=range(len(rows)), dtype="str"))


def _sources(sheet: Sheet, cells: Cells, group: str | None) -> pd.DataFrame:
    named = cells.source.dropna().str.strip()
    first = named[~named.duplicated()]
    rows: dict[str, object] = {
        "source": first.to_numpy(dtype=object),
        "name": first.to_numpy(dtype=object),
        "kind": np.full(len(first), "text", dtype=object),
        "file": np.full(len(first), sheet.file, dtype=object),
    }
    if group is not None:
        at = pd.Series(sheet.rows).searchsorted(cells.rows[cells.source.notna().to_numpy()][~named.duplicated()])
        rows["group"] = sheet.frame[group].to_numpy(dtype=object)[at]
    return table(SOURCES, rows)


def _attributes(sheet: Sheet, cells: Cells, known: Collection[str], told: _Notes) -> pd.DataFrame:
    """Make attributes of the columns that have one value for each source."""
    others = [column for column in sheet.frame.columns if column not in known]
    if not others or not len(cells.rows):
        return table(ATTRIBUTES, [])
    at = pd.Series(sheet.rows).searchsorted(cells.rows)
    named = cells.source.str.strip().to_numpy(dtype=object)
    frames, left = [], []
    for column in others[:_MOST_ATTRIBUTES]:
        pairs = pd.DataFrame({"owner": named, "value": sheet.frame[column].to_numpy(dtype=object)[at]})
        pairs = pairs.dropna().drop_duplicates()
        if pairs["owner"].duplicated().any():
            left.append(column)
        elif len(pairs):
            frames.append(pairs.assign(owner_kind="source", name=column, file=sheet.file))
    left += others[_MOST_ATTRIBUTES:]
    if left:
        shown = ", ".join(repr(column[:40]) for column in left[:8])
        told.notes.append(Note("info", f"columns not read: {shown}", sheet.file, None, len(left)))
    return table(ATTRIBUTES, pd.concat(frames) if frames else [])
