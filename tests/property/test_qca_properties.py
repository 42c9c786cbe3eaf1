"""A second algorithm, plain Quine-McCluskey with brute-force covers, and laws that every solution keeps."""

from itertools import combinations, product
from math import prod

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.qca import TruthTable, calibrate, factor, minimise, parameters_of_fit, truth_table

FEW = settings(max_examples=60, deadline=None)


@st.composite
def tables(draw, largest=4):
    levels = draw(st.lists(st.sampled_from([2, 2, 2, 3]), min_size=2, max_size=largest))
    every = list(product(*(range(n) for n in levels)))
    outputs = draw(st.lists(st.sampled_from("110???"), min_size=len(every), max_size=len(every)))
    rows = [(row, output) for row, output in zip(every, outputs, strict=True) if output != "?"]
    if not any(output == "1" for _, output in rows) or not any(output == "0" for _, output in rows):
        rows = [(every[0], "1"), (every[-1], "0")]
    configurations, outputs = zip(*rows, strict=True)
    return TruthTable.from_rows(configurations, outputs, list("ABCD"[: len(levels)]), levels)


def merged(allowed, levels):
    """Quine-McCluskey: join terms that differ in one condition and together have all of its levels."""
    terms, primes = set(allowed), set()
    while terms:
        used, longer = set(), set()
        for term in terms:
            for i, n in enumerate(levels):
                if term[i] is None:
                    continue
                siblings = [(*term[:i], level, *term[i + 1 :]) for level in range(n)]
                if all(sibling in terms for sibling in siblings):
                    used.update(siblings)
                    longer.add((*term[:i], None, *term[i + 1 :]))
        primes |= terms - used
        terms = longer
    return primes


def holds(term, row):
    return all(wanted is None or wanted == level for wanted, level in zip(term, row, strict=True))


def printed(term, table):
    multi = max(table.levels) > 2
    parts = []
    for name, level in zip(table.conditions, term, strict=True):
        if level is not None:
            parts.append(f"{name}{{{level}}}" if multi else name if level else f"~{name}")
    return "*".join(parts)


def by_hand(table, remainders):
    rows = [tuple(row) for row in table.configurations.tolist()]
    positive = [row for row, output in zip(rows, table.outputs, strict=True) if output == "1"]
    negative = {row for row, output in zip(rows, table.outputs, strict=True) if output == "0"}
    every = set(product(*(range(n) for n in table.levels)))
    allowed = set(positive) if remainders == "exclude" else every - negative
    primes = [term for term in merged(allowed, table.levels) if any(holds(term, row) for row in positive)]
    covers = {term: {row for row in positive if holds(term, row)} for term in primes}
    return primes, covers, set(positive)


@FEW
@given(tables(), st.sampled_from(["exclude", "include"]))
def test_prime_implicants_are_those_of_quine_mccluskey(table, remainders):
    primes, _, _ = by_hand(table, remainders)
    assert set(minimise(table, remainders).prime_implicants) == {printed(term, table) for term in primes}


@FEW
@given(tables(largest=3), st.sampled_from(["exclude", "include"]))
def test_models_are_those_of_brute_force(table, remainders):
    primes, covers, positive = by_hand(table, remainders)
    if len(primes) > 12:
        return
    covering = [
        set(chosen)
        for size in range(1, len(primes) + 1)
        for chosen in combinations(primes, size)
        if set().union(*(covers[term] for term in chosen)) == positive
    ]
    smallest = min(map(len, covering))
    minimal = {frozenset(printed(t, table) for t in one) for one in covering if len(one) == smallest}
    irredundant = {
        frozenset(printed(t, table) for t in one)
        for one in covering
        if all(set().union(*(covers[t] for t in one - {term})) != positive for term in one)
    }
    solution = minimise(table, remainders)
    assert {frozenset(model) for model in solution.models} == minimal
    assert solution.n_models == len(minimal) == len(solution.models)
    assert {frozenset(model) for model in solution.irredundant_models()} == irredundant
    assert (solution.ambiguity.minimal, solution.ambiguity.irredundant) == (len(minimal), len(irredundant))


def rows_of(table, model):
    return set(table.rows_within(" + ".join(model)).tolist())


@FEW
@given(tables(), st.dictionaries(st.sampled_from("ABCD"), st.sampled_from([0, 1])))
def test_solutions_cover_what_they_must_and_nest(table, expectations):
    expectations = {name: level for name, level in expectations.items() if name in table.conditions} or {"A": 1}
    outputs = np.array(table.outputs)
    positive, negative = (set(table.rows[outputs == value].tolist()) for value in "10")
    for model in minimise(table).models:
        assert rows_of(table, model) == positive
    for model in minimise(table, "include").models:
        assert positive <= rows_of(table, model)
        assert not negative & rows_of(table, model)
    for pair in minimise(table, "directional", expectations).pairs:
        assumed = rows_of(table, pair.parsimonious) - positive
        assert set(pair.easy) | set(pair.difficult) == assumed
        assert not set(pair.easy) & set(pair.difficult)
        for model in pair.models:
            assert positive <= rows_of(table, model) <= positive | set(pair.easy)


@FEW
@given(tables(), st.randoms())
def test_order_of_rows_and_conditions_does_not_matter(table, random):
    order = list(range(len(table.conditions)))
    rows = list(range(len(table.rows)))
    random.shuffle(order)
    random.shuffle(rows)
    turned = TruthTable.from_rows(
        table.configurations[rows][:, order],
        [table.outputs[row] for row in rows],
        [table.conditions[i] for i in order],
        [table.levels[i] for i in order],
    )
    ours, theirs = minimise(table, "include"), minimise(turned, "include")
    assert ours.n_models == theirs.n_models
    unordered = [{frozenset(frozenset(t.split("*")) for t in m) for m in s.models} for s in (ours, theirs)]
    assert unordered[0] == unordered[1]


@FEW
@given(tables())
def test_an_excluded_assumption_is_not_made(table):
    assumed = {row for model in minimise(table, "include").simplifying_assumptions for row in model}
    for row in sorted(assumed)[:2]:
        found = minimise(table, "include", exclude=[row])
        assert all(row not in rows for rows in found.simplifying_assumptions)


MEMBERSHIPS = st.lists(st.floats(0, 1).map(lambda x: round(x, 2)).filter(lambda x: x != 0.5), min_size=6, max_size=6)


@FEW
@given(MEMBERSHIPS, MEMBERSHIPS, MEMBERSHIPS)
def test_laws_of_fit(a, b, y):
    data = pd.DataFrame({"A": a, "B": b, "Y": y})
    sufficient = parameters_of_fit(data, "A*B -> Y").table.iloc[-1]
    necessary = parameters_of_fit(data.rename(columns={"A": "Y", "Y": "A"}), "A <- Y").table.iloc[-1]
    alone = parameters_of_fit(data, "A -> Y").table.iloc[-1]
    assert necessary["consistency"] == pytest.approx(alone["consistency"], nan_ok=True)
    assert necessary["coverage"] == pytest.approx(alone["raw_coverage"], nan_ok=True)
    assert not sufficient["raw_coverage"] > alone["raw_coverage"] + 1e-12
    shares = alone[["consistency", "raw_coverage"]].dropna()
    assert ((shares >= 0) & (shares <= 1 + 1e-12)).all()
    morgan = (
        parameters_of_fit(data, "~(A*B) -> Y").table.iloc[-1],
        parameters_of_fit(data, "~A + ~B -> Y").table.iloc[-1],
    )
    assert morgan[0]["consistency"] == pytest.approx(morgan[1]["consistency"], nan_ok=True)


@FEW
@given(MEMBERSHIPS, MEMBERSHIPS, MEMBERSHIPS, st.floats(0.5, 1))
def test_every_case_stands_in_one_row(a, b, y, cut):
    data = pd.DataFrame({"A": a, "B": b, "Y": y}, index=list("uvwxyz"))
    try:
        table = truth_table(data, "Y", ["A", "B"], inclusion_cut=cut)
    except MethodError as error:
        assert "for every case" in str(error)
        return
    assert sorted(name for names in table.cases for name in names) == list("uvwxyz")
    assert table.n.sum() == 6
    assert table.n_remainders == prod(table.levels) - len(table.rows)


@FEW
@given(st.lists(st.floats(-100, 100), min_size=3, max_size=20), st.sampled_from(["direct", "linear"]))
def test_calibration_is_monotone_and_turns_round(values, method):
    member = calibrate(sorted(values), (-20, 0, 50), method=method)
    assert member.is_monotonic_increasing
    assert member.between(0, 1).all()
    turned = calibrate(sorted(values), (-20, 0, 50), method=method, decreasing=True)
    assert turned.to_numpy() == pytest.approx(1 - member.to_numpy())


@FEW
@given(tables(largest=3))
def test_factoring_says_the_same(table):
    model = minimise(table).models[0]
    levels = dict(zip(table.conditions, table.levels, strict=True))
    for text in factor(model, levels):
        assert set(table.rows_within(text).tolist()) == rows_of(table, model)
