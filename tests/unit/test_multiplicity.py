"""Adjusted p-values beside statsmodels; families, floors, and the words for a disagreement."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from analysis.association import (
    agreement,
    benjamini_hochberg,
    evidence,
    family,
    holm,
    permutation_within,
    random_intercept,
)
from analysis.errors import MethodError


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("ours", "name"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
def test_adjusted_p_equal_statsmodels(seed, ours, name):
    p = np.random.default_rng(seed).beta(0.4, 1, size=17).round(2)
    assert ours(p) == pytest.approx(multipletests(p, method=name)[1], abs=1e-14)


def test_tests_not_made_do_not_count():
    adjusted = holm([0.01, np.nan, 0.04])
    assert np.isnan(adjusted[1])
    assert adjusted[[0, 2]] == pytest.approx([0.02, 0.04])
    assert len(holm([])) == 0


def test_p_outside_its_range_is_refused():
    with pytest.raises(MethodError, match="between 0 and 1"):
        holm([0.2, 1.2])


def test_families_are_corrected_apart_and_labelled():
    table = pd.DataFrame(
        {
            "family": ["declared"] * 3 + ["rest"] * 4,
            "p": [0.01, 0.02, 0.5, 0.01, 0.02, 0.06, 0.9],
            "floor": 1 / 50,
        }
    )
    out = family(table, confirmatory=["declared"]).table
    assert out["p_adjusted"].tolist() == pytest.approx([0.03, 0.04, 0.5, 0.04, 0.04, 0.08, 0.9])
    assert out["label"].tolist() == ["confirmatory"] * 3 + ["exploratory"] * 4
    assert out["stands"].tolist() == [True, True, False, True, True, True, False]
    assert out["floor_adjusted"].tolist() == pytest.approx([0.06] * 3 + [0.02] * 4)
    assert out["reachable"].tolist() == [False] * 3 + [True] * 4
    assert "2 of 3 confirmatory tests stand after Holm" in family(table, confirmatory=["declared"]).summary


def confounded() -> pd.DataFrame:
    """Areas drive factor and outcome; partnerships within them go the other way, faintly."""
    rng = np.random.default_rng(1)
    area = np.repeat(np.arange(6), [3, 3, 3, 3, 3, 3])
    level = np.array([0, 1, 2, 3, 4, 5.0])[area]
    x = level + rng.normal(size=18) * 0.3
    return pd.DataFrame({"x": x, "y": level + rng.normal(size=18) * 0.3, "z": rng.normal(size=18), "area": area})


def test_a_disagreement_is_called_by_its_words():
    frame = confounded()
    primary, coprimary = (
        random_intercept(frame, "y", "x", "area"),
        permutation_within(frame, "y", "x", "area"),
    )
    assert primary.p < 0.05 < coprimary.p
    assert agreement(primary, coprimary).words == "possible area-level confounding"
    assert agreement(primary, coprimary, noun="country").words == "possible country-level confounding"
    assert agreement(primary, primary).verdict == "both"
    assert "does not show that there is none" in agreement(coprimary, coprimary).words


def test_opposite_signs_disagree():
    frame = confounded()
    primary = random_intercept(frame, "y", "x", "area")
    turned = random_intercept(frame.assign(x=-frame["x"]), "y", "x", "area")
    assert agreement(primary, turned).verdict == "disagree"


def test_evidence_puts_both_tests_families_and_words_in_one_table():
    frame = confounded().assign(flat=2.0)
    found = evidence(frame, ["y"], ["x", "z", "flat"], "area", families={("y", "x"): "confirmatory"})
    table = found.table.set_index("factor")
    assert table.loc["x", "label"] == "confirmatory" and table.loc["z", "label"] == "exploratory"
    assert table.loc["x", "agreement"] == "possible area-level confounding"
    assert table.loc["x", "p"] == random_intercept(frame, "y", "x", "area").p
    assert table.loc["x", "within_p"] == permutation_within(frame, "y", "x", "area").p
    assert table.loc["x", "within_arrangements"] == 6**6
    assert set(found.problems["factor"]) == {"flat"}
    assert "1 of 1 confirmatory association stands after correction (Holm)" in found.summary


def test_a_family_declared_for_a_pair_not_tested_is_refused():
    with pytest.raises(MethodError, match="not among the pairs"):
        evidence(confounded(), ["y"], ["x"], "area", families={("y", "q"): "confirmatory"})
