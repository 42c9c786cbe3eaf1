"""The composites that a study declares under `capital:`, by the names that readers see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.capital.composites import Recipe
from analysis.errors import StudyError
from analysis.framework import Framework, Group
from analysis.settings import Capital

#: Key under which a study may declare a composite of its own for capital itself.
CAPITAL = "capital"
CAPITAL_NAME = "partnership capital"


@dataclass(frozen=True, slots=True)
class DeclaredCapital:
    """What a study's `capital:` comes to.

    Attributes
    ----------
    recipes : dict of str to Recipe
        In the order in which they are made: groups, the study's own composites, capital last.
    groups : tuple of str
        Names of the groups' composites, which the hypothesis says to create capital; empty where the framework has no
        groups.
    capital : str
        Name of the composite of capital.
    own : bool
        Whether the study measures capital by items of its own, and not by the groups that are to create it.
    """

    recipes: dict[str, Recipe]
    groups: tuple[str, ...]
    capital: str
    own: bool


def declared_capital(capital: Capital, framework: Framework) -> DeclaredCapital:
    """Return the composites of a study with items by label.

    Parameters
    ----------
    capital : Capital
        `capital:` of `study.yml`. Items of a composite are keys of factors, groups or composites declared before it. A
        composite under the key of a group says what that group is made of, in place of all its factors.
    framework : Framework
        The framework whose factors are scored.

    Raises
    ------
    StudyError
        A group or an item that there is not, with the nearest.
    """
    names = {factor.key: factor.label for factor in framework.factors}
    chosen = [_group(framework, key) for key in capital.groups] or list(framework.groups)
    recipes: dict[str, Recipe] = {}
    for group in chosen:
        label = f"{group.label} (group)" if group.label in names.values() else group.label
        recipes[label] = Recipe(tuple(f.label for f in framework.factors if f.group == group.key))
        names[group.key] = label
    groups, keys = tuple(recipes), {group.key for group in chosen}
    for key, declared in capital.composites.items():
        label = CAPITAL_NAME if key == CAPITAL else key.replace("_", " ").replace("-", " ")
        label = names[key] if key in keys else label
        items, turned = _named(declared.items, names, key), _named(declared.reverse, names, key)
        recipes[label] = Recipe(items, tuple(declared.weights), turned)
        names[key] = label
    own = CAPITAL_NAME in recipes
    if not own:
        recipes[CAPITAL_NAME] = Recipe(groups or tuple(factor.label for factor in framework.factors))
    return DeclaredCapital(recipes=recipes, groups=groups, capital=CAPITAL_NAME, own=own)


def _group(framework: Framework, key: str) -> Group:
    try:
        return framework.group(key)
    except StudyError as error:
        raise StudyError(error.what, where="study.yml, capital.groups", allowed=error.allowed, value=key) from None


def _named(items: list[str], names: Mapping[str, str], composite: str) -> tuple[str, ...]:
    for item in items:
        if item not in names:
            raise StudyError(
                f"the composite {composite!r} names the unknown item {item!r}",
                where="study.yml, capital.composites",
                allowed=tuple(names),
                value=item,
            )
    return tuple(names[item] for item in items)
