"""What an omitted cause would have to be like, and what choosing successes does to a correlation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association.design import Floats, numeric, units
from analysis.association.mixed import random_intercept
from analysis.association.results import Association, RandomIntercept, number, percent
from analysis.errors import MethodError


def robustness_value(t: float, df: float, *, q: float = 1.0, alpha: float | None = None) -> float:
    """Return how strongly an omitted cause must go with both factor and outcome to change an estimate.

    Parameters
    ----------
    t, df : float
        The estimate's t statistic and degrees of freedom.
    q : float
        Share of the estimate to be explained away (1: all of it).
    alpha : float, optional
        Where given, explained away means: no longer significant at this level.

    Returns
    -------
    float
        In 0-1: the partial R2 with both that would do it.

    Notes
    -----
    Cinelli and Hazlett (2020), Journal of the Royal Statistical Society B 82, 39-67, equations 8 and 13.
    """
    f = q * abs(t) / math.sqrt(df)
    if alpha is not None:
        if df <= 1:
            return 0.0
        critical = abs(float(special.stdtrit(df - 1.0, alpha / 2.0))) / math.sqrt(df - 1.0)
        if f > 1.0 / critical:  # the cause that ends significance soonest is not equally strong on both sides
            return (f * f - critical * critical) / (1.0 + f * f)
        f -= critical
    if f <= 0:
        return 0.0
    return 0.5 * (math.sqrt(f**4 + 4.0 * f**2) - f**2)


@dataclass(frozen=True, slots=True)
class OmittedCause:
    """How sensitive an estimate is to something that was not measured.

    Attributes
    ----------
    result : RandomIntercept
        The estimate in question.
    partial_r2 : float
        Of factor with outcome: what an omitted cause that explained all the rest of the outcome would have to
        explain of the factor.
    value, value_significance : float
        Robustness values: for the whole estimate, and for its significance at `alpha`.
    table : DataFrame
        One row a benchmark and strength: benchmark, times, r2_factor, r2_outcome (partial R2 of an omitted cause so
        many times as strong as the covariate), estimate (what would be left), t.
    contour : DataFrame
        The estimate left on a grid of r2_factor and r2_outcome.
    alpha : float
    """

    result: RandomIntercept
    partial_r2: float
    value: float
    value_significance: float
    table: pd.DataFrame
    contour: pd.DataFrame
    alpha: float

    @property
    def summary(self) -> str:
        """The robustness values and the strongest benchmark beside them."""
        strongest = ""
        known = self.table.dropna(subset="estimate")
        if not known.empty:
            row = known.loc[known["estimate"].abs().idxmin()]
            strongest = (
                f"; one {row['times']:g} times as strong as {row['benchmark']} would leave {number(row['estimate'])}"
            )
        return (
            f"An omitted cause would have to explain {percent(round(self.value, 3))} of what is left of both "
            f"{self.result.factor} and {self.result.outcome} to explain the estimate of "
            f"{number(self.result.estimate)} away ({percent(round(self.value_significance, 3))} to end its "
            f"significance at {self.alpha:g}){strongest}.{self._too_close}"
        )

    @property
    def _too_close(self) -> str:
        """Name benchmarks that no cause left out could be as strong as, beside the factor itself."""
        unknown = self.table["estimate"].isna().groupby(self.table["benchmark"], sort=False).all()
        names = ", ".join(unknown.index[unknown.to_numpy(dtype=bool)])
        return f" Too close to {self.result.factor} to be a yardstick: {names}." if names else ""


def omitted_cause(
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    benchmarks: Sequence[str] = (),
    times: Sequence[float] = (1.0, 2.0, 3.0),
    alpha: float = 0.05,
    level: float = 0.95,
) -> OmittedCause:
    """Give the robustness value of the primary estimate, with observed covariates as yardsticks.

    Parameters
    ----------
    frame, outcome, factor, cluster, level
        As in `random_intercept`.
    benchmarks : sequence of str
        Numeric columns of the units (of the areas as well: population, deprivation, ...).
    times : sequence of float
        How many times as strong as a benchmark the omitted cause is taken to be.
    alpha : float

    Notes
    -----
    Cinelli and Hazlett (2020), as in `robustness_value`, with the t and the degrees of freedom of the
    random-intercept model; the benchmarks' partial R2 are those of least squares over units. A cause that is
    the same for a whole cluster can't bias the estimate within clusters (`within_between`) at all.
    """
    result = random_intercept(frame, outcome, factor, cluster, level=level)
    t = result.statistic
    rows = [
        {"benchmark": name, "times": k, **_bound(frame, outcome, factor, cluster, name, k)}
        for name in benchmarks
        for k in times
    ]
    table = pd.DataFrame(rows, columns=["benchmark", "times", "r2_factor", "r2_outcome"])
    left = _left(result, table["r2_factor"].to_numpy(float), table["r2_outcome"].to_numpy(float))
    grid = np.linspace(0.0, 0.95, 39)
    first, second = (axis.ravel() for axis in np.meshgrid(grid, grid))
    contour = pd.DataFrame({"r2_factor": first, "r2_outcome": second, "estimate": _left(result, first, second)[0]})
    return OmittedCause(
        result,
        t * t / (t * t + result.df),
        robustness_value(t, result.df),
        robustness_value(t, result.df, alpha=alpha),
        table.assign(estimate=left[0], t=left[1]),
        contour,
        alpha,
    )


def _bound(frame: pd.DataFrame, outcome: str, factor: str, cluster: str, name: str, k: float) -> dict[str, float]:
    """Return the partial R2 of a cause k times as strong as a covariate (their section 4.4)."""
    read = units(frame, outcome, factor, cluster)
    z = numeric(frame, name)[read.rows]
    known = np.isfinite(z)
    if known.sum() < 5 or np.ptp(z[known]) == 0:
        raise MethodError(f"benchmark {name!r} does not vary over the units, or is missing for most")
    with_factor = _partial_r2(z[known], read.factor[known], None)
    with_outcome = _partial_r2(z[known], read.outcome[known], read.factor[known])
    r2_factor = k * with_factor / (1.0 - with_factor)
    if r2_factor >= 1.0:
        return {"r2_factor": math.nan, "r2_outcome": math.nan}
    own = k * with_factor**2 / ((1.0 - k * with_factor) * (1.0 - with_factor)) if k * with_factor < 1 else math.nan
    r2_outcome = ((math.sqrt(k) + math.sqrt(own)) / math.sqrt(1.0 - own)) ** 2 if own < 1 else math.nan
    return {"r2_factor": r2_factor, "r2_outcome": min(r2_outcome * with_outcome / (1.0 - with_outcome), 1.0)}


def _partial_r2(z: Floats, y: Floats, given: Floats | None) -> float:
    base = np.column_stack([np.ones(len(y))] if given is None else [np.ones(len(y)), given])
    left = [v - base @ np.linalg.lstsq(base, v, rcond=None)[0] for v in (z, y)]
    return float((left[0] @ left[1]) ** 2 / ((left[0] @ left[0]) * (left[1] @ left[1])))


def _left(result: Association, r2_factor: Floats, r2_outcome: Floats) -> tuple[Floats, Floats]:
    """Return the estimate that an omitted cause would leave, and its t."""
    bias = result.se * np.sqrt(result.df * r2_outcome * r2_factor / (1.0 - r2_factor))
    left = math.copysign(1.0, result.estimate) * (abs(result.estimate) - bias)
    with np.errstate(all="ignore"):
        se = result.se * np.sqrt((1.0 - r2_outcome) / (1.0 - r2_factor) * result.df / max(result.df - 1.0, 1e-9))
        return left, left / se


@dataclass(frozen=True, slots=True)
class RangeRestriction:
    """What a correlation would be in a population that spreads wider than the sample.

    Attributes
    ----------
    result : Association
        The estimate whose standardised value is taken as the correlation in the sample.
    table : DataFrame
        One row a ratio (the population's standard deviation of the selected variable over the sample's):
        ratio, correlation, low, high.
    observed_sd, reference_sd : float
        Of the outcome in the sample, and of the reference (NaN where none was given).
    """

    result: Association
    table: pd.DataFrame
    observed_sd: float
    reference_sd: float

    @property
    def summary(self) -> str:
        """The correlation in the sample, and at the reference spread."""
        last = self.table.iloc[-1]
        return (
            f"The sample was chosen for success, so its outcomes spread less (standard deviation "
            f"{number(self.observed_sd)}); a correlation of {number(self.table['correlation'].iloc[0])} here would be "
            f"{number(last['correlation'])} ({number(last['low'])} to {number(last['high'])}) where outcomes spread "
            f"{last['ratio']:.2g} times as far."
        )


def range_restriction(
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    reference_sd: float | None = None,
    ratios: Sequence[float] = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0),
    level: float = 0.95,
) -> RangeRestriction:
    """Show what selecting on the outcome may have done to the correlation.

    Parameters
    ----------
    frame, outcome, factor, cluster, level
        As in `random_intercept`, whose standardised estimate is the correlation here.
    reference_sd : float, optional
        Standard deviation of the outcome where nothing was selected (another survey, say); its ratio is
        added to `ratios`, and larger ratios are left out.
    ratios : sequence of float
        Ratios of spreads, 1 or more.

    Notes
    -----
    Thorndike's case 2 for direct selection on one variable: Sackett and Yang (2000), Journal of Applied Psychology
    85, 112-118: r u / sqrt(1 + r^2 (u^2 - 1)). It holds where the regression on the selected variable is
    straight and evenly spread.
    """
    result = random_intercept(frame, outcome, factor, cluster, level=level)
    observed = float(units(frame, outcome, factor, cluster).outcome.std(ddof=1))
    chosen = {1.0, *map(float, ratios)}
    if reference_sd is not None:
        if reference_sd <= 0:
            raise MethodError(f"reference_sd must be positive, not {reference_sd}")
        chosen = {u for u in chosen if u < reference_sd / observed} | {reference_sd / observed, 1.0}
    if min(chosen) <= 0:
        raise MethodError("ratios of spreads must be positive")
    u = np.array(sorted(chosen))
    columns = {"ratio": u}
    for name, r in zip(
        ("correlation", "low", "high"), (result.standardised, *result.standardised_interval), strict=True
    ):
        r = float(np.clip(r, -0.999, 0.999))
        columns[name] = r * u / np.sqrt(1.0 + r * r * (u * u - 1.0))
    reference = math.nan if reference_sd is None else reference_sd
    return RangeRestriction(result, pd.DataFrame(columns), observed, reference)
