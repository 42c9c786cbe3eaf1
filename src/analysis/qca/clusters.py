"""Cluster diagnostics: whether a relation found in the pooled cases holds in each area, and without each area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.fit import consistency, coverage
from analysis.qca.protocol import Analysis
from analysis.qca.robustness import sets_of
from analysis.qca.sets import Sets

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ClusterDiagnostics:
    """Consistency and coverage, pooled and by cluster.

    Attributes
    ----------
    outcome, relation : str
    table : DataFrame
        `term`, `level` ("pooled"; "between": one cluster by itself; "within": one unit over all clusters),
        `cluster`, `cases`, `consistency`, `coverage`. Where a cluster has no member the ratio is NaN: not
        available.
    distances : DataFrame
        `term`, `between`, `within`: Euclidean distance of the clusters' (units') shares of consistency from
        equal shares; 0 where all are alike (Garcia-Castro & Arino 2016). Clusters without a ratio are left
        out (SetMethods counts them as 1).
    """

    outcome: str
    relation: str
    table: pd.DataFrame
    distances: pd.DataFrame

    @property
    def summary(self) -> str:
        """One sentence with the term whose consistency differs most between clusters."""
        between = self.table[self.table["level"] == "between"].dropna(subset="consistency")
        if between.empty:
            return "No cluster has a member in any term."
        worst = between.loc[between["consistency"].idxmin()]
        pooled = self.table[(self.table["level"] == "pooled") & (self.table["term"] == worst["term"])].iloc[0]
        return (
            f"The lowest consistency in one cluster is {worst['consistency']:.3f}, of {worst['term']} in "
            f"{worst['cluster']} "
            f"({worst['cases']} cases), against {pooled['consistency']:.3f} pooled."
        )


def cluster_diagnostics(
    data: pd.DataFrame,
    terms: str | Sequence[str],
    outcome: str,
    cluster: str,
    unit: str | None = None,
    *,
    relation: str = "sufficiency",
    case_names: str | Sequence[str] | None = None,
) -> ClusterDiagnostics:
    """Compute pooled, between-cluster and within-unit consistency and coverage of each term.

    Parameters
    ----------
    data : DataFrame
        Memberships, and the columns `cluster` and `unit`.
    terms : str or sequence of str
        Expressions; a model's terms, for instance.
    outcome : str
    cluster : str
        The column that groups the cases: the area.
    unit : str, optional
        A column with units that occur in several clusters (a partnership seen in several years).
    relation : {"sufficiency", "necessity"}
    case_names : str or sequence of str, optional

    Raises
    ------
    MethodError
        No such column, or an expression that can't be read.
    """
    for column in (cluster, unit):
        if column is not None and column not in data.columns:
            raise MethodError(
                f"there is no column {column!r}",
                where="cluster_diagnostics",
                allowed=list(data.columns),
                value=column,
                fix="Name a column.",
            )
    if relation not in {"sufficiency", "necessity"}:
        raise MethodError(
            f"unknown relation {relation!r}",
            allowed=["sufficiency", "necessity"],
            value=relation,
            fix="Name one of these.",
        )
    texts = [terms] if isinstance(terms, str) else list(terms)
    sets = sets_of(data, texts, outcome, case_names)
    groups = {"between": data[cluster].astype(str).to_numpy()}
    if unit is not None:
        groups["within"] = data[unit].astype(str).to_numpy()
    rows = [row for text in texts for row in _rows(text, sets, groups, relation)]
    table = pd.DataFrame(rows, columns=["term", "level", "cluster", "cases", "consistency", "coverage"])
    distances = [
        {"term": text, **{level: _distance(table, text, level) for level in ("between", "within")}} for text in texts
    ]
    return ClusterDiagnostics(sets.outcome, relation, table, pd.DataFrame(distances))


def _rows(text: str, sets: Sets, groups: dict[str, NDArray[np.str_]], relation: str) -> list[tuple[object, ...]]:
    x = sets.evaluate(text)
    rows: list[tuple[object, ...]] = [(text, "pooled", "all", len(x), *_ratios(x, sets.y, relation))]
    for level, labels in groups.items():
        for name in np.unique(labels):
            here = labels == name
            rows.append((text, level, str(name), int(here.sum()), *_ratios(x[here], sets.y[here], relation)))
    return rows


def _ratios(x: Floats, y: Floats, relation: str) -> tuple[float, float]:
    over_x, over_y = float(consistency(x, y)), float(coverage(x, y))
    return (over_x, over_y) if relation == "sufficiency" else (over_y, over_x)


def _distance(table: pd.DataFrame, term: str, level: str) -> float:
    values = table.loc[(table["term"] == term) & (table["level"] == level), "consistency"].dropna().to_numpy()
    if not len(values) or values.sum() == 0:
        return float("nan")
    return float(np.sqrt(((values / values.sum() - 1 / len(values)) ** 2).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOut:
    """The analysis repeated without each cluster.

    Attributes
    ----------
    table : DataFrame
        `left_out`, `cases`, `models` (how many), `same` (all models as with all cases), `solution` (the
        first model, or why there is none), `consistency`, `coverage` (of the first full model in the
        remaining cases).
    solution : str
        The first model with all cases.
    """

    table: pd.DataFrame
    solution: str

    @property
    def summary(self) -> str:
        """One sentence with the clusters that matter."""
        changed = self.table.loc[~self.table["same"], "left_out"].tolist()
        if not changed:
            return f"Leaving out any of the {len(self.table)} clusters leaves the solution as it is."
        return (
            f"Leaving out {len(changed)} of the {len(self.table)} clusters changes the solution: {', '.join(changed)}."
        )


def leave_one_cluster_out(data: pd.DataFrame, plan: Analysis, cluster: str) -> LeaveOneOut:
    """Repeat an analysis without each cluster in turn.

    Parameters
    ----------
    data : DataFrame
        Memberships, and the column `cluster`.
    plan : Analysis
    cluster : str
    """
    full = plan.run(data)
    whole = {frozenset(model) for model in full.models}
    member = full.membership(0).to_numpy()
    y = plan.sets(data).y
    rows = []
    for name in sorted(data[cluster].astype(str).unique()):
        keep = (data[cluster].astype(str) != name).to_numpy()
        row = {"left_out": name, "cases": int(keep.sum()), "models": 0, "same": False, "solution": ""}
        try:
            solution = plan.run(data[keep])
            row |= {"models": solution.n_models, "same": {frozenset(m) for m in solution.models} == whole}
            row["solution"] = solution.expression(0)
        except MethodError as error:
            row["solution"] = f"none: {error.what}"
        rows.append(
            row
            | {
                "consistency": float(consistency(member[keep], y[keep])),
                "coverage": float(coverage(member[keep], y[keep])),
            }
        )
    return LeaveOneOut(pd.DataFrame(rows), full.expression(0))
