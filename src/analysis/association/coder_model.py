"""What the true grades are, given coders who err in ways of their own (Dawid and Skene)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.association.design import Floats, codes, numeric
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """A fitted model of coders' errors.

    Attributes
    ----------
    items, coders, grades : arrays
        Labels of the items, the coders, and the grades that occur.
    posterior : array, shape (n_items, n_grades)
        Probability of each true grade.
    prevalence : array, shape (n_grades,)
    confusion : array, shape (n_coders, n_grades, n_grades)
        Probability that a coder gives the grade of the column where the row is true.
    iterations : int
    """

    items: NDArray[np.object_]
    coders: NDArray[np.object_]
    grades: Floats
    posterior: Floats
    prevalence: Floats
    confusion: Floats
    iterations: int

    @property
    def table(self) -> pd.DataFrame:
        """One row a coder and true grade: the probability of each grade given."""
        rows = [
            {"coder": coder, "true": true, "given": given, "probability": self.confusion[c, t, g]}
            for c, coder in enumerate(self.coders)
            for t, true in enumerate(self.grades)
            for g, given in enumerate(self.grades)
        ]
        return pd.DataFrame(rows)

    @property
    def summary(self) -> str:
        """How often each coder gives the true grade."""
        right = np.einsum("g,cgg->c", self.prevalence, self.confusion)
        said = ", ".join(f"{coder} {share:.2f}" for coder, share in zip(self.coders, right, strict=True))
        return f"Probability that a coder gives the true grade: {said} ({len(self.items)} items)."

    def draw(self, rng: np.random.Generator, size: int = 1) -> Floats:
        """Draw true grades of all items from their probabilities, shape (size, n_items)."""
        cumulative = self.posterior.cumsum(axis=1)
        picked = (rng.random((size, len(self.items), 1)) > cumulative).sum(axis=2)
        return self.grades[np.minimum(picked, len(self.grades) - 1)]


def dawid_skene(
    ratings: pd.DataFrame,
    *,
    item: str,
    coder: str,
    value: str,
    prior: float = 1.0,
    weights: Floats | None = None,
    iterations: int = 500,
) -> DawidSkene:
    """Fit the model by EM.

    Parameters
    ----------
    ratings : DataFrame
        One row a grade that a coder gave to an item; a coder need not have graded every item.
    item, coder, value : str
        Columns.
    prior : float
        Pseudo-counts spread over each row of a confusion matrix, two thirds of them on the diagonal: it keeps
        small tables away from 0 and 1, and keeps the true grades from changing names.
    weights : array, shape (n_items,), optional
        Weight of each item (in order of first appearance), for resampling.
    iterations : int

    Notes
    -----
    Dawid and Skene (1979), Applied Statistics 28, 20-28.
    """
    values = numeric(ratings, value)
    kept = np.isfinite(values)
    items, item_names = codes(ratings[kept], item)
    who, coder_names = codes(ratings[kept], coder)
    if not kept.any() or (items < 0).any() or (who < 0).any():
        raise MethodError("ratings need an item, a coder and a value in each row")
    grades, given = np.unique(values[kept], return_inverse=True)
    if len(grades) > 20:
        raise MethodError(f"{value!r} has {len(grades)} distinct values: grades are needed, at most 20")
    counts = np.zeros((len(item_names), len(coder_names), len(grades)))
    np.add.at(counts, (items, who, given), 1.0)
    posterior, prevalence, confusion, steps = _em(counts, prior, weights, iterations)
    return DawidSkene(item_names, coder_names, grades, posterior, prevalence, confusion, steps)


def _em(counts: Floats, prior: float, weights: Floats | None, iterations: int) -> tuple[Floats, Floats, Floats, int]:
    n_items, _, k = counts.shape
    weight = np.ones(n_items) if weights is None else weights
    pseudo = prior * (np.eye(k) * 2.0 / 3.0 + np.full((k, k), 1.0 / (3.0 * k)))
    posterior = counts.sum(axis=1) / counts.sum(axis=(1, 2))[:, None]
    moved, steps = np.inf, 0
    while moved >= 1e-8 and steps < iterations:
        steps += 1
        weighted = posterior * weight[:, None]
        prevalence = (weighted.sum(axis=0) + prior / k) / (weight.sum() + prior)
        confusion = np.einsum("it,icg->ctg", weighted, counts) + pseudo
        confusion /= confusion.sum(axis=2, keepdims=True)
        log = np.log(prevalence) + np.einsum("icg,ctg->it", counts, np.log(np.maximum(confusion, 1e-300)))
        updated = np.exp(log - log.max(axis=1, keepdims=True))
        updated /= updated.sum(axis=1, keepdims=True)
        moved = float(np.abs(updated - posterior).max())
        posterior = updated
    return posterior, prevalence, confusion, steps
