"""All factors of a study as one matrix, complete rows only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association.design import Floats, Integers, codes, constant, numeric
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class Together:
    """Outcome and factors of the complete units.

    Attributes
    ----------
    y : array, shape (n_units,)
    x : array, shape (n_units, n_factors)
    cluster : array of int, shape (n_units,)
    factors : tuple of str
    labels : tuple of str
        Names of the clusters.
    n_dropped : int
    """

    y: Floats
    x: Floats
    cluster: Integers
    factors: tuple[str, ...]
    labels: tuple[str, ...]
    n_dropped: int

    @property
    def standardised(self) -> Floats:
        """Factors with mean 0 and standard deviation 1."""
        return (self.x - self.x.mean(axis=0)) / self.x.std(axis=0)


def together(frame: pd.DataFrame, outcome: str, factors: Sequence[str], cluster: str) -> Together:
    """Read the rows that are complete in outcome, all factors and cluster.

    Raises
    ------
    MethodError
        Unknown or textual columns, fewer than five complete rows, a constant column.
    """
    if outcome in factors or len(set(factors)) != len(factors) or not factors:
        raise MethodError("the factors must be different columns, and none of them the outcome")
    y, x = numeric(frame, outcome), np.column_stack([numeric(frame, name) for name in factors])
    group, labels = codes(frame, cluster)
    kept = np.isfinite(y) & np.isfinite(x).all(axis=1) & (group >= 0)
    if kept.sum() < 5:
        raise MethodError(f"only {int(kept.sum())} rows are complete in {outcome!r} and all {len(factors)} factors")
    for name, values in zip([outcome, *factors], [y[kept], *x[kept].T], strict=True):
        if constant(values):
            raise MethodError(f"column {name!r} does not vary over the complete rows", fix="leave it out")
    present, own = np.unique(group[kept], return_inverse=True)
    names = tuple(str(labels[i]) for i in present)
    return Together(y[kept], x[kept], own, tuple(factors), names, int((~kept).sum()))
