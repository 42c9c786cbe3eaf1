"""Groups of informants by codes: no count so small that it tells of a person, none from which one would follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.disclosure.cells import Protected, protect_people
from analysis.disclosure.linked import CountTable
from analysis.errors import MethodError
from analysis.patterns import Frequency, code_frequency

#: Columns of a crosstab that tell, or would tell, how many informants stand behind a cell.
TELLING = ("n_interviews", "share_of_interviews", "n_codings", "share_of_words")


@dataclass(frozen=True, slots=True)
class ProtectedFrequency:
    """A crosstab without its small counts.

    Attributes
    ----------
    found : Frequency
        With hidden cells missing.
    n_hidden, n_cells : int
        Cells hidden, and all.
    min_cell : int
        Counts from 1 to below it are small.
    """

    found: Frequency
    n_hidden: int
    n_cells: int
    min_cell: int

    @property
    def summary(self) -> str:
        """Return one sentence: how many cells are withheld, without telling which are small themselves."""
        if not self.n_hidden:
            return f"No cell rests on fewer than {self.min_cell} informants, so none is withheld."
        return (
            f"{self.n_hidden} of {self.n_cells} cells are withheld: those that rest on fewer than {self.min_cell} "
            "informants, and others from which such a count could be worked out."
        )


def withheld_groups(interviews: pd.DataFrame, column: str, protected: Protected) -> frozenset[str]:
    """Return the groups of informants whose number is withheld.

    Parameters
    ----------
    interviews : DataFrame
        One row an interview.
    column : str
        What groups them. Where the tables that are protected together do not hold it, its counts are linked with
        theirs by nothing but the total, and protected by themselves.
    protected : Protected
        The counts of informants that all pages withhold.
    """
    if column not in protected.hidden:
        tables = [CountTable((column,)), CountTable(())]
        protected = protect_people(interviews, tables, min_cell=protected.min_cell)
    return frozenset(group for (group,) in protected.hidden[column])


def protect_frequency(found: Frequency, *, withheld: Collection[str], min_cell: int) -> ProtectedFrequency:
    """Hide the cells of a crosstab that rest on few informants, and what would give them away.

    The number of informants who raised a code in all is taken to be known, so what is hidden of a code's row adds up
    to a known sum: so many cells are hidden that a small one could, for all that this tells, also be `min_cell`. A
    code that fewer than `min_cell` raised in all is not broken down.

    Parameters
    ----------
    found : Frequency
        By one column.
    withheld : collection of str
        Groups whose number of informants is withheld (`withheld_groups`); all their cells are hidden.
    min_cell : int
        Counts from 1 to below it are small.
    """
    if len(found.by) != 1:
        raise MethodError("a crosstab by several columns is not protected here", where=f"by {', '.join(found.by)}")
    group = found.by[0]
    table = found.table.assign(_group=found.table[group].isin(set(withheld)))
    hide = pd.Series(False, index=table.index)
    for _, rows in table.groupby("code", sort=False):
        hide[rows.index] = _hidden(rows["n_interviews"].to_numpy(), rows["_group"].to_numpy(), min_cell)
    emptied = {name: table[name].astype("float64").mask(hide) for name in TELLING if name in table}
    emptied["n_informants"] = table["n_informants"].astype("float64").mask(table["_group"])
    shown = table.assign(**emptied).drop(columns="_group")
    return ProtectedFrequency(replace(found, table=shown), int(hide.sum()), len(table), min_cell)


def frequency_by_groups(
    codings: pd.DataFrame,
    interviews: pd.DataFrame,
    columns: Sequence[str],
    *,
    order: Sequence[str],
    protected: Protected,
    most: int = 25,
) -> ProtectedFrequency:
    """Return codes by the groups of several columns in one crosstab, each column's part protected.

    Parameters
    ----------
    codings, interviews, order
        As for `code_frequency`.
    columns : sequence of str
        What groups informants, such as area and role. A column with one group or with more than `most` is left out.
    protected : Protected
        The counts of informants that all pages withhold.
    most : int
        Groups that a crosstab has room for.
    """
    parts: list[ProtectedFrequency] = []
    tables: list[pd.DataFrame] = []
    taken: set[str] = set()
    for column in (name for name in columns if 1 < interviews[name].nunique() <= most):
        found = code_frequency(codings, interviews, by=column, order=order)
        withheld = withheld_groups(interviews, column, protected)
        parts.append(protect_frequency(found, withheld=withheld, min_cell=protected.min_cell))
        groups = parts[-1].found.table[column]
        group = groups.where(~groups.isin(taken), f"{column}: " + groups.astype(str))
        taken |= set(found.table[column])
        tables.append(parts[-1].found.table.drop(columns=column).assign(by=column, group=group))
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["by", "group", "code", *TELLING])
    n_hidden, n_cells = (sum(getattr(part, name) for part in parts) for name in ("n_hidden", "n_cells"))
    return ProtectedFrequency(Frequency(table, ("group",)), n_hidden, n_cells, protected.min_cell)


def _hidden(counts: NDArray[np.int64], withheld: NDArray[np.bool_], min_cell: int) -> NDArray[np.bool_]:
    """Return which counts of one code to hide; the reader knows their sum, and that none hidden is zero."""
    small = (counts > 0) & (counts < min_cell)
    hidden: NDArray[np.bool_] = small | withheld
    while small.any() and counts[hidden].sum() - (hidden.sum() - 1) < min_cell:
        rest = np.flatnonzero(~hidden & (counts > 0))
        if not len(rest):
            return np.ones_like(hidden)
        hidden[rest[np.argmin(counts[rest])]] = True
    return hidden


def protect_cases(table: pd.DataFrame, *, min_cell: int) -> pd.DataFrame:
    """Return codes by cases without the values that rest on fewer than `min_cell` interviews, nor their numbers.

    A cell that no interview touches stays as it is.

    Parameters
    ----------
    table : DataFrame
        code, case, n_interviews and values, as from `code_case_matrix` or `code_case_measures`; cases are wider than
        an interview.
    min_cell : int
        Numbers from 1 to below it are small.
    """
    few = table["n_interviews"].between(1, min_cell - 1)
    kept = table.drop(columns=["n_interviews", "n_codings"], errors="ignore")
    values = kept.columns.drop(["code", "case"])
    return kept.assign(**{name: kept[name].astype("float64").mask(few) for name in values})


def shown_cases(interviews: pd.DataFrame, *, min_cell: int) -> tuple[str, int]:
    """Return by what cases values may be shown, and the fewest interviews that one may rest on there.

    By partnership where any of them has `min_cell` interviews; else every value by partnership would be withheld, and
    cases are single interviews, which stand under pseudonyms.
    """
    enough = bool((interviews["partnership"].value_counts() >= min_cell).any())
    return ("partnership", min_cell) if enough else ("interview", 1)
