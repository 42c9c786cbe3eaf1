"""The framework at work: review a partnership, and let it assess itself."""

from analysis.review.answers import Answers, read_answers
from analysis.review.attention import ATTENTION, Rules
from analysis.review.form import form, scale_of
from analysis.review.levels import benchmark_range, informant_values, rescale, side_gaps, unit_levels, usual_spread
from analysis.review.partnership import PartnershipReview, partnership_review

__all__ = [
    "ATTENTION",
    "Answers",
    "PartnershipReview",
    "Rules",
    "benchmark_range",
    "form",
    "informant_values",
    "partnership_review",
    "read_answers",
    "rescale",
    "scale_of",
    "side_gaps",
    "unit_levels",
    "usual_spread",
]
