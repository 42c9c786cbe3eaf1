"""Kendall's concordance of factor and outcome within clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association import arrangements
from analysis.association.design import Floats, Integers, Units, units
from analysis.association.results import PermutationTest, check_draws, number, p_value
from analysis.errors import MethodError

_LISTED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StratifiedKendall(PermutationTest):
    """Concordance within clusters; `estimate` (and `standardised`) is tau-b over pairs of the same cluster.

    Attributes
    ----------
    concordant, discordant : int
        Pairs of units of the same cluster.
    """

    concordant: int = 0
    discordant: int = 0

    @property
    def summary(self) -> str:
        """One sentence: tau, the pairs, p, and on what it rests."""
        return (
            f"Within clusters {self.outcome} and {self.factor} have Kendall's tau {number(self.estimate)} "
            f"({self.concordant} pairs in the same order, {self.discordant} in the opposite one), "
            f"{p_value(self.p)}; {self.basis}."
        )


def stratified_kendall(
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    draws: int = 19_999,
    limit: int = 2_000_000,
    seed: int = 2017,
) -> StratifiedKendall:
    """Test by ranks: the concordance of pairs within clusters against rearrangements within clusters.

    Only the order of grades counts, so it does not matter how far apart they are. Parameters, errors and
    counting as in `permutation_within`; clusters of more than eight units are rearranged at random.

    Notes
    -----
    tau-b over the pairs within clusters: Kendall (1945), Biometrika 33, 239-251; sums over clusters of such scores
    against rearrangements within them: Korn (1984), Biometrics 40, 209-214.
    """
    check_draws(draws)
    read = units(frame, outcome, factor, cluster)
    own = [np.flatnonzero(read.cluster == c) for c in range(read.n_clusters)]
    signs = [(_signs(read.factor[at]), _signs(read.outcome[at])) for at in own]
    pairs = np.array([[np.abs(a).sum(), np.abs(b).sum(), (a * b).sum(), np.abs(a * b).sum()] for a, b in signs]) / 2
    untied_x, untied_y, total, untied = pairs.sum(axis=0)
    if untied_x == 0 or untied_y == 0:
        raise MethodError(f"{(factor if untied_x == 0 else outcome)!r} does not vary within any cluster")
    known = _distribution(signs, read, limit)
    tau = float(total / math.sqrt(untied_x * untied_y))
    share = known.beyond(total) if known else _share_drawn(read, total, draws, seed)
    return StratifiedKendall(
        **_fields(read, tau),  # type: ignore[arg-type]
        p=min(1.0, float(share)),
        floor=known.beyond(known.largest) if known else 1.0 / (draws + 1),
        arrangements=known.total if known else draws,
        possible=arrangements.possible(read.cluster),
        exact=known is not None,
        seed=None if known else seed,
        concordant=int((untied + total) / 2),
        discordant=int((untied - total) / 2),
    )


def _fields(read: Units, tau: float) -> dict[str, object]:
    unknown = (math.nan, math.nan)
    return {
        "method": "Kendall's tau within clusters",
        "outcome": read.names[0], "factor": read.names[1], "cluster": read.names[2],
        "estimate": tau, "standardised": tau, "interval": unknown, "standardised_interval": unknown,
        "level": 0.95, "se": math.nan, "df": math.nan,
        "n_units": read.n_units, "n_clusters": read.n_clusters, "n_dropped": read.n_dropped,
    }  # fmt: skip


def _signs(values: Floats) -> Floats:
    """Sign of the difference of each pair, shape (n, n)."""
    return np.sign(values[:, None] - values[None, :])


def _distribution(signs: list[tuple[Floats, Floats]], read: Units, limit: int) -> arrangements.Distribution | None:
    if read.sizes.max() > _LISTED:
        return None
    parts = []
    for a, b in signs:
        orders = arrangements.permutations(len(a))
        sums = np.einsum("ij,oij->o", a, b[orders[:, :, None], orders[:, None, :]]) / 2
        values, counts = np.unique(sums, return_counts=True)
        parts.append(arrangements.Sums(values, counts / counts.sum()))
    return arrangements.gathered(parts, 1e-6, arrangements.possible(read.cluster), limit)


def _share_drawn(read: Units, observed: float, draws: int, seed: int) -> float:
    """Share of arrangements drawn at random (and the observed one) that are as far from no concordance."""
    total = np.zeros(draws)
    index: Integers = np.arange(read.n_units)
    orders = arrangements.draw(index, read.cluster, draws, np.random.default_rng(seed))
    for c in range(read.n_clusters):
        at = np.flatnonzero(read.cluster == c)
        a = _signs(read.factor[at])
        for i in range(len(at)):
            for j in range(i):
                y = read.outcome[orders[:, at[i]]] - read.outcome[orders[:, at[j]]]
                total += a[i, j] * np.sign(y)
    return float(1 + (np.abs(total) >= abs(observed) - 0.5).sum()) / (1 + draws)
