"""A review says where a partnership stands, how surely, and never more than its informants carry."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.errors import MethodError
from analysis.figures.review import plot_review
from analysis.framework import Factor, Framework, load_frameworks
from analysis.review import (
    Rules,
    benchmark_range,
    coder_ratings,
    graded_evidence,
    informant_values,
    partnership_review,
    question_list,
    reported_codes,
    rescale,
    scored_ratings,
    side_gaps,
    unit_levels,
    usual_spread,
)

TT = load_frameworks()["transforming-together"]


def tiny(*keys: str) -> Framework:
    factors = tuple(
        Factor(key=key, number=i, label=key.title(), definition="d", questions=(f"{key}?", f"{key}??", f"{key}???"))
        for i, key in enumerate(keys, start=1)
    )
    return Framework(key="tiny", title="Tiny", kind="factors", source="s", year=2020, factors=factors)


def ratings(cells: dict[str, dict[str, list[float]]]) -> pd.DataFrame:
    """One informant a value; council and partners in turn."""
    rows = [
        (unit, f"{unit}{i}", "council" if i % 2 == 0 else "partner", factor, value)
        for unit, factors in cells.items()
        for factor, values in factors.items()
        for i, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["unit", "informant", "side", "factor", "value"])


def test_pooled_spread_is_the_within_mean_square() -> None:
    rng = np.random.default_rng(3)
    groups = [rng.normal(size=n) for n in (3, 5, 2, 1)]
    values = informant_values(ratings({f"u{i}": {"a": list(g)} for i, g in enumerate(groups)}))
    within = sum(((g - g.mean()) ** 2).sum() for g in groups) / (11 - 4)
    found = usual_spread(values).loc["a"]
    assert found["sd"] == pytest.approx(np.sqrt(within))
    assert found["df"] == 7


def test_level_and_interval_by_hand() -> None:
    values = informant_values(ratings({"u": {"a": [1.0, 2.0, 3.0]}, "v": {"a": [0.0, 4.0]}}))
    row = unit_levels(values, "u", (0.0, 4.0)).loc["a"]
    pooled = np.sqrt((2.0 + 8.0) / 3.0)
    reach = stats.t.ppf(0.975, 3) * pooled / np.sqrt(3)
    assert row["score"] == 2.0
    assert row["low"] == max(0.0, 2.0 - reach)
    assert row["high"] == min(4.0, 2.0 + reach)
    assert row["agreement"] == pytest.approx(1 - 1.0 / (4 * 6 / 12))


def test_r_wg_of_an_even_spread_is_zero_and_of_unanimity_one() -> None:
    grades = [0.0, 1.0, 2.0, 3.0, 4.0] * 200
    even = unit_levels(informant_values(ratings({"u": {"a": grades}})), "u", (0.0, 4.0)).loc["a"]
    same = unit_levels(informant_values(ratings({"u": {"a": [3.0, 3.0, 3.0]}})), "u", (0.0, 4.0)).loc["a"]
    assert even["agreement"] == pytest.approx(0.0, abs=0.002)
    assert same["agreement"] == 1.0


def test_interval_covers_the_unit() -> None:
    """In a design like the study's, 95 per cent intervals hold the true level about 95 times in 100."""
    rng = np.random.default_rng(11)
    truth = rng.normal(size=(15, 300))
    informants = rng.integers(3, 7, 15)
    cells = {
        f"u{i}": {f"f{j}": list(truth[i, j] + rng.normal(0, 0.8, informants[i])) for j in range(300)} for i in range(15)
    }
    table = unit_levels(informant_values(ratings(cells)), "u0", (-9.0, 9.0))
    own = pd.Series(truth[0], index=[f"f{j}" for j in range(300)]).reindex(table.index)
    hits = (table["low"] <= own) & (own <= table["high"])
    assert 0.91 < hits.mean() < 0.98


def test_divided_is_an_f_test_against_the_others() -> None:
    values = informant_values(
        ratings({"u": {"a": [0.0, 4.0, 0.0, 4.0]}, "v": {"a": [1.0, 2.0]}, "w": {"a": [1.0, 2.0]}})
    )
    row = unit_levels(values, "u", (0.0, 4.0)).loc["a"]
    assert row["divided"] == pytest.approx(stats.f.sf((16 / 3) / 0.5, 3, 2))


def test_coders_are_averaged_before_informants() -> None:
    frame = ratings({"u": {"a": [1.0, 3.0, 5.0]}}).assign(informant=["i", "i", "j"], coder=["x", "y", "x"])
    values = informant_values(frame)
    assert values["value"].tolist() == [2.0, 5.0]
    review = partnership_review(frame, unit="u", framework=tiny("a"), scale=(0, 5))
    assert review.table.loc[0, "coder_sd"] == pytest.approx(np.sqrt(2.0))


def test_council_against_partners() -> None:
    values = informant_values(
        ratings({"u": {"a": [4.0, 1.0, 4.0, 1.0], "b": [2.0, 2.0]}, "v": {"a": [2.0, 3.0, 2.0, 3.0]}})
    )
    gaps = side_gaps(values, "u")
    assert gaps.loc["a", ["council", "partner", "side_gap"]].tolist() == [4.0, 1.0, 3.0]
    pooled = np.sqrt((9.0 + 1.0) / 6.0)
    reach = stats.t.ppf(0.975, 6) * pooled * np.sqrt(1 / 2 + 1 / 2)
    assert gaps.loc["a", "side_low"] == pytest.approx(3.0 - reach)
    alone = side_gaps(informant_values(ratings({"u": {"a": [4.0]}})), "u")
    assert np.isnan(alone.loc["a", "side_gap"])


def test_benchmark_leaves_the_unit_itself_out() -> None:
    benchmark = pd.DataFrame({"unit": list("uvwx"), "factor": "a", "value": [99.0, 1.0, 2.0, 3.0]})
    row = benchmark_range(benchmark, "u").loc["a"]
    assert row.tolist() == [1.5, 2.0, 2.5, 3.0]


def test_attention_follows_the_rules() -> None:
    framework = tiny("low", "lowish", "high", "few", "silent", "split", "plain")
    others = {
        f"o{i}": {key: [v, v + 0.1, v] for key in framework.table["factor"]} for i, v in enumerate((2.0, 2.5, 3.0))
    }
    own = {
        "low": [0.0, 0.1, 0.0],
        "lowish": [2.0, 2.1, 2.0],
        "high": [3.9, 4.0, 3.9],
        "few": [0.0],
        "split": [0.5, 4.0, 0.5, 4.0],
        "plain": [2.5, 2.5, 2.6],
    }
    evidence = pd.DataFrame({"factor": ["low", "lowish"], "grade": ["strong", "weak"], "association": [0.7, 0.2]})
    review = partnership_review(
        ratings({"u": own, **others}), unit="u", framework=framework, scale=(0, 4), evidence=evidence
    )
    found = review.table.set_index("factor")
    assert found["attention"].to_dict() == {
        "low": "talk first",
        "lowish": "talk",
        "high": "strength",
        "few": "not enough said",
        "silent": "not enough said",
        "split": "talk",
        "plain": "as it is",
    }
    assert "surely below the middle of the scale" in found.loc["low", "reasons"]
    assert found.loc["low", ["grade", "association"]].tolist() == ["strong", 0.7]
    assert found.loc["low", "gap"] == pytest.approx(found.loc["low", "score"] - found.loc["low", "study_median"])
    assert found.loc["few", "reasons"] == "fewer than 3 informants spoke of it"
    assert found.loc["silent", "reasons"] == "nobody spoke of it"
    assert "partners put it higher than the council" in found.loc["split", "reasons"]
    assert review.questions["factor"].tolist()[:3] == ["low"] * 3
    assert review.questions["attention"].tolist()[-1] == "not enough said"
    assert "To talk about first: 1 (Low); to talk about: 2" in review.summary


def test_no_verdict_from_too_few() -> None:
    review = partnership_review(
        ratings({"u": {"a": [0.0, 0.0]}}), unit="u", framework=tiny("a"), scale=(0, 4), rules=Rules(fewest=3)
    )
    assert review.table["attention"].tolist() == ["not enough said"]


def test_a_partnership_alone_without_a_study() -> None:
    review = partnership_review(
        ratings({"u": {"a": [4, 4, 3.9], "b": [1, 3, 2]}}), unit="u", framework=tiny("a", "b"), scale=(0, 4)
    )
    assert review.table["attention"].tolist() == ["strength", "as it is"]
    assert review.table["study_median"].isna().all()


def test_respondents_who_hardly_agree_have_something_to_talk_about() -> None:
    """Where nobody else was asked the same there is no usual spread, so agreement itself has to say it."""
    own = ratings({"u": {"a": [4, 0, 4, 0, 4, 4], "b": [3, 3, 3, 2, 3, 3]}}).assign(side=None)
    rules = Rules(people="respondents")
    review = partnership_review(own, unit="u", framework=tiny("a", "b"), scale=(0, 4), rules=rules)
    found = review.table.set_index("factor")
    assert found["attention"].tolist() == ["talk", "strength"]
    assert found.loc["a", "reasons"] == "its respondents hardly agree (0.00)"
    assert review.summary.startswith("6 respondents rated 2 of 2 factors")
    assert "respondents are divided" in review.rules


def test_challenges_and_helps_are_counted_by_informant() -> None:
    reported = pd.DataFrame(
        {
            "unit": ["u", "u", "u", "v"],
            "informant": ["u0", "u0", "u1", "v0"],
            "framework": "challenges",
            "factor": ["turnover", "turnover", "turnover", "slowness"],
        }
    )
    review = partnership_review(
        ratings({"u": {"a": [1, 2, 3, 4]}}), unit="u", framework=tiny("a"), scale=(0, 4), reported=reported,
        contexts=load_frameworks(),
    )  # fmt: skip
    told = ("challenges", "Challenges to partnership innovation", "turnover", "Turnover of senior managers")
    assert review.reported.to_numpy().tolist() == [[*told, 2, 0.5, "half or more"]]


def test_errors_say_what_is_wrong() -> None:
    frame = ratings({"u": {"a": [1.0, 2.0]}})
    settings = {"framework": tiny("a"), "scale": (0.0, 4.0)}
    with pytest.raises(MethodError) as caught:
        partnership_review(frame, unit="uu", **settings)
    assert caught.value.nearest == "u"
    with pytest.raises(MethodError, match="off the scale"):
        partnership_review(frame.assign(value=5.0), unit="u", **settings)
    with pytest.raises(MethodError, match="no column 'informant'"):
        partnership_review(frame.drop(columns="informant"), unit="u", **settings)


def test_figure_shows_every_factor() -> None:
    cells = {f"u{i}": {factor.key: [1.0, 2.0, 3.0] for factor in TT.factors} for i in range(4)}
    review = partnership_review(ratings(cells), unit="u1", framework=TT, scale=(0, 4))
    axes = plot_review(review).axes[0]
    assert len(axes.get_yticklabels()) == 11
    assert axes.get_xlim()[0] < 0 < 4 < axes.get_xlim()[1]


def test_rescale_maps_ends_to_ends() -> None:
    assert rescale(pd.Series([0.0, 1.5, 3.0]), (0, 3), (0, 4)).tolist() == [0.0, 2.0, 4.0]


def test_what_rests_on_few_people_is_withheld_and_said() -> None:
    """Two council informants and three partners: neither side's mean may be shown, nor may a score of two people."""
    sides = ["council", "council", "partner", "partner", "partner"]
    rows = [("u", f"u{i}", side, "a", float(i)) for i, side in enumerate(sides)]
    rows += [("u", f"u{i}", side, "b", float(i)) for i, side in enumerate(sides[:2])]
    rows += [("v", f"v{i}", side, factor, 2.0 + i % 2) for i, side in enumerate(sides * 2) for factor in "ab"]
    frame = pd.DataFrame(rows, columns=["unit", "informant", "side", "factor", "value"])
    spoken = pd.DataFrame({"unit": "u", "informant": ["u0", "u1"], "framework": "challenges", "factor": "turnover"})
    settings = {"framework": tiny("a", "b"), "scale": (0, 4), "reported": spoken}
    review = partnership_review(frame, unit="u", min_cell=3, **settings)
    table = review.table.set_index("factor")
    assert table.loc["a", "score"] == 2.0
    assert table.loc["a", ["council", "partner", "side_gap", "n_council", "n_partner"]].isna().all()
    assert table.loc["b", ["score", "low", "high", "sd", "n_informants"]].isna().all()
    assert table.loc["b", "attention"] == "not enough said"
    assert review.reported.empty
    assert "the score of 1 factor, the council's side beside the partners' for 1 factor, 1 chall" in review.withheld
    open_to_all = partnership_review(frame, unit="u", **settings)
    assert open_to_all.table.set_index("factor").loc["a", "council"] == 0.5
    assert open_to_all.withheld == "Nothing is withheld."
    both = partnership_review(frame, unit="v", min_cell=3, **settings).table
    assert both["side_gap"].notna().all()


def test_a_review_takes_what_a_study_holds() -> None:
    scores = pd.DataFrame(
        {
            "level": ["interview", "interview", "partnership"],
            "unit": ["i1", "i2", "p"],
            "framework": "transforming-together",
            "kind": "factor",
            "factor": "place",
            "value": [1.0, np.nan, 1.0],
        }
    )
    people = pd.DataFrame({"interview": ["i1", "i2"], "partnership": "p", "sector": ["council", "NHS"], "words": 9})
    said = scored_ratings(scores, people, "transforming-together", ["council"])
    assert said.to_numpy(dtype=object).tolist()[0] == ["p", "i1", "council", "place", 1.0]
    assert list(said["side"]) == ["council", "partner"]
    codes = pd.DataFrame(
        {
            "interview": ["i1", "i1", "i2", "i2"],
            "coder": ["c1", "c2", "c1", "c1"],
            "framework": ["transforming-together", "transforming-together", "challenges", "challenges"],
            "factor": ["place", "place", "turnover", "turnover"],
            "intensity": [1.0, 3.0, 2.0, 2.0],
            "words": 3,
        }
    )
    ratings = pd.DataFrame(columns=["interview", "factor", "coder", "framework", "value"])
    graded = coder_ratings(codes, ratings, people, TT)
    place = graded[graded["factor"] == "place"].set_index(["informant", "coder"])["value"]
    assert place["i1", "c2"] == 3.0
    reported = reported_codes(codes, people, "transforming-together")
    assert reported.to_numpy().tolist() == [["i2", "challenges", "turnover", "p"]]
    display = pd.DataFrame({"factor": [TT.factor("place").label, "no factor"], "grade": ["strong", "limited"]})
    found = graded_evidence(display.assign(standardised=[0.5, 0.1], standardised_low=0.2, within_standardised=9.0), TT)
    assert found[["factor", "grade", "association", "association_low"]].to_numpy().tolist() == [
        ["place", "strong", 0.5, 0.2]
    ]
    assert graded_evidence(display, TT)["association"].isna().all()
    assert graded_evidence(None, TT) is None


def test_questions_stand_below_their_factor() -> None:
    review = partnership_review(
        ratings({"u": {"a": [0.0, 0.0, 1.0]}}), unit="u", framework=tiny("a", "b"), scale=(0, 4)
    )
    told = question_list(review.questions, tiny("a", "b"))
    assert told.index("**A.** d") < told.index("    - a?") < told.index("**B.**")
    assert "no factor" in question_list(review.questions.iloc[:0], tiny("a", "b"))
    assert list(review.attention["label"]) == ["A", "B"]
