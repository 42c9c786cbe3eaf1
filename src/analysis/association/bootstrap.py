"""The wild cluster bootstrap with every vector of signs, computed from cluster sums."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

import numpy as np
import pandas as pd

from analysis.association.design import Floats, Integers, units
from analysis.association.results import Association, PermutationTest, check_draws, check_level, fields
from analysis.association.robust import robust_slopes
from analysis.errors import MethodError

Weights = Literal["rademacher", "webb"]
_POINTS = {
    "rademacher": np.array([1.0, -1.0]),
    "webb": np.array([1.0, -1.0, math.sqrt(1.5), -math.sqrt(1.5), math.sqrt(0.5), -math.sqrt(0.5)]),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WildBootstrap(PermutationTest):
    """A wild cluster bootstrap test; `arrangements` are the weight vectors counted.

    Attributes
    ----------
    weights : {"rademacher", "webb"}
    """

    weights: Weights = "rademacher"

    @property
    def basis(self) -> str:
        """How many weight vectors were counted, and the floor of p."""
        how = f"all {self.arrangements:,}" if self.exact else f"{self.arrangements:,} drawn (seed {self.seed})"
        plain = Association.basis.fget(self)  # type: ignore[attr-defined]
        return f"{plain}, {how} vectors of {self.weights} weights, p cannot be below {self.floor:.2g}"


def wild_bootstrap(
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    weights: Weights = "rademacher",
    level: float = 0.95,
    draws: int = 49_999,
    limit: int = 100_000,
    seed: int = 2017,
) -> WildBootstrap:
    """Test ``outcome ~ factor`` by the wild cluster bootstrap with the null imposed (WCR).

    Parameters
    ----------
    frame, outcome, factor, cluster, level
        As in `random_intercept`.
    weights : {"rademacher", "webb"}
        Two-point or Webb's six-point weights, one for each cluster.
    draws : int
        At least 99: weight vectors drawn where there are more than `limit`.
    limit : int
        Most weight vectors that are all counted (six clusters have 64 of signs, 46,656 of Webb's).
    seed : int

    Notes
    -----
    Cameron, Gelbach and Miller (2008), Review of Economics and Statistics 90, 414-427; Webb (2023),
    Canadian Journal of Economics 56, 839-858. The t statistics use CR1. A bootstrap t as far out as the
    observed one counts (ties with >=): a vector that gives every cluster the same weight always ties, so p can't be
    below 2 / 2**n_clusters with signs and 6 / 6**n_clusters with Webb's weights. The interval inverts the test.
    """
    if weights not in _POINTS:
        raise MethodError(f"there are no weights {weights!r}", allowed=get_args(Weights), value=weights)
    check_level(level)
    check_draws(draws)
    read = units(frame, outcome, factor, cluster)
    rng = np.random.default_rng(seed)
    possible = len(_POINTS[weights]) ** read.n_clusters
    exact = possible <= limit
    vectors = _vectors(_POINTS[weights], read.n_clusters, exact, draws, rng)
    slope = float(robust_slopes(read.outcome[None], read.factor[None], read.cluster, "CR1").estimate[0])
    interval = _inverted(read.outcome, read.factor, read.cluster, vectors, slope, 1.0 - level)
    share = share_beyond(read.outcome, read.factor, read.cluster, vectors)
    n = len(vectors)
    return WildBootstrap(
        **fields(read, f"wild cluster bootstrap, {weights}", slope, interval, level),  # type: ignore[arg-type]
        se=math.nan,
        df=math.nan,
        p=share if exact else (1 + share * n) / (1 + n),
        floor=len(_POINTS[weights]) / possible if exact else 1.0 / (n + 1),
        arrangements=n,
        possible=possible,
        exact=exact,
        seed=None if exact else seed,
        weights=weights,
    )


def _vectors(points: Floats, clusters: int, exact: bool, draws: int, rng: np.random.Generator) -> Floats:
    if exact:
        return np.array(list(product(points, repeat=clusters)))
    return rng.choice(points, size=(draws, clusters))


def share_beyond(outcome: Floats, factor: Floats, cluster: Integers, vectors: Floats, null: float = 0.0) -> float:
    """Return the share of weight vectors whose t is at least as far out as the observed one.

    With a centred factor all that a bootstrap t needs are sums over clusters: of the factor, its square, the
    restricted residuals and their product with the factor; each t is linear algebra on these.
    """
    x = factor - factor.mean()
    y = outcome - null * factor
    u = y - y.mean()
    sums = [np.bincount(cluster, weights=values) for values in (x, x * x, u, x * u)]
    observed = _t(np.ones((1, len(sums[0]))), sums, len(x))[0]
    t = _t(vectors, sums, len(x))
    return float((t >= observed * (1.0 - 1e-9) - 1e-12).mean())


def _t(vectors: Floats, sums: list[np.ndarray], n: int) -> Floats:
    """Absolute cluster-robust t (up to CR1's constant) for each vector of weights."""
    x, xx, u, xu = sums
    slope = (vectors @ xu) / xx.sum()
    intercept = (vectors @ u) / n
    scores = vectors * xu - intercept[:, None] * x - slope[:, None] * xx
    spread = np.sqrt((scores**2).sum(axis=1))
    with np.errstate(all="ignore"):
        return np.where(spread > 1e-12 * np.abs(xu).sum(), np.abs(slope) * xx.sum() / spread, np.inf)


def _inverted(
    outcome: Floats, factor: Floats, cluster: Integers, vectors: Floats, slope: float, alpha: float
) -> tuple[float, float]:
    """Return the slopes at which p falls to alpha, by doubling away from the estimate and halving back."""
    unit = float(outcome.std() / factor.std())
    bounds = []
    for sign in (-1.0, 1.0):
        inside, reach = 0.0, 0.5 * unit
        while share_beyond(outcome, factor, cluster, vectors, slope + sign * reach) > alpha:
            inside, reach = reach, 2.0 * reach
            if reach > 1e4 * unit:
                break
        else:
            for _ in range(40):
                middle = 0.5 * (inside + reach)
                kept = share_beyond(outcome, factor, cluster, vectors, slope + sign * middle) > alpha
                inside, reach = (middle, reach) if kept else (inside, middle)
        bounds.append(slope + sign * (reach if reach <= 1e4 * unit else math.inf))
    return bounds[0], bounds[1]
