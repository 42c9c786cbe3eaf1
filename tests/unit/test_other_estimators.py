"""One association by every method: each row is the method itself, and what can't be used says why."""

import numpy as np
import pandas as pd
import pytest

from analysis.association import (
    cluster_robust,
    fisher,
    max_t,
    ordinal,
    other_estimators,
    permutation_clusters,
    random_intercept,
    stratified_kendall,
    wild_bootstrap,
    within_between,
)
from analysis.errors import MethodError


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(11)
    area = np.repeat(np.arange(6), 3)
    x = rng.normal(size=18) + 0.3 * area
    y = np.clip(np.round(2 + 0.7 * x + rng.normal(size=18)), 0, 4)
    return pd.DataFrame({"a": [f"a{k}" for k in area], "x": x, "y": y})


@pytest.fixture(scope="module")
def found(frame):
    return other_estimators(frame, "y", "x", "a")


def test_each_row_is_the_method_that_it_names(frame, found):
    rows = found.table.set_index("way")
    given = (frame, "y", "x", "a")
    for way, alone in {
        "primary: random intercept": random_intercept(*given),
        "cluster-robust CR2": cluster_robust(*given, kind="CR2"),
        "wild bootstrap, Webb weights": wild_bootstrap(*given, weights="webb"),
        "part between clusters (Mundlak)": within_between(*given).between,
        "permutation of clusters": permutation_clusters(*given),
        "Kendall's tau within clusters": stratified_kendall(*given),
        "proportional odds, cluster-robust": ordinal(*given),
    }.items():
        assert rows.loc[way, "p"] == alone.p, way
        assert rows.loc[way, "standardised"] == pytest.approx(alone.standardised), way
    combined = rows.loc["Fisher's combination of both permutations"]
    assert combined["p"] == fisher(*given).p and np.isnan(combined["standardised"])


def test_scales_and_floors_are_named(found):
    rows = found.table.set_index("way")
    assert rows.loc["wild bootstrap, Rademacher signs", "floor"] == pytest.approx(2 / 64)
    assert np.isnan(rows.loc["primary: random intercept", "floor"])
    assert rows.loc["Kendall's tau within clusters", "scale"] == "tau-b"
    assert set(found.comparable["scale"]) == {"standardised"} and len(found.comparable) == 8
    others = found.table["p"].iloc[2:]
    said = f"over 9 other methods p is at most 0.05 by {int((others <= 0.05).sum())}"
    assert said in found.summary and "6 other methods on its scale" in found.summary


def test_a_method_that_can_not_be_used_says_why(frame):
    """The factor separates the outcomes, so that proportional odds have no finite estimate."""
    apart = frame.assign(y=(frame["x"] > frame["x"].median()).astype(float))
    rows = other_estimators(apart, "y", "x", "a").table.set_index("way")
    row = rows.loc["proportional odds, cluster-robust"]
    assert np.isnan(row["p"]) and "separates" in row["problem"]
    with pytest.raises(MethodError, match="does not vary"):
        other_estimators(frame.assign(y=1.0), "y", "x", "a")


def test_max_t_tells_how_near_the_strongest_comes_and_who_is_left_out(frame):
    gap = frame.assign(z=np.random.default_rng(0).normal(size=18))
    gap.loc[4, "z"] = np.nan
    stepped = max_t(gap, ["y"], ["x", "z"], "a", draws=499, limit=100)
    first = stepped.table.iloc[0]
    assert stepped.incomplete == ("z",) and stepped.n_units == 17
    assert "1 unit left out, without a value of z." in stepped.summary
    assert f"{first['correlation']:.2f}" in stepped.summary
    assert max_t(frame, ["y"], ["x"], "a").incomplete == ()
