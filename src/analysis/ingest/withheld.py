"""The names that pseudonyms stand for, kept beside the tidy tables so that the last scan can look for them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

COLUMNS = ("kind", "name")


def withheld(tables: Mapping[str, pd.DataFrame], documents: pd.Series, *, hide_places: bool) -> pd.DataFrame:
    """Return every raw name that must not leave the study.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables before anything is put under pseudonyms.
    documents : Series of str
        Names of documents in the exports.
    hide_places : bool
        Whether areas and partnerships are not to be named either.

    Returns
    -------
    DataFrame
        Columns kind (interview, document, coder, area, partnership, file) and name.
    """
    outcomes = tables["outcomes"]
    found = [
        ("interview", tables["interviews"]["interview"]),
        ("document", documents),
        ("document", tables["interviews"].get("source", documents)),
        ("document", outcomes.loc[outcomes["source"] == "document", "informant"]),
        ("coder", tables["codings"]["coder"]),
        ("coder", tables["ratings"]["coder"]),
    ]
    if hide_places:
        found += [("area", tables["areas"][column]) for column in ("area", "name")]
        found += [("partnership", tables["partnerships"][column]) for column in ("partnership", "label")]
        found += [("file", tables["codings"]["source_file"])]
    named = [pd.DataFrame({"kind": kind, "name": names.dropna().astype("str")}) for kind, names in found]
    return pd.concat(named).drop_duplicates().sort_values(list(COLUMNS), ignore_index=True)
