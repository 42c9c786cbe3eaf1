"""Intervals that respect interviews: whole interviews are drawn with replacement, all draws at once.

Every coefficient is a function of sums over units (see `estimators`), so a draw is a vector of how often each
interview was drawn, and 10,000 draws are one matrix product. Davison, A. C. & Hinkley, D. V. (1997).
Bootstrap Methods and their Application, sections 3.8 and 5.3 (percentile intervals over clusters).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.agreement.coefficients import Level, estimator, printed_name
from analysis.agreement.estimators import Estimator
from analysis.agreement.groups import check_groups, group_columns, grouped, named_kind, readings, usable
from analysis.agreement.ratings import FloatArray, Ratings, as_ratings
from analysis.errors import MethodError

#: Numbers held at once; draws are worked through in blocks of this size.
_BLOCK = 4_000_000
_FEWEST_CLUSTERS = 2


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Bootstrap intervals of a coefficient per group.

    Attributes
    ----------
    table : DataFrame
        The grouping columns (and `uncoded` where both readings were asked for), coefficient, kind, value, se
        (of the draws), lower, upper, n_units, n_coders, n_clusters, undefined (share of draws without a
        value).
    draws : ndarray, shape (groups, draws)
        The coefficient in every draw; NaN where it is undefined. All groups share the drawn interviews.
    by : tuple of str
    confidence : float
    cluster : str
        What was drawn.
    """

    table: pd.DataFrame
    draws: FloatArray
    by: tuple[str, ...]
    confidence: float
    cluster: str

    @property
    def summary(self) -> str:
        """Return one sentence: the range of the coefficient and what its intervals rest on."""
        known = self.table.dropna(subset=["value"])
        if known.empty:
            return "The coefficient is defined in no group."
        first = known.iloc[0]
        return (
            f"{first['coefficient']} ({first['kind']}) runs from {known['value'].min():.3f} to "
            f"{known['value'].max():.3f} over {len(self.table)} groups; {self.confidence:.0%} intervals "
            f"from {self.draws.shape[1]:,} draws of whole {self.cluster}s."
        )


def bootstrap_intervals(
    frame: pd.DataFrame,
    by: str | Sequence[str] = "factor",
    *,
    coefficient: str = "krippendorff_alpha",
    level: Level = "nominal",
    weights: str | ArrayLike = "identity",
    categories: Sequence[object] | None = None,
    uncoded: str = "include",
    cluster: str = "interview",
    draws: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Bootstrap:
    """Return percentile intervals of a coefficient from draws of whole interviews.

    Parameters
    ----------
    frame, by, coefficient, level, weights, categories, uncoded
        As for `agreement_by`; `by=()` takes all units together.
    cluster : str
        Column that names what is drawn with replacement: units within it stay together.
    draws : int
        Number of draws, at least 1.
    confidence : float
        In 0-1.
    seed : int
        Of `numpy.random.default_rng`.

    Notes
    -----
    A percentile interval over few interviews is too short; below about 20 read it as a sketch.
    Krippendorff's own bootstrap (2019, section 12.4) draws pairs of ratings as if they were independent and
    is shorter still.
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    ratings = as_ratings(frame, categories=categories)
    check_groups(frame, ratings, (*names, cluster))
    _check_draws(draws, confidence)
    kind, label = named_kind(coefficient, level, weights)
    index, clusters = pd.factorize(ratings.units[cluster])
    if len(clusters) < _FEWEST_CLUSTERS:
        raise MethodError(
            f"there is only one {cluster} to draw from",
            fix=f"give at least two, or another `cluster` than {cluster!r}",
        )
    times = _draw(len(clusters), draws, seed)
    tagged = replace(ratings, units=ratings.units.assign(_cluster=index))
    columns = group_columns(names)
    rows, series = [], []
    for reading, part in readings(tagged, uncoded):
        for key, group in grouped(part, names):
            group = usable(group, coefficient)
            sample = _resample(estimator(coefficient, group, kind), group, times)
            series.append(sample[1:])
            row = _row(sample, group, confidence)
            named = {"coefficient": printed_name(coefficient, kind), "kind": label}
            rows.append({**dict(zip(columns, key, strict=True)), "uncoded": reading, **named, **row})
    table = pd.DataFrame(rows)
    if uncoded != "both" and rows:
        table = table.drop(columns="uncoded")
    return Bootstrap(table, np.array(series).reshape(len(rows), draws), columns, confidence, cluster)


def _check_draws(draws: int, confidence: float) -> None:
    if draws < 1 or not 0 < confidence < 1:
        raise MethodError(
            f"{draws} draws at confidence {confidence} are no bootstrap",
            allowed=("draws >= 1", "0 < confidence < 1"),
            fix="use draws=10_000, confidence=0.95",
        )


def _draw(clusters: int, draws: int, seed: int) -> FloatArray:
    """Return how often each cluster is in each draw, (1 + draws, clusters); row 0 is the sample itself."""
    rng = np.random.default_rng(seed)
    picked = rng.integers(clusters, size=(draws, clusters), dtype=np.int32)
    picked += (np.arange(draws, dtype=np.int32) * clusters)[:, None]
    times = np.bincount(picked.ravel(), minlength=draws * clusters).reshape(draws, clusters)
    return np.vstack([np.ones(clusters), times])


def _resample(made: Estimator, group: Ratings, times: FloatArray) -> FloatArray:
    """Return the coefficient of the sample and of every draw, shape (1 + draws,)."""
    moments = made.moments(group) * group.counts[:, None]
    index = group.units["_cluster"].to_numpy()
    sums = np.zeros((times.shape[1], moments.shape[1]))
    np.add.at(sums, index, moments)
    step = max(1, _BLOCK // max(1, moments.shape[1]))
    blocks = [times[start : start + step] @ sums for start in range(0, len(times), step)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.concatenate([made.value(block).coefficient for block in blocks])


def _row(sample: FloatArray, group: Ratings, confidence: float) -> dict[str, object]:
    known = sample[1:][~np.isnan(sample[1:])]
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    lower, upper = np.quantile(known, tails) if len(known) and not np.isnan(sample[0]) else (np.nan, np.nan)
    return {
        "value": float(sample[0]),
        "se": float(np.std(known, ddof=1)) if len(known) > 1 else np.nan,
        "lower": float(lower),
        "upper": float(upper),
        "n_units": int(group.counts[(group.codes >= 0).sum(axis=0) > 1].sum()),
        "n_coders": len(group.coders),
        "n_clusters": int(group.units["_cluster"].nunique()),
        "undefined": 1 - len(known) / max(len(sample) - 1, 1),
    }
