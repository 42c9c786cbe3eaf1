"""Coefficients of agreement on random data: against the package `krippendorff` and their own laws."""

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from analysis.agreement import (
    agreement_by,
    bootstrap_intervals,
    brennan_prediger,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
)

VALUES = st.sampled_from([np.nan, 0.0, 1.0, 2.0, 3.0, 7.0])
MATRICES = arrays(float, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=7), elements=VALUES)


def varies(data: np.ndarray) -> bool:
    twice = data[:, (~np.isnan(data)).sum(axis=0) > 1]
    return len(np.unique(twice[~np.isnan(twice)])) > 1


@settings(max_examples=150, deadline=None)
@given(data=MATRICES, level=st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_alpha_as_the_krippendorff_package(data, level):
    assume(varies(data))
    ours = krippendorff_alpha(data, level).value
    theirs = krippendorff.alpha(reliability_data=data, level_of_measurement=level)
    assert ours == pytest.approx(theirs, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(data=MATRICES, order=st.randoms(use_true_random=False))
def test_order_of_coders_and_units_does_not_matter(data, order):
    assume(varies(data))
    rows, columns = list(range(data.shape[0])), list(range(data.shape[1]))
    order.shuffle(rows)
    order.shuffle(columns)
    for function in (krippendorff_alpha, gwet_ac, fleiss_kappa, conger_kappa, brennan_prediger):
        before, after = function(data), function(data[rows][:, columns])
        assert before.value == pytest.approx(after.value, nan_ok=True)
        assert before.se == pytest.approx(after.se, nan_ok=True, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(data=MATRICES, counts=st.lists(st.integers(1, 3), min_size=7, max_size=7))
def test_a_count_is_that_many_units(data, counts):
    assume(varies(data))
    times = counts[: data.shape[1]]
    for function in (krippendorff_alpha, gwet_ac, fleiss_kappa, conger_kappa, percent_agreement):
        counted, repeated = function(data, counts=times), function(np.repeat(data, times, axis=1))
        assert counted.value == pytest.approx(repeated.value, nan_ok=True)
        assert counted.se == pytest.approx(repeated.se, nan_ok=True, abs=1e-9)
        assert counted.n_units == repeated.n_units


@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.integers(0, 3), min_size=2, max_size=12), coders=st.integers(2, 4))
def test_perfect_agreement_is_one(values, coders):
    assume(len(set(values)) > 1)
    data = np.tile(values, (coders, 1))
    for function in (krippendorff_alpha, gwet_ac, fleiss_kappa, conger_kappa, brennan_prediger):
        assert function(data).value == pytest.approx(1.0)


@settings(max_examples=30, deadline=None)
@given(data=MATRICES)
def test_weights_of_ones_and_zeros_are_no_weights(data):
    assume(varies(data))
    q = len(np.unique(data[~np.isnan(data)]))
    for function in (gwet_ac, fleiss_kappa, conger_kappa, brennan_prediger):
        assert function(data, np.eye(q)).value == pytest.approx(function(data).value, nan_ok=True)


def random_frame(seed: int, interviews: int = 12, factors: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for interview in range(interviews):
        for factor in range(factors):
            truth = rng.integers(0, 3)
            for coder in "ABC":
                if rng.random() < 0.85:
                    value = truth if rng.random() < 0.7 else rng.integers(0, 3)
                    rows.append((interview, f"f{factor}", "whole", coder, value, f"a{interview % 2}"))
    return pd.DataFrame(rows, columns=["interview", "factor", "unit", "coder", "value", "area"])


@pytest.mark.parametrize(
    ("coefficient", "level"),
    [
        ("krippendorff_alpha", "ordinal"),
        ("krippendorff_alpha", "nominal"),
        ("gwet_ac", ""),
        ("conger_kappa", ""),
    ],
)
def test_a_draw_equals_the_coefficient_of_the_interviews_drawn(coefficient, level):
    frame, factors = random_frame(5), ["f0", "f1", "f2"]
    made = bootstrap_intervals(frame, coefficient=coefficient, level=level, draws=8, seed=4)
    picked = np.random.default_rng(4).integers(12, size=(8, 12), dtype=np.int32)
    order = pd.factorize(frame["interview"])[1]
    for draw in range(8):
        parts = [
            frame[frame["interview"] == order[which]].assign(interview=place)
            for place, which in enumerate(picked[draw])
        ]
        resampled = pd.concat(parts)
        again = agreement_by(resampled, coefficient=coefficient, level=level, categories=[0, 1, 2]).table
        expected = again.set_index("factor")["value"].reindex(factors).to_numpy()
        assert made.draws[:, draw] == pytest.approx(expected, nan_ok=True, abs=1e-12)


def test_bootstrap_is_the_same_for_the_same_seed():
    one = bootstrap_intervals(random_frame(1), draws=200, seed=9).table
    two = bootstrap_intervals(random_frame(1), draws=200, seed=9).table
    pd.testing.assert_frame_equal(one, two)


def test_interval_covers_where_units_of_an_interview_hang_together():
    # 200 data sets with the same coder error per interview: the interval over interviews must hold the true
    # agreement (that of a very large sample) about as often as it says; the one over units must not.
    rng = np.random.default_rng(11)

    def sample(interviews: int) -> pd.DataFrame:
        hard = rng.random(interviews) < 0.4
        truth = rng.integers(0, 2, (interviews, 8))
        wrong = rng.random((2, interviews, 8)) < np.where(hard, 0.45, 0.02)[None, :, None]
        values = np.where(wrong, 1 - truth, truth)
        index = pd.MultiIndex.from_product([["A", "B"], range(interviews), range(8)])
        flat = pd.Series(values.ravel(), index=index, name="value")
        return flat.rename_axis(["coder", "interview", "unit"]).reset_index()

    true = krippendorff_alpha(sample(20_000)).value
    inside = {"interview": 0, "unit": 0}
    for seed in range(200):
        frame = sample(40)
        row = bootstrap_intervals(frame, (), draws=300, seed=seed).table.iloc[0]
        inside["interview"] += row["lower"] <= true <= row["upper"]
        lower, upper = krippendorff_alpha(frame).interval
        inside["unit"] += lower <= true <= upper
    assert inside["interview"] >= 0.88 * 200
    assert inside["unit"] < inside["interview"]
