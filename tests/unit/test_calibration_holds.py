"""The level of the plan's tests on simulated studies: a short form of benchmarks/calibration.py."""

import numpy as np
import pytest
from scipy import stats

from analysis.association import Design, arrangements, reml, simulate
from analysis.association.power import permuted

SIX = (3, 3, 3, 2, 2, 2)
USUAL = (3, 4, 5, 6, 7) * 3


def rejected(share: float, datasets: int, seed: int, **wrong: float) -> tuple[float, float]:
    design = Design(SIX, USUAL, (share,), (share,), (0.4,), (0.4,), (3, 4))
    sample = simulate(design, 0.0, datasets, np.random.default_rng(seed), **wrong)
    x, y = sample.scores(), sample.scores(values=sample.outcome)
    orders = arrangements.every(sample.cluster, 2000)
    within = permuted(x, y, sample.cluster, orders)
    return float((reml.slopes(y, x, sample.cluster).p[:, 0] <= 0.05).mean()), float((within <= 0.05).mean())


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7])
def test_both_tests_keep_their_level_with_small_and_large_area_effects(share):
    """Bounds that a true rate of .05 leaves once in ten thousand runs of 2,000 data sets."""
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], 2000, 0.05) / 2000
    for rate in rejected(share, 2000, seed=1):
        assert low <= rate <= high


def test_only_the_permutation_within_areas_survives_area_level_confounding():
    primary, within = rejected(0.6, 1500, seed=2, confounding=0.8)
    assert primary > 0.08
    assert within < 0.07


@pytest.mark.slow
def test_the_primary_test_of_many_data_sets_keeps_its_level_within_half_a_point():
    primary, within = rejected(0.2, 40_000, seed=3)
    assert primary == pytest.approx(0.05, abs=0.007)
    assert within == pytest.approx(0.05, abs=0.005)
