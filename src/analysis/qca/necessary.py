"""Necessity: what the outcome can't do without (conditions, conjunctions, disjunctions), and what is trivial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.expressions import Literal, print_literal
from analysis.qca.fit import consistency, coverage, relevance_of_necessity
from analysis.qca.sets import TOLERANCE, Sets, read_sets

Floats = NDArray[np.float64]

TRIVIAL = 0.5  # relevance (RoN) or coverage below this: the set is so large that nearly every case is in it
_ALL_SIZES_UP_TO = 8
_MOST_CANDIDATES = 200_000
_COLUMNS = ["expression", "kind", "consistency", "relevance", "coverage", "necessary", "trivial"]


@dataclass(frozen=True, slots=True, eq=False)
class Necessity:
    """Necessity of single conditions, and the combinations that pass.

    Attributes
    ----------
    outcome : str
    table : DataFrame
        Every condition, its negation (or its levels): `expression`, `kind` ("condition", "negation",
        "level"), `consistency`, `relevance` (RoN), `coverage`, `necessary` (consistency at least the cut),
        `trivial` (necessary, but relevance or coverage below .5).
    combinations : DataFrame
        The same columns for every conjunction that passes both cuts and every disjunction that passes them
        while no part of it does (`kind` "condition", "negation", "level", "conjunction", "disjunction").
    consistency_cut, coverage_cut : float
    most_literals : int
        The size up to which combinations were searched.
    """

    outcome: str
    table: pd.DataFrame
    combinations: pd.DataFrame
    consistency_cut: float
    coverage_cut: float
    most_literals: int

    @property
    def summary(self) -> str:
        """One sentence naming the necessary conditions."""
        found = self.table[self.table["necessary"]]
        if found.empty:
            best = self.table.loc[self.table["consistency"].idxmax()]
            return (
                f"No single condition is necessary for {self.outcome}: the closest is "
                f"{best['expression']} with consistency "
                f"{best['consistency']:.3f} (cut {self.consistency_cut:g})."
            )
        names = [
            f"{row.expression} (consistency {row.consistency:.3f}, RoN {row.relevance:.3f}"
            f"{', trivial' if row.trivial else ''})"
            for row in found.itertuples()
        ]
        return f"Necessary for {self.outcome} at {self.consistency_cut:g}: {', '.join(names)}."


def necessity(
    data: pd.DataFrame,
    outcome: str,
    conditions: Sequence[str] | str,
    *,
    consistency_cut: float = 0.9,
    coverage_cut: float = 0.0,
    most_literals: int | None = None,
    case_names: str | Sequence[str] | None = None,
) -> Necessity:
    """Test every condition, its negation, and their combinations for necessity.

    Parameters
    ----------
    data : DataFrame
    outcome : str
    conditions : sequence of str
        As in `truth_table`.
    consistency_cut : float
        A set with at least this consistency counts as necessary (.9 is customary).
    coverage_cut : float
        Combinations below this coverage are left out.
    most_literals : int, optional
        The largest combination; all sizes for up to eight conditions, else three.
    case_names : str or sequence of str, optional

    Raises
    ------
    MethodError
        As `truth_table`; or more combinations than can be searched.
    """
    sets = read_sets(data, outcome, conditions, case_names)
    k = len(sets.conditions)
    largest = most_literals or (k if k <= _ALL_SIZES_UP_TO else 3)
    singles = _singles(sets)
    member = np.column_stack([sets.membership(literal) for literal, _ in singles])
    table = _frame(sets, [(print_, kind) for print_, kind in _labels(sets, singles)], member, consistency_cut)
    search = _Search(sets, singles, member, consistency_cut, coverage_cut, min(largest, k))
    found = pd.concat([search.conjunctions(), search.disjunctions()], ignore_index=True)
    return Necessity(sets.outcome, table, found, consistency_cut, coverage_cut, min(largest, k))


def _singles(sets: Sets) -> list[tuple[Literal, str]]:
    found = []
    for name, n_levels in sets.level_counts.items():
        order = (1, 0) if n_levels == 2 else range(n_levels)
        kinds = {1: "condition", 0: "negation"} if n_levels == 2 else {}
        found += [(Literal(name, frozenset({level})), kinds.get(level, "level")) for level in order]
    return found


def _labels(sets: Sets, singles: list[tuple[Literal, str]]) -> list[tuple[str, str]]:
    multi = max(sets.levels) > 2
    counts = sets.level_counts
    return [
        (print_literal(lit.name, lit.levels or frozenset(), counts[lit.name], multi), kind) for lit, kind in singles
    ]


def _frame(sets: Sets, labels: list[tuple[str, str]], x: Floats, cut: float) -> pd.DataFrame:
    frame = pd.DataFrame(labels, columns=["expression", "kind"])
    # necessity swaps the ratios of sufficiency: consistency is over the outcome, coverage over the condition
    frame["consistency"] = coverage(x, sets.y)
    frame["relevance"] = relevance_of_necessity(x, sets.y)
    frame["coverage"] = consistency(x, sets.y)
    frame["necessary"] = frame["consistency"] >= cut - TOLERANCE
    frame["trivial"] = frame["necessary"] & ((frame["relevance"] < TRIVIAL) | (frame["coverage"] < TRIVIAL))
    return frame


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """Level-wise search over combinations with at most one literal of a condition."""

    sets: Sets
    singles: list[tuple[Literal, str]]
    member: Floats
    consistency_cut: float
    coverage_cut: float
    largest: int

    def conjunctions(self) -> pd.DataFrame:
        """Every conjunction that passes: a longer one can only pass where all of its parts do."""
        level: list[tuple[int, ...]] = [(i,) for i in range(len(self.singles))]
        found = []
        for size in range(1, self.largest + 1):
            passed = self._passing(level, np.minimum)
            found.append(self._kept(passed, np.minimum, "*", "conjunction", size))
            level = self._longer(passed, must_extend=set(passed))
        return pd.concat(found, ignore_index=True)

    def disjunctions(self) -> pd.DataFrame:
        """Every disjunction that passes while no part of it does: only what fails is made longer."""
        level: list[tuple[int, ...]] = [(i,) for i in range(len(self.singles))]
        found = [pd.DataFrame(columns=_COLUMNS)]
        for size in range(1, self.largest + 1):
            passed = set(self._passing(level, np.maximum))
            if size > 1:
                found.append(self._kept(sorted(passed), np.maximum, " + ", "disjunction", size))
            failed = [combination for combination in level if combination not in passed]
            level = self._longer(failed, must_extend=set(failed))
        return pd.concat([frame for frame in found if len(frame)] or found[:1], ignore_index=True)

    def _passing(self, level: list[tuple[int, ...]], join: np.ufunc) -> list[tuple[int, ...]]:
        if not level:
            return []
        incl = coverage(self._membership(level, join), self.sets.y)
        return [
            combination
            for combination, value in zip(level, incl, strict=True)
            if value >= self.consistency_cut - TOLERANCE
        ]

    def _membership(self, level: list[tuple[int, ...]], join: np.ufunc) -> Floats:
        return join.reduce(self.member[:, np.array(level)], axis=2)

    def _longer(self, level: list[tuple[int, ...]], must_extend: set[tuple[int, ...]]) -> list[tuple[int, ...]]:
        """Join combinations that share all but their last literal, where every part is in `must_extend`."""
        by_start: dict[tuple[int, ...], list[int]] = {}
        for combination in sorted(level):
            by_start.setdefault(combination[:-1], []).append(combination[-1])
        longer = []
        for start, ends in by_start.items():
            for left, right in combinations(ends, 2):
                joined = (*start, left, right)
                same = self.singles[left][0].name == self.singles[right][0].name
                if not same and all(part in must_extend for part in combinations(joined, len(start) + 1)):
                    longer.append(joined)
        if len(longer) > _MOST_CANDIDATES:
            raise MethodError(
                "too many combinations to search for necessity",
                where=f"necessity, combinations of {len(longer[0])} literals",
                fix="Lower most_literals, or use fewer conditions.",
            )
        return longer

    def _kept(self, passed: list[tuple[int, ...]], join: np.ufunc, joint: str, kind: str, size: int) -> pd.DataFrame:
        if not passed:
            return pd.DataFrame(columns=_COLUMNS)
        labels = _labels(self.sets, self.singles)
        names = [(joint.join(labels[i][0] for i in c), labels[c[0]][1] if size == 1 else kind) for c in passed]
        frame = _frame(self.sets, names, self._membership(passed, join), self.consistency_cut)
        return frame[frame["coverage"] >= self.coverage_cut - TOLERANCE]
