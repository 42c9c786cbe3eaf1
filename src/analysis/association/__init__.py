"""Which factors go with which outcomes: estimates, tests, and what the design behind them can show."""

from analysis.association.evidence import Evidence, evidence, permutations_within
from analysis.association.icc import IntraclassCorrelation, intraclass_correlation
from analysis.association.mixed import (
    Associations,
    WithinBetween,
    random_intercept,
    random_intercepts,
    within_between,
)
from analysis.association.multiplicity import Agreement, Families, agreement, benjamini_hochberg, family, holm
from analysis.association.permutation import permutation_clusters, permutation_within
from analysis.association.planner import Plan, plan
from analysis.association.power import Detectable, detectable
from analysis.association.results import Association, PermutationTest, RandomIntercept
from analysis.association.simulation import Design, design_of, even_design, simulate

__all__ = [
    "Agreement",
    "Association",
    "Associations",
    "Design",
    "Detectable",
    "Evidence",
    "Families",
    "IntraclassCorrelation",
    "PermutationTest",
    "Plan",
    "RandomIntercept",
    "WithinBetween",
    "agreement",
    "benjamini_hochberg",
    "design_of",
    "detectable",
    "even_design",
    "evidence",
    "family",
    "holm",
    "intraclass_correlation",
    "permutation_clusters",
    "permutation_within",
    "permutations_within",
    "plan",
    "random_intercept",
    "random_intercepts",
    "simulate",
    "within_between",
]
