"""The public coefficients: a reliability matrix or a tidy frame in, an `Agreement` out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.agreement.estimators import CHANCE, Alpha, ChanceCorrected, Conger, Estimator
from analysis.agreement.metrics import Metric, metric
from analysis.agreement.ratings import Ratings, as_ratings, complete_pairs
from analysis.agreement.result import Agreement, estimate
from analysis.agreement.weights import weight_matrix
from analysis.errors import MethodError

Data: TypeAlias = pd.DataFrame | ArrayLike
Level: TypeAlias = str | Metric

#: What each coefficient is called in a sentence.
NAMES = {
    "krippendorff_alpha": "Krippendorff's alpha",
    "gwet_ac": "Gwet's AC",
    "cohen_kappa": "Cohen's kappa",
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "brennan_prediger": "Brennan-Prediger coefficient",
    "percent_agreement": "Percent agreement",
}
_CHANCE = {
    "gwet_ac": "gwet",
    "fleiss_kappa": "fleiss",
    "brennan_prediger": "brennan_prediger",
    "percent_agreement": "none",
}


def krippendorff_alpha(
    data: Data,
    level: Level = "nominal",
    *,
    categories: Sequence[object] | None = None,
    counts: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Agreement:
    """Return Krippendorff's alpha.

    Parameters
    ----------
    data : DataFrame or 2-D array
        Reliability matrix (coders x units, NaN is missing) or tidy frame (unit, coder, value).
    level : {"nominal", "ordinal", "interval", "ratio"} or function
        Level of measurement; a function of (values, counts) gives squared differences of one's own.
    categories : sequence, optional
        The scale in its order; needed where words are ordinal.
    counts : array, optional
        How many identical units each column stands for.
    confidence : float
        Of the interval, in 0-1.

    Returns
    -------
    Agreement
        In (-inf, 1]; NaN where the ratings do not vary. The standard error is Gwet's (2014, chapter 5);
        at the ordinal level it holds the metric at the sample's margins.

    Raises
    ------
    MethodError
        Where the data are no reliability data or the level does not fit the values.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.
    """
    return _coefficient("krippendorff_alpha", as_ratings(data, categories=categories, counts=counts), level, confidence)


def gwet_ac(
    data: Data,
    weights: str | ArrayLike = "identity",
    *,
    categories: Sequence[object] | None = None,
    counts: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Agreement:
    """Return Gwet's AC1 (identity weights) or AC2 (any other weights).

    The number of categories matters to it: give `categories` where the scale has values that nobody used.
    Gwet, K. L. (2008). British Journal of Mathematical and Statistical Psychology 61, 29-48; (2014), chapter
    5. Parameters and errors as for `krippendorff_alpha`; `weights` is one of `WEIGHTS` or a (q, q) matrix.
    """
    return _coefficient("gwet_ac", as_ratings(data, categories=categories, counts=counts), weights, confidence)


def fleiss_kappa(
    data: Data,
    weights: str | ArrayLike = "identity",
    *,
    categories: Sequence[object] | None = None,
    counts: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Agreement:
    """Return Fleiss' kappa, generalised to missing ratings and to weights (Gwet 2014, section 2.5).

    Fleiss, J. L. (1971). Psychological Bulletin 76, 378-382. Parameters as for `gwet_ac`.
    """
    return _coefficient("fleiss_kappa", as_ratings(data, categories=categories, counts=counts), weights, confidence)


def conger_kappa(
    data: Data,
    weights: str | ArrayLike = "identity",
    *,
    categories: Sequence[object] | None = None,
    counts: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Agreement:
    """Return Conger's kappa: Cohen's for two coders or more, generalised to missing ratings.

    Conger, A. J. (1980). Psychological Bulletin 88, 322-328. Parameters as for `gwet_ac`.
    """
    return _coefficient("conger_kappa", as_ratings(data, categories=categories, counts=counts), weights, confidence)


def brennan_prediger(
    data: Data,
    weights: str | ArrayLike = "identity",
    *,
    categories: Sequence[object] | None = None,
    counts: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Agreement:
    """Return the Brennan-Prediger coefficient: chance agreement of values drawn evenly from the scale.

    Brennan, R. L. & Prediger, D. J. (1981). Educational and Psychological Measurement 41, 687-699.
    Parameters as for `gwet_ac`.
    """
    ratings = as_ratings(data, categories=categories, counts=counts)
    return _coefficient("brennan_prediger", ratings, weights, confidence)


def percent_agreement(
    data: Data,
    weights: str | ArrayLike = "identity",
    *,
    categories: Sequence[object] | None = None,
    counts: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Agreement:
    """Return the mean over units of the share of agreeing pairs of coders, in 0-1; not corrected for chance.

    Parameters as for `gwet_ac`.
    """
    ratings = as_ratings(data, categories=categories, counts=counts)
    return _coefficient("percent_agreement", ratings, weights, confidence)


def cohen_kappa(
    a: ArrayLike,
    b: ArrayLike,
    weights: str | ArrayLike | None = None,
    *,
    categories: Sequence[object] | None = None,
    confidence: float = 0.95,
) -> Agreement:
    """Return Cohen's kappa of two coders, weighted where `weights` are given.

    Units that only one of them rated are left out. Cohen, J. (1960). Educational and Psychological
    Measurement 20, 37-46; (1968) Psychological Bulletin 70, 213-220. The standard error is that of Fleiss,
    Cohen and Everitt (1969), over n - 1.

    Parameters
    ----------
    a, b : array, shape (units,)
        What each coder gave; NaN is missing.
    weights : str or array, optional
        As for `gwet_ac`; None is unweighted.
    categories, confidence
        As for `krippendorff_alpha`.
    """
    first, second = pd.Series(np.asarray(a)), pd.Series(np.asarray(b))
    if first.shape != second.shape:
        raise MethodError(
            f"the two coders rated {len(first)} and {len(second)} units",
            fix="give two arrays of one length, NaN where a coder did not rate a unit",
        )
    ratings = as_ratings(pd.DataFrame({"a": first, "b": second}).T, categories=categories)
    return _coefficient("cohen_kappa", ratings, "identity" if weights is None else weights, confidence)


def estimator(coefficient: str, ratings: Ratings, kind: Level | ArrayLike) -> Estimator:
    """Return the estimator of a coefficient by name for data of one scale; `kind` is a level or weights."""
    if coefficient not in NAMES:
        raise MethodError(
            f"there is no coefficient {coefficient!r}",
            allowed=tuple(NAMES),
            value=coefficient,
            fix="name one of these",
        )
    if coefficient == "krippendorff_alpha":
        return Alpha(ratings.scale, metric(kind, ratings))  # type: ignore[arg-type]
    matrix = weight_matrix(kind, ratings)  # type: ignore[arg-type]
    if coefficient in _CHANCE:
        return ChanceCorrected(matrix, CHANCE[_CHANCE[coefficient]])
    if coefficient == "cohen_kappa" and len(ratings.coders) > 2:
        raise MethodError(
            f"Cohen's kappa takes two coders, here are {len(ratings.coders)}",
            fix="use conger_kappa, or agreement_by(..., by='pair')",
        )
    return Conger(matrix, len(ratings.coders))


def coefficient_of(ratings: Ratings, coefficient: str, kind: Level | ArrayLike, confidence: float = 0.95) -> Agreement:
    """Return a coefficient by name for data that are read already."""
    return _coefficient(coefficient, ratings, kind, confidence)


def prepared(coefficient: str, ratings: Ratings) -> Ratings:
    """Return the data as a coefficient wants them: Cohen's kappa leaves out what one coder did not rate."""
    return complete_pairs(ratings) if coefficient == "cohen_kappa" else ratings


def kind_name(kind: Level | ArrayLike) -> str:
    """Return what a level or weights are called in a table."""
    if isinstance(kind, str):
        return kind
    return getattr(kind, "__name__", "own level") if callable(kind) else "own weights"


def printed_name(coefficient: str, kind: Level | ArrayLike) -> str:
    """Return what a coefficient is called in a sentence."""
    if coefficient == "gwet_ac":
        return "Gwet's AC1" if isinstance(kind, str) and kind == "identity" else "Gwet's AC2"
    return NAMES[coefficient]


def _coefficient(coefficient: str, ratings: Ratings, kind: Level | ArrayLike, confidence: float) -> Agreement:
    ratings = prepared(coefficient, ratings)
    return estimate(
        estimator(coefficient, ratings, kind),
        ratings,
        coefficient=printed_name(coefficient, kind),
        kind=kind_name(kind),
        confidence=confidence,
    )
