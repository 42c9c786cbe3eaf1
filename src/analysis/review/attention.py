"""Which factors a partnership may want to talk about, by stated rules, and why, in plain words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

#: What the rules come to, most pressing first.
ATTENTION = ("talk first", "talk", "strength", "as it is", "not enough said")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules by which attention is decided; every one is shown beside what it led to.

    Attributes
    ----------
    fewest : int
        Informants below which nothing is concluded.
    divided : float
        p of the spread of informants from which they count as divided.
    weak : float
        Agreement below which they count as divided where nobody else was asked the same: LeBreton and Senter (2008),
        Organizational Research Methods 11, 815-852, call agreement up to .50 weak or lacking.
    supported : collection of str
        Grades of evidence by which a factor counts as one that matters in the study.
    people : str
        What those who rated are called.
    others : str
        What the middle half of the benchmark is called.
    """

    fewest: int = 3
    divided: float = 0.05
    weak: float = 0.5
    supported: Collection[str] = ("strong", "moderate")
    people: str = "informants"
    others: str = "the middle half of the study's other partnerships"

    def words(self, scale: tuple[float, float]) -> str:
        """Return the rules in plain words."""
        return (
            f"A factor is low where its score lies below the middle of the scale ({_middle(scale):g}) or below "
            f"{self.others}, and a strength where it lies above that; surely so where its whole interval does. It is "
            f"to be talked about first where it is low and the study's evidence that it matters is "
            f"{_either(self.supported)}, and also to be talked about where its {self.people} are divided: they differ "
            f"more than is usual (p below {self.divided:g}), or agree less than {self.weak:g} where nobody else was "
            f"asked the same, or council and partners surely differ. Fewer than {self.fewest} {self.people}: nothing "
            "is concluded."
        )

    @property
    def said(self) -> str:
        """What those people did: they spoke of a factor in an interview, or rated it."""
        return "spoke of" if self.people == "informants" else "rated"


def judge(table: pd.DataFrame, scale: tuple[float, float], rules: Rules) -> pd.DataFrame:
    """Add `attention` and `reasons` to a table of levels.

    Parameters
    ----------
    table : DataFrame
        Columns of `unit_levels`, `side_gaps` and `benchmark_range`, and `grade`.
    scale : tuple of float
    rules : Rules
    """
    judged = [_judged(row, scale, rules) for row in table.to_dict("records")]
    return table.assign(
        attention=[attention for attention, _ in judged], reasons=["; ".join(reasons) for _, reasons in judged]
    )


def _judged(row: dict[str, Any], scale: tuple[float, float], rules: Rules) -> tuple[str, list[str]]:
    if pd.isna(row["n_informants"]) or row["n_informants"] < rules.fewest:
        who = "nobody" if row["n_informants"] == 0 else f"fewer than {rules.fewest} {rules.people}"
        return ATTENTION[4], [f"{who} {rules.said} it"]
    low, divided = _low(row, scale, rules), _apart(row, rules)
    if low:
        return ATTENTION[0] if row["grade"] in rules.supported else ATTENTION[1], [*low, *divided]
    if divided:
        return ATTENTION[1], divided
    high = _high(row, scale, rules)
    return (ATTENTION[2] if high else ATTENTION[3]), high


def _high(row: dict[str, Any], scale: tuple[float, float], rules: Rules) -> list[str]:
    """Above the middle half of the study; without a study, surely above the middle of the scale."""
    if pd.isna(row["study_high"]):
        return ["surely above the middle of the scale"] if row["low"] > _middle(scale) else []
    if row["score"] <= row["study_high"]:
        return []
    surely = "surely above" if row["low"] > row["study_high"] else "perhaps above"
    return [f"{surely} {rules.others}"]


def _low(row: dict[str, Any], scale: tuple[float, float], rules: Rules) -> list[str]:
    found = []
    for line, name in ((_middle(scale), "the middle of the scale"), (row["study_low"], rules.others)):
        if row["score"] < line:
            surely = "surely below" if row["high"] < line else "perhaps below"
            found.append(f"{surely} {name}")
    return found


def _apart(row: dict[str, Any], rules: Rules) -> list[str]:
    found = []
    if row["divided"] < rules.divided:
        found.append(f"its {rules.people} differ more than is usual in the study")
    elif pd.isna(row["divided"]) and row["agreement"] < rules.weak:
        found.append(f"its {rules.people} hardly agree ({row['agreement']:.2f})")
    if row["side_low"] > 0 or row["side_high"] < 0:
        higher, lower = ("council", "partners") if row["side_gap"] > 0 else ("partners", "council")
        found.append(f"the {higher} put it higher than the {lower}")
    return found


def _middle(scale: tuple[float, float]) -> float:
    return (scale[0] + scale[1]) / 2.0


def _either(words: Collection[str]) -> str:
    return " or ".join(words) or "stated"
