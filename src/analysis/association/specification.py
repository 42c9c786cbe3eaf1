"""The specification curve: one question under every reasonable choice, and the curve tested as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association import arrangements, reml
from analysis.association.design import Floats, Integers, codes, numeric
from analysis.association.parallel import Progress, spread
from analysis.association.results import count, number, p_value, percent
from analysis.association.robust import Robust, robust_slopes, within_slopes
from analysis.errors import MethodError

NONE_LEFT_OUT = "none"


def _kenward_roger(outcome: Floats, factor: Floats, cluster: Integers) -> Robust:
    fitted = reml.slopes(outcome, factor, cluster)
    return Robust(fitted.estimate[:, 0], fitted.se[:, 0], fitted.df[:, 0], fitted.p[:, 0])


ESTIMATORS = {
    "random intercept": _kenward_roger,
    "cluster-robust": robust_slopes,
    "within clusters": within_slopes,
}


@dataclass(frozen=True, slots=True)
class Variant:
    """The units' data under one set of choices that were made before estimation.

    Attributes
    ----------
    choices : mapping of str to str
        For example ``{"scores": "mean_intensity", "coders": "mean", "absent": "missing"}``.
    frame : DataFrame
        One row a unit: the unit's name, its cluster, the factor and the outcomes.
    """

    choices: Mapping[str, str]
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class SpecificationCurve:
    """Every specification of one question.

    Attributes
    ----------
    factor : str
    table : DataFrame
        One row a specification, the smallest estimate first: one column for each choice, then estimate
        (standardised), low, high, p, n_units.
    choices : tuple of str
        The columns that hold choices.
    inference : DataFrame
        One row a statistic of the curve (median estimate, share with the majority's sign, share significant with that
        sign): observed, the median under rearrangement, p.
    permutations, seed : int
    n_failed : int
        Specifications that could not be fitted.
    alpha : float
    """

    factor: str
    table: pd.DataFrame
    choices: tuple[str, ...]
    inference: pd.DataFrame
    permutations: int
    seed: int
    n_failed: int
    alpha: float

    @property
    def median(self) -> float:
        """Median standardised estimate."""
        return float(self.table["estimate"].median())

    @property
    def same_sign(self) -> float:
        """Share of specifications with the sign of the median."""
        return float((np.sign(self.table["estimate"]) == np.sign(self.median)).mean())

    @property
    def summary(self) -> str:
        """Median, range, share of one sign and significant, and the curve's own p."""
        low, high = self.table["estimate"].min(), self.table["estimate"].max()
        significant = float((self.table["p"] <= self.alpha).mean())
        p = self.inference.set_index("statistic")["p"]["median estimate"]
        failed = "" if not self.n_failed else f"; {count(self.n_failed, 'specification')} could not be fitted"
        return (
            f"Over {count(len(self.table), 'specification')} the median standardised estimate of {self.factor} is "
            f"{number(self.median)} (range {number(low)} to {number(high)}); {percent(round(self.same_sign, 3))} have "
            f"the same sign and {percent(round(significant, 3))} are significant at {self.alpha:g}; for the median "
            f"of the whole curve {p_value(float(p))} ({self.permutations:,} joint rearrangements){failed}."
        )


def specification_curve(
    variants: Sequence[Variant],
    outcomes: Sequence[str],
    factor: str,
    cluster: str,
    *,
    unit: str,
    estimators: Sequence[str] = tuple(ESTIMATORS),
    leave_out: bool = True,
    alpha: float = 0.05,
    level: float = 0.95,
    permutations: int = 499,
    seed: int = 2017,
    jobs: int = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> SpecificationCurve:
    """Fit variants x outcomes x estimators x (nothing or one cluster left out), and test the curve.

    Parameters
    ----------
    variants : sequence of Variant
        All with the same names of choices.
    outcomes : sequence of str
        Outcome columns of the variants' frames.
    factor, cluster, unit : str
        Columns of the variants' frames.
    estimators : sequence of str
        From ``random intercept`` (Kenward-Roger), ``cluster-robust`` (CR2), ``within clusters`` (fixed effects).
    leave_out : bool
        Whether each cluster is left out once as well.
    alpha, level : float
    permutations : int
        Rearrangements of the units' outcomes within clusters, the same for all specifications at once, so that
        the curve is compared with curves that have its own dependence. 0: no inference.
    seed : int
    jobs, scheduler, progress
        As in `parallel.spread`; the numbers do not depend on them.

    Notes
    -----
    Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214. Estimates are standardised with the
    specification's own spreads, since scoring rules have different units.
    """
    for name in estimators:
        if name not in ESTIMATORS:
            raise MethodError(f"there is no estimator {name!r}", allowed=tuple(ESTIMATORS), value=name)
    names = _choice_names(variants)
    units, block = _common_units(variants, unit, cluster)
    orders = _orders(block, permutations, seed)
    labels = codes(units, cluster)[1]
    outs = [NONE_LEFT_OUT, *map(str, labels)] if leave_out else [NONE_LEFT_OUT]
    tasks, rows = [], []
    for variant in variants:
        aligned = units[[unit]].merge(variant.frame, on=unit, how="left", validate="one_to_one")
        x = numeric(aligned, factor)
        for outcome in outcomes:
            y = numeric(aligned, outcome)
            for estimator in estimators:
                tasks.append((x, y, block, orders, estimator, leave_out))
                rows += [{**variant.choices, "outcome": outcome, "estimator": estimator, "left_out": o} for o in outs]
    done = spread(_fitted, tasks, jobs=jobs, scheduler=scheduler, progress=progress)
    results = np.concatenate(done)  # (specifications, 5, 1 + permutations)
    return _curve(rows, results, (*names, "outcome", "estimator", "left_out"), factor, alpha, level, permutations, seed)


def _choice_names(variants: Sequence[Variant]) -> tuple[str, ...]:
    if not variants:
        raise MethodError("a specification curve needs at least one variant of the data")
    names = tuple(variants[0].choices)
    for variant in variants:
        if tuple(variant.choices) != names:
            raise MethodError(
                "all variants must name the same choices", allowed=names, where=str(dict(variant.choices))
            )
    return names


def _common_units(variants: Sequence[Variant], unit: str, cluster: str) -> tuple[pd.DataFrame, Integers]:
    """Return every unit of any variant with its cluster, and the clusters as codes."""
    for variant in variants:
        for name in (unit, cluster):
            codes(variant.frame, name)
    units = pd.concat([variant.frame[[unit, cluster]] for variant in variants]).dropna().drop_duplicates()
    if units[unit].duplicated().any():
        again = units.loc[units[unit].duplicated(), unit].iloc[0]
        raise MethodError(f"{unit!r} {again!r} stands in more than one {cluster!r}")
    units = units.sort_values([cluster, unit]).reset_index(drop=True)
    return units, codes(units, cluster)[0]


def _orders(block: Integers, permutations: int, seed: int) -> Integers:
    index: Integers = np.arange(len(block))
    rng = np.random.default_rng(seed)
    drawn = arrangements.draw(index, block, permutations, rng) if permutations else index[None][:0]
    return np.concatenate([index[None], drawn])


def _fitted(x: Floats, y: Floats, block: Integers, orders: Integers, estimator: str, leave_out: bool) -> Floats:
    """Fit one variant, outcome and estimator to the data and all rearrangements, with each cluster left out.

    Returns shape (specifications, 5, arrangements): standardised estimate, its se, df, p, units.
    """
    shuffled = y[orders]
    results = []
    for out in range(-1, int(block.max()) + 1 if leave_out else 0):
        kept = block != out
        own = np.unique(block[kept], return_inverse=True)[1]
        outcomes = shuffled[:, kept]
        factors = np.broadcast_to(x[kept], outcomes.shape)
        with np.errstate(all="ignore"):
            found = ESTIMATORS[estimator](outcomes, factors, own)
            both = np.isfinite(outcomes + factors)
            ratio = _spread(factors, both) / _spread(outcomes, both)
        results.append([found.estimate * ratio, found.se * ratio, found.df, found.p, both.sum(axis=1)])
    return np.array(results, dtype=float)


def _spread(values: Floats, kept: np.ndarray) -> Floats:
    n = kept.sum(axis=1)
    known = np.where(kept, values, 0.0)
    mean = known.sum(axis=1) / n
    squares = np.where(kept, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)
    return np.asarray(np.sqrt(squares / (n - 1)))


def _curve(
    rows: list[dict[str, str]], results: Floats, choices: tuple[str, ...], factor: str,
    alpha: float, level: float, permutations: int, seed: int,
) -> SpecificationCurve:  # fmt: skip
    fine = np.isfinite(results[:, 3, 0])
    if not fine.any():
        raise MethodError(f"no specification of {factor!r} could be fitted")
    results = results[fine]
    estimate, se, df, p, n = (results[:, i, 0] for i in range(5))
    reach = special.stdtrit(df, 0.5 + level / 2) * se
    table = pd.DataFrame([row for row, kept in zip(rows, fine, strict=True) if kept]).assign(
        estimate=estimate, low=estimate - reach, high=estimate + reach, p=p, n_units=n.astype(int)
    )
    inference = _inference(results[:, 0], results[:, 3], alpha)
    table = table.sort_values("estimate", kind="stable", ignore_index=True)
    return SpecificationCurve(factor, table, choices, inference, permutations, seed, int((~fine).sum()), alpha)


def _inference(estimates: Floats, p: Floats, alpha: float) -> pd.DataFrame:
    """Compare the observed curve (the first column) with its rearrangements."""
    with np.errstate(all="ignore"):
        median = np.nanmedian(estimates, axis=0)
        fits = np.isfinite(estimates).sum(axis=0)
        same = (np.sign(estimates) == np.sign(median)).sum(axis=0) / fits
        significant = ((p <= alpha) & (np.sign(estimates) == np.sign(median))).sum(axis=0) / fits
    rows = []
    for name, values in (
        ("median estimate", np.abs(median)),
        ("share of the same sign", same),
        ("share significant with that sign", significant),
    ):
        null = values[1:][np.isfinite(values[1:])]
        extreme = (1 + (null >= values[0] - 1e-9).sum()) / (1 + len(null))
        observed = median[0] if name == "median estimate" else values[0]
        middle = float(np.median(null)) if len(null) else np.nan
        rows.append(
            {"statistic": name, "observed": observed, "under_none": middle, "p": extreme if len(null) else np.nan}
        )
    return pd.DataFrame(rows)
