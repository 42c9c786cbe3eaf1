"""Which factors go with which outcomes: estimates, tests, and what the design behind them can show."""

from analysis.association.bootstrap import WildBootstrap, wild_bootstrap
from analysis.association.coder_model import DawidSkene, dawid_skene
from analysis.association.coders import CoderError, coder_error
from analysis.association.combine import Fisher, fisher
from analysis.association.cumulative_link import CumulativeLink, ordinal
from analysis.association.deletion import DeletionDiagnostics, deletion_diagnostics
from analysis.association.estimators import Estimators, other_estimators
from analysis.association.evidence import Evidence, evidence, permutations_within
from analysis.association.icc import IntraclassCorrelation, intraclass_correlation
from analysis.association.influence import LeaveOneOut, leave_one_cluster_out, leave_one_unit_out
from analysis.association.informants import SplitInformants, named_split, split_informants, unit_frame
from analysis.association.missing import AbsentReadings, TippingPoint, absent_readings, tipping_point
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
from analysis.association.rank import StratifiedKendall, stratified_kendall
from analysis.association.results import Association, PermutationTest, RandomIntercept
from analysis.association.robust import cluster_robust, fixed_effects
from analysis.association.rubin import Pooled, pool
from analysis.association.sensitivity import (
    OmittedCause,
    RangeRestriction,
    omitted_cause,
    range_restriction,
    robustness_value,
)
from analysis.association.simulation import Design, design_of, even_design, simulate
from analysis.association.specification import ESTIMATORS, SpecificationCurve, Variant, specification_curve
from analysis.association.stepdown import MaxT, max_t

__all__ = [
    "ESTIMATORS",
    "AbsentReadings",
    "Agreement",
    "Association",
    "Associations",
    "CoderError",
    "CumulativeLink",
    "DawidSkene",
    "DeletionDiagnostics",
    "Design",
    "Detectable",
    "Estimators",
    "Evidence",
    "Families",
    "Fisher",
    "IntraclassCorrelation",
    "LeaveOneOut",
    "MaxT",
    "OmittedCause",
    "PermutationTest",
    "Plan",
    "Pooled",
    "RandomIntercept",
    "RangeRestriction",
    "SpecificationCurve",
    "SplitInformants",
    "StratifiedKendall",
    "TippingPoint",
    "Variant",
    "WildBootstrap",
    "WithinBetween",
    "absent_readings",
    "agreement",
    "benjamini_hochberg",
    "cluster_robust",
    "coder_error",
    "dawid_skene",
    "deletion_diagnostics",
    "design_of",
    "detectable",
    "even_design",
    "evidence",
    "family",
    "fisher",
    "fixed_effects",
    "holm",
    "intraclass_correlation",
    "leave_one_cluster_out",
    "leave_one_unit_out",
    "max_t",
    "named_split",
    "omitted_cause",
    "ordinal",
    "other_estimators",
    "permutation_clusters",
    "permutation_within",
    "permutations_within",
    "plan",
    "pool",
    "random_intercept",
    "random_intercepts",
    "range_restriction",
    "robustness_value",
    "simulate",
    "specification_curve",
    "split_informants",
    "stratified_kendall",
    "tipping_point",
    "unit_frame",
    "wild_bootstrap",
    "within_between",
]
