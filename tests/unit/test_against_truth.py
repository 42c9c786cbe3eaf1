"""Findings on simulated data are held against the truth: hits, misses and false alarms."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.against_truth import against_truth, sides_against_truth
from analysis.errors import MethodError
from analysis.example import truth
from analysis.figures.truth import plot_against_truth
from analysis.report.needs import unmet
from analysis.study import load_study
from tests.small_study import write_study

TRUTH = pd.DataFrame(
    {
        "factor": list("abcd"),
        "label": ["A", "B", "C", "D"],
        "matters": [True, True, False, False],
        "effect": [0.8, 0.5, 0.0, 0.0],
        "expected": [0.7, 0.4, 0.0, 0.0],
        "sector_gap": [0.5, 0.0, -0.4, 0.0],
    }
)


def display(grades, estimates=(0.6, 0.2, 0.1, 0.0)):
    frame = pd.DataFrame({"factor": ["D", "C", "B", "A"], "grade": list(grades)[::-1]})
    frame["standardised"] = list(estimates)[::-1]
    return frame.assign(
        standardised_low=frame["standardised"] - 0.15, standardised_high=frame["standardised"] + 0.15, p_adjusted=0.5
    )


def test_each_factor_gets_its_verdict():
    found = against_truth(display(["strong", "limited", "moderate", "not shown"]), TRUTH)
    assert found.table.set_index("factor")["verdict"].to_dict() == {
        "A": "hit",
        "B": "missed",
        "C": "false alarm",
        "D": "rightly not found",
    }
    assert found.table.set_index("factor")["holds_truth"].to_dict() == {"A": True, "B": False, "C": True, "D": True}
    assert "1 were found and 1 missed; of 2 that don't, 1 raised a false alarm" in found.summary


def test_a_factor_that_matters_found_with_the_wrong_sign_is_no_hit():
    found = against_truth(display(["strong"] * 4, (-0.6, 0.2, -0.5, 0.4)), TRUTH)
    assert found.table.set_index("factor")["verdict"].to_dict() == {
        "A": "missed",
        "B": "hit",
        "C": "false alarm",
        "D": "false alarm",
    }


def test_what_counts_as_found_can_be_set():
    found = against_truth(display(["limited"] * 4), TRUTH, grades=("strong", "moderate", "limited"))
    assert found.count("hit") == 2
    assert found.count("false alarm") == 2


def test_a_factor_without_a_finding_is_told():
    with pytest.raises(MethodError, match="lacks 'A'"):
        against_truth(display(["limited"] * 4).iloc[:3], TRUTH)


def test_gaps_between_sides_are_compared_by_direction():
    sides = pd.DataFrame({"factor": list("ABCD"), "side_difference": [0.1, 0.2, 0.1, -0.1]})
    table = sides_against_truth(sides, TRUTH).set_index("factor")
    assert table.loc[["A", "C"], "same_direction"].tolist() == [True, False]
    assert table["same_direction"].isna().tolist() == [False, True, False, True]


def test_the_figure_names_every_verdict():
    found = against_truth(display(["strong", "limited", "moderate", "not shown"]), TRUTH)
    axes = plot_against_truth(found).axes[0]
    assert [text.get_text() for text in axes.texts] == ["hit", "missed", "false alarm", "rightly not found"]


def test_the_truth_of_the_example_fits_its_own_display():
    known = truth()
    perfect = pd.DataFrame({"factor": known["label"], "standardised": known["expected"], "p_adjusted": 0.01}).assign(
        standardised_low=known["expected"] - 0.1,
        standardised_high=known["expected"] + 0.1,
        grade=known["matters"].map({True: "strong", False: "not shown"}),
    )
    found = against_truth(perfect, known)
    assert found.count("hit") == 3
    assert found.count("rightly not found") == 8


def test_only_the_projects_own_simulation_has_a_truth_page(tmp_path):
    study = load_study(write_study(tmp_path))
    study.processed.mkdir(parents=True)
    sources = pd.DataFrame({"producer": ["simulated by analysis.example", None]})
    sources.to_parquet(study.processed / "sources.parquet")
    assert unmet(study, ("example",)) == ("raw files of the project's own simulation, whose truth is known",)
    sources.iloc[:1].to_parquet(study.processed / "sources.parquet")
    assert unmet(study, ("example",)) == ()
