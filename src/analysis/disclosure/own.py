"""The project's own text: what of it a report shows, so that a plain word of it is no sign of a person or a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
_ENDINGS = (".py", ".yml", ".j2", ".html", ".css", ".js", ".ipynb", ".cff", ".json", ".tex")
_URL = re.compile(r"(?:https?://|www\.)[^\s\"'<>\\]+")
_SMALL = re.compile(r"(?<![\w-])[a-z]{3,}(?![\w-])")
_CAPITAL = re.compile(r"(?<![a-z][ ,;(])(?<![\w-])[A-Z](?:[a-z]{2,}|[A-Z]{2,})(?![\w-])")
_WITHIN = re.compile(r"(?<=[a-z][ ,;(])([A-Z][a-z]{2,})\W+(\w+)")
_BEFORE = re.compile(r"(?<![\w-])([a-z]{3,})(?![\w-])(?=\W+(\w+))")
#: What of Python code no report shows: docstrings (strings that begin a line) and comments.
_DOCSTRING = re.compile(r'^[ \t]*r?"""[\s\S]*?"""', re.MULTILINE)
_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'')


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words of the project.

    Parameters
    ----------
    anywhere : frozenset of str
        In small letters, in any of its files: documents are often called by such a word.
    small, capital : frozenset of str
        Words that reports themselves show in small letters, and with a capital where a sentence or a heading begins;
        both in small letters here.
    followed : mapping of str to frozenset of str
        Words that reports themselves show in small letters or with a capital within a sentence, each with the words
        behind it.
    """

    anywhere: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()
    capital: frozenset[str] = frozenset()
    followed: Mapping[str, frozenset[str]] = field(default_factory=dict)


NO_WORDS = Words()


@cache
def own_text() -> str:
    """Return the project's own text, whose words and addresses are meant to be read."""
    return _text_of([*_files("src/analysis", "frameworks", "notebooks"), PROJECT / "CITATION.cff"])


@cache
def own_words() -> Words:
    """Return the plain words of the project's own text."""
    shown = _shown()
    return Words(
        frozenset(_SMALL.findall(own_text())),
        frozenset(_SMALL.findall(shown)),
        frozenset(word.casefold() for word in _CAPITAL.findall(shown)),
        _followed((*_WITHIN.findall(shown), *_BEFORE.findall(shown))),
    )


def _followed(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word, after in pairs:
        found.setdefault(word.casefold(), set()).add(after.casefold())
    return {word: frozenset(after) for word, after in found.items()}


@cache
def own_addresses() -> frozenset[str]:
    """Return the web addresses in the project's own text."""
    return frozenset(_URL.findall(own_text()))


def addresses_in(paths: Iterable[Path]) -> tuple[str, list[str]]:
    """Return the text of files, and the web addresses in it."""
    text = _text_of(paths)
    return text, _URL.findall(text)


def _shown() -> str:
    """Return what reports show: texts of templates, notebooks and frameworks, and of the code what it says.

    The made-up study is left out: its areas and partnerships are those of a study, not of the project.
    """
    example = PROJECT / "src" / "analysis" / "example"
    files = [path for path in _files("src/analysis", "frameworks", "notebooks") if example not in path.parents]
    code = _text_of(path for path in files if path.suffix == ".py")
    said = "\n".join(_LITERAL.findall(_DOCSTRING.sub("", code)))
    return said + "\n" + _text_of(path for path in files if path.suffix != ".py")


def _files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((PROJECT / folder).rglob("*"))]
    return [path for path in found if path.suffix in _ENDINGS]


def _text_of(paths: Iterable[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file())
