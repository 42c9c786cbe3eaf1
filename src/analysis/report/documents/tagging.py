"""What a browser leaves out of a tagged PDF and PDF/UA asks for (ISO 14289-1), put in when it is printed.

Browsers tag what stands on a page, but neither say in the metadata that they did, nor describe links, nor mark the
numbers of pages as no part of the text, nor call the body of an item in a list by its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from lxml.html import HtmlElement

from analysis.report.documents.pdffile import PdfFile

_REFERENCE = re.compile(rb"(\d+) 0 R")
_KIDS = re.compile(rb"/K (?:\[(.*?)\]|(\d+) 0 R)", re.DOTALL)
_TARGET = re.compile(rb"/Dest /([^\s/<>\[\]()]+)|/URI \(((?:[^()\\]|\\.)*)\)")
_PAINTS = re.compile(rb"(?:^|\s)(?:S|s|f|F|f\*|B|B\*|b|b\*)$")
_OUTLINES = re.compile(rb"(?:^|\s)(?:m|l|c|v|y|h|re)$")
_MARKED, _END_OF_MARKED = re.compile(rb"(?:BDC|BMC)$"), re.compile(rb"^EMC$")
_METADATA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def link_texts(document: HtmlElement) -> dict[str, str]:
    """Return for each address that a document links to what its links say."""
    found: dict[str, str] = {}
    for link in document.iter("a"):
        said = " ".join(link.text_content().split())
        if said:
            found.setdefault((link.get("href") or "").removeprefix("#"), said)
    return found


def complete_tags(data: bytes, title: str, language: str, links: Mapping[str, str]) -> bytes:
    """Return a browser's PDF with what PDF/UA-1 asks for and the browser leaves out.

    Parameters
    ----------
    data : bytes
        The PDF.
    title, language : str
        Title of the document, and its language.
    links : mapping of str to str
        What the links to a place or address say.

    Raises
    ------
    AnalysisError
        For a PDF that is none of a browser's.
    """
    file = PdfFile.read(data)
    for number, body in list(file.objects.items()):
        if body.startswith(b"<</Type /Page\n"):
            _set_apart(file, body)
        elif b"/Subtype /Link\n" in body and b"/Contents" not in body:
            file.objects[number] = _described(body, links)
        elif re.search(rb"/S /LI\b", body):
            _name_bodies(file, body)
    said = _METADATA.format(title=escape(title), language=language).encode()
    metadata = file.add(b"<</Type /Metadata\n/Subtype /XML\n/Length %d>> stream\n%s\nendstream" % (len(said), said))
    root = _REFERENCE.search(file.trailer[file.trailer.index(b"/Root") :])
    assert root is not None
    file.objects[int(root[1])] = file.objects[int(root[1])].removesuffix(b">>") + b"\n/Metadata %d 0 R>>" % metadata
    return file.written()


def _described(link: bytes, links: Mapping[str, str]) -> bytes:
    target = _TARGET.search(link)
    if target is None:
        return link
    named = re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), target[1] or target[2])
    place = (named if target[1] else target[2]).decode("utf-8", errors="replace")
    words = links.get(place, place)
    return (
        link.removesuffix(b">>") + b"\n/Contents <%s>>>" % ("\ufeff" + words).encode("utf-16-be").hex().upper().encode()
    )


def _name_bodies(file: PdfFile, item: bytes) -> None:
    """Call what stands in an item of a list beside its bullet the body of the item."""
    kids = _KIDS.search(item)
    for reference in _REFERENCE.finditer(kids[1] or kids[0]) if kids else ():
        child = file.objects.get(int(reference[1]), b"")
        file.objects[int(reference[1])] = re.sub(rb"/S /(?:Div|NonStruct)\b", b"/S /LBody", child, count=1)


def _set_apart(file: PdfFile, page: bytes) -> None:
    """Mark what a page holds outside the text, such as its number, as no part of it."""
    contents = re.search(rb"/Contents (?:\[([^\]]*)\]|(\d+ 0 R))", page)
    for reference in _REFERENCE.finditer(contents[1] or contents[2]) if contents else ():
        content = file.stream(int(reference[1]))
        if content is not None:
            file.set_stream(int(reference[1]), artifacts_marked(content))


def artifacts_marked(content: bytes) -> bytes:
    """Return the content of a page with everything drawn or written outside a tag marked as an artifact."""
    made: list[bytes] = []
    depth, begun = 0, -1
    for line in content.split(b"\n"):
        made.append(line)
        if _MARKED.search(line):
            depth, begun = depth + 1, -1
        elif _END_OF_MARKED.match(line):
            depth -= 1
        elif depth == 0:
            if begun < 0 and (line == b"BT" or _OUTLINES.search(line)):
                begun = len(made) - 1
            if line.endswith(b" Do"):
                begun = len(made) - 1
            if begun >= 0 and (line == b"ET" or line.endswith(b" Do") or _PAINTS.search(line)):
                made.insert(begun, b"/Artifact BMC")
                made.append(b"EMC")
            if line == b"ET" or line.endswith((b" Do", b" n")) or line == b"n" or _PAINTS.search(line):
                begun = -1
    return b"\n".join(made)
