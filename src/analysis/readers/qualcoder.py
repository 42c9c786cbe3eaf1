"""QualCoder: a folder `NAME.qda` with the SQLite database `data.qda` (schema v8 to v17)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.readers.database import Database
from analysis.readers.hierarchy import codes_of_paths, tree_paths
from analysis.readers.model import ATTRIBUTES, CODINGS, SOURCES, Export, Note, table
from analysis.readers.names import unique_names, word_count
from analysis.readers.offsets import CHOICES, choose, place
from analysis.readers.refi_attributes import CASE

KEY = "qualcoder"
TABLES = frozenset({"code_text", "code_name", "code_cat", "source"})
_PLAIN = CHOICES.index(("LF", "code point"))
_TEXT = {"cid": "cid", "fid": "fid", "seltext": "text", "pos0": "start", "pos1": "end", "owner": "coder", "ctid": "row"}
_IMAGE = {"cid": "cid", "id": "fid", "owner": "coder", "imid": "row"}
_MEDIA = {"cid": "cid", "id": "fid", "pos0": "start", "pos1": "end", "owner": "coder", "avid": "row"}
_KINDS = {"/images": "picture", "/audio": "audio", "/video": "video", "/docs": "pdf"}


def read_qualcoder(path: Path) -> Export:
    """Read a QualCoder project.

    Parameters
    ----------
    path : Path
        The folder `NAME.qda`, or the `data.qda` in it.

    Returns
    -------
    Export
        `start` and `end` are code points; `row` is the number of a coding in its own table.

    Raises
    ------
    DataError
        The database is damaged, or a category is its own ancestor.
    """
    path = path / "data.qda" if path.is_dir() else path
    with Database(path) as database:
        return _export(database, path.parent.name if path.name == "data.qda" else path.name)


def _export(database: Database, file: str) -> Export:
    notes = database.notes(file)
    sources = database.read_keyed("source", {"id": "fid", "name": "name", "fulltext": "text", "mediapath": "media"})
    sources["source"] = unique_names(sources["name"].fillna("").astype(str))
    paths, codes = _codes(database, file)
    codings, chosen = _codings(database, sources, notes, file)
    codings["source"] = codings["fid"].map(dict(zip(sources["fid"], sources["source"], strict=True)))
    codings["code"] = codings["cid"].map(paths)
    lost = (codings["source"].isna() | codings["code"].isna()).to_numpy()
    if lost.any():
        what = "codings of a source or by a code that is no longer in the project; not read"
        notes.append(Note("error", what, file, None, int(lost.sum())))
    return Export(
        KEY,
        table(CODINGS, codings[~lost].assign(file=file)),
        _sources(sources, chosen, file),
        codes,
        _attributes(database, sources, file),
        tuple(notes),
        {row.source: _line_feeds(row.text) for row in sources.itertuples() if isinstance(row.text, str)},
    )


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _codes(database: Database, file: str) -> tuple[dict[object, str], pd.DataFrame]:
    """Return each code's path by its id, and the codes table: categories are codes not to be coded with."""
    categories = database.read_keyed("code_cat", {"catid": "id", "name": "name", "supercatid": "above", "memo": "memo"})
    codes = database.read_keyed(
        "code_name", {"cid": "id", "name": "name", "catid": "category", "supercid": "above", "memo": "memo"}
    )
    names: dict[tuple[str, object], str] = {}
    parents: dict[tuple[str, object], tuple[str, object] | None] = {}
    memos: dict[tuple[str, object], object] = {}
    for row in categories.itertuples():
        names["category", row.id], memos["category", row.id] = str(row.name or "(no name)"), row.memo
        parents["category", row.id] = ("category", row.above) if row.above is not None else None
    for row in codes.itertuples():
        names["code", row.id], memos["code", row.id] = str(row.name or "(no name)"), row.memo
        above = ("code", row.above) if row.above is not None else ("category", row.category)
        parents["code", row.id] = above
    paths = tree_paths(names, parents, file)
    details = {path: {"codable": node[0] == "code", "description": memos[node] or None} for node, path in paths.items()}
    return {node[1]: path for node, path in paths.items() if node[0] == "code"}, codes_of_paths(
        paths.values(), file, details
    )


def _codings(
    database: Database, sources: pd.DataFrame, notes: list[Note], file: str
) -> tuple[pd.DataFrame, dict[object, int]]:
    text = database.read("code_text", _TEXT).assign(unit="character")
    chosen = _locate(text, sources, notes, file)
    parts = [text]
    if "code_image" in database.columns:
        parts.append(database.read("code_image", _IMAGE).assign(unit="pixel"))
    if "code_av" in database.columns:
        parts.append(database.read("code_av", _MEDIA).assign(unit="millisecond"))
    return pd.concat([part for part in parts if len(part)] or [text], ignore_index=True), chosen


def _locate(text: pd.DataFrame, sources: pd.DataFrame, notes: list[Note], file: str) -> dict[object, int]:
    """Check each position against the words kept with it; where emoji shifted them, count as the tool did."""
    for column in ("start", "end"):
        text[column] = pd.to_numeric(text[column], errors="coerce").astype("float64")
    fulltext = {row.fid: row.text for row in sources.itertuples() if isinstance(row.text, str)}
    chosen: dict[object, int] = {}
    outside = 0
    for fid, here in text.groupby("fid", sort=False).indices.items():
        if fid not in fulltext:
            continue
        start, end = text["start"].to_numpy()[here], text["end"].to_numpy()[here]
        positions = place(
            fulltext[fid],
            np.nan_to_num(start, nan=-1),
            np.nan_to_num(end, nan=-1),
            text["text"].iloc[here].fillna("").tolist(),
        )
        choice = choose([positions], "")[0] if positions.differ else _PLAIN
        chosen[fid] = choice if positions.differ else -1
        begins, ends = positions.start[choice], positions.end[choice]
        wrong = (begins < 0) | (ends < begins)
        outside += int(wrong.sum())
        text.iloc[here, text.columns.get_loc("start")] = np.where(wrong, np.nan, begins)
        text.iloc[here, text.columns.get_loc("end")] = np.where(wrong, np.nan, ends)
    if outside:
        what = "selections whose positions lie outside their source; kept without position"
        notes.append(Note("error", what, file, None, outside))
    return chosen


def _sources(sources: pd.DataFrame, chosen: dict[object, int], file: str) -> pd.DataFrame:
    rows = []
    for row in sources.itertuples():
        text = _line_feeds(row.text) if isinstance(row.text, str) else None
        media = str(row.media or "")
        kind = next((kind for folder, kind in _KINDS.items() if folder in media), "text")
        choice = chosen.get(row.fid)
        rows.append(
            {
                "source": row.source,
                "name": row.name,
                "kind": "text" if kind == "pdf" and not media.lower().endswith(".pdf") else kind,
                "words": None if text is None else word_count(text),
                "characters": None if text is None else len(text),
                "offsets": None if choice is None else "any" if choice < 0 else ", ".join(CHOICES[choice]),
                "file": file,
            }
        )
    return table(SOURCES, rows)


def _attributes(database: Database, sources: pd.DataFrame, file: str) -> pd.DataFrame:
    named = dict(zip(sources["fid"], sources["source"], strict=True))
    cases: dict[object, str] = {}
    rows: list[dict[str, object]] = []
    if "cases" in database.columns:
        frame = database.read_keyed("cases", {"caseid": "id", "name": "name"})
        cases = dict(zip(frame["id"], frame["name"].astype(str), strict=True))
    if "case_text" in database.columns:
        links = database.read("case_text", {"caseid": "case", "fid": "fid"}).drop_duplicates()
        for link in links.itertuples():
            if link.fid in named and link.case in cases:
                rows.append({"owner": named[link.fid], "owner_kind": "source", "name": CASE, "value": cases[link.case]})
    if "attribute" in database.columns:
        columns = {"name": "name", "attr_type": "kind", "value": "value", "id": "id"}
        for item in database.read("attribute", columns).itertuples():
            owner = cases.get(item.id) if item.kind == "case" else named.get(item.id)
            if owner is not None and item.value not in (None, ""):
                kind = "case" if item.kind == "case" else "source"
                rows.append({"owner": owner, "owner_kind": kind, "name": item.name, "value": str(item.value)})
    return table(ATTRIBUTES, [{**row, "file": file} for row in rows])
