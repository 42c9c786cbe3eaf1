"""The map of a study: every interview a dot, nothing that tells of few people, no place where none may be told."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from analysis.figures.study_map import plot_study_map
from analysis.places import study_map
from analysis.settings import Area

AREAS = pd.DataFrame({"area": ["n", "s"], "name": ["Northam", "Southam"]})
PLACED = AREAS.assign(latitude=[54.9, 50.9], longitude=[-1.5, -0.5])
PARTNERSHIPS = pd.DataFrame(
    {
        "partnership": ["s-1", "n-1", "n-2"],
        "area": ["s", "n", "n"],
        "label": ["Work together", "Care at home", "Safe streets"],
    }
)


def interviews(**counts):
    """Interviews by partnership, as s_1=4."""
    keys = [key.replace("_", "-") for key, n in counts.items() for _ in range(n)]
    return pd.DataFrame({"partnership": keys, "area": [key[0] for key in keys]})


def mapped(areas=PLACED, *, partnerships=PARTNERSHIPS, min_cell=3, withheld=(), **counts):
    return study_map(areas, partnerships, interviews(**counts), min_cell=min_cell, withheld=withheld)


def dots(drawn):
    """Offsets of all dots, panel by panel."""
    return [[len(c.get_offsets()) for c in ax.collections if isinstance(c, PathCollection)] for ax in drawn.axes]


def texts(drawn):
    return [text.get_text() for axes in drawn.axes for text in axes.texts]


def test_partnerships_stand_with_their_area_and_their_interviews():
    found = mapped(s_1=4, n_1=5, n_2=3)
    assert found.table["area"].tolist() == ["Northam", "Northam", "Southam"]
    assert found.table["partnership"].tolist() == ["Care at home", "Safe streets", "Work together"]
    assert found.table["interviews"].tolist() == [5, 3, 4]
    assert found.areas["interviews"].tolist() == [8, 4]
    assert found.summary == "2 clusters with 3 units: Northam: 2 units, 8 informants; Southam: 1 unit, 4 informants."


def test_one_small_partnership_hides_all_counts_of_its_area_but_not_the_total():
    found = mapped(s_1=4, n_1=5, n_2=2)
    assert found.table["interviews"].isna().tolist() == [True, True, False]
    assert found.areas["interviews"].tolist() == [7, 4]


def test_an_area_whose_number_is_withheld_tells_nothing_of_its_partnerships():
    for name in ("n", "Northam"):
        found = mapped(s_1=4, n_1=5, n_2=3, withheld={name})
        assert found.table["interviews"].isna().tolist() == [True, True, False]
        assert found.areas["interviews"].isna().tolist() == [True, False]
        assert "Northam: 2 units, number of informants withheld" in found.summary


def test_nobody_interviewed_is_told():
    assert mapped(n_1=5, n_2=3).table["interviews"].tolist() == [5, 3, 0]


def test_every_interview_is_a_dot_beside_a_map_of_every_area():
    drawn = plot_study_map(mapped(s_1=4, n_1=5, n_2=3))
    assert dots(drawn) == [[2], [12]]
    assert {"Northam", "Southam"} <= {text.get_text() for text in drawn.axes[0].texts}


def test_what_is_withheld_has_no_dots_and_says_so():
    drawn = plot_study_map(mapped(s_1=4, n_1=5, n_2=2))
    assert dots(drawn)[1] == [4]
    assert texts(drawn).count("withheld") == 2


def test_areas_without_a_place_are_listed_without_a_map():
    for areas in (AREAS, PLACED.assign(latitude=[54.9, None])):
        assert dots(plot_study_map(mapped(areas, s_1=4, n_1=5, n_2=3))) == [[12]]


def test_the_outline_stands_behind_areas_of_the_united_kingdom_alone():
    home = plot_study_map(mapped(s_1=4, n_1=5, n_2=3)).axes[0]
    abroad = plot_study_map(mapped(PLACED.assign(longitude=[101.5, 102.5]), s_1=4, n_1=5, n_2=3)).axes[0]
    assert home.patches and not abroad.patches
    x, y = home.collections[0].get_offsets().T
    land = [patch for patch in home.patches if patch.get_path().contains_point((x[0], y[0]))]
    assert len(land) == 1, "Northam lies on land"


def test_many_partnerships_take_a_line_an_area_and_many_interviews_a_dot_for_several():
    many = pd.DataFrame({"partnership": [f"n-{i}" for i in range(40)], "area": "n"}).assign(
        label=lambda f: f["partnership"]
    )
    drawn = plot_study_map(mapped(partnerships=many, **{f"n_{i}": 10 for i in range(40)}))
    assert dots(drawn)[1] == [40]
    assert "A dot stands for up to 10 interviews" in texts(drawn)


def test_a_place_takes_both_latitude_and_longitude():
    with pytest.raises(ValueError, match="both latitude and longitude"):
        Area(key="n", name="Northam", latitude=54.9)
    with pytest.raises(ValueError, match="less than or equal to 90"):
        Area(key="n", name="Northam", latitude=549, longitude=0)
