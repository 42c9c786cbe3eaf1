"""The two paths of a mediation with every variable from different informants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.association import reml
from analysis.association.design import Floats, Integers, codes, numeric
from analysis.association.results import check_level, number, p_value, t_interval
from analysis.capital.mediation import Path, product_interval
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class SplitMediation:
    """The two paths with antecedent, mediator and outcome each from different informants, over random splits.

    Attributes
    ----------
    table : DataFrame
        One row a split: `a`, `b`, `indirect`, `joint_p`.
    a, b : Path
        Means over splits; standard errors are the root mean square of the splits', since splits of the same data
        are no independent evidence.
    indirect : float
    interval : tuple of float
    joint_p : float
    same_sign : float
        Share of splits whose product has the sign of the mean one.
    n_units, n_dropped_units : int
        Units with three informants or more; others.
    """

    table: pd.DataFrame
    a: Path
    b: Path
    indirect: float
    interval: tuple[float, float]
    joint_p: float
    same_sign: float
    n_units: int
    n_dropped_units: int

    @property
    def summary(self) -> str:
        """One plain sentence with its numbers."""
        return (
            f"With all three from different informants the indirect effect is {number(self.indirect)} "
            f"({number(self.interval[0])} to {number(self.interval[1])}; both paths: {p_value(self.joint_p)}; "
            f"{len(self.table)} splits of {self.n_units} units, {self.n_dropped_units} left out for fewer than three "
            "informants)."
        )


def split_mediation(
    interviews: pd.DataFrame,
    *,
    antecedent: str,
    mediator: str,
    outcome: str,
    cluster: str,
    unit: str,
    splits: int = 200,
    level: float = 0.95,
    draws: int = 100_000,
    seed: int = 2017,
) -> SplitMediation:
    """Estimate both paths with no informant behind more than one of the three variables.

    Parameters
    ----------
    interviews : DataFrame
        One row an informant, with what that informant says of all three (missing where not).
    antecedent, mediator, outcome, cluster, unit : str
        Columns.
    splits, level, draws, seed
        As in `split_informants` and `mediation`.

    Raises
    ------
    MethodError
        Fewer than four units have three informants, or no split can be estimated.
    """
    check_level(level)
    values = {name: numeric(interviews, name) for name in (antecedent, mediator, outcome)}
    position, _ = codes(interviews, unit)
    area = codes(interviews, cluster)[0]
    size = np.bincount(position[position >= 0])
    usable = np.flatnonzero(size >= 3)
    if len(usable) < 4:
        raise MethodError(f"only {len(usable)} units have three informants; at least 4 are needed")
    means = _by_role(list(values.values()), position, usable, splits, np.random.default_rng(seed))
    where = np.array([area[np.flatnonzero(position == at)[0]] for at in usable])
    cluster_codes = np.unique(where, return_inverse=True)[1].astype(np.int64)
    x, m, y = means
    first = reml.slopes(m, x, cluster_codes)
    second = reml.slopes(y, m, cluster_codes, extra=x[..., None])
    table = pd.DataFrame(
        {
            "a": first.estimate[:, 0],
            "b": second.estimate[:, 0],
            "joint_p": np.fmax(first.p[:, 0], second.p[:, 0]),
        }
    ).assign(indirect=lambda frame: frame["a"] * frame["b"])
    known = table["indirect"].notna().to_numpy()
    if not known.any():
        raise MethodError("no split leaves enough units with all three", where=f"{len(usable)} units")
    a = _mean_path(first, known, level)
    b = _mean_path(second, known, level)
    indirect = a.estimate * b.estimate
    return SplitMediation(
        table=table[known].reset_index(drop=True),
        a=a,
        b=b,
        indirect=indirect,
        interval=product_interval(a, b, level=level, draws=draws, seed=seed),
        joint_p=max(a.p, b.p),
        same_sign=float((np.sign(table.loc[known, "indirect"]) == np.sign(indirect)).mean()),
        n_units=len(usable),
        n_dropped_units=int((size > 0).sum() - len(usable)),
    )


def _by_role(
    values: list[Floats], position: Integers, usable: Integers, splits: int, rng: np.random.Generator
) -> list[Floats]:
    """Give each unit's informants one of three roles in each split, and average each role's variable."""
    means = [np.full((splits, len(usable)), np.nan) for _ in values]
    for column, at in enumerate(usable):
        members = np.flatnonzero(position == at)
        roles = rng.permuted(np.tile(np.arange(len(members)), (splits, 1)), axis=1)
        roles = (roles + rng.integers(0, 3, (splits, 1))) % 3
        for role, (mean, value) in enumerate(zip(means, values, strict=True)):
            own = np.where((roles == role) & np.isfinite(value[members]), 1.0, 0.0)
            total = own @ np.nan_to_num(value[members])
            with np.errstate(invalid="ignore"):
                mean[:, column] = total / own.sum(axis=1)
    return means


def _mean_path(fitted: reml.Fit, known: np.ndarray, level: float) -> Path:
    estimate = float(fitted.estimate[known, 0].mean())
    se = float(np.sqrt((fitted.se[known, 0] ** 2).mean()))
    df = float(fitted.df[known, 0].mean())
    p = float(2.0 * special.stdtr(df, -abs(estimate / se)))
    return Path(estimate, se, df, p, t_interval(estimate, se, df, level), np.nan)
