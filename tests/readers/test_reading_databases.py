"""SQLite formats: QualCoder, Taguette, MAXQDA projects."""

import pytest

from analysis.errors import DataError
from analysis.readers import read_export, source_attributes

EMOJI = "Hi \U0001f600 there. Trust grew. Café goals."

QUALCODER = """
CREATE TABLE project (databaseversion text, date text, memo text, about text);
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text,
  date text);
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text, color text
  {supercid});
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text, supercatid integer);
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer, pos1 integer,
  owner text, date text, memo text, important integer);
CREATE TABLE code_image (imid integer primary key, id integer, x1 integer, y1 integer, width integer, height integer,
  cid integer, memo text, date text, owner text);
CREATE TABLE code_av (avid integer primary key, id integer, pos0 integer, pos1 integer, cid integer, memo text,
  date text, owner text);
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text);
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer, owner text);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer, date text,
  owner text);
INSERT INTO cases VALUES (1, 'Wigan deal', null, 'ann', null);
INSERT INTO case_text VALUES (1, 1, 1, 0, 10, 'ann'), (2, 1, 1, 10, 20, 'ann');
INSERT INTO attribute VALUES (1, 'area', 'case', 'Wigan', 1, null, 'ann'),
  (2, 'role', 'file', 'council', 1, null, 'ann'),
  (3, 'empty', 'file', '', 1, null, 'ann');
"""


def qualcoder(build, tmp_path, version, codings, extra="", text=EMOJI):
    folder = tmp_path / f"{version}.qda"
    folder.mkdir()
    rows = [
        ("INSERT INTO project (databaseversion) VALUES (?)", [(version,)]),
        (
            "INSERT INTO source (id, name, fulltext, mediapath) VALUES (?,?,?,?)",
            [(1, "one.txt", text, None), (2, "pic.png", None, "/images/pic.png")],
        ),
        ("INSERT INTO code_text (cid, fid, seltext, pos0, pos1, owner) VALUES (?,?,?,?,?,?)", codings),
    ]
    script = QUALCODER.format(supercid=", supercid integer" if version >= "v16" else "") + extra
    build.sqlite(folder / "data.qda", script, rows)
    return folder


@pytest.mark.parametrize("version", ["v08", "v14", "v17"])
def test_a_qualcoder_project_is_read(build, tmp_path, version):
    extra = """
    INSERT INTO code_cat VALUES (1, 'Group', 'ann', null, 'about groups', null), (2, 'Inner', 'ann', null, null, 1);
    INSERT INTO code_name (cid, name, memo, catid) VALUES (1, 'trust', 'what it is', 2), (2, 'goals', null, null);
    INSERT INTO code_image (id, cid, owner) VALUES (2, 1, 'bob');
    INSERT INTO code_av (id, pos0, pos1, cid, owner) VALUES (2, 1000, 2000, 2, 'bob');
    """
    start = EMOJI.index("Trust")
    codings = [
        (1, 1, "Trust grew", start, start + 10, "ann"),
        (2, 1, "goals", EMOJI.index("goals"), EMOJI.index("goals") + 5, "bob"),
    ]
    folder = qualcoder(build, tmp_path, version, codings, extra)
    for path in (folder, folder / "data.qda"):
        export = read_export(path)
        assert export.format == "qualcoder"
        assert export.codings["code"].tolist() == ["Group > Inner > trust", "goals", "Group > Inner > trust", "goals"]
        assert export.codings["unit"].tolist() == ["character", "character", "pixel", "millisecond"]
        assert export.codings["coder"].tolist() == ["ann", "bob", "bob", "bob"]
        assert export.codings["start"].tolist()[:2] == [start, EMOJI.index("goals")]
    assert export.codes.set_index("path")["codable"].to_dict() == {
        "Group": False,
        "Group > Inner": False,
        "Group > Inner > trust": True,
        "goals": True,
    }
    assert export.codes.set_index("path")["description"]["Group > Inner > trust"] == "what it is"
    assert export.sources["kind"].tolist() == ["text", "picture"]
    resolved = source_attributes(export).set_index(["source", "name"])["value"]
    assert resolved.to_dict() == {
        ("one.txt", "case"): "Wigan deal",
        ("one.txt", "role"): "council",
        ("one.txt", "area"): "Wigan",
    }
    assert not (folder / "data.qda-wal").exists()


def test_sub_codes_of_newer_schemas_nest(build, tmp_path):
    extra = "INSERT INTO code_name (cid, name, supercid) VALUES (1, 'trust', null), (2, 'respect', 1);"
    folder = qualcoder(build, tmp_path, "v16", [(2, 1, "Hi", 0, 2, "ann")], extra)
    assert read_export(folder).codings["code"].tolist() == ["trust > respect"]


def test_positions_that_count_an_emoji_as_two_are_mended(build, tmp_path):
    extra = "INSERT INTO code_name (cid, name) VALUES (1, 'trust');"
    words = ("Trust grew", "goals", "Café")
    codings = [(1, 1, part, EMOJI.index(part) + 1, EMOJI.index(part) + 1 + len(part), "ann") for part in words]
    export = read_export(qualcoder(build, tmp_path, "v11", codings, extra))
    assert [
        EMOJI[int(a) : int(b)] for a, b in zip(export.codings["start"], export.codings["end"], strict=True)
    ] == list(words)
    assert export.sources["offsets"][0].endswith("UTF-16")


def test_what_a_qualcoder_project_has_lost_is_told(build, tmp_path, notes):
    extra = "INSERT INTO code_name (cid, name) VALUES (1, 'trust');"
    codings = [
        (1, 1, "x", 10_000, 10_010, "ann"),
        (9, 1, "x", 0, 1, "ann"),
        (1, 9, "x", 0, 1, "ann"),
        (1, 1, "", 3, 3, "b"),
    ]
    export = read_export(qualcoder(build, tmp_path, "v14", codings, extra))
    assert len(export.codings) == 2 and export.codings["start"].isna().tolist() == [True, False]
    assert notes(export, "no longer in the project") == [("error", 2)]
    assert notes(export, "outside their source") == [("error", 1)]


@pytest.mark.parametrize("parents", [{1: 2, 2: 1}, {1: 1, 2: 1}])
def test_a_category_that_is_its_own_ancestor_is_an_error(build, tmp_path, parents):
    extra = "".join(
        f"INSERT INTO code_cat (catid, name, supercatid) VALUES ({a}, 'c{a}', {b});" for a, b in parents.items()
    )
    with pytest.raises(DataError, match="own ancestor"):
        read_export(qualcoder(build, tmp_path, "v14", [], extra))


TAGUETTE = """
PRAGMA application_id = 1416066164;
CREATE TABLE documents (id integer primary key, name text, contents text, project_id integer);
CREATE TABLE tags (id integer primary key, project_id integer, path text, description text);
CREATE TABLE highlights (id integer primary key, document_id integer, start_offset integer, end_offset integer,
  snippet text);
CREATE TABLE highlight_tags (highlight_id integer, tag_id integer);
CREATE TABLE commands (id integer primary key, user_login text, payload text);
INSERT INTO tags VALUES (1, 1, 'trust', 'what it is'), (2, 1, 'goals', ''), (3, 1, 'unused', '');
"""
HTML = "<h1>Café &amp; co</h1>\n<p>Trust <b>gr\U0001f600w</b>.</p>"
PLAIN = "Café & co\nTrust gr\U0001f600w."


def test_taguette_counts_bytes_of_the_text_without_tags(build, tmp_path, notes):
    def span(words):
        before = PLAIN[: PLAIN.index(words)].encode()
        return len(before), len(before) + len(words.encode())

    rows = [
        ("INSERT INTO documents VALUES (?,?,?,?)", [(1, "one", HTML, 1)]),
        (
            "INSERT INTO highlights VALUES (?,?,?,?,?)",
            [
                (1, 1, *span("Trust gr\U0001f600w"), "<p>Trust <b>gr\U0001f600w</b></p>"),
                (2, 1, *span("co"), "<h1>co</h1>"),
                (3, 1, 0, 4_000_000, "<p>kept words</p>"),
                (4, 1, 0, 2, "untagged"),
            ],
        ),
        ("INSERT INTO highlight_tags VALUES (?,?)", [(1, 1), (1, 2), (2, 2), (3, 2), (77, 1)]),
        (
            "INSERT INTO commands (user_login, payload) VALUES (?,?)",
            [
                ("ann", '{"type": "highlight_add", "highlight_id": 1}'),
                ("bob", '{"type": "highlight_add", "highlight_id": 2}'),
                ("eve", '{"type": "highlight_add", "highlight_id": 1}'),
                ("eve", "not json highlight_add"),
            ],
        ),
    ]
    export = read_export(build.sqlite(tmp_path / "x.bin", TAGUETTE, rows))
    assert export.format == "taguette"
    assert export.codings["text"].tolist() == ["Trust gr\U0001f600w"] * 2 + ["co", "kept words"]
    assert export.codings["code"].tolist() == ["trust", "goals", "goals", "goals"]
    assert export.codings["coder"].fillna("-").tolist() == ["ann", "ann", "bob", "-"]
    assert export.codings["start"].fillna(-1).tolist() == [PLAIN.index("Trust")] * 2 + [PLAIN.index("co"), -1]
    assert export.texts["one"] == PLAIN
    assert export.codes["path"].tolist() == ["trust", "goals", "unused"]
    assert notes(export, "outside their document") == [("error", 1)]
    assert notes(export, "without a tag") == [("info", 1)]
    assert notes(export, "no longer there") == [("error", 1)]


MAXQDA = """
CREATE TABLE Codings (ID integer, TextID integer, WordID integer, Weight integer, Preview text, Author text,
  SegPos1X integer, SegPos2X integer);
CREATE TABLE Codewords (ID integer, Name text, ParentID integer);
CREATE TABLE Texts (ID integer, Name text, Text blob);
INSERT INTO Codewords VALUES (1, 'Group', 0), (2, 'trust', 1);
INSERT INTO Texts VALUES (5, 'one', x'00ff00ff');
INSERT INTO Codings VALUES (1, 5, 2, 50, 'Trust grew', 'ann', 10, 20), (2, 5, 9, 0, 'lost', 'ann', 0, 1);
"""


def test_codings_of_a_maxqda_project_are_read_without_its_texts(build, tmp_path, notes):
    export = read_export(build.sqlite(tmp_path / "p.mx24", MAXQDA))
    assert export.format == "maxqda-project"
    (row,) = export.codings.to_dict("records")
    assert (row["source"], row["code"], row["coder"], row["weight"], row["text"]) == (
        "one",
        "Group > trust",
        "ann",
        50,
        "Trust grew",
    )
    assert (row["start"], row["end"]) == (10, 20)
    assert notes(export, "encrypted") == [("info", 1)]
    assert notes(export, "no longer in the project") == [("error", 1)]


def test_rows_without_a_key_are_passed_over(build, tmp_path):
    rows = [
        ("INSERT INTO Codewords VALUES (?,?,?)", [(None, "x", None)]),
        ("INSERT INTO Texts (ID) VALUES (?)", [(None,)]),
    ]
    assert len(read_export(build.sqlite(tmp_path / "p.mx24", MAXQDA, rows)).codings) == 1


def test_views_and_triggers_of_a_file_never_run(build, tmp_path):
    script = TAGUETTE.replace("CREATE TABLE highlights (id", "CREATE TABLE real (id") + (
        "CREATE VIEW highlights AS SELECT 1 AS id, 1 AS document_id, 0 AS start_offset, 0 AS end_offset;"
    )
    with pytest.raises(DataError, match="no coding tool"):
        read_export(build.sqlite(tmp_path / "x.sqlite3", script))


def test_a_database_cut_off_anywhere_is_an_error_or_read(build, tmp_path):
    rows = [("INSERT INTO documents VALUES (?,?,?,?)", [(n, f"d{n}", HTML * 300, 1) for n in range(20)])]
    whole = build.sqlite(tmp_path / "x.sqlite3", TAGUETTE, rows).read_bytes()
    outcomes = set()
    for part in range(1, 12):
        path = tmp_path / "cut.sqlite3"
        path.write_bytes(whole[: len(whole) * part // 12])
        try:
            read_export(path)
            outcomes.add("read")
        except DataError:
            outcomes.add("error")
    assert outcomes == {"error"}


def test_what_a_tool_had_not_yet_saved_is_told(build, tmp_path, notes):
    path = build.sqlite(tmp_path / "p.mx24", MAXQDA)
    (tmp_path / "p.mx24-wal").write_bytes(b"x")
    assert notes(read_export(path), "-wal") == [("warning", 1)]


def test_some_other_database_or_folder_is_an_error(build, tmp_path):
    with pytest.raises(DataError, match="no coding tool"):
        read_export(build.sqlite(tmp_path / "x.db", "CREATE TABLE t (a);"))
    with pytest.raises(DataError, match="no QualCoder project"):
        read_export(tmp_path)
