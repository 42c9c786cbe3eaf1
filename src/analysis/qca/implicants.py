"""Every prime implicant of the positive rows, exactly, by hitting sets over bit tables.

For a positive row p and a row q that must not be covered let A(p, q) be the set of conditions on which they
agree. Keeping p's values on a set S of conditions covers q exactly when S lies within A(p, q). So: mark
every A(p, q) in a table over the 2^k subsets, close it downwards (a subset of a marked set covers q too),
and the smallest unmarked sets are the prime implicants of p. The table is one bit a subset, 64 to a word;
the work is (positive rows) x k x 2^k / 64 word operations whatever the number of remainders, and only
equality counts, so that multi-value conditions cost nothing extra.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import MethodError

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Bools = NDArray[np.bool_]

MAX_CONDITIONS = 24
_WORDS_AT_ONCE = 1 << 17  # 1 MB of bit table a chunk of positive rows, so that it stays in the processor's cache

# bits of a 64-bit word whose position holds bit i of the subset's number
_HIGH = [sum(1 << b for b in range(64) if b >> i & 1) for i in range(6)]


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """The prime implicants and which positive rows each covers.

    Attributes
    ----------
    terms : ndarray of int, shape (primes, k)
        The level that each prime implicant demands of each condition, -1 for none.
    covers : ndarray of bool, shape (primes, positive rows)
    """

    terms: Ints
    covers: Bools


def prime_implicants(positive: Ints, negative: Ints, levels: tuple[int, ...]) -> Chart:
    """Return all prime implicants that cover a positive row and no negative one; every other row is free.

    Parameters
    ----------
    positive, negative : ndarray of int, shapes (p, k) and (n, k)
        Configurations, as levels of the k conditions.
    levels : tuple of int
        Number of levels of each condition.

    Raises
    ------
    MethodError
        More conditions than the method reaches.
    """
    _check_size(levels)

    def mark(table: Words, rows: Ints) -> None:
        agree = _agreement(rows, negative)
        row = np.repeat(np.arange(len(rows)), len(negative))
        _set_bits(table, row, agree.ravel())

    return _search(positive, levels, mark)


def prime_implicants_within(positive: Ints, allowed: Ints, levels: tuple[int, ...]) -> Chart:
    """Return all prime implicants that cover a positive row and no row outside `allowed`.

    Parameters
    ----------
    positive, allowed : ndarray of int, shapes (p, k) and (a, k)
        Configurations, as levels of the k conditions; `allowed` holds the positive ones too.
    levels : tuple of int

    Raises
    ------
    MethodError
        More conditions than the method reaches.
    """
    _check_size(levels)
    others = np.array(levels, dtype=np.int64) - 1

    def mark(table: Words, rows: Ints) -> None:
        # A set A of agreements is free of outside rows when all the rows that agree exactly on A are allowed
        table[:] = np.uint64(0xFFFFFFFFFFFFFFFF)
        shift = np.int64(len(levels))
        keys = _agreement(rows, allowed) | (np.arange(len(rows), dtype=np.int64)[:, None] << shift)
        keys, counts = np.unique(keys.ravel(), return_counts=True)
        agree = keys & ((np.int64(1) << shift) - 1)
        possible = np.where(_bits(agree, len(levels)), 1, others).prod(axis=1)
        full = counts == possible
        _clear_bits(table, (keys >> shift)[full], agree[full])

    return _search(positive, levels, mark)


def _check_size(levels: tuple[int, ...]) -> None:
    if len(levels) > MAX_CONDITIONS or np.sum(np.log2(np.array(levels) + 1.0)) >= 63:
        raise MethodError(
            f"{len(levels)} conditions are too many to minimise exactly",
            where="the truth table",
            allowed=[f"up to {MAX_CONDITIONS} conditions"],
            fix="Use fewer conditions: join factors into groups, or analyse in two steps (two_step).",
        )


def _search(positive: Ints, levels: tuple[int, ...], mark: object) -> Chart:
    k = len(levels)
    words = max(1, 1 << max(0, k - 6))
    step = max(1, _WORDS_AT_ONCE // words)
    strides = _strides(levels)
    keys, owners = [], []
    for start in range(0, len(positive), step):
        rows = positive[start : start + step]
        table = np.zeros((len(rows), words), dtype=np.uint64)
        mark(table, rows)  # type: ignore[operator]
        _close_downwards(table, k)
        owner, subset = _members(_smallest_unmarked(table, k))
        values = (rows + 1) * strides
        keys.append((_bits(subset, k) * values[owner]).sum(axis=1))
        owners.append(owner + start)
    unique, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    covers = np.zeros((len(unique), len(positive)), dtype=bool)
    covers[inverse, np.concatenate(owners)] = True
    return _sorted(_decode(unique, levels), covers)


def _agreement(rows: Ints, others: Ints) -> Ints:
    """Return, shape (rows, others), the conditions on which two configurations agree, as a bit set."""
    agree = np.zeros((len(rows), len(others)), dtype=np.int64)
    for i in range(rows.shape[1]):
        agree |= (rows[:, i, None] == others[None, :, i]).astype(np.int64) << i
    return agree


def _set_bits(table: Words, row: Ints, subset: Ints) -> None:
    np.bitwise_or.at(table, (row, subset >> 6), np.uint64(1) << (subset & 63).astype(np.uint64))


def _clear_bits(table: Words, row: Ints, subset: Ints) -> None:
    np.bitwise_and.at(table, (row, subset >> 6), ~(np.uint64(1) << (subset & 63).astype(np.uint64)))


def _close_downwards(table: Words, k: int) -> None:
    """Mark every subset of a marked set."""
    for i in range(k):
        if i < 6:
            table |= (table & np.uint64(_HIGH[i])) >> np.uint64(1 << i)
        else:
            halves = table.reshape(len(table), -1, 2, 1 << (i - 6))
            halves[:, :, 0] |= halves[:, :, 1]


def _smallest_unmarked(table: Words, k: int) -> Words:
    """Return the unmarked sets of which no subset is unmarked (unmarked sets are closed upwards)."""
    free = ~table
    if k < 6:
        free &= np.uint64((1 << (1 << k)) - 1)
    larger = np.zeros_like(free)
    for i in range(k):
        if i < 6:
            larger |= (free & np.uint64(~_HIGH[i] & 0xFFFFFFFFFFFFFFFF)) << np.uint64(1 << i)
        else:
            shape = (len(free), -1, 2, 1 << (i - 6))
            larger.reshape(shape)[:, :, 1] |= free.reshape(shape)[:, :, 0]
    free &= ~larger
    return free


def _members(table: Words) -> tuple[Ints, Ints]:
    """Return the row and the subset's number of every set bit."""
    row, word = np.nonzero(table)
    octets = table[row, word].astype("<u8").view(np.uint8).reshape(-1, 8)
    place, bit = np.nonzero(np.unpackbits(octets, axis=1, bitorder="little"))
    return row[place].astype(np.int64), (word[place].astype(np.int64) << 6) | bit


def _bits(subset: Ints, k: int) -> Ints:
    return (subset[:, None] >> np.arange(k, dtype=np.int64)) & 1


def _strides(levels: tuple[int, ...]) -> Ints:
    """Place values of a mixed-radix number whose digit is 0 (condition absent from the term) or 1 + level."""
    sizes = np.array([level + 1 for level in levels], dtype=np.int64)
    return np.concatenate([np.cumprod(sizes[::-1])[::-1][1:], [1]]).astype(np.int64)


def _decode(keys: Ints, levels: tuple[int, ...]) -> Ints:
    return (keys[:, None] // _strides(levels)) % (np.array(levels, dtype=np.int64) + 1) - 1


def _sorted(terms: Ints, covers: Bools) -> Chart:
    """Order terms by their number of literals, then by condition, presence before absence."""
    order = np.lexsort((*(-terms.T[::-1]), (terms >= 0).sum(axis=1)))
    return Chart(terms[order], covers[order])
