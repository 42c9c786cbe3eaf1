"""A factor that was never raised: missing, or zero; and how far from missing at random the finding holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association import reml
from analysis.association.design import Floats, Integers, codes, numeric
from analysis.association.informants import unit_frame
from analysis.association.mixed import random_intercept
from analysis.association.results import RandomIntercept, between, count, effect, in_spreads, number, p_value, stack
from analysis.association.rubin import Pooled, pool
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class AbsentReadings:
    """The primary estimate under both readings of a factor that an interview never touched.

    Attributes
    ----------
    as_missing, as_zero : RandomIntercept
    n_absent, n_interviews : int
        Interviews without the factor, and all.
    """

    as_missing: RandomIntercept
    as_zero: RandomIntercept
    n_absent: int
    n_interviews: int

    @property
    def table(self) -> pd.DataFrame:
        """Two rows: absent read as missing, as zero."""
        return stack([self.as_missing, self.as_zero]).assign(absent=["missing", "zero"])

    @property
    def ways(self) -> pd.DataFrame:
        """The same for readers: way, standardised estimate with its bounds, df, p, n_units."""
        names = ["standardised", "standardised_low", "standardised_high", "df", "p", "n_units"]
        return pd.concat([pd.Series(["as missing", "as zero"], name="way"), self.table[names]], axis=1)

    @property
    def summary(self) -> str:
        """Both estimates side by side."""
        said = [
            f"{effect(found.standardised)} ({between(*found.standardised_interval)}; {p_value(found.p)})"
            for found in (self.as_missing, self.as_zero)
        ]
        return (
            f"{self.n_absent} of {count(self.n_interviews, 'interview')} never raise {self.as_missing.factor}; read "
            f"as missing the standardised estimate is {said[0]}, read as zero {said[1]}."
        )


def absent_readings(
    interviews: pd.DataFrame, outcome: str, factor: str, cluster: str, *, unit: str, level: float = 0.95
) -> AbsentReadings:
    """Fit the primary model with absent read as missing and as zero.

    Parameters
    ----------
    interviews : DataFrame
        One row an interview, the factor missing where it was never raised.
    outcome, factor, cluster, unit : str
        Columns; both values are averaged over the interviews of each unit.
    level : float

    Notes
    -----
    No method of its own: `random_intercept` on the units' means under either reading.
    """
    absent = np.isnan(numeric(interviews, factor))
    zero = interviews.assign(**{factor: numeric(interviews, factor)}).fillna({factor: 0.0})
    fits = [
        random_intercept(unit_frame(data, [outcome, factor], unit, cluster), outcome, factor, cluster, level=level)
        for data in (interviews, zero)
    ]
    return AbsentReadings(fits[0], fits[1], int(absent.sum()), len(interviews))


@dataclass(frozen=True, slots=True)
class TippingPoint:
    """Multiple imputation of what was never raised, shifted away from missing at random step by step.

    Attributes
    ----------
    pooled : Pooled
        Under missing at random.
    table : DataFrame
        One row a shift: shift (added to every imputed value), estimate, low, high, the same in standard deviations by
        the spreads of the units' scores without imputation (standardised and its bounds), p.
    tipping : float
        The shift nearest to zero at which p crosses alpha (or the sign changes where it was not significant);
        NaN where none of those tried does.
    outcome, factor : str
    n_imputed, draws, seed : int
    alpha : float
    """

    pooled: Pooled
    table: pd.DataFrame
    tipping: float
    outcome: str
    factor: str
    n_imputed: int
    draws: int
    seed: int
    alpha: float

    @property
    def summary(self) -> str:
        """The pooled estimate, and the shift that would change the conclusion."""
        row = self.table.loc[self.table["shift"].abs().idxmin()]
        tip = (
            f"no shift between {number(self.table['shift'].min())} and {number(self.table['shift'].max())} on the "
            "factor's own scale changes the conclusion"
            if np.isnan(self.tipping)
            else f"the conclusion changes if the values not raised differ by {number(self.tipping)}, on the factor's "
            "own scale, from that"
        )
        return (
            f"With {count(self.n_imputed, 'value')} imputed as missing at random the standardised estimate of "
            f"{self.factor} on {self.outcome} is {effect(row['standardised'])} "
            f"({between(row['standardised_low'], row['standardised_high'])}, {p_value(self.pooled.p)}; {self.draws} "
            f"imputations); {tip}."
        )


def tipping_point(
    interviews: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    unit: str,
    shifts: Floats | None = None,
    bounds: tuple[float, float] | None = None,
    draws: int = 50,
    alpha: float = 0.05,
    level: float = 0.95,
    seed: int = 2017,
) -> TippingPoint:
    """Impute each interview's missing factor and shift the imputed values until the conclusion changes.

    Parameters
    ----------
    interviews, outcome, factor, cluster, unit
        As in `absent_readings`.
    shifts : array, optional
        Added to the imputed values, in units of the factor; by default 41 from minus to plus two standard
        deviations.
    bounds : tuple of float, optional
        Lowest and highest grade; imputed values are kept inside.
    draws : int
    alpha, level : float
    seed : int

    Notes
    -----
    The imputation model is ``factor ~ unit's outcome + (1 | unit)`` over interviews: missing at random given
    the unit and its outcome (without the outcome, imputation would attenuate). Each imputation draws the
    residual variance, the coefficients, the units' effects and the values. Shifts are a delta adjustment:
    Carpenter and Kenward (2013), Multiple Imputation and its Application, chapter 10.
    """
    x = numeric(interviews, factor)
    gone = np.isnan(x)
    if not gone.any():
        raise MethodError(f"no interview lacks {factor!r}: there is nothing to impute")
    shifts = np.linspace(-2, 2, 41) * np.nanstd(x) if shifts is None else np.asarray(shifts, dtype=float)
    shifts = np.unique(np.append(shifts, 0.0))
    position, names = codes(interviews, unit)
    means = unit_frame(interviews, [outcome], unit, cluster).set_index(unit).reindex(names)
    y, area = means[outcome].to_numpy(dtype=float), codes(means.reset_index(), cluster)[0]
    completed = _impute(x, y[position], position, draws, np.random.default_rng(seed))
    pools = []
    for shift in shifts:
        values = np.where(gone, completed + shift, x)
        values = values if bounds is None else np.where(gone, np.clip(values, *bounds), values)
        pools.append(_refit(values, y, position, area, level))
    table = pd.DataFrame(
        {
            "shift": shifts,
            "estimate": [pooled.estimate for pooled in pools],
            "low": [pooled.interval[0] for pooled in pools],
            "high": [pooled.interval[1] for pooled in pools],
            "p": [pooled.p for pooled in pools],
        }
    )
    raised = random_intercept(unit_frame(interviews, [outcome, factor], unit, cluster), outcome, factor, cluster)
    table = in_spreads(table, raised.per_sd)
    at_random = pools[int(np.flatnonzero(shifts == 0.0)[0])]
    return TippingPoint(at_random, table, _tips(table, alpha), outcome, factor, int(gone.sum()), draws, seed, alpha)


def _impute(x: Floats, y: Floats, group: Integers, draws: int, rng: np.random.Generator) -> Floats:
    """Draw complete columns, shape (draws, n_interviews)."""
    known = np.isfinite(x) & np.isfinite(y) & (group >= 0)
    if known.sum() < 6:
        raise MethodError("too few interviews raise the factor to impute the others from them")
    n_groups = int(group.max()) + 1
    fitted = reml.slopes(x[known][None], y[known][None], group[known])
    ratio = float(np.nan_to_num(fitted.ratio[0]))
    design = np.column_stack([np.ones(len(x)), np.nan_to_num(y, nan=float(np.nanmean(y)))])
    size = np.bincount(group[known], minlength=n_groups).astype(float)
    shrink = ratio / (1.0 + ratio * size)
    inverse = np.eye(known.sum()) - (group[known][:, None] == group[known]) * shrink[group[known]][:, None]
    cross = np.linalg.inv(design[known].T @ inverse @ design[known])
    beta = cross @ design[known].T @ inverse @ x[known]
    residual = x[known] - design[known] @ beta
    df = int(known.sum()) - 2
    variance = (residual @ inverse @ residual) / rng.chisquare(df, size=draws)
    drawn = beta + np.sqrt(variance)[:, None] * (rng.standard_normal((draws, 2)) @ np.linalg.cholesky(cross).T)
    left = np.where(known, np.nan_to_num(x), 0.0) - (drawn @ design.T) * known
    sums = np.stack([np.bincount(group[known], weights=row[known], minlength=n_groups) for row in left])
    effect = shrink * sums + np.sqrt(variance[:, None] * shrink) * rng.standard_normal((draws, n_groups))
    noise = np.sqrt(variance)[:, None] * rng.standard_normal((draws, len(x)))
    return np.where(np.isfinite(x), x, drawn @ design.T + effect[:, np.maximum(group, 0)] + noise)


def _refit(values: Floats, y: Floats, group: Integers, area: Integers, level: float) -> Pooled:
    member = np.zeros((values.shape[1], len(y)))
    known = group >= 0
    member[np.flatnonzero(known), group[known]] = 1.0
    factors = values @ member / member.sum(axis=0)
    kept = area >= 0
    fitted = reml.slopes(np.broadcast_to(y, factors.shape)[:, kept], factors[:, kept], area[kept])
    return pool(fitted.estimate[:, 0], fitted.se[:, 0], fitted.df[:, 0], level)


def _tips(table: pd.DataFrame, alpha: float) -> float:
    at_zero = table.loc[table["shift"].abs().idxmin()]
    if at_zero["p"] <= alpha:
        changed = (table["p"] > alpha) | (np.sign(table["estimate"]) != np.sign(at_zero["estimate"]))
    else:
        changed = table["p"] <= alpha
    found = table.loc[changed, "shift"]
    return float(found.loc[found.abs().idxmin()]) if len(found) else float("nan")
