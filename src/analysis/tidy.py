"""Frames held to the declared tidy tables: types, ranges, allowed values, unique keys, references."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError, DataError, GroupedError
from analysis.schema import TABLES, Column

if TYPE_CHECKING:
    import pandera.pandas as pa


def conform(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with the table's columns in order and of the right types.

    Absent optional columns come in empty; extra columns are kept only where the table is open.

    Raises
    ------
    DataError
        Where a required column is absent or a cell can't be read as the column's type.
    """
    table = TABLES[name]
    missing = [column for column in table.required if column not in frame.columns]
    if missing:
        raise DataError(
            f"table {name} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
            where=f"table {name}",
            allowed=tuple(str(column) for column in frame.columns),
            value=missing[0],
            fix="name the column of your file that holds it under `columns:` of that source in study.yml",
        )
    out = {column.name: _typed(name, column, frame) for column in table.columns}
    if table.open:
        out |= {str(c): frame[c] for c in frame.columns if c not in out}
    return pd.DataFrame(out, index=frame.index).reset_index(drop=True)


def _typed(table: str, column: Column, frame: pd.DataFrame) -> pd.Series:
    if column.name not in frame.columns:
        return pd.Series(np.nan, index=frame.index, dtype="str" if column.kind in ("text", "month") else "float64")
    cells = frame[column.name]
    if column.kind in ("text", "month"):
        return cells.astype("str").where(cells.notna())
    numbers = pd.to_numeric(cells, errors="coerce")
    wrong = numbers.isna() & cells.notna()
    if column.kind == "whole":
        wrong |= numbers.notna() & (numbers != numbers.round())
    if wrong.any():
        raise DataError(
            f"{column.name} = {cells[wrong].iloc[0]!r} is not a {'whole ' * (column.kind == 'whole')}number",
            where=f"table {table}, column {column.name}, row {int(np.flatnonzero(wrong)[0]) + 1}"
            + (f" (and {int(wrong.sum()) - 1} more)" if wrong.sum() > 1 else ""),
            fix="mend the cell in the raw file, or list the word under `missing:` of that source",
        )
    whole = column.kind == "whole" and not numbers.isna().any()
    return numbers.astype("int64" if whole else "float64")


@cache
def pandera_schema(name: str) -> pa.DataFrameSchema:
    """Return the pandera schema of the table `name` (types, ranges, allowed values, unique key)."""
    import pandera.pandas as pa

    def checks(column: Column) -> list[pa.Check]:
        found: list[pa.Check] = []
        if column.allowed:
            found.append(pa.Check.isin(list(column.allowed)))
        if column.least is not None:
            found.append(pa.Check.ge(column.least))
        if column.most is not None:
            found.append(pa.Check.le(column.most))
        if column.kind == "month":
            found.append(pa.Check.str_matches(r"^\d{4}-(0[1-9]|1[0-2])$"))
        return found

    table = TABLES[name]
    columns = {
        column.name: pa.Column(
            None if column.kind == "whole" else ("float64" if column.kind == "number" else "str"),
            checks=checks(column),
            nullable=column.nullable,
        )
        for column in table.columns
    }
    return pa.DataFrameSchema(columns, unique=list(table.key), strict=not table.open)


def validate(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` where it keeps every rule of the table `name`.

    Raises
    ------
    DataError or GroupedError
        With the rows and values that break a rule, all of them in one pass.
    """
    import pandera.errors as pe

    try:
        return pandera_schema(name).validate(frame, lazy=True)
    except pe.SchemaErrors as failure:
        cases = failure.failure_cases
    errors: list[AnalysisError] = [
        _broken_rule(name, frame, str(check), group)
        for check, group in cases.groupby("check", sort=False, dropna=False)
    ]
    raise errors[0] if len(errors) == 1 else GroupedError(errors)


def _broken_rule(name: str, frame: pd.DataFrame, check: str, cases: pd.DataFrame) -> DataError:
    table = TABLES[name]
    if "unique" in check:
        doubled = frame[frame.duplicated(list(table.key), keep=False)]
        example = ", ".join(f"{key} = {doubled[key].iloc[0]}" for key in table.key)
        return DataError(
            f"{len(doubled)} rows share the key {' + '.join(table.key)}, such as {example}",
            where=f"table {name}, rows {_rows(doubled.index)}",
            fix="keep one row a key in the raw file",
        )
    column = str(cases["column"].iloc[0])
    known = next((c for c in table.columns if c.name == column), Column(column))
    return DataError(
        f"{column} breaks the rule {check}, as in {cases['failure_case'].iloc[0]!r}",
        where=f"table {name}, column {column}, rows {_rows(cases['index'].dropna())}",
        allowed=known.allowed,
        value=cases["failure_case"].iloc[0],
        fix="mend the raw file or the source's settings in study.yml",
    )


def _rows(index: object, most: int = 5) -> str:
    rows = [int(i) + 1 for i in pd.Index(index)]
    return ", ".join(map(str, rows[:most])) + (f" and {len(rows) - most} more" if len(rows) > most else "")


def check_references(tables: dict[str, pd.DataFrame]) -> None:
    """Hold every reference of every table against the table it points to.

    Raises
    ------
    DataError or GroupedError
        For each column with keys that are not found, with the nearest key that is.
    """
    errors: list[AnalysisError] = []
    for name, frame in tables.items():
        for column, target in TABLES[name].references.items() if name in TABLES else ():
            keys = tables[target][TABLES[target].key[0]]
            lost = frame[column].dropna()[~frame[column].dropna().isin(keys)]
            if len(lost):
                errors.append(
                    DataError(
                        f"{lost.nunique()} {column} key(s) in {name} are not among the {target}, "
                        f"such as {lost.iloc[0]!r}",
                        where=f"table {name}, column {column}, rows {_rows(lost.index)}",
                        allowed=tuple(map(str, keys)),
                        value=lost.iloc[0],
                        fix=f"add the row to the {target} or mend the key",
                    )
                )
    if errors:
        raise errors[0] if len(errors) == 1 else GroupedError(errors)
