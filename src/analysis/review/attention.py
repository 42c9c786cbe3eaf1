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
    supported : collection of str
        Grades of evidence by which a factor counts as one that matters in the study.
    """

    fewest: int = 3
    divided: float = 0.05
    supported: Collection[str] = ("strong", "moderate")

    def words(self, scale: tuple[float, float]) -> str:
        """Return the rules in plain words."""
        return (
            f"A factor is low where its score lies below the middle of the scale ({_middle(scale):g}) or below the "
            "middle half of the study's other partnerships, and a strength where it lies above that half; surely so "
            "where its whole interval does. It is to be talked about first where it is low and the study's evidence "
            f"that it matters is {_either(self.supported)}, and also to be talked about where its informants are "
            f"divided. Fewer than {self.fewest} informants: nothing is concluded."
        )


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
    informants = 0 if pd.isna(row["n_informants"]) else int(row["n_informants"])
    if informants < rules.fewest:
        said = "nobody spoke" if row["n_informants"] == 0 else f"fewer than {rules.fewest} informants spoke"
        return ATTENTION[4], [f"{said} of it"]
    low, divided = _low(row, scale), _apart(row, rules)
    supported = row["grade"] in rules.supported
    evidence = [f"evidence that it matters in this study: {row['grade']}"] if pd.notna(row["grade"]) else []
    if low:
        return ATTENTION[0] if supported else ATTENTION[1], [*low, *divided, *evidence]
    if divided:
        return ATTENTION[1], [*divided, *evidence]
    high = _high(row, scale)
    return (ATTENTION[2] if high else ATTENTION[3]), [*high, *evidence]


def _high(row: dict[str, Any], scale: tuple[float, float]) -> list[str]:
    """Above the middle half of the study; without a study, surely above the middle of the scale."""
    if pd.isna(row["study_high"]):
        return ["surely above the middle of the scale"] if row["low"] > _middle(scale) else []
    if row["score"] <= row["study_high"]:
        return []
    surely = "surely above" if row["low"] > row["study_high"] else "perhaps above"
    return [f"{surely} the middle half of the study's other partnerships"]


def _low(row: dict[str, Any], scale: tuple[float, float]) -> list[str]:
    found = []
    for line, name in (
        (_middle(scale), "the middle of the scale"),
        (row["study_low"], "the middle half of the study's other partnerships"),
    ):
        if row["score"] < line:
            surely = "surely below" if row["high"] < line else "perhaps below"
            found.append(f"{surely} {name}")
    return found


def _apart(row: dict[str, Any], rules: Rules) -> list[str]:
    found = []
    if row["divided"] < rules.divided:
        found.append("its informants differ more than is usual in the study")
    if row["side_low"] > 0 or row["side_high"] < 0:
        higher, lower = ("council", "partners") if row["side_gap"] > 0 else ("partners", "council")
        found.append(f"the {higher} put it higher than the {lower}")
    return found


def _middle(scale: tuple[float, float]) -> float:
    return (scale[0] + scale[1]) / 2.0


def _either(words: Collection[str]) -> str:
    return " or ".join(words) or "stated"
