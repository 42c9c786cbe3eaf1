"""Seventeen think-aloud sessions coded in Taguette, with a questionnaire for each participant: a study of others.

The files (navarral/swj2022-usability-paper) stay where they are; the sheet of sessions and the description are ours.
"""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.ingest import ingest
from analysis.scores import outcome_scores
from analysis.study import load_study

STUDY = Path(__file__).parent / "serdif-usability"

pytestmark = pytest.mark.third_party


@pytest.fixture(scope="module")
def raw(third_party):
    return third_party / "real" / "serdif-usability"


@pytest.fixture(scope="module")
def study(raw, tmp_path_factory):
    folder = tmp_path_factory.mktemp("serdif")
    shutil.copytree(STUDY, folder, dirs_exist_ok=True)
    for file in ("SERDIF_P2_ThematicAnalysis.sqlite3", "scores/SERDIF_PSSUQ_P2.csv"):
        shutil.copy(raw / file, folder / "data" / "raw")
    return load_study(folder)


@pytest.fixture(scope="module")
def tables(study):
    return ingest(study).tables


def test_every_highlight_and_tag_comes_in(raw, tables):
    exported = pd.read_csv(raw / "tags" / "all_tags_20220303.csv")
    assert len(tables["interviews"]) == 17
    assert len(tables["codings"]) == 1930
    assert tables["codings"]["factor"].nunique() == 22
    by_tag = tables["codings"]["code"].value_counts()
    assert by_tag["Moderator assist"] == (exported["tag"] == "Moderator assist").sum()


def test_segments_hold_the_words_that_taguette_exported(raw, tables):
    exported = pd.read_csv(raw / "tags" / "all_tags_20220303.csv")
    words = set(exported["content"].str.split().str.join(" "))
    ours = tables["excerpts"]["text"].str.split().str.join(" ")
    assert ours.isin(words).mean() > 0.99


def test_questionnaires_become_outcomes(raw, study, tables):
    sheet = pd.read_csv(raw / "scores" / "SERDIF_PSSUQ_P2.csv")
    questions = [c for c in sheet.columns if c.split(".")[0] in {"16", "17", "18"}]
    means = sheet[questions].apply(pd.to_numeric, errors="coerce").mean(axis=1)
    means.index = sheet.iloc[:, 1].str.lower()
    rated = outcome_scores(tables["outcomes"], study.overall_facets)
    ours = rated[rated["outcome"] == "interface_difficulty"].set_index("partnership")["value"]
    pd.testing.assert_series_equal(ours.sort_index(), means.sort_index(), check_names=False)
