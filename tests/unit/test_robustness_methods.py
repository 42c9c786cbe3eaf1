"""Informants, influence, specifications, coders, missing values, omitted causes and selection."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.association import (
    Design,
    Variant,
    absent_readings,
    arrangements,
    cluster_robust,
    coder_error,
    dawid_skene,
    fixed_effects,
    leave_one_cluster_out,
    leave_one_unit_out,
    named_split,
    omitted_cause,
    permutation_within,
    pool,
    random_intercept,
    range_restriction,
    robustness_value,
    simulate,
    specification_curve,
    split_informants,
    tipping_point,
    unit_frame,
)
from analysis.association.coders import as_grades
from analysis.errors import MethodError


def interviews_of(design: Design, correlation: float, seed: int, common: float = 0.0) -> pd.DataFrame:
    sample = simulate(design, correlation, 1, np.random.default_rng(seed), common=common)
    frame = pd.DataFrame({"x": sample.factor[0], "y": sample.outcome[0], "p": [f"p{u:03d}" for u in sample.unit]})
    role = np.where(np.arange(len(frame)) % 2 == 0, "council", "partner")
    return frame.assign(a=[f"a{c}" for c in sample.cluster[sample.unit]], role=role)


WIDE = Design((5,) * 30, (6,) * 150, (0.2,), (0.2,), (0.4,), (0.4,))
SIX = Design((3, 3, 3, 2, 2, 2), (6,) * 15, (0.2,), (0.2,), (0.4,), (0.4,))


def test_splitting_informants_takes_the_common_source_out():
    """No association at all, but one mood in both ratings: the main estimate is fooled, the split one is not."""
    found = split_informants(interviews_of(WIDE, 0.0, 1, common=1.5), "y", "x", "a", unit="p", splits=50)
    assert found.main.p < 0.001
    assert found.p > 0.05
    assert found.inflation == pytest.approx(found.main.estimate, abs=0.15)
    assert "common source" in found.summary
    assert found.inflation_interval[0] > 0


def test_without_a_common_source_the_comparable_estimate_is_the_main_one():
    found = [split_informants(interviews_of(WIDE, 0.6, s), "y", "x", "a", unit="p", splits=50) for s in range(5)]
    assert np.mean([f.inflation for f in found]) == pytest.approx(0, abs=0.05)
    assert all(0 < f.estimate < f.comparable for f in found)
    assert all(f.same_sign == 1 for f in found)
    assert sum(f.inflation_interval[0] <= 0 <= f.inflation_interval[1] for f in found) >= 4


def test_the_interval_of_the_inflation_is_the_jackknife_over_units():
    """Refitted without each partnership, with splits drawn anew, which adds noise to both."""
    frame = interviews_of(SIX, 0.5, 8)
    found = split_informants(frame, "y", "x", "a", unit="p", splits=100)
    half = (found.inflation_interval[1] - found.inflation_interval[0]) / 2 / stats.t.ppf(0.975, 14)
    rest = [frame[frame["p"] != p] for p in frame["p"].unique()]
    again = [split_informants(left, "y", "x", "a", unit="p", splits=400) for left in rest]
    by_hand = np.array([one.inflation for one in again])
    assert half == pytest.approx(np.sqrt(14 / 15 * ((by_hand - by_hand.mean()) ** 2).sum()), rel=0.15)


def test_the_standard_error_is_that_of_the_mean_over_splits():
    """Over data sets without an association the mean estimate spreads as its standard error says."""
    options = {"unit": "p", "splits": 40, "jackknife": False}
    found = [split_informants(interviews_of(WIDE, 0.0, seed), "y", "x", "a", **options) for seed in range(150)]
    spread = np.std([one.estimate for one in found])
    told = np.sqrt(np.mean([one.se**2 for one in found]))
    single = np.sqrt(np.mean([(one.table["se"] ** 2).mean() for one in found]))
    assert 0.8 < told / spread < 1.35  # a spread of 150 is uncertain by about 6 %
    assert told < 0.95 * single


def test_every_split_uses_disjoint_halves_of_each_unit():
    """One informant gives the factor alone, the other the outcome alone: only one way round is left."""
    frame = interviews_of(Design((4,) * 6, (2,) * 24), 0.5, 3)
    first = ~frame["p"].duplicated()
    frame.loc[first, "y"] = np.nan
    frame.loc[~first, "x"] = np.nan
    found = split_informants(frame, "y", "x", "a", unit="p", splits=300, jackknife=False)
    assert np.isnan(found.inflation_interval).all() and "available" not in found.summary
    assert found.n_units == 24
    whole = random_intercept(unit_frame(frame, ["x", "y"], "p", "a"), "y", "x", "a")
    assert found.main.estimate == whole.estimate
    assert len(found.table) > 250  # units whose halves fall the wrong way round are left out of that split


def test_units_with_one_informant_are_counted_as_dropped():
    frame = interviews_of(SIX, 0.5, 4)
    frame = frame[~((frame["p"] == "p000") & frame["p"].duplicated())]
    assert split_informants(frame, "y", "x", "a", unit="p", splits=20).n_dropped_units == 1


def test_a_named_split_is_a_merge_of_two_groups():
    frame = interviews_of(SIX, 0.5, 5)
    found = named_split(frame, "y", "x", "a", unit="p", by="role", factor_from=["council"], outcome_from=["partner"])
    x = frame[frame["role"] == "council"].groupby("p")["x"].mean()
    y = frame[frame["role"] == "partner"].groupby("p")["y"].mean()
    units = pd.DataFrame({"x": x, "y": y, "a": frame.groupby("p")["a"].first()})
    assert found.p == pytest.approx(random_intercept(units, "y", "x", "a").p)
    with pytest.raises(MethodError, match="allowed"):
        named_split(frame, "y", "x", "a", unit="p", by="role", factor_from=["counsil"], outcome_from=["partner"])
    with pytest.raises(MethodError, match="different groups"):
        named_split(frame, "y", "x", "a", unit="p", by="role", factor_from=["council"], outcome_from=["council"])


def units_of(seed: int, correlation: float = 0.7, design: Design = SIX) -> pd.DataFrame:
    return unit_frame(interviews_of(design, correlation, seed), ["x", "y"], "p", "a")


def test_leaving_out_equals_refitting():
    frame = units_of(6)
    areas = leave_one_cluster_out(frame, "y", "x", "a", draws=50)
    for row in areas.table.itertuples():
        alone = random_intercept(frame[frame["a"] != row.left_out], "y", "x", "a")
        assert (row.estimate, row.p, row.low) == pytest.approx((alone.estimate, alone.p, alone.interval[0]), rel=1e-6)
    units = leave_one_unit_out(frame, "y", "x", "a", unit="p", draws=0)
    assert len(units.table) == 15
    for row in units.table.head(3).itertuples():
        assert row.estimate == pytest.approx(
            random_intercept(frame[frame["p"] != row.left_out], "y", "x", "a").estimate
        )
    assert np.isnan(units.same_sign_under_none)
    assert units.most_influential in set(frame["p"]) and units.most_influential in units.summary


def test_chance_leaves_one_sign_about_half_the_time_whatever_goes_between_areas():
    """Rearranging within areas would keep what lies between them, and give one sign nearly always here."""
    rng = np.random.default_rng(0)
    area = np.repeat(np.arange(6), 3)
    level = np.array([0.0, 2.0, 4.0, 1.0, 3.0, 5.0])[area]
    frame = pd.DataFrame({"a": area, "x": level + rng.normal(size=18), "y": level + rng.normal(size=18)})
    apart = leave_one_cluster_out(frame, "y", "x", "a", draws=400)
    none = leave_one_cluster_out(frame.assign(y=rng.normal(size=18)), "y", "x", "a", draws=400)
    assert apart.same_sign and 0.4 < apart.same_sign_under_none < 0.7
    assert apart.same_sign_under_none == pytest.approx(none.same_sign_under_none, abs=0.12)


def test_of_two_areas_none_can_be_left_out():
    frame = units_of(6).query("a in ['a0', 'a1']")
    found = leave_one_cluster_out(frame, "y", "x", "a")
    assert found.table["estimate"].isna().all() and found.most_influential == ""
    assert "no a can be left out" in found.summary and np.isnan(found.same_sign_under_none)


def test_refits_are_in_the_spreads_of_the_whole():
    found = leave_one_cluster_out(units_of(6), "y", "x", "a", draws=0)
    unit = found.full.standardised / found.full.estimate
    assert found.table["standardised"].to_numpy() == pytest.approx(found.table["estimate"].to_numpy() * unit)
    assert f"{found.table['standardised'].min():.2f}" in found.summary


# Ratings good enough for fifteen units to show a strong association.
SHARP = Design((3, 3, 3, 2, 2, 2), (6,) * 15, (0.2,), (0.2,), (0.9,), (0.9,))


def variants_of(seed: int, correlation: float) -> list[Variant]:
    interviews = interviews_of(SHARP, correlation, seed)
    mean = unit_frame(interviews, ["x", "y"], "p", "a").assign(y2=lambda d: d["y"] ** 3)
    half = unit_frame(interviews[interviews["role"] == "council"], ["x", "y"], "p", "a").assign(
        y2=lambda d: d["y"] ** 3
    )
    half.loc[2, "x"] = np.nan
    return [
        Variant({"informants": "all"}, mean),
        Variant({"informants": "council"}, half.sample(frac=1, random_state=1)),
    ]


def test_each_specification_is_the_method_it_names():
    variants = variants_of(7, 0.7)
    curve = specification_curve(variants, ["y", "y2"], "x", "a", unit="p", permutations=0)
    assert len(curve.table) == 2 * 2 * 3 * 7
    methods = {"random intercept": random_intercept, "cluster-robust": cluster_robust, "within clusters": fixed_effects}
    for row in curve.table.sample(20, random_state=0).itertuples():
        frame = next(v.frame for v in variants if v.choices["informants"] == row.informants)
        frame = frame[frame["a"] != row.left_out]
        alone = methods[row.estimator](frame, row.outcome, "x", "a")
        assert (row.estimate, row.p, row.n_units) == pytest.approx(
            (alone.standardised, alone.p, alone.n_units), rel=1e-5
        )
    assert (np.diff(curve.table["estimate"]) > -1e-12).all()  # equal ones keep the order of the choices
    assert curve.inference["p"].isna().all()


def test_the_curve_is_tested_jointly_and_the_same_on_any_number_of_processes(monkeypatch):
    settings = {"unit": "p", "leave_out": False, "permutations": 199, "seed": 1}
    strong = specification_curve(variants_of(8, 0.95), ["y"], "x", "a", **settings)
    none = specification_curve(variants_of(9, 0.0), ["y"], "x", "a", **settings)
    assert strong.inference.set_index("statistic").loc["median estimate", "p"] < 0.05
    assert none.inference.set_index("statistic").loc["median estimate", "p"] > 0.05
    monkeypatch.setattr("analysis.association.parallel._PAYS", -1.0)  # jobs=0: any work looks long
    for jobs in (2, 0):
        spread = specification_curve(variants_of(8, 0.95), ["y"], "x", "a", jobs=jobs, **settings)
        pd.testing.assert_frame_equal(strong.table, spread.table)
        pd.testing.assert_frame_equal(strong.inference, spread.inference)
    assert strong.same_sign == 1 and "same sign" in strong.summary


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_curve_on_a_dask_cluster_of_two_workers_is_the_same():
    distributed = pytest.importorskip("distributed")
    settings = {"unit": "p", "leave_out": False, "permutations": 49, "seed": 1}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        there = specification_curve(
            variants_of(8, 0.9), ["y"], "x", "a", scheduler=cluster.scheduler_address, **settings
        )
    here = specification_curve(variants_of(8, 0.9), ["y"], "x", "a", **settings)
    pd.testing.assert_frame_equal(here.table, there.table)
    pd.testing.assert_frame_equal(here.inference, there.inference)


def test_one_specification_without_others_has_the_permutation_p_of_its_estimator():
    """For fixed effects the curve of one specification is the permutation within clusters itself."""
    frame = units_of(10, 0.6)
    curve = specification_curve(
        [Variant({"v": "1"}, frame)], ["y"], "x", "a", unit="p", estimators=["within clusters"], leave_out=False,
        permutations=4000,
    )  # fmt: skip
    exact = permutation_within(frame, "y", "x", "a").p
    assert curve.inference["p"][0] == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 4000))


def test_the_curve_is_tested_about_the_middle_of_its_rearrangements():
    """Areas differ in both; rearranging within them leaves that in the estimate, so zero is not the middle."""
    rng = np.random.default_rng(4)
    area = np.repeat(np.arange(6), 3)
    frame = pd.DataFrame({"p": [f"p{i:02d}" for i in range(18)], "a": [f"a{k}" for k in area]})
    frame = frame.assign(x=2.0 * area + rng.normal(size=18), y=area + rng.normal(size=18))
    curve = specification_curve(
        [Variant({"v": "1"}, frame)], ["y"], "x", "a", unit="p", estimators=["cluster-robust"], leave_out=False,
        permutations=99, seed=5,
    )  # fmt: skip
    orders = arrangements.draw(np.arange(18), area, 99, np.random.default_rng(5))
    null = [cluster_robust(frame.assign(y=frame["y"].to_numpy()[o]), "y", "x", "a").standardised for o in orders]
    every = np.array([cluster_robust(frame, "y", "x", "a").standardised, *null])
    far = np.abs(every - every.mean())
    row = curve.inference.set_index("statistic").loc["median estimate"]
    assert row["under_none"] == pytest.approx(np.median(null)) and row["under_none"] > 0.5
    assert row["p"] == pytest.approx((far >= far[0] - 1e-9).mean())
    assert row["p"] > np.mean(np.abs(every) >= abs(every[0]))  # what a test about zero would say
    assert "two-sided about that" in curve.summary


def test_what_no_specification_can_use_is_counted_or_refused():
    frame = units_of(10, 0.6)
    empty = frame.assign(x=np.nan)
    settings = {"unit": "p", "permutations": 9}
    some = specification_curve([Variant({"v": "1"}, frame), Variant({"v": "2"}, empty)], ["y"], "x", "a", **settings)
    alone = specification_curve([Variant({"v": "1"}, frame)], ["y"], "x", "a", **settings)
    assert some.n_failed == len(alone.table) == 21
    assert some.table["estimate"].to_numpy() == pytest.approx(alone.table["estimate"].to_numpy())
    with pytest.raises(MethodError, match="could be fitted"):
        specification_curve([Variant({"v": "2"}, empty)], ["y"], "x", "a", **settings)
    with pytest.raises(MethodError, match="no 'p' has a 'a'"):
        specification_curve([Variant({"v": "1"}, frame.assign(a=None))], ["y"], "x", "a", **settings)


def coded(n: int, seed: int, right: tuple[float, ...]) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.choice(4, size=n, p=[0.4, 0.3, 0.2, 0.1])
    rows = []
    for coder, share in enumerate(right):
        wrong = rng.random(n) > share
        given = np.where(wrong, np.clip(truth + rng.choice([-1, 1], size=n), 0, 3), truth)
        rows.append(pd.DataFrame({"item": np.arange(n), "coder": f"c{coder}", "grade": given}))
    return pd.concat(rows, ignore_index=True), truth


def test_dawid_skene_recovers_who_errs_and_what_is_true():
    ratings, truth = coded(3000, 0, (0.95, 0.8, 0.65))
    model = dawid_skene(ratings, item="item", coder="coder", value="grade")
    right = np.einsum("g,cgg->c", model.prevalence, model.confusion)
    assert right == pytest.approx([0.955, 0.83, 0.70], abs=0.06)  # at the ends half the errors are clipped away
    assert model.prevalence == pytest.approx([0.4, 0.3, 0.2, 0.1], abs=0.05)
    best = model.grades[model.posterior.argmax(axis=1)]
    majority = ratings.groupby("item")["grade"].median().to_numpy()
    assert (best == truth).mean() > max((majority == truth).mean(), 0.9)
    assert model.draw(np.random.default_rng(0), 3).shape == (3, 3000)
    assert model.posterior.sum(axis=1) == pytest.approx(1)
    assert "c0" in model.summary and len(model.table) == 3 * 16


def test_rubins_rules_by_hand():
    """Estimates 1, 2, 3 with variance 1: within 1, between 1, total 1 + 4/3; share 4/7."""
    pooled = pool(np.array([1.0, 2.0, 3.0]), np.ones(3), np.full(3, 20.0))
    assert (pooled.estimate, pooled.se**2, pooled.share) == pytest.approx((2.0, 7 / 3, 4 / 7))
    old, observed = 2 / (4 / 7) ** 2, 21 / 23 * 20 * 3 / 7
    assert pooled.df == pytest.approx(old * observed / (old + observed))
    same = pool(np.full(5, 2.0), np.ones(5), np.full(5, 20.0))
    assert (same.se, same.share) == (1.0, 0.0)


def study_with_coders(agree: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(3)
    interviews = interviews_of(SIX, 0.9, 11)
    grade = np.clip(np.round(interviews["x"] + 1.5), 0, 3)
    frame = interviews.assign(i=np.arange(len(interviews)), f=grade)[["i", "p", "a", "f"]]
    second = frame[frame["i"] % 3 == 0]
    errs = np.zeros(len(second)) if agree else rng.choice([-1, 0, 1], size=len(second))
    ratings = pd.concat(
        [frame.assign(coder="one"), second.assign(coder="two", f=np.clip(second["f"] + errs, 0, 3))], ignore_index=True
    )
    return ratings, unit_frame(interviews, ["y"], "p", "a")


def test_coders_who_agree_leave_one_estimate_and_no_share():
    ratings, units = study_with_coders(True)
    found = coder_error(ratings, units, "y", "f", "a", unit="p", interview="i", coder="coder", draws=20)
    assert found.single["estimate"].to_numpy() == pytest.approx(found.main.estimate)
    assert found.pooled.share < 0.15
    assert list(found.single["interviews"]) == [90, 30]
    assert found.table["standardised"].iloc[0] == pytest.approx(found.main.standardised)
    assert found.table["standardised_low"].iloc[0] == pytest.approx(found.main.standardised_interval[0])
    assert found.grades == "scores as they stand"


def test_coders_who_differ_widen_the_band():
    agreed, differing = (
        coder_error(*study_with_coders(agree), "y", "f", "a", unit="p", interview="i", coder="coder", draws=30)
        for agree in (True, False)
    )
    assert differing.pooled.share > agreed.pooled.share
    assert differing.single["estimate"].nunique() == 2
    assert "coders" in differing.summary
    with pytest.raises(MethodError, match="at least two"):
        coder_error(
            study_with_coders(True)[0].query("coder == 'one'"), study_with_coders(True)[1], "y", "f", "a",
            unit="p", interview="i", coder="coder",
        )  # fmt: skip


def test_scores_become_grades_that_an_error_model_can_know():
    whole, how = as_grades(np.array([0.4, 0.5, 1.2, 1.6, 2.4, 2.5, 3.0, 1.0]))
    assert list(whole) == [0, 1, 1, 2, 2, 3, 3, 1] and "whole grades" in how
    shares = np.arange(20) / 100
    fifths, how = as_grades(shares)
    assert list(fifths[::4]) == pytest.approx([0.015, 0.055, 0.095, 0.135, 0.175]) and "fifths" in how
    assert fifths.mean() == pytest.approx(shares.mean())


def test_a_coder_whose_scores_can_not_be_fitted_is_named():
    ratings, units = study_with_coders(True)
    flat = ratings.assign(f=ratings["f"].where(ratings["coder"] == "two", 1.0))
    found = coder_error(flat, units, "y", "f", "a", unit="p", interview="i", coder="coder", draws=5)
    row = found.table.set_index("way").loc["one"]
    assert "does not vary" in row["problem"] and np.isnan(row["p"])


def test_absent_as_missing_and_as_zero():
    frame = interviews_of(SIX, 0.7, 12)
    frame.loc[::4, "x"] = np.nan
    found = absent_readings(frame, "y", "x", "a", unit="p")
    zero = unit_frame(frame.fillna({"x": 0.0}), ["x", "y"], "p", "a")
    assert found.as_zero.estimate == random_intercept(zero, "y", "x", "a").estimate
    assert found.n_absent == 23 and found.as_missing.estimate != found.as_zero.estimate
    assert "never raise" in found.summary
    assert found.ways["standardised"].tolist() == [found.as_missing.standardised, found.as_zero.standardised]
    assert all(f"{end:.2f}" in found.summary for end in found.as_zero.standardised_interval)


def test_imputation_recovers_what_was_deleted_at_random_and_tips_where_it_should():
    design = Design((6,) * 20, (5,) * 120, (0.2,), (0.2,), (0.6,), (0.6,))
    frame = interviews_of(design, 0.7, 13)
    whole = random_intercept(unit_frame(frame, ["x", "y"], "p", "a"), "y", "x", "a")
    holes = frame.copy()
    holes.loc[np.random.default_rng(0).random(len(frame)) < 0.3, "x"] = np.nan
    found = tipping_point(holes, "y", "x", "a", unit="p", draws=20)
    assert found.pooled.estimate == pytest.approx(whole.estimate, abs=2 * whole.se)
    assert found.pooled.p < 0.001 and found.pooled.share > 0
    again = tipping_point(holes, "y", "x", "a", unit="p", draws=20)
    pd.testing.assert_frame_equal(found.table, again.table)
    assert found.n_imputed == holes["x"].isna().sum()
    raised = random_intercept(unit_frame(holes, ["x", "y"], "p", "a"), "y", "x", "a")
    spreads = found.table["standardised"] / found.table["estimate"]
    assert spreads.to_numpy() == pytest.approx(raised.standardised / raised.estimate)


def test_values_missing_because_they_are_high_tip_a_weak_finding():
    frame = interviews_of(SIX, 0.9, 14)
    only = frame["p"].isin(sorted(frame["p"].unique())[:7])
    holes = frame.copy()
    holes.loc[only & (frame.groupby("p").cumcount() < 4), "x"] = np.nan
    found = tipping_point(holes, "y", "x", "a", unit="p", draws=20, shifts=np.linspace(-4, 4, 33))
    assert found.table["p"].between(0, 1).all() and found.table["estimate"].nunique() > 30
    tipped = found.table.set_index("shift")["p"]
    if not np.isnan(found.tipping):
        assert (tipped[found.tipping] > 0.05) == (found.pooled.p <= 0.05)
    with pytest.raises(MethodError, match="nothing to impute"):
        tipping_point(frame, "y", "x", "a", unit="p")


def test_robustness_value_of_the_published_example():
    """Cinelli and Hazlett (2020), Darfur: estimate 0.097, se 0.023, 783 df give RV 13.9 %, 7.6 % at .05, R2 2.2 %."""
    t = 0.09731582 / 0.02325654
    assert robustness_value(t, 783) == pytest.approx(0.139, abs=5e-4)
    assert robustness_value(t, 783, alpha=0.05) == pytest.approx(0.076, abs=5e-4)
    assert t**2 / (t**2 + 783) == pytest.approx(0.022, abs=5e-4)
    assert robustness_value(1.0, 10, alpha=0.05) == 0.0


def test_a_benchmark_that_shares_most_of_its_variance_with_the_factor_is_named_as_no_yardstick():
    frame = units_of(15, 0.9)
    rng = np.random.default_rng(0)
    frame = frame.assign(twin=frame["x"] + 0.1 * rng.normal(size=len(frame)), other=rng.normal(size=len(frame)))
    both = omitted_cause(frame, "y", "x", "a", benchmarks=["twin", "other"])
    assert "other would do most" in both.summary
    assert both.summary.endswith("Too close to x to be a yardstick: twin.")
    alone = omitted_cause(frame, "y", "x", "a", benchmarks=["twin"])
    assert "would do most" not in alone.summary


def test_a_cause_as_strong_as_the_robustness_value_leaves_nothing():
    found = omitted_cause(units_of(15, 0.9), "y", "x", "a")
    se, df, rv = found.result.se, found.result.df, found.value
    assert se * np.sqrt(df * rv * rv / (1 - rv)) == pytest.approx(abs(found.result.estimate))
    assert 0 <= found.value_significance < found.value < 1
    assert found.contour["estimate"].max() == pytest.approx(abs(found.result.estimate))


def test_a_benchmark_bounds_the_bias_of_leaving_a_like_cause_out():
    """Least squares with the benchmark left out again: once its strength is at least its own bias."""
    rng = np.random.default_rng(0)
    n = 400
    z = rng.normal(size=n)
    frame = pd.DataFrame({"z": z, "x": 0.5 * z + rng.normal(size=n), "a": np.arange(n) % 20})
    frame["y"] = 0.5 * frame["x"] + z + rng.normal(size=n)
    found = omitted_cause(frame, "y", "x", "a", benchmarks=["z"], times=[1.0])
    row = found.table.iloc[0]
    r = np.corrcoef(frame["z"], frame["x"])[0, 1] ** 2
    assert row["r2_factor"] == pytest.approx(r / (1 - r))
    assert row["estimate"] < found.result.estimate and "z would do most" in found.summary
    with pytest.raises(MethodError, match="does not vary"):
        omitted_cause(frame.assign(z=1.0), "y", "x", "a", benchmarks=["z"])


def test_range_restriction_is_undone():
    """Choosing the upper part of a bivariate normal halves the spread of the outcome; the formula gives r back."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=400_000)
    y = 0.6 * x + 0.8 * rng.normal(size=len(x))
    chosen = y > 0.5
    frame = pd.DataFrame({"x": x[chosen], "y": y[chosen], "a": np.arange(chosen.sum()) % 10}).head(30_000)
    found = range_restriction(frame, "y", "x", "a", reference_sd=float(y.std()))
    assert found.table["correlation"].iloc[0] < 0.45
    assert found.table["correlation"].iloc[-1] == pytest.approx(0.6, abs=0.03)
    assert found.table["ratio"].iloc[-1] == pytest.approx(y.std() / found.observed_sd)
    assert found.restricted and found.summary.startswith("If the sample was chosen by its outcomes")


def test_a_sample_that_spreads_as_far_as_the_reference_is_not_corrected():
    frame = units_of(15, 0.9)
    found = range_restriction(frame, "y", "x", "a", reference_sd=0.5 * float(frame["y"].std()))
    assert not found.restricted and "not restricted" in found.summary
    assert found.table["ratio"].tolist() == [1.0]
    assert found.table["correlation"].iloc[0] == pytest.approx(found.result.standardised)
    with pytest.raises(MethodError, match="1 or more"):
        range_restriction(frame, "y", "x", "a", ratios=[0.5])


def test_bounds_beyond_one_are_held_there_and_said_so():
    frame = units_of(15, 0.9)
    found = range_restriction(frame, "y", "x", "a")
    reaches = found.result.standardised_interval[1] >= 1
    assert found.table["at_limit"].eq(reaches).all() and found.table["high"].le(1).all()
    assert ("where a correlation ends" in found.summary) == reaches


def test_the_ceiling_is_what_the_clusters_own_indicators_explain():
    frame = units_of(15, 0.9).assign(nation=lambda d: np.where(d["a"] < "a3", "one", "two"))
    found = omitted_cause(frame, "y", "x", "a", benchmarks=["nation"], times=[1.0, 50.0])
    dummies = pd.get_dummies(frame["a"], drop_first=True, dtype=float)
    whole, part = sm.OLS(frame["x"], sm.add_constant(dummies)).fit(), sm.add_constant(frame["x"])
    rest, full = sm.OLS(frame["y"], part).fit(), sm.OLS(frame["y"], part.join(dummies)).fit()
    assert found.ceiling["r2_factor"] == pytest.approx(whole.rsquared)
    assert found.ceiling["r2_outcome"] == pytest.approx(1 - full.ssr / rest.ssr)
    assert (
        found.table["r2_factor"] <= found.ceiling["r2_factor"] + 1e-12
    ).all()  # fifty times as strong is no stronger
    one = sm.OLS(frame["x"], sm.add_constant((frame["nation"] == "two").astype(float))).fit().rsquared
    assert found.table["r2_factor"].iloc[0] == pytest.approx(min(one / (1 - one), whole.rsquared))
    assert "same for a whole cluster" in found.summary
