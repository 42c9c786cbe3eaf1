"""Figures of associations and robustness: readable text inside the page and apart, marks where the numbers are."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.association import (
    Design,
    Variant,
    coder_error,
    detectable,
    evidence,
    leave_one_cluster_out,
    omitted_cause,
    other_estimators,
    permutation_within,
    plan,
    range_restriction,
    specification_curve,
    split_informants,
    stratified_kendall,
    tipping_point,
    unit_frame,
)
from analysis.errors import MethodError
from analysis.figures import association as plots
from analysis.figures import robustness as more
from analysis.figures.legibility import MeasuringCanvas
from analysis.figures.style import PRESETS
from analysis.figures.ways import plot_ways
from analysis.lights import split_line
from analysis.models import (
    partial_pooling,
    predict_left_out,
    r2_under_none,
    relative_importance,
    stability_selection,
)
from analysis.target import Target, set_target

FACTORS = {
    "f1": "Empower middle managers and engage the frontline workforce",
    "f2": "Agree a clear purpose, outcomes and priorities",
    "f3": "Trust",
    "f4": "Devote time, energy and resources to the process",
    "f5": "Be passionate, persuasive and persistent",
}
AREAS = ["Greater Manchester", "Surrey", "Wigan", "Leeds", "Cornwall", "North Ayrshire"]
LABELS = {**FACTORS, "overall": "Overall innovation", "social": "Social value"}


@cache
def interviews() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    area = np.repeat(np.arange(6), [3, 3, 3, 2, 2, 2])
    n = 5
    unit = np.repeat(np.arange(15), n)
    truth = rng.normal(size=(15, 5)) + rng.normal(size=15)[:, None]
    quality = 0.9 * truth[:, 0] + 0.4 * rng.normal(size=6)[area] + 0.6 * rng.normal(size=15)
    frame = pd.DataFrame(
        np.clip(np.round(1.5 + 0.7 * truth[unit] + 0.6 * rng.normal(size=(75, 5))), 0, 3), columns=list(FACTORS)
    )
    for name in ("overall", "social"):
        frame[name] = np.clip(np.round(2 + 0.8 * quality[unit] + 0.5 * rng.normal(size=75)), 0, 4)
    frame["p"], frame["a"] = [f"p{u:02d}" for u in unit], [AREAS[i] for i in area[unit]]
    return frame.assign(i=np.arange(75))


@cache
def units() -> pd.DataFrame:
    return unit_frame(interviews(), [*FACTORS, "overall", "social"], "p", "a").assign(population=lambda d: d["f3"] ** 2)


def forest() -> pd.DataFrame:
    found = evidence(units(), ["overall", "social"], list(FACTORS), "a", families={("overall", "f1"): "confirmatory"})
    splits = [
        split_informants(interviews(), outcome, factor, "a", unit="p", splits=20)
        for outcome in ("overall", "social")
        for factor in FACTORS
    ]
    return plots.forest_rows(found, split_line(splits))


@cache
def curve():
    zero = units().assign(f1=units()["f1"].where(units()["f1"] > 1, 0.0))
    variants = [Variant({"absent": "missing"}, units()), Variant({"absent": "zero"}, zero)]
    return specification_curve(variants, ["overall", "social"], "f1", "a", unit="p", permutations=0)


def coders():
    first = interviews()[["i", "p", "f1"]].assign(coder="A")
    second = first[first["i"] % 3 == 0].assign(coder="B", f1=lambda d: (d["f1"] - 1).clip(lower=0))
    both = pd.concat([first, second])
    return coder_error(both, units(), "overall", "f1", "a", unit="p", interview="i", coder="coder", draws=20)


DESIGN = Design((3, 3, 3, 2, 2, 2), (5,) * 15)
HOLES = {"f1": lambda d: d["f1"].where(d["i"] % 4 > 0)}
FIGURES = {
    "forest": lambda: plots.plot_forest(forest(), labels=LABELS),
    "scatter": lambda: plots.plot_scatter(units(), "overall", list(FACTORS), "a", labels=LABELS, columns=3),
    "permutation": lambda: plots.plot_permutation(permutation_within(units(), "overall", "f1", "a"), labels=LABELS),
    "power": lambda: plots.plot_power(detectable(DESIGN, datasets=200)),
    "plan": lambda: plots.plot_plan(plan([6, 10, 14], [2, 3], [3, 6], datasets=100)),
    "leave one out": lambda: plots.plot_leave_one_out(
        leave_one_cluster_out(units(), "overall", "f1", "a"), labels=LABELS
    ),
    "specifications": lambda: more.plot_specifications(curve(), labels=LABELS),
    "coders": lambda: more.plot_coders(coders(), labels=LABELS),
    "tipping": lambda: more.plot_tipping(
        tipping_point(interviews().assign(**HOLES), "overall", "f1", "a", unit="p", draws=10), labels=LABELS
    ),
    "other estimators": lambda: plot_ways(other_estimators(units(), "overall", "f1", "a").comparable),
    "range restriction": lambda: more.plot_restriction(range_restriction(units(), "overall", "f1", "a")),
    "omitted cause": lambda: more.plot_omitted_cause(
        omitted_cause(units(), "overall", "f1", "a", benchmarks=["population"]), labels=LABELS
    ),
    "importance": lambda: more.plot_importance(
        relative_importance(units(), "overall", list(FACTORS), "a", resamples=50), labels=LABELS
    ),
    "score": lambda: more.plot_score(predict_left_out(units(), "overall", list(FACTORS), "a", permutations=99)),
    "r2 under none": lambda: more.plot_score(r2_under_none(units(), "overall", list(FACTORS), "a", permutations=200)),
    "stability": lambda: more.plot_stability(
        stability_selection(units(), "overall", list(FACTORS), "a", pairs=15), labels=LABELS
    ),
    "pooling": lambda: more.plot_pooling(
        partial_pooling(units(), "overall", list(FACTORS), "a", permutations=100), labels=LABELS
    ),
}


def read(drawn: Figure) -> MeasuringCanvas:
    canvas = MeasuringCanvas(drawn)
    canvas.draw()
    return canvas


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", FIGURES)
def test_text_is_readable_inside_and_apart(name, preset, tmp_path):
    set_target(Target(tmp_path, "page", "A study", simulated=False, preset=preset))
    drawn = FIGURES[name]()
    set_target(None)
    assert round(drawn.get_size_inches()[0] * 25.4) in (85, 120, 178)
    canvas = read(drawn)
    assert canvas.lines
    assert not canvas.illegible()


def test_the_forest_marks_every_estimate_and_opens_those_that_do_not_stand():
    rows = forest()
    axes = plots.plot_forest(rows).axes[0]
    marks = [line for line in axes.lines if line.get_linestyle() == "None" and line.get_marker() not in "<>"]
    drawn = np.concatenate([np.asarray(line.get_xdata(), dtype=float) for line in marks])
    first = rows[rows["outcome"] == "overall"]
    assert sorted(np.round(drawn, 9)) == sorted(np.round(first["estimate"], 9))
    filled = sum(len(line.get_xdata()) for line in marks if line.get_markerfacecolor() != "white")
    assert filled == int(first["stands"].sum())


def test_the_curve_marks_small_p_in_a_row_of_their_own_and_in_a_shade_that_grey_keeps():
    table = curve().table.assign(p=lambda t: np.where(np.arange(len(t)) % 3, t["p"], 0.3))
    found = replace(curve(), table=table)
    top, below = more.plot_specifications(found).axes
    small = np.flatnonzero(found.table["p"] <= found.alpha)
    assert 0 < len(small) < len(found.table)
    rows = dict(zip([tick.get_text() for tick in below.get_yticklabels()], below.get_yticks(), strict=True))
    place = rows["p \u2264 0.05"]
    marked = [line.get_xdata()[0::3] for line in below.lines if abs(np.nanmean(line.get_ydata()) - place) < 0.1]
    assert np.array_equal(np.concatenate(marked), small)
    dark = {line.get_label(): np.dot(to_rgb(line.get_color()), [0.2126, 0.7152, 0.0722]) for line in top.lines}
    assert dark["interval, p > 0.05"] - dark["interval, p \u2264 0.05"] > 0.3


@pytest.mark.parametrize("name", FIGURES)
def test_no_line_is_too_thin_to_print(name):
    drawn = FIGURES[name]()
    thin = [line for line in drawn.findobj(Line2D) if line.get_linestyle() != "None" and line.get_linewidth() < 0.5]
    assert not thin


def test_a_result_without_a_distribution_is_refused():
    with pytest.raises(MethodError, match="no distribution"):
        plots.plot_permutation(stratified_kendall(units(), "overall", "f1", "a"))


def test_a_factor_that_stands_in_every_light_has_a_shaded_line():
    rows = forest().assign(stands=lambda d: (d["factor"] == "f1") & (d["outcome"] == "overall"))
    rows.loc[rows["factor"] == "f1", "estimate"] = rows.loc[rows["factor"] == "f1", "estimate"].abs()
    first, second = plots.plot_forest(rows).axes
    shaded = [len([p for p in axis.patches if p.get_width() > 0 and p.get_height() > 0.5]) for axis in (first, second)]
    assert shaded == [1, 0]
    opposed = rows.assign(estimate=rows["estimate"].where(rows["kind"] != plots.SPLIT, -1.0))
    assert not [p for p in plots.plot_forest(opposed).axes[0].patches if p.get_height() > 0.5]


def test_an_interval_beyond_the_reach_ends_in_an_arrowhead_and_a_way_without_an_estimate_is_not_drawn():
    table = pd.DataFrame(
        {
            "way": ["one", "two", "three"],
            "standardised": [0.5, 0.6, np.nan],
            "standardised_low": [0.1, -9.0, np.nan],
            "standardised_high": [0.9, 9.0, np.nan],
        }
    )
    axis = plot_ways(table).axes[0]
    assert [tick.get_text() for tick in axis.get_yticklabels()] == ["one", "two"]
    heads = {line.get_marker(): list(line.get_xdata()) for line in axis.lines if line.get_marker() in "<>"}
    assert heads["<"] == [-2.0] and heads[">"] == [2.0]
