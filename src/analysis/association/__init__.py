"""Which factors go with which outcomes: estimates, tests, and what the design behind them can show."""

from analysis.association.bootstrap import WildBootstrap, wild_bootstrap
from analysis.association.combine import Fisher, fisher
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
from analysis.association.ordinal import CumulativeLink, ordinal
from analysis.association.permutation import permutation_clusters, permutation_within
from analysis.association.planner import Plan, plan
from analysis.association.power import Detectable, detectable
from analysis.association.rank import StratifiedKendall, stratified_kendall
from analysis.association.results import Association, PermutationTest, RandomIntercept
from analysis.association.robust import cluster_robust, fixed_effects
from analysis.association.simulation import Design, design_of, even_design, simulate
from analysis.association.stepdown import MaxT, max_t

__all__ = [
    "Agreement",
    "Association",
    "Associations",
    "CumulativeLink",
    "Design",
    "Detectable",
    "Evidence",
    "Families",
    "Fisher",
    "IntraclassCorrelation",
    "MaxT",
    "PermutationTest",
    "Plan",
    "RandomIntercept",
    "StratifiedKendall",
    "WildBootstrap",
    "WithinBetween",
    "agreement",
    "benjamini_hochberg",
    "cluster_robust",
    "design_of",
    "detectable",
    "even_design",
    "evidence",
    "family",
    "fisher",
    "fixed_effects",
    "holm",
    "intraclass_correlation",
    "max_t",
    "ordinal",
    "permutation_clusters",
    "permutation_within",
    "permutations_within",
    "plan",
    "random_intercept",
    "random_intercepts",
    "simulate",
    "stratified_kendall",
    "wild_bootstrap",
    "within_between",
]
