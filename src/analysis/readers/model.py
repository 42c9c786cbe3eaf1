"""What every reader returns: notes, sheets and exports, and the columns of their tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

Level = Literal["info", "warning", "error"]

CODINGS = ("source", "coder", "code", "start", "end", "unit", "text", "weight", "file", "row")
SOURCES = ("source", "name", "kind", "group", "words", "characters", "offsets", "file")
CODES = ("path", "guid", "description", "parent", "codable", "file")
ATTRIBUTES = ("owner", "owner_kind", "name", "value", "file")

_NUMBERS = {"start", "end", "weight"}
_WHOLE = {"words", "characters", "row"}
_TRUTHS = {"codable"}


@dataclass(frozen=True, slots=True)
class Note:
    """One line of an import report.

    Parameters
    ----------
    level : {'info', 'warning', 'error'}
        `info`: how something was read; `warning`: read, but look at it; `error`: not read.
    what : str
        One sentence. It never holds the name of a person or login.
    file : str
        The file's own name, without its folder.
    row : int or None
        The first row concerned, counted from 1 as a spreadsheet shows it.
    count : int
        How many rows or items the note stands for.
    """

    level: Level
    what: str
    file: str = ""
    row: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of text cells as it stands in a file.

    Attributes
    ----------
    frame : DataFrame
        Cells as text (`str`), an empty cell is missing; column names are unique and stripped.
    rows : ndarray of int64, shape (len(frame),)
        The row number of each record, counted from 1 as a spreadsheet shows it (the header is a row).
    encoding, separator : str
        What was detected or asked for; both empty for a workbook.
    notes : tuple of Note
        What a reader of the import report must know.
    name : str
        The worksheet's name; empty for a text file.
    sheets : tuple of str
        All worksheets of the workbook, in order.
    file : str
        The file's own name.
    """

    frame: pd.DataFrame
    rows: np.ndarray
    encoding: str = ""
    separator: str = ""
    notes: tuple[Note, ...] = ()
    name: str = ""
    sheets: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """What one export of a coding tool holds, as tidy tables of raw (not yet pseudonymised) data.

    Attributes
    ----------
    format : str
        The registry's key of the format, such as `refi-qda`.
    codings : DataFrame
        One row per source, coder, code and segment. `start` and `end` (end-exclusive) count in `unit`:
        `character` (code points of the source's text), `byte`, `paragraph`, `line`, `millisecond`, `page`,
        `pixel`, `document` (whole source coded, no offsets) or missing. `weight` is the tool's own weight
        (intensity). `file` and `row` lead back to the raw file.
    sources : DataFrame
        One row per document: `kind` (text, pdf, audio, video, picture), `group`, `words`, `characters`,
        and in `offsets` how its offsets were read.
    codes : DataFrame
        `path` (levels joined by ` > `), `guid`, `description`, `parent` (a path), `codable`.
    attributes : DataFrame
        `owner` (a source's or case's name), `owner_kind` (`source` or `case`), `name`, `value`.
    report : tuple of Note
        What was read, how, and what was not.
    texts : mapping of str to str
        The plain text of each source that has one, line ends as its offsets count them.
    """

    format: str
    codings: pd.DataFrame
    sources: pd.DataFrame
    codes: pd.DataFrame
    attributes: pd.DataFrame
    report: tuple[Note, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def table(
    columns: Sequence[str], data: pd.DataFrame | Mapping[str, object] | Iterable[Mapping[str, object]]
) -> pd.DataFrame:
    """Return a frame with exactly `columns`, each in its own type, whatever `data` leaves out.

    Parameters
    ----------
    columns : sequence of str
        One of `CODINGS`, `SOURCES`, `CODES`, `ATTRIBUTES`.
    data : DataFrame, mapping of str to array-like, or iterable of mappings
        Columns, or rows.
    """
    frame = pd.DataFrame(data if isinstance(data, Mapping | pd.DataFrame) else list(data))
    out = {}
    for column in columns:
        values = frame[column] if column in frame else pd.Series([None] * len(frame), index=frame.index)
        out[column] = _typed(column, values)
    return pd.DataFrame(out).reset_index(drop=True)


def _typed(column: str, values: pd.Series) -> pd.Series:
    if column in _NUMBERS:
        return pd.to_numeric(values, errors="coerce").astype("float64")
    if column in _WHOLE:
        return pd.to_numeric(values, errors="coerce").astype("Int64")
    if column in _TRUTHS:
        return values.map(lambda value: True if value is None else bool(value)).astype("bool")
    return values.astype("str")
