"""What the methods return: frozen results with one tidy table and one plain sentence each."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from analysis.association.design import Units
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """How an outcome goes with a factor, by one method.

    Attributes
    ----------
    method, outcome, factor, cluster : str
    estimate : float
        Change in the outcome per unit of the factor, in the outcome's units.
    se, df, p : float
        Standard error, degrees of freedom and two-sided p; NaN where the method has none.
    interval : tuple of float
        Bounds at `level`.
    level : float
        Coverage the interval aims at, in (0, 1).
    standardised : float
        Estimate in standard deviations of the outcome per standard deviation of the factor (over units).
    standardised_interval : tuple of float
    n_units, n_clusters, n_dropped : int
        Units and clusters used; rows left out because a value was missing.
    floor : float
        The smallest p that the method can give on these data (0 where there is no such limit).
    """

    method: str
    outcome: str
    factor: str
    cluster: str
    estimate: float
    se: float
    df: float
    p: float
    interval: tuple[float, float]
    level: float
    standardised: float
    standardised_interval: tuple[float, float]
    n_units: int
    n_clusters: int
    n_dropped: int
    floor: float = 0.0

    @property
    def statistic(self) -> float:
        """Estimate over its standard error."""
        return self.estimate / self.se

    @property
    def per_sd(self) -> float:
        """Standardised estimate per unit of the raw one: the factor's standard deviation over the outcome's."""
        if self.estimate:
            return self.standardised / self.estimate
        ends = self.interval, self.standardised_interval
        return (ends[1][1] - ends[1][0]) / (ends[0][1] - ends[0][0])

    @property
    def table(self) -> pd.DataFrame:
        """One row: what was tested, estimate first, then interval, then p."""
        return pd.DataFrame([self.row()])

    def row(self) -> dict[str, object]:
        """Return the row of `table` as a dictionary."""
        return {
            "method": self.method, "outcome": self.outcome, "factor": self.factor,
            "estimate": self.estimate, "low": self.interval[0], "high": self.interval[1],
            "standardised": self.standardised, "standardised_low": self.standardised_interval[0],
            "standardised_high": self.standardised_interval[1], "se": self.se, "df": self.df, "p": self.p,
            "floor": self.floor, "level": self.level, "n_units": self.n_units,
            "n_clusters": self.n_clusters, "n_dropped": self.n_dropped,
        }  # fmt: skip

    @property
    def summary(self) -> str:
        """One sentence: effect, interval, p, and on what it rests."""
        return (
            f"{self.outcome} changes by {number(self.estimate)} per unit of {self.factor} "
            f"({percent(self.level)} interval {number(self.interval[0])} to {number(self.interval[1])}; "
            f"standardised {number(self.standardised)}), {p_value(self.p)}; {self.basis}."
        )

    @property
    def basis(self) -> str:
        """The method and the numbers of units, clusters and dropped rows, in words."""
        df = "" if math.isnan(self.df) else f", df {self.df:.1f}"
        dropped = "" if not self.n_dropped else f", {count(self.n_dropped, 'row')} dropped for a missing value"
        return f"{self.method}{df}, {self.n_units} units in {self.n_clusters} clusters{dropped}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomIntercept(Association):
    """A random-intercept model by REML with Kenward-Roger inference.

    Attributes
    ----------
    variance_cluster, variance_residual : float
        REML variance components, in squared units of the outcome.
    """

    variance_cluster: float = math.nan
    variance_residual: float = math.nan

    @property
    def icc(self) -> float:
        """Share of the variance left by the factor that lies between clusters, in 0-1."""
        return self.variance_cluster / (self.variance_cluster + self.variance_residual)

    @property
    def singular(self) -> bool:
        """Whether the variance between clusters was estimated as zero."""
        return self.variance_cluster == 0.0

    def row(self) -> dict[str, object]:
        """Return the row of `table` with the variance components."""
        more = {
            "variance_cluster": self.variance_cluster,
            "variance_residual": self.variance_residual,
            "icc": self.icc,
        }
        return Association.row(self) | more


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationTest(Association):
    """A test by rearranging units within clusters, or clusters.

    Attributes
    ----------
    arrangements : int
        Arrangements the p-value counts: all of them where `exact`, else the number drawn.
    possible : int
        All arrangements there are.
    exact : bool
        Whether every arrangement was counted.
    seed : int or None
        Seed of the draws where not exact.
    edges, shares : array
        Bins of the estimate and the share of arrangements in each; empty where the method has no such distribution.
    """

    arrangements: int = 0
    possible: int = 0
    exact: bool = True
    seed: int | None = None
    edges: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False, compare=False)
    shares: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False, compare=False)

    @property
    def null(self) -> pd.DataFrame:
        """Distribution of the estimate over arrangements: columns low, high (of each bin), share."""
        return pd.DataFrame({"low": self.edges[:-1], "high": self.edges[1:], "share": self.shares})

    def row(self) -> dict[str, object]:
        """Return the row of `table` with what the p-value counts."""
        more = {
            "arrangements": _whole(self.arrangements),
            "possible": _whole(self.possible),
            "exact": self.exact,
        }
        return Association.row(self) | more

    @property
    def basis(self) -> str:
        """How many arrangements were counted, and the floor of p."""
        what = (
            f"all {many(self.arrangements)} arrangements"
            if self.exact
            else f"{self.arrangements:,} of {many(self.possible)} arrangements drawn with seed {self.seed}"
        )
        return f"{Association.basis.fget(self)}, {what}, p cannot be below {self.floor:.2g}"  # type: ignore[attr-defined]


def _whole(number: int) -> int | float:
    """Return a count as a table can hold it: its whole numbers end at 2^63, beyond that the size is what matters."""
    return number if number < 2**63 else float(number)


def t_interval(estimate: float, se: float, df: float, level: float) -> tuple[float, float]:
    """Return the bounds of a t interval."""
    reach = float(special.stdtrit(df, 0.5 + level / 2.0)) * se
    return estimate - reach, estimate + reach


def t_fields(read: Units, method: str, estimate: float, se: float, df: float, level: float) -> dict[str, object]:
    """Return the fields of an Association that rests on a t test."""
    check_level(level)
    interval = t_interval(estimate, se, df, level)
    p = float(2.0 * special.stdtr(df, -abs(estimate / se)))
    return fields(read, method, estimate, interval, level) | {"se": float(se), "df": float(df), "p": p}


def fields(read: Units, method: str, estimate: float, interval: tuple[float, float], level: float) -> dict[str, object]:
    """Return the fields that every Association has except se, df and p."""
    unit = read.ratio_of_spreads
    return {
        "method": method, "outcome": read.names[0], "factor": read.names[1], "cluster": read.names[2],
        "estimate": float(estimate), "interval": (float(interval[0]), float(interval[1])), "level": level,
        "standardised": float(estimate) * unit,
        "standardised_interval": (float(interval[0]) * unit, float(interval[1]) * unit),
        "n_units": read.n_units, "n_clusters": read.n_clusters, "n_dropped": read.n_dropped,
    }  # fmt: skip


def check_level(level: float) -> None:
    """Refuse a coverage outside (0, 1)."""
    if not 0.0 < level < 1.0:
        raise MethodError(f"level must lie between 0 and 1, not {level!r}", fix="use 0.95 for a 95 % interval")


def check_draws(draws: int, name: str = "draws", least: int = 99) -> None:
    """Refuse so few draws, or rearrangements, that no p could be small."""
    if draws < least:
        raise MethodError(f"{name} must be at least {least}, not {draws}")


def p_value(p: float) -> str:
    """Return a p-value in words: ``p = .031``, ``p < .001``."""
    if math.isnan(p):
        return "p not available"
    if p < 0.001:
        return "p < .001"
    return "p = 1" if p > 0.9995 else f"p = {p:.3f}".replace("0.", ".", 1)


def number(value: float) -> str:
    """Return a number with a precision that fits its size."""
    if not math.isfinite(value):
        return {math.inf: "unbounded above", -math.inf: "unbounded below"}.get(value, "not available")
    size = abs(value)
    if 0 < size < 0.01:
        return f"{value:.2g}"
    return f"{value:.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def effect(value: float) -> str:
    """Return a standardised estimate as tables show it: two decimals, and no sign on a zero."""
    return f"{round(value, 2) + 0.0:.2f}" if math.isfinite(value) else number(value)


def percent(share: float) -> str:
    """Return a share as a percentage: 0.95 gives ``95 %``."""
    return f"{100 * share:.3g} %"


def count(n: int, noun: str) -> str:
    """Return ``1 row``, ``2 rows``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def many(n: int) -> str:
    """Return a number of things: 1,728 in full, what is beyond a million million as a power of ten."""
    return f"{n:,}" if n < 10**12 else f"about 10^{round(n.bit_length() * math.log10(2))}"


def in_spreads(table: pd.DataFrame, per_sd: float) -> pd.DataFrame:
    """Put beside estimate, low and high what they are in standard deviations: standardised and its bounds."""
    names = {"estimate": "standardised", "low": "standardised_low", "high": "standardised_high"}
    return table.assign(**{new: table[old] * per_sd for old, new in names.items()})


def between(low: float, high: float) -> str:
    """Return the bounds of a standardised estimate in words: ``0.22 to 1.20``."""
    return f"{effect(low)} to {effect(high)}"


def stack(results: list[Association]) -> pd.DataFrame:
    """Return one table with a row for each result."""
    return pd.DataFrame([result.row() for result in results]) if results else pd.DataFrame()
