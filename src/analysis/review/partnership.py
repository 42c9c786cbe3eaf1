"""The framework as a review tool: where one partnership stands, how surely, and what to talk about."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from analysis.errors import MethodError
from analysis.framework import Framework
from analysis.review.attention import ATTENTION, Rules, judge
from analysis.review.conversation import next_questions, reported_by
from analysis.review.levels import benchmark_range, coder_spread, informant_values, side_gaps, unit_levels

_SCORE = ("score", "low", "high", "sd", "agreement", "divided", "gap")
_SIDES = ("council", "partner", "side_gap", "side_low", "side_high")
_MEASURES = [
    *("score", "low", "high", "n_informants", "sd", "usual_sd", "agreement", "divided", "coder_sd"),
    *(*_SIDES, "n_council", "n_partner"),
    *("study_low", "study_median", "study_high", "n_units", "gap", "grade"),
    *("association", "association_low", "association_high"),
]


@dataclass(frozen=True, slots=True)
class PartnershipReview:
    """A review of one partnership; never a ranking, and no verdict where too few spoke.

    Attributes
    ----------
    unit : str
    framework : str
        Key of the framework.
    scale : tuple of float
    level : float
        Coverage of the intervals.
    table : DataFrame
        One row a factor in the framework's order: `factor`, `number`, `label`, `group`; `score`, `low`, `high`,
        `n_informants`, `sd`, `usual_sd`, `agreement`, `divided`, `coder_sd`; `council`, `partner`, `side_gap` with
        bounds, `n_council`, `n_partner`; `study_low`, `study_median`, `study_high`, `n_units`, `gap` (score less the
        median of the others); `grade`, `association` with bounds (of the study's evidence); `attention`, `reasons`.
    informants : DataFrame
        One row an informant and factor: `informant`, `side`, `factor`, `value`. For drawing; a page holds it
        against the disclosure policy before it shows anything of it.
    reported : DataFrame
        Challenges and helps that its informants spoke of: `framework`, `title` (of the framework), `factor`, `label`,
        `n_informants`, `share`, `how_many` (in words: a page that shows the numbers could tell what the pages of areas
        withhold).
    questions : DataFrame
        For the next conversation: `factor`, `label`, `attention`, `question`, most pressing first.
    rules : str
        The rules of attention in words.
    withheld : str
        What is not shown because too few people stand behind it, in a sentence.
    people, said : str
        What those who rated are called, and what they did.
    """

    unit: str
    framework: str
    scale: tuple[float, float]
    level: float
    table: pd.DataFrame
    informants: pd.DataFrame
    reported: pd.DataFrame
    questions: pd.DataFrame
    rules: str
    withheld: str
    people: str = "informants"
    said: str = "spoke of"

    @property
    def attention(self) -> pd.DataFrame:
        """Factors that the rules single out, most pressing first: what they come to, why, and on what evidence."""
        order = {attention: i for i, attention in enumerate(ATTENTION) if attention != "as it is"}
        singled = self.table[self.table["attention"].isin(order)]
        place = singled["attention"].map(order)
        singled = singled.assign(place=place).sort_values("place", kind="stable")
        shown = ["label", "attention", "reasons", "score", "gap", "grade"]
        return singled[[*shown, "association", "association_low", "association_high"]].dropna(axis=1, how="all")

    @property
    def agreement(self) -> str:
        """Where informants agree most and least, in a sentence."""
        known = self.table[self.table["agreement"].notna()]
        if known.empty:
            return "Too few people spoke to say how far they agree."
        most, least = (known.loc[known["agreement"].idxmax()], known.loc[known["agreement"].idxmin()])
        return (
            f"Agreement (1: all say the same; 0: as far apart as answers spread evenly over the scale) is "
            f"{known['agreement'].mean():.2f} on average, highest on {most['label']} ({most['agreement']:.2f}) and "
            f"lowest on {least['label']} ({least['agreement']:.2f})."
        )

    @property
    def summary(self) -> str:
        """One plain sentence with its numbers."""
        count = self.table["attention"].value_counts()
        informants = self.informants["informant"].nunique()
        first = self.table.loc[self.table["attention"] == ATTENTION[0], "label"]
        named = f" ({'; '.join(first)})" if len(first) else ""
        return (
            f"{informants} {self.people} {self.said} {int(self.table['n_informants'].ne(0).sum())} of "
            f"{len(self.table)} factors. To talk about first: {count.get(ATTENTION[0], 0)}{named}; to talk about: "
            f"{count.get(ATTENTION[1], 0)}; standing out as strengths: {count.get(ATTENTION[2], 0)}; too little said: "
            f"{count.get(ATTENTION[4], 0)}."
        )


def partnership_review(
    ratings: pd.DataFrame,
    *,
    unit: str,
    framework: Framework,
    scale: tuple[float, float],
    benchmark: pd.DataFrame | None = None,
    coded: pd.DataFrame | None = None,
    evidence: pd.DataFrame | None = None,
    reported: pd.DataFrame | None = None,
    contexts: dict[str, Framework] | None = None,
    rules: Rules | None = None,
    min_cell: int = 1,
    level: float = 0.95,
) -> PartnershipReview:
    """Review one partnership on every factor of a framework.

    Parameters
    ----------
    ratings : DataFrame
        Columns `unit`, `informant`, `factor`, `value`; `side` (`council`, `partner`) and `coder` where known. All
        units of the study, or the respondents of a self-assessment alone.
    unit : str
        The partnership.
    framework : Framework
        Gives factors, labels and questions.
    scale : tuple of float
        Least and most value of a rating.
    benchmark : DataFrame, optional
        Columns `unit`, `factor`, `value` on the same scale; the other units' means where it is left out.
    coded : DataFrame, optional
        As `ratings`, one row a coder, from which the spread of coders is taken; `ratings` where it is left out.
    evidence : DataFrame, optional
        Columns `factor`, `grade`: how strong the study's evidence is that the factor matters; `association` with
        `association_low`, `association_high` where they are known.
    reported : DataFrame, optional
        Columns `unit`, `informant`, `framework`, `factor`: who spoke of which challenge or help.
    contexts : dict, optional
        The frameworks of `reported`, for their labels.
    rules : Rules, optional
    min_cell : int
        Fewest people that a mean or a count may rest on to be shown. Means of the two sides are shown only where both
        rest on so many, since one follows from the other and the score of all.
    level : float
        Coverage of the intervals, in (0, 1).

    Raises
    ------
    MethodError
        The unit has no ratings, values lie off the scale, or columns are missing.
    """
    rules = rules or Rules()
    rules = replace(rules, fewest=max(rules.fewest, min_cell))
    values = informant_values(ratings)
    _check(values, unit, scale)
    if benchmark is None:
        benchmark = values.groupby(["unit", "factor"], as_index=False)["value"].mean()
    names = framework.table[["factor", "number", "label", "group"]].set_index("factor")
    table = (
        names.join(unit_levels(values, unit, scale, level))
        .join(coder_spread(ratings if coded is None else coded))
        .join(side_gaps(values, unit, level))
        .join(benchmark_range(benchmark, unit))
    )
    table = table.join(_evidence(evidence)).assign(n_informants=table["n_informants"].fillna(0).astype("int64"))
    table = table.assign(gap=table["score"] - table["study_median"]).reset_index()
    table = _protected(table[["factor", "number", "label", "group", *_MEASURES]], min_cell)
    table = judge(table, scale, rules)
    every = reported_by(reported, unit, contexts or {}, values)
    shown = every[every["n_informants"] >= min_cell].reset_index(drop=True)
    return PartnershipReview(
        unit=unit,
        framework=framework.key,
        scale=scale,
        level=level,
        table=table,
        informants=values[values["unit"] == unit].drop(columns="unit").reset_index(drop=True),
        reported=shown,
        questions=next_questions(table, framework),
        rules=rules.words(scale),
        withheld=_withheld(table, len(every) - len(shown), min_cell),
        people=rules.people,
        said=rules.said,
    )


def _protected(table: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Take out scores that rest on too few informants, and the two sides where either has too few."""
    few = table["n_informants"] < min_cell
    sides = few | (table[["n_council", "n_partner"]].fillna(0).min(axis=1) < min_cell)
    out = table.assign(**{name: table[name].mask(few) for name in _SCORE})
    out["n_informants"] = table["n_informants"].astype("float64").mask(few & (table["n_informants"] > 0))
    return out.assign(**{name: out[name].mask(sides) for name in (*_SIDES, "n_council", "n_partner")})


def _withheld(table: pd.DataFrame, reported: int, min_cell: int) -> str:
    sides = int((table["n_informants"].ge(min_cell) & table["side_gap"].isna()).sum())
    counts = {
        "the score of {}": int(table["n_informants"].isna().sum()),
        "the council's side beside the partners' for {}": sides,
    }
    parts = [words.format(f"{n} factor{'s' * (n > 1)}") for words, n in counts.items() if n]
    parts += [f"{reported} challenges, helps or kinds of support"] if reported else []
    if min_cell < 2 or not parts:
        return "Nothing is withheld."
    return f"What rests on fewer than {min_cell} people is not shown: {', '.join(parts)}."


def _check(values: pd.DataFrame, unit: str, scale: tuple[float, float]) -> None:
    if not (values["unit"] == unit).any():
        known = sorted(values["unit"].unique())
        raise MethodError(f"there are no ratings of {unit!r}", allowed=known, value=unit)
    off = values[~values["value"].between(*scale)]
    if not off.empty:
        raise MethodError(
            f"{len(off)} ratings lie off the scale {scale[0]:g} to {scale[1]:g}, such as {off['value'].iloc[0]:g}",
            where=f"factor {off['factor'].iloc[0]!r}",
        )


def _evidence(evidence: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["grade", "association", "association_low", "association_high"]
    if evidence is None:
        return pd.DataFrame(columns=columns)
    if evidence["factor"].duplicated().any():
        raise MethodError("the evidence grades a factor twice", fix="give one grade a factor, for one outcome")
    return evidence.set_index("factor").reindex(columns=columns)
