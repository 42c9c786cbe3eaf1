"""What size of indirect effect a study's design can detect, by simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association import reml
from analysis.association.design import Floats, Integers
from analysis.association.power import wilson
from analysis.association.results import percent
from analysis.association.simulation import Design
from analysis.errors import MethodError

PATHS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class DetectableIndirect:
    """Power of the joint test of both paths by their true size.

    Attributes
    ----------
    design : Design
    table : DataFrame
        One row a size: `path` (true standardised size of each path), `indirect` (their product), `power` with Monte
        Carlo bounds `power_low`, `power_high`, `a_found` and `b_found` (power of each path alone).
    minimum : float
        Smallest size of both paths with the power aimed at; NaN where none simulated has it.
    alpha, target : float
    datasets, seed : int
    """

    design: Design
    table: pd.DataFrame
    minimum: float
    alpha: float
    target: float
    datasets: int
    seed: int

    @property
    def summary(self) -> str:
        """What can be found."""
        needed = (
            f"true paths of {self.minimum:.2f} each (an indirect effect of {self.minimum**2:.2f})"
            if np.isfinite(self.minimum)
            else f"more than true paths of {self.table['path'].max():.2f} each"
        )
        middle = self.table.iloc[int((self.table["path"] - 0.5).abs().argmin())]
        return (
            f"With {self.design.words}, {percent(self.target)} power to find both paths needs {needed}; with paths of "
            f"{middle['path']:.2g} each it is {middle['power']:.2f} ({self.datasets:,} simulated data sets for each)."
        )


def detectable_indirect(
    design: Design,
    *,
    paths: Sequence[float] = PATHS,
    alpha: float = 0.05,
    target: float = 0.8,
    datasets: int = 1000,
    seed: int = 2017,
) -> DetectableIndirect:
    """Simulate how often both paths are significant in a design, by the size of the two paths.

    Units' true antecedent, mediator and outcome have variance 1, each with its share between clusters; the mediator
    is `path` times the antecedent and the outcome `path` times the mediator, plus a rest. Every informant adds noise
    as the design's shares say, and a unit's value is the mean of its informants.

    Parameters
    ----------
    design : Design
        As from `analysis.association.design_of`. Antecedent and mediator take its shares of the factor.
    paths : sequence of float
        True standardised sizes, in [0, 1).
    alpha, target : float
    datasets : int
        For each size; at least 100.
    seed : int

    Raises
    ------
    MethodError
        Sizes outside [0, 1), too few data sets, alpha or target outside (0, 1).
    """
    sizes = sorted(map(float, paths))
    if not sizes or sizes[0] < 0 or sizes[-1] >= 1:
        raise MethodError(f"paths must lie in [0, 1), not {sizes}")
    if datasets < 100 or not 0 < alpha < 1 or not 0 < target < 1:
        raise MethodError("datasets must be at least 100, alpha and target between 0 and 1")
    streams = np.random.default_rng(seed).spawn(len(sizes))
    rows = [_row(design, path, datasets, alpha, rng) for path, rng in zip(sizes, streams, strict=True)]
    table = pd.DataFrame(rows)
    return DetectableIndirect(design, table, _minimum(table, target), alpha, target, datasets, seed)


def _row(design: Design, path: float, datasets: int, alpha: float, rng: np.random.Generator) -> dict[str, float]:
    x, m, y = _drawn(design, path, datasets, rng)
    cluster = design.cluster
    a = reml.slopes(m, x, cluster).p[:, 0] <= alpha
    b = reml.slopes(y, m, cluster, extra=x[..., None]).p[:, 0] <= alpha
    low, high = wilson(int((a & b).sum()), datasets)
    return {
        "path": path,
        "indirect": path * path,
        "power": float((a & b).mean()),
        "power_low": low,
        "power_high": high,
        "a_found": float(a.mean()),
        "b_found": float(b.mean()),
    }


def _drawn(design: Design, path: float, datasets: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Draw units' observed antecedent, mediator and outcome, each (datasets, n_units)."""
    cluster = design.cluster
    rest = np.sqrt(1.0 - path * path)
    x = _true(rng, cluster, design.cluster_factor, datasets)
    m = path * x + rest * _true(rng, cluster, design.cluster_factor, datasets)
    y = path * m + rest * _true(rng, cluster, design.cluster_outcome, datasets)
    shares = (design.informant_factor, design.informant_factor, design.informant_outcome)
    informants = np.asarray(design.informants, dtype=np.float64)
    seen = []
    for true, share in zip((x, m, y), shares, strict=True):
        own = rng.choice(np.asarray(share), size=(datasets, 1))
        noise = np.sqrt((1.0 - own) / own / informants)
        seen.append(true + noise * rng.normal(size=true.shape))
    return seen[0], seen[1], seen[2]


def _true(rng: np.random.Generator, cluster: Integers, between: Sequence[float], datasets: int) -> Floats:
    share = rng.choice(np.asarray(between), size=(datasets, 1))
    common = rng.normal(size=(datasets, int(cluster.max()) + 1))[:, cluster]
    return np.asarray(np.sqrt(share) * common + np.sqrt(1.0 - share) * rng.normal(size=common.shape))


def _minimum(table: pd.DataFrame, target: float) -> float:
    """Where the rising hull of the power curve reaches the target, by linear interpolation."""
    power = np.maximum.accumulate(table["power"].to_numpy())
    if power[-1] < target:
        return float("nan")
    at = int(np.argmax(power >= target))
    pair = slice(max(at - 1, 0), at + 1)
    return float(np.interp(target, power[pair], table["path"].to_numpy()[pair]))
