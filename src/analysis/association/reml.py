"""Random-intercept models by REML with Kenward-Roger inference, many data sets at once.

The model of one data set is ``y = X b + u[cluster] + e`` with var(u) = lambda * s2 and var(e) = s2. With one
random intercept, a cluster of n units has covariance s2 * (I + lambda J), whose eigenvalues are s2 (within)
and s2 * (1 + n lambda) (its mean), so everything the likelihood and its derivatives need are two sets of
cross-products: those within clusters and those of cluster means. They are small, so thousands of data sets
are fitted together and nothing loops over units or clusters.

Sources: Patterson and Thompson (1971), Biometrika 58, for REML; Kenward and Roger (1997), Biometrics 53, for
the adjusted covariance and degrees of freedom, in the parametrisation by variances that pbkrtest uses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.association.design import Floats, Integers

# Ratios of variances at which the profile likelihood is looked at before it is refined; where it still rises at
# the furthest one, the outcome does not vary within clusters.
GRID = np.concatenate([[0.0], np.geomspace(1e-3, 1e6, 28), np.geomspace(1e7, 1e12, 6)])
_FURTHEST = 1e14


@dataclass(frozen=True, slots=True)
class Moments:
    """What the likelihood needs of B data sets with k columns (the regressors, then the outcome).

    Attributes
    ----------
    n : array, shape (B, n_clusters)
        Units in each cluster; 0 where a data set lacks a cluster.
    means : array, shape (B, n_clusters, k * k)
        Outer products of the cluster means.
    within : array, shape (B, k * k)
        Cross-products of the deviations from cluster means.
    """

    n: Floats
    means: Floats
    within: Floats

    @property
    def columns(self) -> int:
        """Number of columns, k."""
        return round(self.within.shape[-1] ** 0.5)

    @property
    def regressors(self) -> Moments:
        """The moments of the regressors alone."""
        k = self.columns
        at = (np.arange(k - 1)[:, None] * k + np.arange(k - 1)).ravel()
        return Moments(self.n, self.means[..., at], self.within[:, at])


@dataclass(frozen=True, slots=True)
class Fit:
    """B fitted models with p coefficients each.

    Attributes
    ----------
    estimate, se, df, p : arrays, shape (B, p)
        Coefficients with Kenward-Roger standard errors, degrees of freedom and two-sided p.
    variance_cluster, variance_residual : arrays, shape (B,)
    ratio : array, shape (B,)
        variance_cluster / variance_residual; NaN (as everything else) where the model can't be fitted.
    covariance : array, shape (B, p, p)
        Kenward-Roger adjusted covariance of the coefficients.
    """

    estimate: Floats
    se: Floats
    df: Floats
    p: Floats
    variance_cluster: Floats
    variance_residual: Floats
    ratio: Floats
    covariance: Floats


def moments(columns: Floats, cluster: Integers, n_clusters: int | None = None) -> Moments:
    """Reduce data sets to their moments.

    Parameters
    ----------
    columns : array, shape (B, n_units, k)
        Regressors (the intercept among them), then the outcome. A row with a NaN is left out of its data set.
    cluster : array of int, shape (n_units,)
        The cluster of each unit, the same in all data sets.
    n_clusters : int, optional
        Number of clusters; by default the largest code plus one.
    """
    present = np.asarray(np.isfinite(columns).all(axis=-1))
    complete = bool(present.all())
    columns = columns if complete else np.where(present[..., None], columns, 0.0)
    member = np.eye(n_clusters or int(cluster.max()) + 1)[cluster]
    n = np.broadcast_to(member.sum(axis=0), (len(columns), member.shape[1])) if complete else present @ member
    mean = (member.T @ columns) / np.maximum(n, 1.0)[..., None]
    deviation = columns - mean[:, cluster]
    if not complete:
        deviation = np.where(present[..., None], deviation, 0.0)
    within = np.swapaxes(deviation, 1, 2) @ deviation
    outer = mean[..., :, None] * mean[..., None, :]
    return Moments(n, outer.reshape(*outer.shape[:2], -1), within.reshape(len(within), -1))


def fit(moment: Moments) -> Fit:
    """Fit every data set by REML and give each coefficient its Kenward-Roger test."""
    with np.errstate(all="ignore"):
        ratio = _maximise(moment)
        return _kenward_roger(moment, ratio)


def _weighted(moment: Moments, weights: Floats) -> Floats:
    """Sum the outer products of cluster means with weights of shape (B, G, n_clusters): (B, G, k, k)."""
    k = moment.columns
    return (weights @ moment.means).reshape(*weights.shape[:2], k, k)


def _shrunk(moment: Moments, ratio: Floats) -> tuple[Floats, Floats]:
    """Return n and 1 / (1 + n * ratio), each (B, G, n_clusters), for ratios of shape (B, G)."""
    n = moment.n[:, None, :]
    return n, 1.0 / (1.0 + n * ratio[..., None])


def _cross(moment: Moments, n: Floats, d: Floats) -> Floats:
    k = moment.columns
    return moment.within.reshape(-1, 1, k, k) + _weighted(moment, n * d)


def _criterion(moment: Moments, ratio: Floats) -> Floats:
    """Minus twice the profiled restricted log-likelihood up to a constant, for ratios of shape (B, G)."""
    n, d = _shrunk(moment, ratio)
    left = _cross(moment, n, d)
    k = left.shape[-1]
    log_determinant = np.zeros(ratio.shape)
    for j in range(k - 1):  # eliminate the regressors one by one: what is left of y'y is the residual sum
        pivot = left[..., j, j]
        log_determinant = log_determinant + np.log(pivot)
        left = left - left[..., :, j, None] * (left[..., None, j, :] / pivot[..., None, None])
    freedom = moment.n.sum(axis=-1)[:, None] - (k - 1)
    return freedom * np.log(left[..., -1, -1]) - np.log(d).sum(axis=-1) + log_determinant


def _slope(moment: Moments, place: Floats) -> Floats:
    """Derivative of the criterion in place = log(1 + ratio), shape (B,)."""
    ratio = np.expm1(place)[:, None]
    n, d = _shrunk(moment, ratio)
    cross = _cross(moment, n, d)[:, 0]
    change = _weighted(moment, (n * d) ** 2)[:, 0]
    k = cross.shape[-1]
    solved = _solve(
        cross[:, : k - 1, : k - 1], np.concatenate([cross[:, : k - 1, k - 1 :], change[:, :-1, :-1]], axis=-1)
    )
    u = np.concatenate([-solved[..., 0], np.ones((len(cross), 1))], axis=-1)
    residual = np.einsum("bi,bij,bj->b", u, cross, u)
    moved = np.einsum("bi,bij,bj->b", u, change, u)
    freedom = moment.n.sum(axis=-1) - (k - 1)
    slope = -freedom * moved / residual + (n * d).sum(axis=(-2, -1)) - np.einsum("bii->b", solved[..., 1:])
    return slope * np.exp(place)


def _solve(matrix: Floats, right: Floats) -> Floats:
    """Solve small systems, NaN where one of them is singular."""
    try:
        return np.asarray(np.linalg.solve(matrix, right), dtype=float)
    except np.linalg.LinAlgError:
        singular = np.abs(np.linalg.det(matrix)) == 0.0
        safe = np.where(singular[:, None, None], np.eye(matrix.shape[-1]), matrix)
        return np.where(singular[:, None, None], np.nan, np.linalg.solve(safe, right))


def _maximise(moment: Moments) -> Floats:
    """Return the ratio of variances at the REML maximum of each data set, shape (B,)."""
    grid = np.broadcast_to(GRID, (len(moment.n), len(GRID)))
    return refine(_criterion(moment, grid), lambda place: _slope(moment, place))


def refine(criterion: Floats, slope: Callable[[Floats], Floats]) -> Floats:
    """Return the ratio where each data set's criterion is least, shape (B,); NaN where there is none.

    Parameters
    ----------
    criterion : array, shape (B, len(GRID))
        Minus twice the restricted log-likelihood at the ratios of `GRID`.
    slope : callable
        Its derivative in place = log(1 + ratio) at places of shape (B,).
    """
    value: Floats = np.nan_to_num(criterion, nan=np.inf)
    best = value.argmin(axis=1)
    low = GRID[np.maximum(best - 1, 0)]
    high = np.append(GRID, _FURTHEST)[best + 1]
    ratio = _root(slope, np.log1p(low), np.log1p(high))
    beyond = (best == len(GRID) - 1) & (ratio > 0.5 * _FURTHEST)
    return np.where(np.isinf(value.min(axis=1)) | beyond, np.nan, ratio)


def _root(slope: Callable[[Floats], Floats], low: Floats, high: Floats, steps: int = 80) -> Floats:
    """Find where the slope crosses zero between two places (Anderson-Bjorck steps inside the bracket)."""
    at_low, at_high = slope(low), slope(high)
    at_zero = (low == 0.0) & (at_low >= 0.0)
    place = np.where(at_high <= 0.0, high, low)
    done = at_zero | ~(at_low < 0.0) | ~(at_high > 0.0)
    side = np.zeros(len(low))
    for step in range(steps):
        if done.all():
            break
        between = (low * at_high - high * at_low) / (at_high - at_low)
        usable = (between > low) & (between < high) & (step % 8 != 7)
        guess = np.where(usable, between, 0.5 * (low + high))
        value = slope(guess)
        done = done | (np.abs(guess - place) <= 1e-13) | (value == 0.0)
        place = np.where(done & (value != 0.0), place, guess)
        weight = 1.0 - value / np.where(value > 0.0, at_high, at_low)
        weight = np.where(side == np.sign(value), np.where(weight > 0.0, weight, 0.5), 1.0)
        side = np.sign(value)
        at_low, at_high = (
            np.where(side > 0, at_low * weight, value),
            np.where(side > 0, value, at_high * weight),
        )
        low, high = np.where(side > 0, low, guess), np.where(side > 0, guess, high)
    return np.where(at_zero, 0.0, np.expm1(place))


def _kenward_roger(moment: Moments, ratio: Floats) -> Fit:
    n, d = _shrunk(moment, ratio[:, None])
    k = moment.columns
    p = k - 1
    cross = _cross(moment, n, d)[:, 0]
    phi = _solve(cross[:, :p, :p], np.broadcast_to(np.eye(p), (len(cross), p, p)))
    estimate = np.einsum("bij,bj->bi", phi, cross[:, :p, p])
    rss = cross[:, p, p] - np.einsum("bi,bi->b", estimate, cross[:, :p, p])
    rss = np.where(rss > 1e-12 * cross[:, p, p], rss, np.nan)  # a perfect fit leaves nothing to judge by
    residual = rss / (moment.n.sum(axis=-1) - p)
    covariance, df = adjusted(moment.regressors, n, d, phi)
    se = np.sqrt(residual[:, None] * np.einsum("bii->bi", covariance))
    probability = 2.0 * special.stdtr(df, -np.abs(estimate / se))
    return Fit(estimate, se, df, probability, ratio * residual, residual, ratio, covariance * residual[:, None, None])


def adjusted(regressors: Moments, n: Floats, d: Floats, phi: Floats) -> tuple[Floats, Floats]:
    """Adjusted covariance (in units of the residual variance) and degrees of freedom of each coefficient.

    `n` and `d` are the units of each cluster and 1 / (1 + n * ratio), shapes (B, 1, n_clusters); `phi` the inverse of
    the regressors' weighted cross-products, shape (B, p, p).

    In Kenward and Roger's notation: P_i and Q_ij over the two variances (cluster, residual), W the inverse of
    the expected information, adjusted covariance phi + 2 phi U phi. For a single coefficient their degrees of
    freedom reduce to 2 / A with A the sum of W_ij (phi P_i phi)(phi P_j phi) over phi squared, and the
    scale factor to 1.
    """
    p = regressors.columns
    inner = regressors.within.reshape(-1, p, p)
    nd, d2 = n * d, d * d
    sums = _weighted(regressors, np.concatenate([nd**2, n * d2, nd**3, nd**2 * d, nd * d2], axis=1))
    first = np.stack([sums[:, 0], inner + sums[:, 1]], axis=1)
    second = np.stack([sums[:, 2], sums[:, 3], sums[:, 3], inner + sums[:, 4]], axis=1).reshape(-1, 2, 2, p, p)
    n, d = n[:, 0], d[:, 0]
    cross_trace = (n * d**2).sum(axis=-1)
    free = (n - 1.0).clip(min=0.0).sum(axis=-1) + np.where(n > 0, d**2, 0.0).sum(axis=-1)
    trace = np.stack([((n * d) ** 2).sum(axis=-1), cross_trace, cross_trace, free], axis=-1).reshape(-1, 2, 2)
    moved = phi[:, None] @ first  # phi P_i
    quadratic = np.einsum("biuv,bjvw->bijuw", moved, moved)
    information = trace - 2.0 * np.einsum("buv,bijvu->bij", phi, second) + np.einsum("bijuu->bij", quadratic)
    weight = 2.0 * _inverse(information, trace)
    core = np.einsum("bij,bijuv->buv", weight, phi[:, None, None] @ second - quadratic)
    shift = np.einsum("biuu->biu", moved @ phi[:, None])
    spread = np.einsum("bij,biu,bju->bu", weight, shift, shift)
    return phi + 2.0 * core @ phi, 2.0 * np.einsum("buu->bu", phi) ** 2 / spread


def _inverse(matrix: Floats, scale: Floats) -> Floats:
    """Invert symmetric 2 x 2 matrices; NaN where one is singular beside `scale`.

    It is where the data can't tell the two variances apart.
    """
    a, b, c = matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1, 1]
    determinant = a * c - b * b
    determinant = np.where(determinant > 1e-10 * scale[:, 0, 0] * scale[:, 1, 1], determinant, np.nan)
    adjugate = np.stack([c, -b, -b, a], axis=-1).reshape(-1, 2, 2)
    return adjugate / determinant[:, None, None]


def slopes(outcome: Floats, factor: Floats, cluster: Integers, *, extra: Floats | None = None) -> Fit:
    """Fit ``outcome ~ factor (+ extra) + (1 | cluster)`` to B data sets on their own scales.

    Parameters
    ----------
    outcome, factor : array, shape (B, n_units)
        NaN where a unit is missing from a data set.
    cluster : array of int, shape (n_units,)
    extra : array, shape (B, n_units, m), optional
        Further regressors.

    Returns
    -------
    Fit
        Coefficients of factor, then extra (the intercept is left out). NaN where the model is not
        estimable: constant columns, every cluster of size one, no residual variance.
    """
    columns = factor[..., None] if extra is None else np.concatenate([factor[..., None], extra], axis=-1)
    columns = np.concatenate([columns, outcome[..., None]], axis=-1)
    absent: NDArray[np.bool_] = np.any(np.isnan(columns), axis=-1)
    columns = np.where(np.expand_dims(absent, -1), np.nan, columns)
    with np.errstate(all="ignore"):
        n = (~absent).sum(axis=1)[:, None]
        mean = np.nansum(columns, axis=1) / n
        columns = columns - mean[:, None]
        scale = np.sqrt(np.nansum(columns**2, axis=1) / n)
        scale = np.where((scale > 0.0) & (scale > 1e-12 * np.abs(mean)), scale, np.nan)
        columns = columns / scale[:, None]
        columns = np.where(np.expand_dims(absent, -1), np.nan, columns)
    constant: NDArray[np.bool_] = np.any(np.isnan(scale), axis=1)
    columns = np.where(constant[:, None, None], 0.0, columns)
    fitted = fit(moments(np.concatenate([np.ones((*absent.shape, 1)), columns], axis=-1), cluster))
    return _rescaled(fitted, scale)


def _rescaled(fitted: Fit, scale: Floats) -> Fit:
    """Put a fit to standardised columns back on the scales of the data, without the intercept."""
    wrong = np.isnan(fitted.variance_residual) | np.isnan(scale).any(axis=1)
    unit = np.where(wrong[:, None], np.nan, scale[:, -1:] / scale[:, :-1])
    hidden = np.where(wrong, np.nan, 1.0)
    variance = scale[:, -1] ** 2 * hidden
    return Fit(
        fitted.estimate[:, 1:] * unit,
        fitted.se[:, 1:] * unit,
        fitted.df[:, 1:] * hidden[:, None],
        fitted.p[:, 1:] * hidden[:, None],
        fitted.variance_cluster * variance,
        fitted.variance_residual * variance,
        fitted.ratio * hidden,
        fitted.covariance[:, 1:, 1:] * unit[:, :, None] * unit[:, None, :],
    )
