"""How much of the variance lies between groups, with the uncertainty that goes into a power analysis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association.design import Floats, codes, numeric
from analysis.association.results import percent
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """Share of the variance that lies between groups, by one-way analysis of variance.

    Attributes
    ----------
    name, group : str
        The columns.
    ratio : float
        F: mean square between over mean square within.
    size : float
        Average group size, corrected for imbalance (Searle's n0).
    df : tuple of int
        Degrees of freedom between and within.
    mean, sd : float
        Of single observations.
    """

    name: str
    group: str
    ratio: float
    size: float
    df: tuple[int, int]
    mean: float
    sd: float

    @property
    def estimate(self) -> float:
        """The ANOVA estimate, set to zero where it is negative."""
        return float(self._from_ratio(np.array(self.ratio)))

    def _from_ratio(self, ratio: Floats) -> Floats:
        return np.clip((ratio - 1.0) / (ratio + self.size - 1.0), 0.0, 0.999)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval from the F distribution (exact for equal group sizes)."""
        tails = special.fdtri(*self.df, np.array([0.5 + level / 2, 0.5 - level / 2]))
        low, high = self._from_ratio(self.ratio / tails)
        return float(low), float(high)

    def draws(self, size: int, rng: np.random.Generator) -> Floats:
        """Return values from its confidence distribution (the observed F over random Fs)."""
        return self._from_ratio(self.ratio / rng.f(*self.df, size=size))

    @property
    def summary(self) -> str:
        """The estimate with its interval."""
        low, high = self.interval()
        return (
            f"{percent(round(self.estimate, 2))} of the variance of {self.name} lies between "
            f"{self.group}s (95 % interval {percent(round(low, 2))} to {percent(round(high, 2))})."
        )


def intraclass_correlation(frame: pd.DataFrame, value: str, group: str) -> IntraclassCorrelation:
    """Estimate the intraclass correlation of a column within groups.

    Parameters
    ----------
    frame : DataFrame
        One row an observation; rows with a missing value are left out.
    value, group : str
        Columns.

    Raises
    ------
    MethodError
        Fewer than two groups, no group with two observations, or no variance within groups.

    Notes
    -----
    Searle, Casella and McCulloch (1992), Variance Components, chapter 3: the ANOVA estimator with
    n0 = (N - sum(n^2) / N) / (k - 1), and the F pivot for its interval.
    """
    values, position = numeric(frame, value), codes(frame, group)[0]
    kept = np.isfinite(values) & (position >= 0)
    values, position = values[kept], np.unique(position[kept], return_inverse=True)[1]
    n = np.bincount(position) if len(position) else np.zeros(0)
    if len(n) < 2 or n.max() < 2:
        raise MethodError(
            f"the variance of {value!r} can't be split: {group!r} needs two groups, one with two observations"
        )
    means = np.bincount(position, weights=values) / n
    within = float(((values - means[position]) ** 2).sum())
    if within <= 1e-12 * float((values**2).sum()):
        raise MethodError(f"{value!r} does not vary within any {group!r}")
    between = float((n * (means - values.mean()) ** 2).sum())
    df = (len(n) - 1, len(values) - len(n))
    size = (len(values) - (n**2).sum() / len(values)) / df[0]
    ratio = (between / df[0]) / (within / df[1])
    return IntraclassCorrelation(value, group, ratio, float(size), df, float(values.mean()), float(values.std()))
