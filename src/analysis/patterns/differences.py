"""What one group of informants says that others do not: a council beside its partners. Descriptive only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from analysis.errors import MethodError
from analysis.patterns.matrix import code_case_matrix
from analysis.patterns.segments import Parents, need


@dataclass(frozen=True, slots=True)
class Difference:
    """One group of informants against all others, code by code.

    Attributes
    ----------
    table : DataFrame
        code, share_reference and share_others (of interviews that touch the code, 0-1), difference
        (reference minus others), n_reference and n_others (interviews asked), within (mean over partnerships
        with both of the difference inside a partnership), n_partnerships (with both), intensity_reference
        and intensity_others (where codings have intensities). Sorted by the difference, largest first.
    column, reference : str
        The column of the interviews, and its value that is the reference; "others" are all other stated
        values.
    n_not_stated : int
        Interviews left out because the column is empty.
    """

    table: pd.DataFrame
    column: str
    reference: str
    n_not_stated: int

    @property
    def summary(self) -> str:
        """Return one sentence: where the two differ most, either way."""
        if self.table.empty:
            return "No code to compare."
        top, bottom = self.table.iloc[0], self.table.iloc[-1]
        return (
            f"{top['code']} is raised more by {self.reference} ({top['share_reference']:.0%} of "
            f"{top['n_reference']} interviews, others {top['share_others']:.0%} of {top['n_others']}); "
            f"{bottom['code']} the least so ({bottom['share_reference']:.0%} against "
            f"{bottom['share_others']:.0%}). Descriptive: informants of one partnership are not independent."
        )


def group_difference(
    codings: pd.DataFrame,
    interviews: pd.DataFrame,
    *,
    column: str = "sector",
    reference: str = "council",
    codes: str = "factor",
    parents: Parents | None = None,
    order: Sequence[str] | None = None,
) -> Difference:
    """Return the share of interviews that touch each code, in one group and in all others.

    Parameters
    ----------
    codings, interviews, codes, parents, order
        As for `code_case_matrix`; `interviews` also has partnership.
    column, reference : str
        Column of `interviews`, and the value in it that is compared with all others.

    Raises
    ------
    MethodError
        Where nobody is in the reference group, or everybody.
    """
    need(interviews, ["interview", "partnership", column], table="interviews")
    stated = interviews[interviews[column].notna()]
    _check_groups(stated, column, reference)
    kept = codings[codings["interview"].isin(stated["interview"])]
    matrix = partial(code_case_matrix, kept, stated, codes=codes, parents=parents, order=order)
    touched = matrix(measure="binary").matrix
    known = stated.set_index("interview").loc[touched.columns]
    first = (known[column] == reference).to_numpy()
    table = pd.DataFrame(
        {
            "code": touched.index,
            "share_reference": touched.loc[:, first].mean(axis=1).to_numpy(),
            "share_others": touched.loc[:, ~first].mean(axis=1).to_numpy(),
        }
    )
    table["difference"] = table["share_reference"] - table["share_others"]
    table["n_reference"], table["n_others"] = int(first.sum()), int((~first).sum())
    within, pairs = _within(touched, known["partnership"].to_numpy(), first)
    table["within"], table["n_partnerships"] = within, pairs
    if "intensity" in kept and kept["intensity"].notna().any():
        weight = matrix(measure="weight").matrix.loc[touched.index, touched.columns]
        table["intensity_reference"] = weight.loc[:, first].mean(axis=1).to_numpy()
        table["intensity_others"] = weight.loc[:, ~first].mean(axis=1).to_numpy()
    table = table.sort_values(["difference", "code"], ascending=[False, True], ignore_index=True)
    return Difference(table, column, reference, len(interviews) - len(stated))


def _check_groups(stated: pd.DataFrame, column: str, reference: str) -> None:
    inside = (stated[column] == reference).sum()
    if inside == 0 or inside == len(stated):
        raise MethodError(
            f"{'nobody' if inside == 0 else 'everybody'} has {column} {reference!r}: there are no two groups",
            where=f"interviews, column {column}",
            allowed=tuple(map(str, sorted(stated[column].unique()))),
            value=reference,
            fix="name as `reference` a value that some interviews have and some have not",
        )


def _within(touched: pd.DataFrame, partnerships: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the mean over partnerships with both groups of the difference inside each, and their number."""
    gaps = []
    for partnership in pd.unique(partnerships):
        here = partnerships == partnership
        if (here & first).any() and (here & ~first).any():
            gaps.append(touched.loc[:, here & first].mean(axis=1) - touched.loc[:, here & ~first].mean(axis=1))
    if not gaps:
        return np.full(len(touched), np.nan), 0
    return np.mean(gaps, axis=0), len(gaps)
