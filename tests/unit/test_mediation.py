"""The two paths of the hypothesis, and what may be said of their product."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.association import even_design, random_intercept
from analysis.capital import detectable_indirect, mediation, rival_orders, split_mediation
from analysis.errors import MethodError
from analysis.figures.capital import plot_detectable_indirect, plot_mediation

NAMES = {"antecedent": "x", "mediator": "m", "outcome": "y", "cluster": "area"}


def units(seed: int, a: float = 0.8, b: float = 0.8, between: float = 0.3, size: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    area = np.repeat(np.arange(6), size)

    def rest() -> np.ndarray:
        return np.sqrt(between) * rng.normal(size=6)[area] + np.sqrt(1 - between) * rng.normal(size=len(area))

    x = rest()
    m = a * x + np.sqrt(1 - a * a) * rest()
    y = b * m + np.sqrt(1 - b * b) * rest()
    return pd.DataFrame({"x": x, "m": m, "y": y, "area": area.astype(str)})


def flat(seed: int) -> pd.DataFrame:
    """Units whose areas differ less than chance, so that the variance between them is estimated as zero."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": rng.normal(size=18), "area": np.repeat(list("abcdef"), 3)})
    for name, before in (("m", "x"), ("y", "m")):
        noise = rng.normal(size=18)
        frame[name] = 0.7 * frame[before] + noise - pd.Series(noise).groupby(frame["area"]).transform("mean")
    return frame.assign(x=frame["x"] - frame.groupby("area")["x"].transform("mean"))


def test_paths_are_least_squares_where_areas_do_not_differ() -> None:
    frame = flat(3)
    found = mediation(frame, **NAMES, draws=1000)
    one = np.ones(len(frame))
    a = np.linalg.lstsq(np.column_stack([frame["x"], one]), frame["m"], rcond=None)[0][0]
    b, direct, _ = np.linalg.lstsq(np.column_stack([frame["m"], frame["x"], one]), frame["y"], rcond=None)[0]
    assert (found.a.estimate, found.b.estimate, found.direct.estimate) == pytest.approx((a, b, direct))
    assert found.total.estimate == pytest.approx(found.indirect + direct)
    assert found.joint_p == max(found.a.p, found.b.p)


def test_path_a_and_total_are_the_plans_primary_test() -> None:
    frame = units(1)
    found = mediation(frame, **NAMES, draws=1000)
    first = random_intercept(frame, "m", "x", "area")
    assert (found.a.estimate, found.a.p) == (first.estimate, first.p)
    assert found.total.p == random_intercept(frame, "y", "x", "area").p


def test_interval_is_the_distribution_of_the_product() -> None:
    """Held to numerical integration of P(A B <= t) for the interval's two ends."""
    found = mediation(units(2), **NAMES, draws=400_000)
    grid = np.linspace(1e-6, 1 - 1e-6, 200_001)
    a = found.a.estimate + found.a.se * stats.t.ppf(grid, found.a.df)
    for end, share in zip(found.interval, (0.025, 0.975), strict=True):
        below = stats.t.cdf((end / a - found.b.estimate) / found.b.se, found.b.df)
        assert np.where(a > 0, below, 1 - below).mean() == pytest.approx(share, abs=0.002)


def test_the_joint_test_keeps_its_level() -> None:
    found = detectable_indirect(even_design(6, 3, 5), paths=[0.0, 0.5, 0.8], datasets=400)
    null = found.table.iloc[0]
    assert null["power"] <= 0.02
    assert null["a_found"] < 0.09
    assert found.table["power"].is_monotonic_increasing
    assert np.isnan(found.minimum)


def test_a_large_clean_design_finds_what_a_small_one_does_not() -> None:
    small, large = even_design(6, 3, 5), even_design(12, 10, 30)
    at = {"paths": [0.3, 0.5, 0.8], "datasets": 200}
    few, many = detectable_indirect(small, **at), detectable_indirect(large, **at)
    assert many.table["power"].iloc[1] > 0.95 > few.table["power"].iloc[2]
    assert 0.3 <= many.minimum < 0.5
    assert "an indirect effect of" in many.summary


def test_rivals_with_the_same_middle_fit_alike() -> None:
    found = rival_orders(units(5, a=0.9, b=0.9, size=5), **NAMES)
    table = found.table.set_index("order")
    assert table.loc["x → m → y", "fits"] and table.loc["y → m → x", "fits"]
    assert not table.loc["m → x → y", "fits"]
    for middle in ("x", "m", "y"):
        pair = table.loc[table["middle"] == middle, "omitted_p"].tolist()
        assert pair[0] == pytest.approx(pair[1], rel=0.5, abs=0.02)
    assert table["stated"].sum() == 1
    assert "can't tell which way" in found.summary


def interviews(seed: int, common: float = 0.0, paths: float = 0.9) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    base = units(seed, a=paths, b=paths)
    each = base.loc[base.index.repeat(6)].assign(unit=lambda frame: "u" + frame.index.astype(str))
    mood = common * rng.normal(size=len(each))
    return each.assign(**{name: each[name] + mood + 0.5 * rng.normal(size=len(each)) for name in ("x", "m", "y")})


def test_split_finds_a_real_effect() -> None:
    found = split_mediation(interviews(8), **NAMES, unit="unit", splits=100)
    assert found.indirect > 0
    assert found.same_sign > 0.95
    assert found.n_units == 18
    assert found.interval[0] < found.indirect < found.interval[1]


def test_split_takes_a_common_mood_out() -> None:
    """With no effect and a strong mood behind all three answers, only shared informants show an effect."""
    shared, split = [], []
    for seed in range(12):
        frame = interviews(seed, common=2.0, paths=0.0)
        means = frame.groupby(["unit", "area"], as_index=False)[["x", "m", "y"]].mean()
        shared.append(mediation(means, **NAMES, draws=100).a.estimate)
        split.append(split_mediation(frame, **NAMES, unit="unit", splits=60, draws=100).a.estimate)
    assert np.mean(shared) > 0.25
    assert abs(np.mean(split)) < 0.15


def test_split_needs_three_informants() -> None:
    frame = interviews(1)
    with pytest.raises(MethodError, match="three informants"):
        split_mediation(frame.groupby("unit").head(2), **NAMES, unit="unit")


def test_what_holds_by_definition_is_said() -> None:
    found = mediation(units(1), **NAMES, shared=frozenset({"purpose", "place"}), draws=100)
    assert "share place, purpose" in found.summary
    assert found.table["by_definition"].unique().tolist() == ["place, purpose"]


def test_rows_with_gaps_are_counted_and_bad_input_refused() -> None:
    frame = units(1)
    frame.loc[0, "m"] = np.nan
    found = mediation(frame, **NAMES, draws=100)
    assert (found.n_units, found.n_dropped) == (17, 1)
    assert found.table["path"].tolist() == ["a", "b", "direct", "total", "indirect"]
    with pytest.raises(MethodError, match="three different"):
        mediation(frame, antecedent="x", mediator="x", outcome="y", cluster="area")
    with pytest.raises(MethodError):
        mediation(frame.assign(m=2 * frame["x"] + 1), **NAMES)
    with pytest.raises(MethodError, match="no column"):
        mediation(frame.drop(columns="m"), **NAMES)
    with pytest.raises(MethodError, match=r"\[0, 1\)"):
        detectable_indirect(even_design(6, 3, 5), paths=[1.0])


def test_the_same_seed_gives_the_same_result() -> None:
    frame = interviews(4)
    first, again = (split_mediation(frame, **NAMES, unit="unit", splits=20, seed=9) for _ in range(2))
    assert first.table.equals(again.table)
    assert first.interval == again.interval


def test_figures_carry_the_numbers() -> None:
    found = mediation(units(2), **NAMES, draws=1000)
    words = " ".join(text.get_text() for text in plot_mediation(found, {"m": "Capital"}).axes[0].texts)
    assert "Capital" in words and "Indirect effect" in words
    power = detectable_indirect(even_design(6, 3, 5), paths=[0.0, 0.5], datasets=100)
    assert len(plot_detectable_indirect(power).axes[0].lines) == 4
