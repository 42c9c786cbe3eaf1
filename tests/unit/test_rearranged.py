"""The curve's estimators, which share work over rearrangements, against one data set at a time."""

import numpy as np
import pytest

from analysis.association import reml
from analysis.association.arrangements import draw
from analysis.association.rearranged import cluster_robust, random_intercept, rearranged, within_clusters
from analysis.association.robust import robust_slopes, within_slopes

CLUSTER = np.repeat(np.arange(6), (3, 3, 3, 2, 2, 2))
LEFT_OUT = (-1, 0, 1, 2, 3, 4, 5)


def pairs_and_orders(seed: int, *, missing: int = 0, by_cluster: float = 1.0, rearrangements: int = 7):
    """Three pairs of factor and outcome, some values missing in both, and rearrangements with the identity first."""
    rng = np.random.default_rng(seed)
    pairs = []
    for _ in range(3):
        x, y = rng.normal(size=(2, 15)) + by_cluster * rng.normal(size=(2, 6))[:, CLUSTER]
        y += 0.5 * x
        for values in (x, y):
            values[rng.choice(15, size=missing, replace=False)] = np.nan
        pairs.append((3.0 + x, 100.0 * y))
    index = np.arange(15)
    return pairs, np.concatenate([index[None], draw(index, CLUSTER, rearrangements - 1, rng)])


def one_by_one(pairs, orders):
    """Each data set alone by the plain methods: estimator to rows of standardised estimate, se, df, p, units."""
    rows = {"random": [], "robust": [], "within": []}
    for x, y in pairs:
        for out in LEFT_OUT:
            for order in orders:
                kept = np.isfinite(x + y[order]) & (out != CLUSTER)
                own_x, own_y = x[kept][None], y[order][kept][None]
                own = np.unique(CLUSTER[kept], return_inverse=True)[1]
                unit = own_x.std() / own_y.std()
                mixed = reml.slopes(own_y, own_x, own)
                rows["random"].append(
                    [mixed.estimate[0, 0] * unit, mixed.se[0, 0] * unit, mixed.df[0, 0], mixed.p[0, 0]]
                )
                for name, method in (("robust", robust_slopes), ("within", within_slopes)):
                    found = method(own_y, own_x, own)
                    rows[name].append([found.estimate[0] * unit, found.se[0] * unit, found.df[0], found.p[0]])
    return {name: np.array(values) for name, values in rows.items()}


@pytest.mark.parametrize("missing", [0, 2])
@pytest.mark.parametrize("by_cluster", [0.0, 1.0, 10.0])
def test_rearrangements_together_are_each_data_set_alone(missing: int, by_cluster: float):
    pairs, orders = pairs_and_orders(3 + missing, missing=missing, by_cluster=by_cluster)
    data = rearranged(pairs, CLUSTER, orders, LEFT_OUT)
    alone = one_by_one(pairs, orders)
    together = {"random": random_intercept(data), "robust": cluster_robust(data), "within": within_clusters(data)}
    for name, found in together.items():
        values = np.column_stack([found.estimate, found.se, found.df, found.p])
        np.testing.assert_allclose(values, alone[name], rtol=1e-6, atol=1e-9, err_msg=name)
    assert len(data.design) == 3 * len(LEFT_OUT) * len(orders)


def test_units_are_counted_and_a_factor_that_does_not_vary_gives_no_estimate():
    pairs, orders = pairs_and_orders(1)
    constant = np.where(CLUSTER == 0, pairs[0][0], 2.0)
    data = rearranged([(constant, pairs[0][1])], CLUSTER, orders, (-1, 0))
    assert data.n_units.tolist() == [15] * len(orders) + [12] * len(orders)
    for method in (random_intercept, cluster_robust, within_clusters):
        p = method(data).p.reshape(2, len(orders))
        assert np.isfinite(p[0]).all() and np.isnan(p[1]).all()


def test_a_factor_of_clusters_only_has_no_estimate_within_them():
    pairs, orders = pairs_and_orders(2)
    data = rearranged([(CLUSTER.astype(float) ** 2, pairs[0][1])], CLUSTER, orders)
    assert np.isnan(within_clusters(data).p).all()
    plain = reml.slopes(pairs[0][1][None], CLUSTER[None].astype(float) ** 2, CLUSTER)
    assert random_intercept(data).p[0] == pytest.approx(plain.p[0, 0], rel=1e-6)
