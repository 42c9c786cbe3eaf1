"""Theory evaluation and two-step analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import MethodError
from analysis.qca.fit import consistency, coverage, pri
from analysis.qca.protocol import Analysis
from analysis.qca.robustness import conjunction, sets_of
from analysis.qca.solution import Solution

_AREAS = (("T*S", True, True), ("~T*S", False, True), ("T*~S", True, False), ("~T*~S", False, False))
_TYPES = {
    ("T*S", True): "covered most likely",
    ("~T*S", True): "covered least likely",
    ("T*~S", True): "uncovered most likely",
    ("~T*~S", True): "uncovered least likely",
    ("T*S", False): "inconsistent most likely",
    ("~T*S", False): "inconsistent least likely",
    ("T*~S", False): "consistent most likely",
    ("~T*~S", False): "consistent least likely",
}


@dataclass(frozen=True, slots=True, eq=False)
class TheoryEvaluation:
    """What theory expected (T) against what was found (S), after Schneider & Wagemann (2012, ch. 11.3).

    Attributes
    ----------
    table : DataFrame
        `part` (each term of the solution, "S", "T", and the four intersections), `expression`,
        `consistency`, `coverage`, `pri`.
    cases : DataFrame
        `case`, `area` (the intersection that the case lies in), `type` ("covered most likely", ...).
    """

    table: pd.DataFrame
    cases: pd.DataFrame

    @property
    def summary(self) -> str:
        """One sentence with the share of the outcome's cases that theory foresaw."""
        count = self.cases["type"].value_counts()
        inside = sum(int(count.get(name, 0)) for (_, y), name in _TYPES.items() if y)
        foreseen = int(count.get("covered most likely", 0))
        return (
            f"{foreseen} of {inside} cases with the outcome lie both in the theory and in the solution, "
            f"{int(count.get('covered least likely', 0))} in the solution only, "
            f"{int(count.get('uncovered most likely', 0))} in the theory only."
        )


def theory_evaluation(
    data: pd.DataFrame,
    theory: str,
    solution: str | Sequence[str],
    outcome: str,
    case_names: str | Sequence[str] | None = None,
) -> TheoryEvaluation:
    """Intersect a theoretical expectation with a solution.

    Parameters
    ----------
    data : DataFrame
    theory : str
        An expression.
    solution : str or sequence of str
        A model: an expression, or its terms.
    outcome : str
    case_names : str or sequence of str, optional
    """
    terms = [part.strip() for part in solution.split("+")] if isinstance(solution, str) else list(solution)
    found = " + ".join(terms)
    sets = sets_of(data, [theory, *terms], outcome, case_names)
    t, s = sets.evaluate(theory), sets.evaluate(found)
    areas = {name: np.minimum(t if in_t else 1 - t, s if in_s else 1 - s) for name, in_t, in_s in _AREAS}
    texts = {name: conjunction([(theory, in_t), (found, in_s)], sets) for name, in_t, in_s in _AREAS}
    names = [*terms, "S", "T", *areas]
    x = np.column_stack([*(sets.evaluate(term) for term in terms), s, t, *areas.values()])
    table = pd.DataFrame(
        {
            "part": names,
            "expression": [*terms, found, theory, *texts.values()],
            "consistency": consistency(x, sets.y),
            "coverage": coverage(x, sets.y),
            "pri": pri(x, sets.y),
        }
    )
    return TheoryEvaluation(table, _located(sets.cases, areas, sets.y))


def _located(cases: Sequence[str], areas: dict[str, np.ndarray], y: np.ndarray) -> pd.DataFrame:
    rows = []
    for i, case in enumerate(cases):
        area = next((name for name, member in areas.items() if member[i] > 0.5), "at .5")
        kind = "at .5" if area == "at .5" or y[i] == 0.5 else _TYPES[area, bool(y[i] > 0.5)]
        rows.append((case, area, kind))
    return pd.DataFrame(rows, columns=["case", "area", "type"])


@dataclass(frozen=True, slots=True, eq=False)
class TwoStep:
    """Remote contexts first, then proximate conditions within each.

    Attributes
    ----------
    contexts : Solution
        The outcome-enabling contexts: the parsimonious solution of the remote conditions.
    paths : dict of str to Solution
        For each context (a term of the contexts' first model) the solution of the context with the proximate
        conditions, named CONTEXT.
    table : DataFrame
        `context`, `term` (with the context written out), `consistency`, `pri`, `raw_coverage`, `models`,
        `note`.
    """

    contexts: Solution
    paths: dict[str, Solution]
    table: pd.DataFrame

    @property
    def summary(self) -> str:
        """One sentence with the number of contexts and paths."""
        found = self.table["term"].ne("").sum()
        return (
            f"{self.contexts.expression(0)} enables {self.contexts.outcome} (first step); "
            f"within these contexts {found} paths suffice (second step)."
        )


def two_step(
    data: pd.DataFrame,
    plan: Analysis,
    remote: Sequence[str],
    proximate: Sequence[str],
    first_cut: float = 0.7,
) -> TwoStep:
    """Analyse remote and proximate conditions in two steps (Schneider & Wagemann 2006).

    Parameters
    ----------
    data : DataFrame
    plan : Analysis
        Outcome, cuts and treatment of remainders of the second step; its conditions are not used.
    remote : sequence of str
        Conditions of context: the framework's groups.
    proximate : sequence of str
        Conditions close to the outcome: factors.
    first_cut : float
        The consistency cut of the first step, lower than the second's since contexts only enable.

    Raises
    ------
    MethodError
        A condition in both lists, or no enabling context.
    """
    both = sorted(set(remote) & set(proximate))
    if both:
        raise MethodError(
            f"{both[0]!r} is both remote and proximate",
            where="two_step",
            fix="Put it into one of the two lists.",
        )
    contexts = plan.with_(
        conditions=tuple(remote), inclusion_cut=first_cut, pri_cut=0.0, remainders="include", exclude=()
    ).run(data)
    paths: dict[str, Solution] = {}
    rows = []
    for context in contexts.models[0]:
        member = contexts.term_membership[context].to_numpy()
        second = plan.with_(conditions=("CONTEXT", *proximate))
        if plan.remainders == "directional":
            given = plan.expectations if isinstance(plan.expectations, dict) else {}
            second = second.with_(expectations={"CONTEXT": 1, **{k: v for k, v in given.items() if k in proximate}})
        try:
            paths[context] = second.run(data.assign(CONTEXT=member))
        except MethodError as error:
            rows.append((context, "", np.nan, np.nan, np.nan, 0, error.what))
            continue
        fit = paths[context].term_fit
        first = fit[fit["model"] == "M1"]
        rows += [
            (
                context,
                r.term.replace("CONTEXT", f"({context})"),
                r.consistency,
                r.pri,
                r.raw_coverage,
                paths[context].n_models,
                "",
            )
            for r in first.itertuples()
        ]
    columns = ["context", "term", "consistency", "pri", "raw_coverage", "models", "note"]
    return TwoStep(contexts, paths, pd.DataFrame(rows, columns=columns))
