"""Which factors are picked again and again when half of the units is drawn at random."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import lars_path

from analysis.association.design import Floats
from analysis.association.results import check_draws, count
from analysis.errors import MethodError
from analysis.models.data import together


@dataclass(frozen=True, slots=True)
class Stability:
    """Stability selection by the lasso.

    Attributes
    ----------
    table : DataFrame
        One row a factor, the most often selected first: factor, frequency, under_none (its mean with the
        outcome rearranged), stable (frequency at or above the threshold).
    threshold : float
    chosen : int
        Factors that each half may pick.
    bound : float
        Upper bound of the expected number of falsely stable factors (Meinshausen and Buhlmann).
    pairs, seed : int
    """

    table: pd.DataFrame
    threshold: float
    chosen: int
    bound: float
    pairs: int
    seed: int

    @property
    def summary(self) -> str:
        """The stable factors and what the bound promises."""
        stable = self.table.loc[self.table["stable"], "factor"]
        names = ", ".join(stable) if len(stable) else "no factor"
        top = self.table.iloc[0]
        return (
            f"Over {2 * self.pairs} halves of the units the lasso's first {count(self.chosen, 'choice')} "
            f"hold {names} in "
            f"at least {self.threshold:.0%} of halves (most often {top['factor']}, in {top['frequency']:.0%}, and in "
            f"{top['under_none']:.0%} with shuffled outcomes); at most {self.bound:.2g} such factors are expected by "
            "chance."
        )


def stability_selection(
    frame: pd.DataFrame,
    outcome: str,
    factors: Sequence[str],
    cluster: str,
    *,
    chosen: int = 2,
    threshold: float = 0.8,
    pairs: int = 100,
    seed: int = 2017,
) -> Stability:
    """Count how often each factor is among the first that the lasso picks, over complementary halves of the units.

    Parameters
    ----------
    frame, outcome, factors, cluster
        One row a unit; only complete rows are used.
    chosen : int
        Factors that each half may pick.
    threshold : float
        Frequency from which a factor is called stable, in (0.5, 1].
    pairs : int
        Random partitions into two halves, at least 1.
    seed : int

    Notes
    -----
    Meinshausen and Buhlmann (2010), Journal of the Royal Statistical Society B 72, 417-473, theorem 1;
    complementary pairs: Shah and Samworth (2013), ibid. 75, 55-80. Halves are drawn within clusters as far as
    their sizes allow; the outcome that shows chance (`under_none`) is shuffled over all units.
    """
    check_draws(pairs, "pairs", 1)
    data = together(frame, outcome, factors, cluster)
    k = len(data.factors)
    if not 1 <= chosen <= k or not 0.5 < threshold <= 1:
        raise MethodError(f"chosen must lie in 1-{k} and threshold in (0.5, 1]")
    rng = np.random.default_rng(seed)
    counts, none = np.zeros(k), np.zeros(k)
    for _ in range(pairs):
        order = rng.permutation(len(data.y))
        order = order[np.argsort(data.cluster[order], kind="stable")]
        shuffled = rng.permutation(data.y)
        for half in (order[::2], order[1::2]):
            counts += _first(data.x[half], data.y[half], chosen)
            none += _first(data.x[half], shuffled[half], chosen)
    table = pd.DataFrame({"factor": data.factors, "frequency": counts / (2 * pairs), "under_none": none / (2 * pairs)})
    table = table.assign(stable=table["frequency"] >= threshold)
    table = table.sort_values("frequency", ascending=False, kind="stable", ignore_index=True)
    bound = chosen**2 / (k * (2 * threshold - 1))
    return Stability(table, threshold, chosen, bound, pairs, seed)


def _first(x: Floats, y: Floats, chosen: int) -> Floats:
    """Mark the factors that enter the lasso's path first, shape (n_factors,)."""
    marked = np.zeros(x.shape[1])
    spread = x.std(axis=0)
    varying = np.flatnonzero(spread > 1e-12)
    if len(varying) == 0 or np.ptp(y) == 0:
        return marked
    scaled = (x[:, varying] - x[:, varying].mean(axis=0)) / spread[varying]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        _, _, path = lars_path(scaled, y - y.mean(), method="lasso", max_iter=4 * chosen + 4)
    seen: list[int] = []
    for step in path.T:
        seen += [int(i) for i in np.flatnonzero(np.abs(step) > 1e-12) if i not in seen]
    marked[varying[seen[:chosen]]] = 1.0
    return marked
