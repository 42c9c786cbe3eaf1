"""What a design says to be true: latent correlations, direct effects, and what selection leaves of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

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


def truth(design: Design | None = None) -> pd.DataFrame:
    """Return what was put in, one row a factor of the primary framework.

    Returns
    -------
    DataFrame
        `framework`, `factor`, `number`, `group`, `label`; `effect`, the latent correlation with innovation over
        all partnerships that could have been studied; `direct`, the weight with the other factors held still;
        `expected`, the correlation left among those chosen for their reputation; `sector_gap`; `matters`.
    """
    design = design or Design()
    frame = codebooks()[PRIMARY].table.drop(columns="definition")
    effect = by_number(design.effects)
    return frame.assign(
        effect=effect,
        direct=np.round(direct_effects(design), 12),
        expected=restricted(effect, design),
        sector_gap=by_number(design.sector_gap),
        matters=effect != 0,
    )


def restricted(correlation: np.ndarray, design: Design) -> np.ndarray:
    """Return what selection on reputation leaves of a correlation with latent innovation.

    Normal theory of explicit selection on a third variable (Pearson 1903; Lawley 1943): reputation above a
    cut keeps the share 1 - w of its variance, w = m (m - c) for the cut c and its inverse Mills ratio m, and
    reputation is related to a factor only through innovation.
    """
    from scipy.stats import norm

    if design.selection >= 1:
        return correlation
    cut = norm.isf(design.selection)
    mills = norm.pdf(cut) / design.selection
    lost = mills * (mills - cut) * design.reputation**2
    return correlation * (1 - lost) / np.sqrt((1 - lost) * (1 - lost * correlation**2))


def by_number(values: Mapping[int, float]) -> np.ndarray:
    """Return values given by factor number as an array over all factors, 0 where none is given."""
    return np.array([values.get(factor.number, 0.0) for factor in codebooks()[PRIMARY].factors])
