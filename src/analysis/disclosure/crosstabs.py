"""Groups of informants by codes: no count so small that it tells of a person, none from which one would follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.disclosure.cells import NESTED, Protected, protect_people
from analysis.disclosure.linked import CountTable
from analysis.patterns import Frequency, code_frequency
from analysis.patterns.segments import stated

#: Columns of a crosstab that tell, or would tell, how many informants stand behind a cell.
TELLING = ("n_interviews", "share_of_interviews")
#: Columns that are told of no group: sums so fine that the few whose own they are could be found by adding up others.
TOO_FINE = ("n_codings", "share_of_words")
#: What groups informants; columns of one entry tell of each other, the entries are linked by the total alone.
TOGETHER = (("area",), ("sector", "role"))


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
        if self.min_cell == 1:
            return "The study withholds no count of informants."
        if not self.n_hidden:
            return f"No cell rests on fewer than {self.min_cell} informants, so none is withheld."
        return (
            f"{self.n_hidden} of {self.n_cells} cells are withheld: those that rest on fewer than {self.min_cell} "
            "informants, and others from which such a count could be worked out."
        )


def withheld_groups(column: str, protected: Protected) -> frozenset[str]:
    """Return the groups of informants by a column (area, sector, role) whose number is withheld on all pages.

    None, where the study does not know the column: a bundle for reviewers is without roles.
    """
    return frozenset(group for (group,) in protected.hidden.get(column, frozenset()))


def protect_frequencies(
    codings: pd.DataFrame,
    interviews: pd.DataFrame,
    columns: Sequence[str],
    *,
    order: Sequence[str],
    protected: Protected,
) -> dict[str, ProtectedFrequency]:
    """Return codes by groups of informants without the cells that rest on few of them, or would give such away.

    The number of informants who raised a code in all is taken to be known, and roles to be of one sector each, so
    that crosstabs by sector and by role, which are told of the same people, are protected together; they are the same
    whichever of them a page shows. A code that fewer than `min_cell` raised in all is not broken down. Interviews are
    counted, not their codings or words: sums of these would single out the people they are sums of.

    Parameters
    ----------
    codings, interviews, order
        As for `code_frequency`; interviews have the columns area, sector and role.
    columns : sequence of str
        The columns wanted, of area, sector and role.
    protected : Protected
        The counts of informants that all pages withhold; a group whose number is withheld shows no cell.
    """
    hidden = _hidden_cells(codings, interviews, protected.min_cell)
    made = {}
    for column in columns:
        found = code_frequency(codings, interviews, by=column, order=order)
        made[column] = _without(found, column, hidden[column], withheld_groups(column, protected), protected.min_cell)
    return made


def _hidden_cells(codings: pd.DataFrame, interviews: pd.DataFrame, min_cell: int) -> dict[str, set[tuple[str, str]]]:
    """Return by column the groups and codes to hide; of a code that is not broken down, all groups."""
    people = interviews[["interview", *(column for together in TOGETHER for column in together)]]
    touched = codings[["interview", "factor"]].dropna().drop_duplicates().merge(people, on="interview")
    hidden: dict[str, set[tuple[str, str]]] = {column: set() for together in TOGETHER for column in together}
    for code, spoke in touched.groupby("factor"):
        for together in TOGETHER:
            tables = [*(CountTable((column,)) for column in together), CountTable(())]
            known = [table for table in NESTED if set(table.by) <= set(together)]
            found = protect_people(spoke, tables, min_cell=min_cell, known=known)
            for column in together:
                every = stated(people[column]).unique()
                groups = every if found.hidden["total"] else [group for (group,) in found.hidden[column]]
                hidden[column] |= {(str(group), str(code)) for group in groups}
    return hidden


def _without(
    found: Frequency, column: str, hidden: Collection[tuple[str, str]], withheld: Collection[str], min_cell: int
) -> ProtectedFrequency:
    table = found.table
    few = table[column].isin(set(withheld))
    cells = zip(table[column].astype(str), table["code"].astype(str), strict=True)
    hide = few | pd.Series([cell in hidden for cell in cells], index=table.index, dtype=bool)
    emptied = {name: table[name].astype("float64").mask(hide) for name in TELLING if name in table}
    asked = table["n_informants"].astype("float64").mask(few)
    told = table.drop(columns=list(TOO_FINE), errors="ignore")
    shown = replace(found, table=told.assign(**emptied, n_informants=asked))
    return ProtectedFrequency(shown, int(hide.sum()), len(table), min_cell)


def frequency_by_groups(
    codings: pd.DataFrame,
    interviews: pd.DataFrame,
    columns: Sequence[str],
    *,
    order: Sequence[str],
    protected: Protected,
    most: int = 25,
) -> ProtectedFrequency:
    """Return codes by the groups of several columns in one crosstab, each protected.

    Parameters
    ----------
    codings, interviews, columns, order, protected
        As for `protect_frequencies`. A column with one group or with more than `most` is left out.
    most : int
        Groups that a crosstab has room for.
    """
    kept = [column for column in columns if 1 < interviews[column].nunique() <= most]
    parts = protect_frequencies(codings, interviews, kept, order=order, protected=protected)
    tables: list[pd.DataFrame] = []
    taken: set[str] = set()
    for column, part in parts.items():
        groups = part.found.table[column]
        named = groups.where(~groups.isin(taken), f"{column}: " + groups.astype(str))
        taken |= set(groups)
        tables.append(part.found.table.drop(columns=column).assign(by=column, group=named))
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["by", "group", "code", *TELLING])
    n_hidden, n_cells = (sum(getattr(part, name) for part in parts.values()) for name in ("n_hidden", "n_cells"))
    return ProtectedFrequency(Frequency(table, ("group",)), n_hidden, n_cells, protected.min_cell)


def protect_cases(table: pd.DataFrame, *, min_cell: int, parents: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return codes by cases without the values that rest on fewer than `min_cell` interviews, nor their numbers.

    A cell that no interview touches stays as it is. A group of codes is withheld in a case where one of its codes is,
    which would otherwise be the group's sum less the others.

    Parameters
    ----------
    table : DataFrame
        code, case, n_interviews and values, as from `code_case_matrix` or `code_case_measures`; cases are wider than
        an interview.
    min_cell : int
        Numbers from 1 to below it are small.
    parents : mapping of str to str, optional
        Code to the group that takes it in.
    """
    few = table["n_interviews"].between(1, min_cell - 1)
    above = table["code"].map(dict(parents or {}))
    given_away = set(zip(above[few], table["case"][few], strict=True))
    cells = zip(table["code"], table["case"], strict=True)
    few |= pd.Series([cell in given_away for cell in cells], index=table.index, dtype=bool)
    kept = table.drop(columns=["n_interviews", "n_codings"], errors="ignore")
    values = kept.columns.drop(["code", "case"])
    return kept.assign(**{name: kept[name].astype("float64").mask(few) for name in values})


def shown_cases(interviews: pd.DataFrame, *, min_cell: int) -> str:
    """Return by what cases values may be shown: partnership, or area where no partnership has `min_cell` interviews.

    Never by interview: from a row for each of them, those of a role could be told by the sums that crosstabs show.
    """
    counts = {cases: interviews[cases].value_counts() for cases in ("partnership", "area")}
    return next((cases for cases, number in counts.items() if (number >= min_cell).any()), "partnership")
