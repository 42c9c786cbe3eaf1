"""Least squares with cluster-robust variances (CR0 to CR3) and Satterthwaite; cluster fixed effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import special

from analysis.association.design import Floats, Integers, centred, units
from analysis.association.results import Association, t_fields
from analysis.errors import MethodError

Kind = Literal["CR0", "CR1", "CR2", "CR3"]


@dataclass(frozen=True, slots=True)
class Robust:
    """Slopes of B data sets with cluster-robust tests, each of shape (B,)."""

    estimate: Floats
    se: Floats
    df: Floats
    p: Floats


def cluster_robust(
    frame: pd.DataFrame, outcome: str, factor: str, cluster: str, *, kind: Kind = "CR2", level: float = 0.95
) -> Association:
    """Estimate ``outcome ~ factor`` by least squares with a cluster-robust variance.

    Parameters
    ----------
    frame, outcome, factor, cluster, level
        As in `random_intercept`.
    kind : {"CR0", "CR1", "CR2", "CR3"}
        CR0 without adjustment; CR1 scaled by C / (C - 1); CR2 unbiased under independence (bias-reduced
        linearisation); CR3 close to leave-one-cluster-out.

    Notes
    -----
    Degrees of freedom by Satterthwaite under an independent working model: Bell and McCaffrey (2002), Survey
    Methodology 28, 169-181; Pustejovsky and Tipton (2018), Journal of Business & Economic Statistics 36,
    672-683, whose clubSandwich gives the same numbers.
    """
    if kind not in get_args(Kind):
        raise MethodError(f"there is no kind {kind!r}", allowed=get_args(Kind), value=kind)
    read = units(frame, outcome, factor, cluster)
    found = robust_slopes(read.outcome[None], read.factor[None], read.cluster, kind)
    if not found.se[0] > 1e-10 * read.outcome.std() / read.factor.std():
        raise MethodError(f"the clusters leave no variance to estimate for {outcome!r} on {factor!r}")
    method = f"cluster-robust {kind}, Satterthwaite"
    return Association(**t_fields(read, method, found.estimate[0], found.se[0], found.df[0], level))  # type: ignore[arg-type]


def robust_slopes(outcome: Floats, factor: Floats, cluster: Integers, kind: Kind = "CR2") -> Robust:
    """Do the work of `cluster_robust` for B data sets, shapes (B, n_units), NaN where a unit is missing."""
    present = np.isfinite(outcome + factor).astype(float)
    n = present.sum(axis=1, keepdims=True)
    x = _centred_over(factor, present, n)
    y = _centred_over(outcome, present, n)
    slope = (x * y).sum(axis=1) / (x**2).sum(axis=1)
    weights, df = robust_weights(x, present, cluster, kind)
    scores = (weights @ (y - slope[:, None] * x)[..., None])[..., 0]
    return robust_test(slope, scores, df)


def robust_test(slope: Floats, scores: Floats, df: Floats) -> Robust:
    """Return the tests of B slopes from their clusters' scores, shape (B, n_clusters), and degrees of freedom."""
    se = np.sqrt((scores**2).sum(axis=1))
    with np.errstate(all="ignore"):
        return Robust(slope, se, df, 2.0 * special.stdtr(df, -np.abs(slope / se)))


def robust_weights(x: Floats, present: Floats, cluster: Integers, kind: Kind = "CR2") -> tuple[Floats, Floats]:
    """Return what a cluster-robust variance needs of B designs, whatever the outcome.

    Parameters
    ----------
    x : array, shape (B, n_units)
        Factor less its mean over the units present, 0 for the others.
    present : array of 0 and 1, shape (B, n_units)
    cluster : array of int, shape (n_units,)
    kind : {"CR0", "CR1", "CR2", "CR3"}

    Returns
    -------
    weights : array, shape (B, n_clusters, n_units)
        A cluster's score is its weights times the residuals; the squared scores sum to the slope's variance.
    df : array, shape (B,)
        Satterthwaite's degrees of freedom.
    """
    n = present.sum(axis=1, keepdims=True)
    squares = (x**2).sum(axis=1, keepdims=True)
    basis = np.stack([present / np.sqrt(n), x / np.sqrt(squares)], axis=-1)
    groups = [np.flatnonzero(cluster == label) for label in np.unique(cluster)]
    clusters = sum((present[:, at].sum(axis=1) > 0).astype(float) for at in groups)
    weights = np.zeros((len(x), len(groups), x.shape[1]))
    for place, at in enumerate(groups):
        weights[:, place, at] = _adjusted(basis[:, at], x[:, at] / squares, kind, np.asarray(clusters))
    spread = weights - (weights @ basis) @ np.swapaxes(basis, 1, 2)
    gram = spread @ np.swapaxes(spread, 1, 2)
    with np.errstate(all="ignore"):
        return weights, np.einsum("bii->b", gram) ** 2 / (gram**2).sum(axis=(1, 2))


def _centred_over(values: Floats, present: Floats, n: Floats) -> Floats:
    """Deviations from the mean of the units present, 0 for the others."""
    known = np.where(present > 0, values, 0.0)
    return (known - known.sum(axis=1, keepdims=True) / n) * present


def within_slopes(outcome: Floats, factor: Floats, cluster: Integers) -> Robust:
    """Do the work of `fixed_effects` for B data sets, shapes (B, n_units), NaN where a unit is missing."""
    present = np.isfinite(outcome + factor).astype(float)
    member = np.eye(int(cluster.max()) + 1)[cluster]
    sizes = present @ member
    inner = []
    for values in (factor, outcome):
        known = np.where(present > 0, values, 0.0)
        inner.append((known - (known @ member / np.maximum(sizes, 1.0))[:, cluster]) * present)
    x, y = inner
    squares = (x**2).sum(axis=1)
    df = present.sum(axis=1) - (sizes > 0).sum(axis=1) - 1.0
    with np.errstate(all="ignore"):
        slope = (x * y).sum(axis=1) / squares
        left = ((y - slope[:, None] * x) ** 2).sum(axis=1)
        se = np.sqrt(left / df / squares)
        return Robust(slope, se, df, 2.0 * special.stdtr(df, -np.abs(slope / se)))


def _adjusted(basis: Floats, weight: Floats, kind: Kind, clusters: Floats) -> Floats:
    """Apply a cluster's adjustment matrix to its weights, shapes (B, n, 2) and (B, n) to (B, n).

    The matrix is a power of I - H with H = basis basis'; H has rank two, so only the 2 x 2 inner products
    need an eigendecomposition. A direction that the cluster alone determines is left out (Moore-Penrose).
    """
    if kind in ("CR0", "CR1"):
        return weight * (np.sqrt(clusters / (clusters - 1.0))[:, None] if kind == "CR1" else 1.0)
    power = -0.5 if kind == "CR2" else -1.0
    values, vectors = np.linalg.eigh(np.einsum("bnk,bnl->bkl", basis, basis))
    left = 1.0 - values
    with np.errstate(all="ignore"):
        change = np.where(left > 1e-10, np.abs(left) ** power, 0.0) - 1.0
        scaled = np.where(values > 1e-14, change / values, 0.0)
    own = np.einsum("bnk,bkl->bnl", basis, vectors)
    return weight + np.einsum("bnl,bl,bml,bm->bn", own, scaled, own, weight, optimize=True)


def fixed_effects(frame: pd.DataFrame, outcome: str, factor: str, cluster: str, *, level: float = 0.95) -> Association:
    """Estimate ``outcome ~ factor + cluster`` by least squares: only differences within clusters count.

    Parameters, result and errors as in `random_intercept`; the factor must vary within a cluster. The t
    test has n_units - n_clusters - 1 degrees of freedom.

    Notes
    -----
    The covariance (within) estimator: Mundlak (1978), Econometrica 46, 69-85, section 2.
    """
    read = units(frame, outcome, factor, cluster)
    inner = centred(read.factor, read.cluster)
    if np.abs(inner).max() <= 1e-9 * np.ptp(read.factor):
        raise MethodError(f"{factor!r} does not vary within any cluster")
    if read.n_units - read.n_clusters < 2:
        raise MethodError("too few units for fixed effects: no degree of freedom is left")
    found = within_slopes(read.outcome[None], read.factor[None], read.cluster)
    estimate, se, df = (float(values[0]) for values in (found.estimate, found.se, found.df))
    if not se > 1e-10 * read.outcome.std() / read.factor.std():
        raise MethodError(f"{factor!r} and {cluster!r} fit {outcome!r} without any residual")
    return Association(**t_fields(read, "cluster fixed effects", estimate, se, df, level))  # type: ignore[arg-type]
