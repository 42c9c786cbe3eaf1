"""What differs between two versions of a table, in words: + new, - gone, ~ changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class Difference:
    """How one table differs from what it was.

    Parameters
    ----------
    table : str
        Name of the table.
    mark : str
        `+` new, `-` gone, `~` changed, a space where nothing differs.
    details : tuple of str
        What differs, a line each.
    """

    table: str
    mark: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.mark} {self.table}", *(f"    {line}" for line in self.details)])


def compare(
    before: Mapping[str, pd.DataFrame],
    after: Mapping[str, pd.DataFrame],
    *,
    relative: float = 1e-6,
    absolute: float = 1e-9,
) -> tuple[Difference, ...]:
    """Compare tables by name.

    Parameters
    ----------
    before, after : mapping of str to DataFrame
        The tables as they were and as they are; rows in the same order.
    relative, absolute : float
        Numbers differ where `|after - before| > absolute + relative |before|`.
    """
    found = []
    for name in sorted({*before, *after}):
        if name not in before:
            found.append(Difference(name, "+", (f"new table of {len(after[name])} rows",)))
        elif name not in after:
            found.append(Difference(name, "-", (f"the table of {len(before[name])} rows is gone",)))
        else:
            details = _details(before[name], after[name], relative, absolute)
            found.append(Difference(name, "~" if details else " ", tuple(details)))
    return tuple(found)


def _details(before: pd.DataFrame, after: pd.DataFrame, relative: float, absolute: float) -> list[str]:
    details = [f"+ column {c}" for c in after.columns if c not in before.columns]
    details += [f"- column {c}" for c in before.columns if c not in after.columns]
    if len(before) != len(after):
        return [*details, f"~ {len(before)} rows became {len(after)}"]
    for column in before.columns:
        if column in after.columns:
            differs = _differs(before[column], after[column], relative, absolute)
            if differs.any():
                details.append(_said(before, after, column, differs))
    return details


def _differs(before: pd.Series, after: pd.Series, relative: float, absolute: float) -> np.ndarray:
    numbers = [_as_numbers(series) for series in (before, after)]
    if numbers[0] is not None and numbers[1] is not None:
        close = np.isclose(numbers[1], numbers[0], rtol=relative, atol=absolute, equal_nan=True)
        return ~np.asarray(close)
    old, new = before.reset_index(drop=True), after.reset_index(drop=True)
    both_missing = (old.isna() & new.isna()).to_numpy()
    return np.asarray(old.astype(str).to_numpy() != new.astype(str).to_numpy()) & ~both_missing


def _as_numbers(series: pd.Series) -> np.ndarray | None:
    if pd.api.types.is_bool_dtype(series) or not pd.api.types.is_numeric_dtype(series):
        return None
    return np.asarray(series.to_numpy(dtype="float64", na_value=np.nan))


def _said(before: pd.DataFrame, after: pd.DataFrame, column: str, differs: np.ndarray) -> str:
    old, new = _as_numbers(before[column]), _as_numbers(after[column])
    if old is not None and new is not None:
        sizes = np.where(differs, np.abs(new - old), -1.0)
        row = int(np.nanargmax(np.where(np.isnan(sizes), np.inf, sizes)))
    else:
        row = int(np.flatnonzero(differs)[0])
    was, now = before[column].iloc[row], after[column].iloc[row]
    where = ", ".join(
        f"{c}={before[c].iloc[row]}"
        for c in before.columns
        if c != column and not pd.api.types.is_numeric_dtype(before[c]) and len(str(before[c].iloc[row])) < 40
    )
    place = f" ({where})" if where else f" (row {row + 1})"
    # What is missing now may be withheld now, so what it was is not told: the index of a report shows these lines.
    told = "a value is missing now" if pd.isna(now) else f"{was} became {now}"
    return f"~ {column}: {int(differs.sum())} of {len(before)} rows; {told}{place}"
