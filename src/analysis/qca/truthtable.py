"""Truth tables: cases sorted into configurations, each judged by consistency, PRI and number of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.configurations import configurations_of, row_numbers, rows_of_term
from analysis.qca.expressions import parse, print_term, to_terms
from analysis.qca.sets import Sets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OUTPUTS = ("1", "0", "C", "?")


@dataclass(frozen=True, slots=True)
class Cuts:
    """The thresholds of a truth table; all but `n` lie in [0, 1]."""

    inclusion: float = 1.0
    exclusion: float | None = None
    n: int = 1
    pri: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class TruthTable:
    """The observed configurations and their outputs; every other configuration is a logical remainder.

    Attributes
    ----------
    conditions, levels : tuple
        The k conditions and their numbers of levels.
    outcome : str
        The outcome that output "1" stands for.
    configurations : ndarray of int, shape (m, k)
        The observed configurations, in the order of their row numbers.
    rows : ndarray of int, shape (m,)
        Row numbers from 1 in the table of all configurations, the first condition varying slowest (as in R).
    outputs : tuple of str
        "1", "0", "C" (contradiction) or "?" (fewer cases than the frequency cut: a remainder).
    n : ndarray of int
        Cases by row.
    consistency, pri : ndarray
        Of each row as sufficient for the outcome; NaN where the table was given without data.
    cases, deviant : tuple of tuple of str
        The cases of each row, and those of them outside the outcome.
    cuts : Cuts
    sets : Sets or None
        The data, where there are any.
    """

    conditions: tuple[str, ...]
    levels: tuple[int, ...]
    outcome: str
    configurations: Ints
    rows: Ints
    outputs: tuple[str, ...]
    n: Ints
    consistency: Floats
    pri: Floats
    cases: tuple[tuple[str, ...], ...]
    deviant: tuple[tuple[str, ...], ...]
    cuts: Cuts
    sets: Sets | None = None

    @classmethod
    def from_rows(
        cls,
        configurations: Sequence[Sequence[int]] | pd.DataFrame | NDArray[np.int64],
        outputs: Sequence[str | int],
        conditions: Sequence[str] | str | None = None,
        levels: Sequence[int] | Mapping[str, int] | None = None,
        outcome: str = "OUT",
    ) -> TruthTable:
        """Make a truth table from rows that are already judged.

        Parameters
        ----------
        configurations : array or DataFrame, shape (m, k)
            Levels 0, 1, 2, ... of the conditions.
        outputs : sequence of m outputs
            "1", "0", "C", or "?"; rows that are absent are remainders.
        conditions : sequence of str
            Names (those of a DataFrame's columns by default).
        levels : sequence of int or mapping, optional
            Numbers of levels; by default the highest level that occurs, plus one.
        outcome : str
            The name of the outcome.

        Raises
        ------
        MethodError
            Shapes that do not fit, an unknown output, or one configuration with two outputs.
        """
        if isinstance(configurations, pd.DataFrame) and conditions is None:
            conditions = [str(name) for name in configurations.columns]
        names = tuple(conditions.split(",")) if isinstance(conditions, str) else tuple(conditions or ())
        values = np.atleast_2d(np.asarray(configurations, dtype=np.int64))
        given = tuple(_output(value) for value in outputs)
        _check_shape(values, given, names, outcome)
        listed = [levels[name] for name in names] if isinstance(levels, Mapping) else levels
        counts = _level_counts(values, listed, names)
        numbers = row_numbers(values, counts)
        _check_contradictions(numbers, given, names, values)
        rows, first, n = np.unique(numbers, return_index=True, return_counts=True)
        blank = np.full(len(rows), np.nan)
        empty: tuple[tuple[str, ...], ...] = ((),) * len(rows)
        chosen = tuple(given[i] for i in first)
        return cls(names, counts, outcome, values[first], rows, chosen, n, blank, blank, empty, empty, Cuts())

    @property
    def table(self) -> pd.DataFrame:
        """A row an observed configuration: `row`, conditions, `OUT`, `n`, `consistency`, `pri`, `cases`, `deviant`."""
        frame = pd.DataFrame(self.configurations, columns=list(self.conditions))
        frame.insert(0, "row", self.rows)
        frame["OUT"] = self.outputs
        frame["n"] = self.n
        frame["consistency"] = self.consistency
        frame["pri"] = self.pri
        frame["cases"] = [", ".join(names) for names in self.cases]
        frame["deviant"] = [", ".join(names) for names in self.deviant]
        return frame

    @property
    def n_configurations(self) -> int:
        """The number of logically possible configurations."""
        return prod(self.levels)

    @property
    def n_remainders(self) -> int:
        """How many configurations are remainders: unobserved, or below the frequency cut."""
        return self.n_configurations - sum(output != "?" for output in self.outputs)

    @property
    def diversity(self) -> float:
        """The share of the logically possible configurations that were observed."""
        return len(self.rows) / self.n_configurations

    @property
    def contradictions(self) -> pd.DataFrame:
        """The rows whose cases disagree: output "C", or cases both inside and outside the outcome."""
        frame = self.table
        mixed = np.array([0 < len(out) < len(every) for out, every in zip(self.deviant, self.cases, strict=True)])
        return frame[(frame["OUT"] == "C") | mixed].reset_index(drop=True)

    @property
    def level_counts(self) -> dict[str, int]:
        """The number of levels by condition, in order."""
        return dict(zip(self.conditions, self.levels, strict=True))

    @property
    def summary(self) -> str:
        """One sentence with the counts."""
        count = {output: self.outputs.count(output) for output in OUTPUTS}
        parts = [f"{count['1']} sufficient for {self.outcome}", f"{count['0']} not"]
        parts += [f"{count['C']} contradictory"] if count["C"] else []
        return (
            f"{len(self.rows)} of {self.n_configurations} configurations are observed in "
            f"{int(self.n.sum())} cases: "
            f"{', '.join(parts)}; {self.n_remainders} are logical remainders."
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know before trusting a solution of this table."""
        found = []
        k, cases = len(self.conditions), int(self.n.sum())
        if k > 4:
            degree = "Strong warning" if k > 5 else "Warning"
            found.append(
                f"{degree}: {k} conditions for {cases} cases; with this many, random outcomes often look "
                f"perfect. "
                "Take three or four, and set the chance rate (chance_check) beside the solution."
            )
        mixed = self.contradictions
        if len(mixed):
            found.append(
                f"{len(mixed)} configurations hold cases both inside and outside {self.outcome}: rows "
                f"{', '.join(str(row) for row in mixed['row'])}. Look at these cases before minimising."
            )
        if self.sets is not None:
            above = self.sets.corners()
            same = [name for i, name in enumerate(self.conditions) if np.ptp(above[:, i]) == 0]
            if same:
                found.append(f"All cases lie on one side of {', '.join(same)}: the table can't tell what it does.")
        return tuple(found)

    def complete(self) -> pd.DataFrame:
        """Return the table with every remainder as a row of output "?" (up to 2^16 configurations)."""
        if self.n_configurations > 1 << 16:
            raise MethodError(
                f"{self.n_configurations} configurations are too many to print",
                where="TruthTable.complete",
                fix="Look at .table (the observed ones) and .n_remainders.",
            )
        missing = np.setdiff1d(np.arange(1, self.n_configurations + 1), self.rows)
        blank = pd.DataFrame(configurations_of(missing, self.levels), columns=list(self.conditions))
        blank = blank.assign(row=missing, OUT="?", n=0, consistency=np.nan, pri=np.nan, cases="", deviant="")
        return pd.concat([self.table, blank]).sort_values("row", ignore_index=True)[self.table.columns]

    def rows_within(self, expression: str) -> Ints:
        """Return the numbers of all rows, observed or not, that an expression covers."""
        terms = to_terms(parse(expression, self.conditions), self.level_counts)
        if not terms:
            return np.empty(0, dtype=np.int64)
        return np.unique(np.concatenate([rows_of_term(dict(term), self.level_counts) for term in terms]))

    def with_outputs(self, outputs: Sequence[str]) -> TruthTable:
        """Return the same table with other outputs, one for each observed row."""
        return replace(self, outputs=tuple(_output(value) for value in outputs))

    def describe(self, row: int) -> str:
        """Return a row's configuration as a term."""
        levels = configurations_of(np.array([row]), self.levels)[0]
        return print_term(
            tuple((name, frozenset({int(v)})) for name, v in zip(self.conditions, levels, strict=True)),
            self.level_counts,
        )


def _output(value: str | int) -> str:
    text = str(value).strip().upper()
    text = text.removesuffix(".0")
    if text not in OUTPUTS:
        raise MethodError(
            f"unknown output {value!r}",
            where="the truth table's rows",
            allowed=OUTPUTS,
            fix="Use one of these.",
        )
    return text


def _check_shape(values: Ints, outputs: tuple[str, ...], names: tuple[str, ...], outcome: str) -> None:
    if values.shape != (len(outputs), len(names)):
        raise MethodError(
            f"{values.shape[0]} configurations of {values.shape[1]} levels, {len(outputs)} outputs, "
            f"{len(names)} conditions",
            where="TruthTable.from_rows",
            fix="Give one output a configuration, and one level a condition.",
        )
    lowered = [name.lower() for name in (*names, outcome)]
    clash = next(
        (name for name in (*names, outcome) if lowered.count(name.lower()) > 1 or set(name) & set("~*+(){}[]")),
        None,
    )
    if clash is not None:
        raise MethodError(
            f"the name {clash!r} clashes",
            where="TruthTable.from_rows",
            fix="Give every condition and the outcome one plain name of its own.",
        )


def _level_counts(values: Ints, levels: Sequence[int] | None, names: tuple[str, ...]) -> tuple[int, ...]:
    found = [max(2, int(top) + 1) for top in values.max(axis=0)]
    given = tuple(int(level) for level in levels) if levels is not None else tuple(found)
    bad = [
        name
        for name, have, need, low in zip(names, given, found, values.min(axis=0), strict=True)
        if have < need or low < 0
    ]
    if bad:
        raise MethodError(
            f"a level of {bad[0]!r} lies outside its range",
            where="TruthTable.from_rows",
            fix="Number levels from 0, below the number of levels.",
        )
    return given


def _check_contradictions(numbers: Ints, outputs: tuple[str, ...], names: tuple[str, ...], values: Ints) -> None:
    seen: dict[int, str] = {}
    for position, (number, output) in enumerate(zip(numbers.tolist(), outputs, strict=True)):
        if seen.setdefault(number, output) != output:
            term = ", ".join(f"{name} = {value}" for name, value in zip(names, values[position], strict=True))
            raise MethodError(
                f"one configuration has two outputs, {seen[number]!r} and {output!r}: an unresolved contradiction",
                where=f"row {number} ({term})",
                fix="Decide on one output, or give it once with output 'C'.",
            )
