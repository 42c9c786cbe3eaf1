"""Units of comparison from tidy codings: interview x factor, segments, sentences or windows, characters.

Every builder gives a tidy frame (interview, factor, unit, start, end, coder, value, count, and the
attributes of the interview) for `agreement_by` and its kin. A coder who read an interview and did not give a
factor to a unit rates it zero; a coder who did not read the interview did not rate it. Units that all rate
zero are the uncoded text: `agreement_by(..., uncoded="both")` reports the coefficient with and without them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.agreement.cuts import Cut, check_lengths, clusters, cut_groups, pieces, placed
from analysis.agreement.spans import refuse_overlapping, span_hits
from analysis.errors import MethodError

VALUES = ("presence", "intensity")
#: Columns of the interviews that units carry, where they are there.
ATTRIBUTES = ("partnership", "area", "month", "role", "sector")
_NEEDED = ("interview", "coder", "factor")


def interview_units(
    codings: pd.DataFrame,
    interviews: pd.DataFrame | None = None,
    *,
    value: str = "presence",
    factors: Sequence[str] | None = None,
    readers: pd.DataFrame | None = None,
    least_coders: int = 2,
) -> pd.DataFrame:
    """Return one unit per interview and factor.

    Parameters
    ----------
    codings : DataFrame
        Columns interview, coder, factor; intensity for value="intensity".
    interviews : DataFrame, optional
        Column interview and any of `ATTRIBUTES`, which the units then carry.
    value : {"presence", "intensity"}
        1 where the coder gave the factor at all, or the highest intensity given; 0 where not given.
    factors : sequence of str, optional
        All factors of the codebook; by default those that somebody gave.
    readers : DataFrame, optional
        Columns interview, coder: who read which interview. By default whoever coded anything in it.
    least_coders : int
        Interviews with fewer readers are left out.
    """
    grid, names = _grid(codings, value, factors, readers, least_coders)
    given = _rated(codings, value).groupby(list(_NEEDED), sort=False)["value"].max()
    frame = grid.merge(pd.DataFrame({"factor": names}), how="cross")
    keys = pd.MultiIndex.from_frame(frame[list(_NEEDED)])
    frame["value"] = given.reindex(keys).fillna(0.0).to_numpy()
    frame = frame.assign(unit=0, start=np.nan, end=np.nan, count=1)
    return _finished(frame, interviews)


def rating_units(
    ratings: pd.DataFrame, interviews: pd.DataFrame | None = None, *, least_coders: int = 2
) -> pd.DataFrame:
    """Return one unit per interview and factor that coders rated directly, without segments.

    Parameters
    ----------
    ratings : DataFrame
        Columns interview, factor, coder, value. A factor that a coder did not rate is missing, not zero.
    interviews, least_coders
        As for `interview_units`.
    """
    _need(ratings, (*_NEEDED, "value"))
    readers = ratings.groupby("interview")["coder"].transform("nunique")
    kept = ratings[readers >= least_coders]
    return _finished(kept.assign(unit=0, start=np.nan, end=np.nan, count=1), interviews)


def span_units(
    codings: pd.DataFrame,
    spans: pd.DataFrame,
    interviews: pd.DataFrame | None = None,
    *,
    value: str = "presence",
    factors: Sequence[str] | None = None,
    readers: pd.DataFrame | None = None,
    least_coders: int = 2,
) -> pd.DataFrame:
    """Return one unit per span of text and factor: sentences, paragraphs, speakers' turns or windows.

    Parameters
    ----------
    codings : DataFrame
        As for `interview_units`, with start and end (in characters, end exclusive). A segment rates every
        span that it shares a character with.
    spans : DataFrame
        Columns interview, start, end; spans of one interview must not overlap (`window_spans`,
        `readers.spans.text_spans`).
    value, factors, readers, least_coders, interviews
        As for `interview_units`.
    """
    ordered = spans.sort_values(["interview", "start"], ignore_index=True)
    refuse_overlapping(ordered)
    grid, names = _grid(codings, value, factors, readers, least_coders)
    hits = span_hits(placed(_rated(codings, value).merge(grid, on=["interview", "coder"])), ordered)
    given = hits.groupby([*_NEEDED, "unit"], sort=False)["value"].max()
    number = ordered.assign(unit=ordered.groupby("interview").cumcount())
    frame = grid.merge(number[["interview", "unit", "start", "end"]], on="interview")
    frame = frame.merge(pd.DataFrame({"factor": names}), how="cross")
    keys = pd.MultiIndex.from_frame(frame[[*_NEEDED, "unit"]])
    frame["value"] = given.reindex(keys).fillna(0.0).to_numpy()
    return _finished(frame.assign(count=1), interviews)


def segment_units(
    codings: pd.DataFrame,
    lengths: Mapping[str, float] | pd.Series,
    interviews: pd.DataFrame | None = None,
    *,
    value: str = "presence",
    factors: Sequence[str] | None = None,
    readers: pd.DataFrame | None = None,
    least_coders: int = 2,
) -> pd.DataFrame:
    """Return one unit per cluster of overlapping segments, and one per uncoded stretch between them.

    Segments of any coders that overlap, directly or through others, are one unit: a coder with a segment in
    it rates it by that, any other reader zero.

    Parameters
    ----------
    codings : DataFrame
        As for `span_units`.
    lengths : mapping or Series
        Interview to the length of its text in characters.
    value, factors, readers, least_coders, interviews
        As for `interview_units`.
    """
    return _built(clusters, codings, lengths, interviews, value, factors, readers, least_coders)


def character_units(
    codings: pd.DataFrame,
    lengths: Mapping[str, float] | pd.Series,
    interviews: pd.DataFrame | None = None,
    *,
    value: str = "presence",
    factors: Sequence[str] | None = None,
    readers: pd.DataFrame | None = None,
    least_coders: int = 2,
) -> pd.DataFrame:
    """Return characters as units; a run that all coders rate alike is one row with its `count`.

    Parameters as for `segment_units`. Neighbouring characters hang together: report bootstrap intervals over
    interviews, never the standard error over units.
    """
    units = _built(pieces, codings, lengths, interviews, value, factors, readers, least_coders)
    return units.assign(count=(units["end"] - units["start"]).astype("int64"))


def uncoded_share(units: pd.DataFrame) -> float:
    """Return the share of units (weighted by `count`) that every coder rates zero, in 0-1."""
    one = units.groupby(["factor", "interview", "unit"], sort=False).agg(most=("value", "max"), n=("count", "first"))
    return float(one.loc[one["most"] == 0, "n"].sum() / one["n"].sum())


def _grid(
    codings: pd.DataFrame,
    value: str,
    factors: Sequence[str] | None,
    readers: pd.DataFrame | None,
    least_coders: int,
) -> tuple[pd.DataFrame, list[str]]:
    """Return who read what (interviews with enough readers), and the factors."""
    _need(codings, _NEEDED)
    if value not in VALUES:
        raise MethodError(f"there is no value {value!r}", allowed=VALUES, value=value, fix="name one of these")
    who = (codings if readers is None else readers)[["interview", "coder"]].drop_duplicates()
    stray = codings.merge(who, how="left", indicator=True)["_merge"] == "left_only"
    if stray.any():
        first = codings[stray.to_numpy()].iloc[0]
        raise MethodError(
            f"{first['coder']} coded {first['interview']} but is not among its readers",
            where="readers",
            fix="add the row, or leave `readers` out",
        )
    n = who.groupby("interview")["coder"].transform("size")
    grid = who[n >= least_coders].sort_values(["interview", "coder"], ignore_index=True)
    if grid.empty:
        raise MethodError(
            f"no interview was read by {least_coders} coders or more",
            fix="agreement needs interviews that two coders coded: check the coders' names",
        )
    return grid, list(factors) if factors is not None else sorted(codings["factor"].dropna().unique())


def _rated(codings: pd.DataFrame, value: str) -> pd.DataFrame:
    if value == "presence":
        return codings.assign(value=1.0)
    _need(codings, ["intensity"])
    if codings["intensity"].isna().any():
        raise MethodError(
            f"{int(codings['intensity'].isna().sum())} codings have no intensity",
            where="codings, column intensity",
            fix="use value='presence', or give every coding an intensity",
        )
    return codings.assign(value=codings["intensity"].astype("float64"))


def _need(codings: pd.DataFrame, columns: Sequence[str]) -> None:
    for column in columns:
        if column not in codings:
            raise MethodError(
                f"the codings lack the column {column!r}",
                allowed=tuple(codings.columns),
                value=column,
                fix="add it",
            )


def _built(
    cut: Cut,
    codings: pd.DataFrame,
    lengths: Mapping[str, float] | pd.Series,
    interviews: pd.DataFrame | None,
    value: str,
    factors: Sequence[str] | None,
    readers: pd.DataFrame | None,
    least_coders: int,
) -> pd.DataFrame:
    grid, names = _grid(codings, value, factors, readers, least_coders)
    known = dict(lengths)
    rated = placed(_rated(codings, value).merge(grid, on=["interview", "coder"]))
    check_lengths(rated, list(grid["interview"].unique()), known)
    blocks = cut_groups(rated[rated["factor"].isin(names)], grid, names, known, cut)
    return _finished(blocks.assign(count=1), interviews)


def _finished(frame: pd.DataFrame, interviews: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["interview", "factor", "unit", "start", "end", "coder", "value", "count"]
    frame = frame[columns]
    if interviews is None:
        return frame
    extra = [name for name in ATTRIBUTES if name in interviews]
    return frame.merge(interviews[["interview", *extra]], on="interview", how="left", validate="m:1")
