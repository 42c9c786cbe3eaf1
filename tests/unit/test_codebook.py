"""A framework leaves as a codebook that coding tools can read, and versions are told apart."""

import io
import re
import zipfile

import pandas as pd
import pytest
from lxml import etree
from openpyxl import load_workbook

from analysis.codebook import REFI_CODEBOOK, compare_frameworks, export_codebook
from analysis.codes import match_codes
from analysis.errors import DataError
from analysis.framework import Factor, Framework, load_frameworks

FRAMEWORKS = load_frameworks()
TT = FRAMEWORKS["transforming-together"]
GUID = r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"

# The rules of the standard's Codebook.xsd (REFI-QDA 1.5, section 5), as a schema of our own.
SCHEMA = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{REFI_CODEBOOK}"
    targetNamespace="{REFI_CODEBOOK}" elementFormDefault="qualified">
  <xs:simpleType name="Guid"><xs:restriction base="xs:token"><xs:pattern
    value="[0-9a-fA-F]{{8}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{12}}"/>
  </xs:restriction></xs:simpleType>
  <xs:complexType name="Code"><xs:sequence>
    <xs:element name="Description" type="xs:string" minOccurs="0"/>
    <xs:element name="Code" type="Code" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
    <xs:attribute name="guid" type="Guid" use="required"/>
    <xs:attribute name="name" type="xs:string" use="required"/>
    <xs:attribute name="isCodable" type="xs:boolean" use="required"/></xs:complexType>
  <xs:element name="CodeBook"><xs:complexType><xs:sequence>
    <xs:element name="Codes"><xs:complexType><xs:sequence>
    <xs:element name="Code" type="Code" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
    </xs:sequence><xs:attribute name="origin" type="xs:string"/></xs:complexType></xs:element>
</xs:schema>"""


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=list(FRAMEWORKS))
def test_qdc_follows_the_standard(framework: Framework) -> None:
    tree = etree.fromstring(export_codebook(framework, "qdc"))
    etree.XMLSchema(etree.fromstring(SCHEMA)).assertValid(tree)
    guids = tree.xpath("//@guid")
    assert len(set(guids)) == len(guids) == len(framework.groups) + len(framework.factors)
    codable = tree.xpath("//c:Code[@isCodable='true']", namespaces={"c": REFI_CODEBOOK})
    assert len(codable) == len(framework.factors)


def test_qdc_keeps_its_guids() -> None:
    """They must never change: a team's coding tool knows its codes by them."""
    tree = etree.fromstring(export_codebook(TT, "qdc"))
    first = tree.xpath("//c:Code[starts-with(@name, '2. ')]/@guid", namespaces={"c": REFI_CODEBOOK})
    assert re.fullmatch(GUID, first[0])
    other = TT.model_copy(update={"title": "New title", "factors": TT.factors[:3]})
    again = etree.fromstring(export_codebook(other, "qdc"))
    assert again.xpath("//c:Code[starts-with(@name, '2. ')]/@guid", namespaces={"c": REFI_CODEBOOK}) == first


def test_codes_of_the_exported_codebook_match_again() -> None:
    tree = etree.fromstring(export_codebook(TT, "qdc"))
    names = tree.xpath("//c:Code[@isCodable='true']/@name", namespaces={"c": REFI_CODEBOOK})
    match = match_codes([str(name) for name in names], FRAMEWORKS)
    assert match.table["factor"].tolist() == [factor.key for factor in TT.factors]
    assert set(match.table["how"]) == {"label"}


@pytest.mark.parametrize("export_format", ["qdc", "xlsx", "csv"])
def test_exports_are_the_same_bytes_each_time(export_format: str) -> None:
    assert export_codebook(TT, export_format) == export_codebook(TT, export_format)


def test_a_workbook_holds_no_clock() -> None:
    with zipfile.ZipFile(io.BytesIO(export_codebook(TT, "xlsx"))) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        stamps = re.findall(rb">(\d{4})-", archive.read("docProps/core.xml"))
    assert stamps == [b"1980", b"1980"]


def test_xlsx_and_csv_hold_every_factor() -> None:
    sheet = load_workbook(io.BytesIO(export_codebook(TT, "xlsx")))["codebook"]
    assert [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)] == [f.key for f in TT.factors]
    table = pd.read_csv(io.BytesIO(export_codebook(TT, "csv")))
    assert table["label"].tolist() == [factor.label for factor in TT.factors]


def test_a_text_that_looks_like_a_formula_stays_text() -> None:
    factor = TT.factors[0].model_copy(update={"label": "=1+1"})
    framework = TT.model_copy(update={"factors": (factor,)})
    sheet = load_workbook(io.BytesIO(export_codebook(framework, "xlsx")))["codebook"]
    assert (sheet["E2"].value, sheet["E2"].data_type) == ("=1+1", "s")


def test_unknown_format() -> None:
    with pytest.raises(DataError) as caught:
        export_codebook(TT, "xls")
    assert caught.value.nearest == "xlsx"


def test_compare_tells_each_change() -> None:
    factors = list(TT.factors)
    factors[0] = factors[0].model_copy(update={"key": "places"})
    factors[1] = factors[1].model_copy(update={"label": "Trust"})
    factors[2] = factors[2].model_copy(update={"definition": "Other.", "group": "convene"})
    del factors[10]
    factors.append(Factor(key="luck", number=12, group="convene", label="Luck", definition="Luck."))
    changes = compare_frameworks(TT, TT.model_copy(update={"factors": tuple(factors)}))
    found = {(row.factor, row.change, row.field) for row in changes.table.itertuples()}
    assert found == {
        ("places", "renamed", "key"),
        ("relationships", "renamed", "label"),
        ("systems", "redefined", "definition"),
        ("systems", "moved", "group"),
        ("resources", "removed", "label"),
        ("luck", "added", "label"),
    }
    assert changes.summary.startswith("5 factors changed")
    assert compare_frameworks(TT, TT).summary == "The two are the same."
