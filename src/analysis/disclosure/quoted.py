"""Approved quotations beside what they show: where coders differ, and behind the cells of a table."""

from __future__ import annotations

import pandas as pd

from analysis.agreement import Disagreements
from analysis.disclosure.quotes import approved_excerpts, approved_numbers
from analysis.settings import Disclosure


def quoted_disagreements(
    apart: Disagreements,
    excerpts: pd.DataFrame,
    codings: pd.DataFrame,
    interviews: pd.DataFrame,
    *,
    policy: Disclosure,
) -> pd.DataFrame:
    """Return the approved quotations on which coders differ, with the values that they gave side by side.

    Nothing tells who spoke or who coded: the row of the interview in other tables can't be found by it.

    Parameters
    ----------
    apart : Disagreements
        Made with codings, so that it names those of each unit.
    excerpts, codings, interviews, policy
        As for `approved_excerpts`.

    Returns
    -------
    DataFrame
        factor, gave (such as "0 and 2"), text; the widest gap first.
    """
    rows = apart.table[["codings", *apart.coders]].explode("codings").dropna(subset=["codings"])
    rows = rows[rows["codings"].isin(approved_numbers(policy))].drop_duplicates("codings")
    found = []
    for number, *values in rows.itertuples(index=False, name=None):
        one = codings[codings["coding"] == number]
        gave = " and ".join(f"{value:g}" for value in sorted(pd.Series(values, dtype="float64").dropna()))
        said = approved_excerpts(excerpts, one, interviews, policy=policy, speaker="nobody")
        found.append(said.assign(gave=gave)[["factor", "gave", "text"]])
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["factor", "gave", "text"])
