"""Composite scores as the study declares them: items, direction and weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association.design import numeric
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a composite is made.

    Attributes
    ----------
    items : tuple of str
        Columns, or composites declared before this one.
    weights : tuple of float
        One a positive number an item; equal where empty.
    reverse : tuple of str
        Items that count the other way round on their scale.
    """

    items: tuple[str, ...]
    weights: tuple[float, ...] = ()
    reverse: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Composites:
    """Composite scores of units.

    Attributes
    ----------
    table : DataFrame
        The frame with one more column a composite, on the items' scale.
    recipes : DataFrame
        One row a composite and item: `composite`, `item`, `weight` (shares that sum to 1), `reverse`, `missing`
        (units without the item).
    leaves : dict
        The original columns that each composite rests on, through composites of composites.
    n_missing : dict
        Units for which a composite could not be made.
    """

    table: pd.DataFrame
    recipes: pd.DataFrame
    leaves: dict[str, frozenset[str]]
    n_missing: dict[str, int]

    def shared(self, first: str, second: str) -> frozenset[str]:
        """Return the columns that two composites (or columns) have in common: what links them by definition."""
        return self.leaves.get(first, frozenset({first})) & self.leaves.get(second, frozenset({second}))

    @property
    def summary(self) -> str:
        """One plain sentence: which composites, of how many items, and for how many units."""
        said = [
            f"{name} of {part['item'].nunique()} items for {len(self.table) - self.n_missing[str(name)]} units"
            for name, part in self.recipes.groupby("composite", sort=False)
        ]
        return f"Composites: {'; '.join(said)}."


def composites(
    frame: pd.DataFrame,
    recipes: Mapping[str, Recipe],
    *,
    scale: tuple[float, float],
    least: float = 0.5,
) -> Composites:
    """Make composite scores.

    A composite is the weighted mean of a unit's items that are there, provided that they carry at least `least` of
    the weight; a reversed item x counts as the scale's two ends less x.

    Parameters
    ----------
    frame : DataFrame
        One row a unit, one column an item.
    recipes : mapping of str to Recipe
        In order; an item may be a composite declared before.
    scale : tuple of float
        Least and most value of an item.
    least : float
        Share of the weight, in (0, 1].

    Raises
    ------
    MethodError
        Unknown items, an item twice, weights that do not fit, a reversed item that is not an item, a composite
        named like a column, values off the scale.
    """
    if not 0.0 < least <= 1.0:
        raise MethodError(f"least must be a share in (0, 1], not {least:g}")
    table = frame.copy()
    rows: list[dict[str, object]] = []
    leaves: dict[str, frozenset[str]] = {}
    for name, recipe in recipes.items():
        _check(name, recipe, table, scale)
        values = np.column_stack([_item(table, item, recipe, scale) for item in recipe.items])
        weights = np.array(recipe.weights or [1.0] * len(recipe.items))
        weights = weights / weights.sum()
        there = np.isfinite(values) @ weights
        with np.errstate(invalid="ignore"):
            score = np.where(np.isfinite(values), values, 0.0) @ weights / there
        table[name] = np.where(there >= least - 1e-12, score, np.nan)
        leaves[name] = frozenset().union(*(leaves.get(item, frozenset({item})) for item in recipe.items))
        missing = (~np.isfinite(values)).sum(axis=0)
        for item, weight, absent in zip(recipe.items, weights, missing, strict=True):
            row = {"composite": name, "item": item, "weight": weight, "reverse": item in recipe.reverse}
            rows.append({**row, "missing": int(absent)})
    n_missing = {name: int(table[name].isna().sum()) for name in recipes}
    return Composites(table=table, recipes=pd.DataFrame(rows), leaves=leaves, n_missing=n_missing)


def _item(table: pd.DataFrame, item: str, recipe: Recipe, scale: tuple[float, float]) -> np.ndarray:
    values = numeric(table, item)
    return scale[0] + scale[1] - values if item in recipe.reverse else values


def _check(name: str, recipe: Recipe, table: pd.DataFrame, scale: tuple[float, float]) -> None:
    if name in table.columns:
        raise MethodError(f"the composite {name!r} has the name of a column", fix="give it a name of its own")
    if not recipe.items:
        raise MethodError(f"the composite {name!r} has no items")
    _known(name, recipe.items, list(table.columns))
    _known(name, recipe.reverse, list(recipe.items))
    if len(set(recipe.items)) < len(recipe.items):
        raise MethodError(f"the composite {name!r} names an item twice")
    if recipe.weights and (len(recipe.weights) != len(recipe.items) or min(recipe.weights) <= 0):
        raise MethodError(
            f"the composite {name!r} has {len(recipe.items)} items and the weights {list(recipe.weights)}",
            fix="give one positive weight an item, or none; an item that counts the other way goes under reverse",
        )
    for item in recipe.items:
        values = numeric(table, item)
        off = values[np.isfinite(values) & ((values < scale[0] - 1e-9) | (values > scale[1] + 1e-9))]
        if off.size:
            raise MethodError(f"{item!r} holds {off[0]:g}, off the scale {scale[0]:g} to {scale[1]:g}")


def _known(name: str, items: Sequence[str], allowed: Sequence[str]) -> None:
    for item in items:
        if item not in allowed:
            raise MethodError(f"the composite {name!r} names the unknown item {item!r}", allowed=allowed, value=item)
