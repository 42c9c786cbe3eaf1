"""Round trips: what a small writer of ours wrote, in any of the known ways, is what is read."""

import csv
import io
import sqlite3
import tempfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.readers import read_export, read_sheet
from analysis.readers.hierarchy import tree_paths
from analysis.readers.joined_codes import part_codes
from analysis.readers.offsets import CHOICES

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

words = st.text(st.sampled_from("abcdeghiéßłя\U0001f600\U0001f680"), min_size=1, max_size=8)
lines = st.lists(st.lists(words, min_size=3, max_size=9).map(" ".join), min_size=3, max_size=12)
printable = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff")
cell = st.one_of(st.text(printable, max_size=12), st.sampled_from(["a,b", "a;b", 'say "x"', "two\nlines", "7", ""]))


def filled(text):
    return text if text and not text.isspace() else None


@SETTINGS
@given(
    st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=12),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\r\n", "\n"]),
)
def test_any_cells_come_back_from_a_csv(rows, encoding, separator, line_end):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(["first", "second", "third"])
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        sheet = read_sheet(path, separator=separator)
    kept = [(number, row) for number, row in enumerate(rows, start=2) if any(filled(value) for value in row)]
    assert sheet.rows.tolist() == [number for number, _ in kept]
    found = sheet.frame.astype(object).where(sheet.frame.notna(), None).to_numpy().tolist()
    assert found == [[filled(value) for value in row] for _, row in kept]


def counted(text, position, line_end, unit):
    before = text[:position]
    size = len(before.encode("utf-16-le")) // 2 if unit == "UTF-16" else len(before)
    return size + (before.count("\n") if line_end == "CRLF" else 0)


def project(text, spans, line_end, unit, origin):
    selections = "".join(
        f'<PlainTextSelection startPosition="{counted(text, a, line_end, unit)}" endPosition='
        f'"{counted(text, b, line_end, unit)}"><Coding creatingUser="u"><CodeRef targetGUID="k"/></Coding>'
        "</PlainTextSelection>"
        for a, b in spans
    )
    return (
        f'<Project xmlns="urn:QDA-XML:project:1.0" origin={quoteattr(origin)}><Users><User guid="u" name="U"/></Users>'
        '<CodeBook><Codes><Code guid="k" name="k"/></Codes></CodeBook><Sources><TextSource guid="t" name="t" '
        f'plainTextPath="internal://t.txt">{selections}</TextSource></Sources></Project>'
    )


@SETTINGS
@given(st.data(), lines, st.sampled_from(CHOICES), st.sampled_from(["NVivo 12", "ATLAS.ti", "MAXQDA 24", "other"]))
def test_selections_of_whole_words_are_found_however_they_are_counted(data, content, choice, origin):
    text = "\n".join(content) + "\n"
    starts = [at for at in range(len(text)) if not text[at].isspace() and (at == 0 or text[at - 1].isspace())]
    ends = [at for at in range(1, len(text)) if text[at].isspace() and not text[at - 1].isspace()]
    spans = [(a, next(b for b in ends if b > a)) for a in data.draw(st.permutations(starts))[:12]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.qdpx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("project.qde", project(text, spans, *choice, origin))
            archive.writestr("sources/t.txt", text.replace("\n", "\r\n").encode())
        export = read_export(path)
    assert export.texts["t"] == text
    found = list(zip(export.codings["start"].tolist(), export.codings["end"].tolist(), strict=True))
    if found != spans:
        # another way of counting may look as clean only where it, too, gives whole words
        tokens = set(text.split())
        assert all(part in tokens or part.strip() in text for part in export.codings["text"].dropna())
        assert export.sources["offsets"][0] != "any"


@SETTINGS
@given(st.dictionaries(st.integers(0, 12), st.one_of(st.none(), st.integers(0, 12)), min_size=1, max_size=13))
def test_any_graph_of_parents_is_a_tree_or_an_error(parents):
    names = {node: f"n{node}" for node in parents}

    def cyclic(node):
        seen = set()
        while node is not None and node in parents:
            if node in seen:
                return True
            seen.add(node)
            node = parents[node]
        return False

    if any(cyclic(node) for node in parents):
        with pytest.raises(DataError):
            tree_paths(names, parents, "x")
        return
    paths = tree_paths(names, parents, "x")
    for node, path in paths.items():
        above = parents[node]
        expected = f"{paths[above]} > n{node}" if above in names else f"n{node}"
        assert path == expected


@SETTINGS
@given(
    st.lists(
        st.lists(
            st.sampled_from(["Trust", "Goals, aims", "T: a, b, c", "T", "Time, place, money"]), max_size=4, unique=True
        ),
        min_size=1,
    )
)
def test_joined_codes_are_parted_by_their_codebook(rows):
    import numpy as np
    import pandas as pd

    cells = pd.Series([", ".join(row) or None for row in rows], dtype="str")
    counts = np.array([float(len(row)) for row in rows])
    names = {name for row in rows for name in row}
    parted, doubtful = part_codes(cells, counts, names)
    assert parted == rows and not doubtful


html_piece = st.sampled_from(["<b>", "</b>", "&amp;", "é", "\U0001f600", "word ", "<p>", "</p>\n", "x", "&lt;"])


@SETTINGS
@given(st.lists(html_piece, min_size=5, max_size=30), st.data())
def test_bytes_of_stripped_html_are_found(pieces, data):
    shown = {"<b>": "", "</b>": "", "<p>": "", "</p>\n": "\n", "&amp;": "&", "&lt;": "<"}
    plain = "".join(shown.get(piece, piece) for piece in pieces)
    a, b = sorted((data.draw(st.integers(0, len(plain))), data.draw(st.integers(0, len(plain)))))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(
            "CREATE TABLE documents (id, name, contents, project_id); CREATE TABLE tags (id, path, description);"
            "CREATE TABLE highlights (id, document_id, start_offset, end_offset, snippet);"
            "CREATE TABLE highlight_tags (highlight_id, tag_id); INSERT INTO tags VALUES (1, 't', '');"
            "INSERT INTO highlight_tags VALUES (1, 1);"
        )
        connection.execute("INSERT INTO documents VALUES (1, 'd', ?, 1)", ("".join(pieces),))
        where = (len(plain[:a].encode()), len(plain[:b].encode()), escape(plain[a:b]))
        connection.execute("INSERT INTO highlights VALUES (1, 1, ?, ?, ?)", where)
        connection.commit()
        connection.close()
        export = read_export(path)
    assert export.texts["d"] == plain
    assert export.codings["text"].fillna("").tolist() == [plain[a:b]]
    assert export.codings[["start", "end"]].to_numpy().tolist() == [[a, b]]
