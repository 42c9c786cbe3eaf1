"""Westfall and Young's step-down max-T over all pairs of factors and outcomes, by joint rearrangement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association import arrangements
from analysis.association.design import Floats, Integers, centred, codes, numeric
from analysis.association.results import count, effect, p_value
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class MaxT:
    """Adjusted p-values of all pairs at once.

    Attributes
    ----------
    table : DataFrame
        One row a pair, the strongest first: outcome, factor, estimate (slope within clusters), correlation
        (within clusters), p, p_adjusted, floor.
    arrangements, possible : int
    exact : bool
    seed : int or None
    n_units, n_dropped : int
    incomplete : tuple of str
        Columns for which units were left out.
    alpha : float
    """

    table: pd.DataFrame
    arrangements: int
    possible: int
    exact: bool
    seed: int | None
    n_units: int
    n_dropped: int
    incomplete: tuple[str, ...]
    alpha: float

    @property
    def summary(self) -> str:
        """How many pairs stand, over how many arrangements, and how near the strongest comes."""
        stand = int((self.table["p_adjusted"] <= self.alpha).sum())
        how = f"all {self.arrangements:,}" if self.exact else f"{self.arrangements:,} drawn"
        first = self.table.iloc[0]
        dropped = (
            ""
            if not self.n_dropped
            else f" {count(self.n_dropped, 'unit')} left out, without a value of {', '.join(self.incomplete)}."
        )
        return (
            f"{stand} of {count(len(self.table), 'pair')} of factor and outcome stand at {self.alpha:g} after "
            f"step-down max-T over {how} joint arrangements of {self.n_units} units within clusters; the smallest "
            f"adjusted {p_value(float(first['p_adjusted']))} ({first['factor']} with {first['outcome']}, correlation "
            f"within clusters {effect(first['correlation'])}).{dropped}"
        )


def max_t(
    frame: pd.DataFrame,
    outcomes: str | Sequence[str],
    factors: str | Sequence[str],
    cluster: str,
    *,
    alpha: float = 0.05,
    draws: int = 9_999,
    limit: int = 20_000,
    seed: int = 2017,
) -> MaxT:
    """Correct all pairs of factors and outcomes jointly, keeping how they go together.

    Whole rows of outcomes are rearranged within clusters, so correlations among outcomes and among factors
    stay as they are. The statistic is the absolute correlation within clusters, for which the order is
    that of the t statistics of regressions with cluster fixed effects.

    Parameters
    ----------
    frame : DataFrame
        One row a unit; only rows complete in all columns are used, the others are counted.
    outcomes, factors : str or sequence of str
        Numeric columns.
    cluster : str
    alpha : float
        Family-wise level named in the summary.
    draws : int
        Arrangements drawn where there are more than `limit`; p is then (1 + count) / (1 + draws).
    seed : int

    Notes
    -----
    Westfall and Young (1993), Resampling-Based Multiple Testing, algorithm 4.1 (step-down max-T).
    """
    outcomes = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    factors = [factors] if isinstance(factors, str) else list(factors)
    y = np.column_stack([numeric(frame, name) for name in outcomes])
    x = np.column_stack([numeric(frame, name) for name in factors])
    group = codes(frame, cluster)[0]
    kept = np.isfinite(np.column_stack([x, y])).all(axis=1) & (group >= 0)
    if kept.sum() < 4:
        raise MethodError(f"only {int(kept.sum())} rows are complete in all {x.shape[1] + y.shape[1]} columns")
    block = np.unique(group[kept], return_inverse=True)[1]
    inner_x, inner_y = centred(x[kept], block), centred(y[kept], block)
    for name, inner, raw in zip([*factors, *outcomes], [*inner_x.T, *inner_y.T], [*x[kept].T, *y[kept].T], strict=True):
        if np.abs(inner).max() <= 1e-12 * max(np.abs(raw).max(), 1e-300):
            raise MethodError(f"{name!r} does not vary within any cluster", fix="leave it out of the family")
    orders, exact = _orders(block, limit, draws, seed)
    table = _table(_correlations(inner_x, inner_y, orders), inner_x, inner_y, outcomes, factors)
    return MaxT(
        table, len(orders) - (not exact), arrangements.possible(block), exact, None if exact else seed,
        int(kept.sum()), int((~kept).sum()),
        _incomplete(np.column_stack([x, y]), [*factors, *outcomes], group, cluster), alpha,
    )  # fmt: skip


def _incomplete(values: Floats, names: list[str], group: Integers, cluster: str) -> tuple[str, ...]:
    """Return the columns in which a row lacks a value."""
    lacking = [name for name, column in zip(names, values.T, strict=True) if np.isnan(column).any()]
    return (*lacking, cluster) if (group < 0).any() else tuple(lacking)


def _orders(block: Integers, limit: int, draws: int, seed: int) -> tuple[Integers, bool]:
    """Return all arrangements, or those drawn after the observed one, and whether they are all."""
    orders = arrangements.every(block, limit)
    if orders is not None:
        return orders, True
    index: Integers = np.arange(len(block))
    drawn = arrangements.draw(index, block, draws, np.random.default_rng(seed))
    return np.concatenate([index[None], drawn]), False


def _correlations(x: Floats, y: Floats, orders: Integers) -> Floats:
    """Correlations of every pair in every arrangement, shape (arrangements, n_outcomes * n_factors)."""
    x = x / np.sqrt((x**2).sum(axis=0))
    y = y / np.sqrt((y**2).sum(axis=0))
    return np.einsum("opk,pf->okf", y[orders], x, optimize=True).reshape(len(orders), -1)


def _table(r: Floats, x: Floats, y: Floats, outcomes: list[str], factors: list[str]) -> pd.DataFrame:
    size = np.abs(r)
    order = np.argsort(-size[0], kind="stable")
    tie = 1e-9
    # From the weakest up: the largest statistic among this pair and all weaker ones, in each arrangement.
    largest = np.maximum.accumulate(size[:, order[::-1]], axis=1)[:, ::-1]
    step = (largest >= size[0, order] - tie).mean(axis=0)
    slope = (
        r[0].reshape(len(outcomes), len(factors)) * np.sqrt((y**2).sum(axis=0))[:, None] / np.sqrt((x**2).sum(axis=0))
    )
    pairs = [(outcome, factor) for outcome in outcomes for factor in factors]
    return pd.DataFrame(
        {
            "outcome": [pairs[i][0] for i in order],
            "factor": [pairs[i][1] for i in order],
            "estimate": slope.ravel()[order],
            "correlation": r[0, order],
            "p": (size[:, order] >= size[0, order] - tie).mean(axis=0),
            "p_adjusted": np.maximum.accumulate(step),
            "floor": (size[:, order] >= size[:, order].max(axis=0) - tie).mean(axis=0),
        }
    )
