"""What a review takes, from the tables of a study: who said how much of which factor about which partnership."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from analysis.framework import Framework
from analysis.scores import with_side
from analysis.variants import coder_scores


def scored_ratings(
    scores: pd.DataFrame, interviews: pd.DataFrame, framework: str, council_sectors: Collection[str]
) -> pd.DataFrame:
    """Return the scores of interviews as `partnership_review` takes them.

    Parameters
    ----------
    scores, interviews : DataFrame
        The tables of these names.
    framework : str
        Key of the framework that is reviewed.
    council_sectors : collection of str
        Sectors of the council's own side.

    Returns
    -------
    DataFrame
        `unit` (the partnership), `informant`, `side`, `factor`, `value`.
    """
    own = scores[(scores["level"] == "interview") & (scores["framework"] == framework) & (scores["kind"] == "factor")]
    people = with_side(interviews, council_sectors)[["interview", "partnership", "side"]]
    merged = own.merge(people, left_on="unit", right_on="interview", validate="many_to_one")
    merged = merged.drop(columns="unit").rename(columns={"partnership": "unit", "interview": "informant"})
    return merged[["unit", "informant", "side", "factor", "value"]]


def coder_ratings(
    codings: pd.DataFrame, ratings: pd.DataFrame, interviews: pd.DataFrame, framework: Framework
) -> pd.DataFrame:
    """Return each coder's grade of each factor in each interview: `unit`, `informant`, `coder`, `factor`, `value`.

    The grade is the highest intensity that the coder gave, 0 where the coder read the interview without using the
    factor; a direct rating is a grade as it stands, and missing where there is none.
    """
    keys = [factor.key for factor in framework.factors]
    coded, rated = (table[table["framework"] == framework.key] for table in (codings, ratings))
    if coded.empty:
        grades = coder_scores(coded, rated, interviews, framework.table, rule="mean_rating", coders="any")
    else:
        grades = coder_scores(coded, rated, interviews, framework.table, rule="max_intensity", absent="zero")
    long = grades.melt(["partnership", "interview", "coder"], keys, var_name="factor", value_name="value")
    return long.rename(columns={"partnership": "unit", "interview": "informant"})


def reported_codes(observations: pd.DataFrame, interviews: pd.DataFrame, framework: str) -> pd.DataFrame:
    """Return who spoke of which code of the other frameworks: `unit`, `informant`, `framework`, `factor`.

    Parameters
    ----------
    observations : DataFrame
        Codings and direct ratings (`scores.observations`).
    interviews : DataFrame
        Table `interviews`.
    framework : str
        The framework that is reviewed, which is left out.
    """
    place = interviews.set_index("interview")["partnership"]
    others = observations[observations["framework"] != framework]
    found = others[["interview", "framework", "factor"]].drop_duplicates()
    return found.assign(unit=found["interview"].map(place)).rename(columns={"interview": "informant"})


def graded_evidence(display: pd.DataFrame | None, framework: Framework) -> pd.DataFrame | None:
    """Return the grades of the joint display by the factor's key; None where there is no display.

    Parameters
    ----------
    display : DataFrame or None
        Columns `factor` (by label) and `grade`; `standardised` with its bounds where there are any.

    Returns
    -------
    DataFrame or None
        `factor`, `grade`, `association`, `association_low`, `association_high`.
    """
    if display is None:
        return None
    keys = {factor.label: factor.key for factor in framework.factors}
    given = display.assign(factor=display["factor"].map(keys)).dropna(subset=["factor"])
    columns = {name: name.replace("standardised", "association") for name in given.filter(like="standardised")}
    shown = given.rename(columns=columns)
    return shown.reindex(columns=["factor", "grade", "association", "association_low", "association_high"])
