"""Qualitative Comparative Analysis, exact and complete; it knows no study and stands alone.

>>> from analysis.qca import calibrate, minimise, necessity, truth_table
"""

from analysis.qca.ambiguity import Ambiguity, Pair
from analysis.qca.calibration import calibrate
from analysis.qca.chance import ChanceCheck, chance_check
from analysis.qca.clusters import ClusterDiagnostics, LeaveOneOut, cluster_diagnostics, leave_one_cluster_out
from analysis.qca.enhanced import contradictory_assumptions, simultaneous_subsets, untenable_rows
from analysis.qca.factoring import factor
from analysis.qca.fit import Fit, parameters_of_fit
from analysis.qca.minimisation import minimise
from analysis.qca.necessary import Necessity, necessity
from analysis.qca.protocol import Analysis
from analysis.qca.ranges import Range, calibration_range, frequency_range, inclusion_range
from analysis.qca.robustness import RobustCore, robust_core
from analysis.qca.skew import Skewness, skewness
from analysis.qca.solution import Solution
from analysis.qca.tabulate import truth_table
from analysis.qca.theory import TheoryEvaluation, TwoStep, theory_evaluation, two_step
from analysis.qca.truthtable import Cuts, TruthTable

__all__ = [
    "Ambiguity",
    "Analysis",
    "ChanceCheck",
    "ClusterDiagnostics",
    "Cuts",
    "Fit",
    "LeaveOneOut",
    "Necessity",
    "Pair",
    "Range",
    "RobustCore",
    "Skewness",
    "Solution",
    "TheoryEvaluation",
    "TruthTable",
    "TwoStep",
    "calibrate",
    "calibration_range",
    "chance_check",
    "cluster_diagnostics",
    "contradictory_assumptions",
    "factor",
    "frequency_range",
    "inclusion_range",
    "leave_one_cluster_out",
    "minimise",
    "necessity",
    "parameters_of_fit",
    "robust_core",
    "simultaneous_subsets",
    "skewness",
    "theory_evaluation",
    "truth_table",
    "two_step",
    "untenable_rows",
]
