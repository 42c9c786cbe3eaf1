"""The crosswalk is valid, and scores are read across it only as far as it allows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.crosswalk import Crosswalk, Link, crosswalk_matrix, load_crosswalk, translate_scores
from analysis.errors import GroupedError, MethodError, StudyError
from analysis.figures.crosswalk import plot_crosswalk
from analysis.framework import load_frameworks

FRAMEWORKS = load_frameworks()
CROSSWALK = load_crosswalk(FRAMEWORKS)
TT = "transforming-together"


def scores(values: dict[str, float], unit: str = "p1", framework: str = TT) -> pd.DataFrame:
    rows = [("partnership", unit, framework, factor, value) for factor, value in values.items()]
    return pd.DataFrame(rows, columns=["level", "unit", "framework", "factor", "value"])


def test_the_projects_crosswalk_joins_what_the_field_has() -> None:
    assert set(CROSSWALK.others) == {
        "building-blocks",
        "delivery-framework",
        "readiness-index",
        "place-principles",
        "collaborative-society",
    }
    assert CROSSWALK.table["reason"].str.len().min() > 30
    assert CROSSWALK.table["reason"].is_unique


def test_every_factor_meets_something() -> None:
    assert set(CROSSWALK.table["factor"]) == {factor.key for factor in FRAMEWORKS[TT].factors}


def test_matrix_has_the_frameworks_shape() -> None:
    matrix = crosswalk_matrix(CROSSWALK, FRAMEWORKS, "building-blocks")
    assert matrix.shape == (11, 9)
    assert matrix.loc["learning", "evidence"] == "full"
    assert (matrix["platforms"] == "").all()


def test_a_figure_shows_each_link_once() -> None:
    drawn = plot_crosswalk(CROSSWALK, FRAMEWORKS)
    marks = sum(len(points.get_offsets()) for axes in drawn.axes for points in axes.collections)
    assert marks == len(CROSSWALK.links)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("factor: place,", "factor: plaice,", "plaice"),
        ("building-blocks/governance", "building-blocks/goverance", "goverance"),
        ("strength: full", "strength: half", "strength"),
        ("meets: building-blocks/evidence", "meets: building-blocks/7", "keys, not numbers"),
        ("meets: building-blocks/evidence", "meets: transforming-together/place", "another framework"),
    ],
)
def test_mistakes_are_told_by_line(tmp_path: Path, repository: Path, old: str, new: str, says: str) -> None:
    text = (repository / "frameworks" / "crosswalk.yml").read_text(encoding="utf-8")
    path = tmp_path / "crosswalk.yml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises((StudyError, GroupedError), match=says) as caught:
        load_crosswalk(FRAMEWORKS, path)
    assert "crosswalk.yml, line" in str(caught.value)


def test_a_score_is_the_weighted_mean_of_what_it_meets() -> None:
    found = translate_scores(
        scores({"place": 3.0, "purpose": 1.0, "learning": 2.0}),
        crosswalk=CROSSWALK,
        frameworks=FRAMEWORKS,
        source=TT,
        target="building-blocks",
    )
    table = found.table.set_index("factor")
    assert table.loc["strategies", "value"] == pytest.approx(2.0)  # two links in part: (3 + 1) / 2
    assert table.loc["evidence", ["value", "strength", "coverage"]].tolist() == [2.0, "full", 1.0]
    assert table.loc["governance", "strength"] == "none"
    assert np.isnan(table.loc["platforms", "value"])
    assert len(table) == 9
    assert found.summary.startswith("Of 9 factors of building-blocks, 1 can be read in full")


def test_weights_and_coverage_by_hand() -> None:
    crosswalk = Crosswalk(
        title="t",
        framework=TT,
        links=(
            Link(factor="place", meets="readiness-index/places", strength="full", reason="r"),
            Link(factor="purpose", meets="readiness-index/places", strength="part", reason="r"),
            Link(factor="systems", meets="readiness-index/places", strength="part", reason="r"),
        ),
    )
    settings = {"crosswalk": crosswalk, "frameworks": FRAMEWORKS, "source": TT, "target": "readiness-index"}
    given = scores({"place": 3.0, "purpose": 0.0, "systems": np.nan})
    row = translate_scores(given, **settings).table.set_index("factor").loc["places"]
    assert row["value"] == pytest.approx((1.0 * 3.0 + 0.5 * 0.0) / 1.5)
    assert row["coverage"] == pytest.approx(1.5 / 2.0)
    assert row["n_sources"] == 2
    only_full = translate_scores(given, **settings, least="full").table.set_index("factor").loc["places"]
    assert only_full["value"] == 3.0


def test_the_crosswalk_is_read_backwards_too() -> None:
    found = translate_scores(
        scores({"evidence": 4.0}, framework="building-blocks"),
        crosswalk=CROSSWALK,
        frameworks=FRAMEWORKS,
        source="building-blocks",
        target=TT,
    )
    table = found.table.set_index("factor")
    assert table.loc["learning", "value"] == 4.0
    assert table["value"].notna().sum() == 1
    assert found.coverage.set_index("factor").loc["learning", "readable"] == 1.0


def test_scores_of_groups_are_left_out() -> None:
    given = scores({"learning": 2.0}).assign(kind="factor")
    group = scores({"learning": 9.0}).assign(kind="group")
    found = translate_scores(
        pd.concat([given, group]),
        crosswalk=CROSSWALK,
        frameworks=FRAMEWORKS,
        source=TT,
        target="building-blocks",
    )
    assert found.table["value"].max() == 2.0


def test_frameworks_that_the_crosswalk_does_not_join() -> None:
    settings = {"crosswalk": CROSSWALK, "frameworks": FRAMEWORKS}
    with pytest.raises(MethodError, match="no links"):
        translate_scores(scores({"place": 1.0}), **settings, source=TT, target="challenges")
    with pytest.raises(MethodError, match="joins transforming-together"):
        translate_scores(scores({"x": 1.0}), **settings, source="building-blocks", target="readiness-index")
    with pytest.raises(MethodError, match="no scores of"):
        translate_scores(scores({"x": 1.0}, framework="mine"), **settings, source=TT, target="building-blocks")
