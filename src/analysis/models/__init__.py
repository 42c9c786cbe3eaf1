"""All factors together: prediction of a left-out area, stability, relative importance, partial pooling."""

from analysis.models.importance import Importance, UnderNone, r2_under_none, relative_importance
from analysis.models.ordinal import OrdinalPooling, ordinal_is_installed, ordinal_pooling
from analysis.models.pooling import PartialPooling, partial_pooling
from analysis.models.prediction import Prediction, predict_left_out
from analysis.models.stability import Stability, stability_selection

__all__ = [
    "Importance",
    "OrdinalPooling",
    "PartialPooling",
    "Prediction",
    "Stability",
    "UnderNone",
    "ordinal_is_installed",
    "ordinal_pooling",
    "partial_pooling",
    "predict_left_out",
    "r2_under_none",
    "relative_importance",
    "stability_selection",
]
