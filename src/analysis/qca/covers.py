"""Which sets of prime implicants cover all positive rows: counted exactly, listed lazily.

A *minimal* cover uses the fewest prime implicants (the R package's default); an *irredundant* one only loses a row when
any of its terms is dropped (QCApro, cna). Prime implicants that cover the same rows form a class; a cover holds at most
one of a class, so that models are counted as sums of products of class sizes, without listing them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import prod
from operator import or_

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Bools = NDArray[np.bool_]

_WHOLE = 1_000_000
_ROWS_FOR_SHARES = 16


@dataclass(frozen=True, slots=True)
class Core:
    """What is left of a chart once essential terms are taken out and dominated rows dropped.

    Attributes
    ----------
    essential : tuple of tuple of int
        Classes of which one member stands in every cover.
    patterns : tuple of int
        For each class, the bit set of remaining rows that it covers; by their lowest row, then the widest first.
    members : tuple of tuple of int
        The prime implicants of each class.
    rows : int
        The bit set of all remaining rows, those with few candidates in the lowest bits.
    """

    essential: tuple[tuple[int, ...], ...]
    patterns: tuple[int, ...]
    members: tuple[tuple[int, ...], ...]
    rows: int

    @property
    def factor(self) -> int:
        """In how many ways the essential classes can be filled."""
        return prod(len(group) for group in self.essential)


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
            return _core(essential, patterns, classes, primes)
        essential += [tuple(primes[classes == one].tolist()) for one in forced]
        covers = covers[:, ~patterns[forced].any(axis=0)]
    return Core(tuple(essential), (), (), 0)


def _undominated(covers: Bools) -> NDArray[np.int64]:
    """Return the rows that no other row implies: whatever covers the row with fewer primes covers the other."""
    counts = covers.astype(np.float32)
    within = counts.T @ (1 - counts) == 0  # [i, j]: whatever covers row i covers row j
    same = within & within.T
    earlier = np.tri(len(within), k=-1, dtype=bool).T
    implied = (within & ~same) | (same & earlier)
    return np.flatnonzero(~implied.any(axis=0))


def _core(
    essential: list[tuple[int, ...]], patterns: Bools, classes: NDArray[np.int64], primes: NDArray[np.int64]
) -> Core:
    patterns = patterns[:, np.argsort(patterns.sum(axis=0), kind="stable")]
    bits = [sum(1 << row for row in np.flatnonzero(pattern).tolist()) for pattern in patterns]
    order = sorted(range(len(bits)), key=lambda c: (bits[c] & -bits[c], -bits[c].bit_count(), c))
    members = [tuple(primes[classes == c].tolist()) for c in order]
    return Core(tuple(essential), tuple(bits[c] for c in order), tuple(members), (1 << patterns.shape[1]) - 1)


class MinimalCovers:
    """All covers with the fewest prime implicants: their `size`, their exact `count`, and, by iterating, each of them.

    Classes are chosen in the order of their lowest row. The lowest open row then bounds which classes may come next,
    and what is left to do depends only on the place in that order, the open rows and the number of terms left: so
    counts are kept for these, and listing only enters branches that hold a cover. Whether the open rows can be covered
    with the terms left at all is settled first, with those classes only that no wider one contains.
    """

    def __init__(self, core: Core) -> None:
        self.core = core
        self._sizes = [len(group) for group in core.members]
        n_rows = core.rows.bit_length()
        lowest = [(pattern & -pattern).bit_length() - 1 for pattern in core.patterns]
        # classes before _end[row] are those whose lowest row is not above `row`: one of them has to cover it
        self._end = [sum(low <= row for low in lowest) for row in range(n_rows)]
        self._widest = _maximal(core.patterns)
        self._near = [reduce(or_, (p for p in self._widest if p >> row & 1), 0) for row in range(n_rows)]
        self._shares = _shares(self._widest, n_rows)
        self._needed: dict[int, tuple[int, int]] = {}
        self._counts: dict[tuple[int, int, int], int] = {}
        left = self._at_least(core.rows)
        while not self._coverable(core.rows, left):
            left += 1
        self.size = left + len(core.essential)
        self.count = self._count(0, core.rows, left) * core.factor

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        """List the covers, as sorted indices of prime implicants."""
        core = self.core
        for classes in self._list(0, core.rows, self.size - len(core.essential)):
            for cover in product(*core.essential, *(core.members[c] for c in classes)):
                yield tuple(sorted(cover))

    def _at_least(self, open_rows: int) -> int:
        """Return a lower bound on the terms needed.

        Rows no two of which share a class need one each; and where every row has a share so that no class gathers more
        than one whole, the shares of the open rows have to be gathered.
        """
        rows, needed, shares = open_rows, 0, 0
        while rows:
            rows &= ~self._near[(rows & -rows).bit_length() - 1]
            needed += 1
        while open_rows:
            lowest = open_rows & -open_rows
            shares += self._shares[lowest.bit_length() - 1]
            open_rows ^= lowest
        return max(needed, -(-shares // _WHOLE))

    def _coverable(self, open_rows: int, left: int) -> bool:
        """Tell whether `left` classes can cover the open rows; what is learnt about a set of rows is kept."""
        if not open_rows:
            return True
        low, high = self._needed.get(open_rows) or (self._at_least(open_rows), len(self._near) + 1)
        if low <= left < high:
            lowest = open_rows & -open_rows
            gains = _maximal([p & open_rows for p in self._widest if p & lowest])
            if any(self._coverable(open_rows & ~gain, left - 1) for gain in gains):
                high = left
            else:
                low = left + 1
            self._needed[open_rows] = (low, high)
        return left >= high

    def _next(self, start: int, open_rows: int) -> list[int]:
        end = self._end[(open_rows & -open_rows).bit_length() - 1]
        patterns = self.core.patterns
        return [c for c in range(start, end) if patterns[c] & open_rows]

    def _count(self, start: int, open_rows: int, left: int) -> int:
        if not open_rows:
            return int(left == 0)
        if not self._coverable(open_rows, left):
            return 0
        choices = self._next(start, open_rows)
        if not choices:
            return 0
        key = (choices[0], open_rows, left)
        if key not in self._counts:
            patterns, sizes = self.core.patterns, self._sizes
            if left == 1:
                self._counts[key] = sum(sizes[c] for c in choices if not open_rows & ~patterns[c])
            else:
                self._counts[key] = sum(
                    sizes[c] * self._count(c + 1, open_rows & ~patterns[c], left - 1) for c in choices
                )
        return self._counts[key]

    def _list(self, start: int, open_rows: int, left: int) -> Iterator[tuple[int, ...]]:
        if not open_rows:
            yield ()
            return
        for c in self._next(start, open_rows):
            rest = open_rows & ~self.core.patterns[c]
            if self._count(c + 1, rest, left - 1):
                for others in self._list(c + 1, rest, left - 1):
                    yield (c, *others)


def _shares(patterns: Sequence[int], n_rows: int) -> list[int]:
    """Return a share for each row, in millionths, such that the rows of no pattern sum to more than one whole.

    They are the dual of the relaxed covering problem, by linear programming. A small chart does as well
    without them.
    """
    if n_rows < _ROWS_FOR_SHARES:
        return [0] * n_rows
    covers = np.array([[pattern >> row & 1 for row in range(n_rows)] for pattern in patterns])
    best = linprog(-np.ones(n_rows), A_ub=covers, b_ub=np.ones(len(patterns)), bounds=(0, 1)).x
    shares = np.floor(best * (_WHOLE - n_rows)).astype(np.int64)  # rounded down, so that no sum passes one whole
    assert (covers @ shares <= _WHOLE).all()
    return shares.tolist()


def _maximal(patterns: Sequence[int]) -> list[int]:
    """Return the sets of rows that no other one contains, the widest first."""
    kept: list[int] = []
    for pattern in sorted(set(patterns), key=lambda p: (-p.bit_count(), p)):
        if not any(pattern & ~wider == 0 for wider in kept):
            kept.append(pattern)
    return kept


def irredundant_covers(core: Core) -> Iterator[tuple[int, ...]]:
    """List the irredundant covers one by one, as sorted indices of prime implicants."""
    for classes in _irredundant(core):
        for cover in product(*core.essential, *(core.members[c] for c in classes)):
            yield tuple(sorted(cover))


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
            return count * core.factor, False
        count += prod(len(core.members[c]) for c in cover)
    return count * core.factor, True


def _irredundant(core: Core) -> Iterator[tuple[int, ...]]:
    """Branch on an open row, and keep for each chosen class the rows that it alone covers (Murakami & Uno 2014)."""
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
                own_rows = (*kept, patterns[c] & open_rows)
                yield from search(open_rows & ~patterns[c], rest, (*chosen, c), own_rows)
            barred.add(c)

    return search(core.rows, list(range(len(patterns))), (), ())


def _fewest(open_rows: int, allowed: list[int], patterns: tuple[int, ...]) -> list[int]:
    """Return the candidates of the open row that has the fewest."""
    best: list[int] | None = None
    for row in range(open_rows.bit_length()):
        if open_rows >> row & 1:
            candidates = [c for c in allowed if patterns[c] >> row & 1]
            if best is None or len(candidates) < len(best):
                best = candidates
    return best or []
