"""Sheets: what is detected, how rows are numbered, and that damage is told."""

import zipfile

import openpyxl
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.readers import find_damage, read_sheet

TABLE = "interview,coder,code,weight\ni1,ann,trust,2\ni2,bob,écoute,3\n"


def write(tmp_path, content, name="sheet.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_detected(tmp_path, encoding, separator):
    path = write(tmp_path, TABLE.replace(",", separator), encoding=encoding)
    sheet = read_sheet(path)
    assert sheet.separator == separator
    assert list(sheet.frame) == ["interview", "coder", "code", "weight"]
    assert sheet.frame["code"].tolist() == ["trust", "écoute"]
    assert sheet.rows.tolist() == [2, 3]


def test_decimal_commas_do_not_pass_for_separators(tmp_path):
    path = write(tmp_path, "unit;a;b\nx;1,5;2,5\ny;1,0;3,5\n")
    assert read_sheet(path).frame["b"].tolist() == ["2,5", "3,5"]


def test_rows_count_as_a_spreadsheet_counts(tmp_path):
    path = write(tmp_path, 'id,text\n1,"two\nlines"\n\n2,b\n')
    sheet = read_sheet(path)
    assert sheet.rows.tolist() == [2, 4]
    assert sheet.frame["text"][0] == "two\nlines"
    assert [note.count for note in sheet.notes if "blank" in note.what] == [1]


def test_cells_stay_text_and_empty_ones_are_missing(tmp_path):
    sheet = read_sheet(write(tmp_path, "id,code\n007,NA\n1e5, \nx,\n"))
    assert sheet.frame["id"].tolist() == ["007", "1e5", "x"]
    assert sheet.frame["code"].isna().tolist() == [False, True, True]
    assert isinstance(sheet.frame["id"].dtype, pd.StringDtype)


def test_rows_of_the_wrong_width_are_told(tmp_path):
    sheet = read_sheet(write(tmp_path, "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,\n5,6,7\n"))
    assert sheet.rows.tolist() == [2, 3, 5, 6]
    assert sheet.frame["c"].isna().tolist() == [False, True, False, False]
    told = {(note.level, note.row, note.count) for note in sheet.notes}
    assert told == {("warning", 3, 1), ("error", 4, 1)}


def test_stray_quotation_marks_are_read_and_told(tmp_path):
    sheet = read_sheet(write(tmp_path, 'a,b\n1,"said" he\n2,x\n'))
    assert sheet.frame["b"].tolist() == ["said he", "x"]
    assert any("quotation" in note.what and note.row == 2 for note in sheet.notes)


def test_a_quotation_mark_never_closed_is_an_error(tmp_path):
    with pytest.raises(DataError, match="never closed") as caught:
        read_sheet(write(tmp_path, 'a,b\n1,x\n2,"open\n3,y\n4,z\n'))
    assert "row 3" in caught.value.where


def test_a_title_above_the_header_is_left_out(tmp_path):
    sheet = read_sheet(write(tmp_path, "Tabela 1\nKod;Opis\nx;y\n"))
    assert list(sheet.frame) == ["Kod", "Opis"]
    assert sheet.rows.tolist() == [3]


def test_the_line_that_tells_excel_the_separator_is_no_header(tmp_path):
    sheet = read_sheet(write(tmp_path, "sep=;\na;b\n1;2\n"))
    assert list(sheet.frame) == ["a", "b"]


def test_repeated_and_blank_names_stay_apart(tmp_path):
    sheet = read_sheet(write(tmp_path, "x,note,,note\n1,2,3,4\n"))
    assert list(sheet.frame) == ["x", "note", "column 3", "note (2)"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "no text"),
        ("naïve,café,été,déjà\n".encode() * 5 + b"\xc3", "damaged bytes"),
    ],
)
def test_what_is_no_table_is_an_error(tmp_path, content, words):
    with pytest.raises(DataError, match=words):
        read_sheet(write(tmp_path, content))


def test_a_wrong_encoding_is_an_error(tmp_path):
    path = write(tmp_path, TABLE, encoding="cp1252")
    with pytest.raises(DataError, match="not written in utf-8"):
        read_sheet(path, encoding="utf-8")
    with pytest.raises(DataError, match="not known"):
        read_sheet(path, encoding="latin-seven")


def workbook(tmp_path, rows, name="book.xlsx"):
    book = openpyxl.Workbook()
    book.active.title = "first"
    for row in rows:
        book.active.append(row)
    other = book.create_sheet("second")
    other["B3"] = "x"
    other["B4"] = 1.5
    path = tmp_path / name
    book.save(path)
    return path


def test_a_workbook_is_read_as_text(tmp_path):
    import datetime

    rows = [["id", "n", "share", "day", "yes"], ["a", 3, 0.25, datetime.datetime(2016, 5, 1), True]]
    path = workbook(tmp_path, rows, "book.csv")  # the name lies
    sheet = read_sheet(path)
    assert sheet.frame.iloc[0].tolist() == ["a", "3", "0.25", "2016-05-01", "TRUE"]
    assert (sheet.name, sheet.sheets, sheet.encoding) == ("first", ("first", "second"), "")


def test_rows_of_a_sheet_that_starts_lower_keep_their_numbers(tmp_path):
    sheet = read_sheet(workbook(tmp_path, [["a", "b"]]), sheet="second")
    assert sheet.rows.tolist() == [4]
    assert sheet.frame["x"].tolist() == ["1.5"]


def test_an_unknown_sheet_names_the_nearest(tmp_path):
    with pytest.raises(DataError) as caught:
        read_sheet(workbook(tmp_path, [["a", "b"]]), sheet="secund")
    assert caught.value.nearest == "second"


def test_macros_are_told_and_not_run(tmp_path):
    path = workbook(tmp_path, [["a", "b"], [1, 2]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    assert any("macros" in note.what for note in read_sheet(path).notes)


def test_a_sheet_that_claims_a_far_cell_costs_no_memory(tmp_path):
    path = tmp_path / "far.xlsx"
    source = workbook(tmp_path, [["a", "b"], [1, 2]])
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            new.writestr(name, data)
    with pytest.raises(DataError, match="memory"):
        read_sheet(path)


def test_damage_is_reported_and_left_as_it_is(tmp_path):
    content = "case;members;month\na;1-mei;jan-20\nb;nov-15;feb-20\nc;20+;mrt-20\nd;6-okt;apr-20\n"
    sheet = read_sheet(write(tmp_path, content))
    (note,) = find_damage(sheet)
    assert (note.level, note.row, note.count) == ("warning", 2, 3)
    assert "'members'" in note.what
    assert sheet.frame["members"].tolist() == ["1-mei", "nov-15", "20+", "6-okt"]


def test_dates_among_counts_are_damage_and_dates_alone_are_not(tmp_path):
    sheet = read_sheet(write(tmp_path, "n,day\n3,2016-05-01\n2015-11-01,2016-05-02\n4,2016-05-03\n5,2016-05-04\n"))
    (note,) = find_damage(sheet)
    assert note.row == 3 and "'n'" in note.what


@pytest.mark.third_party
def test_damaged_counts_of_a_published_data_set_are_found(third_party):
    sheet = read_sheet(third_party / "real/collaborative-governance/cases.csv")
    assert sheet.frame.shape == (60, 411)
    assert (sheet.encoding, sheet.separator) == ("cp1252", ";")
    found = {note.what.split("'")[1]: note.count for note in find_damage(sheet)}
    assert found == {"Q22_Start": 42, "Q22_Middle": 33, "Q22_End": 37}


@pytest.mark.third_party
def test_real_sheets_have_the_size_their_makers_state(third_party):
    polish = read_sheet(third_party / "exports/maxqda/maxqdar_test_coded_segments.xls")
    assert polish.frame.shape == (402, 13)
    assert polish.frame.columns[5] == "Początek"
    tasks = read_sheet(third_party / "real/serdif-usability/tasks/taskSuccess.csv")
    assert tasks.encoding == "utf-16" and "P17" in tasks.frame
    matrix = read_sheet(
        third_party / "exports/atlasti/edgeai/thematic_analisys/atlas.ti_exports/20250914_co-ocurrence.csv"
    )
    assert matrix.frame.shape == (466, 931)
