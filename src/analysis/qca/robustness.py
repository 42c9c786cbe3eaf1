"""Robustness: over which other reasonable choices a solution stays, and what of it all choices share.

The protocol of Oana & Schneider (2021; Oana, Schneider & Thomann 2021, ch. 5): sensitivity ranges,
fit-oriented and case-oriented comparison of an initial solution (IS) with test solutions (TS) from other
choices. Unlike SetMethods 4.0, every test solution counts, whatever their number and order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.expressions import Group, negated, parse, print_terms, to_terms
from analysis.qca.fit import consistency, coverage, pri
from analysis.qca.sets import Sets, read_expression_sets

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RobustCore:
    """An initial solution against the test solutions that other choices gave.

    Attributes
    ----------
    initial, core : str
        The initial solution, and what it shares with every test solution.
    tests : tuple of str
    table : DataFrame
        Fit (`consistency`, `pri`, `coverage`) of the initial solution, of each test solution and of the core.
    rf_consistency, rf_coverage : float
        Robustness of fit, in [0, 1]: the initial solution's consistency over the core's; the core's coverage
        over the initial's.
    sc_min, sc_max : float
        Set coincidence of the initial solution with the smallest and with the largest that the test
        solutions allow.
    rcr_typical, rcr_deviant : float
        Robust cases over robust, shaky and possible ones, among cases in and outside the outcome; NaN
        without any.
    rank : int
        1 no shaky or possible case, 2 possible ones only, 3 shaky ones only, 4 both.
    cases : DataFrame
        `case`, `type` ("robust typical", "robust deviant", "shaky ...", "possible ...", "extreme deviant
        coverage", "irrelevant"), `initial`, `smallest`, `largest`, `outcome`.
    """

    initial: str
    core: str
    tests: tuple[str, ...]
    table: pd.DataFrame
    rf_consistency: float
    rf_coverage: float
    sc_min: float
    sc_max: float
    rcr_typical: float
    rcr_deviant: float
    rank: int
    cases: pd.DataFrame

    @property
    def summary(self) -> str:
        """One sentence with the robustness parameters."""
        return (
            f"Against {len(self.tests)} test solutions the robust core is {self.core}: robustness of fit "
            f"{self.rf_consistency:.3f} "
            f"(consistency) and {self.rf_coverage:.3f} (coverage), set coincidence {self.sc_min:.3f} with "
            f"the smallest and "
            f"{self.sc_max:.3f} with the largest, {self.rcr_typical:.3f} of the typical cases robust, "
            f"rank {self.rank} of 4."
        )


def robust_core(
    data: pd.DataFrame,
    outcome: str,
    initial: str | Sequence[str],
    tests: Sequence[str | Sequence[str]],
    case_names: str | Sequence[str] | None = None,
) -> RobustCore:
    """Compare an initial solution with test solutions (Oana & Schneider 2021).

    Parameters
    ----------
    data : DataFrame
    outcome : str
    initial : str or sequence of str
        A model: an expression, or its terms.
    tests : sequence of models
        From other cuts and calibrations.
    case_names : str or sequence of str, optional

    Raises
    ------
    MethodError
        No test solution, or an expression that can't be read.
    """
    if not tests:
        raise MethodError(
            "no test solution is given",
            where="robust_core",
            fix="Give models from other cuts or calibrations.",
        )
    texts = [one if isinstance(one, str) else " + ".join(one) for one in (initial, *tests)]
    sets = sets_of(data, texts, outcome, case_names)
    member = [sets.evaluate(text) for text in texts]
    first, smallest, largest = member[0], reduce(np.minimum, member[1:]), reduce(np.maximum, member[1:])
    core, y = np.minimum(first, smallest), sets.y
    cases = _robust_cases(sets, first, smallest, largest)
    count = cases["type"].value_counts()
    table = _fit_table(["initial", *(f"test {i + 1}" for i in range(len(tests))), "robust core"], [*member, core], y)
    return RobustCore(
        texts[0],
        _conjunction(texts, sets),
        tuple(texts[1:]),
        table,
        float(consistency(first, y) / consistency(core, y)),
        float(coverage(core, y) / coverage(first, y)),
        _coincidence(first, smallest),
        _coincidence(first, largest),
        _case_ratio(count, "typical"),
        _case_ratio(count, "deviant"),
        _rank(first, smallest, largest),
        cases,
    )


def sets_of(
    data: pd.DataFrame, expressions: Sequence[str], outcome: str, case_names: str | Sequence[str] | None
) -> Sets:
    """Return the sets that any of the expressions names."""
    return read_expression_sets(data, " + ".join(f"({text})" for text in expressions), outcome, case_names)


def conjunction(parts: Sequence[tuple[str, bool]], sets: Sets) -> str:
    """Return the conjunction of expressions, each as it is (True) or negated (False), as a sum of products."""
    nodes = tuple(parse(text) if keep else negated(parse(text)) for text, keep in parts)
    return print_terms(to_terms(Group("*", nodes), sets.level_counts), sets.level_counts)


def _conjunction(texts: Sequence[str], sets: Sets) -> str:
    return conjunction([(text, True) for text in texts], sets)


def _fit_table(names: Sequence[str], member: Sequence[Floats], y: Floats) -> pd.DataFrame:
    x = np.column_stack(member)
    return pd.DataFrame(
        {"solution": names, "consistency": consistency(x, y), "pri": pri(x, y), "coverage": coverage(x, y)}
    )


def _coincidence(left: Floats, right: Floats) -> float:
    return float(np.minimum(left, right).sum() / np.maximum(left, right).sum())


def _robust_cases(sets: Sets, first: Floats, smallest: Floats, largest: Floats) -> pd.DataFrame:
    places = (
        ("robust", np.minimum(first, smallest)),
        ("shaky", np.minimum(first, 1 - smallest)),
        ("possible", np.minimum(1 - first, largest)),
        ("", np.minimum(1 - first, 1 - largest)),
    )
    inside = {"": ("extreme deviant coverage", "irrelevant")}
    kind = np.full(len(sets.cases), "at .5", dtype=object)
    for name, member in places:
        typical, deviant = inside.get(name, (f"{name} typical", f"{name} deviant"))
        kind[(member > 0.5) & (sets.y > 0.5)] = typical
        kind[(member > 0.5) & (sets.y < 0.5)] = deviant
    return pd.DataFrame(
        {
            "case": sets.cases,
            "type": kind,
            "initial": first,
            "smallest": smallest,
            "largest": largest,
            "outcome": sets.y,
        }
    )


def _case_ratio(count: pd.Series, kind: str) -> float:
    robust, shaky, possible = (int(count.get(f"{name} {kind}", 0)) for name in ("robust", "shaky", "possible"))
    total = robust + shaky + possible
    return robust / total if total else float("nan")


def _rank(first: Floats, smallest: Floats, largest: Floats) -> int:
    shaky = bool((np.minimum(first, 1 - smallest) > 0.5).any())
    possible = bool((np.minimum(1 - first, largest) > 0.5).any())
    return 1 + possible + 2 * shaky
