"""Attributes of a REFI-QDA project: variables of sources and cases, membership of cases and sets."""

from __future__ import annotations

import pandas as pd

from analysis.readers.model import ATTRIBUTES, table
from analysis.readers.refi_parse import Owner, Raw

CASE = "case"
"""The attribute of a source that names the case it belongs to."""
GROUP = "document group"
"""The attribute of a source that names a set it belongs to."""


def attributes_table(raw: Raw, names: list[str], file: str) -> pd.DataFrame:
    """Return the attributes of sources and cases.

    Parameters
    ----------
    raw : Raw
        What was gathered.
    names : list of str
        The unique name of each source.
    file : str
        The file's name.

    Returns
    -------
    DataFrame
        Columns `ATTRIBUTES`. A source of a case has the attribute `case`; a source of a set
        `gender: male` has `gender` = `male`, of any other set `document group`. The variables of a case without
        a name that holds one source (how MAXQDA writes document variables) are that source's.
    """
    named = dict(zip(raw.source_guid, names, strict=True))
    rows: list[tuple[str, str, str, str]] = []
    for number, values in enumerate(raw.source_values):
        rows += [(names[number], "source", _variable(raw, guid), value) for guid, value in values]
    for case in raw.cases:
        rows += _case_rows(raw, case, named)
    for group in raw.sets:
        rows += [(named[guid], "source", *_group(group.name)) for guid in group.sources if guid in named]
    for number, guid in enumerate(raw.coding_code):
        if guid in raw.case_guid:
            case_name = raw.cases[raw.case_guid[guid]].name
            rows.append((names[raw.coding_source[number]], "source", CASE, case_name))
    kept = [row for row in dict.fromkeys(rows) if row[2] and row[3]]
    columns = ("owner", "owner_kind", "name", "value")
    return table(ATTRIBUTES, [{**dict(zip(columns, row, strict=True)), "file": file} for row in kept])


def _case_rows(raw: Raw, case: Owner, named: dict[str, str]) -> list[tuple[str, str, str, str]]:
    members = [named[guid] for guid in dict.fromkeys(case.sources) if guid in named]
    values = [(_variable(raw, guid), value) for guid, value in case.values]
    if len(members) == 1 and (not case.name or case.name == members[0]):
        return [(members[0], "source", name, value) for name, value in values]
    owner = case.name or "(no name)"
    rows = [(owner, "case", name, value) for name, value in values]
    return rows + [(member, "source", CASE, owner) for member in members]


def _variable(raw: Raw, guid: str) -> str:
    return raw.variables.get(guid) or ""


def _group(name: str) -> tuple[str, str]:
    """Split `gender: male` into an attribute and its value; any other set is a document group."""
    before, colon, after = name.partition(":")
    if colon and before.strip() and after.strip():
        return before.strip(), after.strip()
    return GROUP, name
