"""The table of solutions tells of every model how consistent it is and how much it covers, counted here by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.configurations import solutions_table, solve
from analysis.qca import Analysis

A = [0.9, 0.8, 0.9, 0.1, 0.2, 0.1, 0.3, 0.2]
B = [0.2, 0.9, 0.1, 0.8, 0.3, 0.1, 0.9, 0.2]
Y = [0.9, 0.7, 1.0, 0.2, 0.3, 0.1, 0.6, 0.1]


def test_consistency_and_coverage_of_a_model_are_those_of_its_term():
    data = pd.DataFrame({"case": list("abcdefgh"), "A": A, "B": B, "Y": Y})
    found = solve(Analysis("Y", ("A", "B"), case_names="case", inclusion_cut=0.9), data)
    (row,) = solutions_table({"conservative": found}).to_dict("records")
    assert (row["model"], row["expression"]) == ("M1", "A")
    both = sum(map(min, A, Y))
    assert row["consistency"] == pytest.approx(both / sum(A))
    assert row["coverage"] == pytest.approx(both / sum(Y))


def test_where_there_is_no_solution_the_reason_stands_in_its_place():
    data = pd.DataFrame({"case": list("abcd"), "A": [0.9, 0.9, 0.1, 0.2], "B": [0.8, 0.1, 0.9, 0.2], "Y": [0.1] * 4})
    found = solve(Analysis("Y", ("A", "B"), case_names="case"), data)
    (row,) = solutions_table({"conservative": found}).to_dict("records")
    assert row["model"] == ""
    assert row["expression"] == found.reason != ""
