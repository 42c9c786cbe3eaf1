"""Small counts of people: the threshold, secondary suppression over all linked tables, dominance, merged roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.disclosure.linked import Cell, CountTable, LinkedCounts, cheapest_protection, differences, link
from analysis.errors import MethodError

#: The tables of informants that pages publish; they are protected together, whichever page shows which.
PEOPLE_TABLES = (
    CountTable(("area", "sector")),
    CountTable(("area",)),
    CountTable(("sector",)),
    CountTable(("role",)),
    CountTable(()),
)
#: Not published, but known: a police commander is of the police, so counts by role tell of sectors.
NESTED = (CountTable(("sector", "role")),)
LOG = ("table", "cell", "reason")


@dataclass(frozen=True, slots=True)
class Protected:
    """Tables of counts in which no small count can be worked out.

    Attributes
    ----------
    table : DataFrame
        One row a count: table, cell (its values by column, as text), count (missing where hidden), reason (empty
        where shown).
    hidden : mapping of str to set of tuple
        Table's name to the cells that are hidden.
    min_cell : int
        Counts from 1 to below it are small.
    """

    table: pd.DataFrame
    hidden: Mapping[str, frozenset[Cell]]
    min_cell: int

    @property
    def log(self) -> pd.DataFrame:
        """What was hidden, and why: table, cell, reason. It tells which counts are small, so it is not published."""
        return self.table.loc[self.table["reason"] != "", list(LOG)].reset_index(drop=True)

    @property
    def withheld(self) -> pd.DataFrame:
        """What was hidden, to be published: table, cell. Which of them are small stays open."""
        return self.log.drop(columns="reason")

    @property
    def summary(self) -> str:
        """One sentence: how many counts are hidden, without telling which are small themselves."""
        if self.log.empty:
            return f"No count of people is below {self.min_cell}, so none is withheld."
        return (
            f"{len(self.log)} of {len(self.table)} counts of people are withheld: those below {self.min_cell}, and "
            "others from which such a count could be worked out."
        )


SECONDARY = "so that a small count can't be worked out"


def small_reason(min_cell: int) -> str:
    """Return the reason that the log gives for a count below the threshold."""
    return f"below {min_cell}"


def protect_informants(
    interviews: pd.DataFrame,
    *,
    min_cell: int,
    broader: Mapping[str, str] | None = None,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> Protected:
    """Protect the counts of informants of all pages, alike on every page.

    What is hidden by area and sector does not hang on roles: whoever makes the results again from tables without
    roles hides the same. Counts by role are hidden besides, as far as they would tell of the others.

    Parameters
    ----------
    interviews : DataFrame
        Table `interviews` with its keys: what is hidden must not hang on how a page names or orders areas.
    min_cell : int
        The threshold.
    broader : mapping of str to str, optional
        Narrow roles to the broader ones in which they are shown (`merge_roles`).
    names : mapping of str to mapping, optional
        Column to key to the name under which the page shows it.
    """
    places = [table for table in PEOPLE_TABLES if "role" not in table.by]
    if "role" not in interviews or interviews["role"].isna().all():
        return protect_people(interviews, places, min_cell=min_cell, names=names)
    first = protect_people(interviews, places, min_cell=min_cell)
    people = merge_roles(interviews, broader or {})
    return protect_people(
        people, PEOPLE_TABLES, min_cell=min_cell, known=NESTED, names=names, hidden_before=first.hidden
    )


def protect_people(
    people: pd.DataFrame,
    tables: Sequence[CountTable],
    *,
    min_cell: int,
    weight: str | None = None,
    known: Sequence[CountTable] = (),
    names: Mapping[str, Mapping[str, str]] | None = None,
    hidden_before: Mapping[str, frozenset[Cell]] | None = None,
) -> Protected:
    """Count people in several tables and hide what must be hidden so that no small count can be worked out.

    Counts from 1 to `min_cell` - 1 are hidden, and of the others as few people's as possible, one small count after
    another, so that every small count could, for all that the tables together tell, also be `min_cell` or more.
    Zeros stay: a combination in which nobody was interviewed is a finding.

    Parameters
    ----------
    people : DataFrame
        One row a person.
    tables : sequence of CountTable
        All tables that are published of them, margins among them.
    min_cell : int
        The threshold, from 1 (nothing is hidden).
    weight : str, optional
        Column with the number of people in a row.
    known : sequence of CountTable
        Tables that are not published, but whose empty cells everybody knows to be empty.
    names : mapping of str to mapping, optional
        Column to value to the name by which the result tells it; what is hidden does not hang on names.
    hidden_before : mapping of str to set of tuple, optional
        Table's name to the cells that are hidden already; more of these tables is hidden only where nothing else
        protects a count.
    """
    shown = len(tables)
    counts = link(people, [*tables, *differences(tables), *known], weight)
    small = (counts.values > 0) & (counts.values < min_cell)
    derived = np.array([number >= shown for number, _ in counts.index])
    before = hidden_before or {}
    told = [(counts.tables[number].name, cell) for number, cell in counts.index]
    earlier = np.array([cell in before.get(name, ()) for name, cell in told])
    hidden = small | earlier | (derived & (counts.values > 0))
    among = np.array([name not in before for name, _ in told])
    for number in np.argsort(counts.values, kind="stable"):
        if small[number]:
            hidden = _hide_more(counts, hidden, int(number), min_cell, among)
    index = [(number, _renamed(counts.tables[number], cell, names or {})) for number, cell in counts.index]
    titles = [table.name for table in counts.tables]
    table = pd.DataFrame(
        {
            "table": [titles[number] for number, _ in index],
            "cell": [", ".join(cell) or "all" for _, cell in index],
            "count": np.where(hidden, np.nan, counts.values.astype(float)),
            "reason": np.where(small, small_reason(min_cell), np.where(hidden, SECONDARY, "")),
        }
    )[~derived].reset_index(drop=True)
    of = {
        title: frozenset(c for (n, c), h in zip(index, hidden, strict=True) if n == i and h)
        for i, title in enumerate(titles[:shown])
    }
    return Protected(table, of, min_cell)


def _hide_more(
    counts: LinkedCounts, hidden: NDArray[np.bool_], number: int, least: int, among: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    try:
        return cheapest_protection(counts, hidden, number, least, among)
    except MethodError:
        if among.all():
            raise
        return cheapest_protection(counts, hidden, number, least)


def _renamed(table: CountTable, cell: Cell, names: Mapping[str, Mapping[str, str]]) -> Cell:
    return tuple(names.get(column, {}).get(value, value) for column, value in zip(table.by, cell, strict=True))


def with_margins(by: Sequence[str]) -> list[CountTable]:
    """Return the table by some columns and all its margins, down to the total."""
    return [CountTable(part) for size in range(len(by), -1, -1) for part in combinations(by, size)]


def protect_counts(
    frame: pd.DataFrame, *, by: Sequence[str], count: str, min_cell: int, also: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hide the small counts of one table, and what would give them away by its margins.

    Parameters
    ----------
    frame : DataFrame
        One row a cell.
    by : sequence of str
        Columns that name the cells.
    count : str
        Column of the counts of people.
    min_cell : int
        The threshold.
    also : sequence of str
        Other columns that are emptied where the count is.

    Returns
    -------
    tuple of (DataFrame, DataFrame)
        The frame with hidden counts missing, and the log: table, cell, reason.
    """
    protected = protect_people(frame, with_margins(by), min_cell=min_cell, weight=count)
    return apply_to(protected, frame, by=by, count=count, also=also), protected.log


def apply_to(
    protected: Protected, frame: pd.DataFrame, *, by: Sequence[str], count: str, also: Sequence[str] = ()
) -> pd.DataFrame:
    """Return a frame of counts with those hidden that `protected` hides.

    Raises
    ------
    MethodError
        Where the table by these columns is not among the protected ones.
    """
    order = _same_table(protected, by)
    cells = frame[order].map(lambda v: "not stated" if pd.isna(v) else str(v)).itertuples(index=False, name=None)
    hide = pd.Series([cell in protected.hidden[" x ".join(order)] for cell in cells], index=frame.index)
    emptied = {column: frame[column].astype("float64").mask(hide) for column in (count, *also)}
    return frame.assign(**emptied)


def _same_table(protected: Protected, by: Sequence[str]) -> list[str]:
    for name in protected.hidden:
        if sorted(name.split(" x ")) == sorted(by):
            return name.split(" x ")
    raise MethodError(
        f"the table by {' and '.join(by)} was not protected together with the others",
        allowed=tuple(protected.hidden),
        value=" x ".join(by),
        fix="add it to the tables that are protected together",
    )


def merge_roles(interviews: pd.DataFrame, broader: Mapping[str, str]) -> pd.DataFrame:
    """Return the interviews with narrow roles shown as the broader one that the study names for them."""
    return interviews.assign(role=interviews["role"].map(lambda role: broader.get(role, role), na_action="ignore"))
