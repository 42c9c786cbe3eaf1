"""What the exports tell of interviews beside their codings: how long, where sentences end, which attributes."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.ingest.log import Log
from analysis.ingest.people import Keys
from analysis.ingest.sheets import plain
from analysis.readers.spans import text_spans

#: Table to its columns.
TABLES = {
    "attributes": ("file", "attribute", "of", "documents", "values", "used_as"),
    "spans": ("interview", "kind", "start", "end"),
}


def measured(sources: pd.DataFrame, keys: Keys, interviews: pd.Series, column: str) -> pd.Series:
    """Return the words or characters of each interview, as the first export that holds its text counted them."""
    known = sources.dropna(subset=[column])
    counted = known[column].astype("float64").groupby(_interview(known, keys)).first()
    return interviews.map(counted).astype("float64")


def spans(sources: pd.DataFrame, keys: Keys, log: Log) -> pd.DataFrame:
    """Return where the paragraphs and sentences of each interview begin and end, where an export holds its text.

    Where several exports hold the text of one interview, as projects of several coders do, the first is taken; a
    warning says where they differ, since the places of their segments then mean different words.
    """
    held = sources.dropna(subset=["text"])
    interview = _interview(held, keys)
    different = held["text"].groupby(interview).nunique()
    for file, rows in held[interview.map(different).gt(1)].groupby("file"):
        what = "the text of an interview differs from that in another file; places in it can't be compared"
        log.notes.append((str(file), "codings", "warning", what, None, len(rows)))
    texts = held["text"].groupby(interview).first()
    found = text_spans({str(key): text for key, text in texts.items()})
    return found.rename(columns={"text": "interview"})[list(TABLES["spans"])]


def attributes_found(attributes: pd.DataFrame, used: Mapping[str, str]) -> pd.DataFrame:
    """Return the attributes that exports hold, and which column of the interviews each fills; no value is told.

    Parameters
    ----------
    attributes : DataFrame
        file, owner (a document), via (source, case), name, value.
    used : mapping of str to str
        Column of the interviews to the attribute that fills it.
    """
    columns = {attribute: column for column, attribute in used.items()}
    grouped = attributes.groupby(["file", "name", "via"], sort=True)
    table = grouped.agg(documents=("owner", "nunique"), values=("value", "nunique")).reset_index()
    table = table.rename(columns={"name": "attribute", "via": "of"})
    table["of"] = table["of"].map({"source": "document"}).fillna(table["of"])
    return table.assign(used_as=table["attribute"].map(columns).astype("str"))[list(TABLES["attributes"])]


def _interview(sources: pd.DataFrame, keys: Keys) -> pd.Series:
    """Return the interview that each document is, missing where it is none."""
    return sources["name"].map(lambda name: keys.known.get(plain(name)), na_action="ignore")
