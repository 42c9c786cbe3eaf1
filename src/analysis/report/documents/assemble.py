"""All pages of a report as one document: one H1, headings one level down, numbered figures and tables, links within."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import html
from lxml.builder import E
from lxml.html import HtmlElement

from analysis.report.documents.layout import fit_tables

#: What a printed page has no use for: controls, code (it stands in the notebooks), lists of files.
_LEFT_OUT = "//*[self::script or self::style or self::form or self::nav or self::button]" + "".join(
    f"|//*[contains(concat(' ', @class, ' '), ' {name} ')]"
    for name in ("code", "all-code", "files", "unseen", "neighbours", "anchor")
)
_NUMBER = re.compile(r"^(Figure|Table) (\d+)\.$")


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page of the report in the document.

    Parameters
    ----------
    key : str
        Key of the page.
    title : str
        Its title.
    body : HtmlElement
        Its content, with ids, links, levels and numbers that hold in the whole document.
    """

    key: str
    title: str
    body: HtmlElement


def chapters(reports: Path, pages: Sequence[Mapping[str, Any]]) -> list[Chapter]:
    """Return the pages of a report as chapters, in the navigation's order.

    Parameters
    ----------
    reports : Path
        Folder of the report.
    pages : sequence of mapping
        Key and title of each page; one that has not been made is passed over.
    """
    made = [page for page in pages if (reports / "pages" / f"{page['key']}.html").is_file()]
    keys = {page["key"] for page in made}
    found = []
    for number, page in enumerate(made, start=1):
        path = reports / "pages" / f"{page['key']}.html"
        tree = html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
        body = tree.xpath("//main")[0]
        body.tag = "section"
        body.attrib.clear()
        body.set("id", page["key"])
        found.append(Chapter(page["key"], page["title"], _fitted(body, page["key"], number, keys)))
    return found


def _fitted(body: HtmlElement, key: str, number: int, keys: set[str]) -> HtmlElement:
    for element in body.xpath("." + _LEFT_OUT.replace("|//", "|.//")):
        element.drop_tree()
    for heading in body.iter("h1", "h2", "h3", "h4", "h5"):
        heading.tag = f"h{int(heading.tag[1]) + 1}"
    for element in body.xpath(".//*[@tabindex]"):
        del element.attrib["tabindex"]
    for element in body.xpath(".//*[@id]"):
        element.set("id", f"{key}--{element.get('id')}")
    for link in list(body.iter("a")):
        _relink(link, key, keys)
    for label in body.xpath(".//figcaption//b|.//caption//b"):
        match = _NUMBER.match(label.text or "")
        if match:
            label.text = f"{match[1]} {number}.{match[2]}."
    first = next(body.iter("h2"), None)
    if first is not None:
        first.text = f"{number}. {first.text or ''}"
    return body


def _relink(link: HtmlElement, key: str, keys: set[str]) -> None:
    """Let a link to another page or place point into the document; take away links to files beside the report."""
    address = link.get("href") or ""
    page, _, place = address.partition("#")
    target = re.sub(r"\.html$", "", page.rpartition("/")[2]) if page.endswith(".html") else ""
    if not page and place:
        link.set("href", f"#{key}--{place}")
    elif target in keys:
        link.set("href", f"#{target}--{place}" if place else f"#{target}")
    elif not re.match(r"https?:|mailto:", address):
        link.drop_tag()


def without_dead_links(document: HtmlElement) -> None:
    """Take away links to places that the document does not hold (such as code)."""
    there = {f"#{name}" for name in document.xpath("//@id")}
    for link in list(document.iter("a")):
        if (link.get("href") or "").startswith("#") and link.get("href") not in there:
            link.drop_tag()


def document(study: Mapping[str, Any], found: Sequence[Chapter], style: str) -> HtmlElement:
    """Return the whole document.

    Parameters
    ----------
    study : mapping
        What `jobs.study_info` says: title, simulated, description, authors, licence.
    found : sequence of Chapter
        The chapters.
    style : str
        Style sheet.
    """
    listed = E.ul(
        *(E.li(E.a(f"{i}. {c.title}", href=f"#{c.key}")) for i, c in enumerate(found, start=1)), {"class": "contents"}
    )
    whole = html.fromstring("<html lang='en-GB'></html>")
    whole.append(E.head(E.meta(charset="utf-8"), E.title(study["title"]), E.style(style)))
    front = [E.h1(study["title"]), *_front(study), E.h2("Contents", id="contents"), listed]
    whole.append(E.body(E.main(E.section(*front, {"class": "front"}), *(chapter.body for chapter in found))))
    fit_tables(whole)
    without_dead_links(whole)
    return whole


def _front(study: Mapping[str, Any]) -> Iterator[HtmlElement]:
    if study["description"]:
        yield E.p(study["description"])
    if study["authors"]:
        yield E.p(", ".join(study["authors"]), {"class": "authors"})
    if study["simulated"]:
        yield E.p(E.strong("Simulated data. "), study["simulated"], {"class": "simulated"})
    if study["licence"]:
        yield E.p(f"Licence: {study['licence']}")
    yield E.p("The code behind every figure and table is left out here; the pages of the report hold it.")
