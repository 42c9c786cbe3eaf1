"""Which codes appear where, with which others, and whether new interviews still bring new ones."""

from analysis.patterns.cooccurrence import CoOccurrence, co_occurrence
from analysis.patterns.differences import Difference, group_difference
from analysis.patterns.frequency import Coverage, Frequency, code_frequency, interview_coverage
from analysis.patterns.matrix import CodeCaseMatrix, code_case_matrix
from analysis.patterns.network import CodeNetwork, co_occurrence_network
from analysis.patterns.saturation import Saturation, saturation
from analysis.patterns.ways import CoOccurrenceWays, co_occurrence_ways, code_case_measures

__all__ = [
    "CoOccurrence",
    "CoOccurrenceWays",
    "CodeCaseMatrix",
    "CodeNetwork",
    "Coverage",
    "Difference",
    "Frequency",
    "Saturation",
    "co_occurrence",
    "co_occurrence_network",
    "co_occurrence_ways",
    "code_case_matrix",
    "code_case_measures",
    "code_frequency",
    "group_difference",
    "interview_coverage",
    "saturation",
]
