"""Widgets for exploring in JupyterLab: filters with a heat map and quotes, and a truth table with sliders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import ipywidgets as widgets
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from analysis.configurations import Sets, plan_of, solutions_table, three_solutions
from analysis.errors import MethodError
from analysis.figures.patterns import plot_code_cases
from analysis.patterns import code_case_matrix
from analysis.qca import calibrate
from analysis.settings import Qca

EVERY = "all"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the filters let through.

    Attributes
    ----------
    interviews, codings : DataFrame
        The tables' rows that are left.
    quotes : DataFrame
        Approved excerpts among them: factor, text; never with role and area.
    """

    interviews: pd.DataFrame
    codings: pd.DataFrame
    quotes: pd.DataFrame

    @property
    def summary(self) -> str:
        """How much is left."""
        return f"{len(self.interviews)} interviews, {len(self.codings):,} codings, {len(self.quotes)} approved quotes"


def choose(
    interviews: pd.DataFrame,
    codings: pd.DataFrame,
    excerpts: pd.DataFrame,
    *,
    approved: list[int],
    area: str = EVERY,
    sector: str = EVERY,
    factor: str = EVERY,
) -> Chosen:
    """Return interviews, codings and approved quotes of an area, a sector and a factor (`all`: no filter)."""
    kept = interviews
    for column, value in (("area", area), ("sector", sector)):
        if value != EVERY:
            kept = kept[kept[column] == value]
    rows = codings[codings["interview"].isin(kept["interview"])]
    if factor != EVERY:
        rows = rows[rows["factor"] == factor]
    open_ = excerpts[excerpts["coding"].isin(set(approved) & set(rows["coding"]))]
    quotes = open_.merge(rows[["coding", "factor"]], on="coding")[["factor", "text"]]
    return Chosen(kept, rows, quotes.reset_index(drop=True))


def heat_map(chosen: Chosen) -> Figure | None:
    """Return the mean intensity of factors by partnership among what was chosen; nothing where that is empty."""
    if chosen.codings.empty:
        return None
    found = code_case_matrix(chosen.codings, chosen.interviews, measure="weight", cases="partnership")
    areas = dict(zip(chosen.interviews["partnership"], chosen.interviews["area"], strict=True))
    return plot_code_cases(found, groups=areas)


def explorer(
    interviews: pd.DataFrame, codings: pd.DataFrame, excerpts: pd.DataFrame, approved: list[int]
) -> widgets.VBox:
    """Return filters by area, sector and factor with a heat map and quotes that follow."""

    def options(values: pd.Series) -> list[str]:
        return [EVERY, *sorted(values.dropna().unique())]

    controls = {
        "area": widgets.Dropdown(options=options(interviews["area"]), description="Area"),
        "sector": widgets.Dropdown(options=options(interviews["sector"]), description="Sector"),
        "factor": widgets.Dropdown(options=options(codings["factor"]), description="Factor"),
    }

    def show() -> None:
        values = {name: str(control.value) for name, control in controls.items()}
        chosen = choose(interviews, codings, excerpts, approved=approved, **values)
        drawn = heat_map(chosen)
        display(widgets.HTML(f"<p>{escape(chosen.summary)}</p>"))
        if drawn is not None:
            display(drawn)
        display(chosen.quotes)

    return _following(list(controls.values()), show)


def recalibrated(sets: Sets, crossovers: dict[str, float]) -> pd.DataFrame:
    """Return the memberships with other crossovers; anchors beside a crossover that passed them move with it."""
    data = sets.data.copy()
    for name, crossover in crossovers.items():
        low, middle, high = sets.thresholds(name)
        moved = (min(low, crossover - 1e-6), crossover, max(high, crossover + 1e-6))
        if moved != (low, middle, high):
            data[name] = calibrate(sets.raw[name], moved)
    return data


def solved_again(sets: Sets, settings: Qca, data: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return truth table and solutions for other cuts or memberships; the reason, where there is none."""
    plan = plan_of(sets, settings).with_(at_half="absent")
    try:
        table = plan.table(data).table
    except MethodError as error:
        return pd.DataFrame({"problem": [error.what]}), pd.DataFrame()
    return table, solutions_table(three_solutions(plan, data, {}))


def truth_table_explorer(sets: Sets, settings: Qca) -> widgets.VBox:
    """Return sliders for the cuts and for every crossover, with the truth table and the solutions that follow."""

    def slider(name: str, value: float, low: float, high: float) -> widgets.FloatSlider:
        style = {"description_width": "14em"}
        return widgets.FloatSlider(
            value, min=low, max=high, step=0.01, description=name, continuous_update=False, style=style
        )

    cuts = {
        "consistency_cut": slider("Consistency cut", settings.consistency_cut, 0.51, 1.0),
        "pri_cut": slider("PRI cut", settings.pri_cut, 0.0, 1.0),
    }
    names = [*sets.conditions, sets.outcome]
    crossovers = {
        name: slider(
            f"Crossover {name}", sets.thresholds(name)[1], float(sets.raw[name].min()), float(sets.raw[name].max())
        )
        for name in names
    }

    def show() -> None:
        data = recalibrated(sets, {name: control.value for name, control in crossovers.items()})
        chosen = settings.model_copy(update={name: control.value for name, control in cuts.items()})
        table, solutions = solved_again(sets, chosen, data)
        display(solutions)
        display(table)

    return _following([*cuts.values(), *crossovers.values()], show)


def _following(controls: list[widgets.Widget], show: Callable[[], None]) -> widgets.VBox:
    """Return controls above an output that is drawn anew whenever one of them is moved."""
    output = widgets.Output()

    def draw(_: object = None) -> None:
        output.clear_output(wait=True)
        with output:
            show()

    for control in controls:
        control.observe(draw, names="value")
    draw()
    return widgets.VBox([*controls, output])
