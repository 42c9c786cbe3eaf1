"""What QCA promises beyond R's numbers: notations, names, limits, chance, steps, and exact counts of many models."""

from itertools import islice

import numpy as np
import pandas as pd
import pytest

from analysis.qca import (
    Analysis,
    TruthTable,
    calibrate,
    chance_check,
    cluster_diagnostics,
    factor,
    leave_one_cluster_out,
    minimise,
    necessity,
    parameters_of_fit,
    truth_table,
    two_step,
    untenable_rows,
)

CRISP = pd.DataFrame(
    {"A": [1, 1, 0, 0, 1, 0], "B": [1, 0, 1, 0, 1, 1], "C": [0, 1, 1, 0, 1, 0], "Y": [1, 1, 0, 0, 1, 0]},
    index=[f"p{i}" for i in range(6)],
)


def test_names_of_cases_from_index_column_or_list():
    by_index = truth_table(CRISP, "Y", ["A", "B"])
    column = CRISP.rename_axis("case").reset_index()
    assert truth_table(column, "Y", ["A", "B"]).cases == by_index.cases
    named = column.rename(columns={"case": "town"})
    assert truth_table(named, "Y", ["A", "B"], case_names="town").cases == by_index.cases
    assert (
        truth_table(CRISP.reset_index(drop=True), "Y", ["A", "B"], case_names=list(CRISP.index)).cases == by_index.cases
    )
    assert truth_table(CRISP, "Y", "A, B").cases == by_index.cases


def test_levels_in_both_brackets_and_printed_in_braces():
    data = CRISP.assign(A=[2, 1, 0, 0, 2, 1])
    solution = minimise(truth_table(data, "Y", ["A", "B"], inclusion_cut=0.5), "include")
    assert all("{" in term for term in solution.prime_implicants)
    one = parameters_of_fit(data, "A[2]*B[1] + A{1} -> Y").table
    two = parameters_of_fit(data, "A{2}*B{1}+A[1]", "Y").table
    pd.testing.assert_frame_equal(one, two)
    assert one["term"].tolist() == ["A{2}*B{1}", "A{1}", "A{2}*B{1} + A{1}"]
    either = parameters_of_fit(data, "A{1,2} -> Y").table
    assert either["raw_coverage"].tolist() == [1.0, 1.0]


def test_negated_outcome():
    table = truth_table(CRISP, "~Y", ["A", "B"])
    assert table.outcome == "~Y"
    assert minimise(table).models == (("~A",),)
    assert minimise(truth_table(CRISP, "Y", ["A", "B"])).models == (("A",),)


def test_frequency_cut_makes_remainders():
    table = truth_table(CRISP, "Y", ["A", "B"], n_cut=2)
    assert table.outputs.count("?") == 2
    assert table.n_remainders == 2
    assert table.table.loc[table.table["OUT"] == "?", "n"].tolist() == [1, 1]


def test_pri_cut_and_contradictions():
    data = pd.DataFrame({"A": [0.9, 0.8, 0.2, 0.3], "Y": [0.8, 0.6, 0.1, 0.4], "B": [0.7, 0.1, 0.9, 0.2]})
    plain = truth_table(data, "Y", ["A", "B"], inclusion_cut=0.7)
    strict = truth_table(data, "Y", ["A", "B"], inclusion_cut=0.7, pri_cut=0.99)
    assert "1" in plain.outputs
    assert "1" not in strict.outputs
    between = truth_table(data, "Y", ["A", "B"], inclusion_cut=1.0, exclusion_cut=0.5)
    assert "C" in between.outputs
    assert len(between.contradictions) >= between.outputs.count("C")
    assert any("both inside and outside" in warning for warning in between.warnings)


def test_contradictions_count_as_told():
    table = TruthTable.from_rows([[0, 0], [0, 1], [1, 0], [1, 1]], ["0", "C", "0", "1"], ["A", "B"])
    assert minimise(table, "include").models == (("A*B",),)
    assert minimise(table, "include", contradictions="positive").models == (("B",),)
    assert minimise(table, "include", contradictions="remainder").models == (("B",),)


def test_many_conditions_warn():
    assert (
        "Strong warning: 6 conditions"
        in minimise(TruthTable.from_rows(np.eye(6, dtype=int), "110000", "A,B,C,D,E,F")).warnings[0]
    )
    assert TruthTable.from_rows(np.eye(5, dtype=int), "11000", "A,B,C,D,E").warnings[0].startswith("Warning")
    assert TruthTable.from_rows(np.eye(4, dtype=int), "1100", "A,B,C,D").warnings == ()


def test_enhanced_solution_makes_no_untenable_assumption():
    table = TruthTable.from_rows([[1, 1, 0], [0, 0, 0]], [1, 0], ["A", "B", "C"])
    assert minimise(table, "include").models == (("A",), ("B",))
    rows = untenable_rows(table, necessary=["A"], impossible=["A*C"])
    assert rows == (2, 3, 4, 6, 8)
    assert minimise(table, "include", exclude=rows).models == (("A*~C",),)
    assert minimise(table, "include", exclude=["~A", "A*C"]).models == (("A*~C",),)


def random_table(seed, conditions, rows, positive):
    rng = np.random.default_rng(seed)
    configurations = np.unique(rng.integers(0, 2, (rows, conditions)), axis=0)
    outputs = np.zeros(len(configurations), dtype=int)
    outputs[rng.permutation(len(configurations))[: int(len(configurations) * positive)]] = 1
    return TruthTable.from_rows(configurations, outputs, [f"C{i}" for i in range(conditions)])


def test_every_tied_model_is_counted_once_and_is_a_cover():
    solution = minimise(random_table(9, 12, 30, 0.6), "include", limit=100)
    assert len(solution.models) == 100
    assert not solution.complete
    place = {name: i for i, name in enumerate(solution.prime_implicants)}
    seen = set()
    for model in solution.iter_models():
        seen.add(frozenset(model))
        assert solution.covers[[place[term] for term in model]].any(axis=0).all()
    assert len(seen) == solution.n_models > 20_000
    assert {len(model) for model in seen} == {len(solution.first)}


def test_more_models_than_anyone_can_list_are_counted():
    solution = minimise(random_table(63, 12, 90, 0.3), "include")
    assert solution.n_models > 10**11
    assert len(set(islice(solution.iter_models(), 500))) == 500
    assert "conditions are too many for" in solution.ambiguity.summary


def test_twenty_conditions():
    rng = np.random.default_rng(20)
    rows = np.unique(rng.integers(0, 2, (24, 20)), axis=0)
    outputs = rng.permutation([1] * 12 + [0] * (len(rows) - 12))
    table = TruthTable.from_rows(rows, outputs, [f"C{i}" for i in range(20)])
    solution = minimise(table, "include")
    model = solution.models[0]
    covered = set(table.rows_within(" + ".join(model)).tolist())
    assert set(table.rows[outputs_of(table) == "1"].tolist()) <= covered
    assert not set(table.rows[outputs_of(table) == "0"].tolist()) & covered


def outputs_of(table):
    return np.array(table.outputs)


def test_necessity_names_the_trivial():
    data = pd.DataFrame({"A": [0.9] * 9 + [0.8], "B": np.linspace(0.1, 0.9, 10), "Y": np.linspace(0.05, 0.85, 10)})
    found = necessity(data, "Y", ["A", "B"]).table.set_index("expression")
    assert found.loc["A", "necessary"]
    assert found.loc["A", "trivial"]
    assert found.loc["B", "necessary"]
    assert not found.loc["B", "trivial"]
    assert "trivial" in necessity(data, "Y", ["A", "B"]).summary


def test_types_of_cases():
    columns = {"A": [0.9, 0.1, 0.2, 0.8, 0.1], "B": [0.2, 0.9, 0.1, 0.3, 0.1], "Y": [0.95, 0.9, 0.8, 0.2, 0.05]}
    solution = minimise(truth_table(pd.DataFrame(columns, index=list("wxyzv")), "Y", ["A", "B"], inclusion_cut=0.7))
    assert set(solution.models[0]) == {"A*~B", "~A*B"}
    cases = solution.cases().set_index("case")
    whole = cases[cases["term"] == solution.expression()]["type"]
    assert whole.to_dict() == {
        "w": "typical",
        "x": "typical",
        "y": "deviant in coverage",
        "z": "deviant in consistency",
        "v": "irrelevant",
    }
    parts = cases[cases["term"] != solution.expression()]
    assert set(parts.loc[["w", "x"], "type"]) == {"typical", "covered by another term"}


def test_chance_check_is_reproducible_and_finds_perfect_noise():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.integers(0, 2, (12, 8)), columns=list("ABCDEFGH"))
    data = data.assign(Y=rng.permutation([0, 1] * 6), area=np.repeat(list("abcdef"), 2))
    plan = Analysis("Y", tuple("ABCDEFGH"), inclusion_cut=0.9, remainders="include")
    found = chance_check(data, plan, "area", permutations=50, seed=3)
    pd.testing.assert_frame_equal(found.table, chance_check(data, plan, "area", permutations=50, seed=3).table)
    assert found.perfect > 0.5
    assert found.share > 0.5
    assert "permuted within clusters" in found.summary


def test_permutation_within_clusters_keeps_what_the_cluster_decides():
    # the outcome is the same within each area: no permutation within areas can change anything
    data = pd.DataFrame(
        {"A": [1, 1, 0, 0, 1, 0], "B": [1, 0, 1, 0, 1, 0], "Y": [1, 1, 0, 0, 1, 0], "area": list("ppqqrs")}
    )
    found = chance_check(data, Analysis("Y", ("A", "B")), "area", permutations=30)
    assert found.share == 1.0
    assert (found.table["coverage"] == 1.0).all()


def test_leaving_out_areas():
    data = CRISP.assign(area=list("ppqqrr"))
    found = leave_one_cluster_out(data, Analysis("Y", ("A", "B", "C")), "area")
    assert found.table["left_out"].tolist() == ["p", "q", "r"]
    assert found.table["cases"].tolist() == [4, 4, 4]
    without_q = minimise(truth_table(data[data["area"] != "q"], "Y", ["A", "B", "C"]))
    assert found.table.loc[1, "solution"] == without_q.expression()


def test_clusters_without_members_are_not_available():
    data = CRISP.assign(area=list("ppqqrr"))
    found = cluster_diagnostics(data, "A", "Y", "area").table.set_index("cluster")
    assert np.isnan(found.loc["q", "consistency"])
    assert found.loc["p", "consistency"] == 1.0
    assert found.loc["all", "cases"] == 6


def test_two_steps():
    found = two_step(CRISP, Analysis("Y", ("A",), inclusion_cut=0.9), remote=["A"], proximate=["B", "C"], first_cut=0.7)
    assert found.contexts.models == (("A",),)
    assert all(term.startswith("(A)") for term in found.table["term"])
    assert found.table["consistency"].tolist() == pytest.approx([1.0] * len(found.table))


def test_factoring():
    assert factor("DEV*URB*STB + DEV*LIT*STB") == ("DEV*STB*(URB + LIT)",)
    assert factor("A*B*C + A*B*~D + A*E")[0] == "A*(B*(C + ~D) + E)"
    assert factor(("A", "B*C")) == ("A + B*C",)


def test_ordinal_scores_and_text_thresholds():
    assert calibrate([0, 1, 3], {0: 0.0, 1: 0.33, 3: 1.0}, "ordinal").tolist() == [0.0, 0.33, 1.0]
    scores = pd.Series([1.0, 5.0, 9.0], index=list("xyz"), name="trust")
    named = calibrate(scores, {"i": 8, "c": 4, "e": 2})
    pd.testing.assert_series_equal(named, calibrate(scores, "e=2, c=4, i=8"))
    assert named.name == "trust"
    assert named.index.tolist() == list("xyz")
    # Ragin: log-odds of 3 at the anchors
    assert calibrate([8.0], (2, 4, 8)).iloc[0] == pytest.approx(1 / (1 + np.exp(-3)))


def test_results_speak_in_sentences():
    solution = minimise(truth_table(CRISP, "Y", ["A", "B", "C"]), "directional", {"A": 1})
    assert solution.summary.startswith("The intermediate solution for Y has 1 model: A")
    assert "of 8 configurations are observed" in solution.table.summary
    assert solution.ambiguity.summary == "The data single out one model."
    assert parameters_of_fit(CRISP, "A -> Y").summary.startswith("A is sufficient for Y with consistency 1.000")
