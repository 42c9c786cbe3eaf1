"""Partnership capital: composites, whether they hold together, and the hypothesis that capital carries to outcomes."""

from analysis.capital.composites import Composites, Recipe, composites
from analysis.capital.declared import DeclaredCapital, declared_capital
from analysis.capital.detectable import DetectableIndirect, detectable_indirect
from analysis.capital.hypothesis import CapitalHypothesis, capital_hypothesis
from analysis.capital.mediation import Mediation, Path, mediation
from analysis.capital.reliability import Reliabilities, Reliability, reliabilities, reliability
from analysis.capital.rivals import RivalOrders, rival_orders
from analysis.capital.split import SplitMediation, split_mediation
from analysis.capital.structure import ParallelAnalysis, parallel_analysis

__all__ = [
    "CapitalHypothesis",
    "Composites",
    "DeclaredCapital",
    "DetectableIndirect",
    "Mediation",
    "ParallelAnalysis",
    "Path",
    "Recipe",
    "Reliabilities",
    "Reliability",
    "RivalOrders",
    "SplitMediation",
    "capital_hypothesis",
    "composites",
    "declared_capital",
    "detectable_indirect",
    "mediation",
    "parallel_analysis",
    "reliabilities",
    "reliability",
    "rival_orders",
    "split_mediation",
]
