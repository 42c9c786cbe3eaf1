"""Every factor with each unit left out, beside refits one at a time."""

import numpy as np
import pandas as pd
import pytest

from analysis.association import deletion_diagnostics, evidence, random_intercept
from analysis.errors import MethodError


def frame_of(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    area = np.repeat(list("abcdef"), (3, 3, 3, 2, 2, 2))
    frame = pd.DataFrame(rng.normal(size=(15, 4)), columns=["y", "f", "g", "h"])
    return frame.assign(area=area, partnership=[f"p{i}" for i in range(15)])


def test_refits_are_those_of_the_frame_without_the_unit():
    frame = frame_of(1)
    found = deletion_diagnostics(frame, "y", ["f", "g"], "area", unit="partnership")
    for row in found.table.itertuples():
        full = random_intercept(frame, "y", row.factor, "area")
        per_sd = full.standardised / full.estimate
        alone = {
            name: random_intercept(frame[frame["partnership"] != name], "y", row.factor, "area")
            for name in frame["partnership"]
        }
        refits = np.array([result.estimate for result in alone.values()]) * per_sd
        assert (row.lowest, row.highest) == pytest.approx((refits.min(), refits.max()))
        most = max(alone, key=lambda name: abs(alone[name].estimate - full.estimate) / alone[name].se)
        assert row.left_out == most and row.without == pytest.approx(alone[most].estimate * per_sd)
        assert row.without_low == pytest.approx(alone[most].interval[0] * per_sd)
        assert row.turns == bool((np.sign(refits) != np.sign(full.estimate)).any())


def test_one_far_unit_that_makes_a_slope_is_named():
    frame = frame_of(2)
    frame.loc[14, ["y", "f"]] = [9.0, 9.0]
    found = deletion_diagnostics(frame, "y", ["f", "g"], "area", unit="partnership")
    assert found.table.set_index("factor").loc["f", "left_out"] == "p14"
    assert "without p14" in found.summary and "partnership" in found.summary


def test_what_cannot_be_tested_is_listed_or_refused():
    frame = frame_of(3).assign(h=1.0)
    found = deletion_diagnostics(frame, "y", ["f", "h"], "area", unit="partnership")
    assert found.problems["factor"].tolist() == ["h"] and "does not vary" in found.problems["problem"].iloc[0]
    with pytest.raises(MethodError, match="no factor"):
        deletion_diagnostics(frame, "y", ["h"], "area", unit="partnership")


def test_evidence_without_any_area_says_so():
    with pytest.raises(MethodError, match="no unit belongs to a cluster"):
        evidence(frame_of(4).assign(area=None), ["y"], ["f", "g"], "area")


def test_the_strongest_pair_is_told_with_its_interval_and_how_it_was_picked():
    found = evidence(frame_of(5), ["y"], ["f", "g", "h"], "area")
    row = found.table.loc[found.table["p"].idxmin()]
    assert f"{row['factor']} with y: standardised {row['standardised']:.2f} (95 % interval" in found.strongest
    assert "picked among 3 associations" in found.strongest
