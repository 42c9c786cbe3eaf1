"""The random-intercept model beside a literal Kenward-Roger on dense matrices, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from analysis.association import fixed_effects, random_intercept, random_intercepts, within_between
from analysis.errors import MethodError


def literal(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> dict[str, float]:
    """Kenward and Roger's formulas as printed, with n x n matrices and a general-purpose optimiser."""
    n, X = len(y), np.column_stack([np.ones(len(y)), x])
    Z = pd.get_dummies(cluster).to_numpy(float)
    G = [Z @ Z.T, np.eye(n)]

    def minus_two_log_likelihood(variances):
        V = variances[0] * G[0] + variances[1] * G[1]
        iV = np.linalg.inv(V)
        XVX = X.T @ iV @ X
        r = y - X @ np.linalg.solve(XVX, X.T @ iV @ y)
        return np.linalg.slogdet(V)[1] + np.linalg.slogdet(XVX)[1] + r @ iV @ r

    s = y.var()
    starts = [(0.5 * s, 0.5 * s), (1e-3 * s, s), (5 * s, 0.1 * s), (0.0, 0.8 * s)]
    bounds = [(0, None), (1e-6 * s, None)]
    options = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 5000}
    fits = [
        optimize.minimize(minus_two_log_likelihood, start, bounds=bounds, method="L-BFGS-B", options=options)
        for start in starts
    ]
    v = min(fits, key=lambda fit: fit.fun).x
    iV = np.linalg.inv(v[0] * G[0] + v[1] * G[1])
    phi = np.linalg.inv(X.T @ iV @ X)
    P = [-X.T @ iV @ g @ iV @ X for g in G]
    Q = [[X.T @ iV @ g @ iV @ h @ iV @ X for h in G] for g in G]
    info = np.array(
        [
            [
                np.trace(iV @ G[i] @ iV @ G[j]) - 2 * np.trace(phi @ Q[i][j]) + np.trace(phi @ P[i] @ phi @ P[j])
                for j in range(2)
            ]
            for i in range(2)
        ]
    )
    W = 2 * np.linalg.inv(info)
    U = sum(W[i, j] * (Q[i][j] - P[i] @ phi @ P[j]) for i in range(2) for j in range(2))
    adjusted = phi + 2 * phi @ U @ phi
    c = [(phi @ p @ phi)[1, 1] / phi[1, 1] for p in P]
    A = sum(W[i, j] * c[i] * c[j] for i in range(2) for j in range(2))
    B = 0.5 * (A + 6 * A)
    g = -1.0
    c1, c2, c3 = g / (3 + 2 * (1 - g)), (1 - g) / (3 + 2 * (1 - g)), (3 - g) / (3 + 2 * (1 - g))
    rho = (2 * (1 + c1 * B) / ((1 - c2 * B) ** 2 * (1 - c3 * B))) / (2 / (1 - A) ** 2)
    df = 4 + 3 / (rho - 1)
    estimate, se = (phi @ X.T @ iV @ y)[1], np.sqrt(adjusted[1, 1])
    return {
        "estimate": estimate, "se": se, "df": df, "p": 2 * stats.t.sf(abs(estimate / se), df),
        "variance_cluster": v[0], "variance_residual": v[1],
    }  # fmt: skip


def simulated(seed: int, sizes: list[int], between: float, kind: str = "normal") -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    x = rng.normal(size=len(cluster)) + rng.normal(size=len(sizes))[cluster]
    if kind == "binary":
        x = (x > 0).astype(float)
    if kind == "ordinal":
        x = np.clip(np.round(x + 1.5), 0, 3)
    if kind == "of the cluster":
        x = rng.normal(size=len(sizes))[cluster]
    y = 0.4 * x + between * rng.normal(size=len(sizes))[cluster] + rng.normal(size=len(cluster))
    return pd.DataFrame({"x": x, "y": y, "area": [f"a{c}" for c in cluster]})


DESIGNS = [
    ("unbalanced", [1, 2, 3, 8, 2, 5], 1.0, "normal"),
    ("clusters of one", [1, 1, 1, 1, 4, 3, 1], 0.7, "normal"),
    ("large intraclass correlation", [3, 3, 2, 2, 3, 2], 20.0, "normal"),
    ("no variance between", [3, 3, 3, 3, 3], 0.0, "normal"),
    ("two clusters", [6, 7], 1.0, "normal"),
    ("binary factor", [3, 2, 4, 3, 2, 3], 0.8, "binary"),
    ("ordinal factor", [3, 2, 4, 3, 2, 3], 0.8, "ordinal"),
    ("factor of the cluster", [3, 2, 4, 3, 2, 3], 0.8, "of the cluster"),
    ("many clusters", [2] * 30, 0.5, "normal"),
]


@pytest.mark.parametrize(("name", "sizes", "between", "kind"), DESIGNS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_equals_the_printed_formulas(name, sizes, between, kind, seed):
    frame = simulated(seed, sizes, between, kind)
    if np.ptp(frame["x"]) == 0:
        pytest.skip("the draw has no variation in the factor")
    ours = random_intercept(frame, "y", "x", "area")
    theirs = literal(frame["x"].to_numpy(), frame["y"].to_numpy(), frame["area"].to_numpy())
    for key, value in theirs.items():
        assert getattr(ours, key) == pytest.approx(value, rel=2e-4, abs=2e-5), key


def test_balanced_one_way_anova_of_a_cluster_level_factor():
    """With a balanced design and a factor of the cluster the test is that of the cluster means."""
    frame = simulated(5, [4] * 8, 1.0, "of the cluster")
    ours = random_intercept(frame, "y", "x", "area")
    means = frame.groupby("area").mean()
    line = stats.linregress(means["x"], means["y"])
    assert ours.variance_cluster > 0
    assert (ours.estimate, ours.se, ours.p) == pytest.approx((line.slope, line.stderr, line.pvalue), rel=1e-9)
    assert ours.df == pytest.approx(6, rel=1e-9)


@pytest.mark.parametrize("between", [1e3, 1e5])
def test_clusters_that_lie_very_far_apart_leave_the_estimate_within_them(between):
    frame = simulated(6, [3, 2, 4, 3, 2, 3], between)
    ours, within = random_intercept(frame, "y", "x", "area"), fixed_effects(frame, "y", "x", "area")
    assert (ours.estimate, ours.se, ours.df) == pytest.approx((within.estimate, within.se, within.df), rel=1e-3)
    assert ours.icc > 0.99999
    assert ours.variance_cluster == pytest.approx(frame.groupby("area")["y"].mean().var(), rel=1e-3)


def test_scale_and_origin_do_not_matter():
    frame = simulated(7, [1, 2, 3, 8, 2, 5], 1.0)
    plain = random_intercept(frame, "y", "x", "area")
    moved = random_intercept(frame.assign(x=frame["x"] * 1e6 + 3e7, y=frame["y"] / 1e5 - 40), "y", "x", "area")
    assert moved.p == pytest.approx(plain.p, rel=1e-6)
    assert moved.estimate == pytest.approx(plain.estimate / 1e11, rel=1e-6)
    assert moved.standardised == pytest.approx(plain.standardised, rel=1e-6)


def test_interval_follows_level_and_agrees_with_p():
    frame = simulated(8, [3, 3, 3, 2, 2, 2], 0.5)
    at = {level: random_intercept(frame, "y", "x", "area", level=level) for level in (0.5, 0.9, 0.95)}
    widths = [at[level].interval[1] - at[level].interval[0] for level in (0.5, 0.9, 0.95)]
    assert widths == sorted(widths)
    exact = random_intercept(frame, "y", "x", "area", level=1 - at[0.9].p)
    assert min(abs(bound) for bound in exact.interval) == pytest.approx(0, abs=1e-9)


def test_missing_rows_are_left_out_and_counted():
    frame = simulated(9, [3, 3, 3, 3], 0.5)
    holes = pd.concat([frame, frame.head(3)], ignore_index=True)
    holes.loc[12, "y"] = np.nan
    holes.loc[13, "x"] = np.nan
    holes.loc[14, "area"] = None
    ours = random_intercept(holes, "y", "x", "area")
    assert ours.n_dropped == 3
    assert ours.p == random_intercept(frame, "y", "x", "area").p
    assert "3 rows dropped" in ours.summary


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "object", "category", "float32"])
def test_any_kind_of_number_is_read(dtype):
    frame = simulated(10, [3, 3, 3, 3], 0.5, "binary")
    typed = frame.assign(x=frame["x"].astype(int).astype(bool if dtype == "boolean" else int).astype(dtype))
    assert random_intercept(typed, "y", "x", "area").p == pytest.approx(random_intercept(frame, "y", "x", "area").p)


def wrong(**columns: object) -> pd.DataFrame:
    return simulated(11, [3, 3, 3, 3], 0.5).assign(**columns)


@pytest.mark.parametrize(
    ("frame", "names", "said"),
    [
        (wrong(), ("y", "xx", "area"), "nearest: x"),
        (wrong(x=1.0), ("y", "x", "area"), "does not vary"),
        (wrong(y=2.5), ("y", "x", "area"), "does not vary"),
        (wrong(area="one"), ("y", "x", "area"), "too few clusters"),
        (wrong(area=range(12)), ("y", "x", "area"), "every cluster of 'area' has one unit"),
        (wrong().head(3), ("y", "x", "area"), "too few units"),
        (wrong(x="high"), ("y", "x", "area"), "not a number"),
        (wrong(x=np.inf), ("y", "x", "area"), "infinite"),
        (wrong(), ("y", "y", "area"), "three different columns"),
        (wrong(y=lambda d: 2 * d["x"] + 1), ("y", "x", "area"), "without any residual"),
        (
            wrong(y=lambda d: d["area"].str[1:].astype(int)),
            ("y", "x", "area"),
            "same for all units of each cluster",
        ),
    ],
)
def test_what_is_refused_and_how(frame, names, said):
    with pytest.raises(MethodError) as caught:
        random_intercept(frame, *names)
    assert said in str(caught.value)


def test_a_level_outside_its_range_is_refused():
    with pytest.raises(MethodError, match="level"):
        random_intercept(wrong(), "y", "x", "area", level=95)


def test_pairs_that_cannot_be_tested_are_listed_with_their_reason():
    many = random_intercepts(wrong(flat=1.0), ["y"], ["x", "flat"], "area")
    assert list(many.table["factor"]) == ["x"]
    assert list(many.problems["factor"]) == ["flat"]
    assert "does not vary" in many.problems["problem"].iloc[0]


def test_within_and_between_need_variation_of_their_own():
    with pytest.raises(MethodError, match="within any cluster"):
        within_between(wrong(x=lambda d: d["area"].str[1:].astype(int)), "y", "x", "area")
