"""Quotations: from the approved list only, and never with role and area together."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import pandas as pd

from analysis.disclosure.cells import merge_roles
from analysis.errors import DisclosureError
from analysis.settings import Disclosure

Speaker = Literal["nobody", "role", "area"]


def approved_numbers(policy: Disclosure) -> frozenset[int]:
    """Return the numbers of codings whose words may be quoted."""
    return frozenset(policy.approved_quotes) if policy.quotes == "approved-only" else frozenset()


def approved_excerpts(
    excerpts: pd.DataFrame,
    codings: pd.DataFrame,
    interviews: pd.DataFrame,
    *,
    policy: Disclosure,
    speaker: Speaker = "role",
    factors: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return the words that a study has approved for quoting, each with either the role or the area of who said it.

    Nothing else of the informant is given, neither interview nor partnership: each of them has one area, and an
    interview has one role.

    Parameters
    ----------
    excerpts, codings, interviews : DataFrame
        The tables of these names.
    policy : Disclosure
        What the study says may leave it.
    speaker : {"nobody", "role", "area"}
        What is told of who spoke; a role in its broader form, where the study names one.
    factors : collection of str, optional
        Only codings of these.

    Returns
    -------
    DataFrame
        Columns framework, factor, text, and `role` or `area`, in the order of the codings.

    Raises
    ------
    DisclosureError
        Where the list approves a coding that has no words, which is most likely a slip of the pen.
    """
    approved = approved_numbers(policy)
    lost = sorted(approved - set(excerpts["coding"]))
    if lost:
        raise DisclosureError(
            f"the approved quotation {lost[0]} is no coding with words",
            where="study.yml, disclosure.approved_quotes",
            fix="look the number up among the excerpts; numbers change when raw files are added",
        )
    said = excerpts[excerpts["coding"].isin(approved)]
    told = said.merge(codings[["coding", "interview", "framework", "factor"]], on="coding", validate="1:1")
    people = merge_roles(interviews, policy.merge_roles)[["interview", "role", "area"]]
    told = told.merge(people, on="interview", validate="m:1").sort_values("coding")
    if factors is not None:
        told = told[told["factor"].isin(set(factors))]
    columns = ["framework", "factor", "text", *([] if speaker == "nobody" else [speaker])]
    return told[columns].reset_index(drop=True)
