"""The cases and their memberships, checked once: everything else of the package works on this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.expressions import Literal, evaluate, literals, parse

Floats = NDArray[np.float64]

TOLERANCE = 1e-9  # memberships and cuts are compared with this slack: .8 may arrive as .7999999999
_FORBIDDEN = set("~*+(){}[]")


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Cases by conditions, and the outcome.

    Attributes
    ----------
    cases : tuple of str
        The names of the n cases.
    conditions : tuple of str
        The names of the k conditions.
    levels : tuple of int
        The number of levels of each condition, 2 for crisp and fuzzy ones.
    fuzzy : tuple of bool
        Which conditions hold memberships between 0 and 1.
    values : ndarray, shape (n, k)
        Memberships in [0, 1], or levels 0, 1, 2, ...
    outcome : str
        The outcome as it was asked for (`"SURV"`, `"~SURV"`, `"SURV{1}"`).
    y : ndarray, shape (n,)
        Memberships in the outcome.
    """

    cases: tuple[str, ...]
    conditions: tuple[str, ...]
    levels: tuple[int, ...]
    fuzzy: tuple[bool, ...]
    values: Floats
    outcome: str
    y: Floats

    @property
    def level_counts(self) -> dict[str, int]:
        """The number of levels by condition, in order."""
        return dict(zip(self.conditions, self.levels, strict=True))

    def membership(self, literal: Literal) -> Floats:
        """Return the membership of every case in one literal."""
        column = self.conditions.index(literal.name)
        chosen = literal.at(self.levels[column])
        x = self.values[:, column]
        if not self.fuzzy[column]:
            return np.isin(x, list(chosen)).astype(float)
        if len(chosen) != 1:
            return np.full(len(x), float(len(chosen) > 0))
        return x if 1 in chosen else 1.0 - x

    def evaluate(self, expression: str) -> Floats:
        """Return the membership of every case in an expression."""
        return evaluate(parse(expression, self.conditions), self.membership)

    def corners(self) -> NDArray[np.int64]:
        """Return the configuration, shape (n, k), that each case belongs to: membership above .5 is presence."""
        crisp = np.where(np.array(self.fuzzy), self.values > 0.5 + TOLERANCE, self.values)
        return crisp.astype(np.int64)

    def at_half(self) -> NDArray[np.bool_]:
        """Return, shape (n, k), where a fuzzy membership is exactly .5."""
        return np.array(self.fuzzy) & (np.abs(self.values - 0.5) <= TOLERANCE)

    def select(self, keep: NDArray[np.bool_] | Sequence[int]) -> Sets:
        """Return the same sets for some of the cases."""
        chosen = np.arange(len(self.cases))[np.asarray(keep)]
        names = tuple(self.cases[i] for i in chosen)
        return Sets(names, self.conditions, self.levels, self.fuzzy, self.values[chosen], self.outcome, self.y[chosen])

    def with_outcome(self, y: Floats) -> Sets:
        """Return the same cases with another outcome."""
        return Sets(self.cases, self.conditions, self.levels, self.fuzzy, self.values, self.outcome, y)


def read_sets(
    data: pd.DataFrame,
    outcome: str,
    conditions: Sequence[str] | str,
    case_names: str | Sequence[str] | None = None,
    *,
    constant: bool = False,
) -> Sets:
    """Check a table of memberships and return it as `Sets`.

    Parameters
    ----------
    data : DataFrame
        One row a case; conditions and outcome hold memberships in [0, 1] or levels 0, 1, 2, ...
    outcome : str
        A column, `"~column"` for its negation, or `"column{level}"`.
    conditions : sequence of str, or str
        Columns (or their names in one string, with commas between).
    case_names : str or sequence of str, optional
        A column with the names of the cases, or the names. Without it the column `case`, else the index.
    constant : bool
        Allow a condition on which all cases agree.

    Raises
    ------
    MethodError
        A column is missing, no number, outside its range, without variation, or its name clashes with
        another.
    """
    names = tuple(part.strip() for part in conditions.split(",")) if isinstance(conditions, str) else tuple(conditions)
    target = parse(outcome)
    if not isinstance(target, Literal):
        raise MethodError(
            "the outcome is no single set", where=f"outcome {outcome!r}", fix="Name one column, or ~column."
        )
    _check_names(data, names, target.name)
    cases = _case_names(data, case_names)
    values = np.column_stack([_numbers(data, name, cases) for name in names]) if names else np.empty((len(data), 0))
    levels, fuzzy = zip(*(_scale(values[:, i], name, cases) for i, name in enumerate(names)), strict=True)
    values = np.where(np.array(fuzzy), values, np.round(values))
    if not constant:
        _check_variation(values, names)
    return Sets(cases, names, levels, fuzzy, values, _outcome_name(target), _outcome(data, target, cases))


def read_expression_sets(
    data: pd.DataFrame, expression: str, outcome: str, case_names: str | Sequence[str] | None = None
) -> Sets:
    """Return the sets that an expression and an outcome name."""
    columns = [str(column) for column in data.columns]
    named = {leaf.name for leaf in literals(parse(expression, columns))}
    return read_sets(data, outcome, [name for name in columns if name in named], case_names, constant=True)


def _check_names(data: pd.DataFrame, conditions: tuple[str, ...], outcome: str) -> None:
    if not conditions:
        raise MethodError("no condition is given", where="conditions", fix="Name at least one column as a condition.")
    columns = [str(column) for column in data.columns]
    for name in (*conditions, outcome):
        if name not in columns:
            raise MethodError(
                f"there is no column {name!r}",
                where="the data",
                allowed=columns,
                value=name,
                fix="Name a column of the data; negate only the outcome (~Y).",
            )
        if _FORBIDDEN & set(name) or columns.count(name) > 1:
            raise MethodError(
                f"the name {name!r} can't stand in an expression",
                where="the data's columns",
                fix="Rename the column: each name once, without ~ * + ( ) [ ] { }.",
            )
    for left, right in combinations((*conditions, outcome), 2):
        if left.lower() == right.lower():
            raise MethodError(
                f"the names {left!r} and {right!r} clash",
                where="conditions and outcome",
                fix="Give every condition and the outcome a name of its own; upper and lower case do not "
                "tell them apart.",
            )


def _case_names(data: pd.DataFrame, case_names: str | Sequence[str] | None) -> tuple[str, ...]:
    if case_names is None:
        names: Iterable[object] = data["case"] if "case" in data.columns else data.index
    elif isinstance(case_names, str):
        if case_names not in data.columns:
            raise MethodError(
                f"there is no column {case_names!r} with the names of the cases",
                where="case_names",
                allowed=list(data.columns),
                value=case_names,
                fix="Name a column, give the names themselves, or leave case_names out to use the index.",
            )
        names = data[case_names]
    else:
        names = case_names
    found = tuple(str(name) for name in names)
    if len(found) != len(data) or len(set(found)) != len(found):
        raise MethodError(
            f"{len(found)} names ({len(set(found))} different) for {len(data)} cases",
            where="the names of the cases",
            fix="Give every case one name of its own.",
        )
    return found


def _numbers(data: pd.DataFrame, name: str, cases: tuple[str, ...]) -> Floats:
    column = pd.to_numeric(data[name], errors="coerce").to_numpy(dtype=float)
    bad = [cases[i] for i in np.flatnonzero(~np.isfinite(column))]
    if bad:
        raise MethodError(
            f"{len(bad)} of {len(cases)} cases have no number in {name!r}",
            where=f"cases {', '.join(bad[:5])}",
            fix="Fill the gap, or drop the cases before and say so: nothing is dropped here.",
        )
    return column


def _scale(x: Floats, name: str, cases: tuple[str, ...]) -> tuple[int, bool]:
    whole = np.abs(x - np.round(x)) <= TOLERANCE
    if whole.all() and x.min() >= 0:
        return max(2, round(float(x.max())) + 1), False
    outside = (x < 0) | (x > 1)
    if outside.any():
        raise MethodError(
            f"{name!r} holds neither memberships nor levels",
            where=f"case {cases[int(np.flatnonzero(outside)[0])]}, value {x[outside][0]:g}",
            allowed=["0 to 1", "whole numbers from 0"],
            fix="Calibrate the raw values first: calibrate(values, thresholds).",
        )
    return 2, True


def _check_variation(values: Floats, names: tuple[str, ...]) -> None:
    for column, name in enumerate(names):
        if len(values) > 1 and np.ptp(values[:, column]) <= TOLERANCE:
            raise MethodError(
                f"the condition {name!r} is {values[0, column]:g} for every case",
                where=f"condition {name!r}",
                fix="Leave it out: what does not vary can't explain; or calibrate it so that cases differ.",
            )


def _outcome(data: pd.DataFrame, target: Literal, cases: tuple[str, ...]) -> Floats:
    y = _numbers(data, target.name, cases)
    n_levels, fuzzy = _scale(y, target.name, cases)
    if target.levels is not None:
        y = np.isin(y, list(target.levels)).astype(float)
    elif not fuzzy and n_levels > 2:
        raise MethodError(
            f"the outcome {target.name!r} has {n_levels} levels",
            where=f"outcome {target.name!r}",
            allowed=[f"{target.name}{{{level}}}" for level in range(n_levels)],
            fix="Say which level is to be explained.",
        )
    return 1.0 - y if target.negated else y


def _outcome_name(target: Literal) -> str:
    level = "" if target.levels is None else "{" + ",".join(str(level) for level in sorted(target.levels)) + "}"
    return f"{'~' if target.negated else ''}{target.name}{level}"
