"""What stands on the rendered pages, section by section: for the search, the contents and links to code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import html

#: Characters of a section's text that the search looks through.
SEARCHED = 1280


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a page.

    Parameters
    ----------
    address : str
        Where it stands, from the folder of the report.
    title : str
        Its heading; empty for what stands before the first.
    text : str
        The beginning of what it says.
    """

    address: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A rendered page.

    Parameters
    ----------
    sections : tuple of Section
        Its sections in order.
    code : mapping of str to str
        Identifier of a figure or table to that of the code that made it.
    """

    sections: tuple[Section, ...] = ()
    code: Mapping[str, str] = field(default_factory=dict)


def parse_page(path: Path, address: str) -> Parsed:
    """Return what stands on a rendered page; nothing where it is not there.

    Parameters
    ----------
    path : Path
        The page.
    address : str
        Its address from the folder of the report.
    """
    if not path.is_file():
        return Parsed()
    main = html.fromstring(path.read_text(encoding="utf-8")).find(".//main")
    found: list[tuple[str, str, list[str]]] = [(address, "", [])]
    for element in main:
        if element.tag == "h2":
            anchor = element.get("id")
            found.append((f"{address}#{anchor}" if anchor else address, _text(element), []))
        elif element.tag not in ("details", "h1") and element.get("class") != "all-code":
            found[-1][2].append(_text(element))
    sections = (Section(where, title, " ".join(said)[:SEARCHED]) for where, title, said in found)
    return Parsed(tuple(s for s in sections if s.title or s.text), _code(main))


def _code(main: Any) -> dict[str, str]:
    """Return where the code of each figure and table stands, from their own links to it."""
    found = {}
    for link in main.xpath(".//a[@class='to-code']"):
        owners = link.xpath("ancestor::*[starts-with(@id, 'figure-') or starts-with(@id, 'table-')]")
        if owners:
            found[owners[-1].get("id")] = link.get("href")[1:]
    return found


def _text(element: Any) -> str:
    """Return what an element says, a blank between cells and blocks; lists of files are left out."""
    words = element.xpath(".//text()[not(ancestor::*[@class='files'])]")
    return " ".join(" ".join(words).split()).replace(" ,", ",").replace(" .", ".")
