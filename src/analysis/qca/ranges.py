"""Sensitivity ranges: how far a cut or an anchor can be moved before the solution changes (Oana & Schneider 2021)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.calibration import Thresholds, calibrate
from analysis.qca.protocol import Analysis

Floats = NDArray[np.float64]
Models = frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """Over which values of one choice the solution (the set of all its models) stays the same.

    Attributes
    ----------
    parameter : str
        What was moved.
    lower, upper : float
        The last values at which the solution was still the same; NaN where it had not changed by the last
        step.
    value : float
        The value chosen.
    step : float
    table : DataFrame
        One row a value tried: `value`, `same`, `models` (how many), `solution` (the first model, or why
        there is none).
    """

    parameter: str
    lower: float
    value: float
    upper: float
    step: float
    table: pd.DataFrame

    @property
    def summary(self) -> str:
        """One sentence with the range."""
        tried = self.table["value"]
        low = f"at least {tried.min():g} (no change found)" if np.isnan(self.lower) else f"{self.lower:g}"
        high = f"at least {tried.max():g} (no change found)" if np.isnan(self.upper) else f"{self.upper:g}"
        chosen = f"chosen {self.value:g}, step {self.step:g}"
        return f"The solution stays for values of the {self.parameter} from {low} to {high} ({chosen})."


def inclusion_range(data: pd.DataFrame, plan: Analysis, step: float = 0.01, most_steps: int = 20) -> Range:
    """Move the consistency cut up and down, inside (0, 1), until the solution changes.

    Parameters
    ----------
    data : DataFrame
    plan : Analysis
    step : float
    most_steps : int
        How far to look in each direction.
    """

    def run(cut: float) -> Models:
        return _models(plan.with_(inclusion_cut=cut), data)

    return _range("consistency cut", plan.inclusion_cut, step, most_steps, run, 0.0, 1.0)


def frequency_range(data: pd.DataFrame, plan: Analysis, most_steps: int = 20) -> Range:
    """Move the frequency cut up and down, from 1, until the solution changes."""

    def run(cut: float) -> Models:
        return _models(plan.with_(n_cut=round(cut)), data)

    return _range("frequency cut", float(plan.n_cut), 1.0, most_steps, run, 0.0, float(len(data)) + 1)


def calibration_range(
    raw: pd.Series | Sequence[float],
    data: pd.DataFrame,
    plan: Analysis,
    condition: str,
    thresholds: Mapping[str, float] | Sequence[float] | float,
    step: float,
    most_steps: int = 20,
    *,
    method: str = "direct",
    idm: float = 0.953,
    decreasing: bool = False,
) -> tuple[Range, ...]:
    """Move each anchor of one condition's calibration up and down until the solution changes.

    Parameters
    ----------
    raw : Series or sequence
        The raw values of the condition, in the order of the cases.
    data : DataFrame
        The calibrated data; the condition's column is replaced.
    plan : Analysis
    condition : str
    thresholds : mapping or sequence
        The anchors chosen (exclusion, crossover, inclusion; one for a crisp set).
    step : float
        In raw units.
    most_steps : int
    method, idm, decreasing
        As in `calibrate`.

    Returns
    -------
    tuple of Range
        One an anchor. An anchor that passes its neighbour, or puts a case at exactly .5 where the plan
        refuses that, ends the range.
    """
    names = ("exclusion", "crossover", "inclusion") if method != "crisp" else ("crossover",)
    chosen = _anchor_values(thresholds)
    values = np.asarray(raw, dtype=float)

    def solve(anchors: Floats) -> Models:
        return _models(plan, data.assign(**{condition: _again(values, anchors, method, idm, decreasing)}))

    def ranged(place: int, name: str) -> Range:
        def run(anchor: float) -> Models:
            return solve(np.where(np.arange(len(chosen)) == place, anchor, chosen))

        return _range(f"{name} anchor of {condition}", chosen[place], step, most_steps, run, -np.inf, np.inf)

    return tuple(ranged(place, name) for place, name in enumerate(names))


def _again(values: Floats, anchors: Floats, method: str, idm: float, decreasing: bool) -> Floats:
    thresholds: Thresholds = anchors.tolist()
    return calibrate(values, thresholds, method, idm, decreasing).to_numpy()


def _anchor_values(thresholds: Mapping[str, float] | Sequence[float] | float) -> Floats:
    if isinstance(thresholds, Mapping):
        return np.array([float(thresholds[name]) for name in ("e", "c", "i")])
    return np.atleast_1d(np.asarray(thresholds, dtype=float))


def _models(plan: Analysis, data: pd.DataFrame) -> Models:
    return frozenset(frozenset(model) for model in plan.run(data).models)


def _range(
    parameter: str,
    value: float,
    step: float,
    most: int,
    run: Callable[[float], Models],
    low: float,
    high: float,
) -> Range:
    first = run(value)
    tried = [_tried(value, True, first)]
    ends = {}
    for sign in (-1, 1):
        ends[sign] = np.nan
        for i in range(1, most + 1):
            moved = round(value + sign * i * step, 12)
            if not low < moved < high:
                ends[sign] = moved - sign * step
                break
            try:
                models = run(moved)
            except MethodError as error:
                tried.append({"value": moved, "same": False, "models": 0, "solution": f"none: {error.what}"})
                ends[sign] = moved - sign * step
                break
            tried.append(_tried(moved, models == first, models))
            if models != first:
                ends[sign] = moved - sign * step
                break
    table = pd.DataFrame(tried).sort_values("value", ignore_index=True)
    return Range(parameter, round(ends[-1], 12), value, round(ends[1], 12), step, table)


def _tried(value: float, same: bool, models: Models) -> dict[str, object]:
    shown = min(" + ".join(sorted(model)) for model in models)
    return {"value": value, "same": same, "models": len(models), "solution": shown}
