"""Our mixed models beside what R's lmerTest and pbkrtest give on thirty data sets."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.association import (
    cluster_robust,
    fixed_effects,
    random_intercept,
    random_intercepts,
    within_between,
)

DATA = Path(__file__).parent / "data" / "association"


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return pd.read_csv(DATA / "r_results.csv").set_index(["dataset", "method"])


@pytest.fixture(scope="module")
def datasets() -> dict[int, pd.DataFrame]:
    return dict(list(pd.read_csv(DATA / "partnerships.csv").groupby("dataset")))


def off(ours: list[list[float]], theirs: list[list[float]]) -> np.ndarray:
    return np.abs(np.array(ours) - np.array(theirs))


def test_kenward_roger_equals_r(truth: pd.DataFrame, datasets: dict[int, pd.DataFrame]) -> None:
    ours, theirs = [], []
    for key, frame in datasets.items():
        a = random_intercept(frame, "outcome", "factor_score", "area")
        r = truth.loc[key, "lmm_kenward_roger"]
        ours.append([a.estimate, a.se, a.df, a.p, a.variance_cluster, a.variance_residual])
        theirs.append(
            [
                *r[["estimate", "se", "df", "p"]],
                truth.loc[key, "lmm_var_area"].estimate,
                truth.loc[key, "lmm_var_residual"].estimate,
            ]
        )
    difference = off(ours, theirs)
    assert len(ours) == 30
    assert difference.max() < 1e-4
    assert (difference.max(axis=1) < 1e-6).mean() >= 0.9


@pytest.mark.parametrize("part", ["within", "between"])
def test_mundlak_equals_r(part: str, truth: pd.DataFrame, datasets: dict[int, pd.DataFrame]) -> None:
    for key, frame in datasets.items():
        ours = getattr(within_between(frame, "outcome", "factor_score", "area"), part)
        r = truth.loc[key, f"mundlak_{part}_kr"]
        assert [ours.estimate, ours.se, ours.p] == pytest.approx([r.estimate, r.se, r.p], abs=1e-4)
        assert ours.df == pytest.approx(r.df, abs=1e-3)


def test_many_at_once_equals_one_at_a_time(datasets: dict[int, pd.DataFrame]) -> None:
    frame = datasets[2].assign(other=lambda d: d["outcome"].to_numpy()[::-1] ** 2, holes=lambda d: d["factor_score"])
    frame.loc[frame.index[[1, 7]], "holes"] = np.nan
    many = random_intercepts(frame, ["outcome", "other"], ["factor_score", "holes"], "area")
    assert len(many.results) == 4
    for result in many.results:
        alone = random_intercept(frame, result.outcome, result.factor, "area")
        assert result.table.select_dtypes("number").iloc[0].to_dict() == pytest.approx(
            alone.table.select_dtypes("number").iloc[0].to_dict(), rel=1e-8
        )
    assert {r.n_dropped for r in many.results if r.factor == "holes"} == {2}


@pytest.mark.parametrize("kind", ["CR1", "CR2", "CR3"])
def test_cluster_robust_equals_clubsandwich(kind: Any, truth: pd.DataFrame, datasets: dict[int, pd.DataFrame]) -> None:
    for key, frame in datasets.items():
        ours = cluster_robust(frame, "outcome", "factor_score", "area", kind=kind)
        r = truth.loc[key, f"ols_{kind}_satterthwaite"]
        assert [ours.estimate, ours.se, ours.p] == pytest.approx([r.estimate, r.se, r.p], abs=1e-6)
        assert ours.df == pytest.approx(r.df, abs=1e-6)


def test_fixed_effects_equal_r(truth: pd.DataFrame, datasets: dict[int, pd.DataFrame]) -> None:
    for key, frame in datasets.items():
        ours = fixed_effects(frame, "outcome", "factor_score", "area")
        r = truth.loc[key, "area_fixed_effects_t"]
        assert [ours.estimate, ours.se, ours.df, ours.p] == pytest.approx([r.estimate, r.se, r.df, r.p], abs=1e-6)
