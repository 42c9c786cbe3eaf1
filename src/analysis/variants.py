"""The same study under other reasonable choices: scores by other rules, coders and informants, and grades by coder."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import product

import pandas as pd

from analysis.association.specification import Variant
from analysis.scores import outcome_scores, score, unit_frame, with_side
from analysis.settings import Rule, Specifications

SIDES = {"council": "council", "partners": "partner"}


def build_variants(
    tables: Mapping[str, pd.DataFrame],
    choices: Specifications,
    *,
    framework: str,
    overall: tuple[str, ...],
    council_sectors: Collection[str],
) -> list[Variant]:
    """Score the partnerships under every combination of the study's declared choices.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables `interviews`, `codings`, `ratings`, `outcomes`, `partnerships` and `factors`.
    choices : Specifications
        Scoring rules, joining of coders, readings of absence, and whose factor scores are taken. A study without
        segments has one rule, the direct rating.
    framework : str
        The framework whose factors are scored.
    overall : tuple of str
        Facets that make the overall outcome.
    council_sectors : collection of str
        Sectors of the council's own side.

    Returns
    -------
    list of Variant
        Each with one row a partnership: its area, all factors' scores, all outcomes (from all informants).
    """
    rated = outcome_scores(tables["outcomes"], overall)
    interviews = with_side(tables["interviews"], council_sectors)
    factors = tables["factors"][tables["factors"]["framework"] == framework].assign(group="")  # groups are not asked
    codings = tables["codings"][tables["codings"]["framework"] == framework]
    ratings = tables["ratings"][tables["ratings"]["interview"].isin(interviews["interview"])]
    found = []
    rules: list[Rule] = choices.rules if len(codings) else ["mean_rating"]
    for rule, coders in product(rules, choices.coders):
        scores = score(interviews, codings, factors=factors, ratings=ratings, rule=rule, coders=coders)
        single = scores[scores["level"] == "interview"].rename(columns={"unit": "interview"})
        single = single.merge(interviews[["interview", "partnership", "side"]], on="interview", validate="many_to_one")
        for absent, who in product(choices.absent, choices.informants):
            asked = single if who == "all" else single[single["side"] == SIDES[who]]
            if asked.empty:
                continue
            means = _partnership_means(asked.fillna({"value": 0.0}) if absent == "zero" else asked)
            frame = unit_frame(means, rated, tables["partnerships"], framework=framework)
            found.append(Variant({"score": rule, "coders": coders, "absent": absent, "informants": who}, frame))
    return found


def _partnership_means(single: pd.DataFrame) -> pd.DataFrame:
    """Average the scores of interviews, as `score` does: an interview without a score does not count."""
    keys = ["partnership", "framework", "kind", "factor"]
    means = single.groupby(keys, sort=False)["value"].mean().reset_index()
    return means.rename(columns={"partnership": "unit"}).assign(level="partnership")


def coder_grades(
    codings: pd.DataFrame, ratings: pd.DataFrame, interviews: pd.DataFrame, factors: Collection[str]
) -> pd.DataFrame:
    """Return one row an interview and coder: partnership, and the coder's grade of each factor.

    The grade is the highest intensity that the coder gave, 0 where the coder read the interview without using the
    factor; a direct rating is a grade as it stands, and missing where there is none.
    """
    if codings.empty:
        wide = ratings.pivot(index=["interview", "coder"], columns="factor", values="value")
    else:
        readers = codings[["interview", "coder"]].drop_duplicates()
        given = codings[codings["factor"].isin(factors)].groupby(["interview", "coder", "factor"])["intensity"].max()
        wide = given.unstack("factor").reindex(pd.MultiIndex.from_frame(readers)).fillna(0.0)
    places = interviews.set_index("interview")["partnership"]
    frame = wide.reindex(columns=list(factors)).rename_axis(columns=None).reset_index()
    return frame.assign(partnership=frame["interview"].map(places))
