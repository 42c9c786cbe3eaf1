"""A REFI-QDA project as NVivo for Windows writes it: CRLF, a byte-order mark, offsets in UTF-16 units."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from analysis.example.exports.bundle import CODERS, STAMP, Bundle, guid
from analysis.example.exports.files import write_zip
from analysis.example.stated import codebooks

NAMESPACE = "urn:QDA-XML:project:1.0"
MOMENT = f"{STAMP}T09:00:00Z"
STRENGTHS = (1, 2, 3)
VARIABLES = ("Role", "Sector", "Partnership", "Month")


def write(bundle: Bundle, path: Path) -> None:
    """Write one area as a .qdpx; NVivo has no weights, so each code has a child for each strength."""
    project = ET.Element(
        "Project",
        {
            "xmlns": NAMESPACE,
            "name": f"Six areas {bundle.area}",
            "origin": "NVivo 12 for Windows (simulated)",
            "creatingUserGUID": guid("user", CODERS[0]),
            "creationDateTime": MOMENT,
        },
    )
    users = ET.SubElement(project, "Users")
    for coder in CODERS:
        ET.SubElement(users, "User", guid=guid("user", coder), name=coder)
    _codebook(bundle, ET.SubElement(ET.SubElement(project, "CodeBook"), "Codes"))
    variables = ET.SubElement(project, "Variables")
    for name in VARIABLES:
        ET.SubElement(variables, "Variable", guid=guid("variable", name), name=name, typeOfVariable="Text")
    _cases(bundle, ET.SubElement(project, "Cases"))
    sources = ET.SubElement(project, "Sources")
    members = {}
    for document, text in bundle.texts.items():
        _source(bundle, document, sources)
        member = f"Sources/{guid('text', document)}.txt"
        members[member] = text.replace("\n", "\r\n").encode("utf-8-sig")
    ET.indent(project, space="  ")
    xml = ET.tostring(project, encoding="utf-8", xml_declaration=True)
    write_zip(path, {"project.qde": xml + b"\n", **members})


def position(text: str, offset: int) -> int:
    """Return a code-point offset as NVivo counts it: in UTF-16 units, a line end as two."""
    before = text[:offset]
    return len(before.encode("utf-16-le")) // 2 + before.count("\n")


def _codebook(bundle: Bundle, codes: ET.Element) -> None:
    for framework, rows in bundle.themes.groupby("framework", sort=False):
        book = codebooks()[str(framework)]
        folder = ET.SubElement(
            codes, "Code", guid=guid("code", framework), name=book.title, isCodable="false", color="#004488"
        )
        for row in rows.itertuples():
            name = f"{row.number} {row.label}"
            code = ET.SubElement(folder, "Code", guid=guid("code", framework, row.factor), name=name, isCodable="true")
            for strength in STRENGTHS:
                ET.SubElement(
                    code,
                    "Code",
                    guid=guid("code", framework, row.factor, strength),
                    name=f"strength {strength}",
                    isCodable="true",
                )


def _cases(bundle: Bundle, cases: ET.Element) -> None:
    for row in bundle.interviews.itertuples():
        case = ET.SubElement(cases, "Case", guid=guid("case", row.document), name=row.document)
        for name in VARIABLES:
            value = ET.SubElement(case, "VariableValue")
            ET.SubElement(value, "VariableRef", targetGUID=guid("variable", name))
            ET.SubElement(value, "TextValue").text = str(getattr(row, name.lower()))
        ET.SubElement(case, "SourceRef", targetGUID=guid("source", row.document))


def _source(bundle: Bundle, document: str, sources: ET.Element) -> None:
    text = bundle.texts[document]
    source = ET.SubElement(
        sources,
        "TextSource",
        guid=guid("source", document),
        name=document,
        plainTextPath=f"internal://{guid('text', document)}.txt",
        creatingUser=guid("user", CODERS[0]),
        creationDateTime=MOMENT,
    )
    own = bundle.codings[bundle.codings["document"] == document].itertuples()
    for (start, end), together in groupby(own, key=attrgetter("start", "end")):
        rows = list(together)
        selection = ET.SubElement(
            source,
            "PlainTextSelection",
            guid=guid("selection", document, start, end),
            name=text[start:end][:40],
            startPosition=str(position(text, start)),
            endPosition=str(position(text, end)),
            creatingUser=guid("user", rows[0].coder),
            creationDateTime=MOMENT,
        )
        _selection_codings(rows, selection)


def _selection_codings(rows: list[Any], selection: ET.Element) -> None:
    for row in rows:
        names = (row.document, row.start, row.end, row.coder, row.framework, row.factor)
        coding = ET.SubElement(
            selection,
            "Coding",
            guid=guid("coding", *names),
            creatingUser=guid("user", row.coder),
            creationDateTime=MOMENT,
        )
        ET.SubElement(coding, "CodeRef", targetGUID=guid("code", row.framework, row.factor, row.intensity))
