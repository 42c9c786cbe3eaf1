"""Many rearrangements of one outcome over few designs: what the factor alone settles is worked out once.

A design is a factor over the units that are there. A specification curve has a few hundred designs and fits each to
hundreds of rearrangements of the outcome, so cross-products of the factor, its cluster-robust weights and degrees of
freedom, and the rotation that makes the restricted likelihood a sum of n_clusters terms are taken by design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.association import reml
from analysis.association.design import Floats, Integers
from analysis.association.robust import Robust, robust_test, robust_weights


@dataclass(frozen=True, slots=True)
class Rearranged:
    """N data sets over D designs, standardised: mean 0 and mean square 1 over the units present, 0 for the others.

    Attributes
    ----------
    factor, present : arrays, shape (D, n_units)
    outcome : array, shape (N, n_units)
        NaN in all units where factor or outcome does not vary.
    design : array of int, shape (N,)
        The design of each data set.
    cluster : array of int, shape (n_units,)
    """

    factor: Floats
    present: Floats
    outcome: Floats
    design: Integers
    cluster: Integers

    @property
    def n_units(self) -> Integers:
        """Units of each data set, shape (N,)."""
        return self.present.sum(axis=1).astype(np.int64)[self.design]


def rearranged(
    pairs: Sequence[tuple[Floats, Floats]], cluster: Integers, orders: Integers, left_out: Sequence[int] = (-1,)
) -> Rearranged:
    """Cross pairs of factor and outcome, clusters left out and rearrangements of the outcome, in this order.

    Parameters
    ----------
    pairs : sequence of (array, array), shape (n_units,) each
        Factor and outcome, NaN where a unit is missing.
    cluster : array of int, shape (n_units,)
    orders : array of int, shape (B, n_units)
        Rearrangements.
    left_out : sequence of int
        Clusters left out one at a time; -1: none.
    """
    kept = cluster != np.asarray(left_out)[:, None]
    factors, present, outcomes, design, n = [], [], [], [], 0
    for x, y in pairs:
        shuffled = y[orders]
        known: NDArray[np.bool_] = np.isfinite(np.asarray(y))
        patterns, which = known[None], np.zeros(len(orders), dtype=np.int64)
        if not known.all():  # a missing outcome moves with its rearrangement
            patterns, which = np.unique(known[orders], axis=0, return_inverse=True)
        own = (np.isfinite(x) & kept[:, None] & patterns).reshape(-1, len(cluster))
        present.append(own)
        factors.append(np.tile(x, (len(own), 1)))
        outcomes.append(np.tile(shuffled, (len(kept), 1)))
        design.append((n + np.arange(len(kept))[:, None] * len(patterns) + which.ravel()).ravel())
        n += len(own)
    there, at = np.concatenate(present), np.concatenate(design)
    factor = _standardised(np.concatenate(factors), there)
    outcome = _standardised(np.concatenate(outcomes), there[at])
    outcome[np.asarray(np.isnan(factor).any(axis=1))[at]] = np.nan
    return Rearranged(np.nan_to_num(factor), there.astype(float), outcome, at, cluster)


def _standardised(values: Floats, present: NDArray[np.bool_]) -> Floats:
    known = np.where(present, values, 0.0)
    n = present.sum(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        mean = known.sum(axis=1, keepdims=True) / n
        known = np.where(present, known - mean, 0.0)
        scale = np.sqrt((known**2).sum(axis=1, keepdims=True) / n)
        return known / np.where(scale > 1e-12 * np.abs(mean), scale, np.nan)


@dataclass(frozen=True, slots=True)
class Products:
    """Cross-products by cluster; of the factor by design (D), of the outcome by data set (N).

    Attributes
    ----------
    n, x : arrays, shape (D, n_clusters)
        Units, and mean of the factor.
    xx : array, shape (D,)
        Sum of squared deviations from the cluster means.
    y : array, shape (N, n_clusters)
    xy, yy : arrays, shape (N,)
    """

    n: Floats
    x: Floats
    xx: Floats
    y: Floats
    xy: Floats
    yy: Floats


def _products(data: Rearranged) -> Products:
    member = np.eye(int(data.cluster.max()) + 1)[data.cluster]
    n = data.present @ member
    size = np.maximum(n, 1.0)
    x, y = data.factor @ member / size, data.outcome @ member / size[data.design]
    inner_x = (data.factor - x[:, data.cluster]) * data.present
    inner_y = (data.outcome - y[:, data.cluster]) * data.present[data.design]
    inner_x[np.abs(inner_x).max(axis=1) <= 1e-10] = 0.0  # a factor of clusters only, up to rounding
    xy = np.einsum("bn,bn->b", inner_x[data.design], inner_y)
    return Products(n, x, np.einsum("bn,bn->b", inner_x, inner_x), y, xy, np.einsum("bn,bn->b", inner_y, inner_y))


def within_clusters(data: Rearranged) -> Robust:
    """Fit cluster fixed effects, as `fixed_effects` does."""
    sums = _products(data)
    at = data.design
    df = (sums.n.sum(axis=1) - (sums.n > 0).sum(axis=1) - 1.0)[at]
    with np.errstate(all="ignore"):
        slope = sums.xy / sums.xx[at]
        se = np.sqrt((sums.yy - slope * sums.xy).clip(min=0.0) / df / sums.xx[at])
        return Robust(slope, se, df, 2.0 * special.stdtr(df, -np.abs(slope / se)))


def cluster_robust(data: Rearranged) -> Robust:
    """Fit least squares with CR2 and Satterthwaite, as `cluster_robust` of `robust` does."""
    at = data.design
    with np.errstate(all="ignore"):
        weights, df = robust_weights(data.factor, data.present, data.cluster)
        slope = np.einsum("bn,bn->b", data.factor[at], data.outcome) / (data.factor**2).sum(axis=1)[at]
        residual = data.outcome - slope[:, None] * data.factor[at]
        return robust_test(slope, (weights[at] @ residual[..., None])[..., 0], df[at])


def random_intercept(data: Rearranged) -> Robust:
    """Fit a random intercept by REML with Kenward-Roger, as `reml.slopes` does."""
    with np.errstate(all="ignore"):
        sums = _products(data)
        ratio, rss = _likeliest(data, sums)
        n, x, at = sums.n[data.design], sums.x[data.design], data.design
        d = 1.0 / (1.0 + n * ratio[:, None])
        weight = n * d
        ones, ones_x = weight.sum(axis=1), (weight * x).sum(axis=1)
        squares = sums.xx[at] + (weight * x * x).sum(axis=1)
        product = sums.xy + (weight * x * sums.y).sum(axis=1)
        determinant = ones * squares - ones_x**2
        slope = (ones * product - ones_x * (weight * sums.y).sum(axis=1)) / determinant
        rss = np.where(rss > 1e-12 * (sums.yy + (weight * sums.y**2).sum(axis=1)), rss, np.nan)
        phi = np.stack([squares, -ones_x, -ones_x, ones], axis=-1) / determinant[:, None]
        variance, df = _kenward_roger(data, sums, ratio, d, phi.reshape(-1, 2, 2))
        se = np.sqrt(rss / (n.sum(axis=1) - 2.0) * variance)
        return Robust(slope, se, df, 2.0 * special.stdtr(df, -np.abs(slope / se)))


def _likeliest(data: Rearranged, sums: Products) -> tuple[Floats, Floats]:
    """Return each data set's ratio of variances at the REML maximum and its residual sum there.

    With P the projection off intercept and factor and Z the clusters' indicators, U diag(m) U' = Z'PZ turns the
    residual sum into within + sum over i of (U'Z'Py)_i^2 / m_i / (1 + ratio m_i), and the determinants into the
    product of 1 + ratio m_i (Patterson and Thompson 1971 after rotation to independent contrasts).
    """
    total = np.maximum(sums.n.sum(axis=1), 1.0)  # a design without units can't be fitted, and must not stop the others
    moved = sums.n * sums.x
    projected = np.eye(sums.n.shape[1]) * sums.n[:, None, :]
    projected -= (sums.n[:, :, None] * sums.n[:, None, :] + moved[:, :, None] * moved[:, None, :]) / total[
        :, None, None
    ]
    values, vectors = np.linalg.eigh(projected)
    values = np.where(values > 1e-10 * values[:, -1:], values, 0.0)
    at = data.design
    both = np.einsum("bn,bn->b", data.factor[at], data.outcome) / total[at]
    turned = ((sums.n[at] * sums.y - moved[at] * both[:, None])[:, None] @ vectors[at])[:, 0]
    own = values[at]
    squares = np.where(own > 0.0, turned**2 / own, 0.0)
    within = (sums.yy - np.where(sums.xx[at] > 0.0, sums.xy**2 / sums.xx[at], 0.0)).clip(min=0.0)
    freedom = total[at] - 2.0

    def slope(place: Floats) -> Floats:
        share = own / (1.0 + np.expm1(place)[:, None] * own)
        left = squares * np.where(own > 0.0, share / own, 1.0)
        rise = (share * left).sum(axis=1) / (within + left.sum(axis=1))
        return np.asarray((share.sum(axis=1) - freedom * rise) * np.exp(place))

    grown = 1.0 + reml.GRID[:, None] * values[:, None, :]
    sums_left = within[:, None] + ((1.0 / grown)[at] @ squares[..., None])[..., 0]
    ratio = reml.refine(freedom[:, None] * np.log(sums_left) + np.log(grown).sum(axis=2)[at], slope)
    return ratio, within + (squares / (1.0 + ratio[:, None] * own)).sum(axis=1)


def _kenward_roger(data: Rearranged, sums: Products, ratio: Floats, d: Floats, phi: Floats) -> tuple[Floats, Floats]:
    """Return the slope's adjusted variance over the residual's and its degrees of freedom, once a design at ratio 0."""
    columns = np.stack([np.ones_like(data.factor), data.factor], axis=-1)
    columns[data.present == 0.0] = np.nan
    regressors = reml.moments(columns, data.cluster)
    zero = ratio == 0.0
    first, back = np.unique(
        np.where(zero, -1 - data.design, np.arange(len(ratio))), return_index=True, return_inverse=True
    )[1:]
    at = data.design[first]
    own = reml.Moments(regressors.n[at], regressors.means[at], regressors.within[at])
    covariance, df = reml.adjusted(own, sums.n[at][:, None], d[first][:, None], phi[first])
    return covariance[back, 1, 1], df[back, 1]
