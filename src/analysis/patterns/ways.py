"""The same codes in several ways: together on words, in a paragraph, in an interview; in cases by several measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis.patterns.cooccurrence import CoOccurrence, co_occurrence
from analysis.patterns.matrix import code_case_matrix
from analysis.patterns.segments import Parents

#: Way of meeting to what it is called in a table.
WAYS = {"overlap": "overlap", "window": "paragraph", "interview": "interview"}
_NUMBERS = {"count": "times", "jaccard": "Jaccard"}
_FOOTING = {"overlap": "on overlapping words", "window": "in the same paragraph", "interview": "in the same interview"}


@dataclass(frozen=True, slots=True)
class CoOccurrenceWays:
    """Pairs of codes and how often they meet, in each way that the codings allow.

    Attributes
    ----------
    table : DataFrame
        One row a pair that meets in any way: code_a, code_b, and for each way (overlap, paragraph, interview) its
        count and Jaccard, such as `paragraph_count`, `paragraph_jaccard`. Closest on the closest footing first.
    found : dict of str to CoOccurrence
        Way (overlap, window, interview) to its co-occurrence.
    n_unplaced : int
        Codings without a place in characters, which meet others in an interview only.
    """

    table: pd.DataFrame
    found: dict[str, CoOccurrence]
    n_unplaced: int

    @property
    def closest(self) -> CoOccurrence:
        """The co-occurrence on the closest footing on which any two codes meet."""
        for result in self.found.values():
            if len(result.table):
                return result
        return self.found["interview"]

    @property
    def labels(self) -> dict[str, str]:
        """Headings of the table's columns."""
        each = {f"{way}_{name}": f"{way}: {words}" for way in WAYS.values() for name, words in _NUMBERS.items()}
        return {"code_a": "factor", "code_b": "with", **each}

    @property
    def footing(self) -> str:
        """How codes meet in the closest co-occurrence, in words."""
        return _FOOTING[self.closest.how]

    @property
    def summary(self) -> str:
        """Return one sentence: pairs, and the closest pair in each way."""
        if self.table.empty:
            return "No two codes meet."
        said = []
        for way, name in WAYS.items():
            if way in self.found and len(self.found[way].table):
                top = self.table.loc[self.table[f"{name}_jaccard"].idxmax()]
                said.append(f"by {name} {top['code_a']} and {top['code_b']} ({top[f'{name}_jaccard']:.2f})")
        return f"{len(self.table)} pairs of codes meet; the closest (Jaccard): {', '.join(said)}."


def co_occurrence_ways(
    codings: pd.DataFrame,
    spans: pd.DataFrame | None = None,
    others: pd.DataFrame | None = None,
    *,
    window: int = 500,
    codes: str = "factor",
    order: Sequence[str] = (),
) -> CoOccurrenceWays:
    """Return how often codes go together: on overlapping words, in a paragraph, and in an interview.

    Parameters
    ----------
    codings : DataFrame
        As for `co_occurrence`; start and end may be missing.
    spans : DataFrame, optional
        interview, start, end of paragraphs. The text of interviews without any is cut into windows.
    others : DataFrame, optional
        Codings of another framework, beside those of which `codings` are set.
    window : int
        Length of those windows, in characters.
    codes, order
        As for `co_occurrence`.
    """
    meet = partial(co_occurrence, codes=codes, order=order)
    placed, beside = (None if part is None else part.dropna(subset=["start", "end"]) for part in (codings, others))
    ways = {"interview": meet(codings, others, how="interview")}
    if placed is not None and len(placed) and (beside is None or len(beside)):
        ways["overlap"] = meet(placed, beside, how="overlap")
        cut = _paragraphs(pd.concat([placed, beside]), spans, window)
        ways["window"] = meet(placed, beside, how="window", spans=cut)
    every = [part for part in (codings, others) if part is not None]
    n_unplaced = sum(int(part[["start", "end"]].isna().any(axis=1).sum()) for part in every)
    found = {way: ways[way] for way in WAYS if way in ways}
    return CoOccurrenceWays(_side_by_side(found), found, n_unplaced)


def _side_by_side(found: Mapping[str, CoOccurrence]) -> pd.DataFrame:
    """Return one row a pair, with count and Jaccard under each way; 0 where the pair does not meet in it."""
    keys = ["code_a", "code_b"]
    table = pd.DataFrame(columns=keys)
    for way, result in found.items():
        named = {name: f"{WAYS[way]}_{name}" for name in _NUMBERS}
        table = table.merge(result.table[[*keys, *named]].rename(columns=named), on=keys, how="outer")
    numbers = table.columns.drop(keys)
    table[numbers] = table[numbers].astype("float64").fillna(0.0)
    by = [name for name in numbers if name.endswith("_jaccard")]
    table = table.astype({name: "int64" for name in numbers if name not in by})
    return table.sort_values([*by, *keys], ascending=[*[False] * len(by), True, True], ignore_index=True)


def _paragraphs(placed: pd.DataFrame, spans: pd.DataFrame | None, window: int) -> pd.DataFrame:
    """Return the paragraphs, and windows that tile the texts of interviews without them up to their last segment."""
    columns = ["interview", "start", "end"]
    known = pd.DataFrame(columns=columns) if spans is None else spans[columns]
    rest = placed[~placed["interview"].isin(known["interview"])].groupby("interview")["end"].max()
    tiles = [
        (interview, start, start + window) for interview, end in rest.items() for start in range(0, int(end), window)
    ]
    cut = pd.DataFrame(tiles, columns=columns)
    return pd.concat([part for part in (known, cut) if len(part)] or [cut], ignore_index=True)


def code_case_measures(
    codings: pd.DataFrame,
    interviews: pd.DataFrame,
    *,
    cases: str,
    codes: str = "factor",
    parents: Parents | None = None,
    order: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return codes by cases under every measure that the data allow, one row a code and case.

    Parameters
    ----------
    codings, interviews, cases, codes, parents, order
        As for `code_case_matrix`.

    Returns
    -------
    DataFrame
        case, code, n_interviews (that touch it), count, and, where the lengths of texts and the intensities are
        known, coverage (share of the words, 0-1) and weight (mean intensity).
    """
    matrix = partial(code_case_matrix, codings, interviews, cases=cases, codes=codes, parents=parents, order=order)
    measures = ["count"]
    known = interviews.get("words", pd.Series(dtype="float64"))
    if len(known) and known.notna().all() and codings["words"].notna().all():
        measures.append("coverage")
    if len(codings) and codings["intensity"].notna().all():
        measures.append("weight")
    table = matrix(measure="count").table
    made = {name: table["value"] if name == "count" else matrix(measure=name).table["value"] for name in measures}
    return table[["case", "code", "n_interviews"]].assign(**made)
