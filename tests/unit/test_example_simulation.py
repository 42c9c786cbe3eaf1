"""The simulated study has the properties that its design states."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.example import Design, simulate, truth
from analysis.example.answers import selected_correlation
from analysis.example.coders import _confusion_weights
from analysis.example.latents import draw_latents
from analysis.example.places import PLACES
from analysis.example.speech import other_theme
from analysis.example.stated import direct_effects, factor_correlation, groups, themes
from analysis.tidy import check_references, conform, validate

MANY = PLACES * 150


@pytest.fixture(scope="module")
def studies():
    return [simulate(seed=seed) for seed in range(12)]


def latents(design, seed=1):
    area_of = np.repeat(np.arange(len(design.places)), [len(p.partnerships) for p in design.places])
    return draw_latents(design, area_of, np.random.default_rng(seed)), area_of


def test_tables_keep_the_schema():
    tables = simulate().tables
    tidy = {}
    for name, frame in tables.items():
        known = frame if name in ("areas", "partnerships") else frame.filter(items=_columns(name))
        tidy[name] = validate(name, conform(name, known))
    check_references(tidy)


def _columns(name):
    from analysis.schema import TABLES

    return TABLES[name].names


def test_the_published_seed_lies_within_the_stated_ranges():
    study = simulate(seed=2017)
    assert len(study.areas) == 6
    assert 15 <= len(study.partnerships) <= 18
    assert 75 <= len(study.interviews) <= 100
    assert 3000 <= len(study.codings) <= 5000
    coders = study.codings.groupby("interview")["coder"].nunique()
    assert (coders > 1).mean() == pytest.approx(1 / 3, abs=0.03)
    by_area = (coders > 1).groupby(study.interviews.set_index("interview")["area"]).sum()
    assert by_area.min() >= 3
    assert study.codings["coder"].nunique() == 3
    assert set(study.codings["intensity"]) == {1.0, 2.0, 3.0}
    assert set(study.outcomes["value"]) <= {0.0, 1.0, 2.0, 3.0, 4.0}


def test_the_same_seed_gives_the_same_study_and_another_seed_another():
    first, again, other = simulate(seed=5), simulate(seed=5), simulate(seed=6)
    for name in first.tables:
        pd.testing.assert_frame_equal(first.tables[name], again.tables[name])
    assert not first.latents.equals(other.latents)


def test_truth_names_every_factor_and_the_nulls_are_null_in_every_sense():
    table = truth()
    assert table["number"].tolist() == list(range(1, 12))
    assert table.loc[table["matters"], "number"].tolist() == [2, 4, 11]
    nulls = table[~table["matters"]]
    assert (nulls[["effect", "direct", "expected"]] == 0).all(axis=None)
    assert table.loc[table["matters"], "expected"].between(0.4, 0.8).all()


def test_latent_correlations_are_the_stated_ones():
    design = Design(places=MANY, selection=1.0)
    (levels, innovation), _ = latents(design)
    found = np.corrcoef(levels.T, innovation)
    np.testing.assert_allclose(found[:-1, :-1], factor_correlation(design), atol=0.07)
    np.testing.assert_allclose(found[-1, :-1], truth(design)["effect"], atol=0.07)
    assert innovation.std() == pytest.approx(1, abs=0.05)


def test_direct_effects_are_what_least_squares_finds():
    design = Design(places=MANY, selection=1.0)
    (levels, innovation), _ = latents(design)
    found = np.linalg.lstsq(levels, innovation, rcond=None)[0]
    np.testing.assert_allclose(found, direct_effects(design), atol=0.07)


def test_the_pattern_explains_the_stated_share_and_hides_from_correlations():
    design = Design(places=MANY, selection=1.0)
    (levels, innovation), _ = latents(design)
    rest = innovation - levels @ direct_effects(design)
    part = [levels[:, number - 1] for number in design.pattern]
    product = part[0] * part[1]
    assert np.cov(rest, product)[0, 1] / product.std() == pytest.approx(design.pattern_strength, abs=0.05)
    assert abs(np.corrcoef(part[0], product)[0, 1]) < 0.1


def test_areas_hold_the_stated_share_of_the_variance():
    design = Design(places=MANY, selection=1.0)
    (levels, innovation), area_of = latents(design)
    frame = pd.DataFrame(np.column_stack([levels, innovation]))
    within = frame.groupby(area_of).var().mean()
    assert 1 - (within / frame.var()).mean() == pytest.approx(design.area_share, abs=0.04)


def test_effects_between_areas_may_differ_from_those_within():
    design = Design(places=MANY, selection=1.0, effects={}, area_effects={2: 0.8}, linked=0.0)
    (levels, innovation), area_of = latents(design)
    frame = pd.DataFrame({"x": levels[:, 1], "y": innovation, "area": area_of})
    centred = frame[["x", "y"]] - frame.groupby("area")[["x", "y"]].transform("mean")
    assert abs(centred["x"].corr(centred["y"])) < 0.07
    assert frame.groupby("area").mean().corr().loc["x", "y"] > 0.3


def test_selection_takes_part_of_the_correlations_and_makes_none():
    design = Design(places=MANY)
    (levels, innovation), _ = latents(design)
    found = np.corrcoef(levels.T, innovation)[-1, :-1]
    np.testing.assert_allclose(found, truth()["expected"], atol=0.06)
    everyone, _ = latents(replace(design, selection=1.0))
    assert innovation.mean() > everyone[1].mean() + 0.2
    assert innovation.std() < 0.95 * everyone[1].std()


def test_without_selection_nothing_is_lost():
    np.testing.assert_allclose(selected_correlation(Design(selection=1.0)), truth()["effect"], atol=0.03)


def test_coders_err_as_often_as_stated(studies):
    codings = pd.concat([study.codings for study in studies])
    design = Design()
    assert (codings["factor"] != codings["meant"]).mean() == pytest.approx(design.confuse, abs=0.01)
    right = codings[codings["factor"] == codings["meant"]]
    middle = right[right["meant_intensity"] == 2]
    shift = (middle["intensity"] - 2).groupby(middle["coder"]).mean()
    np.testing.assert_allclose(shift, design.severity, atol=0.03)
    read = sum(len(s.spoken) + _read_again(s) for s in studies)
    assert len(codings) / read == pytest.approx(1 - design.miss, abs=0.02)


def _read_again(study):
    coders = study.codings.groupby("interview")["coder"].nunique()
    return study.spoken["interview"].isin(coders[coders > 1].index).sum()


def test_a_code_is_mistaken_for_one_of_its_own_framework_and_never_for_itself():
    every = themes()
    theme = np.repeat(np.arange(len(every.factor)), 400)
    drawn = other_theme(theme, _confusion_weights(), np.random.default_rng(1))
    assert (drawn != theme).all()
    assert (every.framework[drawn] == every.framework[theme]).all()
    group = groups()
    own = theme < len(group)
    same = (group[theme[own]] == group[drawn[own]]).mean()
    others = np.array([(group == g).sum() - 1 for g in group])
    assert same == pytest.approx((2 * others / (10 + others)).mean(), abs=0.02)


def test_an_informants_mood_joins_codings_and_ratings_and_nothing_else_does():
    def within_partnership(common_source):
        pairs = []
        for seed in range(15):
            study = simulate(Design(common_source=common_source, sector_gap={}, rating_gap=0.0), seed)
            codings = study.codings[study.codings["framework"] == "transforming-together"]
            told = study.outcomes[study.outcomes["source"] == "interview"]
            pair = pd.DataFrame(
                {
                    "coded": codings.groupby("interview")["intensity"].mean(),
                    "rated": told.groupby("interview")["value"].mean(),
                }
            )
            of = study.interviews.set_index("interview")["partnership"]
            pairs.append(pair - pair.groupby(of).transform("mean"))
        return pd.concat(pairs).corr().loc["coded", "rated"]

    assert within_partnership(0.6) > 0.25
    assert abs(within_partnership(0.0)) < 0.06


def test_council_and_partners_differ_as_stated(studies):
    gaps = []
    for study in studies:
        codings = study.codings[study.codings["framework"] == "transforming-together"]
        of = study.interviews.set_index("interview")
        frame = codings.groupby(["interview", "factor"])["intensity"].mean().reset_index()
        frame["council"] = frame["interview"].map(of["sector"] == "council")
        frame["partnership"] = frame["interview"].map(of["partnership"])
        means = frame.groupby(["factor", "partnership", "council"])["intensity"].mean().unstack()
        gaps.append((means[True] - means[False]).groupby("factor").mean())
    gap = pd.concat(gaps, axis=1).mean(axis=1)
    assert (gap[["systems", "political-support", "workforce"]] > 0.15).all()
    assert gap["involvement"] < -0.15
    assert gap.drop(["systems", "political-support", "workforce", "involvement"]).abs().max() < 0.1


def test_some_interviews_lack_factors_and_every_partnership_hears_council_and_partners(studies):
    for study in studies:
        codings = study.codings[study.codings["framework"] == "transforming-together"]
        raised = codings.groupby("interview")["factor"].nunique().reindex(study.interviews["interview"])
        assert 0.03 < 1 - raised.sum() / (11 * len(study.interviews)) < 0.25
        council = (study.interviews["sector"] == "council").groupby(study.interviews["partnership"]).sum()
        size = study.interviews.groupby("partnership").size()
        assert (council >= 2).all()
        assert (size - council >= 1).mean() > 0.8
        assert not study.interviews.duplicated(["partnership", "role"]).any()


def test_partnerships_means_are_about_as_reliable_as_the_plan_assumes(studies):
    factor, outcome = [], []
    for study in studies:
        of = study.interviews.set_index("interview")["partnership"]
        codings = study.codings[study.codings["framework"] == "transforming-together"]
        seen = codings.groupby(["interview", "factor"])["intensity"].mean().unstack().groupby(of).mean()
        true = study.latents.set_index("partnership")
        factor.append(seen.corrwith(true[seen.columns]).mean())
        outcome.append(study.outcomes.groupby("partnership")["value"].mean().corr(true["innovation"]))
    assert np.mean(factor) == pytest.approx(0.84, abs=0.05)
    assert np.mean(outcome) == pytest.approx(0.82, abs=0.05)


@pytest.mark.slow
def test_power_and_error_of_the_primary_test_are_near_the_plans():
    from analysis.association import random_intercept

    found: dict[str, list[bool]] = {}
    for seed in range(100):
        study = simulate(seed=seed)
        codings = study.codings[study.codings["framework"] == "transforming-together"]
        of = study.interviews.set_index("interview")["partnership"]
        scores = codings.groupby(["interview", "factor"])["intensity"].mean().unstack().groupby(of).mean()
        frame = scores.join(study.outcomes.groupby("partnership")["value"].mean().rename("outcome"))
        frame["area"] = study.partnerships.set_index("partnership")["area"]
        for factor in scores.columns:
            result = random_intercept(frame.dropna(), outcome="outcome", factor=factor, cluster="area")
            found.setdefault(factor, []).append(result.p < 0.05)
    share = pd.DataFrame(found).mean()
    matters = truth().set_index("factor")["matters"]
    assert share[~matters].mean() < 0.065
    assert 0.42 < share["relationships"] < 0.72
    assert share[["purpose", "resources"]].between(0.06, 0.32).all()
