"""How often each code appears in each group, and who was asked at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis.patterns.matrix import code_case_matrix
from analysis.patterns.segments import NOT_STATED, Parents, need, stated


@dataclass(frozen=True, slots=True)
class Frequency:
    """Codes in groups of interviews.

    Attributes
    ----------
    table : DataFrame
        The grouping columns, code, n_interviews (that touch the code), n_informants (interviews in the
        group), share_of_interviews (0-1), n_codings, share_of_words (0-1, where lengths are known).
    by : tuple of str
        The grouping columns.
    """

    table: pd.DataFrame
    by: tuple[str, ...]

    def crosstab(self, value: str = "share_of_interviews") -> pd.DataFrame:
        """Return one row per code and one column per group, in the order of the table."""
        wide = self.table.pivot(index="code", columns=list(self.by), values=value)
        groups = self.table[list(self.by)].drop_duplicates()
        named = groups[self.by[0]] if len(self.by) == 1 else pd.MultiIndex.from_frame(groups)
        return wide.reindex(index=self.table["code"].unique(), columns=named)

    @property
    def summary(self) -> str:
        """Return one sentence: the most and the least widespread code."""
        touched = self.table.groupby("code", sort=False)["n_interviews"].sum()
        asked = self.table.drop_duplicates(list(self.by))["n_informants"].sum()
        if touched.empty or asked == 0:
            return "No interview was coded."
        return (
            f"Of {asked} interviews in {len(self.table.drop_duplicates(list(self.by)))} groups by "
            f"{' and '.join(self.by)}, {touched.max()} touch {touched.idxmax()} (the most) and "
            f"{touched.min()} touch {touched.idxmin()} (the least)."
        )


def code_frequency(
    codings: pd.DataFrame,
    interviews: pd.DataFrame,
    by: str | Sequence[str] = "area",
    *,
    codes: str = "factor",
    parents: Parents | None = None,
    order: Sequence[str] | None = None,
) -> Frequency:
    """Return how often each code appears in each group of interviews.

    Parameters
    ----------
    codings, interviews, codes, parents, order
        As for `code_case_matrix`; the share of words is the mean over coders and is left out where the length
        of an interview or of a segment is not known.
    by : str or sequence of str
        Columns of `interviews`. Interviews with no value there form a group of their own, "not stated".
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    need(interviews, ["interview", *names], table="interviews")
    known = interviews.assign(**{name: stated(interviews[name]) for name in names})
    groups = known[list(names)].drop_duplicates().sort_values(list(names)).reset_index(drop=True)
    label = known[list(names)].merge(groups.reset_index(names="_group"), how="left")["_group"]
    known = known.assign(_group=label.to_numpy())
    matrix = partial(code_case_matrix, codings, known, cases="_group", codes=codes, parents=parents, order=order)
    counted = matrix(measure="count", coders="pooled").table
    table = groups.reset_index(names="case").merge(counted, on="case", how="right", validate="1:m")
    asked = known.groupby("_group").size()
    table["n_informants"] = table["case"].map(asked)
    table["share_of_interviews"] = table["n_interviews"] / table["n_informants"]
    columns = [*names, "code", "n_interviews", "n_informants", "share_of_interviews", "n_codings"]
    if _lengths_known(codings, known):
        covered = matrix(measure="coverage").table
        table["share_of_words"] = covered["value"].to_numpy()
        columns.append("share_of_words")
    return Frequency(table[columns], names)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who was asked.

    Attributes
    ----------
    table : DataFrame
        The grouping columns (every combination of their values), n_interviews, n_coded (by anybody),
        n_double_coded (by two or more).
    by : tuple of str
    """

    table: pd.DataFrame
    by: tuple[str, ...]

    @property
    def summary(self) -> str:
        """Return one sentence: interviews, empty cells, share coded twice."""
        total, coded = self.table["n_interviews"].sum(), self.table["n_coded"].sum()
        empty = int((self.table["n_interviews"] == 0).sum())
        double = self.table["n_double_coded"].sum()
        return (
            f"{total} interviews, {coded} of them coded and {double} by two coders or more; "
            f"{empty} of {len(self.table)} combinations of {' and '.join(self.by)} have none."
        )


def interview_coverage(
    interviews: pd.DataFrame, codings: pd.DataFrame, by: str | Sequence[str] = ("area", "role")
) -> Coverage:
    """Return how many interviews there are, coded once and coded twice, in every combination of groups.

    Parameters
    ----------
    interviews : DataFrame
        Columns interview and `by`; a missing value is the group "not stated".
    codings : DataFrame
        Columns interview, coder.
    by : str or sequence of str
    """
    names = [by] if isinstance(by, str) else list(by)
    need(interviews, ["interview", *names], table="interviews")
    need(codings, ["interview", "coder"], table="codings")
    readers = codings.groupby("interview")["coder"].nunique().reindex(interviews["interview"]).fillna(0)
    frame = interviews[names].apply(stated)
    frame = frame.assign(n_coded=(readers > 0).to_numpy(), n_double_coded=(readers > 1).to_numpy())
    counted = frame.groupby(names).agg(
        n_interviews=("n_coded", "size"), n_coded=("n_coded", "sum"), n_double_coded=("n_double_coded", "sum")
    )
    values = [sorted(frame[name].unique(), key=lambda value: (value == NOT_STATED, str(value))) for name in names]
    grid = pd.MultiIndex.from_product(values, names=names)
    if len(names) == 1:
        counted.index = pd.MultiIndex.from_arrays([counted.index], names=names)
    return Coverage(counted.reindex(grid, fill_value=0).astype("int64").reset_index(), tuple(names))


def _lengths_known(codings: pd.DataFrame, interviews: pd.DataFrame) -> bool:
    if "words" in interviews and interviews["words"].notna().all():
        return "words" in codings and bool(codings["words"].notna().all())
    return (
        "length" in interviews
        and bool(interviews["length"].notna().all())
        and {"start", "end"} <= set(codings.columns)
        and bool(codings[["start", "end"]].notna().all(axis=None))
    )
