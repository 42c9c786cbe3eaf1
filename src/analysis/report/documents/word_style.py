"""How the Word file looks: page, language, styles, properties, page numbers, and rules of its tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

NOTE, QUESTION, ANSWER, CONTENTS = "Table Note", "Page Question", "Page Answer", "Contents Entry"
CODE_FONT = "Courier New"
_FONT = "Arial"
_INK = RGBColor(0x11, 0x11, 0x11)
_EPOCH = datetime(2000, 1, 1)
_HEADING_SIZES = {"Title": 22, "Heading 1": 16, "Heading 2": 12, "Heading 3": 10.5, "Heading 4": 10}


def prepare(word: Any, study: Mapping[str, Any]) -> None:
    """Set page, language, styles and properties of a Word file.

    Parameters
    ----------
    word : docx.document.Document
        The file, still empty.
    study : mapping
        Title, authors and so on.
    """
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(20)
    _number_pages(section.footer)
    _set_styles(word.styles)
    properties = word.core_properties
    properties.title, properties.author = study["title"], ", ".join(study["authors"])
    properties.comments, properties.language = study["simulated"], "en-GB"
    properties.last_modified_by = properties.author
    properties.created = properties.modified = _EPOCH
    properties.revision = 1


def _set_styles(styles: Any) -> None:
    normal = styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    normal.element.get_or_add_rPr().append(language)
    for name, size in _HEADING_SIZES.items():
        font = styles[name].font
        font.size, font.bold, font.italic, font.color.rgb = Pt(size), True, False, _INK
        fonts = font.element.rPr.rFonts
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)  # a theme's font would win over the name
        font.name = _FONT
    for rule in styles["Title"].element.iter(qn("w:pBdr")):
        rule.getparent().remove(rule)
    caption = styles["Caption"]
    caption.font.size, caption.font.color.rgb, caption.font.bold = Pt(9), _INK, False
    caption.paragraph_format.keep_with_next = False
    for name, size, italic in ((NOTE, 8, False), (QUESTION, 10, True), (ANSWER, 10, False), (CONTENTS, 10, False)):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size, style.font.italic = normal, Pt(size), italic
        style.paragraph_format.space_after = Pt(3)
    styles[NOTE].paragraph_format.space_before, styles[NOTE].paragraph_format.space_after = Pt(2), Pt(8)
    together = OxmlElement("w:contextualSpacing")  # notes of one table stand close to each other
    styles[NOTE].element.get_or_add_pPr().append(together)
    styles[ANSWER].paragraph_format.left_indent = Mm(6)


def _number_pages(footer: Any) -> None:
    """Put the number of the page into the middle of a footer."""
    paragraph = footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = paragraph.add_run("1")
    run.font.size = Pt(8)
    paragraph._p.remove(run._r)
    field.append(run._r)
    paragraph._p.append(field)


def describe_table(table: Any, words: str) -> None:
    """Give a table its caption as alternative text, lines between rows, and room in its cells."""
    properties = table._tbl.tblPr
    line = {"val": "single", "sz": "4", "space": "0", "color": "999999"}
    edges = {
        "w:tblBorders": dict.fromkeys(("top", "bottom", "insideH"), line),
        "w:tblCellMar": {
            side: {"w": str(width), "type": "dxa"}
            for side, width in (("top", 30), ("left", 85), ("bottom", 30), ("right", 85))
        },
    }
    for name, sides in edges.items():
        element = OxmlElement(name)
        for side, said in sides.items():
            edge = OxmlElement(f"w:{side}")
            for key, value in said.items():
                edge.set(qn(f"w:{key}"), value)
            element.append(edge)
        _insert(properties, element)
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), " ".join(words.split())[:250])
    properties.append(described)


def _insert(properties: Any, element: Any) -> None:
    """Put an element of a table's properties where the order of the format wants it."""
    later = [qn(f"w:{name}") for name in ("shd", "tblLayout", "tblCellMar", "tblLook", "tblCaption")]
    if element.tag in later:
        later = later[later.index(element.tag) + 1 :]
    for child in properties:
        if child.tag in later:
            child.addprevious(element)
            return
    properties.append(element)


def rule_row(row: Any, *, heads: bool) -> None:
    """Let a row of headings repeat on every page, and no row be split over two."""
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if heads:
        properties.append(OxmlElement("w:tblHeader"))


def keep_with_next(row: Any) -> None:
    """Let a row stand on the same page as the next one, or as what follows the table."""
    for paragraph in row.iter(qn("w:p")):
        paragraph.get_or_add_pPr().get_or_add_keepNext()
