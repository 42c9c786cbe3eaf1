"""MAXQDA projects (.mx24 and its kin, .mex): SQLite whose texts are encrypted, whose codings are readable."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.readers.database import Database
from analysis.readers.hierarchy import codes_of_paths, tree_paths
from analysis.readers.model import ATTRIBUTES, CODINGS, SOURCES, Export, Note, table
from analysis.readers.names import unique_names

KEY = "maxqda-project"
TABLES = frozenset({"codings", "codewords", "texts"})
_PREVIEW = 63  # as many characters of a segment as MAXQDA keeps beside a coding


def read_maxqda_project(path: Path) -> Export:
    """Read the codings of a MAXQDA project or exchange file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Export
        `text` is MAXQDA's preview, the first 63 characters of a segment; `start` and `end` are its own positions.

    Raises
    ------
    DataError
        The database is damaged, or a code is its own ancestor.
    """
    with Database(path) as database:
        return _export(database, path.name)


def _column(database: Database, table_name: str, *wanted: str) -> str:
    """Return the first of the columns that a table has: versions name them differently."""
    return next((name for name in wanted if name in database.columns[table_name]), wanted[0])


def _export(database: Database, file: str) -> Export:
    notes = database.notes(file)
    paths, codes = _codes(database, file)
    group = _column(database, "texts", "groupname", "group")
    texts = database.read_keyed("texts", {"id": "id", "name": "name", group: "group"})
    texts["source"] = unique_names(texts["name"].fillna("").astype(str))
    codings = _codings(database)
    codings["source"] = codings["text_id"].map(dict(zip(texts["id"], texts["source"], strict=True)))
    codings["code"] = codings["word_id"].map(paths)
    lost = (codings["source"].isna() | codings["code"].isna()).to_numpy()
    if lost.any():
        what = "codings of a document or by a code that is no longer in the project; not read"
        notes.append(Note("error", what, file, None, int(lost.sum())))
    cut = int((codings["text"].str.len() >= _PREVIEW).sum())
    if cut:
        notes.append(Note("warning", "texts of segments are previews, cut off by the tool", file, None, cut))
    notes.append(Note("info", "the texts of documents are encrypted and not read", file, None, len(texts)))
    return Export(
        KEY,
        table(CODINGS, codings[~lost].assign(file=file)),
        table(SOURCES, texts.assign(kind="text", file=file)),
        codes,
        table(ATTRIBUTES, []),
        tuple(notes),
    )


def _codes(database: Database, file: str) -> tuple[dict[object, str], pd.DataFrame]:
    """Return each code's path by its id, and the codes table."""
    parent = _column(database, "codewords", "parentid", "parent", "parentwordid", "superid")
    memo = _column(database, "codewords", "memo", "description", "comment")
    words = database.read_keyed("codewords", {"id": "id", "name": "name", parent: "above", memo: "memo"})
    names: dict[object, str] = {row.id: str(row.name or "(no name)") for row in words.itertuples()}
    paths = tree_paths(names, {row.id: row.above for row in words.itertuples()}, file)
    details = {paths[row.id]: {"description": _plain(row.memo)} for row in words.itertuples()}
    return paths, codes_of_paths(paths.values(), file, details)


def _codings(database: Database) -> pd.DataFrame:
    author = _column(database, "codings", "author", "createdby", "creator", "user")
    columns = {"id": "row", "textid": "text_id", "wordid": "word_id", "weight": "weight", "preview": "text"}
    columns |= {author: "coder", "segpos1x": "start", "segpos2x": "end"}
    codings = database.read("codings", columns)
    codings["unit"] = pd.Series("character", index=codings.index).where(codings["start"].notna())
    return codings.assign(coder=codings["coder"].map(_plain), text=codings["text"].map(_plain))


def _plain(value: object) -> str | None:
    """Return text cells as they are; anything encrypted or empty is missing."""
    if isinstance(value, str) and value and "\x00" not in value:
        return value
    return str(value) if isinstance(value, int | float) else None
