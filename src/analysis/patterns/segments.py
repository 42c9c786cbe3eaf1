"""Segments of text: which columns are needed, how much text a set of segments covers, which overlap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.errors import MethodError

Parents = Mapping[str, str]
NOT_STATED = "not stated"


def need(frame: pd.DataFrame, columns: Iterable[str], *, table: str) -> None:
    """Refuse a frame that lacks a column.

    Raises
    ------
    MethodError
        With the missing column, the columns there are, and the nearest.
    """
    for column in columns:
        if column not in frame.columns:
            raise MethodError(
                f"the {table} lack the column {column!r}",
                where=table,
                allowed=tuple(map(str, frame.columns)),
                value=column,
                fix=f"give {table} with that column",
            )


def stated(column: pd.Series) -> pd.Series:
    """Return a column with the words "not stated" where it is missing."""
    return column.astype(object).where(column.notna(), NOT_STATED) if column.isna().any() else column


def join_interviews(codings: pd.DataFrame, interviews: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the codings with columns of their interviews; a coding of an unknown interview is refused."""
    need(codings, ["interview"], table="codings")
    need(interviews, ["interview", *columns], table="interviews")
    lost = codings.loc[~codings["interview"].isin(interviews["interview"]), "interview"]
    if len(lost):
        raise MethodError(
            f"{lost.nunique()} coded interview(s) are not among the interviews, such as {lost.iloc[0]!r}",
            where="codings, column interview",
            allowed=tuple(map(str, interviews["interview"])),
            value=lost.iloc[0],
            fix="give all interviews, or leave those codings out before",
        )
    wanted = [name for name in columns if name not in codings.columns]
    return codings.merge(interviews[["interview", *wanted]], on="interview", how="left", validate="m:1")


def roll_up(codings: pd.DataFrame, codes: str, parents: Parents | None) -> pd.DataFrame:
    """Return the codings once for their own code and once for each code above it.

    Parameters
    ----------
    parents : mapping, optional
        Code to the code above it, any number of levels deep.

    Raises
    ------
    MethodError
        Where the codes form a circle.
    """
    if not parents:
        return codings
    lines = {code: _ancestors(str(code), parents) for code in codings[codes].dropna().unique()}
    copies = codings.assign(**{codes: codings[codes].map(lines)})
    return copies.explode(codes, ignore_index=True)


def _ancestors(code: str, parents: Parents) -> list[str]:
    line = [code]
    while (above := parents.get(line[-1])) is not None:
        if above in line:
            raise MethodError(
                "the codes form a circle",
                where=" > ".join([*line, above]),
                fix="mend the parent of one of these codes",
            )
        line.append(above)
    return line


def once_covered(codings: pd.DataFrame, keys: Sequence[str]) -> pd.Series:
    """Return how much of each segment is not covered by an earlier one of its group, as a share in 0-1.

    Summed over a group with each segment's length as weight it gives the union's length. A segment without a
    place in the text (or of no length) counts whole.
    """
    place = codings[["start", "end"]].astype("float64")
    ordered = place.assign(**{key: codings[key] for key in keys}).sort_values([*keys, "start", "end"])
    groups = ordered.groupby(list(keys), sort=False, dropna=False)
    reached = groups["end"].cummax().groupby([ordered[key] for key in keys], dropna=False).shift()
    length = ordered["end"] - ordered["start"]
    fresh = (ordered["end"] - np.fmax(ordered["start"], reached.fillna(-np.inf))).clip(lower=0)
    share = (fresh / length).where(length > 0, 1.0)
    return share.reindex(codings.index)


def overlaps(a: pd.DataFrame, b: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return the pairs of segments, one of each frame, that share at least one character within a group.

    Both frames have the keys, start, end (end exclusive) and row; the result has row_a, row_b and characters.
    """
    left, right = _grouped(a, keys), _grouped(b, keys)
    parts = [_overlaps_within(left[key], right[key]) for key in left if key in right]
    columns = ["row_a", "row_b", "characters"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _grouped(frame: pd.DataFrame, keys: Sequence[str]) -> dict[object, pd.DataFrame]:
    placed = frame.dropna(subset=["start", "end"])
    return dict(list(placed.sort_values("start").groupby(list(keys), sort=True)))


def _overlaps_within(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """Return the overlapping pairs of one group; sorted by start, each of `a` meets one run of `b`."""
    starts, ends = b["start"].to_numpy(dtype=float), b["end"].to_numpy(dtype=float)
    first = np.searchsorted(np.maximum.accumulate(ends), a["start"].to_numpy(dtype=float), side="right")
    last = np.searchsorted(starts, a["end"].to_numpy(dtype=float), side="left")
    run = np.maximum(last - first, 0)
    row_a = np.repeat(np.arange(len(a)), run)
    row_b = np.repeat(first, run) + np.arange(run.sum()) - np.repeat(np.cumsum(run) - run, run)
    shared = np.minimum(a["end"].to_numpy(dtype=float)[row_a], ends[row_b]) - np.maximum(
        a["start"].to_numpy(dtype=float)[row_a], starts[row_b]
    )
    meet = shared > 0
    return pd.DataFrame(
        {
            "row_a": a["row"].to_numpy()[row_a[meet]],
            "row_b": b["row"].to_numpy()[row_b[meet]],
            "characters": shared[meet],
        }
    )
