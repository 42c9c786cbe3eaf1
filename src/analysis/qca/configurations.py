"""Configurations and their row numbers in the complete truth table: from 1, the first condition varying slowest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def row_numbers(configurations: Ints, levels: Sequence[int]) -> Ints:
    """Return row numbers from 1, the first condition varying slowest."""
    return configurations @ _places(levels) + 1


def configurations_of(rows: Ints, levels: Sequence[int]) -> Ints:
    """Return the configurations, shape (m, k), of row numbers."""
    return ((np.asarray(rows, dtype=np.int64)[:, None] - 1) // _places(levels)) % np.array(levels, dtype=np.int64)


def rows_of_term(term: Mapping[str, frozenset[int]], level_counts: Mapping[str, int]) -> Ints:
    """Return the numbers of all rows that a term covers."""
    numbers = np.ones(1, dtype=np.int64)
    for name, n_levels, place in zip(
        level_counts, level_counts.values(), _places(tuple(level_counts.values())), strict=True
    ):
        chosen = np.array(sorted(term.get(name, range(n_levels))), dtype=np.int64)
        numbers = (numbers[:, None] + chosen * place).ravel()
    return np.sort(numbers)


def _places(levels: Sequence[int]) -> Ints:
    sizes = np.array(levels, dtype=np.int64)
    return np.concatenate([np.cumprod(sizes[::-1])[::-1][1:], [1]]).astype(np.int64)
