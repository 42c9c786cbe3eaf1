"""The study as a benchmark for a self-assessment: its partnerships' scores on the scale of the questionnaire."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.crosswalk import Crosswalk, translate_scores
from analysis.framework import Framework
from analysis.read_across import joined_with
from analysis.review.levels import rescale

#: Factors that a partnership of the study and a self-assessment must share for their patterns to be compared.
FEWEST_SHARED = 3


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What a self-assessment is held against.

    Attributes
    ----------
    table : DataFrame
        One row a partnership of the study and factor: `unit`, `factor`, `value`; empty where there is no benchmark.
    words : str
        What the comparison is and is not.
    """

    table: pd.DataFrame
    words: str

    def beside(self, values: pd.DataFrame) -> pd.DataFrame:
        """Return the benchmark moved to the level of a self-assessment, so that only the pattern is compared.

        Interviews and a questionnaire are different measures: a partnership of the study that scores higher on
        everything says nothing of respondents who are sparing with high ratings. Every unit is therefore moved so that
        its mean over the factors that both have is that of the respondents.

        Parameters
        ----------
        values : DataFrame
            Ratings of the self-assessment: `factor`, `value`.

        Returns
        -------
        DataFrame
            `unit`, `factor`, `value`; without units that share fewer than three factors, of which no pattern is left.
        """
        own = values.groupby("factor")["value"].mean().rename("own").reset_index()
        both = self.table.merge(own, on="factor")
        by_unit = both.groupby("unit")
        moved = both["value"] + by_unit["own"].transform("mean") - by_unit["value"].transform("mean")
        kept = both.assign(value=moved)[by_unit["factor"].transform("size") >= FEWEST_SHARED]
        return kept[["unit", "factor", "value"]].reset_index(drop=True)


def study_benchmark(
    scores: pd.DataFrame,
    *,
    framework: Framework,
    scale: tuple[float, float],
    to: tuple[float, float],
    crosswalk: Crosswalk,
    frameworks: Mapping[str, Framework],
    studied: str,
    leave_out: Collection[str] = (),
) -> Benchmark:
    """Return the study's scores in a framework on the scale of a questionnaire.

    Scores of the same framework are taken where the study has them, else those of its primary framework read across.

    Parameters
    ----------
    scores : DataFrame
        Table `scores`.
    framework : Framework
        Of the questionnaire.
    scale, to : tuple of float
        Ends of the study's scores and of the questionnaire, which are matched.
    crosswalk, frameworks
        From `study_crosswalk`.
    studied : str
        Key of the study's primary framework.
    leave_out : collection of str
        Units that are not to be in it: the partnership itself, where the study holds it.
    """
    level = scores[(scores["level"] == "partnership") & (scores["kind"] == "factor")]
    level = level[~level["unit"].isin(leave_out)]
    own = level[(level["framework"] == framework.key) & level["value"].notna()]
    how = f"The study's partnerships were scored from interviews ({scale[0]:g} to {scale[1]:g})"
    if own.empty and framework.key in joined_with(crosswalk, studied):
        read = translate_scores(level, crosswalk=crosswalk, frameworks=frameworks, source=studied, target=framework.key)
        own = read.table[read.table["value"].notna()]
        how += f" with another framework and are read across. {read.summary} This self-assessment was rated"
    elif own.empty:
        return Benchmark(
            pd.DataFrame(columns=["unit", "factor", "value"]),
            f"This study holds nothing to compare {framework.title} with; the middle of the scale serves instead.",
        )
    else:
        how += ", this self-assessment was rated"
    table = own[["unit", "factor"]].assign(value=rescale(own["value"], scale, to).clip(*to))
    words = (
        f"{how} by the respondents themselves ({to[0]:g} to {to[1]:g}). The ends of the two scales are matched, but "
        "the measures differ: compare the pattern over the factors, not the level."
    )
    return Benchmark(table.reset_index(drop=True), words)


def described(table: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Return `label`, `score` and what the nearest rating of the questionnaire means, for factors with a score."""
    rows = [
        (row.label, row.score, framework.anchors_of(framework.factor(str(row.factor)))[int(row.score + 0.5)])
        for row in table[table["score"].notna()].itertuples()
    ]
    return pd.DataFrame(rows, columns=["label", "score", "nearest description"])
