"""Chance: how often an outcome dealt out at random would give a solution at least as good.

With few cases and many conditions a random outcome rarely contradicts itself, so that a "perfect" solution
is what one should expect (Marx & Dusa 2011; Braumoeller 2015). Outcomes are permuted within clusters, which
keeps each area's level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.fit import consistency, coverage, pri
from analysis.qca.protocol import Analysis
from analysis.qca.sets import TOLERANCE, Sets
from analysis.qca.tabulate import configuration_membership, judge
from analysis.qca.truthtable import TruthTable

Floats = NDArray[np.float64]
#: Membership in the first model, number of models, number of the first one's terms.
_Minimal = tuple[Floats, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class ChanceCheck:
    """A solution against those of permuted outcomes.

    Attributes
    ----------
    consistency, coverage : float
        Of the solution's first model.
    n_models : int
    share : float
        Share of outcomes, the observed one among them, whose solution is at least as consistent and as
        covering: a p-value.
    perfect : float
        Share of permuted outcomes with a solution of consistency 1 and coverage 1.
    none : float
        Share of permuted outcomes without any solution.
    table : DataFrame
        One row a permutation: `consistency`, `coverage` (of the first model; NaN without a solution),
        `n_models`, `terms`.
    clustered : bool
        Whether outcomes were permuted within clusters.
    """

    consistency: float
    coverage: float
    n_models: int
    share: float
    perfect: float
    none: float
    table: pd.DataFrame
    clustered: bool

    @property
    def summary(self) -> str:
        """One sentence with the chance rate."""
        where = " within clusters" if self.clustered else ""
        return (
            f"Of {len(self.table):,} outcomes permuted{where}, {100 * self.perfect:.0f} % give a perfect "
            f"solution; with a share of "
            f"{self.share:.3f} chance does at least as well as the solution found (consistency "
            f"{self.consistency:.3f}, coverage {self.coverage:.3f})."
        )


def chance_check(
    data: pd.DataFrame, plan: Analysis, cluster: str | None = None, permutations: int = 1000, seed: int = 2017
) -> ChanceCheck:
    """Permute the outcome, within clusters where they are given, and repeat the analysis.

    Parameters
    ----------
    data : DataFrame
        Memberships, and the column `cluster`.
    plan : Analysis
    cluster : str, optional
        Cases change outcomes only within the same value of this column.
    permutations : int
    seed : int

    Raises
    ------
    MethodError
        No such column, no permutation, or no solution for the outcome as observed.
    """
    if permutations < 1:
        raise MethodError("no permutation is asked for", where="chance_check", allowed=["1 or more"], fix="Take 1000.")
    if cluster is not None and cluster not in data.columns:
        raise MethodError(
            f"there is no column {cluster!r}",
            where="chance_check",
            allowed=list(data.columns),
            value=cluster,
            fix="Name a column.",
        )
    table = plan.table(data)
    sets = plan.sets(data)
    labels = data[cluster].astype(str).to_numpy() if cluster is not None else np.zeros(len(data), dtype=str)
    known: dict[tuple[str, ...], _Minimal] = {}
    observed = _solve(plan, table, known)
    member = configuration_membership(sets, table.configurations)
    rng = np.random.default_rng(seed)
    rows = [
        _solve(plan, _dealt(table, sets, member, _permuted(sets.y, labels, rng), plan), known)
        for _ in range(permutations)
    ]
    found = pd.DataFrame(rows, columns=["consistency", "coverage", "n_models", "terms"])
    as_good = (found["consistency"] >= observed[0] - TOLERANCE) & (found["coverage"] >= observed[1] - TOLERANCE)
    perfect = (found["consistency"] >= 1 - TOLERANCE) & (found["coverage"] >= 1 - TOLERANCE)
    return ChanceCheck(
        observed[0],
        observed[1],
        int(observed[2]),
        (1 + int(as_good.sum())) / (1 + permutations),
        float(perfect.mean()),
        float((found["n_models"] == 0).mean()),
        found,
        cluster is not None,
    )


def _permuted(y: Floats, labels: NDArray[np.str_], rng: np.random.Generator) -> Floats:
    dealt = y.copy()
    for label in np.unique(labels):
        here = np.flatnonzero(labels == label)
        dealt[here] = y[rng.permutation(here)]
    return dealt


def _dealt(table: TruthTable, sets: Sets, member: Floats, y: Floats, plan: Analysis) -> TruthTable:
    """Return the table with another outcome; who belongs to which configuration does not change."""
    incl, proportional = consistency(member, y), pri(member, y)
    return TruthTable(
        table.conditions,
        table.levels,
        table.outcome,
        table.configurations,
        table.rows,
        judge(incl, proportional, table.n, plan.cuts),
        table.n,
        incl,
        proportional,
        table.cases,
        table.deviant,
        plan.cuts,
        sets.with_outcome(y),
    )


def _solve(plan: Analysis, table: TruthTable, known: dict[tuple[str, ...], _Minimal]) -> tuple[float, float, int, int]:
    """Return fit, number of models and of terms; `known` keeps what outputs were minimised to, as outcomes repeat."""
    if "1" not in table.outputs and not (plan.contradictions == "positive" and "C" in table.outputs):
        return float("nan"), float("nan"), 0, 0
    if plan.remainders != "exclude" and "0" not in table.outputs and "C" not in table.outputs:
        # every observed row suffices: nothing to minimise against, the outcome is there throughout
        return 1.0, 1.0, 1, 0
    if table.outputs not in known:
        solution = plan.minimise(table)
        known[table.outputs] = solution.first_membership(), solution.n_models, len(solution.first)
    member, n_models, n_terms = known[table.outputs]
    assert table.sets is not None
    y = table.sets.y
    return float(consistency(member, y)), float(coverage(member, y)), n_models, n_terms
