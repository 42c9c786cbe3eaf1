"""The primary test: a random intercept by cluster, REML, Kenward-Roger; one at a time or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from analysis.association import reml
from analysis.association.design import Units, centred, codes, complete_units, numeric, units
from analysis.association.results import Association, RandomIntercept, check_level, count, stack, t_fields
from analysis.errors import MethodError

METHOD = "random intercept, Kenward-Roger"


def random_intercept(
    frame: pd.DataFrame, outcome: str, factor: str, cluster: str, *, level: float = 0.95
) -> RandomIntercept:
    """Estimate ``outcome ~ factor + (1 | cluster)`` by REML and test the factor with Kenward-Roger.

    Parameters
    ----------
    frame : DataFrame
        One row a unit (a partnership). Rows with a missing value are left out and counted.
    outcome, factor : str
        Numeric columns.
    cluster : str
        Column that names each unit's cluster (the area).
    level : float
        Coverage of the interval.

    Returns
    -------
    RandomIntercept
        `.estimate`, `.se`, `.df`, `.p`, `.interval`, `.variance_cluster`, `.variance_residual`, ...

    Raises
    ------
    MethodError
        Unknown or textual columns, constant factor or outcome, one cluster, too few units, only clusters
        of one unit, an outcome without variation within clusters, a perfect fit.

    Notes
    -----
    Kenward and Roger (1997), Biometrics 53, 983-997: adjusted covariance and degrees of freedom; for one
    coefficient the scaling of their F is 1. A variance between clusters estimated as zero is kept
    in the model, as lmerTest and pbkrtest do.
    """
    check_level(level)
    read = units(frame, outcome, factor, cluster)
    fitted = reml.slopes(read.outcome[None], read.factor[None], read.cluster)
    if np.isnan(fitted.p[0, 0]):
        raise not_estimable(read)
    return _result(read, fitted, 0, METHOD, level)


def _result(read: Units, fitted: reml.Fit, term: int, method: str, level: float) -> RandomIntercept:
    values = t_fields(read, method, fitted.estimate[0, term], fitted.se[0, term], fitted.df[0, term], level)
    return RandomIntercept(
        **values,  # type: ignore[arg-type]
        variance_cluster=float(fitted.variance_cluster[0]),
        variance_residual=float(fitted.variance_residual[0]),
    )


def not_estimable(read: Units) -> MethodError:
    """Say why no model with a random intercept can be fitted to these units."""
    outcome, factor, cluster = read.names
    where = f"{outcome!r} on {factor!r}, {read.n_units} units in {read.n_clusters} clusters"
    inner = centred(np.column_stack([read.outcome, read.factor]), read.cluster)
    flat = np.abs(inner).max(axis=0) <= 1e-9 * np.ptp(np.column_stack([read.outcome, read.factor]), axis=0)
    if read.n_units == read.n_clusters:
        what = f"every cluster of {cluster!r} has one unit, so its variance can't be told from the residual"
    elif flat[1] and read.n_clusters < 3:
        what = f"{factor!r} is the same within each cluster, and two clusters can't show how far clusters differ"
    elif flat[0]:
        what = f"{outcome!r} is the same for all units of each cluster: there is no variation within clusters"
    else:
        what = f"{factor!r} fits {outcome!r} without any residual: there is nothing to judge the estimate by"
    return MethodError(what, where=where, fix="check the columns, or use a method for fewer levels")


@dataclass(frozen=True, slots=True)
class WithinBetween:
    """The association within clusters and between them, from one model.

    Attributes
    ----------
    within, between : RandomIntercept
        Slope of the deviation from the cluster's mean, and slope of that mean.
    """

    within: RandomIntercept
    between: RandomIntercept

    @property
    def table(self) -> pd.DataFrame:
        """Two rows: within, between."""
        return stack([self.within, self.between])

    @property
    def summary(self) -> str:
        """One sentence for each part."""
        return f"Within clusters: {self.within.summary} Between clusters: {self.between.summary}"


def within_between(
    frame: pd.DataFrame, outcome: str, factor: str, cluster: str, *, level: float = 0.95
) -> WithinBetween:
    """Split the association into its part within clusters and its part between them (Mundlak).

    The model is ``outcome ~ (factor - cluster mean) + cluster mean + (1 | cluster)``, REML with
    Kenward-Roger. The part within can't be confounded by anything that is the same for a whole cluster.
    Parameters and errors as in `random_intercept`; at least three clusters are needed, and the factor must
    vary both within clusters and between their means.

    Notes
    -----
    Mundlak (1978), Econometrica 46, 69-85. The standardised estimates of both parts use the factor's
    overall standard deviation, so they can be compared with `random_intercept`.
    """
    check_level(level)
    read = units(frame, outcome, factor, cluster, clusters=3)
    inner = centred(read.factor, read.cluster)
    mean = read.factor - inner
    for part, where in ((inner, "within any cluster"), (mean, "between the clusters' means")):
        if np.ptp(part) <= 1e-9 * np.ptp(read.factor):
            raise MethodError(f"{factor!r} does not vary {where}: within and between can't be told apart")
    fitted = reml.slopes(read.outcome[None], inner[None], read.cluster, extra=mean[None, :, None])
    if np.isnan(fitted.p).any():
        raise not_estimable(read)
    return WithinBetween(
        _result(read, fitted, 0, "within clusters, Kenward-Roger", level),
        _result(read, fitted, 1, "between clusters, Kenward-Roger", level),
    )


@dataclass(frozen=True, slots=True)
class Associations:
    """Many tests of one kind.

    Attributes
    ----------
    results : tuple of Association
    problems : DataFrame
        Columns outcome, factor, problem: pairs that could not be tested, and why.
    """

    results: tuple[Association, ...]
    problems: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """One row a test, as in each result's own table."""
        return stack(list(self.results))

    @property
    def summary(self) -> str:
        """How many pairs were tested and how many could not be."""
        left = "" if self.problems.empty else f"; {count(len(self.problems), 'pair')} could not be tested"
        return f"{count(len(self.results), 'pair')} of outcome and factor tested{left}."


def random_intercepts(
    frame: pd.DataFrame, outcomes: Sequence[str], factors: Sequence[str], cluster: str, *, level: float = 0.95
) -> Associations:
    """Run `random_intercept` for every outcome with every factor, fitted together.

    A pair that can't be tested (a constant factor, say) goes to `.problems` with its reason; a column that
    does not exist or is not numeric is an error.
    """
    check_level(level)
    group, labels = codes(frame, cluster)
    values = {name: numeric(frame, name) for name in dict.fromkeys([*outcomes, *factors])}
    known = np.flatnonzero(group >= 0)
    if not len(known):
        raise MethodError(f"column {cluster!r} is empty: no unit belongs to a cluster")
    pairs = [(outcome, factor) for outcome, factor in product(outcomes, factors) if outcome != factor]
    if not pairs:
        raise MethodError("no pair of an outcome with a different factor is named")
    columns = np.array([[values[outcome][known], values[factor][known]] for outcome, factor in pairs])
    fitted = reml.slopes(columns[:, 0], columns[:, 1], group[known])
    results: list[Association] = []
    problems = []
    for i, (outcome, factor) in enumerate(pairs):
        try:
            names = (outcome, factor, cluster)
            read = complete_units(values[outcome], values[factor], group, labels, names)
            if np.isnan(fitted.p[i, 0]):
                raise not_estimable(read)
        except MethodError as error:
            problems.append({"outcome": outcome, "factor": factor, "problem": error.what})
            continue
        results.append(_result(read, one(fitted, i), 0, METHOD, level))
    return Associations(tuple(results), pd.DataFrame(problems, columns=["outcome", "factor", "problem"]))


def one(fitted: reml.Fit, i: int) -> reml.Fit:
    """Return the i-th data set of a fit."""
    return reml.Fit(*(getattr(fitted, name)[i : i + 1] for name in reml.Fit.__slots__))
