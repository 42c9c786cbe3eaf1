"""The part of benchmarks/calibration.py for methods that take one data set at a time, called as the pages call them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd

from analysis.association import ordinal, split_informants, stratified_kendall
from analysis.association.bootstrap import share_beyond
from analysis.association.simulation import Sample
from analysis.association.specification import Variant, specification_curve
from analysis.errors import MethodError
from analysis.models import predict_left_out, r2_under_none

SPLITS = 100  # the page on robustness has more, which only makes their mean steadier
REARRANGED = 99  # behind the p of a curve or of a prediction's score: enough for p of .01, .02, ... .05
WEBB = np.array(list(product([1.0, -1.0, 1.5**0.5, -(1.5**0.5), 0.5**0.5, -(0.5**0.5)], repeat=6)))

Single = Callable[[pd.DataFrame, pd.DataFrame, int], float]


def webb(units: pd.DataFrame, _informants: pd.DataFrame, _seed: int) -> float:
    return share_beyond(*(units[name].to_numpy() for name in ("y", "x", "area")), WEBB)


def kendall(units: pd.DataFrame, _informants: pd.DataFrame, _seed: int) -> float:
    return stratified_kendall(units, "y", "x", "area").p


def graded(units: pd.DataFrame, _informants: pd.DataFrame, _seed: int) -> float:
    return ordinal(units, "y", "x", "area").p


def split(_units: pd.DataFrame, informants: pd.DataFrame, seed: int) -> float:
    return split_informants(informants, "y", "x", "area", unit="unit", splits=SPLITS, seed=seed, jackknife=False).p


def curve(_units: pd.DataFrame, informants: pd.DataFrame, seed: int) -> float:
    """Two scoring rules, three estimators, each area left out and none: the p of the median estimate."""
    by_unit = informants.groupby("unit")
    mean = by_unit.mean().reset_index()
    variants = [
        Variant({"scores": "mean"}, mean),
        Variant({"scores": "largest"}, mean.assign(x=by_unit["x"].max().to_numpy())),
    ]
    found = specification_curve(variants, ["y"], "x", "area", unit="unit", permutations=REARRANGED, seed=seed)
    return float(found.inference.set_index("statistic").loc["median estimate", "p"])


SINGLE: dict[str, Single] = {
    "wild cluster bootstrap, all 46,656 Webb weights": webb,
    "Kendall within areas, all rearrangements": kendall,
    "cumulative link (ordinal), cluster-robust t": graded,
    f"different informants, mean over {SPLITS} random splits": split,
    f"specification curve of 42, p of the median, {REARRANGED} rearrangements": curve,
}


def single_chunk(sample: Sample) -> dict[str, np.ndarray]:
    """Test each data set of a sample by each method: p-values, NaN where a method has no estimate.

    What is drawn is drawn anew for each data set: one fixed lot of rearrangements is exact only on average over lots.
    """
    x, y = sample.scores(), sample.scores(values=sample.outcome)
    p: dict[str, list[float]] = {name: [] for name in SINGLE}
    for i in range(len(x)):
        units = pd.DataFrame({"x": x[i], "y": y[i], "area": sample.cluster})
        rated = {"x": sample.factor[i], "y": sample.outcome[i], "unit": sample.unit}
        informants = pd.DataFrame(rated | {"area": sample.cluster[sample.unit]})
        for name, method in SINGLE.items():
            try:
                p[name].append(method(units, informants, i))
            except MethodError:  # no variation left, or the factor separates the outcomes
                p[name].append(np.nan)
    return {name: np.array(values) for name, values in p.items()}


def together_chunk(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> dict[str, np.ndarray]:
    """Take all factors of each data set together, shapes (B, n_units, factors) and (B, n_units)."""
    names = [f"x{j}" for j in range(x.shape[2])]
    found: dict[str, list[bool]] = {"R2 of all factors": [], f"ridge, {REARRANGED} rearrangements": []}
    for seed, (own, outcome) in enumerate(zip(x, y, strict=True)):
        frame = pd.DataFrame(own, columns=names).assign(y=outcome, area=cluster)
        if (frame.nunique() < 2).any():
            continue
        r2 = r2_under_none(frame, "y", names, "area", permutations=499).table["p"].iloc[0]
        ridge = predict_left_out(frame, "y", names, "area", permutations=REARRANGED, seed=seed).p
        for values, hit in zip(found.values(), (r2 <= 0.05, ridge <= 0.05), strict=True):
            values.append(hit)
    return {name: np.array(values) for name, values in found.items()}
