"""Factor and outcome from different informants: what is left when nobody rates both."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association import reml
from analysis.association.design import Floats, Integers, codes, column, numeric
from analysis.association.icc import intraclass_correlation
from analysis.association.mixed import random_intercept
from analysis.association.results import RandomIntercept, between, check_level, effect, p_value, t_interval
from analysis.errors import MethodError

# Splits that are worked out anew without each unit: which unit is left out matters more than which splits are taken.
_JACKKNIFED = 100
# Least share of a single split's error variance that the mean over splits is credited with.
_LEAST = 0.25


@dataclass(frozen=True, slots=True)
class SplitInformants:
    """The association with factor and outcome from different informants, over random splits.

    Attributes
    ----------
    main : RandomIntercept
        From all informants, who rate both.
    table : DataFrame
        One row a split: estimate, se, df, p.
    estimate, se, df, p : float
        Mean estimate over splits; its standard error (see the notes of `split_informants`); mean df; the p that
        follows.
    interval : tuple of float
    level : float
    standardised : float
        With the spreads of the main analysis.
    comparable : float
        The mean estimate as it would be with as many informants behind the factor as the main analysis has
        (Spearman-Brown; slopes shrink with the factor's reliability).
    inflation_interval : tuple of float
        Of `inflation`, by the jackknife over units; NaN where it can't be worked out.
    n_units, n_dropped_units : int
        Units split; units left out because fewer than two informants rate them.
    seed : int
    """

    main: RandomIntercept
    table: pd.DataFrame
    estimate: float
    se: float
    df: float
    p: float
    interval: tuple[float, float]
    level: float
    standardised: float
    comparable: float
    inflation_interval: tuple[float, float]
    n_units: int
    n_dropped_units: int
    seed: int

    @property
    def inflation(self) -> float:
        """Estimate from shared informants less the comparable one from different informants."""
        return self.main.estimate - self.comparable

    @property
    def same_sign(self) -> float:
        """Share of splits whose estimate has the sign of the main one."""
        return float((np.sign(self.table["estimate"]) == np.sign(self.main.estimate)).mean())

    @property
    def table_row(self) -> dict[str, object]:
        """Everything in standard deviations by the spreads of the main analysis: split, main and inflation."""
        unit = self.main.per_sd
        low, high = (end * unit for end in self.interval)
        least, most = (end * unit for end in self.inflation_interval)
        return {
            "outcome": self.main.outcome, "factor": self.main.factor, "split_standardised": self.standardised,
            "split_low": low, "split_high": high, "split_p": self.p, "main_standardised": self.main.standardised,
            "inflation": self.inflation * unit, "inflation_low": least, "inflation_high": most,
        }  # fmt: skip

    @property
    def summary(self) -> str:
        """The split estimate beside the main one, and the inflation."""
        unit = self.main.per_sd
        least, most = (end * unit for end in self.inflation_interval)
        bounds = f" ({between(least, most)})" if math.isfinite(least) else ""
        equal = (
            f"; at equal reliability it would be {effect(self.comparable * unit)}, so {effect(self.inflation * unit)}"
            f"{bounds} may come from the common source"
            if math.isfinite(self.comparable)
            else ""
        )
        return (
            f"With {self.main.factor} and {self.main.outcome} from different informants the standardised estimate is "
            f"{effect(self.standardised)} ({between(self.interval[0] * unit, self.interval[1] * unit)}; "
            f"{p_value(self.p)}; {len(self.table)} splits) against {effect(self.main.standardised)} from the same "
            f"informants{equal}."
        )


def split_informants(
    interviews: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    unit: str,
    splits: int = 200,
    jackknife: bool = True,
    level: float = 0.95,
    seed: int = 2017,
) -> SplitInformants:
    """Score the factor from a random half of each unit's informants and the outcome from the others.

    Parameters
    ----------
    interviews : DataFrame
        One row an informant (interview).
    outcome, factor : str
        Numeric columns: the informant's rating of the outcome and score of the factor, missing where unknown.
    cluster, unit : str
        Columns: the area, and the partnership that the interview is about.
    splits : int
        Random splits; each gives every unit both halves (with an odd number the larger half is drawn).
    jackknife : bool
        Whether to work out the interval of the inflation, which takes most of the time.
    level : float
    seed : int

    Notes
    -----
    Different sources: Podsakoff, MacKenzie, Lee and Podsakoff (2003), Journal of Applied Psychology 88,
    879-903. An informant who gives only one of the two values is used for that one.

    The mean over splits is steadier than any one of them. What a split's estimate varies by has two parts, by the law
    of total variance: the data, and which half an informant falls into. The second is the variance of the estimates
    over splits, and averaging takes it away, so se^2 = mean(se_s^2) - (1 - 1/S) var(b_s) over the S splits, at least a
    quarter of the mean. Splits of the same data are no independent evidence: it never falls with their number
    beyond that. The interval of the inflation is
    the delete-one jackknife's over units (Tukey 1958, Annals of Mathematical Statistics 29, 614): main estimate, split
    estimates and reliabilities are all worked out anew without each unit.
    """
    check_level(level)
    if splits < 1:
        raise MethodError(f"splits must be at least 1, not {splits}")
    x, y = numeric(interviews, factor), numeric(interviews, outcome)
    member, group, area, names = _units(interviews, x, y, unit, cluster)
    both = np.bincount(group[group >= 0], minlength=len(names))
    usable = both >= 2
    halves = _halves(group, len(names), splits, np.random.default_rng(seed))
    factors = _means(x, halves, member)[:, usable]
    outcomes = _means(y, ~halves, member)[:, usable]
    codes_of_area = np.unique(area[usable], return_inverse=True)[1]
    fitted = reml.slopes(outcomes, factors, codes_of_area)
    table = pd.DataFrame({key: getattr(fitted, key)[:, 0] for key in ("estimate", "se", "df", "p")}).dropna()
    if table.empty:
        raise MethodError(
            "no split leaves enough units with both a factor and an outcome", where=f"{int(usable.sum())} units"
        )
    main = random_intercept(
        unit_frame(interviews, [outcome, factor], unit, cluster), outcome, factor, cluster, level=level
    )
    spread = np.full(int(usable.sum()), np.nan)
    if jackknife:
        spread = _jackknifed(interviews, unit, names[usable], factors, outcomes, codes_of_area, main)
    return _pooled(interviews, main, table, spread, int((~usable).sum()), unit, level, seed)


def _jackknifed(
    interviews: pd.DataFrame, unit: str, names: np.ndarray, factors: Floats, outcomes: Floats, area: Integers,
    main: RandomIntercept,
) -> Floats:  # fmt: skip
    """Return the inflation without each unit, shape (n_units,)."""
    n, factors, outcomes = len(names), factors[:_JACKKNIFED], outcomes[:_JACKKNIFED]
    gone = np.eye(n, dtype=bool)[:, None]
    shape = (n * len(factors), n)
    fitted = reml.slopes(
        np.where(gone, np.nan, outcomes).reshape(shape), np.broadcast_to(factors, (n, *factors.shape)).reshape(shape),
        area,
    )  # fmt: skip
    with np.errstate(all="ignore"):
        split = np.nanmean(fitted.estimate[:, 0].reshape(n, -1), axis=1)
    means = unit_frame(interviews, [main.outcome, main.factor], unit, main.cluster).set_index(unit).reindex(names)
    y, x = (means[name].to_numpy(dtype=float) for name in (main.outcome, main.factor))
    whole = reml.slopes(np.where(gone[:, 0], np.nan, y), np.broadcast_to(x, (n, n)), area).estimate[:, 0]
    ratios = [np.divide(*_reliabilities(interviews[interviews[unit] != name], main.factor, unit)) for name in names]
    return np.asarray(whole - split * np.array(ratios))


def _pooled(
    interviews: pd.DataFrame, main: RandomIntercept, table: pd.DataFrame, jackknifed: Floats, dropped: int,
    unit: str, level: float, seed: int,
) -> SplitInformants:  # fmt: skip
    estimate, se, df = table["estimate"].mean(), _standard_error(table), float(table["df"].mean())
    full, half = _reliabilities(interviews, main.factor, unit)
    comparable, n = float(estimate) * full / half, len(jackknifed)
    spread = math.sqrt((n - 1) / n * float(((jackknifed - jackknifed.mean()) ** 2).sum()))
    return SplitInformants(
        main=main,
        table=table.reset_index(drop=True),
        estimate=float(estimate),
        se=se,
        df=df,
        p=float(2 * special.stdtr(df, -abs(estimate / se))),
        interval=t_interval(float(estimate), se, df, level),
        level=level,
        standardised=float(estimate) * main.per_sd,
        comparable=comparable,
        inflation_interval=t_interval(main.estimate - comparable, spread, n - 1, level),
        n_units=n,
        n_dropped_units=dropped,
        seed=seed,
    )


def _standard_error(table: pd.DataFrame) -> float:
    """Return the standard error of the mean over splits (see the notes of `split_informants`)."""
    single = float((table["se"] ** 2).mean())
    by_halves = float(table["estimate"].var(ddof=0)) if len(table) > 1 else 0.0
    return math.sqrt(max(single - by_halves, _LEAST * single))


def _reliabilities(interviews: pd.DataFrame, factor: str, unit: str) -> tuple[float, float]:
    """Reliability of a unit's factor score from all of its informants and from half of them; NaN if unknown."""
    try:
        single = intraclass_correlation(interviews, factor, unit)
    except MethodError:  # no unit has two informants who give the factor
        return math.nan, math.nan
    share = max(single.estimate, 0.02)
    full, half = (n * share / (1.0 + (n - 1.0) * share) for n in (single.size, max(single.size / 2.0, 1.0)))
    return full, half


def _units(
    interviews: pd.DataFrame, x: Floats, y: Floats, unit: str, cluster: str
) -> tuple[Floats, Integers, Integers, np.ndarray]:
    """Return who belongs to which unit, each unit's cluster, and the units' names."""
    position, names = codes(interviews, unit)
    where = codes(interviews, cluster)[0]
    area = np.full(len(names), -1)
    for own, at in zip(position, where, strict=True):
        if own >= 0 and at >= 0:
            if area[own] not in (-1, at):
                raise MethodError(f"{unit!r} {names[own]!r} stands in more than one {cluster!r}")
            area[own] = at
    known = (np.isfinite(x) | np.isfinite(y)) & (position >= 0)
    member = np.zeros((len(x), len(names)))
    member[np.flatnonzero(known), position[known]] = 1.0
    return member, np.where(known, position, -1), area, names


def _halves(group: Integers, n_units: int, splits: int, rng: np.random.Generator) -> np.ndarray:
    """Say for each split who is in the first half of the unit, shape (splits, n_informants)."""
    keys = rng.random((splits, len(group)))
    rank = np.empty((splits, len(group)), dtype=np.int64)
    order = np.lexsort((keys, np.broadcast_to(group, keys.shape)), axis=1)
    starts = np.searchsorted(np.sort(group), group, side="left")
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(len(group)), keys.shape), axis=1)
    within = rank - starts
    size = np.bincount(group[group >= 0], minlength=n_units)
    extra = rng.integers(0, 2, size=(splits, n_units))
    first = (size + extra) // 2
    return np.where(group >= 0, within < first[:, np.maximum(group, 0)], False)


def _means(values: Floats, chosen: np.ndarray, member: Floats) -> Floats:
    """Mean over the chosen informants of each unit, NaN where none is left: shape (splits, n_units)."""
    used = (chosen & np.isfinite(values)).astype(float)
    with np.errstate(invalid="ignore"):
        return (used * np.nan_to_num(values)) @ member / (used @ member)


def unit_frame(interviews: pd.DataFrame, values: list[str], unit: str, cluster: str) -> pd.DataFrame:
    """Return the mean of columns over the interviews of each unit, with the unit's cluster."""
    for name in (*values, unit, cluster):
        column(interviews, name)
    return interviews.groupby([cluster, unit], as_index=False, observed=True)[values].mean()


def named_split(
    interviews: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    unit: str,
    by: str,
    factor_from: Collection[object],
    outcome_from: Collection[object],
    level: float = 0.95,
) -> RandomIntercept:
    """Score the factor from one named group of informants and the outcome from another (council, partners).

    Parameters
    ----------
    interviews, outcome, factor, cluster, unit, level
        As in `split_informants`.
    by : str
        Column that names each informant's group.
    factor_from, outcome_from : collection
        Values of `by`; they must not overlap.

    Returns
    -------
    RandomIntercept
        Over units that have both; the others are counted as dropped.
    """
    groups = column(interviews, by)
    for wanted in (factor_from, outcome_from):
        missing = set(wanted) - set(groups.dropna())
        if missing or not wanted:
            raise MethodError(
                f"no informant is of {by} {sorted(map(str, missing))}",
                allowed=sorted(map(str, groups.dropna().unique())),
            )
    if set(factor_from) & set(outcome_from):
        raise MethodError("factor and outcome must come from different groups of informants")
    first = unit_frame(interviews[groups.isin(list(factor_from))], [factor], unit, cluster)
    second = unit_frame(interviews[groups.isin(list(outcome_from))], [outcome], unit, cluster)
    return random_intercept(first.merge(second, how="outer"), outcome, factor, cluster, level=level)
