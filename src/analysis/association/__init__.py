"""Which factors go with which outcomes: estimates, tests, and what the design behind them can show."""

from analysis.association.mixed import (
    Associations,
    WithinBetween,
    random_intercept,
    random_intercepts,
    within_between,
)
from analysis.association.permutation import permutation_clusters, permutation_within
from analysis.association.results import Association, PermutationTest, RandomIntercept

__all__ = [
    "Association",
    "Associations",
    "PermutationTest",
    "RandomIntercept",
    "WithinBetween",
    "permutation_clusters",
    "permutation_within",
    "random_intercept",
    "random_intercepts",
    "within_between",
]
