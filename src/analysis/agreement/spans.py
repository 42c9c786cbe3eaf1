"""Spans of text that are fixed before anybody codes, and the segments that meet them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.errors import MethodError

_KEYS = ("interview", "coder", "factor")


def window_spans(lengths: Mapping[str, float] | pd.Series, width: int) -> pd.DataFrame:
    """Return spans of `width` characters that tile each text (the last may be shorter)."""
    if width < 1:
        raise MethodError(f"a window of {width} characters is none", allowed=("width >= 1",), fix="use 500")
    rows = [
        (interview, start, min(start + width, length))
        for interview, length in dict(lengths).items()
        for start in range(0, int(length), width)
    ]
    return pd.DataFrame(rows, columns=["interview", "start", "end"])


def refuse_overlapping(spans: pd.DataFrame) -> None:
    """Refuse spans of one interview that share a character; sorted by interview and start."""
    before = spans.groupby("interview")["end"].shift()
    if (spans["start"] < before).any():
        row = spans[spans["start"] < before].iloc[0]
        raise MethodError(
            "two spans overlap",
            where=f"interview {row['interview']}, start {row['start']}",
            fix="give spans that follow one another",
        )


def span_hits(rated: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """Return one row per segment and span that it meets."""
    parts = []
    bounds = {key: (part["start"].to_numpy(), part["end"].to_numpy()) for key, part in spans.groupby("interview")}
    for interview, part in rated.groupby("interview"):
        if interview not in bounds:
            continue
        starts, ends = bounds[interview]
        first = np.searchsorted(ends, part["start"].to_numpy(), side="right")
        run = np.maximum(np.searchsorted(starts, part["end"].to_numpy(), side="left") - first, 0)
        hit = part.loc[part.index.repeat(run), [*_KEYS, "value"]]
        unit = np.repeat(first, run) + np.arange(run.sum()) - np.repeat(np.cumsum(run) - run, run)
        parts.append(hit.assign(unit=unit))
    columns = [*_KEYS, "value", "unit"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
