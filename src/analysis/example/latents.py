"""Latent levels of the factors and of innovation, for the partnerships that are studied."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from analysis.example.design import Design
from analysis.example.stated import direct_effects, explained, factor_correlation

#: Partnerships drawn for each place on the list, from which the studied one is chosen.
CANDIDATES = 12


def draw_latents(design: Design, area_of: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return latent factor levels (partnerships, factors) and innovation (partnerships,) of those studied.

    For each place on the list several candidates are drawn; the first whose reputation is good enough is
    studied (the best where none is).
    """
    root = np.linalg.cholesky(factor_correlation(design))
    count, factors = len(area_of), len(root)
    area_level = rng.standard_normal((len(design.places), factors)) @ root.T
    area_rest = rng.standard_normal(len(design.places))
    own_level = rng.standard_normal((count, CANDIDATES, factors)) @ root.T
    own_rest = rng.standard_normal((count, CANDIDATES))
    between, within = np.sqrt(design.area_share), np.sqrt(1 - design.area_share)
    levels = between * area_level[area_of][:, None] + within * own_level
    weights = direct_effects(design)
    area_weights = weights if design.area_effects is None else direct_effects(design, design.area_effects)
    linear = between * (area_level @ area_weights)[area_of][:, None] + within * own_level @ weights
    rest = between * area_rest[area_of][:, None] + within * own_rest
    innovation = (
        linear + design.pattern_strength * _pattern(design, levels) + np.sqrt(max(1 - explained(design), 0.0)) * rest
    )
    chosen = _chosen(design, innovation, rng)
    rows = np.arange(count)
    return levels[rows, chosen], innovation[rows, chosen]


def _pattern(design: Design, levels: np.ndarray) -> np.ndarray:
    """Return the standardised product of two factors' latent levels, uncorrelated with every factor."""
    first, second = (number - 1 for number in design.pattern)
    shared = factor_correlation(design)[first, second]
    return (levels[..., first] * levels[..., second] - shared) / np.sqrt(1 + shared**2)


def _chosen(design: Design, innovation: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return for each place the index of the candidate that is studied."""
    noise = np.sqrt(1 - design.reputation**2) * rng.standard_normal(innovation.shape)
    reputation = design.reputation * innovation + noise
    if design.selection >= 1:
        return np.zeros(len(innovation), dtype=int)
    enough = reputation > -ndtri(design.selection)
    return np.where(enough.any(1), enough.argmax(1), reputation.argmax(1))
