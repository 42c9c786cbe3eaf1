"""Fit of whole models and their terms, and what each case is to them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import groupby

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.qca.fit import consistency, coverage, pri
from analysis.qca.sets import Sets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def fit_frame(
    models: Sequence[tuple[int, ...]],
    names: Sequence[str],
    member: Floats,
    y: Floats,
    cases: Sequence[str],
    everywhere: Sequence[str],
) -> pd.DataFrame:
    """Return the fit of models and of their terms.

    Parameters
    ----------
    models : sequence of tuples
        Indices of terms.
    names : sequence of str
        The terms.
    member : ndarray, shape (n, terms)
        Memberships in the terms.
    y : ndarray, shape (n,)
        Memberships in the outcome.
    cases, everywhere : sequences of str
        The cases that each term, and each model, explains.
    """
    single = np.column_stack([consistency(member, y), pri(member, y), coverage(member, y)])
    frames, done = [], 0
    for size, group in groupby(models, len):
        block = np.array(list(group))
        numbers = _numbers(block, member, single, y)
        labels = [[names[i] for i in model] for model in block]
        explained = [
            [*(cases[i] for i in model), whole] for model, whole in zip(block, everywhere[done:], strict=False)
        ]
        frames.append(
            pd.DataFrame(
                {
                    "model": np.repeat([f"M{done + i + 1}" for i in range(len(block))], size + 1),
                    "kind": (["term"] * size + ["model"]) * len(block),
                    "term": [label for model in labels for label in (*model, " + ".join(model))],
                    "consistency": numbers[:, 0],
                    "pri": numbers[:, 1],
                    "raw_coverage": numbers[:, 2],
                    "unique_coverage": numbers[:, 3],
                    "cases": [text for model in explained for text in model],
                }
            )
        )
        done += len(block)
    return pd.concat(frames, ignore_index=True)


def _numbers(models: Ints, member: Floats, single: Floats, y: Floats) -> Floats:
    """Return consistency, PRI, raw and unique coverage of models of one size: rows for terms, then the model."""
    x = member[:, models]  # (cases, models, terms)
    whole, size = x.max(axis=2), models.shape[1]
    total = coverage(whole, y)
    others = [np.delete(x, i, axis=2) for i in range(size)]
    unique = [total - (coverage(rest.max(axis=2), y) if size > 1 else 0.0) for rest in others]
    of_terms = np.concatenate([single[models], np.stack(unique, axis=1)[:, :, None]], axis=2)
    of_models = np.stack([consistency(whole, y), pri(whole, y), total, np.full(len(models), np.nan)], axis=1)
    return np.concatenate([of_terms, of_models[:, None]], axis=1).reshape(-1, 4)


def case_types(x: Floats, y: Floats, whole: Floats) -> list[str]:
    """Name each case's place in an XY plot (Schneider & Rohlfing 2013).

    Parameters
    ----------
    x, y, whole : ndarray, shape (n,)
        Memberships in a term, in the outcome, and in the model that the term belongs to.
    """
    names = {
        (True, True): "typical",
        (True, False): "deviant in consistency",
        (False, True): "deviant in coverage",
        (False, False): "irrelevant",
    }
    found = []
    for a, b, c in zip(x.tolist(), y.tolist(), whole.tolist(), strict=True):
        kind = "at .5" if 0.5 in (a, b) else names[a > 0.5, b > 0.5]
        found.append("covered by another term" if kind == "deviant in coverage" and c > 0.5 else kind)
    return found


def membership_of(sets: Sets, term: Ints) -> Floats:
    """Return every case's membership in a term, given as a level for each condition or -1."""
    parts = []
    for column, level in enumerate(term):
        if level >= 0:
            x = sets.values[:, column]
            parts.append((x if level == 1 else 1 - x) if sets.fuzzy[column] else (x == level).astype(float))
    return reduce(np.minimum, parts, np.ones(len(sets.cases)))
