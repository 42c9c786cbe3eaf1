"""Which codes appear where, with which others, and whether new interviews still bring new ones."""

from analysis.patterns.differences import Difference, group_difference
from analysis.patterns.frequency import Coverage, Frequency, code_frequency, interview_coverage
from analysis.patterns.matrix import CodeCaseMatrix, code_case_matrix

__all__ = [
    "CodeCaseMatrix",
    "Coverage",
    "Difference",
    "Frequency",
    "code_case_matrix",
    "code_frequency",
    "group_difference",
    "interview_coverage",
]
