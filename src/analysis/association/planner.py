"""What the next study would need: power over ranges of clusters, units and informants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from analysis.association import reml
from analysis.association.parallel import Progress, spread
from analysis.association.power import wilson
from analysis.association.results import percent
from analysis.association.simulation import Design, even_design, simulate
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class Plan:
    """Power of the primary test over a grid of designs.

    Attributes
    ----------
    table : DataFrame
        One row a design and correlation: clusters, units, informants (of each unit), interviews (in all),
        correlation, power with 95 % Monte Carlo bounds (power_low, power_high), power_corrected (at alpha over the
        number of tests).
    tests : int
    alpha, target : float
    datasets, seed : int
    """

    table: pd.DataFrame
    tests: int
    alpha: float
    target: float
    datasets: int
    seed: int

    @property
    def cheapest(self) -> pd.DataFrame:
        """For each correlation the design with the fewest interviews that is enough.

        Of hundreds of designs some seem to be enough by luck, so the lower Monte Carlo bound of the power decides.
        """
        enough = self.table[self.table["power_low"] >= self.target]
        ordered = enough.sort_values(["correlation", "interviews", "clusters", "units"])
        return ordered.groupby("correlation", as_index=False).first()

    @property
    def by_clusters(self) -> pd.DataFrame:
        """For each correlation and number of clusters the cheapest design that is enough, else the most powerful."""
        order = self.table.assign(enough=self.table["power_low"] >= self.target)
        order["cost"] = order["interviews"].where(order["enough"], -order["power"])
        order = order.sort_values(["correlation", "clusters", "enough", "cost"], ascending=[True, True, False, True])
        return order.groupby(["correlation", "clusters"], as_index=False).first().drop(columns="cost")

    @property
    def summary(self) -> str:
        """The cheapest design that is enough, for each correlation."""
        best = self.cheapest.set_index("correlation")
        said = []
        for r in sorted(self.table["correlation"].unique()):
            if r not in best.index:
                said.append(f"no design tried surely reaches it at a true correlation of {r:.2g}")
                continue
            row = best.loc[r]
            said.append(
                f"at a true correlation of {r:.2g} it takes {row['clusters']:.0f} clusters of "
                f"{row['units']:.0f} "
                f"units with {row['informants']:.0f} informants each ({row['interviews']:.0f} interviews; power "
                f"{row['power']:.2f}, {row['power_low']:.2f} to {row['power_high']:.2f})"
            )
        return (
            f"For {percent(self.target)} power: {'; '.join(said)}. A design is enough where the lower 95 % Monte Carlo "
            f"bound of its power is ({self.datasets:,} data sets for each: more of them narrow the bounds)."
        )


def plan(
    clusters: Sequence[int],
    units: Sequence[int],
    informants: Sequence[int],
    *,
    like: Design | None = None,
    correlations: Sequence[float] = (0.5, 0.8),
    tests: int = 11,
    alpha: float = 0.05,
    target: float = 0.8,
    datasets: int = 400,
    seed: int = 2017,
    jobs: int = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Simulate the power of the primary test for every combination of the ranges.

    Parameters
    ----------
    clusters, units, informants : sequence of int
        Numbers of clusters (areas), of units in each (partnerships) and of informants about each unit.
    like : Design, optional
        Where the variance shares come from (`design_of` an earlier study).
    correlations : sequence of float
        True correlations, in (-1, 1).
    tests : int
        `power_corrected` is the power at alpha / tests, which Holm can't fall below.
    datasets : int
        Simulated for each combination and correlation.
    seed : int
        Each combination draws from its own stream, so the numbers do not depend on `jobs`.
    jobs : int
        Processes.
    scheduler : str, optional
        Address of a Dask scheduler, used instead of local processes.
    progress : callable, optional
        Called with the number done and the number in all.
    """
    grid = [c for c in product(clusters, units, informants, correlations) if c[0] * c[1] >= 4]
    if not grid:
        raise MethodError("the ranges hold no design with at least two clusters and four units")
    streams = np.random.default_rng(seed).spawn(len(grid))
    tasks = [(c, like, tests, alpha, datasets, rng) for c, rng in zip(grid, streams, strict=True)]
    rows = spread(_power, tasks, jobs=jobs, scheduler=scheduler, progress=progress)
    return Plan(pd.DataFrame(rows), tests, alpha, target, datasets, seed)


def _power(
    combination: tuple[int, int, int, float],
    like: Design | None,
    tests: int,
    alpha: float,
    datasets: int,
    rng: np.random.Generator,
) -> dict[str, float]:
    clusters, units, informants, correlation = combination
    sample = simulate(even_design(clusters, units, informants, like), correlation, datasets, rng)
    p = reml.slopes(sample.scores(values=sample.outcome), sample.scores(), sample.cluster).p[:, 0]
    low, high = wilson(int((p <= alpha).sum()), datasets)
    return {
        "clusters": clusters, "units": units, "informants": informants,
        "interviews": clusters * units * informants, "correlation": correlation,
        "power": float((p <= alpha).mean()), "power_low": low, "power_high": high,
        "power_corrected": float((p <= alpha / tests).mean()),
    }  # fmt: skip
