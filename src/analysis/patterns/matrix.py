"""The code x case matrix: how often, whether, how widely and how strongly each code appears in each case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import MethodError
from analysis.patterns.segments import Parents, join_interviews, need, once_covered, roll_up, stated

MEASURES = ("count", "binary", "coverage", "weight")
CODERS = ("mean", "pooled")


@dataclass(frozen=True, slots=True)
class CodeCaseMatrix:
    """Codes by cases.

    Attributes
    ----------
    table : DataFrame
        One row per code and case: code, case, value, n_interviews (of the case with the code), n_codings.
    members : DataFrame
        code, case, coding (and interview, where cases are wider): what stands behind each cell, for
        drill-down.
    measure : str
        count (codings), binary (0/1), coverage (share of the case's words, 0-1) or weight (mean intensity).
    cases : str
        The column that the cases are.
    """

    table: pd.DataFrame
    members: pd.DataFrame
    measure: str
    cases: str

    @property
    def matrix(self) -> pd.DataFrame:
        """Return the values, one row per code and one column per case."""
        wide = self.table.pivot(index="code", columns="case", values="value")
        return wide.reindex(index=self.table["code"].unique(), columns=self.table["case"].unique())

    @property
    def summary(self) -> str:
        """Return one sentence: size, share of cells filled, the widest code."""
        filled = self.table["n_codings"] > 0
        spread = self.table[filled].groupby("code", sort=False).size()
        size = f"{self.table['code'].nunique()} codes by {self.table['case'].nunique()} {self.cases}s"
        if spread.empty:
            return f"{size}: no cell is filled."
        return (
            f"{size}: {filled.mean():.0%} of the cells are filled; {spread.idxmax()} appears in the most "
            f"{self.cases}s ({spread.max()} of {self.table['case'].nunique()})."
        )

    def codings_of(self, code: str, case: str) -> list[object]:
        """Return the codings behind one cell."""
        here = (self.members["code"] == code) & (self.members["case"] == case)
        return self.members.loc[here, "coding"].tolist()


def code_case_matrix(
    codings: pd.DataFrame,
    interviews: pd.DataFrame,
    *,
    measure: str = "count",
    cases: str = "interview",
    codes: str = "factor",
    coders: str = "mean",
    parents: Parents | None = None,
    order: Sequence[str] | None = None,
) -> CodeCaseMatrix:
    """Return the code x case matrix.

    Parameters
    ----------
    codings : DataFrame
        Columns coding, interview, coder, the column `codes`; intensity for "weight", words (or start and
        end) for "coverage".
    interviews : DataFrame
        Columns interview, the column `cases`; words (or length, in characters) for "coverage".
    measure : {"count", "binary", "coverage", "weight"}
    cases : str
        Column of `interviews`: interview, partnership, area, role, ...; a missing value is the case "not stated".
    codes : str
        Column of `codings`: factor, code, ...
    coders : {"mean", "pooled"}
        "mean": each coder's reading of an interview, averaged over those who coded it (binary: any of them).
        "pooled": all codings as if one coder had made them.
    parents : mapping, optional
        Code to the code above it: codes above are rows too and take in all below them; text that several of
        them cover counts once.
    order : sequence of str, optional
        All codes, in the order of the rows, so that a code nobody used has a row as well.

    Raises
    ------
    MethodError
        On a missing column or an unknown measure.
    """
    _check(measure, coders)
    need(interviews, ["interview", cases], table="interviews")
    interviews = interviews.assign(**{cases: stated(interviews[cases])})
    frame = _prepared(codings, interviews, measure=measure, cases=cases, codes=codes, coders=coders)
    frame = roll_up(frame, "code", parents)
    columns = sorted(interviews[cases].unique()) if cases != "interview" else list(interviews["interview"])
    rows = list(order) if order is not None else _row_order(frame, parents)
    by_interview = _by_interview(frame, interviews, measure)
    cells = _by_case(by_interview, interviews, measure, cases)
    grid = pd.MultiIndex.from_product([rows, columns], names=["code", "case"])
    table = cells.reindex(grid).reset_index()
    table[["n_interviews", "n_codings"]] = table[["n_interviews", "n_codings"]].fillna(0).astype("int64")
    if measure != "weight":
        table["value"] = table["value"].fillna(0.0)
    kept = ["code", "case", "coding", *(["interview"] if cases != "interview" else [])]
    return CodeCaseMatrix(table, frame[kept].reset_index(drop=True), measure, cases)


def _check(measure: str, coders: str) -> None:
    for name, value, allowed in (("measure", measure, MEASURES), ("coders", coders, CODERS)):
        if value not in allowed:
            raise MethodError(f"there is no {name} {value!r}", allowed=allowed, value=value, fix="name one of these")


def _prepared(
    codings: pd.DataFrame, interviews: pd.DataFrame, *, measure: str, cases: str, codes: str, coders: str
) -> pd.DataFrame:
    extra = {"weight": ["intensity"]}.get(measure, [])
    need(codings, ["coding", "interview", "coder", codes, *extra], table="codings")
    frame = join_interviews(codings, interviews, [cases] if cases != "interview" else [])
    frame = frame.assign(code=frame[codes], case=frame[cases]).dropna(subset=["code"])
    if coders == "pooled":
        frame = frame.assign(coder="all")
    return frame


def _row_order(frame: pd.DataFrame, parents: Parents | None) -> list[str]:
    """Return the codes in the order of the alphabet, each code above the codes below it."""
    above = dict(parents or {})

    def line(code: str) -> tuple[str, ...]:
        return (*line(above[code]), code) if code in above else (code,)

    return sorted(frame["code"].unique(), key=line)


def _by_interview(frame: pd.DataFrame, interviews: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return one row per code and interview: value, n_codings, joined over coders."""
    keys = ["code", "interview", "coder"]
    reading = READINGS[measure](frame, keys, interviews)
    cells = reading.groupby(level=["code", "interview"], sort=False).agg(["sum", "mean", "max"])
    readers = frame.groupby("interview")["coder"].nunique()
    value = {"binary": cells["max"], "weight": cells["mean"]}.get(measure)
    if value is None:
        value = cells["sum"] / readers.reindex(cells.index.get_level_values("interview")).to_numpy()
    n = frame.drop_duplicates(["code", "coding"]).groupby(["code", "interview"], sort=False).size()
    return pd.DataFrame({"value": value, "n_codings": n.reindex(value.index)}).reset_index()


def _by_case(cells: pd.DataFrame, interviews: pd.DataFrame, measure: str, cases: str) -> pd.DataFrame:
    known = interviews.set_index("interview")
    case = cells["interview"] if cases == "interview" else cells["interview"].map(known[cases])
    size = _size(interviews).reindex(cells["interview"]).to_numpy() if measure == "coverage" else np.ones(len(cells))
    grouped = cells.assign(case=case, weighted=cells["value"] * size).groupby(["code", "case"], sort=False)
    table = grouped.agg(
        total=("weighted", "sum"),
        mean=("value", "mean"),
        most=("value", "max"),
        n_interviews=("interview", "nunique"),
        n_codings=("n_codings", "sum"),
    )
    if measure == "coverage":
        owners = interviews["interview"] if cases == "interview" else interviews[cases]
        whole = _size(interviews).groupby(owners.to_numpy()).sum()
        value = table["total"] / whole.reindex(table.index.get_level_values("case")).to_numpy()
    else:
        value = {"count": table["total"], "binary": table["most"], "weight": table["mean"]}[measure]
    return table.assign(value=value)[["value", "n_interviews", "n_codings"]]


def _size(interviews: pd.DataFrame) -> pd.Series:
    """Return each interview's length, in words where known for all, else in characters."""
    for column in ("words", "length"):
        if column in interviews and interviews[column].notna().all():
            return interviews.set_index("interview")[column].astype("float64")
    raise MethodError(
        "coverage needs the length of every interview",
        where="interviews, column words (or length, in characters)",
        fix="add the number of words of each interview, or use the measure 'count'",
    )


def _coverage(frame: pd.DataFrame, keys: list[str], interviews: pd.DataFrame) -> pd.Series:
    size = _size(interviews)
    in_words = "words" in interviews and interviews["words"].notna().all()
    if in_words:
        need(frame, ["words"], table="codings")
        length = frame["words"].astype("float64")
    else:
        length = (frame["end"] - frame["start"]).astype("float64")
    share = once_covered(frame, keys) if {"start", "end"} <= set(frame.columns) else 1.0
    covered = (length * share).groupby([frame[key] for key in keys], sort=False).sum()
    whole = size.reindex(covered.index.get_level_values("interview")).to_numpy()
    return (covered / whole).clip(upper=1.0)


Reading = Callable[[pd.DataFrame, list[str], pd.DataFrame], pd.Series]
READINGS: dict[str, Reading] = {
    "count": lambda frame, keys, _: frame.groupby(keys, sort=False)["coding"].nunique().astype("float64"),
    "binary": lambda frame, keys, _: frame.groupby(keys, sort=False).size().clip(upper=1).astype("float64"),
    "coverage": _coverage,
    "weight": lambda frame, keys, _: frame.groupby(keys, sort=False)["intensity"].mean(),
}
