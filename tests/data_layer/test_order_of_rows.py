"""No table tells in which order the raw files name people and places."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.ingest import ingest
from analysis.study import load_study
from tests.small_study import write_study


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    return dict(ingest(load_study(write_study(tmp_path_factory.mktemp("named")))).tables)


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    root = write_study(tmp_path_factory.mktemp("hidden"), disclosure={"areas": "pseudonymised"})
    return dict(ingest(load_study(root)).tables)


@pytest.mark.parametrize("table", ["interviews", "codings", "spans"])
def test_rows_about_interviews_follow_their_pseudonyms(named, table):
    assert named[table]["interview"].is_monotonic_increasing


def test_the_first_rows_do_not_stay_with_the_first_area(named):
    interviews = named["interviews"]
    assert len(set(interviews["area"].head(9))) > 1
    assert len(set(named["codings"].merge(interviews, on="interview")["area"].head(80))) > 1


def test_codings_are_numbered_in_their_order_and_keep_their_words(named):
    codings, excerpts = named["codings"], named["excerpts"]
    assert codings["coding"].tolist() == list(range(1, len(codings) + 1))
    assert excerpts["coding"].is_monotonic_increasing
    together = codings.merge(excerpts, on="coding", validate="1:1")
    assert len(together) == len(excerpts)


def test_words_stay_with_their_coding(tmp_path):
    from tests.small_study import frames

    raw = frames()
    raw["codings"]["text"] = [f"said in row {row}" for row in range(len(raw["codings"]))]
    tables = ingest(load_study(write_study(tmp_path, files=raw))).tables
    together = tables["codings"].merge(tables["excerpts"], on="coding", validate="1:1")
    first = together["source_row"].min()
    said = together["text"].str.extract(r"(\d+)$")[0].astype(int)
    assert (said == together["source_row"] - first).all()


@pytest.mark.parametrize(
    ("table", "column"), [("areas", "area"), ("partnerships", "partnership"), ("outcomes", "partnership")]
)
def test_hidden_places_stand_in_the_order_of_their_pseudonyms(hidden, table, column):
    assert hidden[table][column].is_monotonic_increasing


def test_scores_of_hidden_partnerships_stand_in_the_order_of_their_pseudonyms(hidden):
    scores = hidden["scores"]
    at = scores[(scores["level"] == "partnership") & (scores["kind"] == "factor")]
    assert at["unit"].is_monotonic_increasing
    assert scores["kind"].drop_duplicates().tolist() == ["factor", "group"]


def test_files_of_hidden_places_stand_in_the_order_of_their_pseudonyms(hidden):
    assert hidden["sources"]["file"].is_monotonic_increasing
    assert isinstance(hidden["import_log"], pd.DataFrame)
