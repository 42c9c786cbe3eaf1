"""Which codes appear where, with which others, and whether new interviews still bring new ones."""

from analysis.patterns.cooccurrence import CoOccurrence, closest_co_occurrence, co_occurrence
from analysis.patterns.differences import Difference, group_difference
from analysis.patterns.frequency import Coverage, Frequency, code_frequency, interview_coverage
from analysis.patterns.matrix import CodeCaseMatrix, code_case_matrix
from analysis.patterns.network import CodeNetwork, co_occurrence_network
from analysis.patterns.saturation import Saturation, saturation

__all__ = [
    "CoOccurrence",
    "CodeCaseMatrix",
    "CodeNetwork",
    "Coverage",
    "Difference",
    "Frequency",
    "Saturation",
    "closest_co_occurrence",
    "co_occurrence",
    "co_occurrence_network",
    "code_case_matrix",
    "code_frequency",
    "group_difference",
    "interview_coverage",
    "saturation",
]
