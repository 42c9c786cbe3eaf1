"""Which rows a minimisation explains and which it must not cover, and the solution without expectations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.configurations import configurations_of
from analysis.qca.covers import MinimalCovers, reduce_chart
from analysis.qca.implicants import prime_implicants, prime_implicants_within
from analysis.qca.solution import Solution
from analysis.qca.truthtable import TruthTable

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SortedRows:
    """Row numbers by what they mean to a minimisation."""

    positive: Ints
    negative: Ints
    excluded: Ints


def sort_rows(table: TruthTable, contradictions: str, exclude: Sequence[int | str] | str | int) -> SortedRows:
    """Sort row numbers into those to explain, those that may not be covered, and those barred by the analyst."""
    meaning = {
        "1": "1",
        "0": "0",
        "?": "?",
        "C": {"negative": "0", "positive": "1", "remainder": "?"}[contradictions],
    }
    outputs = np.array([meaning[output] for output in table.outputs])
    excluded = _excluded_rows(table, outputs, exclude)
    positive = np.setdiff1d(table.rows[outputs == "1"], excluded)
    negative = np.union1d(table.rows[outputs == "0"], excluded)
    if not len(positive):
        raise _no_positive(table)
    return SortedRows(positive, negative, excluded)


def _excluded_rows(table: TruthTable, outputs: NDArray[np.str_], exclude: Sequence[int | str] | str | int) -> Ints:
    given = [exclude] if isinstance(exclude, (str, int, np.integer)) else list(exclude)
    judged = table.rows[outputs != "?"]
    found = [np.empty(0, dtype=np.int64)]
    for item in given:
        if isinstance(item, str) and not item.strip().isdigit():
            found.append(np.setdiff1d(table.rows_within(item), judged))
        elif 1 <= int(item) <= table.n_configurations:
            found.append(np.array([int(item)]))
        else:
            raise MethodError(
                f"there is no row {item} to exclude",
                where="minimise, exclude",
                allowed=[f"1 to {table.n_configurations}"],
                fix="Give row numbers of the complete truth table, or expressions.",
            )
    return np.unique(np.concatenate(found))


def _no_positive(table: TruthTable) -> MethodError:
    mixed = table.contradictions
    where = f"{len(table.rows)} configurations for {table.outcome}"
    if len(mixed):
        return MethodError(
            f"no configuration is sufficient for {table.outcome}; {len(mixed)} are contradictory and unresolved",
            where=f"{where}; contradictory rows {', '.join(str(row) for row in mixed['row'])}",
            fix="Look at these cases, add or recalibrate a condition, lower the inclusion cut with a "
            "reason, or take contradictions='positive'.",
        )
    best = np.nanmax(table.consistency) if np.isfinite(table.consistency).any() else np.nan
    return MethodError(
        f"no configuration is sufficient for {table.outcome}",
        where=where
        if np.isnan(best)
        else f"{where}; the highest consistency is {best:.3f}, the cut {table.cuts.inclusion:g}",
        fix="Lower the inclusion, PRI or frequency cut with a reason, or report that no combination suffices.",
    )


def solve(table: TruthTable, rows: SortedRows, remainders: str, limit: int) -> Solution:
    """Return the conservative (`remainders` "exclude") or parsimonious ("include") solution."""
    positive = configurations_of(rows.positive, table.levels)
    if remainders == "exclude":
        chart = prime_implicants_within(positive, positive, table.levels)
    else:
        if not len(rows.negative):
            raise MethodError(
                "no row is negative, so that with remainders included everything would suffice",
                where="the truth table",
                fix="Exclude remainders, or look for cases without the outcome.",
            )
        chart = prime_implicants(positive, configurations_of(rows.negative, table.levels), table.levels)
    covers = MinimalCovers(reduce_chart(chart.covers))
    kind = "conservative" if remainders == "exclude" else "parsimonious"
    excluded = tuple(rows.excluded.tolist())
    return Solution(
        table,
        kind,
        chart.terms,
        chart.covers,
        rows.positive,
        covers.count,
        limit,
        excluded=excluded,
        minimal=covers,
    )
