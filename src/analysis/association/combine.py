"""The evidence within clusters and between them, combined."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd
from scipy import special

from analysis.association.mixed import within_between
from analysis.association.permutation import permutation_clusters, permutation_within
from analysis.association.results import Association, p_value, stack
from analysis.errors import MethodError

Parts = Literal["kenward_roger", "permutation"]


@dataclass(frozen=True, slots=True)
class Fisher:
    """Fisher's combination of two p-values.

    Attributes
    ----------
    within, between : Association
    statistic : float
        -2 (ln p_within + ln p_between).
    df : int
        4.
    p : float
    floor : float
        The smallest p that the parts' floors allow.
    """

    within: Association
    between: Association
    statistic: float
    df: int
    p: float
    floor: float

    @property
    def same_sign(self) -> bool:
        """Whether both parts point the same way; where not, the combined p supports neither direction."""
        return self.within.estimate * self.between.estimate > 0

    @property
    def table(self) -> pd.DataFrame:
        """Three rows: within, between, combined (which has no estimate)."""
        parts = stack([self.within, self.between])
        combined = {
            "method": "Fisher combination",
            "outcome": self.within.outcome,
            "factor": self.within.factor,
        }
        return pd.concat(
            [parts, pd.DataFrame([combined | {"p": self.p, "df": self.df, "floor": self.floor}])],
            ignore_index=True,
        )

    @property
    def summary(self) -> str:
        """The combined p and whether the parts agree in sign."""
        way = "in the same direction" if self.same_sign else "in opposite directions"
        return (
            f"Within ({p_value(self.within.p)}) and between clusters ({p_value(self.between.p)}) "
            f"{self.within.factor} "
            f"and {self.within.outcome} go {way}; combined {p_value(self.p)} (Fisher)."
        )


def fisher(
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    parts: Parts = "permutation",
    level: float = 0.95,
    seed: int = 2017,
) -> Fisher:
    """Combine the association within clusters with that between clusters.

    Parameters
    ----------
    frame, outcome, factor, cluster, level
        As in `random_intercept`.
    parts : {"permutation", "kenward_roger"}
        From `permutation_within` and `permutation_clusters`, or from `within_between`. Under no association
        the two parts are independent.
    seed : int
        For arrangements that have to be drawn.

    Notes
    -----
    Fisher (1932), Statistical Methods for Research Workers, 4th edition, section 21.1.
    """
    if parts not in get_args(Parts):
        raise MethodError(f"there are no parts {parts!r}", allowed=get_args(Parts), value=parts)
    within: Association
    between: Association
    if parts == "permutation":
        within = permutation_within(frame, outcome, factor, cluster, level=level, seed=seed)
        between = permutation_clusters(frame, outcome, factor, cluster, level=level, seed=seed)
    else:
        both = within_between(frame, outcome, factor, cluster, level=level)
        within, between = both.within, both.between
    statistic = -2.0 * (math.log(within.p) + math.log(between.p))
    lowest = within.floor * between.floor
    floor = 0.0 if lowest == 0 else _upper(-2.0 * math.log(lowest))
    return Fisher(within, between, statistic, 4, _upper(statistic), floor)


def _upper(statistic: float) -> float:
    return float(special.chdtrc(4, statistic))
