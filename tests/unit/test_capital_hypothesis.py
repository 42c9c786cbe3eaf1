"""The composites a study declares, and the hypothesis tested with capital read in two ways."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.capital import (
    Recipe,
    capital_hypothesis,
    composites,
    declared_capital,
    reliabilities,
    reliability,
)
from analysis.errors import StudyError
from analysis.figures.capital import plot_indirect
from analysis.framework import load_frameworks
from analysis.scales import score_scale
from analysis.settings import Capital, Source

TT = load_frameworks()["transforming-together"]
SCALE = (-10.0, 10.0)


def study(paths: float, seed: int = 4) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Partnerships and informants with a -> b -> outcome of the given strength, c unrelated; areas without effect."""
    rng = np.random.default_rng(seed)
    n = 40
    a = rng.normal(size=n)
    b = paths * a + rng.normal(size=n)
    units = pd.DataFrame({"partnership": np.arange(n), "area": np.arange(n) % 8, "a": a, "b": b})
    units["c"] = rng.normal(size=n)
    units["y"] = paths * b + rng.normal(size=n)
    informants = units.loc[units.index.repeat(6)].reset_index(drop=True)
    for column in ("a", "b", "c", "y"):
        informants[column] += 0.2 * rng.normal(size=len(informants))
    return units, informants


def hypothesis_of(paths: float, recipes: dict[str, Recipe], capital: str, groups: tuple[str, ...] = ("a", "b", "c")):
    units, informants = study(paths)
    made, asked = (composites(frame, recipes, scale=SCALE) for frame in (units, informants))
    names = {"outcome": "y", "cluster": "area", "unit": "partnership", "scale": SCALE}
    return capital_hypothesis(made.table, asked.table, made, groups=groups, capital=capital, splits=20, **names)


def test_groups_and_capital_come_from_the_study_file():
    declared = declared_capital(Capital(groups=["system-focus", "shared-ethos"]), TT)
    assert declared.groups == ("Take a system focus", "Build a shared ethos")
    assert declared.recipes[declared.capital].items == declared.groups
    items = declared.recipes["Build a shared ethos"].items
    assert items == tuple(f.label for f in TT.factors if f.group == "shared-ethos")
    assert not declared.own


def test_all_groups_are_taken_where_none_is_named_and_all_factors_where_there_are_no_groups():
    assert len(declared_capital(Capital(), TT).groups) == 4
    blocks = load_frameworks()["building-blocks"]
    declared = declared_capital(Capital(), blocks)
    assert declared.groups == ()
    assert declared.recipes[declared.capital].items == tuple(f.label for f in blocks.factors)


def test_a_study_may_measure_capital_by_items_of_its_own():
    own = {"capital": {"items": ["relationships", "place"], "weights": [2, 1], "reverse": ["place"]}}
    declared = declared_capital(Capital(groups=["shared-ethos"], composites=own), TT)
    recipe = declared.recipes[declared.capital]
    assert declared.own
    assert recipe.items == (TT.factor("relationships").label, TT.factor("place").label)
    assert recipe.reverse == (TT.factor("place").label,)


@pytest.mark.parametrize(
    ("capital", "nearest"),
    [
        (Capital(groups=["shared-ethoss"]), "shared-ethos"),
        (Capital(composites={"trust": {"items": ["relationship"]}}), "relationships"),
    ],
)
def test_a_name_that_there_is_not_is_told_with_the_nearest(capital, nearest):
    with pytest.raises(StudyError, match=f"nearest: {nearest}"):
        declared_capital(capital, TT)


def test_a_chain_that_is_there_is_found_also_without_the_items_in_common():
    found = hypothesis_of(1.2, {"capital": Recipe(("a", "b", "c"))}, "capital")
    start = found.indirect.set_index(["group", "reading"]).loc["a"]
    assert (start["joint_p"] < 0.05).all()
    assert (start["low"] > 0).all()
    assert set(start.index) == {"capital as declared", "capital of the other groups", "different informants"}
    assert found.problems.empty
    assert "of 3 (smallest" in found.summary
    assert len(found.rivals) == 18


def test_the_second_path_does_not_depend_on_the_reading():
    """Capital of all groups given one of them is, but for its unit, capital of the other groups given that one."""
    found = hypothesis_of(0.6, {"capital": Recipe(("a", "b", "c"))}, "capital").mediations
    declared, apart = (found["a", reading] for reading in ("capital as declared", "capital of the other groups"))
    assert apart.b.p == pytest.approx(declared.b.p, rel=1e-4)
    assert declared.by_definition == ("a",)
    assert apart.by_definition == ()


def test_capital_of_its_own_items_is_read_in_one_way():
    found = hypothesis_of(1.2, {"measured": Recipe(("b",))}, "measured", groups=("a", "c"))
    assert set(found.indirect["reading"]) == {"capital as declared", "different informants"}


def test_what_cant_be_estimated_is_told_and_the_rest_stands():
    units, informants = study(0.5)
    units, informants = units.assign(c=1.0), informants.assign(c=1.0)
    made, asked = (composites(frame, {"capital": Recipe(("a", "b"))}, scale=SCALE) for frame in (units, informants))
    names = {"outcome": "y", "cluster": "area", "unit": "partnership", "scale": SCALE}
    found = capital_hypothesis(made.table, asked.table, made, groups=("a", "c"), capital="capital", splits=20, **names)
    assert set(found.problems["group"]) == {"a", "c"}  # a by way of c alone, which does not vary either
    assert list(found.indirect["group"]) == ["a"]


def test_the_figure_has_a_mark_for_every_group_and_reading():
    found = hypothesis_of(0.6, {"capital": Recipe(("a", "b", "c"))}, "capital")
    axes = plot_indirect(found.indirect).axes[0]
    assert sum(len(mark.get_offsets()) for mark in axes.collections[1::2]) == len(found.indirect)


def test_reliability_turns_items_that_count_the_other_way():
    units, _ = study(0.8)
    recipes = {"whole": Recipe(("a", "b", "y"), reverse=("b",)), "flat": Recipe(("z", "w"))}
    made = composites(units.assign(z=1.0, w=2.0), recipes, scale=SCALE)
    found = reliabilities(made, scale=SCALE, draws=50)
    by_hand = reliability(units.assign(b=-units["b"]), ["a", "b", "y"], draws=50)
    assert found.found["whole"].alpha == pytest.approx(by_hand.alpha)
    assert list(found.problems["composite"]) == ["flat"]
    assert "1 could not be estimated" in found.summary


@pytest.mark.parametrize(
    ("rule", "values", "scale"),
    [
        ("mean_intensity", [0.5, 2.5], (0, 3)),
        ("mean_intensity", [10, 87.5], (0, 88)),
        ("presence", [0, 1], (0, 1)),
        ("count", [0, 7], (0, 7)),
        ("mean_rating", [2, 4], (1, 5)),
    ],
)
def test_the_scale_of_scores_follows_the_rule(rule, values, scale):
    sources = [Source(path="r.csv", table="ratings", scale=(1, 5))]
    assert score_scale(rule, TT, sources, pd.Series(values, dtype=float)) == scale


def test_ratings_without_a_declared_scale_are_taken_as_they_are():
    assert score_scale("mean_rating", TT, [], pd.Series([1.5, 3.2, np.nan])) == (1, 4)


def test_a_composite_under_a_groups_key_says_what_the_group_is_made_of():
    items = {"items": ["systems", "courage"], "weights": [2, 1], "reverse": ["courage"]}
    found = declared_capital(Capital(groups=["system-focus", "shared-ethos"], composites={"system-focus": items}), TT)
    label, other = found.groups
    assert list(found.recipes) == [label, other, found.capital]
    recipe = found.recipes[label]
    assert recipe.items == (TT.factor("systems").label, TT.factor("courage").label)
    assert (recipe.weights, recipe.reverse) == ((2, 1), (TT.factor("courage").label,))
    assert len(found.recipes[other].items) == 3
