"""Counts of people in several tables at once, as sums over the same finest cells.

Whoever holds all tables of a report can add and subtract them. So a small count is safe only if, among all ways to
fill the finest cells that agree with everything published, there is one in which it would not have been small. That
question is put here to an integer programme (the auditing problem of Fischetti and Salazar-González 2000, *Models and
algorithms for optimizing cell suppression in tabular data with linear constraints*, J. Am. Stat. Assoc. 95:916-928).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack

from analysis.errors import MethodError

NOT_STATED = "not stated"
Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Except:
    """All values of a column but one."""

    value: object

    def __str__(self) -> str:
        return f"any but {self.value}"


@dataclass(frozen=True, slots=True)
class CountTable:
    """A table of counts that is published.

    Parameters
    ----------
    by : tuple of str
        Columns that it is broken down by; none for the total.
    where : mapping of str to object
        Column to value (or `Except`): only these people are counted in it.
    """

    by: tuple[str, ...]
    where: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name: `area x sector`, `total`, `area where side = council`."""
        only = ", ".join(f"{column} = {value}" for column, value in self.where.items())
        return (" x ".join(self.by) or "total") + (f" where {only}" if only else "")


def differences(tables: Sequence[CountTable]) -> list[CountTable]:
    """Return the tables that a reader can make by taking one published table from another.

    A table of some people beside the same table of all people tells of those who are in the one only.
    """
    made = []
    for table in tables:
        for column, value in table.where.items():
            whole = {c: v for c, v in table.where.items() if c != column}
            if any(other.by == table.by and other.where == whole for other in tables):
                made.append(CountTable(table.by, whole | {column: Except(value)}))
    return [table for table in made if table not in tables]


@dataclass(frozen=True, slots=True)
class LinkedCounts:
    """Every count of some tables, and which of the finest cells it sums.

    Parameters
    ----------
    tables : tuple of CountTable
        The tables.
    index : tuple of (int, Cell)
        For each count: number of its table, and its cell there.
    values : ndarray of int, shape (n_counts,)
        The counts.
    sums : sparse array, shape (n_counts, n_finest)
        1 where a count contains a finest cell; finest cells that a published zero rules out are left out.
    """

    tables: tuple[CountTable, ...]
    index: tuple[tuple[int, Cell], ...]
    values: NDArray[np.int64]
    sums: csr_array


def link(people: pd.DataFrame, tables: Sequence[CountTable], weight: str | None = None) -> LinkedCounts:
    """Count people in every cell of every table.

    Parameters
    ----------
    people : DataFrame
        One row a person (or a group of equal people).
    tables : sequence of CountTable
        What is published.
    weight : str, optional
        Column with the number of people in a row; 1 where left out.

    Raises
    ------
    MethodError
        Where a table names a column that is not there.
    """
    columns = list(dict.fromkeys(c for table in tables for c in (*table.by, *table.where)))
    missing = [column for column in columns if column not in people]
    if missing:
        raise MethodError(
            f"there is no column {missing[0]!r} to count people by", allowed=tuple(map(str, people)), value=missing[0]
        )
    named = people[columns].map(_named) if columns else pd.DataFrame(index=people.index)
    size = people[weight].to_numpy() if weight else np.ones(len(people), dtype=np.int64)
    values = [sorted(named[column].unique()) for column in columns]
    grid = pd.DataFrame(pd.MultiIndex.from_product(values or [[0]], names=columns or ["all"]).to_frame(index=False))
    index: list[tuple[int, Cell]] = []
    rows: list[NDArray[np.bool_]] = []
    counts: list[int] = []
    for number, table in enumerate(tables):
        for cell in _cells(grid, table):
            wanted = dict(zip(table.by, cell, strict=True)) | dict(table.where)
            index.append((number, cell))
            rows.append(_matching(grid, wanted))
            counts.append(int(size[_matching(named, wanted)].sum()))
    found, sums = np.array(counts, dtype=np.int64), np.array(rows, dtype=float)
    possible = ~sums[found == 0].any(axis=0)
    return LinkedCounts(tuple(tables), tuple(index), found, csr_array(sums[:, possible]))


def _named(value: object) -> str:
    return NOT_STATED if value is None or pd.isna(value) else str(value)


def _cells(grid: pd.DataFrame, table: CountTable) -> list[Cell]:
    if not table.by:
        return [()]
    return list(grid[list(table.by)].drop_duplicates().itertuples(index=False, name=None))


def _matching(frame: pd.DataFrame, wanted: Mapping[str, object]) -> NDArray[np.bool_]:
    chosen = np.ones(len(frame), dtype=bool)
    for column, value in wanted.items():
        if isinstance(value, Except):
            chosen &= (frame[column] != _named(value.value)).to_numpy()
        else:
            chosen &= (frame[column] == _named(value)).to_numpy()
    return chosen


def cheapest_protection(
    counts: LinkedCounts,
    hidden: NDArray[np.bool_],
    small: int,
    least: int,
    among: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Return which counts to hide, besides those hidden already, so that one could be `least` or more.

    The reader is taken to know that a hidden count is not zero, since zeros are published.

    Parameters
    ----------
    counts : LinkedCounts
        The published tables.
    hidden : ndarray of bool, shape (n_counts,)
        Counts hidden already.
    small : int
        Number of the count to protect.
    least : int
        What it must be able to be, for all that a reader can work out.
    among : ndarray of bool, shape (n_counts,), optional
        Counts that may be hidden; all where left out.

    Returns
    -------
    ndarray of bool, shape (n_counts,)
        `hidden`, and those that had to be added; hiding larger counts costs more.
    """
    n, finest = counts.sums.shape
    top = float(counts.values.sum() + least)
    free = (counts.values > 0) & ~hidden
    if among is not None:
        free &= among
    # Unknowns: the finest cells of another table that agrees with all published, then whether a count is hidden.
    lower = np.where(hidden | free, 1.0, 0.0)
    lower[small] = least
    upper = np.where(hidden, top, counts.values.astype(float))
    sums, choice = counts.sums, eye_array(n, format="csr")
    rules = [
        LinearConstraint(hstack([sums, -top * choice]), -np.inf, upper),
        LinearConstraint(hstack([sums, top * choice]), np.where(hidden, -np.inf, counts.values), np.inf),
        LinearConstraint(hstack([sums, 0 * choice]), lower, np.inf),
    ]
    cost = np.where(free, counts.values + 1 + 1e-4 * np.arange(n) / n, 0.0)
    solved = milp(
        np.concatenate([np.zeros(finest), cost]),
        constraints=rules,
        bounds=Bounds(np.zeros(finest + n), np.concatenate([np.full(finest, top), free.astype(float)])),
        integrality=np.ones(finest + n),
    )
    if solved.x is None:
        raise MethodError(f"no set of counts protects a small one ({solved.message})", where="suppression of counts")
    added: NDArray[np.bool_] = solved.x[finest:] > 0.5
    return hidden | added


def possible_range(counts: LinkedCounts, hidden: NDArray[np.bool_], one: int) -> tuple[int, int]:
    """Return the least and the most that a count can be for a reader who has every count that is not hidden.

    Parameters
    ----------
    counts, hidden
        As for `cheapest_protection`.
    one : int
        Number of the count.
    """
    top = float(counts.values.sum() * 4 + 100)
    rule = LinearConstraint(
        counts.sums, np.where(hidden, 1.0, counts.values), np.where(hidden, top, counts.values.astype(float))
    )
    finest = counts.sums.shape[1]
    target = counts.sums[[one], :].toarray()[0]
    ends = [
        milp(sign * target, constraints=rule, bounds=Bounds(0, top), integrality=np.ones(finest)) for sign in (1, -1)
    ]
    least, most = (round(float(target @ end.x)) for end in ends)
    return least, most
