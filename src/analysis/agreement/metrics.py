"""Krippendorff's difference functions: how far apart two values are, squared, at each level of measurement.

Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability; (2019) Content Analysis, 4th ed.,
section 12.3.4. Each takes the values as numbers, shape (q,), and how often each was paired, shape (..., q),
and gives squared differences of shape (q, q) or (..., q, q). A level of one's own is any function of that
signature.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.agreement.ratings import FloatArray, Ratings
from analysis.errors import MethodError

Metric = Callable[[FloatArray, FloatArray], FloatArray]


def nominal(values: FloatArray, _counts: FloatArray) -> FloatArray:
    """Return 1 where two values differ, else 0."""
    return 1.0 - np.eye(len(values))


def ordinal(_values: FloatArray, counts: FloatArray) -> FloatArray:
    """Return the squared number of ratings that lie between two ranks, each end counting half."""
    middle = np.cumsum(counts, axis=-1) - counts / 2
    return np.square(middle[..., :, None] - middle[..., None, :])


def interval(values: FloatArray, _counts: FloatArray) -> FloatArray:
    """Return squared differences."""
    return np.square(values[:, None] - values[None, :])


def ratio(values: FloatArray, _counts: FloatArray) -> FloatArray:
    """Return squared differences relative to the sum of the two values (0 for a pair of zeros)."""
    total = values[:, None] + values[None, :]
    gap = values[:, None] - values[None, :]
    return np.square(np.divide(gap, total, out=np.zeros_like(total), where=total != 0))


METRICS: dict[str, Metric] = {"nominal": nominal, "ordinal": ordinal, "interval": interval, "ratio": ratio}
_NEEDS = {"ordinal": "order", "interval": "numbers", "ratio": "numbers"}


def metric(level: str | Metric, ratings: Ratings) -> Metric:
    """Return the difference function of a level, having checked that the values allow it."""
    if callable(level):
        return level
    if level not in METRICS:
        raise MethodError(
            f"there is no level of measurement {level!r}",
            allowed=tuple(METRICS),
            value=level,
            fix="name one of these, or give a function of (values, counts)",
        )
    need = _NEEDS.get(level)
    if (need == "order" and not ratings.ordered) or (need == "numbers" and not ratings.numeric):
        raise MethodError(
            f"the level {level!r} needs {need}, but the values are words",
            where=f"values {', '.join(str(value) for value in ratings.categories[:5])}",
            fix="use level='nominal', or give `categories` in their order (ordinal) or numbers",
        )
    if level == "ratio" and (ratings.scale < 0).any():
        raise MethodError(
            "the level 'ratio' needs values of at least zero",
            where=f"value {ratings.scale.min():g}",
            fix="use level='interval'",
        )
    return METRICS[level]
