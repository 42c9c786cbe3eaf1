"""How many dimensions a set of items has, and how little a few units can say about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association.design import Floats
from analysis.capital.reliability import complete_items


@dataclass(frozen=True, slots=True)
class ParallelAnalysis:
    """Eigenvalues beside those of unrelated items.

    Attributes
    ----------
    table : DataFrame
        One row a component: `component`, `eigenvalue`, `random_mean`, `random_limit`, `retained`.
    retained : int
        Leading components above the limit.
    percentile : float
        Share of random data sets that lie below the limit.
    needed_correlation : float
        Mean correlation between items that one common dimension must have to exceed the limit in this sample.
    chance : float
        How often one dimension with the observed mean correlation would be found, in samples of this size.
    mean_correlation : float
    n_units, n_items, n_dropped : int
    draws, seed : int
    """

    table: pd.DataFrame
    retained: int
    percentile: float
    needed_correlation: float
    chance: float
    mean_correlation: float
    n_units: int
    n_items: int
    n_dropped: int
    draws: int
    seed: int

    @property
    def summary(self) -> str:
        """What the components show, and what so few units can't show."""
        few = (
            f" With {self.n_units} units for {self.n_items} items a second dimension could hardly be seen, and "
            "loadings are too unsure to be told apart: this says whether the items go together, not how they are built."
            if self.n_units < 10 * self.n_items
            else ""
        )
        dimensions = "one dimension" if self.retained == 1 else f"{self.retained} dimensions"
        return (
            f"Parallel analysis keeps {dimensions if self.retained else 'no dimension'}; with {self.n_units} units one "
            f"common dimension shows only where items correlate by about {self.needed_correlation:.2f} on average "
            f"(here {self.mean_correlation:.2f}; found in {100 * self.chance:.0f} % of samples if that is true).{few}"
        )


def parallel_analysis(
    frame: pd.DataFrame, items: Sequence[str], *, percentile: float = 0.95, draws: int = 2000, seed: int = 2017
) -> ParallelAnalysis:
    """Compare the eigenvalues of the items' correlations with those of as many unrelated normal items.

    Parameters
    ----------
    frame : DataFrame
        One row a unit.
    items : sequence of str
    percentile : float
        Limit of the random eigenvalues, in (0, 1).
    draws : int
        Random data sets.
    seed : int

    Raises
    ------
    MethodError
        As `reliability`.

    Notes
    -----
    Horn (1965), Psychometrika 30, 179-185; the limit at the 95th percentile as Glorfeld (1995), Educational and
    Psychological Measurement 55, 377-393. k items that all correlate by r have the first eigenvalue 1 + (k - 1) r,
    so a limit L asks for r = (L - 1) / (k - 1).
    """
    names = tuple(items)
    data, dropped = complete_items(frame, names)
    n, k = data.shape
    rng = np.random.default_rng(seed)
    correlation = np.asarray(np.corrcoef(data, rowvar=False))
    observed = np.linalg.eigvalsh(correlation)[::-1]
    chance = _eigenvalues(rng.normal(size=(draws, n, k)))
    limit = np.quantile(chance, percentile, axis=0)
    above = observed > limit
    retained = int(np.argmin(above)) if not above.all() else k
    mean = float(correlation[np.triu_indices(k, 1)].mean())
    table = pd.DataFrame(
        {
            "component": np.arange(1, k + 1),
            "eigenvalue": observed,
            "random_mean": chance.mean(axis=0),
            "random_limit": limit,
            "retained": np.arange(k) < retained,
        }
    )
    return ParallelAnalysis(
        table=table,
        retained=retained,
        percentile=percentile,
        needed_correlation=float((limit[0] - 1.0) / (k - 1.0)),
        chance=_found(mean, n, k, float(limit[0]), min(draws, 1000), rng),
        mean_correlation=mean,
        n_units=n,
        n_items=k,
        n_dropped=dropped,
        draws=draws,
        seed=seed,
    )


def _eigenvalues(data: Floats) -> Floats:
    """Eigenvalues of correlation matrices, descending: (B, n, k) to (B, k)."""
    centred = data - data.mean(axis=1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).sum(axis=1, keepdims=True))
    return np.asarray(np.linalg.eigvalsh(np.swapaxes(scaled, 1, 2) @ scaled)[:, ::-1])


def _found(mean: float, n: int, k: int, limit: float, draws: int, rng: np.random.Generator) -> float:
    """Share of samples whose first eigenvalue exceeds the limit where all items correlate by `mean`."""
    share = float(np.clip(mean, 0.0, 0.99))
    common, own = rng.normal(size=(draws, n, 1)), rng.normal(size=(draws, n, k))
    first = _eigenvalues(np.sqrt(share) * common + np.sqrt(1.0 - share) * own)[:, 0]
    return float((first > limit).mean())
