"""Do the coders agree: coefficients, units, intervals, and a verdict in words.

Every function takes a reliability matrix (coders x units, NaN is missing) or a tidy frame with the columns
unit, coder, value and, where there are, factor, interview, area, month.
"""

from analysis.agreement.bootstrap import Bootstrap, bootstrap_intervals
from analysis.agreement.coefficients import (
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
)
from analysis.agreement.drift import Drift, agreement_drift
from analysis.agreement.groups import AgreementBy, agreement_by
from analysis.agreement.metrics import METRICS
from analysis.agreement.result import Agreement
from analysis.agreement.verdict import SOURCES, Verdict, benchmark, verdict
from analysis.agreement.weights import WEIGHTS

__all__ = [
    "METRICS",
    "SOURCES",
    "WEIGHTS",
    "Agreement",
    "AgreementBy",
    "Bootstrap",
    "Drift",
    "Verdict",
    "agreement_by",
    "agreement_drift",
    "benchmark",
    "bootstrap_intervals",
    "brennan_prediger",
    "cohen_kappa",
    "conger_kappa",
    "fleiss_kappa",
    "gwet_ac",
    "krippendorff_alpha",
    "percent_agreement",
    "verdict",
]
