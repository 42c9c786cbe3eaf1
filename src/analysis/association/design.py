"""From a tidy frame to the arrays the methods work on, with everything that can be wrong named."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Units:
    """The complete rows of a frame as arrays.

    Attributes
    ----------
    outcome, factor : array of float, shape (n_units,)
    cluster : array of int, shape (n_units,)
        Position of each unit's cluster in `labels`.
    labels : array, shape (n_clusters,)
        The clusters, in order of first appearance.
    names : tuple of str
        The columns: outcome, factor, cluster.
    rows : array of int, shape (n_units,)
        Positions in the frame of the rows kept.
    n_dropped : int
        Rows left out because a value was missing.
    """

    outcome: Floats
    factor: Floats
    cluster: Integers
    labels: NDArray[np.object_]
    names: tuple[str, str, str]
    rows: Integers
    n_dropped: int

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.outcome)

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return len(self.labels)

    @property
    def sizes(self) -> Integers:
        """Units in each cluster, shape (n_clusters,)."""
        return np.bincount(self.cluster, minlength=self.n_clusters)

    @property
    def ratio_of_spreads(self) -> float:
        """Standard deviation of the factor over that of the outcome: slope to standardised slope."""
        inner = self.factor - self.factor.sum() / self.n_units, self.outcome - self.outcome.sum() / self.n_units
        return math.sqrt(float(inner[0] @ inner[0]) / float(inner[1] @ inner[1]))


def column(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return one column, or say which columns there are and which is nearest."""
    if not isinstance(frame, pd.DataFrame):
        raise MethodError("the data must be a pandas DataFrame", where=f"got {type(frame).__name__}")
    if name not in frame.columns:
        raise MethodError(f"there is no column {name!r}", allowed=list(frame.columns), value=name)
    found = frame[name]
    if isinstance(found, pd.DataFrame):
        raise MethodError(f"{found.shape[1]} columns are called {name!r}", fix="give every column a name of its own")
    return found


def numeric(frame: pd.DataFrame, name: str) -> Floats:
    """Return a column as floats with NaN where it is missing; text and infinities are errors."""
    found = column(frame, name)
    if found.dtype == np.float64:
        return _finite(frame, name, found.to_numpy())
    if isinstance(found.dtype, pd.CategoricalDtype):
        found = found.astype(object)
    if found.dtype == object or pd.api.types.is_string_dtype(found.dtype):
        _all_numbers(found, name)
    elif pd.api.types.is_complex_dtype(found.dtype) or not pd.api.types.is_numeric_dtype(found.dtype):
        raise MethodError(f"column {name!r} is not numeric", where=f"its type is {found.dtype}")
    values = (
        np.array([np.nan if missing else float(value) for value, missing in zip(found, found.isna(), strict=True)])
        if found.dtype == object
        else found.to_numpy(dtype=float, na_value=np.nan)
    )
    return _finite(frame, name, values)


def _finite(frame: pd.DataFrame, name: str, values: Floats) -> Floats:
    if np.isinf(values).any():
        row = frame.index[np.flatnonzero(np.isinf(values))[0]]
        raise MethodError(f"column {name!r} holds an infinite value", where=f"row {row}")
    return values


def _all_numbers(found: pd.Series, name: str) -> None:
    present = found[found.notna()]
    wrong = [index for index, value in present.items() if not isinstance(value, (numbers.Real, np.bool_))]
    if wrong:
        raise MethodError(
            f"column {name!r} holds {present.loc[wrong[0]]!r}, which is not a number",
            where=f"row {wrong[0]} and {len(wrong) - 1} more",
            fix="score the column as numbers, or leave the value empty where it is missing",
        )


def codes(frame: pd.DataFrame, name: str) -> tuple[Integers, NDArray[np.object_]]:
    """Return each row's position among a column's distinct values (-1 where missing), and those values."""
    found = column(frame, name)
    if (isinstance(found.dtype, np.dtype) and found.dtype.kind in "iu") or found.dtype == "str":
        return _coded(found.to_numpy().tolist())
    positions, labels = pd.factorize(found)
    return positions.astype(np.int64), np.asarray(labels, dtype=object)


def _coded(values: list[object]) -> tuple[Integers, NDArray[np.object_]]:
    """Do the work of `codes` on whole numbers or texts, NaN where missing: for few rows faster than pandas is."""
    known: dict[object, int] = {}
    positions = [-1 if value != value else known.setdefault(value, len(known)) for value in values]
    labels = np.empty(len(known), dtype=object)
    labels[:] = list(known)
    return np.array(positions, dtype=np.int64), labels


def units(frame: pd.DataFrame, outcome: str, factor: str, cluster: str, *, clusters: int = 2) -> Units:
    """Read the complete rows of three columns and check that an association can be estimated from them.

    Parameters
    ----------
    frame : DataFrame
        One row a unit (a partnership).
    outcome, factor, cluster : str
        Columns: outcome and factor numeric, cluster of any type.
    clusters : int
        The least number of clusters the method needs.

    Raises
    ------
    MethodError
        Unknown or textual column, infinite value, the same column twice, too few units or clusters,
        a constant factor or outcome.
    """
    if len({outcome, factor, cluster}) < 3:
        raise MethodError(
            "outcome, factor and cluster must be three different columns",
            where=f"outcome {outcome!r}, factor {factor!r}, cluster {cluster!r}",
        )
    values = numeric(frame, outcome), numeric(frame, factor)
    return complete_units(*values, *codes(frame, cluster), (outcome, factor, cluster), clusters=clusters)


def complete_units(
    y: Floats,
    x: Floats,
    group: Integers,
    labels: NDArray[np.object_],
    names: tuple[str, str, str],
    *,
    clusters: int = 2,
) -> Units:
    """Do the work of `units` on columns that have been read: values with NaN, clusters' codes with -1."""
    complete = np.isfinite(y) & np.isfinite(x) & (group >= 0)
    kept = np.flatnonzero(complete)
    if len(kept) == len(y):
        read = Units(y, x, group, labels, names, kept, 0)
    else:
        present = np.zeros(len(labels), dtype=bool)
        present[group[kept]] = True
        position = (np.cumsum(present) - 1)[group[kept]]
        read = Units(y[kept], x[kept], position, labels[present], names, kept, len(y) - len(kept))
    _estimable(read, clusters)
    return read


def _estimable(read: Units, clusters: int) -> None:
    outcome, factor, cluster = read.names
    if read.n_units < 4:
        raise MethodError("too few units: at least four complete rows are needed", where=_told(read))
    if read.n_clusters < clusters:
        raise MethodError(
            f"too few clusters: {cluster!r} has {read.n_clusters}, at least {clusters} are needed",
            where=_told(read),
        )
    for name, values in ((factor, read.factor), (outcome, read.outcome)):
        if constant(values):
            raise MethodError(f"column {name!r} does not vary: every unit has {values[0]:g}", where=_told(read))


def _told(read: Units) -> str:
    outcome, factor, _ = read.names
    return f"{outcome!r} on {factor!r}: {read.n_units} complete rows, {read.n_dropped} with a missing value"


def constant(values: Floats) -> bool:
    """Whether all values are equal up to rounding."""
    low, high = float(values.min()), float(values.max())
    return high - low <= 1e-12 * max(high, -low)


def centred(values: Floats, cluster: Integers) -> Floats:
    """Return deviations from the cluster's mean; `values` has shape (n_units, ...)."""
    n = np.bincount(cluster).astype(float)
    sums = np.zeros((len(n), *values.shape[1:]))
    np.add.at(sums, cluster, values)
    return values - (sums / n.reshape(-1, *[1] * (values.ndim - 1)))[cluster]
