"""Results are held against those kept: the same, changed, new and gone are told, and nothing is written."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.report.check import check, keep
from analysis.study import load_study


def test_a_rebuild_is_compared_with_what_was_kept(copy_of, capsys):
    root = copy_of()
    study = load_study(root)
    kept = keep(study)
    assert {path.name for path in kept} == {"more.csv", "sizes.csv"}
    frame = pd.read_csv(root / "expected/more.csv")
    frame.assign(role=["cook", *frame["role"][1:]]).to_csv(root / "expected/more.csv", index=False)
    frame.to_csv(root / "expected/gone.csv", index=False)
    before = sorted(root.rglob("*"))
    found = {difference.table: difference for difference in check(study)}
    assert {name: difference.mark for name, difference in found.items()} == {"gone": "-", "more": "~", "sizes": " "}
    assert "role: 1 of 27 rows; cook became" in str(found["more"])
    assert sorted(root.rglob("*")) == before


def test_without_kept_results_it_says_how_to_keep_them(study):
    with pytest.raises(DataError, match="no result tables are kept") as caught:
        check(load_study(study))
    assert "--write" in caught.value.fix
    with pytest.raises(DataError, match="there are no result tables"):
        keep(load_study(study))
