"""The report as a Word file for those who must edit: real headings, tables, captions, links and alternative texts."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from lxml.html import HtmlElement

from analysis.report.documents.equations import equation
from analysis.report.documents.layout import HIGHEST, TURNED, TURNED_POINTS, UPRIGHT, UPRIGHT_POINTS, widths
from analysis.report.documents.word_style import (
    ANSWER,
    CODE_FONT,
    CONTENTS,
    NOTE,
    QUESTION,
    describe_table,
    keep_with_next,
    prepare,
    rule_row,
)

_BOLD, _ITALIC = {"b", "strong", "th"}, {"i", "em", "cite"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = {"p", "ul", "ol", "figure", "table", "div", "section", "blockquote", "pre", *_HEADINGS}
_APPLICATION = (
    b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>Transforming Together Workbench</Application></Properties>"
)
_THUMBNAIL = re.compile(rb"<Relationship [^>]*thumbnail[^>]*/>")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write_word(document: HtmlElement, study: Mapping[str, Any], figures: Path, path: Path) -> None:
    """Write a document as a Word file, the same bytes every time.

    Parameters
    ----------
    document : HtmlElement
        The document, as `assemble.document` returns it.
    study : mapping
        Title, authors and so on.
    figures : Path
        Folder with the figures as PNG.
    path : Path
        The Word file.
    """
    writer = _Writer(figures)
    prepare(writer.word, study)
    for part in document.xpath("//main/section"):
        writer.write(part)
    out = io.BytesIO()
    writer.word.save(out)
    path.write_bytes(_settled(out.getvalue()))


class _Writer:
    """Puts elements of the document one after another into a Word file."""

    def __init__(self, figures: Path) -> None:
        self.word = Document()
        self.figures = figures
        self._bookmarks = 0
        self._turned = False

    def write(self, element: HtmlElement) -> None:
        """Write an element and what it holds."""
        tag = element.tag
        if not isinstance(tag, str):
            return
        self._turn_for(element)
        if tag in _HEADINGS:
            self._heading(element)
        elif tag == "figure":
            self._figure(element)
        elif tag == "table":
            self._table(element)
        elif tag in ("ul", "ol"):
            plain = "contents" in (element.get("class") or "")
            self._list(element, CONTENTS if plain else "List Number" if tag == "ol" else "List Bullet")
        elif tag in ("p", "pre", "blockquote") and not any(child.tag in _BLOCKS for child in element):
            self._paragraph(element, _style(element))
        else:
            self._inside(element)

    def _inside(self, element: HtmlElement) -> None:
        """Write what a block holds: blocks as they are, words between them as paragraphs."""
        if (element.text or "").strip():
            self.word.add_paragraph(_plain(element.text))
        for child in element:
            if child.tag in _BLOCKS:
                self.write(child)
            elif isinstance(child.tag, str) and child.text_content().strip():
                self._runs(self.word.add_paragraph(), child)
            if (child.tail or "").strip():
                self.word.add_paragraph(_plain(child.tail))

    def _heading(self, element: HtmlElement) -> None:
        level = int(element.tag[1])
        paragraph = self.word.add_paragraph(style="Title" if level == 1 else f"Heading {level - 1}")
        parent = element.getparent()
        names = [element.get("id")]
        if level == 2 and parent is not None:
            names.append(parent.get("id"))
            paragraph.paragraph_format.page_break_before = parent.get("class") != "front"
        for name in filter(None, names):
            self._bookmark(paragraph, name)
        self._runs(paragraph, element)

    def _paragraph(self, element: HtmlElement, style: str | None = None) -> None:
        self._runs(self.word.add_paragraph(style=style), element)

    def _list(self, element: HtmlElement, style: str) -> None:
        for item in element.iterchildren("li"):
            paragraph = self.word.add_paragraph(style=style)
            self._runs(paragraph, item)

    def _figure(self, element: HtmlElement) -> None:
        for image in element.iter("img"):
            name = Path(image.get("src") or "").stem
            picture = self.figures / f"{name}.png"
            if picture.is_file():
                paragraph = self.word.add_paragraph()
                paragraph.paragraph_format.keep_with_next = True
                width = min(float(image.get("width") or 0) * 25.4 / 96, UPRIGHT) or UPRIGHT
                shape = paragraph.add_run().add_picture(str(picture), width=Mm(width))
                if shape.height > Mm(HIGHEST):
                    shape.width, shape.height = round(shape.width * Mm(HIGHEST) / shape.height), Mm(HIGHEST)
                described = shape._inline.docPr
                described.set("descr", image.get("alt") or "")
                described.set("name", name)
        for caption in element.iter("figcaption"):
            paragraph = self.word.add_paragraph(style="Caption")
            self._bookmark(paragraph, element.get("id"))
            self._runs(paragraph, caption)

    def _table(self, element: HtmlElement) -> None:
        rows = [row for row in element.iter("tr") if len(row)]
        if not rows:
            return
        caption = element.find("caption")
        if caption is not None:
            paragraph = self.word.add_paragraph(style="Caption")
            paragraph.paragraph_format.keep_with_next = True
            self._runs(paragraph, caption)
        table = self.word.add_table(len(rows), max(len(row) for row in rows), style="Normal Table")
        describe_table(table, caption.text_content() if caption is not None else "")
        sizes = (TURNED, TURNED_POINTS) if self._turned else (UPRIGHT, UPRIGHT_POINTS)
        columns = [Mm(width) for width in widths(element, *sizes)]
        for column, width in zip(table._tbl.tblGrid.gridCol_lst, columns, strict=True):
            column.w = width
        noted = _noted(element)
        heads = len(element.findall("thead/tr"))
        for number, (made, row) in enumerate(zip(table._tbl.tr_lst, rows, strict=True)):
            # python-docx counts all cells of a table anew for each that it is asked for
            for tc, cell, width in zip(made.tc_lst, row, columns, strict=False):
                tc.width = width
                self._cell(Paragraph(tc.p_lst[0], table), cell, points=sizes[1])
            rule_row(made, heads=number < heads)
            if noted if number == len(rows) - 1 else _stays(element, number, heads, len(rows)):
                keep_with_next(made)
        if not noted:
            self.word.add_paragraph(style=NOTE).paragraph_format.space_after = Pt(0)

    def _cell(self, paragraph: Paragraph, element: HtmlElement, *, points: float) -> None:
        paragraph.paragraph_format.space_after = Pt(0)
        if "number" in (element.get("class") or ""):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._runs(paragraph, element)
        for run in paragraph.runs:
            run.font.size = Pt(points)

    def _turn_for(self, element: HtmlElement) -> None:
        """Turn the page where an element wants it otherwise than the one before."""
        if element.tag in ("div", "section"):
            return  # what it holds will tell
        wanted = bool(element.xpath("ancestor-or-self::*[contains(concat(' ', @class, ' '), ' wide ')]"))
        if wanted == self._turned:
            return
        self._turned = wanted
        section = self.word.add_section()
        section.orientation = WD_ORIENT.LANDSCAPE if wanted else WD_ORIENT.PORTRAIT
        sides = sorted((section.page_width, section.page_height), reverse=wanted)
        section.page_width, section.page_height = sides

    def _runs(self, paragraph: Paragraph, element: HtmlElement) -> None:
        for text, look, address in _spans(element):
            parent = paragraph._p
            if not isinstance(text, str):
                parent.append(equation(text))
                continue
            run = paragraph.add_run(text)
            run.bold, run.italic = ("bold" in look) or None, ("italic" in look) or None
            if "code" in look:
                run.font.name = CODE_FONT
            if address:
                link = OxmlElement("w:hyperlink")
                if address.startswith("#"):
                    link.set(qn("w:anchor"), _name(address[1:]))
                else:
                    link.set(
                        qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                    )
                parent.remove(run._r)
                link.append(run._r)
                parent.append(link)
                run.font.underline = True

    def _bookmark(self, paragraph: Paragraph, name: str | None) -> None:
        if not name:
            return
        self._bookmarks += 1
        for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(tag)
            mark.set(qn("w:id"), str(self._bookmarks))
            if tag.endswith("Start"):
                mark.set(qn("w:name"), _name(name))
            paragraph._p.append(mark)


def _stays(table: HtmlElement, number: int, heads: int, rows: int) -> bool:
    """Whether a row of a table stands on the same page as the next: all of a short one, else the first and the last."""
    return "short" in (table.get("class") or "").split() or number <= heads or number >= rows - 2


def _noted(table: HtmlElement) -> bool:
    """Whether notes follow a table."""
    held = table.getparent()
    following = [element.getnext() for element in (table, held) if element is not None]
    return any(element is not None and element.get("class", "").split()[:1] == ["notes"] for element in following)


def _style(element: HtmlElement) -> str | None:
    """Return the style of a paragraph, by its class or that of the block it stands in."""
    parent = element.getparent()
    classes = {
        *(element.get("class") or "").split(),
        *((parent.get("class") or "").split() if parent is not None else []),
    }
    named = {"question": QUESTION, "answer": ANSWER, "notes": NOTE}
    found = next((style for name, style in named.items() if name in classes), None)
    return found or ("Intense Quote" if element.tag == "blockquote" else None)


def _spans(
    element: HtmlElement, look: frozenset[str] = frozenset(), address: str = ""
) -> Iterator[tuple[str | HtmlElement, frozenset[str], str]]:
    """Yield text, look and link of the pieces of a paragraph; a formula as its element."""
    own = look
    own |= {"bold"} if element.tag in _BOLD else frozenset()
    own |= {"italic"} if element.tag in _ITALIC else frozenset()
    own |= {"code"} if element.tag in ("code", "pre") else frozenset()
    linked = element.get("href") or address if element.tag == "a" else address
    keep = element.tag == "pre"
    if element.text:
        yield element.text if keep else _plain(element.text), own, linked
    for child in element:
        if child.tag == "br":
            yield "\n", own, ""
        elif child.tag == "math":
            yield child, own, ""
        elif isinstance(child.tag, str):
            yield from _spans(child, own, linked)
        if child.tail:
            yield child.tail if keep else _plain(child.tail), own, linked


def _plain(text: str | None) -> str:
    """Return text with every run of blanks and line breaks as one blank."""
    words = " ".join((text or "").split())
    before = " " if text and text[:1].isspace() and words else ""
    return before + words + (" " if text and text[-1:].isspace() else "")


def _name(identity: str) -> str:
    """Return a bookmark's name: at most 40 letters, digits and underscores, the same for the same place."""
    plain = re.sub(r"\W", "_", identity)
    return f"m_{plain[:26]}_{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


def _settled(data: bytes) -> bytes:
    """Return the file packed without the clock, and without what the template says of another program."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            held = _APPLICATION if name == "docProps/app.xml" else before.read(name)
            if name == "_rels/.rels":
                held = _THUMBNAIL.sub(b"", held)
            if name != "docProps/thumbnail.jpeg":  # of an empty page
                after.writestr(zipfile.ZipInfo(name, _ZIP_DATE), held, zipfile.ZIP_DEFLATED)
    return out.getvalue()
