"""REFI-QDA: containers, code trees, offsets, cases, sets and selections as tools write them."""

import pytest

from analysis.errors import DataError
from analysis.readers import read_export, source_attributes
from analysis.readers.offsets import CHOICES

RAW = (
    "Anna says hello \U0001f600.\r\nTrust grew slowly \U0001f680 among partners.\r\n"
    "Shared goals mattered, she said.\r\n"
)
WANTED = ("Trust grew", "partners", "Shared goals", "mattered, she said.")


def counted(raw, words, line_end, unit):
    """Return where words stand as a tool would count it: an independent, plain way of counting."""
    text = raw if line_end == "CRLF" else raw.replace("\r\n", "\n")
    start = text.index(words)
    length = (lambda part: len(part.encode("utf-16-le")) // 2) if unit == "UTF-16" else len
    return length(text[:start]), length(text[: start + len(words)])


def written(build, tmp_path, line_end, unit, origin="Test 1", wanted=WANTED, encoding="utf-8"):
    spans = [counted(RAW, words, line_end, unit) for words in wanted]
    selections = "".join(build.selection(a, b, build.coding("k1")) for a, b in spans)
    xml = build.project(build.text_source("t1", "one", selections, path="internal://T1.txt"), origin=origin)
    return build.qdpx(tmp_path / "p.qdpx", xml, {"sources/t1.TXT": RAW.encode(encoding)})


@pytest.mark.parametrize(("line_end", "unit"), CHOICES)
def test_offsets_are_decided_by_word_boundaries(build, tmp_path, line_end, unit):
    export = read_export(written(build, tmp_path, line_end, unit))
    assert export.format == "refi-qda"
    assert export.codings["text"].tolist() == list(WANTED)
    assert export.sources["offsets"].tolist() == [f"{line_end}, {unit}"]
    canonical = RAW.replace("\r\n", "\n")
    assert export.texts["one"] == canonical
    assert export.codings["start"].tolist() == [canonical.index(words) for words in WANTED]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_nvivo_counts_after_the_byte_order_mark(build, tmp_path, encoding):
    path = written(build, tmp_path, "CRLF", "UTF-16", "NVivo 14 for Windows", encoding=encoding)
    assert read_export(path).codings["text"].tolist() == list(WANTED)


@pytest.mark.parametrize(("origin", "words"), [("NVivo 12", "(a"), ("ATLAS.ti 23", "a)")])
def test_where_both_readings_are_clean_the_habit_of_the_tool_decides(build, tmp_path, origin, words):
    source = build.text_source("t1", "one", build.selection(3, 5, build.coding("k1")), path="internal://t1.txt")
    path = build.qdpx(tmp_path / "p.qdpx", build.project(source, origin=origin), {"Sources/t1.txt": "x\r\n(a) b"})
    assert read_export(path).codings["text"].tolist() == [words]


def test_sources_that_are_clear_help_one_that_is_not(build, tmp_path):
    spans = [counted(RAW, words, "CRLF", "code point") for words in WANTED]
    clear = "".join(build.selection(a, b, build.coding("k1")) for a, b in spans)
    sources = build.text_source("t1", "one", clear, path="t1.txt")
    sources += build.text_source("t2", "two", build.selection(3, 5, build.coding("k1")), path="t2.txt")
    members = {"sources/t1.txt": RAW, "sources/t2.txt": "x\r\n(a) b"}
    export = read_export(build.qdpx(tmp_path / "p.qdpx", build.project(sources, origin="ATLAS.ti"), members))
    assert export.codings["text"].tolist() == [*WANTED, "(a"]


def test_text_inside_the_xml_and_counted_with_windows_line_ends(build, tmp_path):
    plain = RAW.replace("\r\n", "\n")  # XML turns CRLF into LF
    spans = [counted(RAW, words, "CRLF", "UTF-16") for words in WANTED]
    selections = "".join(build.selection(a, b, build.coding("k1")) for a, b in spans)
    path = tmp_path / "p.qde"
    path.write_text(build.project(build.text_source("t1", "one", selections, content=plain)), encoding="utf-8")
    assert read_export(path).codings["text"].tolist() == list(WANTED)


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("project.qde", {"sources/t1.txt": "Trust grew."}),
        ("Project.qde", {"Sources/T1.TXT": "Trust grew."}),
        ("My Study.QDE", {"t1.txt": "Trust grew.", "junk/x.bin": "\x00", "Thumbs.db": ""}),
        ("project.qde", {"Sources\\t1.txt": "Trust grew."}),
    ],
)
def test_containers_as_tools_pack_them(build, tmp_path, name, members):
    for location in ("internal://t1.txt", "t1.txt", "relative:///sources/t1.txt"):
        xml = build.project(build.text_source("t1", "one", build.selection(0, 5, build.coding("k1")), path=location))
        export = read_export(build.qdpx(tmp_path / "p.anything", xml, members, name))
        assert export.codings["text"].tolist() == ["Trust"]


@pytest.mark.parametrize("namespace", ["urn:QDA-XML:project:1.0", "http://schema/project:0:10", "urn:else"])
def test_any_namespace_is_read(build, tmp_path, namespace):
    xml = build.project(
        build.text_source("t1", "one", build.selection(0, 5, build.coding("k1")), "Trust."), namespace=namespace
    )
    path = build.qdpx(tmp_path / "p.qdpx", xml)
    assert len(read_export(path).codings) == 1


def test_guids_match_in_any_case_and_with_braces(build, tmp_path):
    codes = build.element("Code", guid="{ABCD-1}", name="trust")
    source = build.text_source("{T-1}", "one", build.selection(0, 5, build.coding("abcd-1", "{U1}")), "Trust.")
    sets = build.element("Set", build.element("MemberSource", targetGUID="t-1"), guid="x", name="gender: male")
    path = build.qdpx(tmp_path / "p.qdpx", build.project(source, codes, Sets=sets))
    export = read_export(path)
    assert export.codings[["coder", "code"]].to_numpy().tolist() == [["Ann Example", "trust"]]
    assert export.attributes[["owner", "name", "value"]].to_numpy().tolist() == [["one", "gender", "male"]]


def test_code_trees_nest_and_folders_are_kept(build, tmp_path):
    inner = build.element("Code", build.element("Description", "what it is"), guid="k3", name="respect")
    codes = build.element(
        "Code", build.element("Code", inner, guid="k2", name="trust"), guid="k1", name="All", isCodable="false"
    )
    path = build.qdpx(tmp_path / "p.qdpx", build.project("", codes))
    table = read_export(path).codes
    assert table["path"].tolist() == ["All", "All > trust", "All > trust > respect"]
    assert table["parent"].fillna("").tolist() == ["", "All", "All > trust"]
    assert table["codable"].tolist() == [False, True, True]
    assert table["description"][2] == "what it is"
    assert table["guid"].tolist() == ["k1", "k2", "k3"]


def test_atlasti_flattens_its_tree(build, tmp_path):
    codes = build.element("Code", guid="k1", name="Coke::diet") + build.element("Code", guid="k2", name="a::b")
    flat = read_export(build.qdpx(tmp_path / "a.qdpx", build.project("", codes, origin="ATLAS.ti 23"))).codes
    assert flat["path"].tolist() == ["Coke", "Coke > diet", "a", "a > b"]
    kept = read_export(build.qdpx(tmp_path / "n.qdpx", build.project("", codes, origin="NVivo"))).codes
    assert kept["path"].tolist() == ["Coke::diet", "a::b"]


def test_cases_variables_and_sets_become_attributes(build, tmp_path):
    def value(kind, content, variable):
        return build.element(
            "VariableValue", build.element("VariableRef", targetGUID=variable) + build.element(kind, content)
        )

    kinds = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")
    contents = ("Wigan", "true", "3", "2.5", "2016-05-01", "2016-05-01T10:00:00Z")
    variables = "".join(build.element("Variable", guid=f"v{i}", name=f"n{i}", typeOfVariable="Text") for i in range(6))
    values = "".join(
        value(kind, content, f"v{i}") for i, (kind, content) in enumerate(zip(kinds, contents, strict=True))
    )
    named = build.element(
        "Case",
        values + build.element("SourceRef", targetGUID="t1") + build.element("SourceRef", targetGUID="t2"),
        guid="p",
        name="Partnership A",
    )
    unnamed = build.element(
        "Case", value("TextValue", "council", "v0") + build.element("SourceRef", targetGUID="t2"), guid="q", name=""
    )
    sets = build.element("Set", build.element("MemberSource", targetGUID="t1"), guid="x", name="Pilot")
    sources = build.text_source("t1", "one") + build.text_source("t2", "two")
    xml = build.project(sources, Variables=variables, Cases=named + unnamed, Sets=sets)
    export = read_export(build.qdpx(tmp_path / "p.qdpx", xml))
    of_case = export.attributes.query("owner_kind == 'case'").set_index("name")["value"]
    assert of_case.to_dict() == {f"n{i}": content for i, content in enumerate(contents)}
    resolved = source_attributes(export).set_index(["source", "name"])["value"]
    assert resolved["one", "n0"] == "Wigan"
    assert resolved["two", "n0"] == "council"  # its own hides that of its case
    assert resolved["two", "n3"] == "2.5"
    assert resolved["one", "document group"] == "Pilot"
    assert export.sources["group"].fillna("").tolist() == ["Pilot", ""]


def test_selections_of_other_media_are_codings_without_text(build, tmp_path, notes):
    def mark(tag, **where):
        return build.selection(0, 0, build.coding("k1"), tag=tag, **where)

    sources = (
        build.element("AudioSource", mark("AudioSelection", begin=1500, end=2500), guid="a", name="audio")
        + build.element("VideoSource", mark("VideoSelection", begin=0, end=10), guid="v", name="video")
        + build.element(
            "PictureSource",
            mark("PictureSelection", firstX=1, firstY=2, secondX=3, secondY=4),
            guid="p",
            name="picture",
        )
        + build.element(
            "PDFSource",
            mark("PDFSelection", page=2, firstX=1)
            + build.element(
                "Representation",
                build.element("PlainTextContent", "Words of a page.") + build.selection(0, 5, build.coding("k1")),
                guid="r",
            ),
            guid="d",
            name="pdf",
        )
    )
    links = build.element("Link", guid="l", name="x") * 2
    export = read_export(build.qdpx(tmp_path / "p.qdpx", build.project(sources, Links=links)))
    frame = export.codings.set_index(["source", "unit"])
    assert frame.loc[("audio", "millisecond"), ["start", "end"]].tolist() == [1500, 2500]
    assert frame.loc[("pdf", "page"), ["start", "end"]].tolist() == [2, 3]
    assert frame.loc[("pdf", "character"), "text"] == "Words"
    assert export.codings["text"].notna().sum() == 1
    assert export.sources["kind"].tolist() == ["audio", "video", "picture", "pdf"]
    assert notes(export, "links") == [("info", 2)]


def test_transcripts_find_positions_through_their_time_stamps(build, tmp_path):
    inner = (
        build.element("PlainTextContent", "One two three.")
        + build.element("SyncPoint", guid="s1", position=4, timeStamp=1000)
        + build.element("SyncPoint", guid="s2", position=7, timeStamp=2000)
        + build.selection(0, 0, build.coding("k1"), tag="TranscriptSelection", fromSyncPoint="S1", toSyncPoint="{s2}")
    )
    source = build.element("AudioSource", build.element("Transcript", inner, guid="t"), guid="a", name="audio")
    assert read_export(build.qdpx(tmp_path / "p.qdpx", build.project(source))).codings["text"].tolist() == ["two"]


def test_what_is_odd_is_kept_and_told(build, tmp_path, notes):
    selections = (
        build.coding("k1", "u2")  # the whole document
        + build.selection(5, 5, build.coding("k1"))  # no length
        + build.selection(0, 5, build.element("Description", "thought"))  # MAXQDA: no coding
        + build.selection(0, 5, build.coding("case1"))  # NVivo: a case
        + build.selection(0, 5, build.coding("nowhere"))
        + build.selection(3, 999999999999999999999, build.coding("k1"))
        + build.selection(-5, 2, build.coding("k1"))
        + build.selection(0, 5, build.coding("k1", "stranger"))
    )
    cases = build.element("Case", guid="case1", name="Case one")
    sources = build.text_source("t1", "same", selections, "Trust is all.") + build.text_source(
        "t2", "same", content="x"
    )
    export = read_export(build.qdpx(tmp_path / "p.qdpx", build.project(sources, Cases=cases, Sets="<!-- none -->")))
    assert export.sources["source"].tolist() == ["same", "same (2)"]
    assert export.codings["unit"].tolist() == ["document", "character", "character", "character", "character"]
    assert export.codings["coder"].fillna("-").tolist() == [
        "Bob Example",
        "Ann Example",
        "Ann Example",
        "Ann Example",
        "-",
    ]
    assert export.codings["start"].isna().tolist() == [True, False, True, True, False]
    assert notes(export, "outside their source") == [("error", 2)]
    assert notes(export, "not in the codebook") == [("error", 1)]
    assert notes(export, "refer to a case") == [("info", 1)]
    assert notes(export, "no length") == [("info", 1)]
    assert notes(export, "without a code are not codings") == [("info", 1)]
    assert ("same", "case", "Case one") in set(
        export.attributes[["owner", "name", "value"]].itertuples(index=False, name=None)
    )


def test_a_missing_text_leaves_the_coding(build, tmp_path, notes):
    xml = build.project(
        build.text_source("t1", "one", build.selection(3, 9, build.coding("k1")), path="internal://gone.txt")
    )
    export = read_export(build.qdpx(tmp_path / "p.qdpx", xml))
    assert export.codings["text"].isna().all() and export.codings["start"].tolist() == [3]
    assert notes(export, "text is not in the file") == [("warning", 1)]


def test_a_project_file_taken_out_of_its_archive_finds_the_texts_beside_it(build, tmp_path, notes):
    source = build.text_source("t1", "one", build.selection(0, 5, build.coding("k1")), path="internal://T1.txt")
    (tmp_path / "Sources").mkdir()
    (tmp_path / "Sources" / "t1.txt").write_text("Trust grew.")
    (tmp_path / "p.qde").write_text(build.project(source), encoding="utf-8")
    export = read_export(tmp_path / "p.qde", {"source": "x", "code": "y"})
    assert export.codings["text"].tolist() == ["Trust"]
    assert notes(export, "column map is not used") == [("warning", 1)]


def test_the_container_must_hold_one_project(build, tmp_path):
    path = build.qdpx(tmp_path / "p.qdpx", build.project(""), {"other.qde": build.project("")}, "one.qde")
    with pytest.raises(DataError, match="2 project file"):
        read_export(path)


def test_a_codebook_of_taguette_with_its_empty_sets_is_read(tmp_path):
    path = tmp_path / "x.bin"
    path.write_text(
        '<CodeBook xmlns="urn:QDA-XML:codebook:0:4" origin="Taguette"><Codes>'
        '<Code guid="a" name="b" isCodable="true"/></Codes><Sets/></CodeBook>'
    )
    export = read_export(path)
    assert export.format == "refi-codebook" and export.codes["path"].tolist() == ["b"] and export.codings.empty
