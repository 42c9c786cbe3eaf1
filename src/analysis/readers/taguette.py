"""Taguette: its SQLite database, where offsets are bytes of the document's text without its tags."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.readers.database import Database
from analysis.readers.hierarchy import codes_of_paths
from analysis.readers.model import ATTRIBUTES, CODINGS, SOURCES, Export, Note, table
from analysis.readers.names import unique_names, word_count

KEY = "taguette"
APPLICATION = 1416066164
TABLES = frozenset({"documents", "highlights", "highlight_tags", "tags"})


def read_taguette(path: Path) -> Export:
    """Read a Taguette database.

    Parameters
    ----------
    path : Path
        The file, `taguette.sqlite3` or the export of a project.

    Returns
    -------
    Export
        `start` and `end` are code points of the text without tags; `row` is the number of a highlight; the coder is
        the user whose command made the highlight.

    Raises
    ------
    DataError
        The database is damaged.
    """
    with Database(path) as database:
        return _export(database, path.name)


def _export(database: Database, file: str) -> Export:
    notes = database.notes(file)
    columns = {"id": "id", "name": "name", "contents": "contents", "project_id": "project"}
    documents = database.read_keyed("documents", columns)
    documents["source"] = unique_names(documents["name"].fillna("").astype(str))
    documents["text"] = [_text(str(contents or "")) for contents in documents["contents"]]
    projects = len(documents["project"].unique())
    if projects > 1:
        notes.append(Note("warning", "the database holds several projects; all are read", file, None, projects))
    codings, codes = _coded(database, _highlights(database, documents, notes, file), notes, file)
    return Export(
        KEY,
        codings,
        _sources(documents, file),
        codes,
        table(ATTRIBUTES, []),
        tuple(notes),
        dict(zip(documents["source"], documents["text"], strict=True)),
    )


def _sources(documents: pd.DataFrame, file: str) -> pd.DataFrame:
    sizes = {
        "words": [word_count(text) for text in documents["text"]],
        "characters": [len(text) for text in documents["text"]],
    }
    return table(SOURCES, documents.assign(kind="text", offsets="UTF-8 bytes", file=file, **sizes))


def _highlights(database: Database, documents: pd.DataFrame, notes: list[Note], file: str) -> pd.DataFrame:
    """Return highlights with source, coder, position and words."""
    columns = {"id": "row", "document_id": "document", "start_offset": "start", "end_offset": "end"}
    highlights = database.read_keyed("highlights", {**columns, "snippet": "snippet"})
    _locate(highlights, dict(zip(documents["id"], documents["text"], strict=True)), notes, file)
    highlights["coder"] = highlights["row"].map(_coders(database))
    highlights["source"] = highlights["document"].map(dict(zip(documents["id"], documents["source"], strict=True)))
    return highlights


def _coded(
    database: Database, highlights: pd.DataFrame, notes: list[Note], file: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join highlights and tags: one coding for each pair."""
    tags = database.read_keyed("tags", {"id": "tag", "path": "code", "description": "description"})
    tags["code"] = tags["code"].astype("str").str.strip()
    pairs = database.read("highlight_tags", {"highlight_id": "row", "tag_id": "tag"})
    joined = pairs.merge(highlights, on="row", how="inner").merge(tags, on="tag", how="inner")
    joined = joined[joined["source"].notna()].sort_values(["row", "tag"], kind="stable")
    if len(joined) < len(pairs):
        what = "tags on highlights, documents or of tags that are no longer there; not read"
        notes.append(Note("error", what, file, None, len(pairs) - len(joined)))
    bare = ~highlights["row"].isin(pairs["row"])
    if bare.any():
        notes.append(Note("info", "highlights without a tag are no codings", file, None, int(bare.sum())))
    details = {row.code: {"description": row.description or None} for row in tags.itertuples()}
    codings = joined.assign(unit="character", file=file)
    return table(CODINGS, codings), codes_of_paths(details, file, details)


def _locate(highlights: pd.DataFrame, texts: dict[object, str], notes: list[Note], file: str) -> None:
    """Turn bytes into code points, and take the words there; where they lie outside, keep the tool's own words."""
    size = len(highlights)
    start, end = np.full(size, np.nan), np.full(size, np.nan)
    words = np.array([_text(str(snippet or "")).strip("\n") for snippet in highlights["snippet"]], dtype=object)
    begins = pd.to_numeric(highlights["start"], errors="coerce").fillna(-1).clip(-1, 2**53).astype("int64").to_numpy()
    ends = pd.to_numeric(highlights["end"], errors="coerce").fillna(-1).clip(-1, 2**53).astype("int64").to_numpy()
    outside = differing = 0
    for document, here in highlights.groupby("document", sort=False).indices.items():
        text = texts.get(document, "")
        edges = _byte_edges(text)
        inside = (begins[here] >= 0) & (begins[here] <= ends[here]) & (ends[here] <= edges[-1])
        outside += int((~inside).sum())
        here = here[inside]
        first, last = np.searchsorted(edges, begins[here]), np.searchsorted(edges, ends[here])
        start[here], end[here] = first, last
        found = [text[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        differing += sum(bool(kept) and _bare(kept) != _bare(now) for kept, now in zip(words[here], found, strict=True))
        words[here] = np.array(found, dtype=object)
    highlights["start"], highlights["end"], highlights["text"] = (
        start,
        end,
        pd.Series(words).replace("", None).to_numpy(dtype=object),
    )
    if outside:
        what = "highlights whose positions lie outside their document; kept without position"
        notes.append(Note("error", what, file, None, outside))
    if differing:
        what = "highlights whose words in the document differ from those kept with them"
        notes.append(Note("warning", what, file, None, differing))


def _byte_edges(text: str) -> np.ndarray:
    """Return how many bytes of UTF-8 lie before each character, and before the end."""
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    widths = 1 + (codes > 0x7F) + (codes > 0x7FF).astype(np.int64) + (codes > 0xFFFF)
    return np.concatenate([[0], np.cumsum(widths)])


def _bare(text: str) -> str:
    return "".join(text.split())


def _coders(database: Database) -> dict[object, str]:
    """Return who made each highlight, from the list of commands."""
    if "commands" not in database.columns:
        return {}
    coders: dict[object, str] = {}
    for row in database.read("commands", {"user_login": "user", "payload": "payload"}).itertuples():
        if "highlight_add" not in str(row.payload):
            continue
        try:
            payload = json.loads(row.payload)
            coders.setdefault(payload.get("highlight_id"), str(row.user))
        except (ValueError, TypeError, AttributeError, RecursionError):
            continue
    return coders


class _Texts(HTMLParser):
    """Gathers the text of HTML, entities resolved."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _text(html: str) -> str:
    parser = _Texts()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)
