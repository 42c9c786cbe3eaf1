"""Intermediate solutions: only assumptions in line with stated expectations (Ragin & Sonnett 2005)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from analysis.qca.ambiguity import Model, Pair
from analysis.qca.configurations import configurations_of, rows_of_term
from analysis.qca.covers import MinimalCovers, reduce_chart
from analysis.qca.expressions import print_term
from analysis.qca.implicants import Chart, prime_implicants_within
from analysis.qca.solution import Solution
from analysis.qca.solving import SortedRows, solve
from analysis.qca.truthtable import TruthTable

Ints = NDArray[np.int64]

PAIR_LIMIT = 1_000  # pairs of a conservative and a parsimonious model that are worked out


def intermediate(table: TruthTable, rows: SortedRows, expected: dict[int, frozenset[int]], limit: int) -> Solution:
    """Return the intermediate solution over all pairs of models, up to `PAIR_LIMIT` of them."""
    conservative = solve(table, rows, "exclude", limit)
    parsimonious = solve(table, rows, "include", limit)
    solved: dict[frozenset[tuple[int, ...]], tuple[Ints, Chart, tuple[Model, ...]]] = {}
    pairs = []
    for (i, c), (j, p) in _first_pairs(conservative, parsimonious):
        wider = _wider_terms(conservative.terms[list(c)], parsimonious.terms[list(p)], expected)
        if wider not in solved:
            solved[wider] = _solve_with(table, rows, wider)
        easy, chart, models = solved[wider]
        difficult = np.setdiff1d(parsimonious.assumed_rows(p), easy)
        primes = _print(table, chart.terms)
        pairs.append(
            Pair(
                f"C{i + 1}P{j + 1}",
                conservative.models[i],
                parsimonious.models[j],
                tuple(easy.tolist()),
                tuple(difficult.tolist()),
                primes,
                models,
            )
        )
    complete = len(pairs) == conservative.n_models * parsimonious.n_models
    charts = [chart for _, chart, _ in solved.values()]
    return _joined(table, rows, charts, tuple(pairs), complete, limit)


def _first_pairs(
    conservative: Solution, parsimonious: Solution
) -> Iterable[tuple[tuple[int, tuple[int, ...]], tuple[int, tuple[int, ...]]]]:
    left, right = enumerate(conservative.listed[:PAIR_LIMIT]), enumerate(parsimonious.listed[:PAIR_LIMIT])
    for number, pair in enumerate(product(left, right)):
        if number == PAIR_LIMIT:
            return
        yield pair


def _wider_terms(
    conservative: Ints, parsimonious: Ints, expected: dict[int, frozenset[int]]
) -> frozenset[tuple[int, ...]]:
    """Drop from conservative terms what contradicts an expectation and the parsimonious term can spare."""
    found = set()
    for c, p in product(conservative, parsimonious):
        if ((p < 0) | (p == c)).all():
            drop = [i for i, levels in expected.items() if p[i] < 0 and c[i] >= 0 and int(c[i]) not in levels]
            wider = c.copy()
            wider[drop] = -1
            found.add(tuple(wider.tolist()))
    return frozenset(found)


def _solve_with(
    table: TruthTable, rows: SortedRows, wider: frozenset[tuple[int, ...]]
) -> tuple[Ints, Chart, tuple[Model, ...]]:
    covered = [rows_of_term(_as_dict(table, term), table.level_counts) for term in wider]
    allowed = np.unique(np.concatenate([rows.positive, *covered]))
    judged = table.rows[np.array(table.outputs) != "?"]
    easy = np.setdiff1d(allowed, judged)
    chart = prime_implicants_within(
        configurations_of(rows.positive, table.levels), configurations_of(allowed, table.levels), table.levels
    )
    names = _print(table, chart.terms)
    models = tuple(tuple(names[i] for i in cover) for cover in MinimalCovers(reduce_chart(chart.covers)))
    return easy, chart, models


def _joined(
    table: TruthTable, rows: SortedRows, charts: list[Chart], pairs: tuple[Pair, ...], complete: bool, limit: int
) -> Solution:
    terms, first = np.unique(np.concatenate([chart.terms for chart in charts]), axis=0, return_index=True)
    covers = np.concatenate([chart.covers for chart in charts])[first]
    order = np.lexsort((*(-terms.T[::-1]), (terms >= 0).sum(axis=1)))
    terms, covers = terms[order], covers[order]
    place = {name: i for i, name in enumerate(_print(table, terms))}
    models = sorted(
        {tuple(sorted(place[term] for term in model)) for pair in pairs for model in pair.models},
        key=lambda m: (len(m), m),
    )
    return Solution(
        table,
        "intermediate",
        terms,
        covers,
        rows.positive,
        len(models),
        limit,
        pairs=pairs,
        pairs_complete=complete,
        excluded=tuple(rows.excluded.tolist()),
        given=tuple(models[:limit]),
    )


def _print(table: TruthTable, terms: Ints) -> tuple[str, ...]:
    return tuple(print_term(tuple(_as_dict(table, term).items()), table.level_counts) for term in terms.tolist())


def _as_dict(table: TruthTable, term: Sequence[int]) -> dict[str, frozenset[int]]:
    return {name: frozenset({level}) for name, level in zip(table.conditions, term, strict=True) if level >= 0}
