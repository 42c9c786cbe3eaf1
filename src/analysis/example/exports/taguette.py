"""Taguette projects, one a coder: SQLite, HTML documents, offsets in UTF-8 bytes of the text without tags."""

from __future__ import annotations

import html
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pandas as pd

from analysis.example.exports.bundle import STAMP, Bundle
from analysis.example.exports.files import write_database

MOMENT = f"{STAMP} 09:00:00.000000"
STRENGTHS = (1, 2, 3)

#: The mark by which a Taguette database is known.
APPLICATION_ID = 1416066164

SCHEMA = f"""
PRAGMA application_id = {APPLICATION_ID};
CREATE TABLE users (login VARCHAR(30) PRIMARY KEY NOT NULL, created DATETIME NOT NULL,
  hashed_password VARCHAR(120), password_set_date DATETIME, language VARCHAR(10), email VARCHAR(256),
  email_sent DATETIME);
CREATE TABLE projects (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(200) NOT NULL, description TEXT NOT NULL,
  created DATETIME NOT NULL);
CREATE TABLE project_members (project_id INTEGER NOT NULL, user_login VARCHAR(30) NOT NULL,
  privileges VARCHAR(11) NOT NULL, PRIMARY KEY (project_id, user_login));
CREATE TABLE documents (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(200) NOT NULL,
  description TEXT NOT NULL, filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL,
  project_id INTEGER NOT NULL, text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL);
CREATE TABLE commands (id INTEGER NOT NULL PRIMARY KEY, date DATETIME NOT NULL,
  user_login VARCHAR(30) NOT NULL, project_id INTEGER NOT NULL, document_id INTEGER, payload TEXT NOT NULL);
CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY, project_id INTEGER NOT NULL, path VARCHAR(200) NOT NULL,
  description TEXT NOT NULL, UNIQUE (project_id, path));
CREATE TABLE highlights (id INTEGER NOT NULL PRIMARY KEY, document_id INTEGER NOT NULL,
  start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL);
CREATE TABLE highlight_tags (highlight_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
  PRIMARY KEY (highlight_id, tag_id));
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
"""

Rows = tuple[tuple[str, ...], list[tuple[object, ...]]]


def write(bundle: Bundle, path: Path, coder: str) -> None:
    """Write what one coder did in an area; a tag ends with the strength."""
    codings = bundle.codings[bundle.codings["coder"] == coder]
    names = [name for name in bundle.texts if name in set(codings["document"])]
    login = ("admin", MOMENT)
    tables: dict[str, Rows] = {
        "users": (("login", "created"), [login]),
        "projects": (
            ("id", "name", "description", "created"),
            [(1, f"Six areas {bundle.area}", "simulated", MOMENT)],
        ),
        "project_members": (("project_id", "user_login", "privileges"), [(1, "admin", "ADMIN")]),
        "alembic_version": (("version_num",), [("09c662cd9483",)]),
        **_documents(bundle, names),
        **_highlights(bundle, codings, names),
    }
    write_database(path, SCHEMA, tables)


def _documents(bundle: Bundle, names: list[str]) -> dict[str, Rows]:
    rows: list[tuple[object, ...]] = []
    for number, name in enumerate(names, 1):
        lines = bundle.texts[name].removesuffix("\n").split("\n")
        contents = "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)
        rows.append((number, name, "", f"{name}.docx", MOMENT, 1, "LEFT_TO_RIGHT", contents))
    columns = ("id", "name", "description", "filename", "created", "project_id", "text_direction", "contents")
    return {"documents": (columns, rows)}


def _highlights(bundle: Bundle, codings: pd.DataFrame, names: list[str]) -> dict[str, Rows]:
    tags = {
        (row.framework, row.factor, strength): f"{row.factor}/strength {strength}"
        for row in bundle.themes.itertuples()
        for strength in STRENGTHS
    }
    tag_of = {key: number for number, key in enumerate(tags, 1)}
    highlights: list[tuple[object, ...]] = []
    pairs: list[tuple[object, ...]] = []
    place = {name: number for number, name in enumerate(names, 1)}
    for (document, start, end), together in groupby(codings.itertuples(), key=attrgetter("document", "start", "end")):
        rows = list(together)
        first, last = (len(bundle.texts[document][:offset].encode()) for offset in (start, end))
        snippet = f"<p>{html.escape(rows[0].text, quote=False)}</p>"
        highlights.append((len(highlights) + 1, place[document], first, last, snippet))
        pairs += [(len(highlights), tag_of[row.framework, row.factor, row.intensity]) for row in rows]
    listed: list[tuple[object, ...]] = [(tag_of[key], 1, path, "") for key, path in tags.items()]
    return {
        "tags": (("id", "project_id", "path", "description"), listed),
        "highlights": (("id", "document_id", "start_offset", "end_offset", "snippet"), highlights),
        "highlight_tags": (("highlight_id", "tag_id"), pairs),
    }
