"""Scores: how codings or ratings become one value of a factor for an interview or a partnership.

One interview is read by one or more coders. A rule turns each coder's codings of a factor into a value, a
second joins the coders, a third says what an interview means that never touched the factor. The partnership's
score is the mean of its interviews' scores, since the interview is an informant and not a unit itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import get_args

import numpy as np
import pandas as pd

from analysis.errors import MethodError
from analysis.schema import LEVELS, TABLES
from analysis.settings import OVERALL, Absent, Coders, Rule

CELL = ["interview", "framework", "factor"]
UNIT = ["unit", "framework", "factor"]

Reading = Callable[[pd.DataFrame], pd.Series]


def _mean_intensity(codings: pd.DataFrame) -> pd.Series:
    return codings.groupby([*CELL, "coder"])["intensity"].mean()


def _max_intensity(codings: pd.DataFrame) -> pd.Series:
    return codings.groupby([*CELL, "coder"])["intensity"].max()


def _count(codings: pd.DataFrame) -> pd.Series:
    return codings.groupby([*CELL, "coder"]).size().astype("float64")


def _presence(codings: pd.DataFrame) -> pd.Series:
    return _count(codings).clip(upper=1.0)


def _share_of_words(codings: pd.DataFrame) -> pd.Series:
    shares = codings["words"] / codings["interview_words"]
    keys = [codings[key] for key in (*CELL, "coder")]
    return shares.groupby(keys).sum(min_count=1).clip(upper=1.0)


RULES: dict[str, Reading] = {
    "mean_intensity": _mean_intensity,
    "max_intensity": _max_intensity,
    "presence": _presence,
    "share_of_words": _share_of_words,
    "count": _count,
}


def score(
    interviews: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    factors: pd.DataFrame,
    ratings: pd.DataFrame | None = None,
    rule: Rule = "mean_intensity",
    coders: Coders = "mean",
    absent: Absent = "missing",
) -> pd.DataFrame:
    """Return the scores of all interviews and partnerships on all factors and groups of factors.

    Parameters
    ----------
    interviews : DataFrame
        Table `interviews`.
    codings : DataFrame
        Table `codings`; empty where the study has direct ratings only.
    factors : DataFrame
        Columns `framework`, `factor`, `group`: what is scored.
    ratings : DataFrame, optional
        Table `ratings`, read by the rule `mean_rating`.
    rule : str
        Value of one coder's reading of a factor in an interview: the mean or the highest intensity of the
        segments, 1 where there is any (`presence`), the number of segments, the share of the interview's
        words (0-1), or the direct rating.
    coders : str
        `mean`: over all who coded the interview, one who did not use the factor counting 0 where another did;
        `any`: over those who used it; `consensus`: as `any`, but only where all used it; `first`: the first
        coder's by key.
    absent : str
        What an interview is that never touched the factor: `missing`, or `zero`.

    Returns
    -------
    DataFrame
        Table `scores`: one row for every interview and partnership and every factor and group.

    Raises
    ------
    MethodError
        Where a rule is not known or its columns are empty.
    """
    _check_choices(rule, coders, absent)
    readings = _ratings(ratings) if rule == "mean_rating" else _readings(codings, interviews, rule)
    cells = _joined(readings, coders)
    scored = _grid(interviews, factors).merge(cells, on=CELL, how="left", validate="one_to_one")
    scored["n_codings"] = scored["n_codings"].fillna(0).astype("int64")
    scored["share_of_words"] = scored["share_of_words"].where(scored["n_codings"] > 0, 0.0)
    if absent == "zero":
        scored["value"] = scored["value"].fillna(0.0)
    scored["n_informants"] = scored["value"].notna().astype("int64")
    both = pd.concat([_at_interviews(scored), _at_partnerships(scored)], ignore_index=True)
    both["kind"] = "factor"
    out = pd.concat([both, _groups(both, factors)], ignore_index=True)
    return out[list(TABLES["scores"].names)]


def _check_choices(rule: str, coders: str, absent: str) -> None:
    for name, value, allowed in (
        ("rule", rule, get_args(Rule)),
        ("coders", coders, get_args(Coders)),
        ("absent", absent, get_args(Absent)),
    ):
        if value not in allowed:
            raise MethodError(f"scores.{name} = {value!r} is not known", allowed=allowed, value=value)


def _readings(codings: pd.DataFrame, interviews: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Return one row an interview, factor and coder: value, n_codings, share_of_words."""
    words = interviews.set_index("interview")["words"].astype("float64")
    joined = codings.assign(interview_words=codings["interview"].map(words), words=codings["words"].astype("float64"))
    values = RULES[rule](joined)
    if len(values) and values.isna().all():
        raise MethodError(
            f"the rule {rule} finds nothing to read: the codings lack the column that it needs",
            allowed=tuple(RULES),
            fix="choose another rule under scores: in study.yml",
        )
    parts = {"value": values, "n_codings": _count(joined), "share_of_words": _share_of_words(joined)}
    return pd.DataFrame(parts).reset_index()


def _ratings(ratings: pd.DataFrame | None) -> pd.DataFrame:
    if ratings is None or ratings.empty:
        raise MethodError(
            "the rule mean_rating needs direct ratings, and the study has none",
            allowed=tuple(RULES),
            fix="choose another rule under scores: in study.yml, or add a source with `table: ratings`",
        )
    frame = ratings[[*CELL, "coder", "value"]].copy()
    return frame.assign(n_codings=1.0, share_of_words=np.nan)


def _joined(readings: pd.DataFrame, coders: Coders) -> pd.DataFrame:
    """Join the coders of each interview and factor by the rule `coders`."""
    if coders == "first":
        first = readings.groupby("interview")["coder"].transform("min")
        readings = readings[readings["coder"] == first]
    grouped = readings.groupby(CELL)
    cells = grouped.agg(
        value=("value", "mean"),
        total=("value", "sum"),
        used=("coder", "nunique"),
        n_codings=("n_codings", "sum"),
    )
    cells = cells.assign(share=grouped["share_of_words"].sum(min_count=1)).reset_index()
    readers = cells["interview"].map(readings.groupby("interview")["coder"].nunique())
    if coders == "mean":
        cells["value"] = cells["total"] / readers
    if coders == "consensus":
        cells = cells[cells["used"] == readers]
    cells["share_of_words"] = cells["share"] / readers
    return cells[[*CELL, "value", "n_codings", "share_of_words"]]


def _grid(interviews: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    units = interviews[["interview", "partnership", "words"]].copy()
    units["words"] = units["words"].astype("float64")
    return units.merge(factors[["framework", "factor"]].drop_duplicates(), how="cross")


def _at_interviews(scored: pd.DataFrame) -> pd.DataFrame:
    return scored.rename(columns={"interview": "unit"}).assign(level=LEVELS[0])


def _at_partnerships(scored: pd.DataFrame) -> pd.DataFrame:
    weighted = scored.assign(coded_words=scored["share_of_words"] * scored["words"])
    grouped = weighted.rename(columns={"partnership": "unit"}).groupby(UNIT, sort=False)
    frame = grouped.agg(
        value=("value", "mean"),
        n_informants=("n_informants", "sum"),
        n_codings=("n_codings", "sum"),
    )
    frame = frame.join(grouped[["coded_words", "words"]].sum(min_count=1)).reset_index()
    return frame.assign(level=LEVELS[1], share_of_words=frame["coded_words"] / frame["words"])


def _groups(scored: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """Return the mean of the scores of each group's factors, over those that are there."""
    named = factors[factors["group"].astype("str").str.len() > 0][["framework", "factor", "group"]]
    members = scored.merge(named, on=["framework", "factor"])
    grouped = members.groupby(["level", "unit", "framework", "group"], sort=False)
    frame = grouped.agg(
        value=("value", "mean"),
        n_informants=("n_informants", "max"),
        n_codings=("n_codings", "sum"),
        share_of_words=("share_of_words", "sum"),
    ).reset_index()
    frame["share_of_words"] = frame["share_of_words"].clip(upper=1.0)
    return frame.rename(columns={"group": "factor"}).assign(kind="group")


def observations(codings: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the codings, followed by direct ratings as codings without a segment.

    A rating of a factor is an observation of it with the rating as its intensity, so that pages which ask where
    a factor appears serve studies of either kind.
    """
    if ratings.empty:
        return codings
    names = TABLES["codings"].names
    rated = ratings.rename(columns={"value": "intensity"}).assign(
        coding=np.arange(1, len(ratings) + 1) + (codings["coding"].max() if len(codings) else 0),
        code=ratings["factor"],
        source_file="",
        source_row=0,
        start=np.nan,
        end=np.nan,
        words=np.nan,
    )[list(names)]
    return rated if codings.empty else pd.concat([codings, rated], ignore_index=True)


def outcome_scores(
    outcomes: pd.DataFrame, overall: tuple[str, ...], by: tuple[str, ...] = ("partnership",)
) -> pd.DataFrame:
    """Return the mean over informants of each outcome, with the mean of the `overall` facets.

    Parameters
    ----------
    outcomes : DataFrame
        Table `outcomes`.
    overall : tuple of str
        Facets that make the overall outcome: averaged for each informant, then over informants.
    by : tuple of str
        What one row is about: a partnership, or a partnership and an informant.

    Returns
    -------
    DataFrame
        Columns of `by`, `outcome`, `value`, `n_informants`.
    """
    per_informant = [*dict.fromkeys([*by, "partnership", "informant"])]
    facets = outcomes[outcomes["outcome"].isin(overall)]
    whole = facets.groupby(per_informant, sort=False)["value"].mean().reset_index()
    every = pd.concat([outcomes[[*per_informant, "outcome", "value"]], whole.assign(outcome=OVERALL)])
    grouped = every.groupby([*by, "outcome"], sort=False)
    return grouped.agg(value=("value", "mean"), n_informants=("informant", "nunique")).reset_index()


def unit_frame(
    scores: pd.DataFrame,
    outcome_table: pd.DataFrame,
    partnerships: pd.DataFrame,
    *,
    framework: str,
    kind: str = "factor",
) -> pd.DataFrame:
    """Return one row a partnership: partnership, area, every factor's (or group's) score, every outcome.

    Outcomes come as columns named `outcome:<name>` so that they can't be taken for a factor.
    """
    rows = scores[(scores["level"] == "partnership") & (scores["framework"] == framework) & (scores["kind"] == kind)]
    wide = rows.pivot(index="unit", columns="factor", values="value")
    wide = wide[list(dict.fromkeys(rows["factor"]))]
    rated = outcome_table.pivot(index="partnership", columns="outcome", values="value")
    rated = rated[list(dict.fromkeys(outcome_table["outcome"]))].add_prefix("outcome:")
    frame = partnerships[["partnership", "area"]].set_index("partnership").join([wide, rated])
    return frame.rename_axis(columns=None).reset_index()


def with_side(interviews: pd.DataFrame, council_sectors: Collection[str]) -> pd.DataFrame:
    """Return the interviews with the column `side`: `council` for the sectors listed, else `partner`.

    An informant whose sector is not known is on neither side: missing.
    """
    side = np.where(interviews["sector"].isin(council_sectors), "council", "partner")
    return interviews.assign(
        side=pd.Series(side, index=interviews.index, dtype="str").where(interviews["sector"].notna())
    )


def interview_frame(
    scores: pd.DataFrame,
    outcomes: pd.DataFrame,
    interviews: pd.DataFrame,
    *,
    framework: str,
    overall: tuple[str, ...],
    council_sectors: Collection[str] = (),
) -> pd.DataFrame:
    """Return one row an interview: interview, partnership, area, role, sector, side, factors' scores, outcomes.

    `side` is `council` for the sectors listed, else `partner`. An outcome that no informant of a partnership rated
    personally (it was read from documents) stands in the rows of all its interviews.
    """
    rows = scores[(scores["level"] == "interview") & (scores["framework"] == framework) & (scores["kind"] == "factor")]
    wide = rows.pivot(index="unit", columns="factor", values="value")[list(dict.fromkeys(rows["factor"]))]
    own = outcomes.dropna(subset=["interview"])
    told = outcome_scores(own, overall, by=("partnership", "informant")) if len(own) else None
    read = outcome_scores(outcomes[outcomes["interview"].isna()], overall)
    people = with_side(interviews, council_sectors)[["interview", "partnership", "area", "role", "sector", "side"]]
    frame = people.set_index("interview").join(wide)
    for outcome in dict.fromkeys([*([] if told is None else told["outcome"]), *read["outcome"]]):
        values = pd.Series(np.nan, index=frame.index)
        if told is not None:
            values = values.fillna(told[told["outcome"] == outcome].set_index("informant")["value"])
        shared = read[read["outcome"] == outcome].set_index("partnership")["value"]
        lacking = ~frame["partnership"].isin(frame.loc[values.notna(), "partnership"])
        frame[f"outcome:{outcome}"] = values.where(~lacking, frame["partnership"].map(shared))
    return frame.rename_axis(columns=None).reset_index()
