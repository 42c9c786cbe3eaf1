"""Tables of codings: MAXQDA, ATLAS.ti, Dedoose, Taguette, people's own; and by a column map."""

import openpyxl
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.readers import read_export
from analysis.readers.joined_codes import part_codes


def csv(tmp_path, text, name="x.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


ENGLISH = "Color;Document group;Document name;Code;Beginning;End;Weight score;Segment;Created by;Area"
GERMAN = "Farbe;Dokumentgruppe;Dokumentname;Code;Anfang;Ende;Gewicht;Segment;Erstellt von;Fläche"
POLISH = "Color;Grupa dokumentów;Nazwa dokumentu;Kod;Początek;Koniec;Waga;Fragment;Autor;Objętość"


@pytest.mark.parametrize(
    "header", [ENGLISH, GERMAN, POLISH, POLISH.replace("ą", "a").replace("ę", "e").replace("ó", "o")]
)
def test_coded_segments_in_several_languages(tmp_path, header):
    rows = "●;council;i1;Group\\trust;3;4;2;They met weekly;ann;15\n●;council;i1;goals;0:01:05.5;0:02:00;50,5;x;bob;1\n"
    export = read_export(csv(tmp_path, f"{header}\n{rows}"))
    assert export.format == "maxqda-segments"
    assert export.codings["code"].tolist() == ["Group > trust", "goals"]
    assert export.codings["unit"].tolist() == ["paragraph", "millisecond"]
    assert export.codings["start"].tolist() == [3, 65_500]
    assert export.codings["weight"].tolist() == [2, 50.5]
    assert export.codings["coder"].tolist() == ["ann", "bob"]
    assert export.codings["row"].tolist() == [2, 3]
    assert export.codes["path"].tolist() == ["Group", "Group > trust", "goals"]
    assert export.sources[["source", "group"]].to_numpy().tolist() == [["i1", "council"]]
    assert export.attributes.empty


def test_document_variables_beside_the_segments_become_attributes(tmp_path, notes):
    rows = (
        "●;g;i1;trust;1;1;0;x;ann;1;Wigan;a\n●;g;i1;goals;1;1;0;y;ann;1;Wigan;b\n●;g;i2;goals;1;1;0;y;ann;1;Surrey;c\n"
    )
    export = read_export(csv(tmp_path, f"{ENGLISH};Council;Free\n{rows}"))
    assert export.attributes[["owner", "name", "value"]].to_numpy().tolist() == [
        ["i1", "Council", "Wigan"],
        ["i2", "Council", "Surrey"],
    ]
    assert notes(export, "'Free'") == [("info", 1)]


def test_levels_with_an_angle_bracket(tmp_path):
    export = read_export(csv(tmp_path, f"{ENGLISH}\n●;g;i1;Group > trust;1;1;0;x;ann;1\n"))
    assert export.codings["code"].tolist() == ["Group > trust"]


def test_a_weight_that_a_spreadsheet_spoilt_is_missing_and_told(tmp_path, notes):
    rows = "●;g;i1;a;1;1;3;x;ann;1\n●;g;i1;a;1;1;1-mei;x;ann;1\n●;g;i1;a;1;1;much;x;ann;1\n"
    export = read_export(csv(tmp_path, f"{ENGLISH}\n{rows}"))
    assert export.codings["weight"].isna().tolist() == [False, True, True]
    assert notes(export, "changed by a spreadsheet") == [("warning", 1)]
    assert notes(export, "weights are no numbers") == [("error", 1)]


def test_a_row_with_a_code_and_no_document_stops_the_reading(tmp_path):
    with pytest.raises(DataError, match="name no document") as caught:
        read_export(csv(tmp_path, f"{ENGLISH}\n●;g;i1;a;1;1;3;x;ann;1\n●;g;;a;1;1;3;x;ann;1\n"))
    assert "row 3" in caught.value.where


QUOTATIONS = (
    "Number;Reference;Name;Text Content;Document;Codes;Number of Codes;Comment;Initial Position;Final Position;"
    "Extensão;Creation Date ;Modification Date"
)


def test_quotations_with_codes_joined_by_commas(tmp_path):
    rows = (
        "1:1;¶ 4;;x;i1;Trust, respect and care;1;;4;4;1;;\n"
        "1:2;¶ 5;;y;i1;Goals, Trust, respect and care;2;;5;6;1;;\n"
        "1:3;¶ 6;;z;i2;Goals, Time;2;;6;6;1;;\n"
        "1:4;¶ 7;;w;i2;;0;;7;7;1;;\n"
    )
    export = read_export(csv(tmp_path, f"{QUOTATIONS}\n{rows}"))
    assert export.format == "atlasti-quotations"
    assert export.codings[["source", "code"]].to_numpy().tolist() == [
        ["i1", "Trust, respect and care"],
        ["i1", "Goals"],
        ["i1", "Trust, respect and care"],
        ["i2", "Goals"],
        ["i2", "Time"],
    ]
    assert export.codings["row"].tolist() == [2, 3, 3, 4, 4]
    assert export.codings["unit"].unique().tolist() == ["paragraph"]
    assert not any(note.level != "info" for note in export.report)


def test_codes_by_line_and_levels_by_colons(tmp_path):
    header = "ID;Document;Quotation Name;Quotation Content;Codes;Reference;Density;Created by;Document Groups"
    rows = '1;i1;n;x;"A\nA: b\nC::d";;3;ann;council\n'
    export = read_export(csv(tmp_path, f"{header}\n{rows}"))
    assert export.codings["code"].tolist() == ["A", "A > b", "C > d"]
    assert export.codings["coder"].tolist() == ["ann"] * 3
    assert export.sources["group"].tolist() == ["council"]


def test_joined_codes_are_parted_by_the_codebook_else_by_guess_that_is_told():
    cells = pd.Series(["a, b, c", "a, b", "x, y"])
    counts = pd.Series([2.0, 1.0, float("nan")]).to_numpy()
    parted, doubtful = part_codes(cells, counts, ["c"])
    assert (parted, doubtful) == ([["a, b", "c"], ["a, b"], ["x", "y"]], [2])
    parted, doubtful = part_codes(cells, counts, ["a", "b, c", "x, y"])
    assert parted[2] == ["x, y"] and doubtful == []


def test_dedoose_has_a_group_of_columns_for_each_code(tmp_path):
    header = (
        "Media Title,Excerpt Range,Excerpt Creator,Excerpt Date,Excerpt Copy,Codes Applied Combined,Descriptor: Area,"
        "Code: Group\\trust Applied,Code: Group\\trust Range,Code: Group\\trust Weight,Code: goals Applied"
    )
    rows = 'i1,10-25,ann,1/2/16,They met,"trust, goals",Wigan,True,0-5,3,True\n'
    rows += "i2,0-4,bob,1/2/16,Hm,,Surrey,False,,,False\n"
    export = read_export(csv(tmp_path, f"{header}\n{rows}"))
    assert export.format == "dedoose"
    assert export.codings[["source", "coder", "code", "start", "end", "text"]].to_numpy().tolist() == [
        ["i1", "ann", "Group > trust", 10, 25, "They met"],
        ["i1", "ann", "goals", 10, 25, "They met"],
    ]
    assert export.codings["weight"].fillna(-1).tolist() == [3, -1]
    assert export.attributes[["owner", "value"]].to_numpy().tolist() == [["i1", "Wigan"]]


def test_taguette_highlights_and_codebook(tmp_path):
    export = read_export(csv(tmp_path, "id,document,tag,content\n1,i1,trust,x\n1,i1,goals,x\n"))
    assert (export.format, len(export.codings)) == ("taguette-highlights", 2)
    export = read_export(csv(tmp_path, "tag,description,number of highlights\ntrust,what it is,2\ngoals,,0\n"))
    assert export.format == "taguette-codebook"
    assert export.codes["description"].fillna("").tolist() == ["what it is", ""]


def test_long_tables_of_ones_own(tmp_path):
    text = (
        "Interview,Coder,Code,Intensity,Quote,Start,End,Role\n"
        "i1,ann,A > b,2,x,0,4,council\ni1,bob,c,,y,5,9,council\ni2,bob,,,z,,,partner\n"
    )
    export = read_export(csv(tmp_path, text))
    assert export.format == "long"
    assert export.codings[["source", "coder", "code"]].to_numpy().tolist() == [
        ["i1", "ann", "A > b"],
        ["i1", "bob", "c"],
    ]
    assert export.sources["source"].tolist() == ["i1", "i2"]
    assert export.attributes[["owner", "name", "value"]].to_numpy().tolist() == [
        ["i1", "Role", "council"],
        ["i2", "Role", "partner"],
    ]


def test_wide_tables_with_numbered_codes(tmp_path, notes):
    text = "Document,Excerpt,Code 1,Code 2,Code 3\ni1,x,a,,b\ni1,y,,,\ni2,z,,c,\n"
    export = read_export(csv(tmp_path, text))
    assert export.format == "wide"
    assert export.codings[["source", "code", "row"]].to_numpy().tolist() == [
        ["i1", "a", 2],
        ["i1", "b", 2],
        ["i2", "c", 4],
    ]
    assert notes(export, "no codings") == [("info", 1)]


def test_a_sheet_for_each_coder(tmp_path):
    book = openpyxl.Workbook()
    for name, code in (("ann", "a"), ("bob", "b")):
        page = book.create_sheet(name)
        page.append(["Document", "Excerpt", "Code 1", "Code 2"])
        page.append(["i1", "x", code, "c"])
    del book["Sheet"]
    book.save(tmp_path / "x.xlsx")
    export = read_export(tmp_path / "x.xlsx")
    assert export.codings[["coder", "code"]].to_numpy().tolist() == [
        ["ann", "a"],
        ["ann", "c"],
        ["bob", "b"],
        ["bob", "c"],
    ]
    assert read_export(tmp_path / "x.xlsx", sheet="bob").codings["coder"].isna().all()


def test_an_empty_second_sheet_is_no_coders(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Document", "Coder", "Code"], ["i1", "ann", "a"]):
        book.active.append(row)
    book.create_sheet("Sheet2")
    book.save(tmp_path / "x.xlsx")
    export = read_export(tmp_path / "x.xlsx")
    assert export.codings["coder"].tolist() == ["ann"]
    assert not any("Sheet2" in note.what for note in export.report)  # names of sheets may be names of people


def test_a_table_of_counts_says_what_to_export_instead(tmp_path):
    with pytest.raises(DataError, match="counts from ATLAS"):
        read_export(csv(tmp_path, ';"●A\nGr=1";"●B\nGr=2"\n"●A\nGr=1";0;1\n'))


def test_graded_columns_a_code_each(tmp_path):
    export = read_export(csv(tmp_path, "interview;coder;trust;goals\ni1;ann;3;0\ni2;ann;;1\n"))
    assert export.format == "graded"
    assert export.codings[["source", "code", "weight"]].to_numpy().tolist() == [["i1", "trust", 3], ["i2", "goals", 1]]


def test_anything_else_comes_by_a_column_map(tmp_path, notes):
    path = csv(tmp_path, "Gespräch|Thema|Wer|F1|F2\nA|x|ann|2|Off\nB|y|bob|0|viel\n", encoding="cp1252")
    with pytest.raises(DataError, match="no reader knows"):
        read_export(path)
    export = read_export(path, {"source": "Gespräch", "code": "Thema", "coder": "Wer"})
    assert export.format == "mapped"
    assert export.codings[["source", "code", "coder"]].to_numpy().tolist() == [["A", "x", "ann"], ["B", "y", "bob"]]
    export = read_export(path, {"source": "Gespräch", "coder": "Wer", "codes": {"F1": "trust", "F2": "goals"}})
    assert export.codings[["source", "code", "weight"]].to_numpy().tolist() == [["A", "trust", 2]]
    assert notes(export, "no numbers") == [("error", 1)]


@pytest.mark.parametrize(
    ("column_map", "words", "nearest"),
    [
        ({"source": "Interveiw", "code": "Code"}, "has not", "Interview"),
        ({"sorce": "Interview", "code": "Code"}, "unknown field", "source"),
        ({"source": "Interview"}, "needs a column", None),
    ],
)
def test_a_wrong_column_map_names_what_is_wrong(tmp_path, column_map, words, nearest):
    with pytest.raises(DataError, match=words) as caught:
        read_export(csv(tmp_path, "Interview,Code\na,b\n"), column_map)
    assert caught.value.nearest == nearest
