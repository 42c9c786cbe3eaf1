"""The raw files of the simulated study: the same bytes from the same seed, and true offsets in every format."""

import csv
import html
import io
import re
import sqlite3
import zipfile
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
import yaml

from analysis.anonymise import Search, search
from analysis.errors import DataError
from analysis.example import simulate, write_example
from analysis.example.document import fill
from analysis.example.exports import bundles
from analysis.example.exports.bundle import CODERS
from analysis.example.transcripts import phrases, write_transcripts
from analysis.example.write import EXPORTS, KEY_FILE, in_words
from analysis.ingest import ingest
from analysis.ingest.log import LEDGER, fingerprint, read_ledger
from analysis.study import load_study

NAMESPACE = {"q": "urn:QDA-XML:project:1.0"}


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    return write_example(tmp_path_factory.mktemp("example")).folder


@pytest.fixture(scope="module")
def spoken():
    study, transcripts = in_words(2017)
    return study, transcripts, bundles(study, transcripts)


def files_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def content_of(name, data):
    """Return what a file says, whatever the versions of zlib and SQLite that packed it."""
    if name.endswith((".xlsx", ".qdpx")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {member: archive.read(member) for member in archive.namelist()}
    if name.endswith((".sqlite3", ".qda")):
        connection = sqlite3.connect(":memory:")
        connection.deserialize(data)
        return list(connection.iterdump())
    return data if name != LEDGER else [entry["file"] for entry in yaml.safe_load(data)["files"]]


def test_the_same_seed_gives_the_same_bytes_and_replaces_its_own_files(raw, tmp_path):
    write_example(tmp_path, seed=1)
    write_example(tmp_path, seed=2017)
    assert files_of(tmp_path / "data" / "raw") == files_of(raw)


def test_the_repository_holds_what_the_seed_gives(raw, repository):
    kept, made = files_of(repository / "data" / "raw"), files_of(raw)
    assert kept.keys() == made.keys()
    for name in made:
        assert content_of(name, kept[name]) == content_of(name, made[name]), name
    assert sum(map(len, kept.values())) < 4e6


def test_the_ledger_describes_every_file(repository):
    folder = repository / "data" / "raw"
    ledger = read_ledger(folder / LEDGER)
    assert set(ledger) == {path.name for path in folder.iterdir()} - {LEDGER, KEY_FILE}
    for name, entry in ledger.items():
        assert entry["sha256"] == fingerprint(folder / name)["sha256"], name
        assert all(entry[key] for key in ("producer", "tool", "licence", "date"))


def test_nothing_is_written_over_raw_data_of_another_study(tmp_path):
    foreign = tmp_path / "data" / "raw" / "interviews.xlsx"
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"years of work")
    with pytest.raises(DataError, match="never overwritten"):
        write_example(tmp_path)
    assert files_of(tmp_path) == {"data/raw/interviews.xlsx": b"years of work"}


def test_the_folder_becomes_a_study(raw, repository):
    folder = raw.parent.parent
    study = load_study(folder)
    assert study.simulated
    assert {source.path for source in study.sources} == {f"data/raw/{name}" for name in read_ledger(raw / LEDGER)}
    assert (folder / "study.yml").read_bytes() == (repository / "study.yml").read_bytes()


def test_segments_lie_where_the_transcripts_say(spoken):
    _, transcripts, by_area = spoken
    for transcript in transcripts.values():
        for part in transcript.segments.values():
            text = transcript.text[part.start : part.end]
            assert text[0].isupper()
            assert text[-1] == "."
            assert "\n" not in text
            assert transcript.text[: part.start][-1] == " "
            assert text in transcript.text.split("\n")[part.paragraph - 1]
            assert text.startswith(transcript.text[part.start : part.clipped_end])
    for bundle in by_area.values():
        for row in bundle.codings.itertuples():
            assert bundle.texts[row.document][row.start : row.end] == row.text


def test_nvivo_counts_utf16_units_with_line_ends_as_two(raw, spoken):
    bundle = spoken[2]["wigan"]
    with zipfile.ZipFile(raw / "wigan.qdpx") as archive:
        project = ET.fromstring(archive.read("project.qde"))
        texts = {name: archive.read(name) for name in archive.namelist() if name.endswith(".txt")}
    assert all(text.startswith(b"\xef\xbb\xbf") and b"\r\n" in text for text in texts.values())
    found, differs = [], 0
    for source in project.iterfind(".//q:TextSource", NAMESPACE):
        text = texts["Sources/" + source.get("plainTextPath").removeprefix("internal://")].decode("utf-8-sig")
        units = text.encode("utf-16-le")
        for selection in source.iterfind("q:PlainTextSelection", NAMESPACE):
            start, end = (int(selection.get(f"{side}Position")) for side in ("start", "end"))
            cut = units[2 * start : 2 * end].decode("utf-16-le")
            assert cut[:40] == selection.get("name")
            differs += text[start:end] != cut
            found += [cut] * len(selection.findall("q:Coding", NAMESPACE))
    assert sorted(found) == sorted(bundle.codings["text"])
    assert differs > 100
    assert {user.get("name") for user in project.iterfind(".//q:User", NAMESPACE)} == set(CODERS)
    assert len(project.findall(".//q:Case/q:SourceRef", NAMESPACE)) == len(bundle.interviews)


def test_nvivo_references_point_to_what_there_is(raw):
    with zipfile.ZipFile(raw / "wigan.qdpx") as archive:
        project = ET.fromstring(archive.read("project.qde"))
    guids = [element.get("guid") for element in project.iter() if element.get("guid")]
    assert len(guids) == len(set(guids))
    named = {e.get(key) for e in project.iter() for key in ("targetGUID", "creatingUser") if e.get(key)}
    assert named <= set(guids)


def test_qualcoder_counts_code_points(raw, spoken):
    connection = sqlite3.connect(raw / "south-tyneside.qda" / "data.qda")
    query = "SELECT fulltext, pos0, pos1, seltext, code_text.owner FROM code_text JOIN source ON source.id = fid"
    rows = connection.execute(query).fetchall()
    connection.close()
    assert all(text[start:end] == selected for text, start, end, selected, _ in rows)
    codings = spoken[2]["south-tyneside"].codings
    assert sorted((row[3], row[4]) for row in rows) == sorted(zip(codings["text"], codings["coder"], strict=True))


def test_taguette_counts_bytes_of_the_text_without_tags(raw, spoken):
    found, differs = [], 0
    for coder in CODERS:
        path = raw / f"brighton-and-hove_{coder.lower().replace(' ', '-')}.sqlite3"
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA application_id").fetchone() == (1416066164,)
        query = (
            "SELECT contents, start_offset, end_offset, snippet FROM highlights AS h "
            "JOIN documents AS d ON d.id = document_id JOIN highlight_tags ON highlight_id = h.id"
        )
        for contents, start, end, snippet in connection.execute(query):
            plain = html.unescape(re.sub(r"<[^>]+>", "", contents))
            cut = plain.encode()[start:end].decode()
            assert f"<p>{html.escape(cut, quote=False)}</p>" == snippet
            differs += plain[start:end] != cut
            found.append((cut, coder))
        connection.close()
    codings = spoken[2]["brighton-and-hove"].codings
    assert sorted(found) == sorted(zip(codings["text"], codings["coder"], strict=True))
    assert differs > 100


def test_dedoose_and_the_long_table_count_code_points(raw, spoken):
    excerpts = pd.read_excel(raw / "cheshire-east_excerpts.xlsx", engine="openpyxl")
    bundle = spoken[2]["cheshire-east"]
    for row in excerpts.itertuples():
        start, end = map(int, row[2].split("-"))
        assert bundle.texts[row[1]][start:end] == row[5]
    applied = excerpts.filter(regex=r" Applied$").sum().sum()
    weights = excerpts.filter(regex=r" Weight$")
    assert applied == weights.notna().sum().sum() == len(bundle.codings)
    assert weights.sum().sum() == bundle.codings["intensity"].sum()
    bundle = spoken[2]["monmouthshire"]
    with (raw / "monmouthshire_codings.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == len(bundle.codings)
    for row in rows:
        assert bundle.texts[row["Transcript"]][int(row["From"]) : int(row["To"])] == row["Words spoken"]


def test_maxqda_counts_paragraphs(raw, spoken):
    bundle = spoken[2]["surrey"]
    segments = pd.read_excel(raw / "surrey_coded_segments.xlsx", engine="openpyxl")
    assert len(segments) == len(bundle.codings)
    for row in segments.itertuples():
        paragraphs = bundle.texts[row[3]].split("\n")
        assert row.Segment in paragraphs[row.Beginning - 1]
        assert row.Beginning == row.End
    assert segments["Weight score"].tolist() == bundle.codings["intensity"].tolist()


def test_every_export_holds_interviews_read_by_two_coders(spoken):
    for bundle in spoken[2].values():
        coders = bundle.codings.groupby("document")["coder"].nunique()
        assert (coders == 2).sum() >= 3
        assert coders.max() == 2
    assert {file.area for file in EXPORTS} == set(spoken[2])


def test_texts_hold_no_personal_data_and_no_name(spoken):
    _, transcripts, _ = spoken
    texts = pd.Series([t.text.split("\n", 1)[1] for t in transcripts.values()], dtype="str")
    assert search(texts, "texts", list(range(len(texts))), Search()).empty
    words = re.findall(r"(?<![.?!:\]] )(?<!^)(?<!\n)\b[A-Z][a-z]+", "\n".join(texts))
    assert set(words) <= {"I", "May", "London", "Whitehall"}
    assert not re.search(r"\d|@|/", " ".join(texts))


def test_words_of_interviews_are_those_of_their_transcripts(spoken):
    study, transcripts, _ = spoken
    counted = [len(transcripts[key].text.split()) for key in study.interviews["interview"]]
    assert study.interviews["words"].tolist() == counted
    assert min(counted) > 300


def test_there_are_enough_building_blocks_to_vary(spoken):
    blocks = phrases()
    for factor, said in blocks["transforming-together"].items():
        assert sum(len(said[key]) for key in (1, 2, 3, "then")) >= 15, factor
        assert all(len(set(said[key])) == len(said[key]) for key in (1, 2, 3, "then"))
    texts = spoken[2]["surrey"].codings["text"]
    assert texts.nunique() / spoken[2]["surrey"].codings.groupby(["document", "start"]).ngroups > 0.8
    study = simulate(seed=3)
    assert write_transcripts(study, 3) == write_transcripts(study, 3)


def test_the_page_says_what_the_design_says(repository):
    page = (repository / "docs" / "example-study.md").read_text(encoding="utf-8")
    assert fill(page) == page
    assert "from the design: effects" in page


def test_what_is_read_is_what_was_simulated(repository, spoken):
    tables = ingest(load_study(repository)).tables
    study, _, by_area = spoken
    read = tables["codings"].merge(tables["excerpts"], on="coding")
    drawn = pd.concat([bundle.codings for bundle in by_area.values()])
    columns = ["framework", "factor", "intensity", "text"]
    kinds = [frame.groupby(columns).size() for frame in (read, drawn.astype({"intensity": "float64"}))]
    pd.testing.assert_series_equal(*kinds)
    assert read["coder"].value_counts().tolist() == drawn["coder"].value_counts().tolist()
    assert sorted(tables["interviews"]["words"]) == sorted(study.interviews["words"])
    assert tables["outcomes"]["value"].sum() == study.outcomes["value"].sum()
    assert len(tables["outcomes"]) == len(study.outcomes)
    assert tables["personal_data"].empty
