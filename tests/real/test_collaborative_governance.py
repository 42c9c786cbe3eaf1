"""Sixty published cases of collaborative governance, read by a study description of ours.

The cases (Douglas, Ansell, Parker, Sorensen, 't Hart and Torfing 2020) stay where they are; the correlations were
computed independently of this project and come with the data.
"""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.ingest import ingest
from analysis.scores import outcome_scores, unit_frame
from analysis.study import load_study

STUDIES = Path(__file__).parent / "collaborative-governance"

pytestmark = pytest.mark.third_party


@pytest.fixture(scope="module", params=["own", "mapped"])
def study(request, third_party, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(STUDIES / request.param, folder, dirs_exist_ok=True)
    (folder / "data" / "raw").mkdir(parents=True)
    shutil.copy(third_party / "real" / "collaborative-governance" / "cases.csv", folder / "data" / "raw")
    return load_study(folder)


@pytest.fixture(scope="module")
def tables(study):
    return ingest(study).tables


def units(study, tables):
    rated = outcome_scores(tables["outcomes"], study.overall_facets)
    return unit_frame(tables["scores"], rated, tables["partnerships"], framework=study.framework)


def test_all_cases_come_in_with_their_countries(tables):
    assert len(tables["partnerships"]) == 60
    counts = tables["partnerships"]["area"].value_counts()
    assert counts["usa"] == 14
    assert counts["germany"] == 5, "germany and Germany are one country"
    assert counts["country-not-stated"] == 10


def test_sentinels_are_missing_and_counted(tables):
    log = tables["import_log"]
    left = log[log["what"].str.contains("without a value")].set_index("table")["count"]
    assert left["outcomes"] == 60 * 3 - len(tables["outcomes"])
    assert tables["ratings"]["value"].between(1, 5).all()


@pytest.mark.parametrize(
    ("factor", "rho", "n"),
    [
        ("goals-operationalised", 0.65, 46),
        ("joint-problem-solving", 0.48, 51),
        ("creating-opportunities", 0.47, 48),
        ("goals-monitored", 0.47, 47),
    ],
)
def test_published_rank_correlations_with_innovation(study, tables, factor, rho, n):
    if study.framework != "collaborative-governance":
        pytest.skip("these items are single factors only in the study with a framework of its own")
    pairs = units(study, tables)[[factor, "outcome:overall"]].dropna()
    assert len(pairs) == n
    assert pairs.corr("spearman").iloc[0, 1] == pytest.approx(rho, abs=0.005)


def test_items_averaged_into_a_factor(study, tables):
    if study.framework != "transforming-together":
        pytest.skip("only the mapped study averages items")
    raw = pd.read_csv(study.raw / "cases.csv", sep=";", encoding="cp1252", dtype=str)
    stated = raw[["Q48_End", "Q49_End"]].apply(pd.to_numeric, errors="coerce").mean(axis=1)
    found = units(study, tables)["purpose"]
    pd.testing.assert_series_equal(found.reset_index(drop=True), stated, check_names=False)
