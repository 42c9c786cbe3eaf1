"""Reliability data: who gave which unit which value, with missing ratings left missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import MethodError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Columns that together name a unit in a tidy frame; those that are absent are left out.
UNIT_KEY = ("framework", "factor", "interview", "unit")
TIDY_COLUMNS = ("unit", "coder", "value")


@dataclass(frozen=True, slots=True)
class Ratings:
    """Reliability data as integer codes.

    Attributes
    ----------
    codes : ndarray of int, shape (coders, units)
        Index into `categories`; -1 where a coder did not rate a unit.
    categories : ndarray, shape (q,)
        The values in their order.
    scale : ndarray of float, shape (q,)
        The categories as numbers: their own values, or 1..q where they are words in a stated order.
    ordered, numeric : bool
        Whether the categories have an order, and whether they are numbers.
    coders : tuple
        Names, in the order of the rows.
    counts : ndarray of float, shape (units,)
        How many identical units each column stands for (characters of a stretch of text); else 1.
    units : DataFrame, one row per unit
        What is known of each unit: its key and the further columns of a tidy frame.
    """

    codes: IntArray
    categories: NDArray[np.object_]
    scale: FloatArray
    ordered: bool
    numeric: bool
    coders: tuple[object, ...]
    counts: FloatArray
    units: pd.DataFrame

    def take(self, *, units: NDArray[np.bool_] | None = None, coders: Sequence[int] | None = None) -> Ratings:
        """Return the same data for some units or coders; coders left without a rating go."""
        rows = np.arange(len(self.coders)) if coders is None else np.asarray(coders, dtype=int)
        keep = np.ones(self.codes.shape[1], dtype=bool) if units is None else units
        codes = self.codes[rows][:, keep]
        busy = (codes >= 0).any(axis=1)
        return Ratings(
            codes=codes[busy],
            categories=self.categories,
            scale=self.scale,
            ordered=self.ordered,
            numeric=self.numeric,
            coders=tuple(self.coders[row] for row in rows[busy]),
            counts=self.counts[keep],
            units=self.units[keep],
        )

    def tally(self) -> FloatArray:
        """Return how many coders put each unit in each category, shape (units, q)."""
        q = len(self.categories)
        present = self.codes >= 0
        columns = np.broadcast_to(np.arange(self.codes.shape[1]), self.codes.shape)[present]
        flat = np.bincount(columns * q + self.codes[present], minlength=self.codes.shape[1] * q)
        return flat.reshape(-1, q).astype(float)


def as_ratings(
    data: pd.DataFrame | ArrayLike,
    *,
    categories: Sequence[object] | None = None,
    counts: ArrayLike | None = None,
) -> Ratings:
    """Read a reliability matrix (coders x units, NaN is missing) or a tidy frame.

    Parameters
    ----------
    data : DataFrame or array
        A tidy frame with the columns unit, coder, value (and, where they are there, factor and interview,
        which are part of a unit's key, and count); any other frame or 2-D array is a matrix.
    categories : sequence, optional
        Every value the scale allows, in its order; by default the values that occur, sorted.
    counts : array, optional
        For a matrix: how many identical units each column stands for.

    Raises
    ------
    MethodError
        On a wrong shape, a coder who rates a unit twice, or a value outside `categories`.
    """
    if isinstance(data, pd.DataFrame) and set(TIDY_COLUMNS) <= set(data.columns):
        return _from_tidy(data, categories)
    return _from_matrix(data, categories, counts)


def complete_pairs(ratings: Ratings) -> Ratings:
    """Return the units that every coder rated."""
    return ratings.take(units=np.asarray((ratings.codes >= 0).all(axis=0)))


def _from_matrix(
    data: pd.DataFrame | ArrayLike, categories: Sequence[object] | None, counts: ArrayLike | None
) -> Ratings:
    frame = data if isinstance(data, pd.DataFrame) else pd.DataFrame(_two_dimensional(data))
    if frame.size == 0:
        raise MethodError("the reliability matrix is empty", fix="give one row per coder and one column per unit")
    numeric = all(pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes)
    cells = frame.to_numpy(dtype=float, na_value=np.nan) if numeric else frame.to_numpy(dtype=object)
    codes, values, ordered, is_numeric = _encode(cells.ravel(), categories)
    return _build(
        codes.reshape(cells.shape),
        values,
        ordered,
        is_numeric,
        tuple(frame.index),
        np.ones(cells.shape[1]) if counts is None else np.asarray(counts, dtype=float),
        pd.DataFrame({"unit": frame.columns.astype(object)}),
    )


def _two_dimensional(data: ArrayLike) -> NDArray[np.object_]:
    array = np.asarray(data)
    if array.ndim != 2:
        raise MethodError(
            f"reliability data have {array.ndim} dimension(s), not two",
            fix="give a matrix with one row per coder and one column per unit, or a tidy frame",
            allowed=("matrix coders x units", "tidy frame with unit, coder, value"),
        )
    return array


def _from_tidy(frame: pd.DataFrame, categories: Sequence[object] | None) -> Ratings:
    key = [name for name in UNIT_KEY if name in frame.columns]
    unit = frame.groupby(key, sort=False, dropna=False).ngroup().to_numpy()
    coder, names = pd.factorize(frame["coder"], sort=True)
    if len(frame) == 0 or (coder < 0).all():
        raise MethodError("the tidy frame holds no rating", fix="give rows with unit, coder and value")
    cell = coder * (unit.max() + 1) + unit
    twice = pd.Series(cell).duplicated().to_numpy()
    if twice.any():
        row = frame.iloc[int(np.argmax(twice))]
        raise MethodError(
            "a coder rates one unit twice",
            where=", ".join(f"{name} {row[name]}" for name in [*key, "coder"]),
            fix="keep one value per unit and coder (for segments: build units first)",
        )
    encoded, values, ordered, numeric = _encode(_column(frame["value"]), _declared(frame["value"], categories))
    codes = np.full((len(names), unit.max() + 1), -1, dtype=np.int64)
    codes[coder, unit] = encoded
    first = np.unique(unit, return_index=True)[1]
    units = frame.iloc[first].drop(columns=["coder", "value"]).reset_index(drop=True)
    counts = units["count"].to_numpy(dtype=float) if "count" in units else np.ones(len(units))
    return _build(codes, values, ordered, numeric, tuple(names), counts, units)


def _column(values: pd.Series) -> NDArray[np.object_]:
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return values.astype(object).to_numpy()
    if pd.api.types.is_numeric_dtype(kind):
        return values.to_numpy(dtype=float, na_value=np.nan)
    return values.to_numpy(dtype=object)


def _declared(values: pd.Series, categories: Sequence[object] | None) -> Sequence[object] | None:
    if categories is None and isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
        return list(values.dtype.categories)
    return categories


def _encode(
    cells: NDArray[np.object_], categories: Sequence[object] | None
) -> tuple[IntArray, NDArray[np.object_], bool, bool]:
    codes, found = pd.factorize(cells, sort=False)
    numeric = pd.api.types.is_numeric_dtype(np.asarray(found).dtype) or _all_numbers(found)
    if categories is None:
        order = np.argsort(np.asarray(found, dtype=float if numeric else str), kind="stable")
        values = np.asarray(found, dtype=object)[order]
    else:
        values = np.asarray(list(categories), dtype=object)
        numeric = _all_numbers(values)
    position = pd.Index(values).get_indexer(pd.Index(found).astype(object))
    if (position < 0).any():
        value = found[int(np.argmax(position < 0))]
        raise MethodError(
            f"the value {value!r} is not on the scale",
            allowed=tuple(values),
            value=value,
            fix="add it to `categories` or correct the rating",
        )
    return (
        np.where(codes >= 0, position[codes] if len(position) else -1, -1).astype(np.int64),
        values,
        numeric or categories is not None,
        numeric,
    )


def _all_numbers(values: ArrayLike) -> bool:
    return all(isinstance(value, (int, float, np.integer, np.floating)) for value in np.asarray(values, dtype=object))


def _build(
    codes: IntArray,
    values: NDArray[np.object_],
    ordered: bool,
    numeric: bool,
    coders: tuple[object, ...],
    counts: FloatArray,
    units: pd.DataFrame,
) -> Ratings:
    if len(values) == 0:
        raise MethodError("every rating is missing", fix="give at least one unit that two coders rated")
    scale = values.astype(float) if numeric else np.arange(1.0, len(values) + 1)
    return Ratings(codes, values, scale, ordered, numeric, coders, counts, units).take()
