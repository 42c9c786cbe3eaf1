"""Exports that are sheets: MAXQDA's coded segments, Dedoose's excerpts, a long table of the team's own."""

from __future__ import annotations

import csv
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from analysis.example.exports.bundle import STAMP, Bundle
from analysis.example.exports.files import write_workbook
from analysis.example.stated import PRIMARY, codebooks

MAXQDA_COLUMNS = (
    "Color",
    "Document group",
    "Document name",
    "Code",
    "Beginning",
    "End",
    "Weight score",
    "Segment",
    "Created by",
    "Created",
)

DEDOOSE_COLUMNS = (
    "Media Title",
    "Excerpt Range",
    "Excerpt Creator",
    "Excerpt Date",
    "Excerpt Copy",
    "Codes Applied Combined",
)

LONG_COLUMNS = ("Transcript", "Read by", "Code", "From", "To", "Strength", "Words spoken")

#: What this team called some factors; they match no name of the framework and stand in `code_map`.
SHORTHAND = {
    (PRIMARY, "relationships"): "trusting each other",
    (PRIMARY, "purpose"): "all pulling the same way",
    (PRIMARY, "involvement"): "users in the lead",
    (PRIMARY, "resources"): "putting the hours in",
    ("challenges", "officer-capacity"): "not enough hands",
}


def write_maxqda(bundle: Bundle, path: Path) -> None:
    r"""Write MAXQDA's coded segments: code paths with `\`, paragraphs as places, the weight as intensity."""
    titles = {key: book.title for key, book in codebooks().items()}
    group = dict(zip(bundle.interviews["document"], bundle.interviews["partnership"], strict=True))
    rows = [
        (
            "●",
            group[row.document],
            row.document,
            f"{titles[row.framework]}\\{row.label}",
            row.paragraph,
            row.paragraph,
            row.intensity,
            row.text,
            row.coder,
            f"{STAMP} 09:00:00",
        )
        for row in bundle.codings.itertuples()
    ]
    write_workbook(path, {"Coded segments": (MAXQDA_COLUMNS, rows)})


def write_dedoose(bundle: Bundle, path: Path) -> None:
    """Write Dedoose's table of excerpts: three columns a code, the weight as intensity."""
    labels = bundle.themes["label"].tolist()
    header = [*DEDOOSE_COLUMNS]
    for label in labels:
        header += [f"Code: {label} Applied", f"Code: {label} Range", f"Code: {label} Weight"]
    rows = []
    key = attrgetter("document", "start", "end", "coder")
    for (document, start, end, coder), together in groupby(bundle.codings.itertuples(), key=key):
        given = list(together)
        weights = {row.label: row.intensity for row in given}
        row: list[object] = [
            document,
            f"{start}-{end}",
            coder,
            STAMP,
            given[0].text,
            "; ".join(weights),
        ]
        for label in labels:
            row += [label in weights, "1-3" if label in weights else None, weights.get(label)]
        rows.append(row)
    write_workbook(path, {"Excerpts": (header, rows)})


def write_long(bundle: Bundle, path: Path) -> None:
    """Write one row a coding, with semicolons and a byte-order mark as a spreadsheet program saves it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file, delimiter=";", lineterminator="\r\n")
        sheet.writerow(LONG_COLUMNS)
        for row in bundle.codings.itertuples():
            code = SHORTHAND.get((row.framework, row.factor), row.label)
            sheet.writerow((row.document, row.coder, code, row.start, row.end, row.intensity, row.text))
