"""Estimates from several completed data sets, put together by Rubin's rules."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.association.design import Floats
from analysis.association.results import t_interval


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled estimate.

    Attributes
    ----------
    estimate, se, df, p : float
    interval : tuple of float
    within, between : float
        Mean of the variances; variance of the estimates over completed data sets.
    share : float
        Part of the total variance that comes from what was imputed, in 0-1.
    draws : int
    """

    estimate: float
    se: float
    df: float
    p: float
    interval: tuple[float, float]
    within: float
    between: float
    share: float
    draws: int


def pool(estimates: Floats, errors: Floats, df: Floats, level: float = 0.95) -> Pooled:
    """Pool estimates with their standard errors and complete-data degrees of freedom.

    Parameters
    ----------
    estimates, errors, df : arrays, shape (draws,)
        NaN (a data set that could not be fitted) is left out.
    level : float

    Notes
    -----
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, section 3.1; degrees of freedom for small
    samples by Barnard and Rubin (1999), Biometrika 86, 948-955.
    """
    fine = np.isfinite(estimates + errors + df)
    m = int(fine.sum())
    estimate = float(estimates[fine].mean())
    within = float((errors[fine] ** 2).mean())
    between = float(estimates[fine].var(ddof=1)) if m > 1 else 0.0
    complete = float(df[fine].mean())
    total = within + (1.0 + 1.0 / m) * between
    share = (1.0 + 1.0 / m) * between / total
    observed = (complete + 1.0) / (complete + 3.0) * complete * (1.0 - share)
    freedom = observed if share == 0 else 1.0 / (share**2 / max(m - 1, 1) + 1.0 / max(observed, 1e-9))
    se = math.sqrt(total)
    p = float(2.0 * special.stdtr(freedom, -abs(estimate / se)))
    return Pooled(estimate, se, freedom, p, t_interval(estimate, se, freedom, level), within, between, share, m)
