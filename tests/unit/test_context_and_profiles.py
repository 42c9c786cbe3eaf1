"""Context and areas are described: who is counted, what is withheld, and how large chance gets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.context import (
    codes_an_informant,
    partnership_attributes,
    rank_correlations,
    spoken_of,
)
from analysis.errors import MethodError
from analysis.figures.context import plot_rank_correlations
from analysis.figures.profiles import plot_profile
from analysis.profiles import area_profile, area_sectors, raised_beside
from analysis.report.withheld import withheld_counts

INTERVIEWS = pd.DataFrame(
    {
        "interview": [f"i{n}" for n in range(12)],
        "partnership": ["p"] * 4 + ["q"] * 4 + ["r"] * 4,
        "area": ["north"] * 8 + ["south"] * 4,
        "sector": ["council"] * 5 + ["NHS"] * 3 + ["council"] * 3 + ["police"],
        "month": "2016-05",
    }
)
RAISED = pd.DataFrame(
    [*((f"i{n}", "turnover") for n in (0, 1, 2, 4, 8)), ("i0", "slowness"), ("i0", "slowness")],
    columns=["interview", "factor"],
).assign(framework="challenges")


def test_attributes_that_can_be_counted_are_taken_with_years_instead_of_the_start():
    partnerships = pd.DataFrame(
        {
            "partnership": list("pqr"),
            "area": "north",
            "label": ["P", "Q", "R"],
            "policy_field": ["health", "care", "health"],
            "start_year": [2010, 2014, 2012],
            "partners": [3, 3, 3],
            "voluntary_equal": ["yes", "no", None],
        }
    )
    found = partnership_attributes(partnerships, INTERVIEWS).set_index("partnership")
    assert found["years working together"].tolist() == [6, 2, 4]
    assert found["voluntary equal"].tolist()[:2] == [1.0, 0.0]
    assert np.isnan(found.loc["r", "voluntary equal"])
    assert set(found.columns) == {"years working together", "voluntary equal"}, "neither words nor what never differs"


def test_a_code_counts_once_an_informant():
    labels = {("challenges", "turnover"): "Turnover", ("challenges", "slowness"): "Slowness"}
    share = spoken_of(RAISED, INTERVIEWS, labels).set_index("partnership")
    assert share["Turnover"].to_dict() == {"p": 0.75, "q": 0.25, "r": 0.25}
    assert share["Slowness"].to_dict() == {"p": 0.25, "q": 0.0, "r": 0.0}
    number = codes_an_informant(RAISED, INTERVIEWS, {"challenges": "Challenges", "what-helps": "Helps"})
    assert number.set_index("partnership")["Challenges"].to_dict() == {"p": 1.0, "q": 0.25, "r": 0.25}
    assert number["Helps"].eq(0).all()


@pytest.fixture
def units():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(size=(24, 8)), columns=[f"x{i}" for i in range(4)] + [f"y{i}" for i in range(4)])
    return frame.assign(area=np.arange(24) % 4, flat=[1.0] * 22 + [0.0, 0.0])


def test_rank_correlations_are_spearmans(units):
    found = rank_correlations(units, ["x0", "x1"], ["y0", "y1"], cluster="area", draws=20)
    for row in found.table.itertuples():
        assert row.rho == pytest.approx(stats.spearmanr(units[row.row], units[row.column]).statistic)
    assert found.table["n_units"].eq(24).all()


def test_chance_is_counted_over_all_pairs_and_what_hardly_varies_is_left_out(units):
    rows = [*(f"x{i}" for i in range(4)), "flat"]
    found = rank_correlations(units, rows, [f"y{i}" for i in range(4)], cluster="area", large=0.4, draws=300)
    assert found.left_out == ("flat",)
    assert len(found.table) == 16
    expected = 16 * 2 * stats.norm.sf(0.4 * np.sqrt(23))
    assert found.chance[0] == pytest.approx(expected, rel=0.5)
    same = rank_correlations(units.assign(y0=units["x0"]), ["x0"], ["y0"], cluster="area", draws=300)
    assert same.found == 1
    assert same.chance[0] < 0.1
    assert "1 of 1" in same.summary


def test_the_heat_map_shows_every_pair(units):
    found = rank_correlations(units, ["x0", "x1"], ["y0", "y1", "y2"], cluster="area", draws=20)
    axes = plot_rank_correlations(found).axes[0]
    assert len(axes.texts) == 6


def profile(min_cell=1):
    units = pd.DataFrame(
        {
            "partnership": list("pqrs"),
            "area": ["A", "A", "B", "C"],
            "trust": [3.0, 1.0, 1.5, 1.8],
            "done": [1, 2, 3, 4.0],
        }
    )
    informants = pd.DataFrame({"partnership": list("ppppqqrrrsss"), "trust": 1.0, "done": 1.0})
    names = {"area": "A", "factors": ["trust"], "outcomes": ["done"]}
    return area_profile(units, informants, min_cell=min_cell, **names)


def test_an_area_is_held_against_the_means_of_the_others():
    found = profile()
    row = found.of("factor").iloc[0]
    assert (row["area_mean"], row["others_low"], row["others_high"], row["position"]) == (2.0, 1.5, 1.8, "above")
    assert found.of("outcome").iloc[0]["position"] == "below"
    assert "1 above and 0 below" in found.summary
    assert len(found.partnerships) == 4


def test_partnerships_of_too_few_informants_are_left_out_of_the_area():
    found = profile(min_cell=3)
    assert found.of("factor").iloc[0]["area_mean"] == 3.0
    assert found.withheld == 2
    assert found.partnerships["value"].isna().sum() == 2


def test_a_profile_needs_its_area_and_others():
    units = pd.DataFrame({"partnership": ["p"], "area": ["A"], "trust": [1.0]})
    with pytest.raises(MethodError, match="'B'"):
        area_profile(units, units, area="B", factors=["trust"], outcomes=[])


def test_the_figure_has_a_row_for_each_measure():
    axes = plot_profile(profile(), "factor", (0, 3)).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["trust"]


def test_what_one_area_withholds_no_other_tells():
    raised = RAISED.drop_duplicates().merge(INTERVIEWS[["interview", "area"]], on="interview")
    withheld = withheld_counts(INTERVIEWS, raised, 3)
    codes = withheld[withheld["counted"] == "codes"]
    turnover = codes[codes["factor"] == "turnover"]
    assert set(turnover["area"].dropna()) == {"north", "south"}, "1 of 5 in the south would follow from 4 in the north"
    table = raised_beside(raised, INTERVIEWS, "north", withheld).set_index("factor")
    assert table.loc["turnover"].drop("framework").isna().all()
    shown = raised_beside(raised, INTERVIEWS, "north", withheld.iloc[:0]).set_index("factor")
    assert shown.loc["turnover", ["n_informants", "share", "share_elsewhere"]].tolist() == [4, 0.5, 0.25]


def test_sectors_are_counted_here_and_everywhere_but_small_ones():
    withheld = withheld_counts(INTERVIEWS, RAISED.iloc[:0], 3)
    table = area_sectors(INTERVIEWS, "south", withheld).set_index("sector")
    assert np.isnan(table.loc["police", "here"])
    assert (
        table.loc["council"].isna().any()
        or table.loc["NHS"].isna().any()
        or np.isnan(table.loc["police", "everywhere"])
    )
    everything = area_sectors(INTERVIEWS, "south", withheld.iloc[:0]).set_index("sector")
    assert everything["here"].to_dict() == {"council": 3, "NHS": 0, "police": 1}
    assert everything["everywhere"].to_dict() == {"council": 8, "NHS": 3, "police": 1}
