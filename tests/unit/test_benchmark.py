"""A study serves as a benchmark for a questionnaire of its own framework, of one that is joined, or not at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.framework import PROJECT_FRAMEWORKS
from analysis.read_across import study_crosswalk
from analysis.report.answers import keep_answers
from analysis.report.notebooks import answers_folder, members
from analysis.review import Benchmark, answered_ratings, described, study_benchmark
from analysis.study import load_study
from tests.small_study import write_study

CROSSWALK, FRAMEWORKS = study_crosswalk(PROJECT_FRAMEWORKS.parent)
TT = "transforming-together"
SCORES = pd.DataFrame(
    {
        "level": "partnership",
        "unit": ["p", "q", "p", "q"],
        "framework": TT,
        "kind": "factor",
        "factor": ["learning", "learning", "place", "place"],
        "value": [0.0, 3.0, 1.5, np.nan],
    }
)


def benchmark(framework, **changes):
    settings = {"scale": (0, 3), "to": (0, 4), "crosswalk": CROSSWALK, "frameworks": FRAMEWORKS, "studied": TT}
    return study_benchmark(SCORES, framework=FRAMEWORKS[framework], **(settings | changes))


def test_the_studys_own_scores_are_put_on_the_questionnaires_scale():
    found = benchmark(TT)
    assert found.table.to_numpy().tolist() == [["p", "learning", 0.0], ["q", "learning", 4.0], ["p", "place", 2.0]]
    assert "compare the pattern" in found.words


def test_another_framework_is_read_across_and_says_how_much_of_it():
    found = benchmark("building-blocks")
    assert found.table.set_index(["unit", "factor"])["value"]["q", "evidence"] == 4.0
    assert "1 can be read in full" in found.words


def test_without_a_crosswalk_there_is_no_benchmark():
    found = benchmark("innovation-outcomes")
    assert found.table.empty
    assert "nothing to compare" in found.words


def test_only_the_pattern_is_compared_with_a_self_assessment():
    """A unit one step higher on everything has the respondents' pattern, so that no bar lies above or below them."""
    factors = ["learning", "place", "systems"]
    table = pd.DataFrame({"unit": ["p"] * 3 + ["q"] * 2, "factor": [*factors, *factors[:2]]})
    values = pd.DataFrame({"factor": [*factors, *factors], "value": [0.0, 1.0, 2.0, 2.0, 3.0, 4.0]})
    moved = Benchmark(table.assign(value=[2.0, 3.0, 4.0, 9.0, 9.0]), "").beside(values)
    assert moved.to_numpy().tolist() == [["p", "learning", 1.0], ["p", "place", 2.0], ["p", "systems", 3.0]]


def test_the_partnership_itself_is_left_out():
    assert set(benchmark(TT, leave_out=["q"]).table["unit"]) == {"p"}


def test_a_mean_is_put_into_the_words_of_the_nearest_rating():
    blocks = FRAMEWORKS["building-blocks"]
    table = pd.DataFrame({"factor": ["governance", "delivery"], "label": ["G", "D"], "score": [2.5, np.nan]})
    assert described(table, blocks).to_numpy().tolist() == [["G", 2.5, blocks.anchors[3]]]


@pytest.fixture
def answers():
    rows = [("r01", "Ours", "council"), ("r02", "Ours", None), ("r03", "Theirs", "NHS")]
    frame = pd.DataFrame(rows, columns=["respondent", "partnership", "sector"])
    return frame.assign(role=None, framework="building-blocks", factor="governance", value=3.0)


def test_answers_about_two_partnerships_make_two_pages(tmp_path, answers):
    study = load_study(write_study(tmp_path))
    assert keep_answers(study, answers) == ["building-blocks-ours", "building-blocks-theirs"]
    assert keep_answers(study, answers.iloc[:1]) == ["building-blocks-ours"]
    assert members(study, "answers") == [
        ("building-blocks-ours", "Ours (building blocks)"),
        ("building-blocks-theirs", "Theirs (building blocks)"),
    ]
    assert len(pd.read_parquet(answers_folder(study) / "building-blocks-ours.parquet")) == 1


def test_respondents_without_a_sector_are_on_no_side(answers):
    sides = answered_ratings(answers, ["Council"])["side"]
    assert sides.tolist()[::2] == ["council", "partner"]
    assert sides.isna().tolist() == [False, True, False]
