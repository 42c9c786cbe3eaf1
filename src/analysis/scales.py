"""The scale on which a study's scores lie."""

from __future__ import annotations

import math

import pandas as pd

from analysis.framework import Framework
from analysis.settings import Rule, Source


def score_scale(rule: Rule, framework: Framework, sources: list[Source], values: pd.Series) -> tuple[float, float]:
    """Return the least and most value that a score can take.

    Parameters
    ----------
    rule : str
        The study's rule of scoring: shares and presence lie on 0-1, mean and highest intensity on the framework's
        grades, direct ratings on the scale that their source declares.
    framework : Framework
        The framework that is scored.
    sources : list of Source
        The study's sources, of which those of ratings may declare a scale.
    values : Series
        The scores; where nothing declares a scale, or values lie beyond it, they decide, in whole steps.
    """
    low, high = _declared(rule, framework, sources)
    known = values.dropna()
    if len(known):
        low = min(low, float(math.floor(known.min())))
        high = max(high, float(math.ceil(known.max())))
    return low, high if high > low else low + 1.0


def _declared(rule: Rule, framework: Framework, sources: list[Source]) -> tuple[float, float]:
    if rule in ("presence", "share_of_words"):
        return 0.0, 1.0
    if rule == "mean_rating":
        scales = [source.scale for source in sources if source.table == "ratings" and source.scale]
        return (min(low for low, _ in scales), max(high for _, high in scales)) if scales else (math.inf, -math.inf)
    grades = len(framework.intensity) if rule in ("mean_intensity", "max_intensity") else 0
    return 0.0, float(max(grades - 1, 0))
