"""The coefficients of agreement, each as sums over units and what follows from the sums.

Every coefficient here is a function of sums over units, so that a bootstrap is one matrix product. Standard
errors are Gwet's linearised ones (Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed., chapters
2-5; (2021) Large-sample variance of Fleiss generalized kappa. Educational and Psychological Measurement
81(4)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from analysis.agreement.metrics import Metric
from analysis.agreement.ratings import FloatArray, Ratings


class Value(NamedTuple):
    """A coefficient with the agreement observed and the agreement expected by chance, each of shape (...)."""

    coefficient: FloatArray
    observed: FloatArray
    expected: FloatArray


class Estimator(Protocol):
    """What a coefficient of agreement must offer."""

    def moments(self, ratings: Ratings) -> FloatArray:
        """Return what each unit adds to the sums, shape (units, m)."""

    def value(self, sums: FloatArray) -> Value:
        """Return the coefficient that sums of shape (..., m) give."""

    def linearised(self, ratings: Ratings) -> tuple[FloatArray, FloatArray]:
        """Return each unit's contribution and how often it counts, both of shape (units that enter,)."""


def divide(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Divide, giving NaN where the divisor is zero (to rounding)."""
    bottom = np.asarray(bottom, dtype=float)
    usable = np.abs(bottom) > 1e-12
    return np.where(usable, top / np.where(usable, bottom, 1.0), np.nan)


@dataclass(frozen=True, slots=True)
class Alpha:
    """Krippendorff's alpha: one minus observed over expected disagreement in the coincidence matrix."""

    scale: FloatArray
    metric: Metric

    def moments(self, ratings: Ratings) -> FloatArray:
        """Return each unit's coincidences (Krippendorff 2011, step B), shape (units, q * q)."""
        tally = ratings.tally()
        n = tally.sum(axis=1)
        pairs = tally[:, :, None] * tally[:, None, :]
        diagonal = np.arange(tally.shape[1])
        pairs[:, diagonal, diagonal] -= tally
        pairable = np.where(n > 1, 1 / np.maximum(n - 1, 1), 0.0)
        return (pairs * pairable[:, None, None]).reshape(len(tally), -1)

    def value(self, sums: FloatArray) -> Value:
        """Return alpha = 1 - Do / De (Krippendorff 2011, step C)."""
        q = len(self.scale)
        coincidences = sums.reshape(*sums.shape[:-1], q, q)
        margins = coincidences.sum(axis=-1)
        n = margins.sum(axis=-1)
        delta = self.metric(self.scale, margins)
        observed = divide((coincidences * delta).sum(axis=(-1, -2)), n)
        chance = (margins[..., :, None] * margins[..., None, :] * delta).sum(axis=(-1, -2))
        expected = divide(chance, n * (n - 1))
        return Value(1 - divide(observed, expected), 1 - observed, 1 - expected)

    def linearised(self, ratings: Ratings) -> tuple[FloatArray, FloatArray]:
        """Return Gwet's contributions; an ordinal metric is held at the sample's margins."""
        tally = ratings.tally()
        pairable = tally.sum(axis=1) > 1
        tally, counts = tally[pairable], ratings.counts[pairable]
        n, r = counts.sum(), tally.sum(axis=1)
        mean = (counts * r).sum() / n
        delta = self.metric(self.scale, counts @ tally)
        weights = 1 - delta / delta.max(initial=0.0)
        raw = (tally * (tally @ weights.T - 1)).sum(axis=1) / (mean * (r - 1))
        pi = counts @ tally / (n * mean)
        # Gwet linearises the coefficient without Krippendorff's correction for small samples, which enters
        # only where units differ in their number of ratings.
        observed, expected = counts @ raw / n, pi @ weights @ pi
        value = (observed - expected) / (1 - expected)
        small = 1 / (counts * r).sum()
        corrected = (1 - small) * observed + small
        by_unit = raw - corrected * (r - mean) / mean
        chance = tally @ ((weights + weights.T) @ pi / 2) / mean - expected * (r - mean) / mean
        return (by_unit - expected - 2 * (1 - value) * (chance - expected)) / (1 - expected), counts


class Chance(NamedTuple):
    """A model of chance agreement: from shares (..., q) and weights, and its share due to each unit."""

    expected: Callable[[FloatArray, FloatArray], FloatArray]
    by_unit: Callable[[FloatArray, FloatArray, FloatArray], FloatArray] | None


def _gwet_scale(weights: FloatArray) -> float:
    q = len(weights)
    return weights.sum() / (q * (q - 1)) if q > 1 else np.nan


CHANCE: dict[str, Chance] = {
    "gwet": Chance(
        lambda pi, w: _gwet_scale(w) * (pi * (1 - pi)).sum(axis=-1),
        lambda shares, pi, w: _gwet_scale(w) * shares @ (1 - pi),
    ),
    "fleiss": Chance(
        lambda pi, w: ((pi @ w) * pi).sum(axis=-1),
        lambda shares, pi, w: shares @ ((w + w.T) @ pi / 2),
    ),
    "brennan_prediger": Chance(lambda pi, w: np.full(pi.shape[:-1], w.mean()), None),
    "none": Chance(lambda pi, _: np.zeros(pi.shape[:-1]), None),
}


@dataclass(frozen=True, slots=True)
class ChanceCorrected:
    """(observed - expected) / (1 - expected) with one distribution of values for all coders.

    Units with one rating inform the distribution, those with two or more the agreement as well (Gwet 2014,
    section 2.5).
    """

    weights: FloatArray
    chance: Chance

    def moments(self, ratings: Ratings) -> FloatArray:
        """Return per unit: rated, rated twice, agreement, share of each value; shape (units, 3 + q)."""
        tally = ratings.tally()
        r = tally.sum(axis=1)
        shares = tally / np.maximum(r, 1)[:, None]
        return np.column_stack([r > 0, r > 1, unit_agreement(tally, self.weights), shares])

    def value(self, sums: FloatArray) -> Value:
        """Return the coefficient from the sums."""
        observed = divide(sums[..., 2], sums[..., 1])
        pi = divide(sums[..., 3:], sums[..., :1])
        expected = self.chance.expected(pi, self.weights)
        return Value(divide(observed - expected, 1 - expected), observed, expected)

    def linearised(self, ratings: Ratings) -> tuple[FloatArray, FloatArray]:
        """Return Gwet's contributions of the units that anybody rated."""
        rated = (ratings.codes >= 0).any(axis=0)
        moments, counts = self.moments(ratings)[rated], ratings.counts[rated]
        sums = counts @ moments
        value, _, expected = self.value(sums)
        twice = moments[:, 1]
        per_unit = sums[0] / sums[1] * (moments[:, 2] - expected * twice) / (1 - expected)
        if self.chance.by_unit is not None:
            by_unit = self.chance.by_unit(moments[:, 3:], sums[3:] / sums[0], self.weights)
            per_unit = per_unit - 2 * (1 - value) * (by_unit - expected) / (1 - expected)
        return per_unit, counts


def unit_agreement(tally: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the share of agreeing pairs of coders in each unit, 0 where fewer than two rated it."""
    r = tally.sum(axis=1)
    agreeing = (tally * (tally @ weights.T - 1)).sum(axis=1)
    return np.where(r > 1, agreeing / np.maximum(r * (r - 1), 1), 0.0)


@dataclass(frozen=True, slots=True)
class Conger:
    """Chance agreement from each coder's own distribution: Cohen's kappa for two coders, Conger's for more.

    Conger, A. J. (1980). Psychological Bulletin 88, 322-328; with missing ratings as in Gwet (2014), section
    2.5.
    """

    weights: FloatArray
    n_coders: int

    def moments(self, ratings: Ratings) -> FloatArray:
        """Return per unit: rated twice, agreement, coders' values as indicators; (units, 2 + R q)."""
        tally = ratings.tally()
        given = (ratings.codes[:, :, None] == np.arange(tally.shape[1])).transpose(1, 0, 2)
        twice = tally.sum(axis=1) > 1
        return np.column_stack([twice, unit_agreement(tally, self.weights), given.reshape(len(tally), -1)])

    def value(self, sums: FloatArray) -> Value:
        """Return the coefficient from the sums."""
        observed = divide(sums[..., 1], sums[..., 0])
        shares, present = self._shares(sums)
        total = shares.sum(axis=-2)
        agree = ((total @ self.weights) * total).sum(axis=-1)
        itself = ((shares @ self.weights) * shares).sum(axis=(-1, -2))
        expected = divide(agree - itself, present * (present - 1))
        return Value(divide(observed - expected, 1 - expected), observed, expected)

    def linearised(self, ratings: Ratings) -> tuple[FloatArray, FloatArray]:
        """Return the units' contributions, chance agreement linearised in every coder's distribution."""
        rated = (ratings.codes >= 0).any(axis=0)
        moments, counts = self.moments(ratings)[rated], ratings.counts[rated]
        sums, n = counts @ moments, counts.sum()
        value, _, expected = self.value(sums)
        shares, present = self._shares(sums)
        given = moments[:, 2:].reshape(len(moments), self.n_coders, -1)
        times = n / (counts @ given.sum(axis=2))
        # A unit moves a coder's distribution only where that coder rated it.
        moved = times[:, None] * (given - given.sum(axis=2, keepdims=True) * shares)
        others = (shares.sum(axis=0) - shares) @ ((self.weights + self.weights.T) / 2)
        by_unit = expected + (moved * others).sum(axis=(1, 2)) / (present * (present - 1))
        per_unit = n / sums[0] * (moments[:, 1] - expected * moments[:, 0]) / (1 - expected)
        return per_unit - 2 * (1 - value) * (by_unit - expected) / (1 - expected), counts

    def _shares(self, sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        given = sums[..., 2:].reshape(*sums.shape[:-1], self.n_coders, -1)
        rated = given.sum(axis=-1, keepdims=True)
        present = (rated[..., 0] > 0).sum(axis=-1)
        return given / np.maximum(rated, 1e-300), present.astype(float)
