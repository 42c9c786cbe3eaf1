"""How high a partnership stands on each factor, how surely, and where its informants see it differently."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import MethodError

REQUIRED = ("unit", "informant", "factor", "value")


def informant_values(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return one row an informant and factor, averaged over coders; missing values are left out.

    Parameters
    ----------
    ratings : DataFrame
        Columns `unit`, `informant`, `factor`, `value`; `side` (`council` or `partner`) and `coder` where known.

    Raises
    ------
    MethodError
        A column is missing.
    """
    missing = [name for name in REQUIRED if name not in ratings.columns]
    if missing:
        raise MethodError(f"the ratings have no column {missing[0]!r}", allowed=list(REQUIRED), value=missing[0])
    side = ratings["side"] if "side" in ratings.columns else None
    known = ratings.assign(side=side)[ratings["value"].notna()]
    values = known.groupby(["unit", "informant", "factor"], as_index=False, sort=True).agg(
        value=("value", "mean"), side=("side", "first")
    )
    return values[["unit", "informant", "side", "factor", "value"]]


def coder_spread(ratings: pd.DataFrame) -> pd.Series:
    """Return, by factor, the pooled standard deviation of coders about the same informant.

    Missing where no informant of any unit was coded twice.
    """
    if "coder" not in ratings.columns:
        return pd.Series(dtype="float64", name="coder_sd")
    known = ratings[ratings["value"].notna()]
    return _pooled(known, ["unit", "informant", "factor"])["sd"].rename("coder_sd")


def usual_spread(values: pd.DataFrame) -> pd.DataFrame:
    """Return, by factor, the pooled standard deviation `sd` of informants within a unit and its `df`.

    The within mean square of a one-way analysis of variance over all units: with three to seven informants a
    partnership's own standard deviation is too unsure to rest an interval on.
    """
    return _pooled(values, ["unit", "factor"])


def _pooled(frame: pd.DataFrame, cells: list[str]) -> pd.DataFrame:
    cell = frame.groupby(cells)["value"].agg(["count", "var"])
    cell = cell[cell["count"] > 1].reset_index()
    squares = (cell["var"] * (cell["count"] - 1)).groupby(cell["factor"]).sum()
    df = (cell["count"] - 1).groupby(cell["factor"]).sum().astype("float64")
    return pd.DataFrame({"sd": np.sqrt(squares / df), "df": df})


def unit_levels(values: pd.DataFrame, unit: str, scale: tuple[float, float], level: float = 0.95) -> pd.DataFrame:
    r"""Return one row a factor with a unit's score, its interval and how far its informants agree.

    Parameters
    ----------
    values : DataFrame
        From `informant_values`, all units (those of others only lend their spread).
    unit : str
    scale : tuple of float
        Least and most value that a rating can take.
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Index `factor`; `score`, `low`, `high` (within the scale), `n_informants`, `sd`, `usual_sd`, `agreement`
        (:math:`r_{wg}`, 0-1), `divided` (p that informants of one usual partnership differ this much).

    Notes
    -----
    Interval: :math:`\bar x \pm t_{df} s_p / \sqrt n` with the pooled `s_p` of `usual_spread`. Agreement: James,
    Demaree and Wolf (1984), Journal of Applied Psychology 69, 85-98, against an even spread over the scale,
    :math:`r_{wg} = 1 - s^2 / (w (w + 2) / 12)` for a scale of width w, not below 0. `divided`: one-sided F test of
    the unit's variance against the pooled variance of the others.
    """
    own = values[values["unit"] == unit]
    table = own.groupby("factor")["value"].agg(score="mean", n_informants="count", sd="std")
    usual = usual_spread(values).reindex(table.index)
    reach = stats.t.ppf(0.5 + level / 2, usual["df"]) * usual["sd"] / np.sqrt(table["n_informants"])
    width = scale[1] - scale[0]
    return table.assign(
        low=(table["score"] - reach).clip(lower=scale[0]),
        high=(table["score"] + reach).clip(upper=scale[1]),
        usual_sd=usual["sd"],
        agreement=(1.0 - table["sd"] ** 2 / (width * (width + 2.0) / 12.0)).clip(lower=0.0),
        divided=_divided(table, values[values["unit"] != unit]),
    )


def _divided(table: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    usual = usual_spread(others).reindex(table.index)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = table["sd"] ** 2 / usual["sd"] ** 2
    p = stats.f.sf(ratio, table["n_informants"] - 1, usual["df"])
    return pd.Series(p, index=table.index).where(ratio.notna() & (table["n_informants"] > 1))


def side_gaps(values: pd.DataFrame, unit: str, level: float = 0.95) -> pd.DataFrame:
    """Return, by factor, how much higher the council's informants put it than the partners'.

    Returns
    -------
    DataFrame
        Index `factor`; `council`, `partner` (means), `n_council`, `n_partner` (informants), `side_gap` (council less
        partner), `side_low`, `side_high`, by the pooled spread of `usual_spread`. Missing where one side has nobody.
    """
    own = values[values["unit"] == unit]
    sides = own.pivot_table(index="factor", columns="side", values="value", aggfunc=["mean", "count"])
    mean = {side: _side(sides, "mean", side) for side in ("council", "partner")}
    n = {side: _side(sides, "count", side) for side in ("council", "partner")}
    factors = own["factor"].drop_duplicates().sort_values()
    usual = usual_spread(values).reindex(factors)
    gap = (mean["council"] - mean["partner"]).reindex(factors)
    inverse = (1.0 / n["council"] + 1.0 / n["partner"]).reindex(factors)
    reach = stats.t.ppf(0.5 + level / 2, usual["df"]) * usual["sd"] * np.sqrt(inverse)
    return pd.DataFrame(
        {
            "council": mean["council"].reindex(factors),
            "partner": mean["partner"].reindex(factors),
            "n_council": n["council"].reindex(factors).fillna(0).astype("int64"),
            "n_partner": n["partner"].reindex(factors).fillna(0).astype("int64"),
            "side_gap": gap,
            "side_low": gap - reach,
            "side_high": gap + reach,
        }
    )


def _side(sides: pd.DataFrame, measure: str, side: str) -> pd.Series:
    if (measure, side) in sides.columns:
        return sides[(measure, side)].astype("float64")
    return pd.Series(np.nan, index=sides.index, dtype="float64")


def benchmark_range(benchmark: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return the range of the other units' scores by factor, without naming any of them.

    Parameters
    ----------
    benchmark : DataFrame
        Columns `unit`, `factor`, `value`: one score a unit and factor.
    unit : str
        The unit under review, which is left out.

    Returns
    -------
    DataFrame
        Index `factor`; `study_low`, `study_median`, `study_high` (25, 50 and 75 per cent), `n_units`.
    """
    others = benchmark[(benchmark["unit"] != unit) & benchmark["value"].notna()].groupby("factor")["value"]
    quartiles = others.quantile([0.25, 0.5, 0.75]).unstack()
    quartiles = quartiles.reindex(columns=[0.25, 0.5, 0.75])
    quartiles.columns = pd.Index(["study_low", "study_median", "study_high"])
    return quartiles.assign(n_units=others.count().reindex(quartiles.index))


def rescale(values: pd.Series, scale: tuple[float, float], to: tuple[float, float]) -> pd.Series:
    """Map values of one scale to another by their ends, so that two measures can lie in one picture."""
    return to[0] + (values - scale[0]) * (to[1] - to[0]) / (scale[1] - scale[0])
