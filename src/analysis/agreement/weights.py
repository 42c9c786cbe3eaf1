"""Weights of partial agreement between two values: 1 on the diagonal, falling with distance.

Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed., section 3.5. Each function takes the values
as numbers, shape (q,), ascending, and gives a (q, q) matrix.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from analysis.agreement.ratings import FloatArray, Ratings
from analysis.errors import MethodError

Weighting = Callable[[FloatArray], FloatArray]


def identity(values: FloatArray) -> FloatArray:
    """Return 1 for the same value, else 0."""
    return np.eye(len(values))


def linear(values: FloatArray) -> FloatArray:
    """Return one minus the distance, in shares of the scale's range."""
    return _falling(np.abs(values[:, None] - values[None, :]))


def quadratic(values: FloatArray) -> FloatArray:
    """Return one minus the squared distance, in shares of the squared range."""
    return _falling(np.square(values[:, None] - values[None, :]))


def radical(values: FloatArray) -> FloatArray:
    """Return one minus the square root of the distance, in shares of the root of the range."""
    return _falling(np.sqrt(np.abs(values[:, None] - values[None, :])))


def ordinal(values: FloatArray) -> FloatArray:
    """Return one minus the number of pairs of ranks that two ranks span, in shares of the largest number."""
    rank = np.arange(len(values))
    steps = np.abs(rank[:, None] - rank[None, :])
    return _falling(steps * (steps + 1) / 2)


def ratio(values: FloatArray) -> FloatArray:
    """Return one minus the squared relative distance, in shares of the largest."""
    total = values[:, None] + values[None, :]
    gap = values[:, None] - values[None, :]
    return _falling(np.square(np.divide(gap, total, out=np.zeros_like(total), where=total != 0)))


def circular(values: FloatArray) -> FloatArray:
    """Return one minus the squared chord between two points of a circle that the scale closes."""
    span = np.ptp(values) + 1
    return _falling(np.square(np.sin(np.pi * (values[:, None] - values[None, :]) / span)))


def bipolar(values: FloatArray) -> FloatArray:
    """Return one minus the squared distance relative to the room either side of the pair."""
    total = values[:, None] + values[None, :]
    room = (total - 2 * values.min()) * (2 * values.max() - total)
    gap = np.square(values[:, None] - values[None, :])
    return _falling(np.divide(gap, room, out=np.zeros_like(room), where=room != 0))


def _falling(distance: FloatArray) -> FloatArray:
    most = distance.max(initial=0.0)
    return np.ones_like(distance, dtype=float) if most == 0 else 1 - distance / most


WEIGHTS: dict[str, Weighting] = {
    "identity": identity,
    "linear": linear,
    "quadratic": quadratic,
    "ordinal": ordinal,
    "radical": radical,
    "ratio": ratio,
    "circular": circular,
    "bipolar": bipolar,
}


def weight_matrix(weights: str | ArrayLike, ratings: Ratings) -> FloatArray:
    """Return the (q, q) weights of a name or of a matrix, having checked that the values allow them."""
    if not isinstance(weights, str):
        return _own_matrix(weights, len(ratings.categories))
    if weights not in WEIGHTS:
        raise MethodError(
            f"there are no weights {weights!r}",
            allowed=tuple(WEIGHTS),
            value=weights,
            fix="name one of these, or give a matrix with one row and column per value",
        )
    if weights != "identity" and not ratings.ordered:
        raise MethodError(
            f"weights {weights!r} need an order, but the values are words",
            fix="give `categories` in their order, or use weights='identity'",
        )
    return WEIGHTS[weights](ratings.scale)


def _own_matrix(weights: ArrayLike, q: int) -> FloatArray:
    matrix = np.asarray(weights, dtype=float)
    if matrix.shape != (q, q) or not np.allclose(np.diag(matrix), 1) or matrix.min() < 0 or matrix.max() > 1:
        raise MethodError(
            "the weights are no matrix of agreement",
            where=f"shape {matrix.shape}, {q} values",
            fix=f"give {q} x {q} numbers between 0 and 1 with ones on the diagonal",
        )
    return matrix
