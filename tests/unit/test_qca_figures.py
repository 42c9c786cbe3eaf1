"""Figures of QCA: what they show is what the results hold, at sizes that print."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from analysis.figures.legibility import MeasuringCanvas
from analysis.figures.places import join_names
from analysis.figures.qca import folded, plot_necessity, plot_xy
from analysis.figures.qca_checks import (
    plot_calibration,
    plot_chance,
    plot_clusters,
    plot_ranges,
    plot_skewness,
)
from analysis.figures.qca_models import plot_ambiguity, plot_configurations, plot_explained
from analysis.figures.qca_table import plot_truth_table
from analysis.figures.style import PRESETS
from analysis.qca import (
    Analysis,
    chance_check,
    cluster_diagnostics,
    inclusion_range,
    minimise,
    necessity,
    skewness,
    truth_table,
)
from analysis.target import Target, set_target


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.uniform(0.02, 0.98, (24, 3)), columns=["A", "B", "C"]).round(2).replace(0.5, 0.51)
    outcome = np.maximum(np.minimum(frame["A"], frame["B"]), 1 - frame["C"]) + rng.uniform(-0.15, 0.15, 24)
    frame["Y"] = outcome.clip(0, 1).round(2)
    frame.loc[[2, 5], ["A", "C", "Y"]] = [0.1, 0.9, 0.85]  # in the outcome, in no term
    frame.insert(0, "case", [f"case{i:02}" for i in range(24)])
    return frame.assign(area=np.repeat(list("pqrs"), 6))


@pytest.fixture(scope="module")
def solution(data):
    return minimise(truth_table(data, "Y", ["A", "B", "C"], inclusion_cut=0.85), "include")


def texts(drawn):
    return [text for text in drawn.findobj(Text) if text.get_text().strip() and text.get_visible()]


def words(drawn):
    return " ".join(text.get_text() for text in texts(drawn))


def every_figure(data, solution):
    plan = Analysis("Y", ("A", "B", "C"), inclusion_cut=0.85, remainders="include")
    yield plot_xy(solution)
    yield plot_xy(solution, width=85)
    yield plot_truth_table(solution.table)
    yield plot_configurations(solution, solution)
    yield plot_necessity(necessity(data, "Y", ["A", "B", "C"]))
    yield plot_ambiguity(solution, width=120)
    yield plot_explained(solution)
    yield plot_clusters(cluster_diagnostics(data, solution.models[0], "Y", "area"))
    yield plot_ranges([inclusion_range(data, plan, most_steps=3)])
    yield plot_chance(chance_check(data, plan, "area", permutations=20))
    yield plot_skewness(skewness(data, ["A", "B", "C", "Y"]))
    yield plot_calibration(data.set_index("case")["A"] * 100, (10, 45, 90), name="raw")


@pytest.mark.parametrize("preset", PRESETS)
def test_text_prints_inside_and_apart(data, solution, preset, tmp_path):
    set_target(Target(tmp_path, "page", "A study", simulated=False, preset=preset))
    drawn = list(every_figure(data, solution))
    set_target(None)
    for one in drawn:
        canvas = MeasuringCanvas(one)
        canvas.draw()
        assert not canvas.illegible()
        width, height = one.get_size_inches()
        box = one.get_tightbbox()
        assert -0.02 <= box.x0 < box.x1 <= width + 0.02
        assert -0.02 <= box.y0 < box.y1 <= height + 0.02


def test_xy_names_the_deviant_cases_and_nobody_where_told(solution):
    cases = solution.cases()
    deviant = set(cases.loc[cases["type"].str.startswith("deviant"), "case"])
    assert deviant
    shown = words(plot_xy(solution))
    assert all(case in shown for case in deviant)
    typical = set(cases.loc[cases["type"] == "typical", "case"]) - deviant
    assert not any(case in shown for case in typical)
    assert "case" not in words(plot_xy(solution, name=()))
    assert "partner" in words(plot_xy(solution, case_names=lambda case: f"partner {case[-2:]}"))


def test_xy_draws_every_case_in_every_panel(solution):
    drawn = plot_xy(solution)
    panels = [axes for axes in drawn.axes if axes.get_visible()]
    assert len(panels) == len(solution.models[0]) + (len(solution.models[0]) > 1)
    for axes in panels:
        assert sum(len(points.get_offsets()) for points in axes.collections) == 24


def test_crisp_sets_make_a_two_by_two(data):
    crisp = data.assign(**{name: (data[name] > 0.5).astype(int) for name in "ABCY"})
    table = truth_table(crisp, "Y", ["A", "B", "C"], inclusion_cut=0.6)
    drawn = plot_xy(minimise(table))
    counts = [int(text.get_text()) for text in drawn.axes[0].texts if text.get_text().isdigit()]
    assert sum(counts) == 24
    assert len(counts) == 4


def test_truth_table_writes_rows_outputs_and_cut(solution):
    drawn = plot_truth_table(solution.table)
    shown = [text.get_text() for text in texts(drawn)]
    assert ".85" in shown
    assert [shown.count(output) > 0 for output in set(solution.table.outputs)]
    assert {str(row) for row in solution.table.rows} <= set(shown)


def test_configurations_have_a_symbol_for_each_literal(solution):
    drawn = plot_configurations(solution)
    held = sum(term.count("*") + 1 for term in solution.models[0])
    assert sum(type(patch).__name__ == "Circle" for patch in drawn.axes[0].patches) == held


def test_explained_counts_who_is_left_out(solution):
    cases = solution.cases()
    whole = cases[cases["term"] == cases["term"].iloc[-1]]
    left_out = int((whole["type"] == "deviant in coverage").sum())
    assert left_out >= 2
    assert f"explained by no term: {left_out}" in words(plot_explained(solution))


def test_an_empty_cluster_is_said_to_be_empty(data):
    empty = data.assign(A=np.where(data["area"] == "p", 0.0, data["A"]))
    assert "no member" in words(plot_clusters(cluster_diagnostics(empty, ["A"], "Y", "area")))


def test_expressions_fold_at_plus_first():
    assert folded("AAAA*BBBB + CCCC*DDDD", 12) == "AAAA*BBBB +\nCCCC*DDDD"
    assert folded("AAAA*BBBB*CCCC", 10) == "AAAA*BBBB*\nCCCC"


def test_names_on_one_spot_are_joined():
    spots, names = join_names([(0.1, 0.2)] * 6 + [(0.3, 0.3)], list("abcdefg"))
    assert spots == [(0.1, 0.2), (0.3, 0.3)]
    assert names == ["a, b, c, d and 2 more", "g"]
