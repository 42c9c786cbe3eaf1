"""What a design says of the latent variables: their correlations, direct effects and explained variance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from analysis.example.design import Design
from analysis.framework import Framework, load_frameworks

PRIMARY = "transforming-together"
OTHERS = ("challenges", "what-helps", "national-support")


@cache
def codebooks() -> dict[str, Framework]:
    """Return the frameworks that the simulated team codes with, the primary one first."""
    found = load_frameworks()
    return {key: found[key] for key in (PRIMARY, *OTHERS)}


@dataclass(frozen=True, slots=True)
class Themes:
    """All factors of all frameworks in one order, the primary framework's first."""

    framework: np.ndarray
    factor: np.ndarray
    number: np.ndarray
    label: np.ndarray
    place: np.ndarray
    counts: dict[str, int]


@cache
def themes() -> Themes:
    """Return framework, key and label of every theme a segment may speak of."""
    rows = [(book.key, f.key, f.number, f.label) for book in codebooks().values() for f in book.factors]
    framework, factor, number, label = (np.array(column, dtype=object) for column in zip(*rows, strict=True))
    counts = {key: len(book.factors) for key, book in codebooks().items()}
    place = np.repeat(np.arange(len(counts)), list(counts.values()))
    return Themes(framework, factor, number, label, place, counts)


def groups() -> np.ndarray:
    """Return the group of each factor of the primary framework, in the order of their numbers."""
    return np.array([factor.group for factor in codebooks()[PRIMARY].factors])


def factor_correlation(design: Design) -> np.ndarray:
    """Return the latent correlation of the factors, shape (factors, factors).

    Factors that matter hang together by `linked`, the others by group; between the two kinds there is none,
    so that a factor without an effect is unrelated to the outcome in every sense.
    """
    group = groups()
    matters = by_number(design.effects) != 0
    matrix = np.where(group[:, None] == group[None, :], design.within_group, design.between_groups)
    both = matters[:, None] & matters[None, :]
    matrix = np.where(both, design.linked, np.where(matters[:, None] != matters[None, :], 0.0, matrix))
    np.fill_diagonal(matrix, 1.0)
    return matrix


def direct_effects(design: Design, effects: Mapping[int, float] | None = None) -> np.ndarray:
    """Return the weights on all factors that give the stated latent correlations, shape (factors,)."""
    wanted = design.effects if effects is None else effects
    return np.linalg.solve(factor_correlation(design), by_number(wanted))


def explained(design: Design) -> float:
    """Return the share of the variance of latent innovation that the factors and the pattern explain."""
    return float(direct_effects(design) @ by_number(design.effects) + design.pattern_strength**2)


def by_number(values: Mapping[int, float]) -> np.ndarray:
    """Return values given by factor number as an array over all factors, 0 where none is given."""
    return np.array([values.get(factor.number, 0.0) for factor in codebooks()[PRIMARY].factors])
