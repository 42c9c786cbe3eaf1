"""Coder error: the estimate by each coder, and as a band over what the true grades may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association import reml
from analysis.association.coder_model import DawidSkene, dawid_skene
from analysis.association.design import Floats, codes, column
from analysis.association.mixed import random_intercept
from analysis.association.results import RandomIntercept, between, effect, in_spreads, p_value, percent
from analysis.association.rubin import Pooled, pool
from analysis.errors import MethodError

# Scores of up to so many values are grades as they stand; rounded, they must be between so many.
_FEW, _ENOUGH, _MANY = 6, 3, 20


@dataclass(frozen=True, slots=True)
class CoderError:
    """How much the estimate depends on who coded.

    Attributes
    ----------
    main : RandomIntercept
        From the mean of the coders of each interview.
    table : DataFrame
        One row a way to use the coders (`way`): their mean, each coder alone (that coder's scores where there are any,
        elsewhere the mean of the others), draws of the true grades pooled: interviews (those that the coder read),
        estimate, low, high, the same in standard deviations by the spreads of `main`, p, and the problem where a
        coder's scores could not be fitted.
    pooled : Pooled
        Over draws of the true grades from a Dawid-Skene model; `.share` is the coders' part of the uncertainty.
    draws : DataFrame
        One row a draw: estimate, se, df.
    model : DawidSkene
    grades : str
        How scores were read as grades for the error model.
    seed : int
    """

    main: RandomIntercept
    table: pd.DataFrame
    pooled: Pooled
    draws: pd.DataFrame
    model: DawidSkene
    grades: str
    seed: int

    @property
    def single(self) -> pd.DataFrame:
        """The rows of single coders."""
        return self.table.iloc[1:-1]

    @property
    def summary(self) -> str:
        """The main estimate, the range over coders, and the band."""
        low, high = self.single["standardised"].min(), self.single["standardised"].max()
        pooled = self.table.iloc[-1]
        return (
            f"The standardised estimate of {self.main.factor} on {self.main.outcome} is "
            f"{effect(self.main.standardised)} ({between(*self.main.standardised_interval)}) with the mean of coders "
            f"and {between(low, high)} by single coders; over draws of the true grades ({self.grades}) it is "
            f"{effect(pooled['standardised'])} "
            f"({between(pooled['standardised_low'], pooled['standardised_high'])}, {p_value(self.pooled.p)}), and "
            f"{percent(round(self.pooled.share, 2))} of its uncertainty is the coders'."
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
        One row an interview and coder: columns `interview`, `coder`, `unit`, and `factor` with the coder's score
        (missing: what this coder says does not count).
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
    disagree much; the main estimate stays the one from the mean of coders. The error model knows grades: scores of
    more than six values are rounded to whole grades, or, where that would leave fewer than three, cut at their
    fifths, each standing for its mean.
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
    values, how = as_grades(graded[factor].to_numpy(dtype=float))
    model, drawn = _imputed(
        graded.assign(**{factor: values}), factor, interview, coder, draws, np.random.default_rng(seed)
    )
    names = graded.drop_duplicates(interview)
    fitted = _refitted(drawn, names[unit], frame, outcome, cluster, unit)
    pooled = pool(fitted["estimate"].to_numpy(), fitted["se"].to_numpy(), fitted["df"].to_numpy(), level)
    ways = [("mean of coders", main), *rows, ("draws of the true grades, pooled", pooled)]
    return CoderError(main, _ways(ways, graded, interview, coder, main.per_sd), pooled, fitted, model, how, seed)


def as_grades(scores: Floats) -> tuple[Floats, str]:
    """Return scores as few enough grades for an error model, and how that was done in words."""
    if len(np.unique(scores)) <= _FEW:
        return scores, "scores as they stand"
    rounded = np.floor(scores + 0.5)
    if _ENOUGH <= len(np.unique(rounded)) <= _MANY:
        return rounded, "scores rounded to whole grades"
    fifth = np.searchsorted(np.quantile(scores, [0.2, 0.4, 0.6, 0.8]), scores, side="right")
    means = np.bincount(fifth, weights=scores, minlength=5) / np.maximum(np.bincount(fifth, minlength=5), 1)
    return means[fifth], "scores cut at their fifths"


def _ways(
    ways: list[tuple[str, RandomIntercept | Pooled | str]],
    graded: pd.DataFrame,
    interview: str,
    coder: str,
    per_sd: float,
) -> pd.DataFrame:
    """Return one row a way to use the coders."""
    read = graded.groupby(coder)[interview].nunique()
    rows: list[dict[str, object]] = []
    for way, found in ways:
        row: dict[str, object] = {"way": way, "interviews": int(read.get(way, graded[interview].nunique()))}
        if isinstance(found, str):
            rows.append(row | {"estimate": np.nan, "low": np.nan, "high": np.nan, "p": np.nan, "problem": found})
        else:
            low, high = found.interval
            rows.append(row | {"estimate": found.estimate, "low": low, "high": high, "p": found.p, "problem": ""})
    return in_spreads(pd.DataFrame(rows), per_sd)


def _units(
    interviews: pd.DataFrame, frame: pd.DataFrame, factor: str, outcome: str, cluster: str, unit: str
) -> pd.DataFrame:
    """Average interviews to units and put the outcome beside them."""
    means = interviews.groupby(unit, as_index=False)[factor].mean()
    return frame[[unit, cluster, outcome]].merge(means, on=unit, how="left", validate="one_to_one")


def _by_coder(
    graded: pd.DataFrame, frame: pd.DataFrame, outcome: str, factor: str, cluster: str,
    unit: str, interview: str, coder: str, who: str, level: float,
) -> tuple[str, RandomIntercept | str]:  # fmt: skip
    """Refit with one coder's scores wherever that coder has scored; the reason where that can't be fitted."""
    own = graded[graded[coder] == who]
    rest = graded[~graded[interview].isin(own[interview])]
    joined = pd.concat([own, rest]).groupby([unit, interview], as_index=False)[factor].mean()
    units = _units(joined, frame, factor, outcome, cluster, unit)
    try:
        return who, random_intercept(units, outcome, factor, cluster, level=level)
    except MethodError as error:
        return who, error.what


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
