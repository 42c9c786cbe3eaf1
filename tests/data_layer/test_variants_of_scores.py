"""A variant's scores are those that `score` gives for the interviews, rule, coders and reading that it names."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.ingest import ingest
from analysis.scores import outcome_scores, score, unit_frame, with_side
from analysis.settings import Specifications
from analysis.study import load_study
from analysis.variants import SIDES, build_variants
from tests.small_study import FACETS, write_study

TT = "transforming-together"


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return ingest(load_study(write_study(tmp_path_factory.mktemp("study")))).tables


def test_every_variant_is_scored_from_its_own_interviews(tables):
    choices = Specifications(rules=["mean_intensity", "count"], coders=["mean", "first"])
    settings = {"framework": TT, "overall": FACETS, "council_sectors": ["council"]}
    found = build_variants(tables, choices, **settings)
    assert len(found) == 2 * 2 * 2 * 3
    people = with_side(tables["interviews"], ["council"])
    own = tables["codings"][tables["codings"]["framework"] == TT]
    factors = tables["factors"][tables["factors"]["framework"] == TT]
    rated = outcome_scores(tables["outcomes"], FACETS)
    for variant in found:
        said = variant.choices
        asked = people if said["informants"] == "all" else people[people["side"] == SIDES[said["informants"]]]
        scores = score(
            asked,
            own[own["interview"].isin(asked["interview"])],
            factors=factors,
            rule=said["score"],
            coders=said["coders"],
            absent=said["absent"],
        )
        expected = unit_frame(scores, rated, tables["partnerships"], framework=TT)
        pd.testing.assert_frame_equal(variant.frame, expected)


def test_a_side_that_nobody_is_on_has_no_variant(tables):
    choices = Specifications(rules=["presence"], coders=["any"], absent=["missing"])
    settings = {"framework": TT, "overall": FACETS, "council_sectors": ["nobody"]}
    found = build_variants(tables, choices, **settings)
    assert [variant.choices["informants"] for variant in found] == ["all", "partners"]
