"""The specification curve: one question under every reasonable choice, and the curve tested as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association import arrangements
from analysis.association.design import Floats, Integers, column, numeric
from analysis.association.parallel import Progress, spread
from analysis.association.rearranged import cluster_robust, random_intercept, rearranged, within_clusters
from analysis.association.results import count, effect, p_value, percent
from analysis.errors import MethodError

NONE_LEFT_OUT = "none"


# Variants fitted at once: enough to vectorise, few enough to spread and to tell progress.
_AT_ONCE = 6

ESTIMATORS = {
    "random intercept": random_intercept,
    "cluster-robust": cluster_robust,
    "within clusters": within_clusters,
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
        One row a statistic of the curve (median estimate, share with the sign of the median, share significant with
        that sign): observed, under_none (its median under rearrangement), p, and error_of_p (the Monte Carlo standard
        error of that p).
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

    def place(self, **choices: str) -> str:
        """Say where the specification with these choices stands among all; empty where it is not among them."""
        own = self.table.index[(self.table[list(choices)] == pd.Series(choices)).all(axis=1)]
        if len(own) != 1:
            return ""
        return (
            f"The study's own specification gives {effect(self.table.loc[own[0], 'estimate'])}, number "
            f"{own[0] + 1:,} of {len(self.table):,} from the smallest estimate."
        )

    @property
    def summary(self) -> str:
        """Median, range, share of one sign and significant, and the curve's own p."""
        low, high = self.table["estimate"].min(), self.table["estimate"].max()
        significant = float((self.table["p"] <= self.alpha).mean())
        failed = "" if not self.n_failed else f"; {count(self.n_failed, 'specification')} could not be fitted"
        return (
            f"Over {count(len(self.table), 'specification')} the median standardised estimate of {self.factor} is "
            f"{effect(self.median)} (range {effect(low)} to {effect(high)}); {percent(round(self.same_sign, 3))} have "
            f"the same sign and {percent(round(significant, 3))} are significant at {self.alpha:g}{self._tested}"
            f"{failed}."
        )

    @property
    def _tested(self) -> str:
        """The median beside what rearrangement gives."""
        if not self.permutations:
            return ""
        median = self.inference.set_index("statistic").loc["median estimate"]
        return (
            f"; with outcomes rearranged within clusters the median is {effect(median['under_none'])}, and two-sided "
            f"about that {p_value(float(median['p']))} for what the whole curve shows within clusters "
            f"({self.permutations:,} joint rearrangements, Monte Carlo error {median['error_of_p']:.3f})"
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
    specification's own spreads, since scoring rules have different units. Rearranging within clusters leaves what lies
    between them in every estimate that uses it, so the rearranged medians need not centre on zero: the median is
    tested by its distance from their mean (the observed one among them, which keeps the test exact), and the test
    speaks of the part within clusters.
    """
    for name in estimators:
        if name not in ESTIMATORS:
            raise MethodError(f"there is no estimator {name!r}", allowed=tuple(ESTIMATORS), value=name)
    names = _choice_names(variants)
    units, block, labels = _common_units(variants, unit, cluster)
    orders = _orders(block, permutations, seed)
    outs = [NONE_LEFT_OUT, *map(str, labels)] if leave_out else [NONE_LEFT_OUT]
    left_out = range(-1, len(outs) - 1)
    tasks, rows = [], []
    for start in range(0, len(variants), _AT_ONCE):
        some = variants[start : start + _AT_ONCE]
        scores = [_aligned(v.frame, unit, factor, units) for v in some]
        for outcome in outcomes:
            pairs = [(x, _aligned(v.frame, unit, outcome, units)) for x, v in zip(scores, some, strict=True)]
            tasks.append((pairs, block, orders, tuple(estimators), left_out))
            choices = [{**v.choices, "outcome": outcome, "left_out": out} for v in some for out in outs]
            rows += [choice | {"estimator": estimator} for estimator in estimators for choice in choices]
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


def _common_units(
    variants: Sequence[Variant], unit: str, cluster: str
) -> tuple[dict[object, int], Integers, list[object]]:
    """Return every unit of any variant with its place, the units' clusters as codes, and the clusters' names."""
    places: dict[object, object] = {}
    for variant in variants:
        known = pd.DataFrame({name: column(variant.frame, name) for name in (unit, cluster)}).dropna()
        if known[unit].duplicated().any():
            raise MethodError(
                f"{unit!r} {known.loc[known[unit].duplicated(), unit].iloc[0]!r} has several rows",
                where=str(dict(variant.choices)),
                fix="give one row a unit",
            )
        for name, place in zip(known[unit].tolist(), known[cluster].tolist(), strict=True):
            if places.setdefault(name, place) != place:
                raise MethodError(f"{unit!r} {name!r} stands in more than one {cluster!r}")
    if not places:
        raise MethodError(
            f"no {unit!r} has a {cluster!r} in any variant of the data", fix="say where each unit belongs"
        )
    order = sorted(places, key=lambda name: (places[name], name))
    block, labels = pd.factorize(np.array([places[name] for name in order], dtype=object))
    return {name: at for at, name in enumerate(order)}, block.astype(np.int64), list(labels)


def _aligned(frame: pd.DataFrame, unit: str, name: str, units: Mapping[object, int]) -> Floats:
    """Return a column in the order of the units, NaN where the frame lacks one."""
    values = np.full(len(units), np.nan)
    known = [(units[key], at) for at, key in enumerate(frame[unit].tolist()) if key in units]
    to, source = np.array(known, dtype=np.int64).reshape(-1, 2).T
    values[to] = numeric(frame, name)[source]
    return values


def _orders(block: Integers, permutations: int, seed: int) -> Integers:
    index: Integers = np.arange(len(block))
    rng = np.random.default_rng(seed)
    drawn = arrangements.draw(index, block, permutations, rng) if permutations else index[None][:0]
    return np.concatenate([index[None], drawn])


def _fitted(
    pairs: Sequence[tuple[Floats, Floats]],
    block: Integers,
    orders: Integers,
    estimators: Sequence[str],
    left_out: Sequence[int],
) -> Floats:
    """Fit variants' factor and outcome, and all rearrangements, by each estimator with each cluster left out.

    Returns shape (specifications, 5, arrangements): standardised estimate, its se, df, p, units.
    """
    data = rearranged(pairs, block, orders, left_out)
    found = [ESTIMATORS[estimator](data) for estimator in estimators]
    results = np.array([[fit.estimate, fit.se, fit.df, fit.p, data.n_units] for fit in found])
    parts = results.reshape(len(found), 5, -1, len(orders))
    return np.swapaxes(parts, 1, 2).reshape(-1, 5, len(orders))


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
    table = pd.DataFrame([row for row, kept in zip(rows, fine, strict=True) if kept])[list(choices)].assign(
        estimate=estimate, low=estimate - reach, high=estimate + reach, p=p, n_units=n.astype(int)
    )
    inference = _inference(results[:, 0], results[:, 3], alpha)
    # Estimates that are equal up to rounding keep the order of the choices, on any machine.
    table = table.sort_values("estimate", key=lambda values: values.round(12), kind="stable", ignore_index=True)
    return SpecificationCurve(factor, table, choices, inference, permutations, seed, int((~fine).sum()), alpha)


def _inference(estimates: Floats, p: Floats, alpha: float) -> pd.DataFrame:
    """Compare the observed curve (the first column) with its rearrangements."""
    with np.errstate(all="ignore"):
        median = np.nanmedian(estimates, axis=0)
        fits = np.isfinite(estimates).sum(axis=0)
        same = (np.sign(estimates) == np.sign(median)).sum(axis=0) / fits
        significant = ((p <= alpha) & (np.sign(estimates) == np.sign(median))).sum(axis=0) / fits
    found = {
        "median estimate": (median, np.abs(median - np.nanmean(median))),
        "share of the same sign": (same, same),
        "share significant with that sign": (significant, significant),
    }
    return pd.DataFrame([{"statistic": name, **_compared(*values)} for name, values in found.items()])


def _compared(values: Floats, far: Floats) -> dict[str, float]:
    """Return the observed value (the first), the middle of the others, and the share that is as far out."""
    null = np.flatnonzero(np.isfinite(far[1:])) + 1
    if not len(null):
        return {"observed": float(values[0]), "under_none": np.nan, "p": np.nan, "error_of_p": np.nan}
    p = float(1 + (far[null] >= far[0] - 1e-9).sum()) / (1 + len(null))
    error = float(np.sqrt(p * (1 - p) / len(null)))
    return {"observed": float(values[0]), "under_none": float(np.median(values[null])), "p": p, "error_of_p": error}
