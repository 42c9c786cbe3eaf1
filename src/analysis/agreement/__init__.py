"""Do the coders agree: units, coefficients, intervals, and a verdict in words.

Every coefficient takes a reliability matrix (coders x units, NaN is missing) or a tidy frame with the columns
unit, coder, value and, where there are, factor, interview, area, month: the builders of units give such frames.
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
from analysis.agreement.disagreements import Disagreements, disagreements
from analysis.agreement.drift import Drift, agreement_drift
from analysis.agreement.groups import AgreementBy, agreement_by
from analysis.agreement.metrics import METRICS
from analysis.agreement.result import Agreement
from analysis.agreement.spans import window_spans
from analysis.agreement.texts import AgreementByUnit, PlacedTexts, agreement_by_unit, placed_texts, unitising_table
from analysis.agreement.unitising import Unitising, unitising_alpha, unitising_by_code
from analysis.agreement.unitising_1995 import unitising_alpha_1995
from analysis.agreement.units import (
    character_units,
    interview_units,
    rating_units,
    segment_units,
    span_units,
    uncoded_share,
)
from analysis.agreement.verdict import SOURCES, Verdict, benchmark, verdict
from analysis.agreement.weights import WEIGHTS

__all__ = [
    "METRICS",
    "SOURCES",
    "WEIGHTS",
    "Agreement",
    "AgreementBy",
    "AgreementByUnit",
    "Bootstrap",
    "Disagreements",
    "Drift",
    "PlacedTexts",
    "Unitising",
    "Verdict",
    "agreement_by",
    "agreement_by_unit",
    "agreement_drift",
    "benchmark",
    "bootstrap_intervals",
    "brennan_prediger",
    "character_units",
    "cohen_kappa",
    "conger_kappa",
    "disagreements",
    "fleiss_kappa",
    "gwet_ac",
    "interview_units",
    "krippendorff_alpha",
    "percent_agreement",
    "placed_texts",
    "rating_units",
    "segment_units",
    "span_units",
    "uncoded_share",
    "unitising_alpha",
    "unitising_alpha_1995",
    "unitising_by_code",
    "unitising_table",
    "verdict",
    "window_spans",
]
