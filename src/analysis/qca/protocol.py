"""A whole analysis as one value, so that it can be run again on other data or with other cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from analysis.qca.expectations import Expectation
from analysis.qca.minimisation import minimise
from analysis.qca.sets import Sets, read_sets
from analysis.qca.solution import Solution
from analysis.qca.tabulate import from_sets, truth_table
from analysis.qca.truthtable import Cuts, TruthTable


@dataclass(frozen=True, slots=True)
class Analysis:
    """The decisions of a QCA, from the conditions to the remainders.

    The attributes are the arguments of `truth_table` and `minimise`, under the same names.

    Examples
    --------
    >>> plan = Analysis("SURV", ("DEV", "URB", "LIT"), inclusion_cut=0.8, remainders="include")
    >>> solution = plan.run(data)  # doctest: +SKIP
    """

    outcome: str
    conditions: tuple[str, ...]
    inclusion_cut: float = 1.0
    exclusion_cut: float | None = None
    n_cut: int = 1
    pri_cut: float = 0.0
    remainders: Literal["exclude", "include", "directional"] = "exclude"
    expectations: Mapping[str, Expectation] | str | None = None
    exclude: Sequence[int | str] = ()
    contradictions: Literal["negative", "positive", "remainder"] = "negative"
    at_half: Literal["refuse", "absent"] = "refuse"
    case_names: str | Sequence[str] | None = None

    @property
    def cuts(self) -> Cuts:
        """The thresholds of the truth table."""
        return Cuts(self.inclusion_cut, self.exclusion_cut, self.n_cut, self.pri_cut)

    def table(self, data: pd.DataFrame) -> TruthTable:
        """Return the truth table of the data."""
        return truth_table(
            data,
            self.outcome,
            self.conditions,
            self.inclusion_cut,
            self.exclusion_cut,
            self.n_cut,
            self.pri_cut,
            self.case_names,
            at_half=self.at_half,
        )

    def minimise(self, table: TruthTable) -> Solution:
        """Return the solution of a truth table."""
        expectations = self.expectations if self.remainders == "directional" else None
        return minimise(table, self.remainders, expectations, self.exclude, contradictions=self.contradictions)

    def run(self, data: pd.DataFrame) -> Solution:
        """Return the solution of the data."""
        return self.minimise(self.table(data))

    def sets(self, data: pd.DataFrame) -> Sets:
        """Return the checked memberships of the data."""
        return read_sets(data, self.outcome, self.conditions, self.case_names)

    def run_sets(self, sets: Sets) -> Solution:
        """Return the solution of checked memberships."""
        return self.minimise(from_sets(sets, self.cuts))

    def with_(self, **changes: object) -> Analysis:
        """Return the same analysis with other decisions."""
        return replace(self, **changes)  # type: ignore[arg-type]
