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
    """Do the work of `cluster_robust` for B data sets without missing values, shapes (B, n_units)."""
    x = factor - factor.mean(axis=1, keepdims=True)
    squares = (x**2).sum(axis=1, keepdims=True)
    n = x.shape[1]
    slope = (x * outcome).sum(axis=1) / squares[:, 0]
    residual = outcome - outcome.mean(axis=1, keepdims=True) - slope[:, None] * x
    basis = np.stack([np.full_like(x, n**-0.5), x / np.sqrt(squares)], axis=-1)
    labels = np.unique(cluster)
    scores, spread = [], []
    for label in labels:
        at = np.flatnonzero(cluster == label)
        weight = _adjusted(basis[:, at], x[:, at] / squares, kind, len(labels))
        scores.append((weight * residual[:, at]).sum(axis=1))
        own = np.zeros_like(x)
        own[:, at] = weight
        spread.append(own - np.einsum("bnk,bk->bn", basis, np.einsum("bnk,bn->bk", basis[:, at], weight)))
    variance = (np.stack(scores) ** 2).sum(axis=0)
    gram = np.einsum("ibn,jbn->bij", np.stack(spread), np.stack(spread))
    df = np.einsum("bii->b", gram) ** 2 / (gram**2).sum(axis=(1, 2))
    se = np.sqrt(variance)
    with np.errstate(all="ignore"):
        return Robust(slope, se, df, 2.0 * special.stdtr(df, -np.abs(slope / se)))


def _adjusted(basis: Floats, weight: Floats, kind: Kind, clusters: int) -> Floats:
    """Apply a cluster's adjustment matrix to its weights, shapes (B, n, 2) and (B, n) to (B, n).

    The matrix is a power of I - H with H = basis basis'; H has rank two, so only the 2 x 2 inner products
    need an eigendecomposition. A direction that the cluster alone determines is left out (Moore-Penrose).
    """
    if kind in ("CR0", "CR1"):
        return weight * (np.sqrt(clusters / (clusters - 1)) if kind == "CR1" else 1.0)
    power = -0.5 if kind == "CR2" else -1.0
    values, vectors = np.linalg.eigh(np.einsum("bnk,bnl->bkl", basis, basis))
    left = 1.0 - values
    with np.errstate(all="ignore"):
        change = np.where(left > 1e-10, np.abs(left) ** power, 0.0) - 1.0
        scaled = np.where(values > 1e-14, change / values, 0.0)
    own = np.einsum("bnk,bkl->bnl", basis, vectors)
    return weight + np.einsum("bnl,bl,bml,bm->bn", own, scaled, own, weight, optimize=True)


def fixed_effects(
    frame: pd.DataFrame, outcome: str, factor: str, cluster: str, *, level: float = 0.95
) -> Association:
    """Estimate ``outcome ~ factor + cluster`` by least squares: only differences within clusters count.

    Parameters, result and errors as in `random_intercept`; the factor must vary within a cluster. The t
    test has n_units - n_clusters - 1 degrees of freedom.
    """
    read = units(frame, outcome, factor, cluster)
    x, y = centred(read.factor, read.cluster), centred(read.outcome, read.cluster)
    if np.abs(x).max() <= 1e-9 * np.ptp(read.factor):
        raise MethodError(f"{factor!r} does not vary within any cluster")
    df = read.n_units - read.n_clusters - 1
    if df < 1:
        raise MethodError("too few units for fixed effects: no degree of freedom is left")
    slope = float(x @ y / (x @ x))
    left = y - slope * x
    if left @ left <= 1e-20 * (y @ y):
        raise MethodError(f"{factor!r} and {cluster!r} fit {outcome!r} without any residual")
    se = float(np.sqrt(left @ left / df / (x @ x)))
    return Association(**t_fields(read, "cluster fixed effects", slope, se, df, level))  # type: ignore[arg-type]
