"""Lines of evidence, overviews and variants, each held to a count made another way."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.association import benjamini_hochberg, evidence, holm, random_intercept
from analysis.association.influence import leave_one_cluster_out
from analysis.association.informants import named_split, split_informants
from analysis.configurations import (
    build_sets,
    expected,
    in_words,
    plan_of,
    second_step,
    set_name,
    solve,
    three_solutions,
)
from analysis.errors import MethodError
from analysis.example import simulate
from analysis.lights import both_sides, every_light, look_closely, split_line
from analysis.lines import (
    configuration_line,
    left_out_line,
    necessity_line,
    quotes_line,
    sensitivity_table,
)
from analysis.overview import most_raised, offsets_by_file, overview
from analysis.qca import Analysis, chance_check
from analysis.schema import TABLES
from analysis.scores import interview_frame, outcome_scores, score, unit_frame
from analysis.settings import Qca, Specifications
from analysis.synthesis import headlines, plain_words
from analysis.variants import build_variants, coder_scores

FRAMEWORK = "transforming-together"
OVERALL = ("novelty", "implementation", "economic_value", "social_value", "population_outcomes")


@pytest.fixture(scope="module")
def tables():
    from analysis.framework import load_frameworks

    found = simulate(seed=3).tables
    kept = {
        name: frame[[c for c in TABLES[name].names if c in frame]] for name, frame in found.items() if name in TABLES
    }
    factors = load_frameworks()[FRAMEWORK].table
    empty = {name: pd.DataFrame(columns=list(TABLES[name].names)) for name in ("ratings",)}
    return empty | kept | {"factors": factors}


@pytest.fixture(scope="module")
def scores(tables):
    own = tables["codings"][tables["codings"]["framework"] == FRAMEWORK]
    return score(tables["interviews"], own, factors=tables["factors"])


@pytest.fixture(scope="module")
def units(tables, scores):
    return unit_frame(scores, outcome_scores(tables["outcomes"], OVERALL), tables["partnerships"], framework=FRAMEWORK)


@pytest.fixture(scope="module")
def spoken(tables, scores):
    return interview_frame(
        scores,
        tables["outcomes"],
        tables["interviews"],
        framework=FRAMEWORK,
        overall=OVERALL,
        council_sectors=["council"],
    )


def test_overview_counts_what_the_tables_hold(tables):
    codings = tables["codings"]
    came = overview(
        tables["partnerships"],
        tables["interviews"],
        codings,
        tables["outcomes"],
        framework=FRAMEWORK,
        factors=tables["factors"],
    )
    whole = came.table.iloc[-1]
    assert whole["codings"] == len(codings)
    assert whole["interviews"] == len(tables["interviews"]) == came.table["interviews"].iloc[:-1].sum()
    trust = codings[(codings["factor"] == "relationships")]["interview"].nunique()
    assert came.missing.set_index("factor").loc["relationships", "interviews"] == trust
    assert f"{len(tables['interviews'])} interviews" in came.summary


def test_most_raised_is_in_order(tables):
    others = tables["codings"][tables["codings"]["framework"] != FRAMEWORK]
    raised = most_raised(others, tables["interviews"])
    assert raised["interviews"].is_monotonic_decreasing
    assert set(raised["factor"]) == set(others["factor"])


def test_offsets_are_counted_by_file():
    documents = pd.DataFrame({"file": ["a", "a", "b"], "offsets": ["LF", "LF", None], "words": [10, 20, 5]})
    table = offsets_by_file(documents)
    assert table["documents"].tolist() == [2, 1]
    assert table["offsets"].tolist() == ["LF", "not stated by the format"]


def test_informants_means_are_the_partnerships_scores(tables, units, spoken):
    means = spoken.groupby("partnership")[["relationships", "outcome:overall"]].mean()
    pd.testing.assert_series_equal(means["relationships"], units.set_index("partnership")["relationships"])
    told = outcome_scores(tables["outcomes"].dropna(subset=["interview"]), OVERALL)
    own = told[told["outcome"] == "overall"].set_index("partnership")["value"]
    pd.testing.assert_series_equal(means["outcome:overall"], own, check_names=False)


def test_split_and_left_out_lines(units, spoken):
    split = split_informants(spoken, "outcome:overall", "relationships", "area", unit="partnership", splits=20)
    line = split_line([split])
    assert line["split_standardised"].iloc[0] == pytest.approx(split.standardised)
    refit = leave_one_cluster_out(units, "outcome:overall", "relationships", "area", draws=0)
    share = left_out_line([refit])["left_out_same_sign"].iloc[0]
    by_hand = [
        random_intercept(units[units["area"] != area], "outcome:overall", "relationships", "area").estimate
        for area in sorted(units["area"].unique())
    ]
    assert share == pytest.approx(np.mean(np.sign(by_hand) == np.sign(refit.full.estimate)))


def test_sensitivity_table(units):
    one = random_intercept(units, "outcome:overall", "relationships", "area")
    table = sensitivity_table({"primary": one})
    assert table["standardised"].iloc[0] == one.standardised


def test_variants_are_the_crossed_choices_and_the_first_is_the_study_s_own(tables, units):
    choices = Specifications(rules=["mean_intensity", "presence"], coders=["mean"], informants=["all", "council"])
    found = build_variants(tables, choices, framework=FRAMEWORK, overall=OVERALL, council_sectors=["council"])
    assert len(found) == 2 * 1 * 2 * 2
    first = found[0]
    assert first.choices == {"score": "mean_intensity", "coders": "mean", "absent": "missing", "informants": "all"}
    pd.testing.assert_frame_equal(first.frame, units)


@pytest.mark.parametrize("absent", ["missing", "zero"])
@pytest.mark.parametrize("coders", ["mean", "any", "consensus"])
@pytest.mark.parametrize("rule", ["mean_intensity", "share_of_words"])
def test_the_mean_of_coders_is_the_study_s_score(tables, rule, coders, absent):
    """Joined by `score` on one side, coder by coder and averaged on the other."""
    choices = {"rule": rule, "coders": coders, "absent": absent}
    given = tables["codings"], tables["ratings"], tables["interviews"], tables["factors"]
    by_coder = coder_scores(*given, **choices)
    own = score(tables["interviews"], tables["codings"], factors=tables["factors"], **choices)
    own = own[(own["level"] == "interview") & (own["kind"] == "factor")].pivot(
        index="unit", columns="factor", values="value"
    )
    means = by_coder.groupby("interview")[own.columns.tolist()].mean().reindex(own.index)
    pd.testing.assert_frame_equal(means, own, check_names=False)


def test_scores_by_coder_are_what_each_coder_gave(tables):
    given = tables["codings"], tables["ratings"], tables["interviews"], tables["factors"]
    grades = coder_scores(*given, rule="max_intensity", absent="zero")
    for row in grades.head(20).itertuples():
        own = tables["codings"].query(
            "interview == @row.interview and coder == @row.coder and factor == 'relationships'"
        )
        assert row.relationships == (own["intensity"].max() if len(own) else 0)


def test_a_coder_who_gave_no_intensities_has_no_scores_and_stops_nobody(tables):
    who = tables["codings"]["coder"].iloc[0]
    codings = tables["codings"].assign(
        intensity=tables["codings"]["intensity"].where(tables["codings"]["coder"] != who)
    )
    given = codings, tables["ratings"], tables["interviews"], tables["factors"]
    found = coder_scores(*given, rule="mean_intensity", coders="any")
    assert found.loc[found["coder"] == who, "relationships"].isna().all()
    assert found.loc[found["coder"] != who, "relationships"].notna().any()


def test_sets_and_solutions(units):
    conditions = {"relationships": "relationships", "purpose": "purpose", "resources": "resources"}
    sets = build_sets(units, conditions, ("overall", "outcome:overall"), Qca())
    assert sets.conditions == ("RELATIONSHIPS", "PURPOSE", "RESOURCES")
    assert sets.data[[*sets.conditions, sets.outcome]].apply(lambda s: s.between(0, 1).all()).all()
    assert not (sets.data[list(sets.conditions)] == 0.5).any().any()
    solved = three_solutions(plan_of(sets, Qca()), sets.data, expected(Qca(expectations={"purpose": 1})))
    assert list(solved) == ["conservative", "intermediate", "parsimonious"]
    assert all(found.found or found.reason for found in solved.values())
    paths, words = second_step(sets, plan_of(sets, Qca()), sets.conditions)
    assert paths.empty
    assert "no proximate factors" in words


def test_a_solution_in_words_says_when_it_is_too_weak_or_no_better_than_chance():
    rows = {"A": [0.9, 0.8, 0.9, 0.1, 0.2, 0.1, 0.3, 0.2], "B": [0.2, 0.9, 0.1, 0.8, 0.3, 0.1, 0.9, 0.2]}
    data = pd.DataFrame({"case": list("abcdefgh"), **rows})
    perfect = data.assign(Y=data["A"])
    labels = {"A": "trust", "B": "money"}
    found = solve(Analysis("Y", ("A", "B"), case_names="case"), perfect)
    said = in_words(found, labels, "novelty")
    assert said.startswith("A combination suffices for novelty")
    assert "is: “trust”." in said
    chance = chance_check(perfect, Analysis("Y", ("A", "B"), case_names="case"), permutations=99, seed=1)
    lucky = in_words(found, labels, "novelty", replace(chance, share=0.3))
    assert lucky.startswith("No combination can be said to suffice for novelty")
    assert "30% of analyses do at least as well" in lucky
    absent = solve(Analysis("~Y", ("A", "B"), case_names="case"), perfect)
    assert "is: the absence of “trust”." in in_words(absent, labels, "little novelty")


def test_too_few_complete_cases_are_refused(units):
    bare = units.assign(purpose=np.nan)
    with pytest.raises(MethodError, match="only 0 cases"):
        build_sets(bare, {"purpose": "purpose"}, ("overall", "outcome:overall"), Qca())


def test_expectations_turn_round_for_the_negated_outcome():
    settings = Qca(expectations={"shared-ethos": 1})
    assert expected(settings) == {"SHARED_ETHOS": 1}
    assert expected(settings, negated=True) == {"SHARED_ETHOS": 0}
    assert set_name("system-focus") == "SYSTEM_FOCUS"


def test_configuration_necessity_and_quotes_lines():
    line = configuration_line(["EDGE*~ETHOS", "ETHOS"], {"a": "EDGE", "b": "ETHOS", "c": "PLACE"})
    assert line["in_solution"].tolist() == ["present", "both", "none"]
    needed = pd.DataFrame(
        {
            "expression": ["X", "~X"],
            "kind": ["condition", "negation"],
            "consistency": [0.9, 0.2],
            "relevance": [0.5, 0.1],
        }
    )
    assert necessity_line(needed, {"X": "Trust"})["factor"].tolist() == ["Trust"]
    codings = pd.DataFrame({"coding": [1, 2, 3], "factor": ["a", "a", "b"]})
    quotes = quotes_line(codings, [3, 2, 1], ["a", "b", "c"])
    assert quotes["n_quotes"].tolist() == [2, 1, 0]
    assert quotes["quotes"].tolist() == ["1, 2", "3", ""]


def test_headlines_say_what_stands_or_that_nothing_does():
    tests = pd.DataFrame(
        {
            "factor": ["Trust", "Purpose"],
            "outcome": "overall innovation",
            "label": "exploratory",
            "standardised": [0.7, 0.3],
            "standardised_low": [0.2, -0.4],
            "standardised_high": [1.2, 1.0],
            "level": 0.95,
            "p": [0.004, 0.3],
            "p_adjusted": [0.04, 0.5],
            "stands": [True, False],
            "agreement": "both tests agree on an association",
        }
    )
    assert headlines(tests) == (
        "Trust goes with overall innovation: standardised 0.70 (95% interval 0.20 to 1.20), adjusted p = .040, "
        "exploratory; both tests agree on an association.",
    )
    assert headlines(tests.assign(stands=False))[0].startswith("No association stands after adjustment")


def test_plain_words_recommend_nothing_where_nothing_is_shown():
    from analysis.synthesis import JointDisplay

    table = pd.DataFrame({"factor": ["Trust"], "grade": ["not shown"]})
    words = plain_words(JointDisplay(table, ("tests",)), "overall innovation", "partnerships", 15)
    assert "no factor goes with overall innovation firmly enough" in words


def lights_of(p: dict[str, list[float]], split_p: list[float]):
    """Three factors in three lights; the families are corrected by hand here (one of three: Benjamini-Hochberg)."""
    tests = pd.DataFrame({"factor": ["trust", "purpose", "place"], **p})
    for prefix in ("", "within_"):
        tests[f"{prefix}standardised_low"] = tests[f"{prefix}standardised"] - 0.5
        tests[f"{prefix}standardised_high"] = tests[f"{prefix}standardised"] + 0.5
        tests[f"{prefix}stands"] = [True, False, False]
        tests[f"{prefix}low"] = -99.0  # raw bounds, which no reader of this must see
    split = pd.DataFrame({"factor": ["place", "trust", "purpose"], "split_standardised": [0.1, 0.7, 0.5]})
    split = split.assign(split_low=0.01, split_high=0.9, split_p=split_p, split_stands=[False, True, False])
    return every_light(tests, split)


def test_a_factor_is_seen_in_every_light_only_where_all_three_stand_with_one_sign():
    p = {"standardised": [0.9, 0.8, 0.1], "p": [0.001, 0.01, 0.8]}
    p |= {"within_standardised": [0.8, -0.2, 0.2], "within_p": [0.02, 0.6, 0.7]}
    found = lights_of(p, [0.9, 0.04, 0.05])
    rows = found.table.set_index("factor")
    assert rows["stands_in"].to_dict() == {
        "trust": "primary test, within areas and split informants", "purpose": "none", "place": "none",
    }  # fmt: skip
    assert rows.loc["purpose", "before"] == "primary test and split informants"
    assert found.table["same_sign"].tolist() == [True, False, True]
    assert found.everywhere == ["trust"] and found.summary.startswith("trust stands in every light")
    assert (
        "purpose stands in none of them (before correction, p is at most 0.05 in the primary test and split informants)"
    ) in found.summary
    assert "0.80 (0.30 to 1.30) in the primary test" in found.summary and "-99" not in found.summary
    assert "same sign for 2 of 3 factors" in found.summary
    other = lights_of(p | {"within_standardised": [-0.8, 0.2, 0.2]}, [0.9, 0.04, 0.05])
    assert other.summary.startswith("No factor stands in every light")


def test_p_of_split_informants_is_adjusted_within_the_families_of_the_plan(spoken):
    outcome, names = "outcome:overall", ["relationships", "purpose", "resources", "learning"]
    names = [name for name in names if name in spoken]
    splits = [split_informants(spoken, outcome, name, "area", unit="partnership", splits=20) for name in names]
    line = split_line(splits, families={(outcome, name): "confirmatory" for name in names[:2]})
    assert line["split_p_adjusted"][:2].tolist() == pytest.approx(holm(line["split_p"][:2]).tolist())
    rest = benjamini_hochberg(line["split_p"][2:]).tolist()
    assert line["split_p_adjusted"][2:].tolist() == pytest.approx(rest)
    unit = splits[0].main.standardised / splits[0].main.estimate
    assert line["inflation"][0] == pytest.approx(splits[0].inflation * unit)
    assert (line["inflation_low"] < line["inflation"]).all() and (line["inflation"] < line["inflation_high"]).all()


def test_the_factor_looked_at_closely_is_named_with_the_reason():
    tests = pd.DataFrame({"factor": ["trust", "purpose"], "p": [0.4, 0.01], "label": ["confirmatory", "exploratory"]})
    focus, why = look_closely(tests)
    assert focus == "purpose" and "smallest of 2" in why and "exploratory by the plan" in why
    assert look_closely(tests, "trust")[0] == "trust" and "smallest" not in look_closely(tests, "trust")[1]
    with pytest.raises(MethodError, match="trust"):
        look_closely(tests, "trusts")


def test_both_sides_stand_beside_the_primary_test(units, spoken):
    outcome = "outcome:overall"
    tests = evidence(units, [outcome], ["relationships", "purpose"], "area").table
    ways = {"factor from council": ("council", "partner"), "factor from partners": ("partner", "council")}
    where = {"by": "side", "unit": "partnership", "cluster": "area", "focus": "purpose"}
    found = both_sides(spoken, tests, ways, **where)
    assert len(found.table) == 6
    own = found.table.query("factor == 'purpose' and kind == 'factor from council'").iloc[0]
    alone = named_split(
        spoken, outcome, "purpose", "area", unit="partnership", by="side", factor_from=["council"],
        outcome_from=["partner"],
    )  # fmt: skip
    assert (own["estimate"], own["p"], own["n_units"]) == pytest.approx((alone.standardised, alone.p, alone.n_units))
    first = found.table.query("factor == 'purpose' and kind == 'primary test'").iloc[0]
    assert first["estimate"] == pytest.approx(random_intercept(units, outcome, "purpose", "area").standardised)
    assert f"{own['estimate']:.2f}" in found.summary and "purpose" in found.summary
    assert found.wide["factor from partners, units"].tolist()[0] > 0
    silent = both_sides(spoken.assign(purpose=np.nan), tests, ways, **where)
    assert silent.table.query("factor == 'purpose'")["estimate"].isna().sum() == 2
