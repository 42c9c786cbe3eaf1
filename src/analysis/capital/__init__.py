"""Partnership capital: composites, whether they hold together, and the hypothesis that capital carries to outcomes."""

from analysis.capital.composites import Composites, Recipe, composites
from analysis.capital.detectable import DetectableIndirect, detectable_indirect
from analysis.capital.mediation import Mediation, Path, mediation
from analysis.capital.reliability import Reliability, reliability
from analysis.capital.rivals import RivalOrders, rival_orders
from analysis.capital.split import SplitMediation, split_mediation
from analysis.capital.structure import ParallelAnalysis, parallel_analysis

__all__ = [
    "Composites",
    "DetectableIndirect",
    "Mediation",
    "ParallelAnalysis",
    "Path",
    "Recipe",
    "Reliability",
    "RivalOrders",
    "SplitMediation",
    "composites",
    "detectable_indirect",
    "mediation",
    "parallel_analysis",
    "reliability",
    "rival_orders",
    "split_mediation",
]
