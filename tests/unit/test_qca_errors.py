"""Errors of QCA: each names what is wrong and where, and says what to do."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.qca import (
    Analysis,
    TruthTable,
    calibrate,
    chance_check,
    cluster_diagnostics,
    minimise,
    necessity,
    parameters_of_fit,
    truth_table,
    two_step,
)

DATA = pd.DataFrame(
    {"A": [0.9, 0.2, 0.8, 0.1], "B": [0.8, 0.7, 0.3, 0.2], "Y": [0.9, 0.3, 0.6, 0.1], "area": list("ppqq")},
    index=["Wigan", "Surrey", "Leeds", "Fife"],
)


def refused(call, *words):
    with pytest.raises(MethodError) as caught:
        call()
    message = str(caught.value)
    assert caught.value.fix
    for word in words:
        assert word in message
    return message


def test_membership_of_exactly_half():
    data = DATA.assign(A=[0.5, 0.2, 0.8, 0.1])
    refused(lambda: truth_table(data, "Y", ["A", "B"]), "exactly .5", "Wigan in A", "crossover")
    table = truth_table(data, "Y", ["A", "B"], at_half="absent")
    assert table.n.sum() == 4
    assert "Wigan" not in [name for names in table.cases for name in names]
    assert truth_table(DATA.assign(Y=[0.5, 0.2, 0.8, 0.1]), "Y", ["A", "B"]).n.sum() == 4


def test_condition_without_variation():
    refused(lambda: truth_table(DATA.assign(A=1), "Y", ["A", "B"]), "'A'", "every case", "Leave it out")
    one_side = truth_table(DATA.assign(A=[0.6, 0.7, 0.8, 0.9]), "Y", ["A", "B"])
    assert any("one side of A" in warning for warning in one_side.warnings)


def test_no_positive_row():
    refused(
        lambda: minimise(truth_table(DATA.assign(Y=[0.7, 0.3, 0.6, 0.1]), "Y", ["A", "B"])),
        "no configuration is sufficient",
        "highest",
    )
    table = TruthTable.from_rows([[0, 1], [1, 1]], ["0", "C"], "A,B")
    refused(lambda: minimise(table), "contradictory and unresolved", "rows 4")
    assert minimise(table, contradictions="positive").models == (("A*B",),)


def test_no_negative_row():
    table = TruthTable.from_rows([[0, 1], [1, 0]], ["1", "1"], ["A", "B"])
    refused(lambda: minimise(table, "include"), "no row is negative")
    assert minimise(table).n_models == 1


def test_too_many_conditions():
    rows = np.eye(30, dtype=int)
    table = TruthTable.from_rows(rows, ["1"] * 15 + ["0"] * 15, [f"C{i}" for i in range(30)])
    refused(lambda: minimise(table, "include"), "30 conditions are too many", "two_step")


def test_contradictory_rows_given_twice():
    refused(lambda: TruthTable.from_rows([[0, 1], [0, 1]], [1, 0], ["A", "B"]), "two outputs", "A = 0, B = 1", "'C'")
    assert TruthTable.from_rows([[0, 1], [0, 1]], [1, 1], ["A", "B"]).n.tolist() == [2]


@pytest.mark.parametrize(
    ("conditions", "outcome", "word"),
    [
        (["A", "A"], "Y", "clash"),
        (["A", "Y"], "Y", "clash"),
        (["A", "X"], "Y", "no column 'X'"),
        ([], "Y", "no condition"),
        (["A"], "Z", "'Z'"),
    ],
)
def test_names(conditions, outcome, word):
    refused(lambda: truth_table(DATA, outcome, conditions), word)


def test_names_that_differ_in_case_only():
    refused(lambda: truth_table(DATA.assign(a=DATA["A"]), "Y", ["A", "a"]), "clash")
    refused(lambda: truth_table(DATA.rename(columns={"A": "A*C"}), "Y", ["A*C", "B"]), "A*C", "Rename")
    refused(lambda: TruthTable.from_rows([[0, 1]], [1], ["A", "OUT"]), "OUT")


@pytest.mark.parametrize("values", [[3.5, 0, 1, 1], [-1, 0, 1, 1], [1.2, 0.3, 0.4, 0.1]])
def test_values_that_are_no_memberships(values):
    refused(lambda: truth_table(DATA.assign(A=values), "Y", ["A", "B"]), "neither memberships nor levels", "Calibrate")


def test_missing_values_are_named():
    refused(lambda: truth_table(DATA.assign(A=[np.nan, 0.2, 0.8, 0.1]), "Y", ["A", "B"]), "Wigan", "no number")
    refused(lambda: truth_table(DATA.assign(A=["x", 0.2, 0.8, 0.1]), "Y", ["A", "B"]), "Wigan")


def test_names_of_cases():
    refused(lambda: truth_table(DATA, "Y", ["A", "B"], case_names="town"), "town", "allowed")
    refused(lambda: truth_table(DATA, "Y", ["A", "B"], case_names=list("aabc")), "names")


def test_an_outcome_with_levels_asks_for_one():
    data = DATA.assign(Y=[0, 1, 2, 1])
    refused(lambda: truth_table(data, "Y", ["A", "B"]), "3 levels", "Y{2}")
    assert truth_table(data, "Y{1}", ["A", "B"]).outcome == "Y{1}"
    assert truth_table(data, "Y[1]", ["A", "B"]).sets.y.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("expression", ["A*", "A + ", "(A", "A)", "*B", "A ++ B", "A{x}"])
def test_expressions_that_are_none(expression):
    refused(lambda: parameters_of_fit(DATA, expression, "Y"), "expression")


def test_expressions_with_unknown_names():
    refused(lambda: parameters_of_fit(DATA, "A*Bee -> Y"), "Bee", "allowed")
    refused(lambda: parameters_of_fit(DATA, "A*B"), "no outcome")
    refused(lambda: parameters_of_fit(DATA, "A*B", "Y", "cause"), "cause")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"remainders": "some"}, "some"),
        ({"remainders": "directional"}, "no expectations"),
        ({"remainders": "include", "expectations": {"A": 1}}, "not directional"),
        ({"remainders": "directional", "expectations": {"Q": 1}}, "'Q'"),
        ({"remainders": "directional", "expectations": {"A": 4}}, "level"),
        ({"remainders": "directional", "expectations": "A*B"}, "joins several"),
        ({"remainders": "include", "exclude": [99]}, "99"),
        ({"contradictions": "some"}, "contradictions"),
    ],
)
def test_arguments_of_minimise(arguments, word):
    table = TruthTable.from_rows([[0, 1], [1, 1]], [0, 1], ["A", "B"])
    refused(lambda: minimise(table, **arguments), word)


@pytest.mark.parametrize(
    ("thresholds", "method", "word"),
    [
        (None, "direct", "no thresholds"),
        ((1, 2), "direct", "2 thresholds"),
        ((1, 5, 3), "direct", "crossover 5"),
        ({"e": 1, "x": 2, "i": 3}, "direct", "other names"),
        ((1, 2, 3), "crisp", "3 thresholds"),
        (99, "crisp", "outside"),
        ({1: 0.2}, "ordinal", "no membership"),
        ((1, 2, 3), "magic", "magic"),
        ((1, 2, 4, 3, 5, 6), "linear", "out of order"),
        ("e=1, c=x, i=3", "direct", "can't be read"),
    ],
)
def test_calibration(thresholds, method, word):
    refused(lambda: calibrate([1.0, 2.0, 3.0], thresholds, method), word)


def test_calibration_of_what_is_no_number():
    refused(lambda: calibrate(pd.Series([1, None, 3], index=list("abc")), (1, 2, 3)), "case b")
    refused(lambda: calibrate([1, 1, 1], method="relative"), "the same")
    refused(lambda: calibrate([-1, 1, 2], (0, 1), "indirect"), "negative")
    refused(lambda: calibrate([1, 2], (0, 1, 2), idm=0.4), "idm")


def test_a_table_without_data_has_no_fit():
    solution = minimise(TruthTable.from_rows([[0, 1], [1, 1]], [0, 1], ["A", "B"]))
    refused(lambda: solution.fit, "without data")
    assert solution.summary.startswith("The conservative solution for OUT has 1 model")


def test_cuts():
    refused(lambda: truth_table(DATA, "Y", ["A", "B"], inclusion_cut=80), "inclusion_cut")
    refused(lambda: truth_table(DATA, "Y", ["A", "B"], n_cut=0), "n_cut")


def test_columns_of_clusters():
    plan = Analysis("Y", ("A", "B"), inclusion_cut=0.8)
    refused(lambda: chance_check(DATA, plan, "region"), "region", "area")
    refused(lambda: chance_check(DATA, plan, permutations=0), "permutation")
    refused(lambda: cluster_diagnostics(DATA, "A", "Y", "region"), "region")
    refused(lambda: two_step(DATA, plan, ["A"], ["A"]), "remote and proximate")


def test_too_large_a_search_for_necessity():
    rng = np.random.default_rng(3)
    data = pd.DataFrame(rng.integers(0, 2, (20, 30)), columns=[f"C{i:02}" for i in range(30)]).assign(
        Y=rng.integers(0, 2, 20)
    )
    found = necessity(data, "Y", [f"C{i:02}" for i in range(30)])
    assert found.most_literals == 3
