"""From a group of factors through partnership capital to outcomes: two paths, and what their product can bear."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association import random_intercept, reml
from analysis.association.design import numeric
from analysis.association.design import units as complete_units
from analysis.association.mixed import not_estimable
from analysis.association.results import check_level, number, p_value, percent, t_interval
from analysis.errors import MethodError

PATHS = ("a", "b", "direct", "total")


@dataclass(frozen=True, slots=True)
class Path:
    """One coefficient with its test.

    Attributes
    ----------
    estimate, se, df, p : float
        In the units of what the arrow points to, per unit of where it starts; Kenward-Roger.
    interval : tuple of float
    standardised : float
    """

    estimate: float
    se: float
    df: float
    p: float
    interval: tuple[float, float]
    standardised: float


@dataclass(frozen=True, slots=True)
class Mediation:
    """An indirect effect from two random-intercept models over units.

    Attributes
    ----------
    antecedent, mediator, outcome, cluster : str
    a, b, direct, total : Path
        Antecedent to mediator; mediator to outcome with the antecedent held; antecedent to outcome with the
        mediator held; antecedent to outcome.
    indirect : float
        a times b.
    interval : tuple of float
        Monte Carlo interval of the indirect effect.
    standardised : float
        Indirect effect in standard deviations of the outcome per standard deviation of the antecedent.
    joint_p : float
        The larger of the two paths' p: both must hold.
    by_definition : tuple of str
        Columns that antecedent and mediator are both made of; path a holds through them by definition.
    level : float
    n_units, n_clusters, n_dropped, draws, seed : int
    """

    antecedent: str
    mediator: str
    outcome: str
    cluster: str
    a: Path
    b: Path
    direct: Path
    total: Path
    indirect: float
    interval: tuple[float, float]
    standardised: float
    joint_p: float
    by_definition: tuple[str, ...]
    level: float
    n_units: int
    n_clusters: int
    n_dropped: int
    draws: int
    seed: int

    @property
    def table(self) -> pd.DataFrame:
        """One row a path, then the indirect effect (its p is the joint one)."""
        rows = [
            {"path": name, **_row(getattr(self, name)), "n_units": self.n_units, "n_clusters": self.n_clusters}
            for name in PATHS
        ]
        low, high = self.interval
        indirect = {"estimate": self.indirect, "low": low, "high": high, "standardised": self.standardised}
        counts = {"n_units": self.n_units, "n_clusters": self.n_clusters}
        rows.append({"path": "indirect", **indirect, "p": self.joint_p, **counts})
        names = {"antecedent": self.antecedent, "mediator": self.mediator, "outcome": self.outcome}
        return pd.DataFrame(rows).assign(**names, by_definition=", ".join(self.by_definition), level=self.level)

    @property
    def summary(self) -> str:
        """One sentence with the numbers, and a second where the first path holds by definition."""
        circular = (
            f" The first path holds in part by definition: {self.antecedent} and {self.mediator} share "
            f"{', '.join(self.by_definition)}."
            if self.by_definition
            else ""
        )
        return (
            f"By way of {self.mediator} {self.outcome} changes by {number(self.indirect)} per unit of "
            f"{self.antecedent} ({percent(self.level)} Monte Carlo interval {number(self.interval[0])} to "
            f"{number(self.interval[1])}; both paths: {p_value(self.joint_p)}), over {self.n_units} units in "
            f"{self.n_clusters} clusters.{circular}"
        )


def mediation(
    frame: pd.DataFrame,
    *,
    antecedent: str,
    mediator: str,
    outcome: str,
    cluster: str,
    shared: Collection[str] = (),
    level: float = 0.95,
    draws: int = 100_000,
    seed: int = 2017,
) -> Mediation:
    """Estimate the two paths of a hypothesis `antecedent -> mediator -> outcome` and their product.

    Parameters
    ----------
    frame : DataFrame
        One row a unit (partnership); rows that lack one of the three are left out and counted.
    antecedent, mediator, outcome : str
        Three different numeric columns.
    cluster : str
        Column of the area.
    shared : collection of str
        Columns that antecedent and mediator are both made of (`Composites.shared`), to be told in the result.
    level : float
    draws : int
        Of the Monte Carlo interval.
    seed : int

    Raises
    ------
    MethodError
        As `random_intercept`; also where the mediator is a linear function of the antecedent.

    Notes
    -----
    Each path is a random-intercept model with Kenward-Roger inference. Joint significance: MacKinnon et al. (2002),
    Psychological Methods 7, 83-104. Monte Carlo interval: MacKinnon, Lockwood and Williams (2004), Multivariate
    Behavioral Research 39, 99-128, here drawn from t distributions. The product is an effect only if the arrows
    point as drawn and nothing else drives both ends; see `rival_orders`.
    """
    check_level(level)
    if len({antecedent, mediator, outcome}) < 3:
        raise MethodError("antecedent, mediator and outcome must be three different columns")
    used = frame[
        np.isfinite(np.column_stack([numeric(frame, name) for name in (antecedent, mediator, outcome)])).all(1)
    ]
    first = random_intercept(used, mediator, antecedent, cluster, level=level)
    total = random_intercept(used, outcome, antecedent, cluster, level=level)
    b, direct = _given(used, outcome, mediator, antecedent, cluster, level)
    a = Path(first.estimate, first.se, first.df, first.p, first.interval, first.standardised)
    spread = used[antecedent].std() / used[outcome].std()
    return Mediation(
        antecedent=antecedent,
        mediator=mediator,
        outcome=outcome,
        cluster=cluster,
        a=a,
        b=b,
        direct=direct,
        total=Path(total.estimate, total.se, total.df, total.p, total.interval, total.standardised),
        indirect=a.estimate * b.estimate,
        interval=product_interval(a, b, level=level, draws=draws, seed=seed),
        standardised=float(a.estimate * b.estimate * spread),
        joint_p=max(a.p, b.p),
        by_definition=tuple(sorted(shared)),
        level=level,
        n_units=first.n_units,
        n_clusters=first.n_clusters,
        n_dropped=len(frame) - first.n_units,
        draws=draws,
        seed=seed,
    )


def product_interval(a: Path, b: Path, *, level: float, draws: int, seed: int) -> tuple[float, float]:
    """Return the Monte Carlo interval of a product of two independently estimated coefficients."""
    rng = np.random.default_rng(seed)
    product = (a.estimate + a.se * rng.standard_t(a.df, draws)) * (b.estimate + b.se * rng.standard_t(b.df, draws))
    low, high = np.quantile(product, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)


def _row(path: Path) -> dict[str, float]:
    return {
        "estimate": path.estimate,
        "low": path.interval[0],
        "high": path.interval[1],
        "standardised": path.standardised,
        "se": path.se,
        "df": path.df,
        "p": path.p,
    }


def _given(frame: pd.DataFrame, outcome: str, factor: str, held: str, cluster: str, level: float) -> tuple[Path, Path]:
    """Fit ``outcome ~ factor + held + (1 | cluster)`` and return both coefficients."""
    read = complete_units(frame, outcome, factor, cluster)
    other = numeric(frame, held)[read.rows]
    fitted = reml.slopes(read.outcome[None], read.factor[None], read.cluster, extra=other[None, :, None])
    if np.isnan(fitted.p).any():
        raise not_estimable(read)
    if abs(np.corrcoef(read.factor, other)[0, 1]) > 1.0 - 1e-9:
        raise MethodError(f"{factor!r} is a linear function of {held!r}: their paths can't be told apart")
    spreads = (read.factor.std(), other.std())
    paths = []
    for i, spread in enumerate(spreads):
        estimate, se, df, p = (float(getattr(fitted, key)[0, i]) for key in ("estimate", "se", "df", "p"))
        interval = t_interval(estimate, se, df, level)
        paths.append(Path(estimate, se, df, p, interval, estimate * float(spread / read.outcome.std())))
    return paths[0], paths[1]
