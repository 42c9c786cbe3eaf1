"""What a minimisation gives: every model, its fit, its assumptions, and how ambiguous it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.ambiguity import Ambiguity, Model, Pair
from analysis.qca.configurations import rows_of_term
from analysis.qca.covers import MinimalCovers, count_irredundant, irredundant_covers, reduce_chart
from analysis.qca.expressions import print_term
from analysis.qca.modelfit import case_types, fit_frame, membership_of
from analysis.qca.sets import Sets
from analysis.qca.truthtable import TruthTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_MOST_ASSUMPTIONS = 50_000_000  # numbers of rows that are listed at once
_MOST_COVERS = 20_000  # covers by classes that are looked at to count the irredundant ones


@dataclass(frozen=True, eq=False)
class Solution:
    """All models of a minimisation.

    Frozen, but without slots, so that listing, fit and assumptions are worked out when first asked for and
    kept.

    Attributes
    ----------
    table : TruthTable
    kind : {"conservative", "parsimonious", "intermediate"}
    terms : ndarray of int, shape (primes, k)
        The level that each prime implicant demands of each condition, -1 for none.
    covers : ndarray of bool, shape (primes, positive rows)
    positive : ndarray of int
        Row numbers of the positive rows.
    n_models : int
        The exact number of models.
    limit : int
        How many of them `.models` lists.
    pairs : tuple of Pair
        Of an intermediate solution: its pairs of conservative and parsimonious models.
    pairs_complete : bool
        Whether all pairs were worked out; otherwise `n_models` is a lower bound.
    excluded : tuple of int
        Row numbers that were barred from being assumed.
    minimal : MinimalCovers or None
        The search for models, where the solution is not an intermediate one.
    """

    table: TruthTable
    kind: str
    terms: Ints
    covers: NDArray[np.bool_]
    positive: Ints
    n_models: int
    limit: int
    pairs: tuple[Pair, ...] = ()
    pairs_complete: bool = True
    excluded: tuple[int, ...] = ()
    minimal: MinimalCovers | None = None
    given: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    @property
    def outcome(self) -> str:
        """The outcome that the models explain."""
        return self.table.outcome

    @cached_property
    def prime_implicants(self) -> tuple[str, ...]:
        """Every prime implicant that covers a positive row, shortest first."""
        return tuple(print_term(self._literals(i), self.table.level_counts) for i in range(len(self.terms)))

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """The models, each a tuple of terms; the first `limit` of `n_models`."""
        return tuple(tuple(self.prime_implicants[i] for i in model) for model in self.listed)

    @property
    def complete(self) -> bool:
        """Whether `.models` lists every model."""
        return self.pairs_complete and self.n_models <= self.limit

    def iter_models(self) -> Iterator[Model]:
        """List all models one by one, however many there are."""
        for cover in self._covers():
            yield tuple(self.prime_implicants[i] for i in cover)

    def irredundant_models(self) -> Iterator[Model]:
        """List all models of which no term can be dropped (minimal or not) one by one."""
        if self.minimal is None:
            raise MethodError(
                "irredundant models are listed for conservative and parsimonious solutions",
                where="an intermediate solution",
                fix="Ask the conservative or parsimonious solution.",
            )
        for cover in irredundant_covers(self.minimal.core):
            yield tuple(self.prime_implicants[i] for i in cover)

    @property
    def chart(self) -> pd.DataFrame:
        """The prime implicant chart: terms by numbers of positive rows, True where a term covers a row."""
        return pd.DataFrame(self.covers, index=pd.Index(self.prime_implicants, name="term"), columns=self.positive)

    @cached_property
    def essential(self) -> tuple[str, ...]:
        """The prime implicants that stand in every model, listed or not."""
        shared = sorted(set.intersection(*(set(model) for model in self.listed)))
        if self.n_models > len(self.listed) and self.minimal is not None:
            shared = [i for i in shared if not self._dispensable(i)]
        return tuple(self.prime_implicants[i] for i in shared)

    @cached_property
    def ambiguity(self) -> Ambiguity:
        """The number of models by both definitions."""
        k, cases = len(self.table.conditions), int(self.table.n.sum())
        if self.minimal is None:
            return Ambiguity(self.n_models, None, True, k, cases)
        return Ambiguity(self.n_models, *count_irredundant(self.minimal.core, _MOST_COVERS), k, cases)

    @cached_property
    def simplifying_assumptions(self) -> tuple[tuple[int, ...], ...]:
        """For each listed model, the row numbers of the remainders that it covers."""
        size = sum(self._n_rows(i) for model in self.listed for i in model)
        if size > _MOST_ASSUMPTIONS:
            raise MethodError(
                f"{len(self.listed)} models make {size:,} assumptions: too many to list",
                where="simplifying_assumptions",
                fix="Ask for one model: solution.assumptions_of(model); or list fewer: minimise(..., limit=).",
            )
        return tuple(tuple(self.assumed_rows(model).tolist()) for model in self.listed)

    def assumptions_of(self, model: int = 0) -> tuple[int, ...]:
        """Return the row numbers of the remainders that one listed model covers."""
        return tuple(self.assumed_rows(self.listed[model]).tolist())

    @property
    def easy(self) -> tuple[int, ...]:
        """Row numbers of easy counterfactuals: assumed in line with the expectations, in any pair of models."""
        return tuple(sorted({row for pair in self.pairs for row in pair.easy}))

    @property
    def difficult(self) -> tuple[int, ...]:
        """Row numbers of difficult counterfactuals: assumed by a parsimonious model, and easy in no pair."""
        return tuple(sorted({row for pair in self.pairs for row in pair.difficult} - set(self.easy)))

    @cached_property
    def fit(self) -> pd.DataFrame:
        """Fit of each listed model: a row a term (`kind` "term"), then one for the model (`kind` "model").

        Columns: `model` ("M1", ...), `kind`, `term`, `consistency`, `pri`, `raw_coverage`,
        `unique_coverage`, `cases` (of the positive rows that it covers, rows divided by ";").
        """
        sets = self._data("fit")
        cases = [self._cases_of(row) for row in self.covers]
        everywhere = [self._cases_of(np.any(self.covers[list(model)], axis=0)) for model in self.listed]
        return fit_frame(self.listed, self.prime_implicants, self.term_membership.to_numpy(), sets.y, cases, everywhere)

    @property
    def term_fit(self) -> pd.DataFrame:
        """The rows of `fit` about terms."""
        return self.fit[self.fit["kind"] == "term"].drop(columns="kind").reset_index(drop=True)

    @property
    def model_fit(self) -> pd.DataFrame:
        """The rows of `fit` about whole models."""
        return self.fit[self.fit["kind"] == "model"].drop(columns=["kind", "unique_coverage"]).reset_index(drop=True)

    @cached_property
    def term_membership(self) -> pd.DataFrame:
        """Every case's membership in every prime implicant, shape (n, primes)."""
        sets = self._data("memberships")
        columns = [membership_of(sets, term) for term in self.terms]
        return pd.DataFrame(
            np.column_stack(columns), index=pd.Index(sets.cases, name="case"), columns=self.prime_implicants
        )

    @cached_property
    def first(self) -> tuple[int, ...]:
        """The first model, as indices of prime implicants."""
        return next(self._covers())

    def first_membership(self) -> Floats:
        """Return every case's membership in the first model, without working out that of all prime implicants."""
        sets = self._data("memberships")
        return reduce(np.maximum, [membership_of(sets, self.terms[i]) for i in self.first])

    def membership(self, model: int = 0) -> pd.Series:
        """Return every case's membership in one listed model: the highest of its terms."""
        member = self.term_membership.iloc[:, list(self.listed[model])].max(axis=1)
        return member.rename(self.expression(model))

    def expression(self, model: int = 0) -> str:
        """Return one listed model as an expression."""
        return " + ".join(self.models[model])

    def cases(self, model: int = 0) -> pd.DataFrame:
        """Say what each case is to each term of a model, and to the model as a whole (the last rows).

        Returns
        -------
        DataFrame
            `case`, `term`, `x`, `y` (memberships in term and outcome), `type`: "typical" (in both), "deviant in
            consistency" (in the term, not in the outcome), "deviant in coverage" (in the outcome, in no term),
            "covered by another term", "irrelevant" (in neither), "at .5".
        """
        sets = self._data("types of cases")
        member = self.term_membership.iloc[:, list(self.listed[model])]
        whole = member.max(axis=1).to_numpy()
        columns = [*member.items(), (self.expression(model), member.max(axis=1))]
        frames = []
        for name, x in columns if member.shape[1] > 1 else columns[:1]:
            kinds = case_types(x.to_numpy(), sets.y, whole)
            frames.append(
                pd.DataFrame({"case": sets.cases, "term": name, "x": x.to_numpy(), "y": sets.y, "type": kinds})
            )
        return pd.concat(frames, ignore_index=True)

    @property
    def summary(self) -> str:
        """One sentence with the number of models and the first model's fit."""
        models = "model" if self.n_models == 1 else "models"
        head = f"The {self.kind} solution for {self.outcome} has {self.n_models:,} {models}"
        head += "" if self.pairs_complete else " or more"
        if self.table.sets is None:
            return f"{head}: {self.expression(0)}{' and others' if self.n_models > 1 else ''}."
        first = self.model_fit.iloc[0]
        which = "" if self.n_models == 1 else " (the first of them)"
        return (
            f"{head}: {self.expression(0)}{which}, consistency {first['consistency']:.3f}, "
            f"coverage {first['raw_coverage']:.3f}."
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """The truth table's warnings, and ambiguity."""
        ambiguous = (self.ambiguity.summary,) if self.n_models > 1 else ()
        return (*self.table.warnings, *ambiguous)

    def _covers(self) -> Iterator[tuple[int, ...]]:
        return iter(self.given if self.minimal is None else self.minimal)

    @cached_property
    def listed(self) -> tuple[tuple[int, ...], ...]:
        """The listed models, as indices of prime implicants."""
        return tuple(islice(self._covers(), self.limit))

    def _literals(self, i: int) -> tuple[tuple[str, frozenset[int]], ...]:
        row = self.terms[i]
        return tuple((name, frozenset({int(v)})) for name, v in zip(self.table.conditions, row, strict=True) if v >= 0)

    def _dispensable(self, i: int) -> bool:
        rest = np.delete(self.covers, i, axis=0)
        return bool(rest.any(axis=0).all()) and MinimalCovers(reduce_chart(rest)).size == len(self.first)

    def _n_rows(self, i: int) -> int:
        free = self.terms[i] < 0
        return int(np.prod(np.array(self.table.levels, dtype=float)[free]))

    def assumed_rows(self, model: Sequence[int]) -> Ints:
        """Return the row numbers of the remainders that a model, given as indices, covers."""
        rows = np.unique(
            np.concatenate([rows_of_term(dict(self._literals(i)), self.table.level_counts) for i in model])
        )
        judged = self.table.rows[np.array(self.table.outputs) != "?"]
        return np.setdiff1d(rows, judged, assume_unique=True)

    def _cases_of(self, covered: NDArray[np.bool_]) -> str:
        by_row = dict(zip(self.table.rows.tolist(), self.table.cases, strict=True))
        return "; ".join(", ".join(by_row[row]) for row in self.positive[covered].tolist())

    def _data(self, what: str) -> Sets:
        if self.table.sets is None:
            raise MethodError(
                f"no {what} without data",
                where="a truth table made from rows",
                fix="Make the table with truth_table(data, ...).",
            )
        return self.table.sets
