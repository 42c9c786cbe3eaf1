"""A truth table to explore in JupyterLab: cuts and calibration moved by sliders, the solutions follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np
import pandas as pd

from analysis.configurations import Sets, expected, plan_of, solutions_table, three_solutions
from analysis.errors import MethodError
from analysis.qca import calibrate
from analysis.report.controls import as_html, following
from analysis.settings import Qca

STEP = 0.01
#: What the outcome column of a truth table holds, in words.
OUT = {"1": "positive", "0": "negative", "C": "contradiction"}


@dataclass(frozen=True, slots=True)
class Solved:
    """A truth table and its solutions under one set of choices.

    Attributes
    ----------
    table : DataFrame
        The truth table's rows that have cases; none where there is a problem.
    solutions : DataFrame
        One row a model: solution, model, expression, fit.
    problem : str
        Why there is no truth table; empty where there is one.
    """

    table: pd.DataFrame
    solutions: pd.DataFrame
    problem: str = ""

    def models(self, solution: str) -> frozenset[str]:
        """Return the expressions of one of the three solutions."""
        if self.solutions.empty:
            return frozenset()
        return frozenset(self.solutions.loc[self.solutions["solution"] == solution, "expression"])


def recalibrated(sets: Sets, crossovers: Mapping[str, float]) -> pd.DataFrame:
    """Return the memberships with other crossovers; anchors beside a crossover that passed them move with it."""
    data = sets.data.copy()
    for name, crossover in crossovers.items():
        low, middle, high = sets.thresholds(name)
        moved = (min(low, crossover - 1e-6), crossover, max(high, crossover + 1e-6))
        if moved != (low, middle, high):
            data[name] = calibrate(sets.raw[name], moved)
    return data


def solved_again(sets: Sets, settings: Qca, data: pd.DataFrame) -> Solved:
    """Return truth table and solutions for other cuts or memberships; the reason, where there is none."""
    plan = plan_of(sets, settings).with_(at_half="absent")
    try:
        table = plan.table(data).table
    except MethodError as error:
        return Solved(pd.DataFrame(), pd.DataFrame(), error.what)
    return Solved(table, solutions_table(three_solutions(plan, data, expected(settings))))


def compared(first: Solved, now: Solved) -> str:
    """Say in a sentence which solutions are no longer those of the study's own choices."""
    if now.problem:
        return f"There is no truth table: {now.problem}."
    names = list(dict.fromkeys([*first.solutions.get("solution", []), *now.solutions.get("solution", [])]))
    other = [name for name in names if first.models(name) != now.models(name)]
    if not other:
        return "All solutions are those of the study's own choices."
    return f"Not the solution of the study's own choices any more: {', '.join(other)}."


def truth_table_explorer(sets: Sets, settings: Qca) -> widgets.VBox:
    """Return sliders for the cuts and for every crossover, with the solutions and the truth table that follow."""
    cuts = {
        "consistency_cut": _slider("Consistency cut", settings.consistency_cut, 0.51, 1.0),
        "pri_cut": _slider("PRI cut", settings.pri_cut, 0.0, 1.0),
    }
    least = widgets.BoundedIntText(
        settings.n_cut, min=1, max=max(len(sets.data) // 2, 1), description="Least cases a row"
    )
    least.style, least.layout = {"description_width": "26em"}, widgets.Layout(width="36em", max_width="98%")
    crossovers = {name: _crossover(sets, name) for name in (*sets.conditions, sets.outcome)}
    controls = [*cuts.values(), least, *crossovers.values()]
    start = {control: control.value for control in controls}
    own = solved_again(sets, settings, sets.data)
    solutions, table, back = widgets.HTML(), widgets.HTML(), widgets.Button(description="The study's own choices")
    back.layout = widgets.Layout(width="16em")

    def show() -> str:
        moved = {control: _moved(control.value, start[control]) for control in controls}
        data = recalibrated(sets, {name: moved[control] for name, control in crossovers.items()})
        update = {"n_cut": least.value, **{name: moved[control] for name, control in cuts.items()}}
        chosen = settings.model_copy(update=update)
        found = solved_again(sets, chosen, data)
        solutions.value = as_html(found.solutions, "Solutions") if len(found.solutions) else ""
        table.value = as_html(_readable(found.table), "Truth table") if len(found.table) else ""
        return compared(own, found)

    def reset(_: object) -> None:
        for control, value in start.items():
            control.value = value

    back.on_click(reset)
    box = following(controls, show, [solutions, table])
    box.children = (*box.children[: len(controls)], back, *box.children[len(controls) :])
    return box


def _moved(value: float, start: float) -> float:
    """Return a slider's value; in Lab it stands on a whole step, and is the study's own where that is the nearest."""
    return start if abs(value - start) < 0.9 * STEP else value


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    named = {"OUT": table["OUT"].astype(str).map(lambda out: OUT.get(out, out))} if "OUT" in table else {}
    return table.assign(**named).rename(columns={"OUT": "outcome", "n": "cases a row"})


def _crossover(sets: Sets, name: str) -> widgets.FloatSlider:
    values = sets.raw[name]
    return _slider(f"Crossover: {sets.labels[name]}", sets.thresholds(name)[1], values.min(), values.max())


def _floor(value: float) -> float:
    return float(np.floor(value / STEP) * STEP)


def _slider(name: str, value: float, low: float, high: float) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value,
        min=min(_floor(low), value),
        max=max(-_floor(-high), value),
        step=STEP,
        description=name,
        tooltip=name,
        style={"description_width": "26em"},
        layout=widgets.Layout(width="50em", max_width="98%"),
    )
