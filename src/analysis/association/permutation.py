"""The co-primary, design-based test: units rearranged within clusters; and the rearrangement of clusters."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.association import arrangements
from analysis.association.design import Floats, Integers, Units, centred, constant, units
from analysis.association.results import PermutationTest, check_level, fields
from analysis.errors import MethodError

# Arrangements that are listed one by one to invert the test into an interval.
_LISTED = 50_000


def permutation_within(
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    level: float = 0.95,
    draws: int = 19_999,
    limit: int = 2_000_000,
    seed: int = 2017,
) -> PermutationTest:
    """Test a factor by rearranging the units of each cluster among themselves.

    The statistic is the slope within clusters (as with cluster fixed effects); p is the share of
    arrangements whose slope is at least as far from zero, ties counted. Whatever is the same for a whole
    cluster can't confound it.

    Parameters
    ----------
    frame, outcome, factor, cluster
        As in `random_intercept`.
    level : float
        Coverage of the interval, which holds every slope that the same test would not reject.
    draws : int
        Arrangements drawn where counting all of them is not feasible.
    limit : int
        Most sums held while counting; beyond it arrangements are drawn.
    seed : int
        Seed of the draws.

    Returns
    -------
    PermutationTest
        `.estimate`, `.p`, `.arrangements` (those that p counts), `.exact`, `.possible`, `.floor`,
        `.interval`, `.null`. Where drawn, p = (1 + at least as extreme) / (1 + draws).

    Raises
    ------
    MethodError
        As in `random_intercept`, and where factor or outcome do not vary within any cluster.

    Notes
    -----
    The interval inverts the test. For each arrangement, the slopes b it speaks for, those with
    ``abs(A - b B) >= abs(A0 - b B0)``, form an interval around the estimate, because a rearranged factor
    never goes with the factor more than the factor itself does (B <= B0); so the bounds are order
    statistics.
    """
    return within(units(frame, outcome, factor, cluster), level=level, draws=draws, limit=limit, seed=seed)


def within(
    read: Units,
    *,
    level: float = 0.95,
    draws: int = 19_999,
    limit: int = 2_000_000,
    seed: int = 2017,
    known: dict[tuple[str, bytes], Floats] | None = None,
) -> PermutationTest:
    """Do the work of `permutation_within` on columns that have been read.

    Parameters
    ----------
    read : Units
    level, draws, limit, seed
        As in `permutation_within`.
    known : dict, optional
        Sums of factors with themselves over all arrangements, by factor and rows; what is missing is added, so that
        tests of one factor on several outcomes share them.
    """
    outcome, factor, _ = read.names
    values = np.array([read.factor, read.outcome])
    inner: Floats = centred(values.T, read.cluster).T.copy()
    flat = np.abs(inner).max(axis=1) <= 1e-12 * np.abs(values).max(axis=1)
    for name, fixed in zip((factor, outcome), flat.tolist(), strict=True):
        if fixed:
            raise MethodError(
                f"{name!r} does not vary within any cluster: there is nothing to rearrange",
                fix="use permutation_clusters, which rearranges whole clusters",
            )
    key, known = (factor, read.rows.tobytes()), {} if known is None else known
    options = (level, draws, limit, seed)
    inner_x, inner_y = inner
    listed = arrangements.listed(inner_x, inner_y, read.cluster, min(_LISTED, limit), known.get(key))
    if listed is not None:
        known[key] = listed.own
    return _test(read, inner_x, inner_y, read.cluster, listed, "permutation within clusters", *options)


def permutation_clusters(
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    level: float = 0.95,
    draws: int = 19_999,
    limit: int = 2_000_000,
    seed: int = 2017,
) -> PermutationTest:
    """Test a factor by rearranging the means of whole clusters (six areas have 720 arrangements).

    The statistic is the unweighted least-squares slope of the clusters' mean outcome on their mean factor.
    Parameters, result and errors as in `permutation_within`; at least three clusters whose means differ.
    """
    read = units(frame, outcome, factor, cluster, clusters=3)
    means = [np.bincount(read.cluster, weights=values) / read.sizes for values in (read.factor, read.outcome)]
    for name, mean in zip((factor, outcome), means, strict=True):
        if constant(mean):
            raise MethodError(f"the clusters' means of {name!r} are all equal: there is nothing to rearrange")
    x, y = (mean - mean.mean() for mean in means)
    block = np.zeros(read.n_clusters, dtype=np.int64)
    listed = arrangements.listed(x, y, block, min(_LISTED, limit))
    return _test(read, x, y, block, listed, "permutation of clusters", level, draws, limit, seed)


def _test(
    read: Units,
    x: Floats,
    y: Floats,
    block: Integers,
    listed: arrangements.Listed | None,
    method: str,
    level: float,
    draws: int,
    limit: int,
    seed: int,
) -> PermutationTest:
    """Test the slope ``x @ y / x @ x`` against rearrangements of y within blocks (both centred)."""
    check_level(level)
    if draws < 99:
        raise MethodError(f"draws must be at least 99, not {draws}")
    squares, observed = float(x @ x), float(x @ y)
    known = listed or arrangements.distribution(x, y, block, limit)
    drawn, sums = None, listed
    if sums is None:
        rng = np.random.default_rng(seed)
        drawn = None if known else arrangements.draw(y, block, draws, rng) @ x
        sums = _sampled(x, y, block, draws, rng)
    common = fields(read, method, observed / squares, _inverted(sums, level), level)
    edges, shares = _null(known, drawn, squares)
    return PermutationTest(
        **common,  # type: ignore[arg-type]
        se=math.nan,
        df=math.nan,
        p=_share(known, drawn, observed, x, y),
        floor=known.beyond(known.largest) if known else 1.0 / (draws + 1),
        arrangements=known.total if known else draws,
        possible=arrangements.possible(block),
        exact=known is not None,
        seed=None if known else seed,
        edges=edges,
        shares=shares,
    )


def _share(known: arrangements.Known | None, drawn: Floats | None, observed: float, x: Floats, y: Floats) -> float:
    if known is not None:
        return min(1.0, known.beyond(observed))
    assert drawn is not None
    tie = 1e-9 * float(np.abs(x) @ np.abs(y))
    return float(1 + (np.abs(drawn) >= abs(observed) - tie).sum()) / (1 + len(drawn))


def _null(known: arrangements.Known | None, drawn: Floats | None, squares: float) -> tuple[Floats, Floats]:
    """Return the slope's distribution over arrangements: edges of 41 bins about zero, and shares in them."""
    reach = known.largest if known else float(np.abs(drawn).max()) if drawn is not None else 0.0
    edges = np.linspace(-reach, reach, 42)
    if known is not None:
        shares = known.shares(edges)
    else:
        assert drawn is not None
        shares = np.histogram(drawn, edges)[0] / len(drawn)
    return edges / squares, shares


def _sampled(x: Floats, y: Floats, block: Integers, draws: int, rng: np.random.Generator) -> arrangements.Listed:
    """Return the sums of arrangements drawn at random, the observed one first."""
    index: Integers = np.arange(len(block))
    orders = np.concatenate([index[None], arrangements.draw(index, block, min(draws, _LISTED), rng)])
    values = y[orders] @ x
    return arrangements.Listed(values, x[orders] @ x, np.sort(values), 0.0)


def _inverted(sums: arrangements.Listed, level: float) -> tuple[float, float]:
    """Return the slopes that the test does not reject (see the notes of `permutation_within`)."""
    a, b = sums.values, sums.own
    a0, b0 = float(a[0]), float(b[0])
    tie = 1e-9
    size = tie * max(sums.largest, 1e-300)
    with np.errstate(all="ignore"):
        left = _snapped(a0 - a, size)
        left /= _snapped(b0 - b, tie * b0)
        right = _snapped(a + a0, size)
        right /= _snapped(b0 + b, tie * b0)
    low, high = np.minimum(left, right), np.maximum(left, right, out=right)
    unknown = np.isnan(low)  # 0 / 0 on either side: such an arrangement speaks for every slope
    low[unknown], high[unknown] = -np.inf, np.inf
    rank = math.floor((1.0 - level) * len(a) + 1e-9)
    last = len(a) - 1 - rank
    low.partition(rank)
    high.partition(last)
    return float(low[rank]), float(high[last])


def _snapped(values: Floats, tolerance: float) -> Floats:
    """Set those within rounding of zero to (positive) zero, in place, and return all."""
    np.copyto(values, 0.0, where=np.abs(values) <= tolerance)
    return values
