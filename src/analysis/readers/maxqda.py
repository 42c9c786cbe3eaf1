"""MAXQDA: tables of coded segments (xlsx, xls, csv) in several languages of the interface."""

from __future__ import annotations

from analysis.readers.hierarchy import split_levels
from analysis.readers.languages import MAXQDA
from analysis.readers.model import Export, Note, Sheet
from analysis.readers.tabular import Cells, export_of, find_fields, fold

KEY = "maxqda-segments"


def language_of(sheet: Sheet) -> str | None:
    """Return the language whose headers a table of coded segments has, or None where it is none."""
    best, most = None, 0
    for language, headers in MAXQDA.items():
        fields = find_fields(sheet.frame.columns, headers)
        marks = {"weight", "start", "group"} & set(fields)
        others = find_fields(sheet.frame.columns, {name: (name,) for name in headers["other"]})
        own = "group" in fields or bool(others)  # a table that someone made has neither
        if {"source", "code", "text"} <= set(fields) and len(marks) >= 2 and own and len(fields) > most:
            best, most = language, len(fields)
    return best


def claims(sheet: Sheet) -> bool:
    """Return whether a sheet is a table of coded segments."""
    return language_of(sheet) is not None


def read(sheet: Sheet) -> Export:
    """Read a table of coded segments; *Weight score* is the weight, *Beginning* and *End* count paragraphs."""
    language = language_of(sheet)
    assert language is not None
    headers = MAXQDA[language]
    fields = find_fields(sheet.frame.columns, headers)
    frame = sheet.frame
    separators = code_separators(frame[fields["code"]].dropna().unique().tolist())
    paths = {code: split_levels(code, separators) for code in frame[fields["code"]].dropna().unique()}
    cells = Cells(
        source=frame[fields["source"]],
        code=frame[fields["code"]].map(paths),
        rows=sheet.rows,
        text=frame[fields["text"]],
        unit="paragraph",
        **{name: frame[fields[name]] for name in ("coder", "start", "end", "weight") if name in fields},
    )
    known = {fold(name) for name in headers["other"]} | {fold(name) for name in MAXQDA["English"]["other"]}
    return export_of(
        KEY,
        sheet,
        cells,
        used=set(fields.values()),
        skipped=[column for column in frame.columns if fold(column) in known],
        group=fields.get("group"),
        notes=[Note("info", f"the headers are {language}", sheet.file)],
    )


def code_separators(codes: list[str]) -> tuple[str, ...]:
    """Return what parts the levels of the code paths: a backslash, else ` > `."""
    return ("\\",) if any("\\" in code for code in codes) else (" > ",)
