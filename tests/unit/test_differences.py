"""What differs between two versions of result tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.report.differences import compare

TABLE = pd.DataFrame({"factor": ["trust", "funds", "vision"], "estimate": [0.5, np.nan, -0.25], "n": [15, 14, 15]})


def marks(before, after, **options):
    return {d.table: d.mark for d in compare(before, after, **options)}


def test_new_gone_changed_and_same():
    changed = TABLE.assign(n=[15, 14, 16])
    before = {"same": TABLE, "gone": TABLE, "changed": TABLE}
    after = {"same": TABLE.copy(), "new": TABLE, "changed": changed}
    assert marks(before, after) == {"same": " ", "gone": "-", "new": "+", "changed": "~"}


def test_the_largest_change_is_named_with_its_row():
    after = TABLE.assign(estimate=[0.5001, np.nan, -0.5])
    (found,) = compare({"t": TABLE}, {"t": after})
    assert str(found) == "~ t\n    ~ estimate: 2 of 3 rows; -0.25 became -0.5 (factor=vision)"


def test_tolerances_are_relative_and_absolute():
    tiny = TABLE.assign(estimate=[0.5 * (1 + 5e-7), np.nan, -0.25 + 5e-10])
    assert marks({"t": TABLE}, {"t": tiny}) == {"t": " "}
    assert marks({"t": TABLE}, {"t": tiny}, relative=1e-9, absolute=1e-12) == {"t": "~"}


def test_a_value_that_went_missing_differs_and_two_missing_do_not():
    assert marks({"t": TABLE}, {"t": TABLE.assign(estimate=[0.5, np.nan, np.nan])}) == {"t": "~"}
    words = pd.DataFrame({"verdict": ["yes", None]})
    assert marks({"t": words}, {"t": words.copy()}) == {"t": " "}
    (found,) = compare({"t": words}, {"t": pd.DataFrame({"verdict": ["yes", "no"]})})
    assert "1 of 2 rows" in found.details[0]


def test_whole_numbers_read_back_as_decimals_are_the_same():
    assert marks({"t": TABLE}, {"t": TABLE.assign(n=[15.0, 14.0, 15.0])}) == {"t": " "}


def test_columns_and_rows_that_come_and_go_are_told():
    (found,) = compare({"t": TABLE}, {"t": TABLE.drop(columns="n").assign(p=0.1)})
    assert found.details == ("+ column p", "- column n")
    (found,) = compare({"t": TABLE}, {"t": TABLE.head(2)})
    assert found.details == ("~ 3 rows became 2",)
