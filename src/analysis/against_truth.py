"""Findings on the simulated study held against the truth that was put in: hits, misses and false alarms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from analysis.errors import MethodError

#: What a finding comes to, by whether the factor matters and whether it was found.
WORDS = {
    (True, True): "hit",
    (True, False): "missed",
    (False, True): "false alarm",
    (False, False): "rightly not found",
}


@dataclass(frozen=True, slots=True)
class AgainstTruth:
    """Findings beside the truth.

    Attributes
    ----------
    table : DataFrame
        One row a factor: `factor`, `matters`, `effect` (true correlation over all partnerships that could have been
        studied), `expected` (among those chosen for their reputation), `standardised` with bounds, `p_adjusted`,
        `grade`, `found`, `verdict` (hit, missed, false alarm, rightly not found), `holds_truth` (whether the interval
        holds `expected`).
    found_as : str
        What counts as found, in words.
    """

    table: pd.DataFrame
    found_as: str

    def count(self, verdict: str) -> int:
        """Return how many factors a verdict was given."""
        return int((self.table["verdict"] == verdict).sum())

    @property
    def summary(self) -> str:
        """Hits, misses and false alarms."""
        matters = int(self.table["matters"].sum())
        return (
            f"Of {matters} factors that matter in the simulated truth {self.count('hit')} were found and "
            f"{self.count('missed')} missed; of {len(self.table) - matters} that don't, {self.count('false alarm')} "
            f"raised a false alarm. Found means {self.found_as}."
        )


def against_truth(
    display: pd.DataFrame, truth: pd.DataFrame, *, grades: Collection[str] = ("strong", "moderate")
) -> AgainstTruth:
    """Hold the joint display of a simulated study against its truth.

    Parameters
    ----------
    display : DataFrame
        `joint_display`: `factor` (by label), `standardised` with bounds, `p_adjusted`, `grade`.
    truth : DataFrame
        `analysis.example.truth`: `label`, `effect`, `expected`, `matters`.
    grades : collection of str
        Grades of evidence that count as found; an estimate must have the sign of the truth besides.

    Raises
    ------
    MethodError
        The display lacks a factor of the truth.
    """
    named = truth[["label", "matters", "effect", "expected"]].rename(columns={"label": "factor"})
    columns = ["factor", "standardised", "standardised_low", "standardised_high", "p_adjusted", "grade"]
    table = named.merge(display[columns], on="factor", how="left", validate="one_to_one")
    lost = table.loc[table["grade"].isna(), "factor"]
    if len(lost):
        raise MethodError(f"the display lacks {lost.iloc[0]!r}", allowed=tuple(display["factor"]), value=lost.iloc[0])
    same_sign = (table["standardised"] * table["expected"] > 0) | ~table["matters"]
    found = table["grade"].isin(grades) & same_sign
    verdict = [WORDS[bool(matters), bool(f)] for matters, f in zip(table["matters"], found, strict=True)]
    holds = table["expected"].between(table["standardised_low"], table["standardised_high"])
    words = f"evidence graded {' or '.join(grades)}, with the true sign"
    return AgainstTruth(table.assign(found=found, verdict=verdict, holds_truth=holds), words)


def sides_against_truth(sides: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Hold the differences between council and partner informants against those put in.

    Parameters
    ----------
    sides : DataFrame
        Line `sides`: `factor`, `side_difference` (share of council informants who raise it, less partners').
    truth : DataFrame
        `label`, `sector_gap` (how much higher council informants see it, in standard deviations).

    Returns
    -------
    DataFrame
        `factor`, `sector_gap`, `side_difference`, `same_direction` (missing where no gap was put in).
    """
    named = truth[["label", "sector_gap"]].rename(columns={"label": "factor"})
    table = named.merge(sides[["factor", "side_difference"]], on="factor", how="left", validate="one_to_one")
    same = (table["sector_gap"] * table["side_difference"] > 0).astype(object)
    return table.assign(same_direction=same.where(table["sector_gap"] != 0))
