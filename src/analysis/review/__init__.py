"""The framework at work: review a partnership, and let it assess itself."""

from analysis.review.answers import Answers, answered_ratings, read_answers
from analysis.review.attention import ATTENTION, Rules
from analysis.review.benchmark import Benchmark, described, study_benchmark
from analysis.review.conversation import question_list
from analysis.review.form import form, scale_of
from analysis.review.levels import benchmark_range, informant_values, rescale, side_gaps, unit_levels, usual_spread
from analysis.review.observed import coder_ratings, graded_evidence, reported_codes, scored_ratings
from analysis.review.partnership import PartnershipReview, partnership_review

__all__ = [
    "ATTENTION",
    "Answers",
    "Benchmark",
    "PartnershipReview",
    "Rules",
    "answered_ratings",
    "benchmark_range",
    "coder_ratings",
    "described",
    "form",
    "graded_evidence",
    "informant_values",
    "partnership_review",
    "question_list",
    "read_answers",
    "reported_codes",
    "rescale",
    "scale_of",
    "scored_ratings",
    "side_gaps",
    "study_benchmark",
    "unit_levels",
    "usual_spread",
]
