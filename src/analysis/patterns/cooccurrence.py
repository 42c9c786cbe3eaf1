"""Which codes go together: on the same text, in the same paragraph or window, in the same interview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import MethodError
from analysis.patterns.segments import need, once_covered, overlaps

HOW = ("overlap", "window", "interview")
CODERS = ("within", "pooled")


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """Codes and how often they go together.

    Attributes
    ----------
    table : DataFrame
        One row per pair that meets at least once: code_a, code_b, count, n_a, n_b, jaccard. Most frequent
        first. "overlap": count is pairs of overlapping segments, n_a and n_b are segments, jaccard is
        characters under both codes over characters under either. "window" and "interview": count, n_a, n_b
        are windows or interviews, and jaccard is count / (n_a + n_b - count).
    rows, columns : tuple of str
        All codes, including those that meet no other; the same where codes are compared among themselves.
    how : str
        "overlap", "window" or "interview".
    symmetric : bool
        Whether codes were compared among themselves.
    sizes : Series
        How often each code appears by itself, in the same units as n_a and n_b.
    """

    table: pd.DataFrame
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    how: str
    symmetric: bool
    sizes: pd.Series

    def matrix(self, value: str = "count") -> pd.DataFrame:
        """Return `value` ("count" or "jaccard"), one row and column per code; 0 where two never meet.

        Among the same codes it is symmetric, and the diagonal is missing.
        """
        wide = self.table.pivot(index="code_a", columns="code_b", values=value)
        wide = wide.reindex(index=list(self.rows), columns=list(self.columns)).astype("float64").fillna(0.0)
        if self.symmetric:
            values = wide.to_numpy() + wide.to_numpy().T
            np.fill_diagonal(values, np.nan)
            wide = pd.DataFrame(values, index=wide.index, columns=wide.columns)
        return wide.rename_axis(index=None, columns=None)

    @property
    def summary(self) -> str:
        """Return one sentence: how many pairs meet, and the most frequent and the closest."""
        unit = {"overlap": "segments", "window": "windows", "interview": "interviews"}[self.how]
        if self.table.empty:
            return f"No two codes meet ({self.how})."
        most, close = self.table.iloc[0], self.table.loc[self.table["jaccard"].idxmax()]
        return (
            f"{len(self.table)} pairs of codes meet; most often {most['code_a']} and {most['code_b']} "
            f"({most['count']} {unit}), most closely {close['code_a']} and {close['code_b']} "
            f"(Jaccard {close['jaccard']:.2f})."
        )


def co_occurrence(
    codings: pd.DataFrame,
    others: pd.DataFrame | None = None,
    *,
    how: str = "overlap",
    spans: pd.DataFrame | None = None,
    window: int = 500,
    codes: str = "factor",
    coders: str = "within",
    order: Sequence[str] = (),
) -> CoOccurrence:
    """Return how often codes go together.

    Parameters
    ----------
    codings : DataFrame
        Columns interview, coder, `codes`, and start, end (characters, end exclusive) for "overlap" and
        "window".
    others : DataFrame, optional
        Codings of another framework (challenges or helps, beside factors): then rows are the codes of
        `codings`, columns those of `others`. By default codes are compared among themselves.
    how : {"overlap", "window", "interview"}
    spans : DataFrame, optional
        interview, start, end: the paragraphs, turns or sentences to take as windows.
    window : int
        Length in characters of the windows that tile a text where `spans` is not given.
    coders : {"within", "pooled"}
        Whether only codes that one coder gave can meet, or those of any two; interviews are always pooled.
    order : sequence of str
        Codes in the order in which they are wanted; those not named follow in the order of the alphabet.

    Raises
    ------
    MethodError
        On a missing column, or a way or rule that is not known.
    """
    _check(codings, others, how, coders, codes)
    left = _labelled(codings, codes, how, coders)
    right = left if others is None else _labelled(others, codes, how, coders)
    meet = _on_text if how == "overlap" else _in_units
    if how == "window":
        left, right = (_windowed(part, spans, window) for part in (left, right))
    table, size_a, size_b = meet(left, right)
    place = {code: number for number, code in enumerate(order)}

    def key(code: str) -> tuple[int, str]:
        return place.get(code, len(place)), code

    if others is None:
        table = table[[key(row.code_a) < key(row.code_b) for row in table.itertuples()]]
    table = table.sort_values(["count", "jaccard", "code_a", "code_b"], ascending=[False, False, True, True])
    rows, columns = (tuple(sorted(part["code"].unique(), key=key)) for part in (left, right))
    sizes = size_a if others is None else pd.concat([size_a, size_b])
    return CoOccurrence(table.reset_index(drop=True), rows, columns, how, others is None, sizes)


def _check(codings: pd.DataFrame, others: pd.DataFrame | None, how: str, coders: str, codes: str) -> None:
    for name, value, allowed in (("how", how, HOW), ("coders", coders, CODERS)):
        if value not in allowed:
            raise MethodError(f"there is no {name} {value!r}", allowed=allowed, value=value, fix="name one of these")
    places = [] if how == "interview" else ["start", "end"]
    for frame, table in ((codings, "codings"), (others, "other codings")):
        if frame is None:
            continue
        need(frame, ["interview", "coder", codes, *places], table=table)
        lost = int(frame[places].isna().any(axis=1).sum()) if places else 0
        if lost:
            raise MethodError(
                f"{lost} {table} have no place in the text",
                where=f"{table}, columns start and end",
                fix="leave them out and say so, or use how='interview'",
            )


def _labelled(frame: pd.DataFrame, codes: str, how: str, coders: str) -> pd.DataFrame:
    kept = frame.dropna(subset=[codes])
    who = "all" if coders == "pooled" or how == "interview" else kept["coder"]
    columns = ["interview", "coder", "code", *(["start", "end"] if how != "interview" else [])]
    return kept.assign(coder=who, code=kept[codes].astype(str))[columns].reset_index(drop=True)


def _windowed(frame: pd.DataFrame, spans: pd.DataFrame | None, window: int) -> pd.DataFrame:
    """Return each segment once for every window that it meets."""
    if spans is None:
        if window < 1:
            raise MethodError(f"a window of {window} characters is none", allowed=("window >= 1",), fix="use 500")
        first = (frame["start"] // window).astype(int).to_numpy()
        last = (np.maximum(frame["end"] - 1, frame["start"]) // window).astype(int).to_numpy()
        run = last - first + 1
        number = np.repeat(first, run) + np.arange(run.sum()) - np.repeat(np.cumsum(run) - run, run)
        return frame.loc[frame.index.repeat(run)].assign(window=number)
    need(spans, ["interview", "start", "end"], table="spans")
    ordered = spans.sort_values(["interview", "start"], ignore_index=True)
    met = overlaps(frame.assign(row=frame.index), ordered.assign(row=ordered.index), ["interview"])
    return frame.loc[met["row_a"].to_numpy(dtype=int)].assign(window=met["row_b"].to_numpy())


def _in_units(left: pd.DataFrame, right: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Count units (windows of a coder's reading, or interviews) in which codes appear together."""
    keys = [name for name in ("interview", "coder", "window") if name in left]
    a, b = (part[[*keys, "code"]].drop_duplicates() for part in (left, right))
    size_a, size_b = a["code"].value_counts().sort_index(), b["code"].value_counts().sort_index()
    pairs = a.merge(b, on=keys, suffixes=("_a", "_b"))
    counted = pairs.groupby(["code_a", "code_b"]).size().rename("count").reset_index()
    table = _with_sizes(counted, size_a, size_b)
    return table.assign(jaccard=table["count"] / (table["n_a"] + table["n_b"] - table["count"])), size_a, size_b


def _on_text(left: pd.DataFrame, right: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Count pairs of overlapping segments, and compare the text under both codes with the text under either."""
    keys = ["interview", "coder"]
    size_a, size_b = (part["code"].value_counts().sort_index() for part in (left, right))
    met = overlaps(left.assign(row=left.index), right.assign(row=right.index), keys)
    row_a, row_b = met["row_a"].to_numpy(dtype=int), met["row_b"].to_numpy(dtype=int)
    pairs = left.loc[row_a].reset_index(drop=True).rename(columns={"code": "code_a"})
    pairs["code_b"] = right["code"].to_numpy()[row_b]
    pairs["start"] = np.maximum(left["start"].to_numpy()[row_a], right["start"].to_numpy()[row_b])
    pairs["end"] = np.minimum(left["end"].to_numpy()[row_a], right["end"].to_numpy()[row_b])
    counted = pairs.groupby(["code_a", "code_b"]).size().rename("count").reset_index()
    both = _union(pairs, [*keys, "code_a", "code_b"], ["code_a", "code_b"])
    table = _with_sizes(counted, size_a, size_b)
    one, other = (_union(part, [*keys, "code"], ["code"]) for part in (left, right))
    shared = both.reindex(pd.MultiIndex.from_frame(table[["code_a", "code_b"]])).to_numpy(dtype=float)
    either = one.reindex(table["code_a"]).to_numpy() + other.reindex(table["code_b"]).to_numpy() - shared
    return table.assign(jaccard=shared / either), size_a, size_b


def _union(frame: pd.DataFrame, keys: list[str], by: list[str]) -> pd.Series:
    """Return how many characters the segments of each group cover, overlapping ones once."""
    fresh = (frame["end"] - frame["start"]) * once_covered(frame, keys)
    return fresh.groupby([frame[name] for name in by]).sum()


def _with_sizes(counted: pd.DataFrame, size_a: pd.Series, size_b: pd.Series) -> pd.DataFrame:
    return counted.assign(
        n_a=counted["code_a"].map(size_a).astype("int64"), n_b=counted["code_b"].map(size_b).astype("int64")
    )
