"""What must hold for the two tests on any data."""

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.association import permutation_within, random_intercept
from analysis.errors import MethodError

GRADES = st.integers(min_value=0, max_value=3)
FRAMES = st.lists(st.tuples(GRADES, st.integers(0, 8), st.integers(0, 4)), min_size=4, max_size=14).map(
    lambda rows: pd.DataFrame(rows, columns=["factor", "outcome", "area"])
)


@settings(max_examples=150, deadline=None)
@given(FRAMES, st.randoms(use_true_random=False))
def test_order_and_direction_do_not_matter(frame, random):
    try:
        plain = random_intercept(frame, "outcome", "factor", "area")
    except MethodError:
        assume(False)
    order = list(range(len(frame)))
    random.shuffle(order)
    turned = random_intercept(frame.iloc[order].assign(factor=lambda d: -d["factor"]), "outcome", "factor", "area")
    assert np.isclose(turned.estimate, -plain.estimate, rtol=1e-5, atol=1e-7)
    assert np.isclose(turned.p, plain.p, rtol=1e-4, atol=1e-6)
    assert 0 <= plain.p <= 1 and plain.se > 0 and plain.df > 0
    assert plain.variance_cluster >= 0 and plain.variance_residual > 0


@settings(max_examples=150, deadline=None)
@given(FRAMES)
def test_a_permutation_p_lies_between_its_floor_and_one(frame):
    try:
        ours = permutation_within(frame, "outcome", "factor", "area")
    except MethodError:
        assume(False)
    assert ours.floor - 1e-12 <= ours.p <= 1
    assert ours.floor >= 1 / ours.arrangements - 1e-12
    assert ours.interval[0] <= ours.estimate + 1e-9 and ours.estimate - 1e-9 <= ours.interval[1]
