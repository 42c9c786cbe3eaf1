"""What the index tells of the run before: only of results that may leave the study, and no value withheld since."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.report.changes import changes_since
from analysis.report.withheld import PRIVATE_RESULTS


@pytest.fixture
def study(tmp_path):
    results = tmp_path / "results"
    results.mkdir()
    sizes = pd.DataFrame({"area": ["north", "south"], "interviews": [7.0, 2.0]})
    sizes.to_parquet(results / "sizes.parquet")
    reasons = pd.DataFrame({"table": ["area"] * 2, "cell": ["north", "south"], "reason": ["below 3", "secondary"]})
    for name in PRIVATE_RESULTS:
        reasons.to_parquet(results / f"{name}.parquet")
    found = SimpleNamespace(processed=tmp_path)
    assert changes_since(found) is None
    return found


def test_a_result_that_stays_with_the_study_is_not_told_of(study):
    for name in PRIVATE_RESULTS:
        path = study.processed / "results" / f"{name}.parquet"
        frame = pd.read_parquet(path)
        frame.assign(reason=frame["reason"].iloc[::-1].to_list()).to_parquet(path)
    assert changes_since(study) == ()


def test_a_result_kept_from_the_run_before_is_not_told_of_when_it_is_gone(study):
    for name in PRIVATE_RESULTS:
        (study.processed / "results" / f"{name}.parquet").unlink()
    assert changes_since(study) == ()


def test_a_count_that_is_withheld_now_is_not_told_as_it_was(study):
    path = study.processed / "results" / "sizes.parquet"
    pd.DataFrame({"area": ["north", "south"], "interviews": [7.0, None]}).to_parquet(path)
    (found,) = changes_since(study)
    assert found.details == ("~ interviews: 1 of 2 rows; a value is missing now (area=south)",)
