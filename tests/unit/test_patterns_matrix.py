"""The code x case matrix, frequencies and differences, on a study small enough to count by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.patterns import code_case_matrix, code_case_measures, code_frequency, group_difference, interview_coverage

INTERVIEWS = pd.DataFrame(
    [
        ("i1", "p1", "north", "leader", "council", 100),
        ("i2", "p1", "north", "officer", "health", 300),
        ("i3", "p2", "south", "leader", "council", 200),
        ("i4", "p2", "south", "officer", None, 200),
    ],
    columns=["interview", "partnership", "area", "role", "sector", "words"],
)
# Two coders read i1, one reads each of the others; i4 is not coded.
CODINGS = pd.DataFrame(
    [
        (1, "i1", "A", "trust", 0, 100, 3.0, 20),
        (2, "i1", "A", "trust", 50, 150, 1.0, 20),
        (3, "i1", "B", "trust", 0, 100, 2.0, 20),
        (4, "i1", "B", "money", 200, 250, 1.0, 10),
        (5, "i2", "A", "money", 0, 300, 2.0, 60),
        (6, "i3", "A", "trust", 0, 100, 1.0, 20),
    ],
    columns=["coding", "interview", "coder", "factor", "start", "end", "intensity", "words"],
)


def cell(measure: str, code: str, case: str, **settings: object) -> float:
    return code_case_matrix(CODINGS, INTERVIEWS, measure=measure, **settings).matrix.loc[code, case]


def test_count_is_the_mean_over_the_coders_of_an_interview():
    assert cell("count", "trust", "i1") == 1.5
    assert cell("count", "money", "i1") == 0.5
    assert cell("count", "trust", "i1", coders="pooled") == 3


def test_a_case_that_nobody_coded_is_there_and_zero():
    assert cell("count", "trust", "i4") == 0
    assert cell("binary", "money", "i3") == 0
    assert np.isnan(cell("weight", "money", "i3"))


def test_coverage_counts_overlapping_text_once():
    # Coder A: two segments of 20 words, three quarters of them covered once: 30 of 100 words; coder B: 20.
    assert cell("coverage", "trust", "i1") == pytest.approx((0.30 + 0.20) / 2)
    # Pooled: union 0-150 of 300 characters in 60 words.
    assert cell("coverage", "trust", "i1", coders="pooled") == pytest.approx(0.30)
    assert cell("coverage", "money", "i2") == pytest.approx(60 / 300)


def test_coverage_of_a_partnership_is_over_all_its_words():
    expected = (0.05 * 100 + 0.20 * 300) / 400
    assert cell("coverage", "money", "p1", cases="partnership") == pytest.approx(expected)


def test_weight_is_the_mean_intensity_by_coder_then_over_coders():
    assert cell("weight", "trust", "i1") == pytest.approx((2 + 2) / 2)
    assert cell("weight", "trust", "i1", coders="pooled") == pytest.approx(2.0)


def test_codes_above_take_in_all_below_them():
    parents = {"trust": "people", "money": "means", "people": "all", "means": "all"}
    result = code_case_matrix(CODINGS, INTERVIEWS, measure="count", parents=parents)
    assert list(result.matrix.index) == ["all", "means", "money", "people", "trust"]
    assert result.matrix.loc["all", "i1"] == 2.0
    assert result.matrix.loc["means", "i2"] == 1.0
    assert result.codings_of("all", "i1") == [1, 2, 3, 4]


def test_rolled_up_coverage_counts_shared_text_once():
    both = pd.concat([CODINGS, CODINGS.iloc[[5]].assign(coding=7, factor="money")])
    result = code_case_matrix(both, INTERVIEWS, measure="coverage", parents={"trust": "all", "money": "all"})
    assert result.matrix.loc["all", "i3"] == pytest.approx(20 / 200)


def test_a_circle_of_codes_is_refused():
    with pytest.raises(MethodError, match="circle"):
        code_case_matrix(CODINGS, INTERVIEWS, parents={"trust": "money", "money": "trust"})


def test_a_coding_of_an_unknown_interview_is_refused():
    with pytest.raises(MethodError, match="i3") as caught:
        code_case_matrix(CODINGS, INTERVIEWS[INTERVIEWS["interview"] != "i3"])
    assert caught.value.where == "codings, column interview"


def test_an_unknown_measure_names_the_nearest():
    with pytest.raises(MethodError) as caught:
        code_case_matrix(CODINGS, INTERVIEWS, measure="coverge")
    assert caught.value.nearest == "coverage"


def test_frequency_counts_informants_and_words():
    table = code_frequency(CODINGS, INTERVIEWS, "area").table.set_index(["area", "code"])
    trust = table.loc[("north", "trust")]
    assert (trust["n_interviews"], trust["n_informants"], trust["share_of_interviews"]) == (1, 2, 0.5)
    assert trust["n_codings"] == 3
    assert trust["share_of_words"] == pytest.approx(0.25 * 100 / 400)
    assert table.loc[("south", "money"), "n_codings"] == 0


def test_frequency_keeps_those_who_did_not_say():
    crosstab = code_frequency(CODINGS, INTERVIEWS, "sector").crosstab("n_interviews")
    assert list(crosstab.columns) == ["council", "health", "not stated"]
    assert crosstab.loc["trust"].tolist() == [2, 0, 0]


def test_cases_that_are_not_stated_are_a_case():
    matrix = code_case_matrix(CODINGS, INTERVIEWS, cases="sector").matrix
    assert list(matrix.columns) == ["council", "health", "not stated"]
    assert matrix.loc["trust", "council"] == 2.5


def test_frequency_by_two_columns_and_a_code_nobody_used():
    result = code_frequency(CODINGS, INTERVIEWS, ["area", "role"], order=["trust", "money", "luck"])
    assert result.crosstab("n_interviews").shape == (3, 4)
    assert result.crosstab("n_interviews").loc["luck"].sum() == 0


def test_coverage_of_areas_and_roles():
    result = interview_coverage(INTERVIEWS, CODINGS, ["area", "sector"])
    table = result.table.set_index(["area", "sector"])
    assert len(table) == 2 * 3
    assert table.loc[("north", "council")].tolist() == [1, 1, 1]
    assert table.loc[("south", "not stated")].tolist() == [1, 0, 0]
    assert "4 interviews, 3 of them coded and 1 by two coders" in result.summary


def test_group_difference_overall_and_within_partnerships():
    result = group_difference(CODINGS, INTERVIEWS, reference="council")
    table = result.table.set_index("code")
    assert result.n_not_stated == 1
    assert table.loc["trust", ["share_reference", "share_others", "difference"]].tolist() == [1.0, 0.0, 1.0]
    assert table.loc["money", ["share_reference", "share_others"]].tolist() == [0.5, 1.0]
    # Only p1 has both a council's informant and another: both raise money.
    assert table.loc["money", "within"] == 0.0
    assert table.loc["trust", "n_partnerships"] == 1
    assert table.loc["trust", "intensity_reference"] == pytest.approx(1.5)


def test_group_difference_needs_two_groups():
    with pytest.raises(MethodError, match="nobody"):
        group_difference(CODINGS, INTERVIEWS, reference="counsil")


def test_every_measure_that_the_data_allow_stands_beside_the_others():
    table = code_case_measures(CODINGS, INTERVIEWS, cases="partnership")
    row = table.set_index(["code", "case"]).loc[("trust", "p1")]
    for measure in ("count", "coverage", "weight"):
        assert row[measure] == pytest.approx(cell(measure, "trust", "p1", cases="partnership"))
    assert row["n_interviews"] == 1
    bare = code_case_measures(CODINGS.assign(words=np.nan, intensity=np.nan), INTERVIEWS, cases="partnership")
    assert list(bare.columns) == ["case", "code", "n_interviews", "count"]
