"""Directional expectations: what theory says about the remainders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from analysis.errors import MethodError
from analysis.qca.expressions import Literal, disjuncts, parse
from analysis.qca.truthtable import TruthTable

Expectation = int | str | Iterable[int] | None


def expected_levels(
    table: TruthTable, expectations: Mapping[str, Expectation] | str | None
) -> dict[int, frozenset[int]]:
    """Return the expected levels by the column of the condition."""
    if expectations is None:
        raise MethodError(
            "no expectations are given",
            where="minimise, remainders='directional'",
            fix="Give expectations={'DEV': 1, ...}.",
        )
    given = _from_text(expectations) if isinstance(expectations, str) else expectations
    found = {}
    for name, value in given.items():
        if name not in table.conditions:
            raise MethodError(
                f"an expectation about {name!r}, which is no condition",
                where="minimise, expectations",
                allowed=table.conditions,
                value=name,
                fix="Name the conditions of the truth table.",
            )
        if value is None or value == "-":
            continue
        column = table.conditions.index(name)
        found[column] = _levels(name, value, table.levels[column])
    return found


def _from_text(text: str) -> dict[str, Expectation]:
    found: dict[str, Expectation] = {}
    for part in disjuncts(parse(text)):
        if not isinstance(part, Literal):
            raise MethodError(
                "an expectation joins several conditions",
                where=f"expectations {text!r}",
                fix="State one expectation a condition: conjunctions depend on the order in which they are read.",
            )
        found[part.name] = tuple(part.levels) if part.levels is not None else int(not part.negated)
    return found


def _levels(name: str, value: Expectation, n_levels: int) -> frozenset[int]:
    if isinstance(value, str):
        value = [int(part) for part in value.split(",") if part.strip().isdigit()]
    values = [value] if isinstance(value, (int, np.integer)) else list(value or ())
    levels = frozenset(int(level) for level in values)
    if not levels or not levels <= set(range(n_levels)):
        raise MethodError(
            f"the expectation {value!r} for {name!r} is no level of it",
            allowed=range(n_levels),
            fix="Give a level.",
        )
    return levels
