"""What published figures and tables share: names, records, numbering, CSV files and the page's display."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import NotebookError
from analysis.target import STAGE_VARIABLE, Target

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
RESERVED = ("index",)
# Programs pass over what can't be seen, and some read full-width signs as the plain ones.
_FORMULA = re.compile(r"^[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*%?\s*$")


def check_name(name: str, kind: str) -> None:
    """Refuse a name that can't be a file name and an address on every system.

    Raises
    ------
    NotebookError
        Unless `name` is 1-80 small letters, digits, `-` and `_`, and not reserved.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
        raise NotebookError(
            f"{name!r} can't be the name of a {kind}",
            allowed=["small letters, digits, - and _, up to 80; not 'index'"],
            value=name,
            fix='a name becomes a file name: try something like "factor_by_area"',
        )


def check_text(text: str, what: str, where: str) -> str:
    """Return `text` on one line, or refuse it where it is empty.

    Raises
    ------
    NotebookError
        Where `text` is empty or no text.
    """
    if not isinstance(text, str) or not text.strip():
        raise NotebookError(
            f"the {what} is empty",
            where=where,
            fix=f"say in words what {_why(what)}, for those who read only that",
        )
    return " ".join(text.split())


def _why(what: str) -> str:
    return "the picture shows" if what == "alt text" else "it is about"


def number_of(folder: Path, name: str, page: str) -> int:
    """Return the number of a figure or table on its page: its own if it had one, else the next."""
    numbers = {}
    for path in folder.glob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["page"] == page:
            numbers[record["name"]] = record["number"]
    return int(numbers.get(name, max(numbers.values(), default=0) + 1))


def neutralise(value: Any) -> Any:
    """Return a text cell so that no spreadsheet takes it for a formula; anything else as it is.

    A text that begins with ``= + - @``, a tab or a carriage return gets an apostrophe before it, unless it is
    a plain number (the advice of OWASP, *CSV injection*).
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.match(value):
        return "'" + value
    return value


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as UTF-8 CSV: ten significant digits, neutralised text, the same bytes everywhere."""
    safe = frame.copy()
    for position, (_, column) in enumerate(safe.items()):
        if not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_datetime64_any_dtype(column):
            safe.isetitem(position, column.astype(object).map(neutralise, na_action="ignore"))
    safe.columns = [neutralise(str(name)) for name in safe.columns]
    text = safe.to_csv(index=False, float_format="%.10g", lineterminator="\n")
    path.write_text(text, encoding="utf-8", newline="\n")


def tidy(data: Any, where: str) -> pd.DataFrame:
    """Return the data behind a figure or table as a frame whose index, where it says anything, is columns.

    Raises
    ------
    NotebookError
        Where it is no frame, or has no rows.
    """
    if isinstance(data, pd.Series):
        data = data.to_frame(name=data.name if data.name is not None else "value")
    if not isinstance(data, pd.DataFrame):
        raise NotebookError(
            f"the data are a {type(data).__name__}, not a frame", where=where, fix="pass a pandas DataFrame"
        )
    if data.empty:
        raise NotebookError(
            "the frame has no rows",
            where=where,
            fix="say so in words with page.say instead of an empty frame",
        )
    plain = isinstance(data.index, pd.RangeIndex) or (data.index.name is None and data.index.nlevels == 1)
    keep = not isinstance(data.index, pd.RangeIndex) and data.index.dtype.kind not in "iu"
    return data.reset_index(drop=plain and not keep)


def write_record(path: Path, record: dict[str, Any], files: dict[str, Path]) -> None:
    """Write the record of a figure or table, with the hash of each of its files."""
    hashes = {kind: hashlib.sha256(file.read_bytes()).hexdigest() for kind, file in sorted(files.items())}
    text = json.dumps({**record, "sha256": hashes}, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def is_draft() -> bool:
    """Say whether nobody runs the page but its author, in Lab."""
    return not os.environ.get(STAGE_VARIABLE)


def stage_folder(target: Target, kind: str) -> Path:
    """Return the folder for figures or tables of the page, made if need be."""
    folder = Path(target.folder) / kind
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def show(html: str, plain: str, metadata: dict[str, Any]) -> None:
    """Display one HTML output, with metadata that tell the exporter what it is."""
    from IPython.display import display

    display({"text/html": html, "text/plain": plain}, raw=True, metadata={"analysis": metadata})
