"""Coefficients of agreement against published numbers and other implementations."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa, to_table

from analysis.agreement import (
    benchmark,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
)

NAN = np.nan
# Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability, section D: 12 units, 4 observers.
KRIPPENDORFF_2011 = pd.DataFrame(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ],
    index=list("ABCD"),
)
# The alphas: same paper. All others and the standard errors: R package irrCAC (Gwet).
EXPECTED = [
    (krippendorff_alpha, "nominal", 0.743421, 0.14557),
    (krippendorff_alpha, "ordinal", 0.815388, None),
    (krippendorff_alpha, "interval", 0.849107, None),
    (krippendorff_alpha, "ratio", 0.797403, None),
    (gwet_ac, "identity", 0.77544, 0.14295),
    (gwet_ac, "linear", 0.85874, None),
    (gwet_ac, "quadratic", 0.91400, None),
    (gwet_ac, "ordinal", 0.89894, None),
    (fleiss_kappa, "identity", 0.76117, 0.15302),
    (brennan_prediger, "identity", 0.77273, None),
]
FUNCTIONS = {
    "krippendorff_alpha": krippendorff_alpha,
    "gwet_ac1": gwet_ac,
    "gwet_ac2": gwet_ac,
    "fleiss_kappa": fleiss_kappa,
    "conger_kappa": conger_kappa,
    "brennan_prediger": brennan_prediger,
}


@pytest.mark.parametrize(("function", "kind", "value", "se"), EXPECTED)
def test_published_values_and_standard_errors(function, kind, value, se):
    result = function(KRIPPENDORFF_2011, kind)
    assert result.value == pytest.approx(value, abs=6e-6)
    if se is not None:
        assert result.se == pytest.approx(se, abs=6e-6)


def test_conger_as_irrcac_gives_it_for_its_own_arrangement():
    # irrCAC's copy of the example (cac.raw4raters) gives the single rating of unit 12 to the third rater.
    # Only Conger's kappa, which knows who rated, tells the two apart.
    arranged = KRIPPENDORFF_2011.copy()
    arranged.loc["C", 11], arranged.loc["B", 11] = 3, NAN
    result = conger_kappa(arranged)
    assert result.value == pytest.approx(0.76282, abs=6e-6)
    assert result.se == pytest.approx(0.14917, abs=6e-6)


def test_conger_of_the_paper_s_own_arrangement_by_hand():
    # Mean over pairs of coders of the chance agreement of their own distributions, worked out coder by coder.
    values = KRIPPENDORFF_2011.to_numpy()
    shares = [[np.mean(row[~np.isnan(row)] == k) for k in range(1, 6)] for row in values]
    pairs = [np.dot(shares[a], shares[b]) for a in range(4) for b in range(4) if a != b]
    observed = conger_kappa(KRIPPENDORFF_2011).observed
    by_hand = (observed - np.mean(pairs)) / (1 - np.mean(pairs))
    assert conger_kappa(KRIPPENDORFF_2011).value == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.third_party
def test_table_of_truth(third_party):
    folder = third_party / "truth" / "agreement"
    data = pd.read_csv(folder / "krippendorff_2011.csv", index_col=0)
    for row in pd.read_csv(folder / "expected.csv").itertuples():
        if row.coefficient == "conger_kappa":
            continue  # worked out on irrCAC's own arrangement of the data, see above
        alpha = row.coefficient == "krippendorff_alpha"
        kind = row.weights if alpha or row.weights != "nominal" else "identity"
        result = FUNCTIONS[row.coefficient](data, kind)
        assert result.value == pytest.approx(row.value, abs=6e-6), row.coefficient
        if not np.isnan(row.se):
            assert result.se == pytest.approx(row.se, abs=6e-6), row.coefficient


@pytest.mark.third_party
@pytest.mark.parametrize(("weights", "value"), [(None, 0.7546), ("linear", 0.8512), ("quadratic", 0.9250)])
def test_weighted_kappa_pairs(third_party, weights, value):
    pairs = pd.read_csv(third_party / "truth" / "agreement" / "weighted_kappa_pairs.csv")
    result = cohen_kappa(pairs["a"], pairs["b"], weights)
    assert result.value == pytest.approx(value, abs=5e-5)


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_kappa_and_its_standard_error_as_statsmodels(weights):
    rng = np.random.default_rng(3)
    a = rng.integers(0, 4, 80)
    b = np.where(rng.random(80) < 0.6, a, rng.integers(0, 4, 80))
    other = cohens_kappa(to_table(np.column_stack([a, b]))[0], wt=weights)
    result = cohen_kappa(a, b, weights)
    assert result.value == pytest.approx(other.kappa, abs=1e-12)
    # Fleiss, Cohen and Everitt divide by n, Gwet by n - 1.
    assert result.se == pytest.approx(other.std_kappa * np.sqrt(80 / 79), rel=1e-9)


def test_contingency_table_of_the_irrcac_manual():
    # irrCAC overview, cont3x3abstractors: Cohen's kappa 0.7964094, SE 0.05891072 (over n, not n - 1).
    table = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    a = np.repeat(np.repeat([0, 1, 2], 3), table.ravel())
    b = np.repeat(np.tile([0, 1, 2], 3), table.ravel())
    result = cohen_kappa(a, b)
    assert result.value == pytest.approx(0.7964094, abs=5e-8)
    assert result.se * np.sqrt(0.99) == pytest.approx(0.05891072, abs=5e-8)
    # Scott's pi of the same page (0.7962397, SE 0.05905473) is Fleiss' kappa for two coders.
    scott = fleiss_kappa(np.vstack([a, b]))
    assert scott.value == pytest.approx(0.7962397, abs=5e-8)
    assert scott.se * np.sqrt(0.99) == pytest.approx(0.05905473, abs=5e-8)


def test_benchmark_probabilities_are_those_of_a_truncated_normal():
    from scipy.stats import truncnorm

    value, se = 0.77544, 0.14295
    table = benchmark(value, se)
    law = truncnorm((-1 - value) / se, (1 - value) / se, loc=value, scale=se)
    expected = [law.sf(bound) for bound in (0.8, 0.6, 0.4, 0.2, 0.0, -1.0)]
    assert table["cumulative_probability"].to_numpy() == pytest.approx(expected, abs=1e-9)
