"""Give a framework back to the coding tools as a codebook, and tell two versions of a framework apart."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
from lxml import etree
from openpyxl import Workbook

from analysis.errors import DataError
from analysis.framework import Factor, Framework, normalise
from analysis.workbook import workbook_bytes, write_rows

#: Namespace of REFI-QDA codebooks (REFI-QDA 1.5, section 5).
REFI_CODEBOOK = "urn:QDA-XML:codebook:1.0"
ORIGIN = "Transforming Together Workbench"
#: Root of the stable identifiers: the same code has the same GUID in every export, on every machine.
_GUIDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:transforming-together-workbench:codebook")
_WIDTHS = (26, 8, 26, 24, 44, 70, 70, 70, 50, 8)
_COMPARED = ("label", "definition", "group", "number", "code_when", "code_when_not", "aliases")


@dataclass(frozen=True, slots=True)
class FrameworkChanges:
    """What changed between two versions of a framework.

    Attributes
    ----------
    table : DataFrame
        One row a change: `factor` (its key in the newer version, for a removed one in the older), `change`
        (`added`, `removed`, `renamed`, `redefined`, `moved`, `renumbered`), `field`, `before`, `after`.
    """

    table: pd.DataFrame

    @property
    def summary(self) -> str:
        """One plain sentence with the counts."""
        counts = self.table["change"].value_counts(sort=False)
        told = ", ".join(f"{count} {change}" for change, count in counts.items())
        return f"{self.table['factor'].nunique()} factors changed: {told}." if told else "The two are the same."


def codebook_table(framework: Framework) -> pd.DataFrame:
    """Return a framework as a sheet for coders, one row a factor, lists as lines of one cell."""
    rows = [
        {
            "framework": framework.key,
            "number": factor.number,
            "group": framework.group(factor.group).label if factor.group else "",
            "key": factor.key,
            "label": factor.label,
            "definition": factor.definition,
            "code_when": "\n".join(factor.code_when),
            "code_when_not": "\n".join(factor.code_when_not),
            "aliases": "\n".join(factor.aliases),
            "verify": "yes" if factor.verify else "",
        }
        for factor in framework.factors
    ]
    return pd.DataFrame(rows)


def export_codebook(framework: Framework, export_format: str) -> bytes:
    """Return a framework as a file for a coding tool; the same framework gives the same bytes.

    Parameters
    ----------
    framework : Framework
    export_format : {"qdc", "xlsx", "csv"}
        REFI-QDA codebook (NVivo, ATLAS.ti, MAXQDA, QualCoder, ...), Excel workbook, or UTF-8 CSV with BOM.

    Raises
    ------
    DataError
        The format is not one of these.
    """
    if export_format not in FORMATS:
        raise DataError(f"there is no codebook format {export_format!r}", allowed=list(FORMATS), value=export_format)
    return FORMATS[export_format](framework)


def _qdc(framework: Framework) -> bytes:
    """Write groups as codes that can't be coded with, their factors below them."""
    root = etree.Element(f"{{{REFI_CODEBOOK}}}CodeBook", nsmap={None: REFI_CODEBOOK}, origin=ORIGIN)
    codes = etree.SubElement(root, f"{{{REFI_CODEBOOK}}}Codes")
    parents = {"": codes}
    for group in framework.groups:
        guid = _guid(framework.key, "group", group.key)
        parents[group.key] = _code(codes, guid, group.label, group.strapline, codable=False)
    for factor in framework.factors:
        guid = _guid(framework.key, "factor", factor.key)
        _code(parents[factor.group], guid, f"{factor.number}. {factor.label}", _described(factor), codable=True)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _code(parent: etree._Element, guid: str, name: str, description: str, *, codable: bool) -> etree._Element:
    attributes = {"guid": guid, "name": name, "isCodable": "true" if codable else "false"}
    code = etree.SubElement(parent, f"{{{REFI_CODEBOOK}}}Code", attributes)
    if description:
        etree.SubElement(code, f"{{{REFI_CODEBOOK}}}Description").text = description
    return code


def _guid(*parts: str) -> str:
    return str(uuid.uuid5(_GUIDS, "/".join(parts))).upper()


def _described(factor: Factor) -> str:
    """Write what a coder needs at hand into the one description that the format has."""
    parts = [factor.definition]
    for head, rules in (("Code when:", factor.code_when), ("Do not code when:", factor.code_when_not)):
        parts += ["\n".join([head, *(f"- {rule}" for rule in rules)])] if rules else []
    return "\n\n".join(parts)


def _xlsx(framework: Framework) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "codebook"
    table = codebook_table(framework)
    write_rows(sheet, [list(table.columns), *table.to_numpy(dtype=object).tolist()], widths=_WIDTHS)
    scale = workbook.create_sheet("intensity")
    grades = [[i, text] for i, text in enumerate(framework.intensity)]
    write_rows(scale, [["intensity", "meaning"], *grades], widths=(12, 80))
    return workbook_bytes(workbook)


def _csv(framework: Framework) -> bytes:
    text: str = codebook_table(framework).to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


#: Codebook formats by file ending.
FORMATS: dict[str, Callable[[Framework], bytes]] = {"qdc": _qdc, "xlsx": _xlsx, "csv": _csv}


def compare_frameworks(before: Framework, after: Framework) -> FrameworkChanges:
    """Tell what changed between two versions of a framework.

    Factors are the same where their key is. Of the others, a removed and an added one with the same label or the same
    definition count as one that was renamed. For codebooks of coding tools see `readers.compare_codebooks`.
    """
    old, new = _entries(before), _entries(after)
    pairs = {key: key for key in old if key in new} | _renamed(old, new)
    rows = list(_changes(old, new, pairs))
    return FrameworkChanges(pd.DataFrame(rows, columns=["factor", "change", "field", "before", "after"]).astype("str"))


def _entries(framework: Framework) -> dict[str, dict[str, str]]:
    rows = codebook_table(framework).astype("str").to_dict("records")
    return {row["key"]: {field: row[field] for field in _COMPARED} for row in rows}


def _renamed(old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]) -> dict[str, str]:
    gone, come = [key for key in old if key not in new], [key for key in new if key not in old]
    pairs: dict[str, str] = {}
    for field in ("label", "definition"):
        for key in (key for key in gone if key not in pairs and normalise(old[key][field])):
            alike = [
                other
                for other in come
                if other not in pairs.values() and normalise(new[other][field]) == normalise(old[key][field])
            ]
            if len(alike) == 1:
                pairs[key] = alike[0]
    return pairs


def _changes(
    old: dict[str, dict[str, str]], new: dict[str, dict[str, str]], pairs: dict[str, str]
) -> Iterator[tuple[str, str, str, str, str]]:
    kinds = {"label": "renamed", "group": "moved", "number": "renumbered"}
    for key, other in pairs.items():
        if key != other:
            yield other, "renamed", "key", key, other
        for field in old[key]:
            was, now = old[key][field], new[other][field]
            if was != now:
                yield other, kinds.get(field, "redefined"), field, was, now
    for key in (key for key in old if key not in pairs):
        yield key, "removed", "label", old[key]["label"], ""
    for key in (key for key in new if key not in pairs.values()):
        yield key, "added", "label", "", new[key]["label"]
