"""Where the coders differ, side by side: places and numbers of codings, never texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import MethodError

_PLACE = ("interview", "factor", "unit", "start", "end")


@dataclass(frozen=True, slots=True)
class Disagreements:
    """Units on which coders differ.

    Attributes
    ----------
    table : DataFrame
        interview, factor, unit, start, end (characters, end exclusive; missing for whole interviews), one
        column per coder (missing where the coder did not read the interview), gap (largest minus smallest
        value), codings (numbers of the codings there). Widest gap first, then longest.
    coders : tuple of str
        The columns that are coders.
    n_units : int
        Units that two coders rated.
    """

    table: pd.DataFrame
    coders: tuple[str, ...]
    n_units: int

    @property
    def summary(self) -> str:
        """Return one sentence: how many of how many, and the factor with most."""
        if self.table.empty:
            return f"The coders agree on all {self.n_units} units."
        worst = self.table["factor"].value_counts()
        return (
            f"The coders differ on {len(self.table)} of {self.n_units} units; most often on {worst.index[0]} "
            f"({worst.iloc[0]})."
        )


def disagreements(units: pd.DataFrame, codings: pd.DataFrame | None = None) -> Disagreements:
    """Return the units on which two coders gave different values.

    Parameters
    ----------
    units : DataFrame
        From one of the builders of units.
    codings : DataFrame, optional
        Columns coding, interview, factor, start, end: gives the column `codings`, by which excerpts can be
        looked up where the disclosure policy lets them be shown.
    """
    missing = [name for name in (*_PLACE, "coder", "value") if name not in units]
    if missing:
        raise MethodError(
            f"the units lack {', '.join(missing)}",
            allowed=tuple(units),
            value=missing[0],
            fix="build units first",
        )
    wide = units.pivot(index=list(_PLACE), columns="coder", values="value")
    wide = wide[wide.notna().sum(axis=1) > 1]
    coders = tuple(map(str, wide.columns))
    gap = wide.max(axis=1) - wide.min(axis=1)
    table = wide.assign(gap=gap)[gap > 0].rename_axis(columns=None).reset_index()
    length = (table["end"] - table["start"]).fillna(0)
    table = table.assign(_length=length).sort_values(
        ["gap", "_length", *_PLACE], ascending=[False, False, *[True] * len(_PLACE)], ignore_index=True
    )
    table = table.drop(columns="_length")
    if codings is not None:
        table["codings"] = _codings_in(table, codings)
    return Disagreements(table, coders, len(wide))


def _codings_in(table: pd.DataFrame, codings: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return the codings of each row's factor that share a character with it; all, of a whole interview."""
    found = dict(list(codings.groupby(["interview", "factor"])))
    rows: list[tuple[object, ...]] = []
    for row in table.itertuples():
        part = found.get((row.interview, row.factor))
        if part is None:
            rows.append(())
            continue
        inside = np.ones(len(part), dtype=bool)
        if not np.isnan(row.start):
            inside = ((part["start"] < row.end) & (part["end"] > row.start)).to_numpy()
        rows.append(tuple(part.loc[inside, "coding"]))
    return rows
