"""Small writers of the formats that are read, built on what is known of the formats and on none of the readers."""

import sqlite3
import zipfile
from xml.sax.saxutils import escape, quoteattr

import pytest

PROJECT = "urn:QDA-XML:project:1.0"


def element(tag, content="", /, **attributes):
    written = "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items())
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def coding(code, user="u1", number=0):
    return element("Coding", element("CodeRef", targetGUID=code), guid=f"c{number}", creatingUser=user)


def selection(first, last, *codings, name="", tag="PlainTextSelection", **attributes):
    where = {"startPosition": first, "endPosition": last} if tag == "PlainTextSelection" else {}
    return element(tag, "".join(codings), guid="s", name=name, **where, **attributes)


def text_source(guid, name, selections="", content=None, path=None):
    inner = ("" if content is None else element("PlainTextContent", escape(content))) + selections
    extra = {} if path is None else {"plainTextPath": path}
    return element("TextSource", inner, guid=guid, name=name, **extra)


def project(sources, codes=None, users=None, origin="Test 1", namespace=PROJECT, **parts):
    codes = element("Code", guid="k1", name="trust") if codes is None else codes
    users = {"u1": "Ann Example", "u2": "Bob Example"} if users is None else users
    people = "".join(element("User", guid=guid, name=name) for guid, name in users.items())
    body = (
        element("Users", people)
        + element("CodeBook", element("Codes", codes))
        + "".join(element(name, content) for name, content in parts.items() if name in ("Variables", "Cases"))
        + element("Sources", sources)
        + "".join(element(name, content) for name, content in parts.items() if name not in ("Variables", "Cases"))
    )
    head = f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{namespace}" origin={quoteattr(origin)}>'
    return f"{head}{body}</Project>"


def qdpx(path, xml, members=None, name="project.qde"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, xml)
        for member, content in (members or {}).items():
            archive.writestr(member, content)
    return path


def sqlite(path, script, rows=()):
    connection = sqlite3.connect(path)
    connection.executescript(script)
    for statement, values in rows:
        connection.executemany(statement, values)
    connection.commit()
    connection.close()
    return path


class Build:
    """The writers, as one thing that a test asks for."""

    element = staticmethod(element)
    coding = staticmethod(coding)
    selection = staticmethod(selection)
    text_source = staticmethod(text_source)
    project = staticmethod(project)
    qdpx = staticmethod(qdpx)
    sqlite = staticmethod(sqlite)


@pytest.fixture(scope="session")
def build():
    """Return the writers of small files."""
    return Build


@pytest.fixture
def notes():
    """Return a function that gathers the report of an export as level and count by words."""

    def find(export, words):
        return [(note.level, note.count) for note in export.report if words in note.what]

    return find
