"""Parameters of fit: how consistent and how relevant a set relation is, for any expression.

Formulas (x membership in the condition or term, y in the outcome; sums over all cases):

- sufficiency: consistency = sum min(x, y) / sum x; coverage = sum min(x, y) / sum y (Ragin 2006);
  PRI = (sum min(x, y) - sum min(x, y, 1 - y)) / (sum x - sum min(x, y, 1 - y)) (Schneider & Wagemann 2012, 242);
- necessity: consistency = sum min(x, y) / sum y; coverage = sum min(x, y) / sum x;
  relevance RoN = sum(1 - x) / sum(1 - min(x, y)) (Schneider & Wagemann 2012, 236).

A ratio without a denominator (a set without any member) is NaN: not available, never 0 or 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.expressions import disjuncts, evaluate, normalise, parse
from analysis.qca.sets import Sets, read_expression_sets

Floats = NDArray[np.float64]


def ratio(top: Floats | float, bottom: Floats | float) -> Floats:
    """Divide, with NaN where the denominator is zero."""
    top, bottom = np.asarray(top, dtype=float), np.asarray(bottom, dtype=float)
    return np.divide(top, bottom, out=np.full(np.broadcast(top, bottom).shape, np.nan), where=bottom > 0)


def consistency(x: Floats, y: Floats) -> Floats:
    """Return how far x is a subset of y, in [0, 1]; columns of `x`, shape (n,) or (n, m), are separate sets."""
    return ratio(_overlap(x, y).sum(axis=0), x.sum(axis=0))


def coverage(x: Floats, y: Floats) -> Floats:
    """Return the share of y that x covers, in [0, 1]."""
    return ratio(_overlap(x, y).sum(axis=0), y.sum(axis=0))


def pri(x: Floats, y: Floats) -> Floats:
    """Return the proportional reduction in inconsistency: consistency with y less what is shared with its negation."""
    both = np.minimum(_overlap(x, y), _column(1.0 - y, x)).sum(axis=0)
    return ratio(_overlap(x, y).sum(axis=0) - both, x.sum(axis=0) - both)


def consistency_haesebrouck(x: Floats, y: Floats) -> Floats:
    """Return consistency that weighs inconsistent memberships by their size (Haesebrouck 2015), in [0, 1]."""
    overlap = _overlap(x, y)
    return ratio(overlap.sum(axis=0), (overlap + np.sqrt((x - overlap) * x)).sum(axis=0))


def relevance_of_necessity(x: Floats, y: Floats) -> Floats:
    """Return RoN, in [0, 1]: near 0 where x is a trivially necessary condition, close to a constant."""
    return ratio((1.0 - x).sum(axis=0), (1.0 - _overlap(x, y)).sum(axis=0))


def unique_coverage(x: Floats, y: Floats) -> Floats:
    """Return, for each column of `x`, what the union of all columns covers beyond the union of the others."""
    whole = coverage(x.max(axis=1), y)
    others = [x[:, np.arange(x.shape[1]) != i] for i in range(x.shape[1])]
    return np.array([whole - (coverage(rest.max(axis=1), y) if rest.shape[1] else 0.0) for rest in others])


def _overlap(x: Floats, y: Floats) -> Floats:
    return np.minimum(x, _column(y, x))


def _column(y: Floats, x: Floats) -> Floats:
    return y[:, None] if x.ndim == 2 else y


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Parameters of fit of an expression and of each of its terms.

    Attributes
    ----------
    expression, outcome, relation : str
        What was asked; `relation` is `"sufficiency"` or `"necessity"`.
    table : DataFrame
        One row a term and one (`kind` "expression") for the whole. Sufficiency: `consistency`, `pri`,
        `raw_coverage`, `unique_coverage`; necessity: `consistency`, `relevance` (RoN), `coverage`.
    membership : DataFrame, shape (n, 2)
        Each case's membership in the expression (`x`) and in the outcome (`y`), for an XY plot.
    """

    expression: str
    outcome: str
    relation: str
    table: pd.DataFrame
    membership: pd.DataFrame

    @property
    def summary(self) -> str:
        """One sentence with the fit of the whole expression."""
        whole = self.table.iloc[-1]
        how = "sufficient" if self.relation == "sufficiency" else "necessary"
        covered = whole["raw_coverage" if self.relation == "sufficiency" else "coverage"]
        return (
            f"{self.expression} is {how} for {self.outcome} with consistency {whole['consistency']:.3f} "
            f"and coverage {covered:.3f} ({len(self.membership)} cases)."
        )


def parameters_of_fit(
    data: pd.DataFrame,
    expression: str,
    outcome: str | None = None,
    relation: str | None = None,
    case_names: str | Sequence[str] | None = None,
) -> Fit:
    """Compute the parameters of fit of any expression.

    Parameters
    ----------
    data : DataFrame
        Memberships, one row a case.
    expression : str
        `"A*B + ~C"`, or with its outcome: `"A*B + ~C -> Y"` (sufficiency), `"A + B <- Y"` (necessity).
    outcome : str, optional
        The outcome where the expression does not hold it.
    relation : {"sufficiency", "necessity"}, optional
        The relation where the expression has no arrow; sufficiency by default.
    case_names : str or sequence of str, optional
        As in `truth_table`.

    Raises
    ------
    MethodError
        The expression can't be read, or names a set that does not exist.
    """
    expression, outcome, relation = _asked(expression, outcome, relation)
    sets = read_expression_sets(data, expression, outcome, case_names)
    node = parse(expression, sets.conditions)
    parts = disjuncts(node)
    x = np.column_stack([evaluate(part, sets.membership) for part in parts])
    names = (
        normalise(expression).split(" + ")
        if len(parts) == expression.count("+") + 1
        else [f"part {i + 1}" for i in range(len(parts))]
    )
    table = sufficiency_rows(x, sets.y, names) if relation == "sufficiency" else necessity_rows(x, sets.y, names)
    membership = pd.DataFrame({"x": reduce(np.maximum, x.T), "y": sets.y}, index=pd.Index(sets.cases, name="case"))
    return Fit(normalise(expression), sets.outcome, relation, table, membership)


def sufficiency_rows(x: Floats, y: Floats, names: Sequence[str]) -> pd.DataFrame:
    """Return the sufficiency table of terms (columns of `x`) and of their union."""
    whole = x.max(axis=1, keepdims=True)
    every = np.hstack([x, whole])
    return pd.DataFrame(
        {
            "kind": ["term"] * len(names) + ["expression"],
            "term": [*names, " + ".join(names)],
            "consistency": consistency(every, y),
            "pri": pri(every, y),
            "consistency_haesebrouck": consistency_haesebrouck(every, y),
            "raw_coverage": coverage(every, y),
            "unique_coverage": [*unique_coverage(x, y), np.nan],
        }
    )


def necessity_rows(x: Floats, y: Floats, names: Sequence[str]) -> pd.DataFrame:
    """Return the necessity table of terms (columns of `x`) and of their union."""
    every = np.hstack([x, x.max(axis=1, keepdims=True)])
    return pd.DataFrame(
        {
            "kind": ["term"] * len(names) + ["expression"],
            "term": [*names, " + ".join(names)],
            "consistency": coverage(every, y),
            "relevance": relevance_of_necessity(every, y),
            "coverage": consistency(every, y),
        }
    )


def membership_in(sets: Sets, terms: Sequence[str]) -> Floats:
    """Return the membership of every case in each term, shape (n, terms)."""
    return np.column_stack([sets.evaluate(term) for term in terms]) if terms else np.empty((len(sets.cases), 0))


def _asked(expression: str, outcome: str | None, relation: str | None) -> tuple[str, str, str]:
    for arrow, meaning in (
        ("<->", "sufficiency"),
        ("->", "sufficiency"),
        ("=>", "sufficiency"),
        ("<-", "necessity"),
        ("<=", "necessity"),
    ):
        if arrow in expression:
            left, right = (part.strip() for part in expression.split(arrow))
            return left, outcome or right, relation or meaning
    if outcome is None:
        raise MethodError(
            "no outcome is named",
            where=f"expression {expression!r}",
            fix="Write 'A*B -> Y', or give outcome=.",
        )
    if relation not in (None, "sufficiency", "necessity"):
        raise MethodError(
            f"unknown relation {relation!r}",
            allowed=["sufficiency", "necessity"],
            value=relation,
            fix="Name one of these.",
        )
    return expression, outcome, relation or "sufficiency"
