"""The same study under other reasonable choices: scores by other rules, coders and informants, and grades by coder."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import product

import pandas as pd

from analysis.association.specification import Variant
from analysis.errors import MethodError
from analysis.scores import outcome_scores, score, unit_frame, with_side
from analysis.settings import Absent, Coders, Rule, Specifications

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


def coder_scores(
    codings: pd.DataFrame,
    ratings: pd.DataFrame,
    interviews: pd.DataFrame,
    factors: pd.DataFrame,
    *,
    rule: Rule,
    coders: Coders = "mean",
    absent: Absent = "missing",
) -> pd.DataFrame:
    """Return one row an interview and coder: partnership, and that coder's score of each factor.

    The mean over the coders of an interview is the interview's score by the same rules (`scores.score`), but for
    ``coders="first"``, by which all coders but one are left aside.

    Parameters
    ----------
    codings, ratings, interviews : DataFrame
        The tables of these names.
    factors : DataFrame
        Columns `framework`, `factor`, `group`: the factors of one framework.
    rule, coders, absent : str
        As in `scores.score`. A coder who read the interview without using a factor that another used counts 0 by
        ``mean`` and is missing by the other rules; what nobody used is as `absent` says.
    """
    read = ratings if rule == "mean_rating" else codings
    readers = read[["interview", "coder"]].drop_duplicates()
    keys = list(dict.fromkeys(factors["factor"]))
    by_coder = [pd.DataFrame(columns=["interview", "coder", *keys])]
    for coder, own in read.groupby("coder"):
        theirs = interviews[interviews["interview"].isin(own["interview"])]
        try:
            single = score(theirs, own, factors=factors.assign(group=""), ratings=own, rule=rule, coders="any")
        except MethodError:  # this coder left empty what the rule reads
            continue
        wide = single[single["level"] == "interview"].pivot(index="unit", columns="factor", values="value")
        by_coder.append(wide.rename_axis(index="interview").reset_index().assign(coder=coder))
    known = pd.concat([part for part in by_coder if len(part)] or by_coder)
    frame = readers.merge(known, on=["interview", "coder"], how="left", validate="one_to_one")
    frame[keys] = _silence_read(frame[keys], frame["interview"], coders, absent)
    places = interviews.set_index("interview")["partnership"]
    found = frame[["interview", "coder", *keys]].rename_axis(columns=None).reset_index(drop=True)
    return found.assign(partnership=found["interview"].map(places))


def _silence_read(values: pd.DataFrame, interview: pd.Series, coders: Coders, absent: Absent) -> pd.DataFrame:
    """Read a coder's silence by the rules, where another coder of the interview used the factor and where none did."""
    used = values.notna().groupby(interview).transform("sum")
    readers = interview.groupby(interview).transform("size")
    if coders == "mean":
        values = values.where(values.notna() | (used == 0), 0.0)
    if coders == "consensus":
        values = values.where(used.eq(readers, axis=0))
        used = used.where(used.eq(readers, axis=0), 0)
    return values.where(used > 0, 0.0) if absent == "zero" else values
