"""Hostile and broken files: a clear error in bounded time and memory, and nothing written outside."""

import contextlib
import io
import os
import resource
import struct
import subprocess
import sys
import textwrap
import time
import zipfile
import zlib

import openpyxl
import pytest

from analysis.errors import DataError
from analysis.readers import read_export, read_sheet

SECONDS = 60  # generous: the point is that nothing runs away
MEBIBYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def nothing_is_left_behind(tmp_path):
    """Every test: no file appears beside the one that was read, and it ends in time."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SECONDS
    assert not [path for path in tmp_path.parent.iterdir() if path.name.startswith("evil")]


def deflated(path, name, blocks, claimed=None):
    """Write a zip with one member made of repeated blocks, without ever holding it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        for block in blocks:
            member.write(block)
    if claimed is not None:
        data = path.read_bytes()
        at = data.rindex(b"PK\x01\x02") + 24
        path.write_bytes(data[:at] + struct.pack("<I", claimed) + data[at + 4 :])
    return path


def test_a_zip_bomb_is_refused(tmp_path):
    path = deflated(tmp_path / "p.qdpx", "project.qde", [b"<Project>"] + [b" " * MEBIBYTE] * 200)
    with pytest.raises(DataError, match=r"zip bomb|longer than"):
        read_export(path)


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path):
    path = deflated(tmp_path / "p.qdpx", "project.qde", [b"<Project>"] + [b" " * MEBIBYTE] * 100, claimed=50)
    with pytest.raises(DataError):
        read_export(path)


def test_a_bomb_in_a_source_text_is_refused(build, tmp_path):
    path = tmp_path / "p.qdpx"
    xml = build.project(build.text_source("t1", "one", path="internal://t1.txt"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", xml)
        archive.writestr("sources/t1.txt", b"a" * (100 * MEBIBYTE))
    with pytest.raises(DataError, match="zip bomb"):
        read_export(path)


def test_a_bomb_in_a_workbook_is_refused(tmp_path):
    path = deflated(tmp_path / "x.xlsx", "xl/workbook.xml", [b" " * MEBIBYTE] * 100)
    with pytest.raises(DataError, match="zip bomb"):
        read_sheet(path)


def test_names_that_climb_out_of_the_folder_are_harmless(build, tmp_path):
    xml = build.project(
        build.text_source("t1", "one", build.selection(0, 5, build.coding("k1")), path="internal://../../evil.txt")
    )
    members = {"../../evil.txt": "Trust grew.", "/evil2.txt": "x", "..\\evil3.txt": "x"}
    export = read_export(build.qdpx(tmp_path / "p.qdpx", xml, members))
    assert export.codings["text"].tolist() == ["Trust"]  # read in memory by its base name; nothing is extracted


ENTITY_BOMB = (
    "<!DOCTYPE Project [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "head",
    [
        ENTITY_BOMB,
        "<!DOCTYPE Project [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE Project SYSTEM 'http://127.0.0.1:9/evil.dtd'>",
        "<!DOCTYPE Project [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_entities_are_refused(tmp_path, head, encoding):
    text = f"<?xml version='1.0' encoding='{encoding}'?>{head}<Project origin='&j;'><CodeBook>&x;</CodeBook></Project>"
    path = tmp_path / "p.qde"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(DataError, match=r"document type|damaged") as caught:
        read_export(path)
    assert "root:" not in str(caught.value)


def test_a_sheet_with_an_entity_bomb_is_refused_or_empty(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.save(tmp_path / "good.xlsx")
    path = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(tmp_path / "good.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                bomb = ENTITY_BOMB.replace("Project", "worksheet").encode()
                data = bomb + data.replace(b"<sheetData>", b"<sheetData><row><c t='str'><v>&j;</v></c></row>")
            new.writestr(name, data)
    with contextlib.suppress(DataError):
        assert read_sheet(path).frame.map(lambda cell: len(str(cell)) < 1000).all().all()


def test_a_tree_of_elements_without_end_is_refused(tmp_path):
    path = tmp_path / "p.qde"
    path.write_bytes(b"<Project>" + b"<Codes>" * 5_000_000)
    with pytest.raises(DataError, match=r"nested|damaged"):
        read_export(path)


@pytest.mark.parametrize(
    "piece", [b"<Project " + b"a" * 1000, b"<Project x='" + b"a" * 1000, b"<Project>" + b"a" * 1000]
)
def test_one_endless_tag_is_refused_in_little_memory(tmp_path, piece):
    """A child with a limit on memory reads 300 MiB of one tag."""
    path = tmp_path / "p.qde"
    with path.open("wb") as handle:
        handle.write(piece)
        for _ in range(300):
            handle.write(b"a" * MEBIBYTE)
    code = f"""
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (1_500 * {MEBIBYTE}, 1_500 * {MEBIBYTE}))
        from analysis.errors import DataError
        from analysis.readers import read_export
        try:
            read_export({str(path)!r})
        except DataError as error:
            print("told:", error.what)
    """
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=SECONDS, env=environment
    )
    assert run.stdout.startswith("told:"), run.stderr[-500:]


def test_too_many_codes_are_refused(build, tmp_path):
    codes = "".join(f'<Code guid="{number}" name="c"/>' for number in range(100_001))
    with pytest.raises(DataError, match="more than"):
        read_export(build.qdpx(tmp_path / "p.qdpx", build.project("", codes)))


def test_an_archive_of_very_many_members_is_refused(tmp_path):
    path = tmp_path / "p.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_001):
            archive.writestr(f"sources/{number}.txt", b"")
    with pytest.raises(DataError, match="members"):
        read_export(path)


def test_a_file_locked_by_a_password_says_so(build, tmp_path):
    path = build.qdpx(tmp_path / "p.qdpx", build.project(""))
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match="password"):
        read_export(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_an_archive_cut_off_is_an_error(build, tmp_path, share):
    xml = build.project("".join(build.text_source(f"t{n}", f"n{n}", content=os.urandom(50).hex()) for n in range(200)))
    data = build.qdpx(tmp_path / "p.qdpx", xml).read_bytes()
    (tmp_path / "p.qdpx").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DataError):
        read_export(tmp_path / "p.qdpx")


def test_a_member_with_a_wrong_checksum_is_an_error(build, tmp_path):
    path = build.qdpx(tmp_path / "p.qdpx", build.project(""))
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02") + 16
    data[at : at + 4] = struct.pack("<I", zlib.crc32(b"other"))
    data[14:18] = data[at : at + 4]
    path.write_bytes(data)
    with pytest.raises(DataError, match="damaged"):
        read_export(path)


def test_an_old_workbook_that_claims_a_far_cell_costs_no_memory(tmp_path, third_party):
    data = bytearray((third_party / "exports/maxqda/maxqdar_test_coded_segments.xls").read_bytes())
    at = data.index(struct.pack("<HH", 0x0203, 14)) + 4  # a NUMBER record: row, column, format, value
    data[at : at + 4] = struct.pack("<HH", 0xFFFF, 0xFFFF)
    (tmp_path / "far.xls").write_bytes(data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(DataError):
        read_sheet(tmp_path / "far.xls")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2_000 * 1024


def test_a_table_of_one_endless_line_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a" * (40 * MEBIBYTE))
    with pytest.raises(DataError, match="characters"):
        read_sheet(path)


def test_a_table_of_very_many_columns_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(",".join(["a"] * 30_000) + "\n")
    with pytest.raises(DataError, match="columns"):
        read_sheet(path)


def test_a_small_file_that_unfolds_to_very_many_cells_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(",".join(f"c{number}" for number in range(4_900)) + "\n" + "x,\n" * 100_000)
    with pytest.raises(DataError, match="cells"):
        read_sheet(path)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\x00" * 18,
        b"SQLite format 3\x00",
        b"<",
        b"<a/>",
        b"<?xml",
        b"\xff\xfe",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100,
    ],
)
def test_beginnings_of_files_and_nothing_more_are_errors(tmp_path, content):
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_export(path)


def test_what_is_not_there_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_export(tmp_path / "nothing.csv")


def test_an_error_names_no_person(build, tmp_path):
    xml = build.project(build.text_source("t1", "Interview Jo Doe", build.selection(0, 5, build.coding("gone"))))
    export = read_export(build.qdpx(tmp_path / "p.qdpx", xml))
    said = " ".join(note.what for note in export.report)
    assert "Doe" not in said and "Ann" not in said


def test_a_workbook_of_nested_archives_is_not_opened_further(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b"<Project/>")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("inner.qdpx", inner.getvalue())
    with pytest.raises(DataError, match="neither"):
        read_export(tmp_path / "x.zip")
