"""Which factor of one framework meets which of another, and scores of one read as the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field

from analysis.errors import MethodError, StudyError
from analysis.framework import PROJECT_FRAMEWORKS, Framework, Slug, Text, find_factor
from analysis.yamlfile import line_of, load_model, raise_all

Strength = Literal["full", "part"]
#: Weight of a link where scores of several factors are joined.
WEIGHTS: dict[str, float] = {"full": 1.0, "part": 0.5}
FILE_NAME = "crosswalk.yml"


class Link(BaseModel, frozen=True, extra="forbid"):
    """One judgement: a factor of the crosswalk's framework meets an entry of another one.

    Attributes
    ----------
    factor : str
        Key in the crosswalk's own framework.
    meets : str
        Reference into the other framework, `framework/key`.
    strength : {"full", "part"}
    reason : str
        Why, in a sentence.
    """

    factor: Slug
    meets: Text
    strength: Strength
    reason: Text


class Crosswalk(BaseModel, frozen=True, extra="forbid"):
    """All links of one framework to others."""

    title: Text
    framework: Slug
    links: Annotated[tuple[Link, ...], Field(min_length=1)]

    @property
    def table(self) -> pd.DataFrame:
        """Tidy frame, one row a link: framework, factor, other_framework, other_factor, strength, reason."""
        rows = [
            (self.framework, link.factor, *link.meets.split("/", 1), link.strength, link.reason) for link in self.links
        ]
        names = ["framework", "factor", "other_framework", "other_factor", "strength", "reason"]
        return pd.DataFrame(rows, columns=names)

    @property
    def others(self) -> tuple[str, ...]:
        """Keys of the other frameworks, in the order of their first link."""
        return tuple(dict.fromkeys(link.meets.partition("/")[0] for link in self.links))


@dataclass(frozen=True, slots=True)
class Translation:
    """Scores of one framework read as another.

    Attributes
    ----------
    table : DataFrame
        One row a unit and factor of the target: `level`, `unit`, `framework`, `factor`, `value` (missing
        where nothing can be read), `strength` of the best link used, `n_sources` factors used, `coverage`
        (share of the factor's links, by weight, that had a score, 0-1).
    coverage : DataFrame
        One row a factor of the target: `factor`, `strength` (`full`, `part` or `none`), `sources`, `readable`
        (share of units).
    source, target : str
        Keys of the frameworks.
    """

    table: pd.DataFrame
    coverage: pd.DataFrame
    source: str
    target: str

    @property
    def summary(self) -> str:
        """One plain sentence that says how much of the target could be read."""
        count = self.coverage["strength"].value_counts()
        total = len(self.coverage)
        return (
            f"Of {total} factors of {self.target}, {count.get('full', 0)} can be read in full from "
            f"{self.source}, {count.get('part', 0)} in part and {count.get('none', 0)} not at all."
        )


def load_crosswalk(frameworks: Mapping[str, Framework], path: Path | str = PROJECT_FRAMEWORKS / FILE_NAME) -> Crosswalk:
    """Read a crosswalk and hold every reference against the frameworks.

    Parameters
    ----------
    frameworks : mapping
        All frameworks by key.
    path : path
        The project's own, unless a study has one in its `frameworks/` folder.

    Raises
    ------
    StudyError, GroupedError
        Unknown framework or factor, a link given twice, a link within one framework; each with its line.
    """
    crosswalk, lines = load_model(Path(path), Crosswalk, StudyError)
    errors: list[StudyError] = []
    seen: set[tuple[str, str]] = set()
    for i, link in enumerate(crosswalk.links):
        where = f"{path}, line {line_of(lines, ('links', i))}"
        try:
            _, factor = find_factor(f"{crosswalk.framework}/{link.factor}", dict(frameworks))
            other, target = find_factor(link.meets, dict(frameworks))
        except StudyError as error:
            errors.append(StudyError(error.what, where=where, allowed=error.allowed, value=error.value))
            continue
        if f"{other.key}/{target.key}" != link.meets or factor.key != link.factor:
            errors.append(StudyError("a link must name keys, not numbers", where=where, value=link.meets))
        if other.key == crosswalk.framework:
            errors.append(StudyError("a link must lead to another framework", where=where))
        if (link.factor, link.meets) in seen:
            errors.append(StudyError(f"{link.factor} meets {link.meets} twice", where=where, fix="keep one"))
        seen.add((link.factor, link.meets))
    raise_all([*errors])
    return crosswalk


def crosswalk_matrix(crosswalk: Crosswalk, frameworks: Mapping[str, Framework], other: str) -> pd.DataFrame:
    """Return the strengths as a matrix of labels: factors by entries of one other framework, '' where none.

    Returns
    -------
    DataFrame, shape (n_factors, n_entries)
        Index and columns are factor keys in the frameworks' order; values `full`, `part` or ''.
    """
    rows = [factor.key for factor in frameworks[crosswalk.framework].factors]
    columns = [factor.key for factor in _known(crosswalk, frameworks, other).factors]
    matrix = pd.DataFrame("", index=rows, columns=columns)
    links = crosswalk.table.query("other_framework == @other")
    for link in links.itertuples():
        matrix.loc[link.factor, link.other_factor] = link.strength
    return matrix


def _known(crosswalk: Crosswalk, frameworks: Mapping[str, Framework], other: str) -> Framework:
    if other not in crosswalk.others:
        raise MethodError(
            f"the crosswalk of {crosswalk.framework} has no links to {other!r}",
            allowed=crosswalk.others,
            value=other,
        )
    return frameworks[other]


def translate_scores(
    scores: pd.DataFrame,
    *,
    crosswalk: Crosswalk,
    frameworks: Mapping[str, Framework],
    source: str,
    target: str,
    least: Strength = "part",
) -> Translation:
    """Read scores of one framework as scores of another, where the crosswalk allows it.

    A factor of the target is the weighted mean of the factors that it meets (weight 1 for a full link, 0.5
    for one in part), over those with a score. This is a reading, not a measurement: what only one of the two
    frameworks asks for is lost.

    Parameters
    ----------
    scores : DataFrame
        Columns `unit`, `framework`, `factor`, `value`, and `level` where units of several levels stand in it.
    crosswalk : Crosswalk
        Read in either direction.
    frameworks : mapping
        All frameworks by key.
    source, target : str
        Keys; one of them is the crosswalk's own framework.
    least : {"part", "full"}
        Weakest strength of a link that is used.

    Raises
    ------
    MethodError
        The crosswalk does not join the two, or a column is missing.
    """
    links = _links(crosswalk, frameworks, source, target)
    links = links[links["strength"].isin(["full"] if least == "full" else ["full", "part"])]
    used = _used(scores, source)
    joined = used.merge(links, on="factor", how="inner", validate="many_to_many")
    read = joined[joined["value"].notna()].assign(
        weighted=lambda frame: frame["value"] * frame["weight"],
        full=lambda frame: frame["strength"] == "full",
    )
    sums = read.groupby(["level", "unit", "target"], as_index=False).agg(
        weighted=("weighted", "sum"),
        weight=("weight", "sum"),
        n_sources=("factor", "nunique"),
        full=("full", "any"),
    )
    keys = [factor.key for factor in frameworks[target].factors]
    table = used[["level", "unit"]].drop_duplicates().merge(pd.DataFrame({"target": keys}), how="cross")
    table = table.merge(sums, on=["level", "unit", "target"], how="left", validate="one_to_one")
    total = table["target"].map(links.groupby("target")["weight"].sum())
    read_any = table["n_sources"].notna()
    table = table.assign(
        framework=target,
        factor=table["target"],
        value=table["weighted"] / table["weight"],
        strength=np.where(read_any, np.where(table["full"].eq(True), "full", "part"), "none"),
        n_sources=table["n_sources"].fillna(0).astype("int64"),
        coverage=(table["weight"] / total).fillna(0.0),
    )
    columns = ["level", "unit", "framework", "factor", "value", "strength", "n_sources", "coverage"]
    coverage = _coverage(links, table, keys)
    return Translation(table=table[columns], coverage=coverage, source=source, target=target)


def _links(crosswalk: Crosswalk, frameworks: Mapping[str, Framework], source: str, target: str) -> pd.DataFrame:
    """Return `factor` (of the source), `target` (its factor), `strength` and `weight` of each link."""
    pair = {source, target}
    if crosswalk.framework not in pair or len(pair) < 2:
        raise MethodError(
            f"the crosswalk joins {crosswalk.framework} with others, not {source} with {target}",
            allowed=[crosswalk.framework],
        )
    other = next(iter(pair - {crosswalk.framework}))
    _known(crosswalk, frameworks, other)
    links = crosswalk.table.query("other_framework == @other")
    forward = source == crosswalk.framework
    names = (
        {"factor": "factor", "other_factor": "target"} if forward else {"other_factor": "factor", "factor": "target"}
    )
    links = links[["factor", "other_factor", "strength"]].rename(columns=names)
    return links.assign(weight=links["strength"].map(WEIGHTS))


def _used(scores: pd.DataFrame, source: str) -> pd.DataFrame:
    missing = [name for name in ("unit", "framework", "factor", "value") if name not in scores.columns]
    if missing:
        raise MethodError(f"the scores have no column {missing[0]!r}", allowed=list(scores.columns))
    used = scores[scores["framework"] == source]
    if "kind" in used.columns:  # scores of groups of factors stand in the same table
        used = used[used["kind"] == "factor"]
    if used.empty:
        found = sorted(scores["framework"].dropna().unique())
        raise MethodError(f"there are no scores of {source!r}", allowed=found, value=source)
    level = used["level"] if "level" in used.columns else "unit"
    return used.assign(level=level)[["level", "unit", "factor", "value"]]


def _coverage(links: pd.DataFrame, table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    rows = []
    for key in keys:
        own = links[links["target"] == key]
        strength = "full" if own["strength"].eq("full").any() else "part" if len(own) else "none"
        readable = table.loc[table["factor"] == key, "value"].notna().mean()
        rows.append((key, strength, ", ".join(own["factor"]), float(readable)))
    return pd.DataFrame(rows, columns=["factor", "strength", "sources", "readable"])
