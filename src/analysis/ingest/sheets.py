"""Sheets of any layout, made tidy by what `study.yml` says of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import DataError
from analysis.ingest.log import Log
from analysis.readers import find_damage, read_sheet
from analysis.readers.damage import damaged_cells
from analysis.settings import Source

ROW = "source_row"


def slug(text: object) -> str:
    """Return a key made of a text: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"


def plain(text: object) -> str:
    """Return a text for comparing: case, accents and punctuation taken off."""
    return slug(text).replace("-", " ")


def load_sheet(source: Source, path: Path, log: Log) -> pd.DataFrame:
    """Return a raw sheet as text cells with its row numbers, rows and words chosen as the source says.

    Raises
    ------
    DataError
        Where the file can't be read or a column that the source names is absent.
    """
    sheet = read_sheet(path, sheet=source.sheet, encoding=source.encoding, separator=source.separator)
    log.add(source, sheet.notes)
    frame = sheet.frame.assign(**{ROW: sheet.rows})
    for column in _asked_for(source):
        if column not in frame.columns:
            raise DataError(
                f"there is no column {column!r}",
                where=path.name,
                allowed=tuple(str(name) for name in sheet.frame.columns),
                value=column,
                fix="mend the name under this source in study.yml",
            )
    log.add(source, find_damage(sheet, _numeric_columns(source)))
    for column, kept in source.rows.items():
        chosen = frame[column].isin(kept)
        if not chosen.all():
            log.note(source, "info", f"rows left out, since {column} says so", count=int((~chosen).sum()))
        frame = frame[chosen]
    for column, meanings in source.recode.items():
        frame[column] = frame[column].map(lambda cell, m=meanings: m.get(cell.strip(), cell), na_action="ignore")
    words = {word.strip().casefold() for word in source.missing} | {""}
    text = frame.columns.drop(ROW)
    cells = frame[text].apply(lambda c: c.where(~c.astype("str").str.strip().str.casefold().isin(words)))
    return cells.assign(**{ROW: frame[ROW]}).reset_index(drop=True)


def _asked_for(source: Source) -> list[str]:
    named = [*(source.column(tidy) for tidy in source.columns), *source.rows, *source.recode, *(source.keep or ())]
    return named + _numeric_columns(source)


def _numeric_columns(source: Source) -> list[str]:
    columns = [source.column("value")] if "value" in source.columns else []
    for named in source.values.values():
        columns += [named] if isinstance(named, str) else named
    return columns


def mapped(source: Source, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with tidy names and the source's constants; other columns as the source says."""
    out = frame if source.keep is None else frame[[*source.keep, ROW]]
    named = {tidy: frame[source.column(tidy)] for tidy in source.columns}
    return out.assign(**named, **source.constants)


def melted(source: Source, frame: pd.DataFrame, keys: list[str], name: str, path: Path) -> pd.DataFrame:
    """Return a wide sheet's values long: the `keys`, `name` (factor or outcome), `value`, `source_row`.

    Several columns for one name are averaged over those that are filled.
    """
    parts = []
    for target, columns in source.values.items():
        listed = [columns] if isinstance(columns, str) else columns
        numbers = np.column_stack([numeric(frame, column, path) for column in listed])
        filled = ~np.isnan(numbers)
        total, count = np.where(filled, numbers, 0).sum(axis=1), filled.sum(axis=1)
        value = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        parts.append(frame[[*keys, ROW]].assign(**{name: target, "value": value}))
    return pd.concat(parts, ignore_index=True)


def numeric(frame: pd.DataFrame, column: str, path: Path) -> np.ndarray:
    """Return a column of text cells as numbers, missing and damaged cells as NaN.

    Raises
    ------
    DataError
        Where a cell is neither a number nor damage of the kind that spreadsheets do.
    """
    cells = frame[column]
    text = cells.astype("str").str.strip().str.replace(r"^(-?\d+),(\d+)$", r"\1.\2", regex=True)
    numbers = pd.to_numeric(text.where(cells.notna()), errors="coerce")
    wrong = numbers.isna() & cells.notna() & ~damaged_cells(cells)
    if wrong.any():
        first = wrong.idxmax()
        raise DataError(
            f"{column} = {cells[first]!r} is not a number",
            where=f"{path.name}, row {frame.loc[first, ROW]}, column {column}"
            + (f" (and {int(wrong.sum()) - 1} more)" if wrong.sum() > 1 else ""),
            fix="mend the cell, or list the word under `missing:` of this source in study.yml",
        )
    return numbers.to_numpy(dtype="float64")


def lookup(cells: pd.Series, known: Mapping[str, str]) -> pd.Series:
    """Return cells as the keys they stand for (`known`: plain spelling to key); unknown ones are missing."""
    return cells.map(lambda cell: known.get(plain(cell)), na_action="ignore").astype("str")


def require_scale(
    frame: pd.DataFrame, scale: tuple[float, float], path: Path, what: str, column: str = "value"
) -> None:
    """Stop where a rating lies outside its scale.

    Raises
    ------
    DataError
        With file, first row, value and scale.
    """
    outside = frame[column].notna() & ~frame[column].between(*scale)
    if outside.any():
        row = frame[outside].iloc[0]
        raise DataError(
            f"{what} = {row[column]:g} is outside the scale from {scale[0]:g} to {scale[1]:g}",
            where=f"{path.name}, row {row[ROW]}"
            + (f" (and {int(outside.sum()) - 1} more)" if outside.sum() > 1 else ""),
            fix="mend the rating, or the scale in study.yml",
        )
