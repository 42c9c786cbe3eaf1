"""Random truth tables against R: primes, models, assumptions, counterfactuals, intermediate solutions."""

import gzip
import json
from pathlib import Path

import pytest

from analysis.qca import TruthTable, minimise

TABLES = Path(__file__).parent / "data" / "qca" / "random_minimisation.jsonl.gz"


@pytest.fixture(scope="module")
def records():
    with gzip.open(TABLES, "rt") as lines:
        return [json.loads(line) for line in lines]


def braces(text):
    return text.replace("[", "{").replace("]", "}")


def as_sets(models):
    return {frozenset(braces(term) for term in model) for model in models}


def table_of(record):
    return TruthTable.from_rows(record["config"], record["out"], list("ABCDEFGHIJK"[: record["k"]]), record["levels"])


def test_there_are_enough_tables(records):
    assert len(records) == 235
    assert sum(max(record["levels"]) > 2 for record in records) == 65


def test_row_numbers(records):
    for record in records:
        assert table_of(record).rows.tolist() == record["rows"]


def test_conservative(records):
    for record in records:
        solution = minimise(table_of(record))
        assert set(solution.prime_implicants) == {braces(term) for term in record["conservative_pis"]}
        assert as_sets(solution.models) == as_sets(record["conservative_models"])
        assert solution.n_models == len(record["conservative_models"])


def test_parsimonious(records):
    for record in records:
        solution = minimise(table_of(record), "include")
        assert set(solution.prime_implicants) == {braces(term) for term in record["pis"]}
        assert solution.n_models == len(solution.models) == record.get("models_truncated", len(record["models"]))
        if solution.n_models == len(record["models"]):
            assert as_sets(solution.models) == as_sets(record["models"])
        else:
            assert as_sets(record["models"]) < as_sets(solution.models)


def test_simplifying_assumptions(records):
    checked = 0
    for record in records:
        if "simplifying_assumptions" not in record:
            continue
        solution = minimise(table_of(record), "include")
        ours = dict(zip(map(frozenset, solution.models), solution.simplifying_assumptions, strict=True))
        assumed = [rows for _, rows in sorted(record["simplifying_assumptions"].items())]
        for model, rows in zip(record["models"], assumed, strict=True):
            assert list(ours[frozenset(map(braces, model))]) == rows
            checked += 1
    assert checked > 500


def test_intermediate_by_pair(records):
    checked = 0
    for record in records:
        if "intermediate" not in record:
            continue
        solution = minimise(table_of(record), "directional", record["dir_exp"])
        pairs = {(frozenset(pair.conservative), frozenset(pair.parsimonious)): pair for pair in solution.pairs}
        assert len(pairs) == len(record["intermediate"])
        for theirs in record["intermediate"]:
            pair = pairs[frozenset(map(braces, theirs["c_sol"])), frozenset(map(braces, theirs["p_sol"]))]
            assert as_sets(pair.models) == as_sets(theirs["solutions"])
            assert list(pair.easy) == theirs["EC"]
            assert list(pair.difficult) == theirs["DC"]
            checked += 1
        assert as_sets(solution.models) == as_sets(m for theirs in record["intermediate"] for m in theirs["solutions"])
    assert checked == 615
