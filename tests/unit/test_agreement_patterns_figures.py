"""Figures of agreement and patterns: text of 7 to 9 pt, inside the page and apart; marks where the numbers are."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.agreement import agreement_by, agreement_drift, bootstrap_intervals, interview_units
from analysis.errors import MethodError
from analysis.figures.agreement import plot_agreement, plot_coder_pairs, plot_drift
from analysis.figures.frequency import plot_frequency
from analysis.figures.legibility import MeasuringCanvas
from analysis.figures.patterns import (
    plot_co_occurrence,
    plot_code_cases,
    plot_coverage,
    plot_difference,
    plot_network,
    plot_saturation,
)
from analysis.figures.style import PRESETS, note_simulated
from analysis.patterns import (
    Frequency,
    co_occurrence,
    co_occurrence_network,
    code_case_matrix,
    group_difference,
    interview_coverage,
    saturation,
)
from analysis.target import Target, set_target

LABELS = {f"f{i}": name for i, name in enumerate(
    ["Empower middle managers and engage the frontline workforce", "Agree a clear purpose, outcomes and priorities",
     "Trust", "Devote time, energy and resources to the process", "Be passionate, persuasive and persistent"]
)}  # fmt: skip


def study() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    interviews = pd.DataFrame({"interview": [f"i{i:02}" for i in range(24)]}).assign(
        partnership=lambda f: [f"Partnership {i // 4}" for i in range(len(f))],
        area=lambda f: [["Greater Manchester", "Surrey", "Wigan"][i // 8] for i in range(len(f))],
        role=lambda f: [["leader", "chief officer", "voluntary sector"][i % 3] for i in range(len(f))],
        sector=lambda f: [["council", "health"][i % 2] for i in range(len(f))],
        month=lambda f: [f"2016-{4 + i // 6:02}" for i in range(len(f))],
        words=5000,
    )
    rows = []
    for interview in interviews["interview"]:
        for factor in LABELS:
            for coder in "ABC":
                if rng.random() < 0.6:
                    start = int(rng.integers(0, 20_000))
                    rows.append((interview, coder, factor, start, start + 900, int(rng.integers(1, 4)), 150))
    columns = ["interview", "coder", "factor", "start", "end", "intensity", "words"]
    return pd.DataFrame(rows, columns=columns).assign(coding=range(1, len(rows) + 1)), interviews


CODINGS, INTERVIEWS = study()
UNITS = interview_units(CODINGS, INTERVIEWS)
TOGETHER = co_occurrence(CODINGS, how="window", window=2000)
HELPS = CODINGS[CODINGS["factor"] < "f3"].assign(factor=lambda f: "help with " + f["factor"])
FIGURES = {
    "forest": lambda: plot_agreement(bootstrap_intervals(UNITS, draws=200, uncoded="both"), labels=LABELS),
    "forest, one reading": lambda: plot_agreement(agreement_by(UNITS), labels=LABELS),
    "pairs": lambda: plot_coder_pairs(agreement_by(UNITS, "pair")),
    "one pair": lambda: plot_coder_pairs(agreement_by(UNITS[UNITS["coder"] != "C"], "pair")),
    "factors by pairs": lambda: plot_coder_pairs(agreement_by(UNITS, ["factor", "pair"]), labels=LABELS),
    "drift": lambda: plot_drift(agreement_drift(UNITS, draws=200)),
    "drift, many periods": lambda: plot_drift(agreement_drift(UNITS, blocks=12, draws=200)),
    **{
        f"codes by cases, {measure}": lambda measure=measure: plot_code_cases(
            code_case_matrix(CODINGS, INTERVIEWS, measure=measure, cases="partnership"),
            groups=dict(zip(INTERVIEWS["partnership"], INTERVIEWS["area"], strict=True)),
            labels=LABELS,
        )
        for measure in ("count", "binary", "coverage", "weight")
    },
    "co-occurrence": lambda: plot_co_occurrence(TOGETHER, labels=LABELS),
    "factors by helps": lambda: plot_co_occurrence(co_occurrence(CODINGS, HELPS), value="count", labels=LABELS),
    "network": lambda: plot_network(co_occurrence_network(TOGETHER), labels=LABELS),
    "network of two": lambda: plot_network(co_occurrence_network(co_occurrence(CODINGS, HELPS)), labels=LABELS),
    "saturation": lambda: plot_saturation(saturation(CODINGS, INTERVIEWS, codebook=[*LABELS, "f9"], permutations=50)),
    "difference": lambda: plot_difference(group_difference(CODINGS, INTERVIEWS), labels=LABELS, others="partners"),
    "coverage": lambda: plot_coverage(interview_coverage(INTERVIEWS, CODINGS)),
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
    note_simulated(drawn)
    assert round(drawn.get_size_inches()[0] * 25.4) in (85, 120, 178)
    canvas = read(drawn)
    assert canvas.lines
    assert not canvas.illegible()


def test_marks_of_the_forest_stand_at_the_values():
    made = bootstrap_intervals(UNITS, draws=100, uncoded="both")
    axes = plot_agreement(made).axes[0]
    drawn = np.concatenate([points.get_offsets()[:, 0] for points in axes.collections if len(points.get_offsets())])
    assert set(np.round(made.table["value"].dropna(), 9)) <= set(np.round(np.asarray(drawn, dtype=float), 9))


def test_an_undefined_coefficient_is_written_so():
    units = UNITS.assign(value=np.where(UNITS["factor"] == "f2", 1.0, UNITS["value"]))
    texts = [line.words for line in read(plot_agreement(bootstrap_intervals(units, draws=50))).lines]
    assert "undefined: no variation" in texts


def test_cells_hold_their_numbers():
    found = code_case_matrix(CODINGS, INTERVIEWS, cases="partnership")
    axes = plot_code_cases(found).axes[0]
    written = sorted(float(text.get_text()) for text in axes.texts)
    assert written == pytest.approx(sorted(found.matrix.to_numpy().ravel()), abs=0.051)


def test_the_forest_takes_one_grouping_column():
    with pytest.raises(MethodError, match="one line per factor"):
        plot_agreement(agreement_by(UNITS, ()))


def test_pairs_need_pairs():
    with pytest.raises(MethodError, match="no pairs"):
        plot_coder_pairs(agreement_by(UNITS))


def test_cases_without_room_for_names_have_their_shade_only():
    interviews = pd.DataFrame({"interview": [f"i{n:02}" for n in range(40)]})
    coded = interviews.assign(coding=range(40), coder="A", factor="trust", intensity=2.0)
    axes = plot_code_cases(code_case_matrix(coded, interviews, measure="weight")).axes[0]
    assert not any(text.get_text() for text in [*axes.texts, *axes.get_xticklabels()])
    assert axes.get_xlabel() == "40 interviews"


def test_withheld_cells_of_a_crosstab_are_dashes():
    table = pd.DataFrame({"group": ["b", "a"], "code": "trust", "n_interviews": [4.0, np.nan]})
    axes = plot_frequency(Frequency(table, ("group",)), value="n_interviews").axes[0]
    assert [text.get_text() for text in axes.texts] == ["4", "\N{EN DASH}"]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["b", "a"]
