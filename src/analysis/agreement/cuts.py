"""Cutting a text where coders' segments begin and end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from analysis.agreement.ratings import FloatArray
from analysis.errors import MethodError

Cut = Callable[[FloatArray, FloatArray, float], tuple[FloatArray, FloatArray]]


def clusters(starts: FloatArray, ends: FloatArray, length: float) -> tuple[FloatArray, FloatArray]:
    """Return clusters of overlapping segments and the stretches between them; segments sorted by start."""
    reach = np.maximum.accumulate(ends) if len(ends) else ends
    opens = np.concatenate([[True], starts[1:] >= reach[:-1]]) if len(starts) else np.array([], dtype=bool)
    first = starts[opens]
    last = reach[np.concatenate([np.flatnonzero(opens)[1:] - 1, [len(reach) - 1]])] if len(reach) else reach
    gap_start, gap_end = np.concatenate([[0.0], last]), np.concatenate([first, [length]])
    gaps = gap_end > gap_start
    begin, end = np.concatenate([first, gap_start[gaps]]), np.concatenate([last, gap_end[gaps]])
    order = np.argsort(begin, kind="stable")
    return begin[order], end[order]


def pieces(starts: FloatArray, ends: FloatArray, length: float) -> tuple[FloatArray, FloatArray]:
    """Return the stretches between neighbouring boundaries."""
    bounds = np.unique(np.concatenate([[0.0, length], starts, ends]))
    return bounds[:-1], bounds[1:]


def cut_groups(
    rated: pd.DataFrame, grid: pd.DataFrame, factors: list[str], lengths: Mapping[str, float], cut: Cut
) -> pd.DataFrame:
    """Return the units of every interview and factor, each with its readers' highest values.

    Parameters
    ----------
    rated : DataFrame
        interview, coder, factor, start, end, value.
    grid : DataFrame
        interview, coder: the readers, sorted.
    """
    readers = {key: part["coder"].to_numpy(dtype=object) for key, part in grid.groupby("interview")}
    interviews = list(readers)
    columns = _sorted_columns(rated, grid, interviews, factors)
    found = []
    for place, interview in enumerate(interviews):
        for number in range(len(factors)):
            group = place * len(factors) + number
            here = slice(*np.searchsorted(columns["group"], [group, group + 1]))
            part = {name: column[here] for name, column in columns.items()}
            begin, end = cut(part["start"], part["end"], float(lengths[interview]))
            found.append((begin, end, _values(part, begin, end, len(readers[interview]))))
    return _as_frame(found, readers, factors)


def _sorted_columns(
    rated: pd.DataFrame, grid: pd.DataFrame, interviews: list[str], factors: list[str]
) -> dict[str, FloatArray]:
    group = pd.Index(interviews).get_indexer(rated["interview"]) * len(factors)
    group = group + pd.Index(factors).get_indexer(rated["factor"])
    place = grid.groupby("interview").cumcount().to_numpy()
    row = place[pd.MultiIndex.from_frame(grid).get_indexer(pd.MultiIndex.from_frame(rated[["interview", "coder"]]))]
    named = {name: rated[name].to_numpy(dtype=float) for name in ("start", "end", "value")}
    order = np.lexsort((named["end"], named["start"], group))
    return {name: column[order] for name, column in {**named, "group": group, "row": row}.items()}


def _values(part: dict[str, FloatArray], begin: FloatArray, end: FloatArray, readers: int) -> FloatArray:
    """Return each reader's highest value in each unit, shape (readers, units); 0 where none."""
    values = np.zeros((readers, len(begin)))
    low = np.searchsorted(end, part["start"], side="right")
    high = np.searchsorted(begin, part["end"], side="left")
    for row, first, last, value in zip(part["row"].astype(int), low, high, part["value"], strict=True):
        np.maximum(values[row, first:last], value, out=values[row, first:last])
    return values


def _as_frame(
    found: list[tuple[FloatArray, FloatArray, FloatArray]],
    readers: Mapping[str, np.ndarray],
    factors: list[str],
) -> pd.DataFrame:
    sizes = [values.size for _, _, values in found]
    names = [(interview, factor) for interview in readers for factor in factors]
    whose = [readers[interview] for interview, _ in names]
    tiled = [(begin, end, len(values)) for begin, end, values in found]
    return pd.DataFrame(
        {
            "interview": np.repeat(np.array([name for name, _ in names], dtype=object), sizes),
            "factor": np.repeat(np.array([name for _, name in names], dtype=object), sizes),
            "unit": np.concatenate([np.tile(np.arange(len(begin)), m) for begin, _, m in tiled]),
            "start": np.concatenate([np.tile(begin, m) for begin, _, m in tiled]),
            "end": np.concatenate([np.tile(end, m) for _, end, m in tiled]),
            "coder": np.concatenate([np.repeat(who, len(t[0])) for who, t in zip(whose, tiled, strict=True)]),
            "value": np.concatenate([values.ravel() for _, _, values in found]),
        }
    ).infer_objects()


def placed(rated: pd.DataFrame) -> pd.DataFrame:
    """Return the codings, all of which must have a place in the text."""
    for column in ("start", "end"):
        if column not in rated:
            raise MethodError(
                f"the codings lack the column {column!r}",
                allowed=tuple(rated),
                value=column,
                fix="compare by interview (interview_units), which needs no places",
            )
    lost = int(rated[["start", "end"]].isna().any(axis=1).sum())
    if lost:
        raise MethodError(
            f"{lost} codings have no place in the text",
            where="codings, columns start and end",
            fix="leave them out and say so, or compare by interview (interview_units)",
        )
    return rated


def check_lengths(rated: pd.DataFrame, interviews: list[str], lengths: Mapping[str, float]) -> None:
    """Refuse an interview of unknown length, and a segment that reaches past its text."""
    bounds = rated.groupby("interview").agg(start=("start", "min"), end=("end", "max"))
    reach = {name: (first, last) for name, first, last in bounds.itertuples()}
    for interview in interviews:
        if not lengths.get(interview, 0) > 0:
            raise MethodError(
                f"the length of interview {interview} is not known", where="lengths", fix="add its characters"
            )
        first, last = reach.get(interview, (0, 0))
        if first < 0 or last > lengths[interview]:
            raise MethodError(
                f"a segment ({first:g} or {last:g}) lies outside a text of {lengths[interview]:g} characters",
                where=f"interview {interview}",
                fix="check that lengths and offsets count the same characters",
            )
