"""Which sets of prime implicants cover all positive rows: counted exactly, listed lazily.

A *minimal* cover uses the fewest prime implicants (the R package's default); an *irredundant* one only loses
a row when any of its terms is dropped (QCApro, cna). Prime implicants that cover the same rows form a class;
a cover holds at most one of a class, so that models are counted as sums of products of class sizes, without
listing them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]

_ROWS_BY_SUMMATION = 16  # up to 2^16 sets of rows: count by inclusion and exclusion, else by branching


@dataclass(frozen=True, slots=True)
class Core:
    """What is left of a chart once essential terms are taken out and dominated rows dropped.

    Attributes
    ----------
    essential : tuple of tuple of int
        Classes of which one member stands in every cover.
    patterns : tuple of int
        One bit set of remaining rows a class.
    members : tuple of tuple of int
        The prime implicants of each class.
    rows : int
        The bit set of all remaining rows.
    """

    essential: tuple[tuple[int, ...], ...]
    patterns: tuple[int, ...]
    members: tuple[tuple[int, ...], ...]
    rows: int


def reduce_chart(covers: Bools) -> Core:
    """Take essential classes out and drop rows that another row's cover implies, until neither is left.

    Parameters
    ----------
    covers : ndarray of bool, shape (primes, rows)
    """
    essential: list[tuple[int, ...]] = []
    primes = np.arange(len(covers))
    while covers.shape[1]:
        covers = covers[:, _undominated(covers)]
        covers, primes = covers[covers.any(axis=1)], primes[covers.any(axis=1)]
        patterns, classes = np.unique(covers, axis=0, return_inverse=True)
        forced = np.flatnonzero(patterns[:, patterns.sum(axis=0) == 1].any(axis=1))
        if not len(forced):
            break
        essential += [tuple(primes[classes == one].tolist()) for one in forced]
        covers = covers[:, ~patterns[forced].any(axis=0)]
    if not covers.shape[1]:
        return Core(tuple(essential), (), (), 0)
    order = np.argsort(classes, kind="stable")
    groups = np.split(primes[order], np.flatnonzero(np.diff(classes[order])) + 1)
    bits = [sum(1 << int(row) for row in np.flatnonzero(pattern)) for pattern in patterns]
    return Core(tuple(essential), tuple(bits), tuple(tuple(g.tolist()) for g in groups), (1 << covers.shape[1]) - 1)


def minimal_size(core: Core) -> tuple[int, int]:
    """Return the number of terms of a minimal cover and the exact number of minimal covers."""
    size, count = (0, 1) if not core.rows else _count_minimal(core)
    return size + len(core.essential), count * prod(len(group) for group in core.essential)


def minimal_covers(core: Core, size: int) -> Iterator[tuple[int, ...]]:
    """List the covers with `size` terms one by one, as sorted indices of prime implicants."""
    return _with_members(core, _covers_of_size(core, size - len(core.essential)))


def irredundant_covers(core: Core) -> Iterator[tuple[int, ...]]:
    """List the irredundant covers one by one, as sorted indices of prime implicants."""
    return _with_members(core, _irredundant(core))


def count_irredundant(core: Core, most_classes: int) -> tuple[int, bool]:
    """Count irredundant covers; the flag says whether the count is complete (else it is a lower bound).

    Parameters
    ----------
    core : Core
    most_classes : int
        How many covers by classes are looked at before the count is given up.
    """
    count = 0
    for looked, cover in enumerate(_irredundant(core)):
        if looked >= most_classes:
            return count * prod(len(group) for group in core.essential), False
        count += prod(len(core.members[c]) for c in cover)
    return count * prod(len(group) for group in core.essential), True


def _undominated(covers: Bools) -> NDArray[np.int64]:
    """Return the rows that no other row implies: of two rows the one with the smaller set of covering primes stays."""
    counts = covers.astype(np.float32)
    within = counts.T @ (1 - counts) == 0  # [i, j]: whatever covers row i covers row j
    same = within & within.T
    earlier = np.tri(len(within), k=-1, dtype=bool).T
    implied = (within & ~same) | (same & earlier)
    return np.flatnonzero(~implied.any(axis=0))


def _with_members(core: Core, by_class: Iterator[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    for classes in by_class:
        for cover in product(*core.essential, *(core.members[c] for c in classes)):
            yield tuple(sorted(cover))


def _count_minimal(core: Core) -> tuple[int, int]:
    n_rows = core.rows.bit_length()
    if n_rows > _ROWS_BY_SUMMATION:
        size = next(size for size in range(1, n_rows + 1) if next(_covers_of_size(core, size), None) is not None)
        return size, sum(prod(len(core.members[c]) for c in cover) for cover in _covers_of_size(core, size))
    # Number of sets of `size` primes that leave no row out: sum over sets T of rows of (-1)^|T| C(primes
    # missing all of T, size)
    missing = np.zeros(1 << n_rows, dtype=np.int64)
    np.add.at(missing, np.array(core.patterns), [len(group) for group in core.members])
    sign = np.ones(1, dtype=np.int64)
    for row in range(n_rows):
        halves = missing.reshape(-1, 2, 1 << row)
        halves[:, 1] += halves[:, 0]
        sign = np.concatenate([sign, -sign])
    # missing[U] counts the primes within U, the complement of T; parity of T by that of U
    signed = sign * (1 if n_rows % 2 == 0 else -1)
    values, place = np.unique(missing, return_inverse=True)
    weights = np.bincount(place, weights=signed).astype(np.int64)
    terms = [(int(n), int(w)) for n, w in zip(values, weights, strict=True) if w]
    for size in range(1, n_rows + 1):
        count = sum(weight * comb(n, size) for n, weight in terms)
        if count:
            return size, count
    raise AssertionError("a chart with an uncovered row")


def _covers_of_size(core: Core, size: int) -> Iterator[tuple[int, ...]]:
    """Branch on the uncovered row with the fewest candidates; a candidate once tried is barred from later branches."""
    patterns, rows = core.patterns, core.rows
    widest = max((pattern.bit_count() for pattern in patterns), default=0)

    def search(open_rows: int, allowed: list[int], left: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if not open_rows:
            if not left:
                yield chosen
            return
        if left * widest < open_rows.bit_count():
            return
        if left == 1:
            yield from ((*chosen, c) for c in allowed if not open_rows & ~patterns[c])
            return
        candidates = _fewest(open_rows, allowed, patterns)
        barred: set[int] = set()
        for c in candidates:
            rest = [a for a in allowed if a not in barred and a != c and patterns[a] & open_rows & ~patterns[c]]
            yield from search(open_rows & ~patterns[c], rest, left - 1, (*chosen, c))
            barred.add(c)

    return search(rows, list(range(len(patterns))), size, ())


def _irredundant(core: Core) -> Iterator[tuple[int, ...]]:
    """Branch likewise, and keep for each chosen class the rows that it alone covers (Murakami & Uno 2014)."""
    patterns = core.patterns

    def search(
        open_rows: int, allowed: list[int], chosen: tuple[int, ...], own: tuple[int, ...]
    ) -> Iterator[tuple[int, ...]]:
        if not open_rows:
            yield chosen
            return
        barred: set[int] = set()
        for c in _fewest(open_rows, allowed, patterns):
            kept = tuple(rows & ~patterns[c] for rows in own)
            if all(kept):
                rest = [a for a in allowed if a not in barred and a != c and patterns[a] & open_rows & ~patterns[c]]
                yield from search(open_rows & ~patterns[c], rest, (*chosen, c), (*kept, patterns[c] & open_rows))
            barred.add(c)

    return search(core.rows, list(range(len(patterns))), (), ())


def _fewest(open_rows: int, allowed: list[int], patterns: tuple[int, ...]) -> list[int]:
    best: list[int] | None = None
    for row in range(open_rows.bit_length()):
        if open_rows >> row & 1:
            candidates = [c for c in allowed if patterns[c] >> row & 1]
            if best is None or len(candidates) < len(best):
                best = candidates
    return best or []
