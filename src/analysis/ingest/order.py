"""The order of rows: by pseudonym, so that no table tells in which order the raw files name people and places."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

#: Columns that rows are sorted by; other tables keep their order, which the study's own description gives them.
ORDER: Mapping[str, tuple[str, ...]] = {
    "interviews": ("interview",),
    "codings": ("interview", "start", "end", "coder", "source_row"),
    "spans": ("interview", "kind", "start"),
    "ratings": ("interview", "coder"),
    "outcomes": ("partnership", "informant"),
    "scores": ("kind", "level", "unit"),
}
#: And by these where places stand under pseudonyms as well: raw files are one to an area, more often than not.
ORDER_OF_PLACES: Mapping[str, tuple[str, ...]] = {
    "outcomes": ORDER["outcomes"],
    "scores": ORDER["scores"],
    "sources": ("file",),
    "attributes": ("file",),
    "import_log": ("file",),
}


def in_order(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return tables with people under pseudonyms in the order of these, and their codings numbered in that order.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Names of `schema.TABLES` and the reports of the reading; excerpts go by the numbers of their codings.
    """
    out = _sorted(tables, ORDER)
    numbers = pd.Series(range(1, len(out["codings"]) + 1), index=out["codings"]["coding"], dtype="int64")
    out["codings"] = out["codings"].assign(coding=numbers.to_numpy())
    excerpts = out["excerpts"].assign(coding=out["excerpts"]["coding"].map(numbers))
    return out | {"excerpts": excerpts.sort_values("coding", ignore_index=True)}


def in_order_of_places(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return tables with places under pseudonyms in the order of these; errors stay first among the notes."""
    out = _sorted(tables, ORDER_OF_PLACES)
    ranks = out["import_log"]["level"].map({"error": 0, "warning": 1}).fillna(2).sort_values(kind="stable")
    return out | {"import_log": out["import_log"].loc[ranks.index].reset_index(drop=True)}


def _sorted(tables: Mapping[str, pd.DataFrame], order: Mapping[str, tuple[str, ...]]) -> dict[str, pd.DataFrame]:
    out = dict(tables)
    for name, columns in order.items():
        if name in out:
            known = [column for column in columns if column in out[name]]
            out[name] = out[name].sort_values(known, kind="stable", ignore_index=True)
    return out
