"""What an omitted cause would have to be like, and what choosing successes does to a correlation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association.design import Floats, Units, codes, column, numeric, units
from analysis.association.mixed import random_intercept
from analysis.association.results import Association, RandomIntercept, between, effect, number, percent
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
    ceiling : dict
        The most that a cause which is the same for a whole cluster can do: r2_factor and r2_outcome (of all differences
        between clusters together), estimate (what would be left), standardised, t.
    table : DataFrame
        One row a benchmark and strength: benchmark, times, r2_factor, r2_outcome (partial R2 of an omitted cause so
        many times as strong as the covariate), estimate (what would be left), standardised, t.
    contour : DataFrame
        The estimate left, raw and standardised, on a grid of r2_factor and r2_outcome.
    alpha : float
    """

    result: RandomIntercept
    partial_r2: float
    value: float
    value_significance: float
    ceiling: dict[str, float]
    table: pd.DataFrame
    contour: pd.DataFrame
    alpha: float

    @property
    def summary(self) -> str:
        """The robustness values and the strongest benchmark beside them."""
        strongest = ""
        known = self.table.dropna(subset="standardised")
        if not known.empty:
            row = known.loc[known["standardised"].abs().idxmin()]
            strongest = (
                f" Of what was measured, {row['benchmark']} would do most: a cause {row['times']:g} times as strong "
                f"would leave {effect(row['standardised'])}."
            )
        of = f"{self.result.factor} and {self.result.outcome}"
        low, high = self.result.standardised_interval
        return (
            f"Something left out that differs between units would have to explain {percent(round(self.value, 2))} of "
            f"what is left of both {of} to explain the standardised estimate of {effect(self.result.standardised)} "
            f"({between(low, high)}) away, {percent(round(self.value_significance, 2))} to end its significance at "
            f"{self.alpha:g}. What is the same for a whole cluster can explain at most "
            f"{percent(round(self.ceiling['r2_factor'], 2))} of {self.result.factor} and "
            f"{percent(round(self.ceiling['r2_outcome'], 2))} of what is left of {self.result.outcome}: it would leave "
            f"at least {effect(self.ceiling['standardised'])}, and does not touch the estimate within clusters."
            f"{strongest}{self._too_close}"
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
        Columns of the units, numbers or categories (of the areas as well: population, nation, ...).
    times : sequence of float
        How many times as strong as a benchmark the omitted cause is taken to be.
    alpha : float

    Notes
    -----
    Cinelli and Hazlett (2020), as in `robustness_value`, with the t and the degrees of freedom of the
    random-intercept model; partial R2 are those of least squares over units, a category's by its indicators together
    (their section 4.4). A cause that is the same for a whole cluster can't bias the estimate within clusters
    (`within_between`) at all, nor explain more than the clusters' own indicators do: that is the ceiling, and the
    benchmarks that are the same for whole clusters are held to it.
    """
    result = random_intercept(frame, outcome, factor, cluster, level=level)
    t = result.statistic
    read = units(frame, outcome, factor, cluster)
    most = _explained(np.eye(read.n_clusters)[read.cluster][:, 1:], read, np.ones(read.n_units, dtype=bool))
    rows = [{"benchmark": name, "times": k, **_bound(frame, read, name, k, most)} for name in benchmarks for k in times]
    table = pd.DataFrame(rows, columns=["benchmark", "times", "r2_factor", "r2_outcome"])
    grid = np.linspace(0.0, 0.95, 39)
    first, second = (axis.ravel() for axis in np.meshgrid(grid, grid))
    contour = _leaving(result, pd.DataFrame({"r2_factor": first, "r2_outcome": second}))
    ceiling = _leaving(result, pd.DataFrame({"r2_factor": [most[0]], "r2_outcome": [most[1]]}))
    return OmittedCause(
        result,
        t * t / (t * t + result.df),
        robustness_value(t, result.df),
        robustness_value(t, result.df, alpha=alpha),
        {str(name): float(value) for name, value in ceiling.iloc[0].items()},
        _leaving(result, table),
        contour.drop(columns="t"),
        alpha,
    )


def _leaving(result: Association, causes: pd.DataFrame) -> pd.DataFrame:
    """Put beside causes (r2_factor, r2_outcome) what each would leave: estimate, standardised, t."""
    left, t = _left(result, causes["r2_factor"].to_numpy(float), causes["r2_outcome"].to_numpy(float))
    return causes.assign(estimate=left, standardised=left * result.per_sd, t=t)


def _bound(frame: pd.DataFrame, read: Units, name: str, k: float, most: tuple[float, float]) -> dict[str, float]:
    """Return the partial R2 of a cause k times as strong as a covariate (their section 4.4)."""
    z, known = _covariate(frame, read, name)
    with_factor, with_outcome = _explained(z, read, known)
    if with_factor >= 1.0 or with_outcome >= 1.0:
        return {"r2_factor": math.nan, "r2_outcome": math.nan}
    r2_factor = k * with_factor / (1.0 - with_factor)
    own = k * with_factor**2 / ((1.0 - k * with_factor) * (1.0 - with_factor)) if k * with_factor < 1 else math.nan
    same_within = max(np.ptp(z[known & (read.cluster == c)], axis=0).max(initial=0.0) for c in read.cluster[known]) == 0
    if r2_factor >= 1.0 and not same_within:
        return {"r2_factor": math.nan, "r2_outcome": math.nan}
    r2_outcome = (
        ((math.sqrt(k) + math.sqrt(own)) / math.sqrt(1.0 - own)) ** 2 * with_outcome / (1.0 - with_outcome)
        if own < 1
        else (1.0 if same_within else math.nan)
    )
    reach = most if same_within else (1.0, 1.0)
    return {"r2_factor": min(r2_factor, reach[0]), "r2_outcome": min(r2_outcome, reach[1])}


def _covariate(frame: pd.DataFrame, read: Units, name: str) -> tuple[Floats, np.ndarray]:
    """Return a covariate over the units as columns of numbers, and where it is known."""
    found = column(frame, name)
    if pd.api.types.is_numeric_dtype(found):
        values = numeric(frame, name)[read.rows][:, None]
        known = np.isfinite(values[:, 0])
    else:
        own, labels = codes(frame, name)
        known = own[read.rows] >= 0
        values = np.eye(len(labels))[own[read.rows]][:, 1:]
    if known.sum() < 5 or not values.shape[1] or np.ptp(values[known], axis=0).max() == 0:
        raise MethodError(f"benchmark {name!r} does not vary over the units, or is missing for most")
    return values, known


def _explained(z: Floats, read: Units, known: np.ndarray) -> tuple[float, float]:
    """Return the R2 of columns with the factor, and their partial R2 with the outcome given the factor."""
    x, y, one = read.factor[known], read.outcome[known], np.ones((int(known.sum()), 1))
    return _partial_r2(z[known], x, one), _partial_r2(z[known], y, np.column_stack([one, x]))


def _partial_r2(z: Floats, y: Floats, base: Floats) -> float:
    """Share of what `base` leaves of y that the columns of z explain."""
    left = [float(_residual(y, on) @ _residual(y, on)) for on in (base, np.column_stack([base, z]))]
    return max(0.0, 1.0 - left[1] / left[0]) if left[0] > 0 else 0.0


def _residual(y: Floats, on: Floats) -> Floats:
    return np.asarray(y - on @ np.linalg.lstsq(on, y, rcond=None)[0])


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
        ratio, correlation, low, high, at_limit (a bound of the interval reaches 1, where a correlation ends).
    observed_sd, reference_sd : float
        Of the outcome in the sample, and of the reference (NaN where none was given).
    """

    result: Association
    table: pd.DataFrame
    observed_sd: float
    reference_sd: float

    @property
    def restricted(self) -> bool:
        """Whether outcomes spread less here than in any population looked at."""
        return len(self.table) > 1

    @property
    def summary(self) -> str:
        """The correlation in the sample, and at the reference spread."""
        first, last = self.table.iloc[0], self.table.iloc[-1]
        here = f"the correlation of {self.result.factor} with {self.result.outcome}, {_correlation(first)} here,"
        if not self.restricted:
            return (
                f"Outcomes spread as far here (standard deviation {number(self.observed_sd)}) as in the reference "
                f"({number(self.reference_sd)}), so their range is not restricted, and {here} needs no correction."
            )
        end = " A bound of 1 is where a correlation ends." if self.table["at_limit"].any() else ""
        return (
            f"If the sample was chosen by its outcomes (standard deviation here {number(self.observed_sd)}), {here} "
            f"would be {_correlation(last)} where outcomes spread {last['ratio']:.1f} times as far.{end}"
        )


def _correlation(row: pd.Series) -> str:
    return f"{effect(row['correlation'])} ({between(row['low'], row['high'])})"


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
        added to `ratios`, and larger ratios are left out. Where the sample spreads as far, nothing is corrected.
    ratios : sequence of float
        Ratios of spreads, 1 or more.

    Notes
    -----
    Thorndike's case 2 for direct selection on one variable: Sackett and Yang (2000), Journal of Applied Psychology
    85, 112-118: r u / sqrt(1 + r^2 (u^2 - 1)). It holds where the regression on the selected variable is
    straight and evenly spread. Bounds of a standardised slope can lie beyond 1; they are held at 1, which the
    correction leaves where it is.
    """
    result = random_intercept(frame, outcome, factor, cluster, level=level)
    observed = float(units(frame, outcome, factor, cluster).outcome.std(ddof=1))
    chosen = {1.0, *map(float, ratios)}
    if min(chosen) < 1:
        raise MethodError("ratios of spreads must be 1 or more", value=min(chosen))
    if reference_sd is not None:
        if not reference_sd > 0:
            raise MethodError(f"reference_sd must be positive, not {reference_sd}")
        ratio = max(reference_sd / observed, 1.0)
        chosen = {u for u in chosen if u < ratio} | {ratio, 1.0}
    u = np.array(sorted(chosen))
    found = (result.standardised, *result.standardised_interval)
    table = pd.DataFrame({"ratio": u})
    for name, value in zip(("correlation", "low", "high"), found, strict=True):
        r = float(np.clip(value, -1.0, 1.0))
        table[name] = r * u / np.sqrt(1.0 + r * r * (u * u - 1.0))
    reference = math.nan if reference_sd is None else reference_sd
    return RangeRestriction(result, table.assign(at_limit=max(map(abs, found)) >= 1.0), observed, reference)
