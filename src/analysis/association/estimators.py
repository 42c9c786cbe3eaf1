"""One association by every other standard method, each on its own scale and with the smallest p that it can give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association.bootstrap import wild_bootstrap
from analysis.association.combine import Fisher, fisher
from analysis.association.cumulative_link import ordinal
from analysis.association.mixed import random_intercept, within_between
from analysis.association.permutation import permutation_clusters, permutation_within
from analysis.association.rank import stratified_kendall
from analysis.association.results import Association, between, count, effect, p_value
from analysis.association.robust import cluster_robust
from analysis.errors import MethodError

STANDARDISED = "standardised"


@dataclass(frozen=True, slots=True)
class Estimators:
    """One association by several methods, the primary and the co-primary test first.

    Attributes
    ----------
    table : DataFrame
        One row a method (`way`): what its estimate measures (`scale`; only those that are ``standardised`` can be
        compared), the estimate with its bounds (`standardised` ...), df, p, floor (the smallest p that the method can
        give on these data, NaN where there is no such limit), n_units, and the problem where it could not be fitted.
    outcome, factor : str
    alpha : float
    """

    table: pd.DataFrame
    outcome: str
    factor: str
    alpha: float

    @property
    def comparable(self) -> pd.DataFrame:
        """The rows whose estimates are standardised slopes."""
        return self.table[self.table["scale"] == STANDARDISED]

    @property
    def summary(self) -> str:
        """The range of estimates and of p over the methods other than the plan's two."""
        first, others = self.table.iloc[0], self.table.iloc[2:].dropna(subset="p")
        known = self.comparable.iloc[2:].dropna(subset="standardised")
        told = self.table["standardised"].dropna()
        sign = "all estimates" if (np.sign(told) == np.sign(first["standardised"])).all() else "not all estimates"
        least, most = others.loc[others["p"].idxmin()], others.loc[others["p"].idxmax()]
        return (
            f"Beside the primary test of {self.factor} with {self.outcome} ({effect(first['standardised'])}, "
            f"{between(first['standardised_low'], first['standardised_high'])}, {p_value(first['p'])}), the "
            f"standardised estimates by {count(len(known), 'other method')} on its scale lie between "
            f"{effect(known['standardised'].min())} and {effect(known['standardised'].max())}, and {sign} have its "
            f"sign; over {count(len(others), 'other method')} p is at most {self.alpha:g} by "
            f"{int((others['p'] <= self.alpha).sum())}, from {p_value(least['p'])} ({least['way']}) to "
            f"{p_value(most['p'])} ({most['way']})."
        )


def other_estimators(
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    alpha: float = 0.05,
    level: float = 0.95,
    seed: int = 2017,
) -> Estimators:
    """Estimate one association by every other method of the package.

    Parameters
    ----------
    frame, outcome, factor, cluster, level
        As in `random_intercept`, whose errors are those of this function; another method that can't be used on the data
        is listed with the reason.
    alpha : float
        Level named in the summary.
    seed : int
        For arrangements that have to be drawn.
    """
    given = (frame, outcome, factor, cluster)
    ways: list[tuple[str, str, Callable[[], Association | Fisher]]] = [
        ("primary: random intercept", STANDARDISED, lambda: random_intercept(*given, level=level)),
        ("co-primary: permutation within clusters", STANDARDISED, lambda: permutation_within(*given, seed=seed)),
        ("cluster-robust CR2", STANDARDISED, lambda: cluster_robust(*given, kind="CR2", level=level)),
        ("wild bootstrap, Rademacher signs", STANDARDISED, lambda: wild_bootstrap(*given, level=level, seed=seed)),
        ("wild bootstrap, Webb weights", STANDARDISED,
         lambda: wild_bootstrap(*given, weights="webb", level=level, seed=seed)),
        ("part within clusters (Mundlak)", STANDARDISED, lambda: within_between(*given, level=level).within),
        ("part between clusters (Mundlak)", STANDARDISED, lambda: within_between(*given, level=level).between),
        ("permutation of clusters", STANDARDISED, lambda: permutation_clusters(*given, level=level, seed=seed)),
        ("Fisher's combination of both permutations", "none", lambda: fisher(*given, level=level, seed=seed)),
        ("Kendall's tau within clusters", "tau-b", lambda: stratified_kendall(*given, seed=seed)),
        ("proportional odds, cluster-robust", "log odds per SD of the factor", lambda: ordinal(*given, level=level)),
    ]  # fmt: skip
    rows = [_row(way, scale, method) for way, scale, method in ways]
    if rows[0]["problem"]:
        random_intercept(*given, level=level)
    return Estimators(pd.DataFrame(rows), outcome, factor, alpha)


def _row(way: str, scale: str, method: Callable[[], Association | Fisher]) -> dict[str, object]:
    """Return a method's row, or its reason for having no result."""
    nothing = dict.fromkeys(("standardised", "standardised_low", "standardised_high", "df", "p", "floor"), np.nan)
    row: dict[str, object] = {"way": way, "scale": scale, **nothing, "n_units": 0, "problem": ""}
    try:
        found = method()
    except MethodError as error:
        return row | {"problem": error.what}
    row |= {"p": found.p, "floor": found.floor or np.nan}
    if isinstance(found, Fisher):
        return row | {"n_units": found.within.n_units}
    low, high = found.standardised_interval
    return row | {
        "standardised": found.standardised, "standardised_low": low, "standardised_high": high, "df": found.df,
        "n_units": found.n_units,
    }  # fmt: skip
