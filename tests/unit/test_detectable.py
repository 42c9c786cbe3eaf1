"""What a design can detect: intraclass correlations, simulated power, and the planner."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.association import (
    Design,
    design_of,
    detectable,
    even_design,
    holm,
    intraclass_correlation,
    plan,
    simulate,
)
from analysis.association.power import _holm_of_first
from analysis.errors import MethodError

# The design of the plan: six areas with two or three partnerships, three to seven informants each.
SIX = Design((3, 3, 3, 2, 2, 2), (3, 4, 5, 6, 7) * 3, (0.2,), (0.2,), (0.4,), (0.4,), (3, 4))


def test_intraclass_correlation_of_shrout_and_fleiss():
    """Shrout and Fleiss (1979), Psychological Bulletin 86, table 2: ICC(1,1) = .17."""
    scores = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    frame = pd.DataFrame([(i, v) for i, row in enumerate(scores) for v in row], columns=["target", "score"])
    icc = intraclass_correlation(frame, "score", "target")
    assert icc.estimate == pytest.approx(0.17, abs=0.005)
    assert icc.df == (5, 18)
    assert icc.size == 4
    draws = icc.draws(40_000, np.random.default_rng(0))
    assert np.quantile(draws, [0.025, 0.975]) == pytest.approx(icc.interval(), abs=0.02)


def test_simulated_shares_are_those_asked_for():
    design = Design((5,) * 200, (4,) * 1000, (0.3,), (0.3,), (0.5,), (0.25,))
    sample = simulate(design, 0.6, 5, np.random.default_rng(0))
    for which, share in ((sample.factor, 0.5), (sample.outcome, 0.25)):
        for values in which:
            frame = pd.DataFrame({"unit": sample.unit, "value": values})
            assert intraclass_correlation(frame, "value", "unit").estimate == pytest.approx(share, abs=0.05)
    reliability = [4 * s / (1 + 3 * s) for s in (0.5, 0.25)]
    observed = [
        np.corrcoef(x, y)[0, 1] for x, y in zip(sample.scores(), sample.scores(values=sample.outcome), strict=True)
    ]
    assert np.mean(observed) == pytest.approx(0.6 * np.sqrt(np.prod(reliability)), abs=0.04)


def test_a_design_is_read_from_interviews():
    truth = Design((5,) * 60, (4,) * 300, (0.3,), (0.1,), (0.5,), (0.4,))
    sample = simulate(truth, 0.5, 1, np.random.default_rng(3))
    interviews = pd.DataFrame(
        {
            "p": sample.unit,
            "a": sample.cluster[sample.unit],
            "f": sample.factor[0],
            "g": sample.factor[0],
            "y": sample.outcome[0],
        }
    )
    read = design_of(interviews, unit="p", cluster="a", factors=["f", "g"], outcome="y")
    assert read.units == (5,) * 60 and read.informants == (4,) * 300
    for name in ("cluster_factor", "cluster_outcome", "informant_factor", "informant_outcome"):
        draws = np.array(getattr(read, name))
        assert np.mean(draws) == pytest.approx(getattr(truth, name)[0], abs=0.09), name
        assert 0 < np.std(draws) < 0.1


def test_type_one_error_and_power_are_those_of_the_plan():
    """STATISTICAL PLAN: .044 under none; .208 at r = .5, .634 at .8; permutation .132 and .357."""
    found = detectable(SIX, correlations=(0.5, 0.8), datasets=1500, seed=4)
    none, half, strong = (found.at(r) for r in (0.0, 0.5, 0.8))
    assert 0.03 < none["power"] < 0.07 and 0.03 < none["power_within"] < 0.07
    assert half["power"] == pytest.approx(0.208, abs=0.08)
    assert strong["power"] == pytest.approx(0.634, abs=0.12)
    assert strong["power_within"] == pytest.approx(0.357, abs=0.1)
    assert none["power_holm"] < half["power_holm"] < strong["power_holm"] < strong["power"]
    assert half["type_m"] > strong["type_m"] > 1
    for power in ("power", "power_holm", "power_within"):
        assert half[f"{power}_low"] < half[power] < half[f"{power}_high"]
    assert (
        f"has power {half['power_within']:.2f} (" in found.disagreement
        and "at a true correlation of 0.8" in found.disagreement
    )


def test_informants_noise_shrinks_estimates_and_significance_makes_up_for_some_of_it():
    """With the reliabilities of four informants the mean estimate is r times their geometric mean."""
    own, r = 0.4, 0.8
    design = Design((2,) * 60, (4,) * 120, (0.0,), (0.0,), (own,), (own,))
    row = detectable(design, correlations=(r,), datasets=400, seed=1).at(r)
    reliability = 4 * own / (1 + 3 * own)
    assert row["power"] == 1.0 and row["type_m"] == pytest.approx(1, abs=1e-9)
    assert row["standardised"] == pytest.approx(r * reliability, abs=0.02)
    assert row["type_m_true"] == pytest.approx(reliability, abs=0.02)


def test_a_large_design_detects_what_a_z_test_of_a_correlation_would():
    """Without clustering or noise the power is that of the t test of a correlation."""
    design = Design((4,) * 10, (1,) * 40, (0.0,), (0.0,), (1.0,), (1.0,))
    found = detectable(design, correlations=(0.4,), datasets=3000, seed=1)
    delta, df = 0.4 / np.sqrt(1 - 0.16) * np.sqrt(39), 38
    expected = stats.nct.sf(stats.t.ppf(0.975, df), df, delta)
    assert found.at(0.4)["power"] == pytest.approx(expected, abs=0.05)


def test_the_same_seed_gives_the_same_numbers_and_the_summary_says_them():
    told: list[tuple[int, int]] = []
    settings = {"correlations": (0.5,), "datasets": 200, "seed": 9}
    first = detectable(SIX, **settings, progress=lambda *done: told.append(done))
    second = detectable(SIX, **settings, jobs=2)
    assert told == [(1, 2), (2, 2)]
    pd.testing.assert_frame_equal(first.table, second.table)
    assert "15 units in 6 clusters" in first.summary and "wrong sign" in first.summary
    assert np.isnan(first.minimum) and "more than 0.50 (the largest simulated)" in first.summary


def test_holm_for_one_test_among_others():
    rng = np.random.default_rng(0)
    p = rng.beta(0.5, 1, size=(200, 6))
    assert _holm_of_first(p[:, 0], p[:, 1:]) == pytest.approx([holm(row)[0] for row in p])


def test_the_planner_finds_the_cheapest_design_and_does_not_depend_on_processes():
    settings = {"like": SIX, "correlations": (0.8,), "datasets": 150, "seed": 3}
    seen: list[tuple[int, int]] = []
    alone = plan([4, 16], [3], [2, 5], progress=lambda done, total: seen.append((done, total)), **settings)
    together = plan([4, 16], [3], [2, 5], jobs=2, **settings)
    pd.testing.assert_frame_equal(alone.table, together.table)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    power = alone.table.set_index(["clusters", "informants"])["power"]
    assert power[16, 5] > power[4, 5] and power[16, 5] > power[16, 2]
    assert alone.cheapest["interviews"].iloc[0] == alone.table.query("power_low >= 0.8")["interviews"].min()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: Design((3,), (1, 1, 1)), "two clusters"),
        (lambda: Design((2, 2), (1, 1)), "each of the 4 units"),
        (lambda: Design((1, 1), (1, 1), cluster_factor=(1.2,)), "shares between 0 and 1"),
        (lambda: detectable(even_design(3, 2, 2), correlations=(1.0,)), "lie in"),
        (lambda: plan([1], [2], [3]), "no design"),
    ],
)
def test_what_is_refused(made, said):
    with pytest.raises(MethodError, match=said):
        made()
