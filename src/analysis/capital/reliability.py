"""How far the items of a composite measure one thing: alpha and omega over units, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.association.design import Floats, numeric
from analysis.association.results import check_level
from analysis.capital.composites import Composites
from analysis.errors import MethodError

#: Communalities are held below this, so that no item is taken for the factor itself (a Heywood case).
_MOST = 0.995
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Reliability:
    """Reliability of the sum (or mean) of items over units.

    Attributes
    ----------
    items : tuple of str
    alpha, omega : float
        Omega is NaN for two items, which can't show whether they weigh alike.
    alpha_interval, omega_interval : tuple of float
        Alpha by Feldt's F; omega by resampling units.
    level : float
    mean_correlation : float
        Mean correlation between items.
    loadings : DataFrame
        `item`, `loading` (standardised, one factor), `alpha_without` (alpha of the other items).
    heywood : bool
        Whether an item took up the whole factor, so that omega is not to be trusted.
    n_units, n_dropped : int
        Units with all items; units left out for a missing one.
    """

    items: tuple[str, ...]
    alpha: float
    alpha_interval: tuple[float, float]
    omega: float
    omega_interval: tuple[float, float]
    level: float
    mean_correlation: float
    loadings: pd.DataFrame
    heywood: bool
    n_units: int
    n_dropped: int

    @property
    def table(self) -> pd.DataFrame:
        """Two rows: alpha and omega with intervals."""
        rows = [("alpha", self.alpha, *self.alpha_interval), ("omega", self.omega, *self.omega_interval)]
        return pd.DataFrame(rows, columns=["coefficient", "estimate", "low", "high"]).assign(
            level=self.level, n_items=len(self.items), n_units=self.n_units, n_dropped=self.n_dropped
        )

    @property
    def summary(self) -> str:
        """One plain sentence with its numbers."""
        omega = (
            "omega can't be had from two items"
            if np.isnan(self.omega)
            else f"omega {self.omega:.2f} ({self.omega_interval[0]:.2f} to {self.omega_interval[1]:.2f})"
        )
        caution = "; one item took up the whole factor, so omega is not to be trusted" if self.heywood else ""
        return (
            f"Over {self.n_units} units the {len(self.items)} items have alpha {self.alpha:.2f} "
            f"({100 * self.level:.0f} % interval {self.alpha_interval[0]:.2f} to {self.alpha_interval[1]:.2f}) and "
            f"{omega}{caution}."
        )


def reliability(
    frame: pd.DataFrame, items: Sequence[str], *, level: float = 0.95, draws: int = 1000, seed: int = 2017
) -> Reliability:
    r"""Estimate alpha and omega of a set of items over units (partnerships, not interviews).

    Parameters
    ----------
    frame : DataFrame
        One row a unit.
    items : sequence of str
        Two or more numeric columns, reversed items already turned.
    level : float
    draws : int
        Resamples of units for omega's interval (percentile).
    seed : int

    Raises
    ------
    MethodError
        Fewer than two items, an item without variation, fewer than four complete units.

    Notes
    -----
    Alpha: Cronbach (1951), Psychometrika 16, 297-334; interval of Feldt (1965), Psychometrika 30, 357-370,
    :math:`1 - (1 - \hat\alpha) F`, exact where items are parallel. Omega: McDonald (1999), from one factor fitted
    by unweighted least squares, :math:`(\sum \lambda)^2 / ((\sum \lambda)^2 + \sum \psi)` in the items' own
    units. Alpha is a lower bound of reliability only where errors are uncorrelated.
    """
    check_level(level)
    names = tuple(items)
    data, dropped = complete_items(frame, names)
    n, k = data.shape
    covariance = np.cov(data, rowvar=False)
    correlation = np.asarray(np.corrcoef(data, rowvar=False))
    alpha = float(alpha_of(covariance))
    tail = (1.0 - level) / 2.0
    f = stats.f(n - 1, (n - 1) * (k - 1))
    loadings = _loadings(correlation[None])[0] if k > 2 else np.full(k, np.nan)
    return Reliability(
        items=names,
        alpha=alpha,
        alpha_interval=(1.0 - (1.0 - alpha) * f.ppf(1.0 - tail), 1.0 - (1.0 - alpha) * f.ppf(tail)),
        omega=float(omega_of(covariance)) if k > 2 else np.nan,
        omega_interval=_resampled(data, draws, tail, seed) if k > 2 else (np.nan, np.nan),
        level=level,
        mean_correlation=float(correlation[np.triu_indices(k, 1)].mean()),
        loadings=pd.DataFrame({"item": names, "loading": loadings, "alpha_without": _without(covariance)}),
        heywood=bool(k > 2 and (loadings**2 >= _MOST - 1e-6).any()),
        n_units=n,
        n_dropped=dropped,
    )


@dataclass(frozen=True, slots=True)
class Reliabilities:
    """Reliability of several composites over the same units.

    Attributes
    ----------
    found : dict of str to Reliability
        By composite.
    problems : DataFrame
        Composites for which it can't be had, and why: `composite`, `problem`.
    """

    found: dict[str, Reliability]
    problems: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """One row a composite and coefficient: the columns of `Reliability.table`, `heywood`."""
        rows = [one.table.assign(composite=name, heywood=one.heywood) for name, one in self.found.items()]
        if not rows:
            return pd.DataFrame()
        whole = pd.concat(rows, ignore_index=True)
        return whole[["composite", *whole.columns.drop("composite")]]

    @property
    def items(self) -> pd.DataFrame:
        """One row a composite and item: `composite`, `item`, `loading`, `alpha_without`."""
        rows = [one.loadings.assign(composite=name) for name, one in self.found.items()]
        return pd.concat(rows, ignore_index=True)[["composite", "item", "loading", "alpha_without"]]

    @property
    def summary(self) -> str:
        """Alpha of every composite with its interval."""
        said = [
            f"{name} {one.alpha:.2f} ({one.alpha_interval[0]:.2f} to {one.alpha_interval[1]:.2f})"
            for name, one in self.found.items()
        ]
        left = f"; {len(self.problems)} could not be estimated" if len(self.problems) else ""
        return f"Alpha with its 95 % interval: {'; '.join(said) or 'none'}{left}."


def reliabilities(
    made: Composites, *, scale: tuple[float, float], draws: int = 1000, seed: int = 2017
) -> Reliabilities:
    """Estimate the reliability of every composite from its items, those that count the other way round turned.

    Parameters
    ----------
    made : Composites
    scale : tuple of float
        Least and most value of an item.
    draws, seed : int
        As in `reliability`.
    """
    found: dict[str, Reliability] = {}
    problems = []
    for name, recipe in made.recipes.groupby("composite", sort=False):
        turned = {item: scale[0] + scale[1] - made.table[item] for item in recipe.loc[recipe["reverse"], "item"]}
        try:
            found[str(name)] = reliability(made.table.assign(**turned), list(recipe["item"]), draws=draws, seed=seed)
        except MethodError as error:
            problems.append({"composite": name, "problem": error.what})
    return Reliabilities(found, pd.DataFrame(problems, columns=["composite", "problem"]))


def alpha_of(covariance: Floats) -> Floats:
    """Return Cronbach's alpha of covariance matrices, shape (..., k, k)."""
    k = covariance.shape[-1]
    total = covariance.sum(axis=(-2, -1))
    own = np.trace(covariance, axis1=-2, axis2=-1)
    return np.asarray(k / (k - 1.0) * (1.0 - own / total))


def omega_of(covariance: Floats) -> Floats:
    """Return McDonald's omega of covariance matrices of three or more items, shape (..., k, k)."""
    batch = covariance.reshape(-1, *covariance.shape[-2:])
    spread = np.sqrt(np.diagonal(batch, axis1=1, axis2=2))
    loading = _loadings(batch / (spread[:, :, None] * spread[:, None, :]))
    common = (loading * spread).sum(axis=1) ** 2
    unique = ((1.0 - loading**2) * spread**2).sum(axis=1)
    return np.asarray((common / (common + unique)).reshape(covariance.shape[:-2]))


def _loadings(correlation: Floats) -> Floats:
    """Fit one factor to each correlation matrix by unweighted least squares: (B, k, k) to (B, k).

    Principal axes repeated until the communalities stand still (Harman and Jones 1966 give the same optimum).
    """
    at = np.arange(correlation.shape[-1])
    reduced = correlation.copy()
    communality = np.clip(np.abs(correlation - np.eye(len(at))).max(axis=-1), 0.05, _MOST)
    loading = np.zeros_like(communality)
    moving = np.arange(len(correlation))  # matrices that stand still are left alone
    for _ in range(_STEPS):
        part = reduced[moving]
        part[:, at, at] = communality[moving]
        values, vectors = np.linalg.eigh(part)
        found = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:], 0.0))
        new = np.clip(found**2, 0.0, _MOST)
        still = np.abs(new - communality[moving]).max(axis=1) < 1e-8
        loading[moving], communality[moving] = found, new
        moving = moving[~still]
        if not len(moving):
            break
    sign = np.where(loading.sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    return np.asarray(sign * np.sign(loading) * np.sqrt(communality))


def _resampled(data: Floats, draws: int, tail: float, seed: int) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    drawn = data[rng.integers(0, len(data), (draws, len(data)))]
    centred = drawn - drawn.mean(axis=1, keepdims=True)
    covariance = np.swapaxes(centred, 1, 2) @ centred / (len(data) - 1.0)
    flat = np.diagonal(covariance, axis1=1, axis2=2).min(axis=1) < 1e-12
    omega = omega_of(covariance[~flat])
    low, high = np.quantile(omega, [tail, 1.0 - tail])
    return float(low), float(high)


def _without(covariance: Floats) -> Floats:
    k = len(covariance)
    if k < 3:
        return np.full(k, np.nan)
    return np.array([float(alpha_of(np.delete(np.delete(covariance, i, 0), i, 1))) for i in range(k)])


def complete_items(frame: pd.DataFrame, items: tuple[str, ...]) -> tuple[Floats, int]:
    """Return the units that have all items, shape (n_units, n_items), and how many have not.

    Raises
    ------
    MethodError
        Fewer than two items or four units, or an item without variation.
    """
    if len(items) < 2 or len(set(items)) < len(items):
        raise MethodError("reliability needs two or more different items", where=f"items {list(items)}")
    data = np.column_stack([numeric(frame, item) for item in items])
    known = np.isfinite(data).all(axis=1)
    data = data[known]
    if len(data) < 4:
        raise MethodError(f"{len(data)} units have all of the {len(items)} items; at least 4 are needed")
    flat = [item for item, spread in zip(items, data.std(axis=0), strict=True) if spread < 1e-12]
    if flat:
        raise MethodError(f"{', '.join(flat)} do not vary over the {len(data)} units")
    return data, int((~known).sum())
