"""Coder error: the estimate by each coder, and as a band over what the true grades may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association import reml
from analysis.association.coder_model import DawidSkene, dawid_skene
from analysis.association.design import Floats, codes, column
from analysis.association.mixed import random_intercept
from analysis.association.results import RandomIntercept, number, p_value, percent
from analysis.association.rubin import Pooled, pool
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class CoderError:
    """How much the estimate depends on who coded.

    Attributes
    ----------
    main : RandomIntercept
        From the mean of the coders of each interview.
    table : DataFrame
        One row a coder: estimate, low, high, p, interviews (coded by this coder); that coder's grades where there are
        any, elsewhere the mean of the others.
    pooled : Pooled
        Over draws of the true grades from a Dawid-Skene model; `.share` is the coders' part of the uncertainty.
    draws : DataFrame
        One row a draw: estimate, se, df.
    model : DawidSkene
    seed : int
    """

    main: RandomIntercept
    table: pd.DataFrame
    pooled: Pooled
    draws: pd.DataFrame
    model: DawidSkene
    seed: int

    @property
    def summary(self) -> str:
        """The main estimate, the range over coders, and the band."""
        low, high = self.table["estimate"].min(), self.table["estimate"].max()
        return (
            f"The estimate of {self.main.factor} on {self.main.outcome} is {number(self.main.estimate)} "
            "with the mean of "
            f"coders and {number(low)} to {number(high)} by single coders; over draws of the true grades it is "
            f"{number(self.pooled.estimate)} ({number(self.pooled.interval[0])} to {number(self.pooled.interval[1])}, "
            f"{p_value(self.pooled.p)}), and {percent(round(self.pooled.share, 2))} of its uncertainty is the coders'."
        )


def coder_error(
    ratings: pd.DataFrame,
    frame: pd.DataFrame,
    outcome: str,
    factor: str,
    cluster: str,
    *,
    unit: str,
    interview: str,
    coder: str,
    draws: int = 50,
    level: float = 0.95,
    seed: int = 2017,
) -> CoderError:
    """Refit the primary model by coder, and over imputations of the true grades.

    Parameters
    ----------
    ratings : DataFrame
        One row an interview and coder: columns `interview`, `coder`, `unit`, and `factor` with the coder's grade.
    frame : DataFrame
        One row a unit: `unit`, `cluster`, `outcome`.
    outcome, factor, cluster, unit, interview, coder : str
        Column names.
    draws : int
        Imputations. Each refits the error model to a resample of interviews, so that its own
        uncertainty is carried along, and draws every interview's true grade.
    level : float
    seed : int

    Notes
    -----
    The true grades are drawn without the outcome, which pulls the pooled estimate towards zero where coders
    disagree much; the main estimate stays the one from the mean of coders.
    """
    if codes(ratings, coder)[0].max(initial=-1) < 1:
        raise MethodError(f"one coder alone shows nothing about coder error: {coder!r} needs at least two")
    graded = ratings[ratings[interview].notna() & column(ratings, factor).notna() & column(ratings, unit).notna()]
    main = random_intercept(
        _units(graded.groupby([unit, interview], as_index=False)[factor].mean(), frame, factor, outcome, cluster, unit),
        outcome,
        factor,
        cluster,
        level=level,
    )
    rows = [
        _by_coder(graded, frame, outcome, factor, cluster, unit, interview, coder, who, level)
        for who in sorted(graded[coder].unique())
    ]
    model, values = _imputed(graded, factor, interview, coder, draws, np.random.default_rng(seed))
    names = graded.drop_duplicates(interview)
    fitted = _refitted(values, names[unit], frame, outcome, cluster, unit)
    pooled = pool(fitted["estimate"].to_numpy(), fitted["se"].to_numpy(), fitted["df"].to_numpy(), level)
    return CoderError(main, pd.DataFrame(rows), pooled, fitted, model, seed)


def _units(
    interviews: pd.DataFrame, frame: pd.DataFrame, factor: str, outcome: str, cluster: str, unit: str
) -> pd.DataFrame:
    """Average interviews to units and put the outcome beside them."""
    means = interviews.groupby(unit, as_index=False)[factor].mean()
    return frame[[unit, cluster, outcome]].merge(means, on=unit, how="left", validate="one_to_one")


def _by_coder(
    graded: pd.DataFrame, frame: pd.DataFrame, outcome: str, factor: str, cluster: str,
    unit: str, interview: str, coder: str, who: object, level: float,
) -> dict[str, object]:  # fmt: skip
    """Refit with one coder's grades wherever that coder has graded."""
    own = graded[graded[coder] == who]
    rest = graded[~graded[interview].isin(own[interview])]
    joined = pd.concat([own, rest]).groupby([unit, interview], as_index=False)[factor].mean()
    row: dict[str, object] = {"coder": who, "interviews": int(own[interview].nunique())}
    try:
        found = random_intercept(
            _units(joined, frame, factor, outcome, cluster, unit), outcome, factor, cluster, level=level
        )
    except MethodError as error:
        return row | {"estimate": np.nan, "low": np.nan, "high": np.nan, "p": np.nan, "problem": error.what}
    return row | {
        "estimate": found.estimate,
        "low": found.interval[0],
        "high": found.interval[1],
        "p": found.p,
        "problem": "",
    }


def _imputed(
    graded: pd.DataFrame, factor: str, interview: str, coder: str, draws: int, rng: np.random.Generator
) -> tuple[DawidSkene, Floats]:
    """Fit the error model and draw true grades, shape (draws, n_interviews in order of appearance)."""
    model = dawid_skene(graded, item=interview, coder=coder, value=factor)
    n = len(model.items)
    values = []
    for _ in range(draws):
        weights = np.bincount(rng.integers(n, size=n), minlength=n).astype(float)
        again = dawid_skene(graded, item=interview, coder=coder, value=factor, weights=weights, iterations=100)
        values.append(again.draw(rng)[0])
    return model, np.array(values)


def _refitted(
    values: Floats, unit_of: pd.Series, frame: pd.DataFrame, outcome: str, cluster: str, unit: str
) -> pd.DataFrame:
    position = pd.Index(frame[unit]).get_indexer(pd.Index(unit_of))
    kept = position >= 0
    member = np.zeros((values.shape[1], len(frame)))
    member[np.flatnonzero(kept), position[kept]] = 1.0
    with np.errstate(invalid="ignore"):
        factors = (values @ member) / member.sum(axis=0)
    y = np.broadcast_to(frame[outcome].to_numpy(dtype=float), factors.shape)
    group = codes(frame, cluster)[0]
    fitted = reml.slopes(y[:, group >= 0], factors[:, group >= 0], group[group >= 0])
    return pd.DataFrame({"estimate": fitted.estimate[:, 0], "se": fitted.se[:, 0], "df": fitted.df[:, 0]})
