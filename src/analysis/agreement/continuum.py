"""Texts as continua that coders divide into segments and gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.agreement.cuts import check_lengths, placed
from analysis.agreement.ratings import FloatArray, IntArray
from analysis.errors import MethodError


class Segments(NamedTuple):
    """Segments as columns: place of the coder, start, end, code (1..q)."""

    row: IntArray
    start: FloatArray
    end: FloatArray
    code: IntArray

    def of(self, row: int) -> Segments:
        """Return one coder's segments, in the order of the text."""
        mine = np.flatnonzero(self.row == row)
        mine = mine[np.argsort(self.start[mine])]
        return Segments(self.row[mine], self.start[mine], self.end[mine], self.code[mine])


OVERLAPS = ("refuse", "combine", "pool")


@dataclass(frozen=True, slots=True)
class Continuum:
    """One interview as several coders divide it.

    Attributes
    ----------
    interview : str
    coders : tuple of str
    length : float
        Of the text, in characters.
    q : int
        Number of codes over all interviews.
    segments : Segments
        Of one coder none overlap; 0 as a code is a gap.
    """

    interview: str
    coders: tuple[str, ...]
    length: float
    q: int
    segments: Segments

    def grid(self) -> tuple[FloatArray, IntArray]:
        """Return the bounds of the stretches on which no coder changes, and each coder's code there."""
        row, start, end, code = self.segments
        bounds = np.unique(np.concatenate([[0.0, self.length], start, end]))
        codes = np.zeros((len(self.coders), len(bounds) - 1), dtype=np.int64)
        low, high = np.searchsorted(bounds, start), np.searchsorted(bounds, end)
        for whose, first, last, value in zip(row, low, high, code, strict=True):
            codes[whose, first:last] = value
        return bounds, codes

    def gaps(self) -> FloatArray:
        """Return the lengths of all coders' gaps."""
        found = []
        for row in range(len(self.coders)):
            mine = self.segments.of(row)
            opens, closes = np.append(0.0, mine.end), np.append(mine.start, self.length)
            found.append(closes - opens)
        lengths = np.concatenate(found)
        return lengths[lengths > 0]

    def sums(self) -> FloatArray:
        """Return what this text adds to the family's sums.

        Coincidences of gap and codes, (q + 1)^2, in characters over pairs of coders; what segments (length
        squared) and gaps (length) contribute by pairing with themselves, q + 1; the same of the parts of
        segments that other coders code at all, q (its length is the mean over the other coders).
        """
        bounds, codes = self.grid()
        lengths, n, m = np.diff(bounds), self.q + 1, len(self.coders)
        tally = (codes[:, :, None] == np.arange(n)).sum(axis=0).astype(float)
        pairs = np.einsum("p,pc,pk->ck", lengths, tally, tally) - np.diag(lengths @ tally)
        itself, shared = np.zeros(n), np.zeros(n)
        itself[0] = self.gaps().sum()
        np.add.at(itself, self.segments.code, (self.segments.end - self.segments.start) ** 2)
        np.add.at(shared, self.segments.code, self._shared(bounds, codes) ** 2)
        return np.concatenate([(pairs / (m - 1)).ravel(), itself, shared[1:]])

    def _shared(self, bounds: FloatArray, codes: IntArray) -> FloatArray:
        """Return how much of each segment the other coders code, on average over them."""
        lengths = np.diff(bounds)
        coded = (codes > 0).sum(axis=0)
        others = np.concatenate([[0.0], np.cumsum(lengths * (coded - 1) / (len(self.coders) - 1))])
        low = np.searchsorted(bounds, self.segments.start)
        high = np.searchsorted(bounds, self.segments.end)
        # Within a segment its own coder codes every stretch, so that coder is the one taken off.
        return others[high] - others[low]


def continua(
    codings: pd.DataFrame,
    lengths: Mapping[str, float] | pd.Series,
    *,
    code: str,
    overlaps: str,
    readers: pd.DataFrame | None,
) -> tuple[list[Continuum], list[str], int]:
    """Return the texts that two coders or more read, the codes in order, and the number of segments."""
    _check(codings, code, overlaps)
    who = (codings if readers is None else readers)[["interview", "coder"]].drop_duplicates()
    who = who[who.groupby("interview")["coder"].transform("size") > 1].sort_values(["interview", "coder"])
    if who.empty:
        raise MethodError(
            "no interview was read by two coders", fix="unitising alpha needs texts that two coders divided"
        )
    frame = placed(codings.rename(columns={code: "_code"}).merge(who, on=["interview", "coder"]))
    known = dict(lengths)
    check_lengths(frame, list(who["interview"].unique()), known)
    joined = _joined(frame.dropna(subset=["_code"]))
    if overlaps == "combine":
        joined = _combined(joined)
    elif overlaps == "refuse":
        _refuse(joined)
    codes = sorted(map(str, joined["_code"].unique()))
    segments = dict(list(_segments(joined, who, codes).groupby("interview")))
    layers = range(1, len(codes) + 1) if overlaps == "pool" else [None]
    codes = ["any code"] if overlaps == "pool" else codes
    parts = [
        Continuum(
            str(interview),
            tuple(group["coder"]),
            float(known[interview]),
            len(codes),
            _layer(segments.get(interview), layer),
        )
        for interview, group in who.groupby("interview")
        for layer in layers
    ]
    return parts, codes, len(joined)


def _check(codings: pd.DataFrame, code: str, overlaps: str) -> None:
    for column in ("interview", "coder", code):
        if column not in codings:
            raise MethodError(
                f"the codings lack the column {column!r}", allowed=tuple(codings), value=column, fix="add it"
            )
    if overlaps not in OVERLAPS:
        raise MethodError(
            f"there is no way {overlaps!r} with overlaps",
            allowed=OVERLAPS,
            value=overlaps,
            fix="name one of these",
        )


def _segments(joined: pd.DataFrame, who: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Return the segments with the place of the coder and the number of the code."""
    place = who.assign(row=who.groupby("interview").cumcount())
    numbers = {name: number + 1 for number, name in enumerate(codes)}
    return joined.merge(place, on=["interview", "coder"]).assign(
        code=lambda frame: frame["_code"].astype(str).map(numbers)
    )


def _layer(part: pd.DataFrame | None, number: int | None) -> Segments:
    """Return the segments of one text, of all codes or of one (which then is code 1)."""
    if part is None:
        empty = np.zeros(0)
        return Segments(empty.astype(int), empty, empty, empty.astype(int))
    row, code = part["row"].to_numpy(dtype=int), part["code"].to_numpy(dtype=int)
    start, end = part["start"].to_numpy(dtype=float), part["end"].to_numpy(dtype=float)
    if number is None:
        return Segments(row, start, end, code)
    here = code == number
    return Segments(row[here], start[here], end[here], np.ones(int(here.sum()), dtype=int))


def _joined(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the segments with those of one coder and code that overlap made one."""
    keys = ["interview", "coder", "_code"]
    ordered = frame.sort_values([*keys, "start", "end"])
    reach = ordered.groupby(keys)["end"].cummax().groupby([ordered[key] for key in keys]).shift()
    number = (~(ordered["start"] < reach)).cumsum().rename("_segment")
    merged = ordered.groupby([*keys, number], sort=False).agg(start=("start", "min"), end=("end", "max"))
    return merged.reset_index().drop(columns="_segment")


def _refuse(joined: pd.DataFrame) -> None:
    ordered = joined.sort_values(["interview", "coder", "start"])
    reach = ordered.groupby(["interview", "coder"])["end"].cummax()
    before = reach.groupby([ordered["interview"], ordered["coder"]]).shift()
    if (ordered["start"] < before).any():
        row = ordered[ordered["start"] < before].iloc[0]
        raise MethodError(
            "one coder's segments of different codes overlap",
            where=f"interview {row['interview']}, coder {row['coder']}, character {row['start']:g}",
            allowed=OVERLAPS,
            fix="use overlaps='combine' or 'pool', or unitising_by_code, which takes one code at a time",
        )


def _combined(joined: pd.DataFrame) -> pd.DataFrame:
    """Return segments that exclude each other: text with several codes gets their combination as its code."""
    rows = []
    for (interview, coder), part in joined.groupby(["interview", "coder"]):
        bounds = np.unique(part[["start", "end"]].to_numpy(dtype=float))
        inside = (part["start"].to_numpy()[:, None] <= bounds[:-1]) & (part["end"].to_numpy()[:, None] >= bounds[1:])
        names = part["_code"].astype(str).to_numpy()
        for place in np.flatnonzero(inside.any(axis=0)):
            code = " + ".join(sorted(names[inside[:, place]]))
            rows.append((interview, coder, code, bounds[place], bounds[place + 1]))
    return pd.DataFrame(rows, columns=["interview", "coder", "_code", "start", "end"])
