"""Enhanced standard analysis: which remainders may not be assumed (Schneider & Wagemann 2013)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.errors import MethodError
from analysis.qca.expressions import negated, parse, print_terms, to_terms
from analysis.qca.minimisation import minimise
from analysis.qca.truthtable import TruthTable


def contradictory_assumptions(table: TruthTable, negation: TruthTable) -> tuple[int, ...]:
    """Return the remainders that the parsimonious solutions of an outcome and of its negation both assume.

    Parameters
    ----------
    table, negation : TruthTable
        The truth tables of the outcome and of its negation, over the same conditions.

    Returns
    -------
    tuple of int
        Row numbers, for `minimise(..., exclude=)`. Any model of either solution counts.
    """
    _same_conditions(table, negation)
    left, right = (
        {row for model in minimise(one, "include").simplifying_assumptions for row in model}
        for one in (table, negation)
    )
    return tuple(sorted(left & right))


def simultaneous_subsets(table: TruthTable, negation: TruthTable) -> tuple[int, ...]:
    """Return the rows that count as sufficient both for an outcome and for its negation."""
    _same_conditions(table, negation)
    left, right = (set(one.rows[np.array(one.outputs) == "1"].tolist()) for one in (table, negation))
    return tuple(sorted(left & right))


def untenable_rows(
    table: TruthTable,
    necessary: Sequence[str] = (),
    impossible: Sequence[str] = (),
    *,
    observed: bool = False,
) -> tuple[int, ...]:
    """Return the remainders that contradict what is known.

    Parameters
    ----------
    table : TruthTable
    necessary : sequence of str
        Expressions found necessary for the outcome (`"STOCK + MA"`): rows in their negation can't be
        sufficient.
    impossible : sequence of str
        Expressions that describe no possible case (`"BARGAIN*~OCCUP"`).
    observed : bool
        Also return observed rows that lack a necessary condition, as SetMethods 4.0 does; excluding them
        turns them negative.

    Returns
    -------
    tuple of int
        Row numbers, for `minimise(..., exclude=)`.
    """
    judged = set(table.rows[np.array(table.outputs) != "?"].tolist())
    lacking = _covered(table, [_negation(table, expression) for expression in necessary])
    ruled_out = _covered(table, impossible) - judged
    return tuple(sorted(ruled_out | (lacking if observed else lacking - judged)))


def _covered(table: TruthTable, expressions: Sequence[str]) -> set[int]:
    return {int(row) for expression in expressions if expression != "0" for row in table.rows_within(expression)}


def _negation(table: TruthTable, expression: str) -> str:
    node = negated(parse(expression, table.conditions))
    return print_terms(to_terms(node, table.level_counts), table.level_counts)


def _same_conditions(table: TruthTable, negation: TruthTable) -> None:
    if table.conditions != negation.conditions or table.levels != negation.levels:
        raise MethodError(
            "the two truth tables have different conditions",
            where=f"{', '.join(table.conditions)} against {', '.join(negation.conditions)}",
            fix="Make both with the same conditions, one for the outcome and one for its negation.",
        )
