"""What a coefficient of agreement says: value, standard error, interval, and on how much it rests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.agreement.estimators import Estimator
from analysis.agreement.ratings import Ratings
from analysis.errors import MethodError

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One coefficient of agreement.

    Attributes
    ----------
    coefficient, kind : str
        Its name, and its level of measurement or weights.
    value : float
        At most 1; NaN where it is undefined (no variation, or no unit rated twice).
    se : float
        Linearised standard error over units; NaN where there are fewer than two units.
    interval : tuple of float
        `value` -+ t(units - 1) `se`, cut at 1. It takes units as independent: units of one interview
        are not, so report `bootstrap_intervals` where units lie within interviews.
    observed, expected : float
        Agreement observed and expected by chance (for alpha one minus the disagreements, in the metric's own
        units).
    confidence : float
        Of the interval, in 0-1.
    n_units, n_coders, n_ratings : int
        Units that two coders or more rated, coders, and their ratings in those units.
    """

    coefficient: str
    kind: str
    value: float
    se: float
    interval: Interval
    observed: float
    expected: float
    confidence: float
    n_units: int
    n_coders: int
    n_ratings: int

    @property
    def table(self) -> pd.DataFrame:
        """Return one row: the coefficient, its value, se, lower, upper, and what it rests on."""
        row = {
            "coefficient": self.coefficient,
            "kind": self.kind,
            "value": self.value,
            "se": self.se,
            "lower": self.interval[0],
            "upper": self.interval[1],
            "observed": self.observed,
            "expected": self.expected,
            "n_units": self.n_units,
            "n_coders": self.n_coders,
            "n_ratings": self.n_ratings,
        }
        return pd.DataFrame([row])

    @property
    def summary(self) -> str:
        """Return one sentence with the numbers."""
        over = f"{self.n_units} units rated by {self.n_coders} coders ({self.n_ratings} ratings)"
        if np.isnan(self.value):
            return f"{self.coefficient} ({self.kind}) is undefined over {over}: {self._why_undefined()}."
        interval = ""
        if not np.isnan(self.se):
            interval = f" ({self.confidence:.0%} interval {self.interval[0]:.2f} to {self.interval[1]:.2f})"
        return f"{self.coefficient} ({self.kind}) is {self.value:.3f}{interval} over {over}."

    def _why_undefined(self) -> str:
        return "no unit has two ratings" if self.n_units == 0 else "the ratings do not vary"


def estimate(estimator: Estimator, ratings: Ratings, *, coefficient: str, kind: str, confidence: float) -> Agreement:
    """Return what an estimator says of reliability data, with its linearised standard error."""
    if not 0 < confidence < 1:
        raise MethodError(
            f"the confidence {confidence} is not between 0 and 1",
            allowed=("0 < confidence < 1",),
            fix="use 0.95",
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        value, observed, expected = (
            float(part) for part in estimator.value(ratings.counts @ estimator.moments(ratings))
        )
        se, df = (np.nan, 0.0) if np.isnan(value) else standard_error(estimator, ratings)
    half = stats.t.ppf((1 + confidence) / 2, df) * se if df > 0 else np.nan
    pairable = (ratings.codes >= 0).sum(axis=0)
    return Agreement(
        coefficient=coefficient,
        kind=kind,
        value=value,
        se=se,
        interval=(value - half, min(1.0, value + half)) if not np.isnan(half) else (np.nan, np.nan),
        observed=observed,
        expected=expected,
        confidence=confidence,
        n_units=int(ratings.counts[pairable > 1].sum()),
        n_coders=len(ratings.coders),
        n_ratings=int((ratings.counts * pairable)[pairable > 1].sum()),
    )


def standard_error(estimator: Estimator, ratings: Ratings) -> tuple[float, float]:
    """Return the standard error over units and its degrees of freedom (Gwet 2014, chapter 5)."""
    contributions, counts = estimator.linearised(ratings)
    n = counts.sum()
    if n < 2:
        return np.nan, 0.0
    centre = counts @ contributions / n
    return float(np.sqrt(counts @ np.square(contributions - centre) / (n * (n - 1)))), float(n - 1)
