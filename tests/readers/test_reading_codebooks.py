"""Codebooks: read from several formats to one table, and compared."""

import openpyxl
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.readers import compare_codebooks, read_codebook
from analysis.readers.hierarchy import codes_of_paths

QDC = """<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="x"><Codes>
<Code guid="1" name="Capital"><Description>group</Description>
<Code guid="2" name="trust"><Description>what it is</Description></Code></Code>
</Codes></CodeBook>"""


@pytest.mark.parametrize(
    ("content", "format_key"),
    [
        (QDC, "refi-codebook"),
        ("tag,description,number of highlights\nCapital,group,0\nCapital > trust,what it is,2\n", "taguette-codebook"),
        ("Code;Definition;Parent\nCapital;group;\ntrust;what it is;Capital\n", "codebook"),
        (
            "Código;Comentário;Grupo de Códigos 1;Grupo de Códigos 2\nCapital;group;T;\nCapital: trust;what it is;;T\n",
            "atlasti-codebook",
        ),
        (
            "Code;;Magnitude Degree;Density;Groups;Comment\n● Capital;;2;0;;group\n;● trust;2;0;;what it is\n",
            "atlasti-codebook",
        ),
    ],
)
def test_codebooks_come_to_one_table(tmp_path, content, format_key):
    path = tmp_path / "codes.txt"
    path.write_text(content, encoding="utf-8")
    book = read_codebook(path)
    assert book.format == format_key
    assert book.codes["path"].tolist() == ["Capital", "Capital > trust"]
    assert book.codes["parent"].fillna("").tolist() == ["", "Capital"]
    if "Parent" not in content:
        assert book.codes["description"].tolist()[-1] == "what it is"


def test_a_codebook_in_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Label", "Definition"], ["trust", "what it is"]):
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    assert read_codebook(tmp_path / "b.xlsx").codes["description"].tolist() == ["what it is"]


def test_a_file_without_codes_is_an_error(tmp_path):
    (tmp_path / "x.qdc").write_text('<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes/></CodeBook>')
    with pytest.raises(DataError, match="no codes"):
        read_codebook(tmp_path / "x.qdc")


def codes(entries):
    details = {path: {"guid": guid, "description": text} for path, (guid, text) in entries.items()}
    return codes_of_paths(details, "x", details)


def test_what_changed_between_two_versions_is_said():
    before = codes(
        {
            "A": ("1", ""),
            "A > trust": ("2", "old"),
            "A > goals": ("3", "g"),
            "A > gone": (None, ""),
            "A > leaf": (None, "l"),
            "A > old name": (None, "the same words"),
        }
    )
    after = codes(
        {
            "A": ("1", ""),
            "A > trust": ("2", "new"),
            "A > aims": ("{3}", "g"),
            "B": (None, ""),
            "B > leaf": (None, "l"),
            "A > new name": (None, "the same words"),
            "A > come": (None, ""),
        }
    )
    result = compare_codebooks(before, after)
    found = {(row.change, row.before, row.after) for row in result.table.fillna("").itertuples()}
    assert found == {
        ("redefined", "A > trust", "A > trust"),
        ("renamed", "A > goals", "A > aims"),
        ("moved", "A > leaf", "B > leaf"),
        ("renamed", "A > old name", "A > new name"),
        ("removed", "A > gone", ""),
        ("added", "", "B"),
        ("added", "", "A > come"),
    }
    assert result.summary == "Of 6 codes before and 7 after: 1 removed, 2 added, 2 renamed, 1 moved, 1 redefined."


def test_a_codebook_compared_with_itself_has_not_changed():
    book = codes({"A": ("1", "x"), "A > b": (None, None), "C > b": (None, None)})
    assert compare_codebooks(book, book).table.empty
    assert isinstance(compare_codebooks(book, book).table, pd.DataFrame)
