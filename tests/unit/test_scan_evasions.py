"""Ways in which a name, a place or a quotation could slip past the scan of what is published, each tried."""

from __future__ import annotations

import base64
import io
import json
import zipfile

import pandas as pd
import pytest
from docx import Document

from analysis.disclosure import scan
from analysis.errors import DisclosureError
from analysis.ingest import ingest, write
from analysis.published import write_csv
from analysis.study import load_study
from tests.small_study import SETTINGS, about_to_publish, frames, write_study

#: Areas of the project's own example, so that a place which its code names is tried as well.
PLACES = {"north": "wigan", "east": "surrey", "south": "brighton-and-hove"}
NAMES = {"wigan": "Wigan", "surrey": "Surrey", "brighton-and-hove": "Brighton and Hove"}
LISTED = ("Mary Jones", "José Núñez", "Siân", "Jürgen Müller")
QUOTE = "the old quay was sold before anybody on the board had read the paper about it"


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    raw = {name: frame.replace(list(PLACES), list(PLACES.values()), regex=True) for name, frame in frames().items()}
    raw["codings"].loc[0, "text"] = QUOTE
    areas = [{"key": key, "name": name, "nation": "England"} for key, name in NAMES.items()]
    root = write_study(
        tmp_path_factory.mktemp("evaded") / "study",
        files=raw,
        areas=areas,
        disclosure={"areas": "pseudonymised"},
        anonymisation=SETTINGS["anonymisation"] | {"names": list(LISTED)},
    )
    study = load_study(root)
    write(ingest(study), study.processed)
    return root


@pytest.fixture
def study(origin, tmp_path):
    return about_to_publish(origin, tmp_path)


def published(study, file, content):
    path = study.reports / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def finds(study, kind):
    with pytest.raises(DisclosureError) as caught:
        scan(study)
    told = str(caught.value)
    assert f": {kind}:" in told, told
    for secret in (*NAMES.values(), *LISTED, QUOTE):
        assert secret not in told


def test_a_plain_report_passes(study):
    published(study, "pages/a.html", "<p>Area 1 and area 2: 3 of 9; Maria, Joseph and Mary.</p>")
    published(study, "tables/t.csv", pd.DataFrame({"area": ["Area 1"], "n": [-3]}).to_csv(index=False))
    scan(study)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("tables/t.csv", "area,n\nWigan,3\n"),
        ("tables/t.csv", "area,n\nsurrey,3\n"),
        ("tables/t.csv", "wigan,surrey\n1,2\n"),
        ("figures/f.svg", "<svg xmlns='http://www.w3.org/2000/svg'><title>Wigan</title></svg>"),
        ("figures/f.svg", "<svg xmlns='http://www.w3.org/2000/svg'><g id='area-wigan'/></svg>"),
        ("figures/wigan.svg", "<svg/>"),
        ("pages/profile-surrey.html", "<p>x</p>"),
        ("pages/a.html", "<p>Wigan's leaders</p>"),
        ("pages/a.html", "<a href='#area-wigan'>x</a>"),
        ("pages/a.html", "<a title=wigan>x</a>"),
    ],
)
def test_a_hidden_area_whose_name_the_project_itself_uses(study, file, content):
    published(study, file, content)
    finds(study, "area")


def notebook(**cell):
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False)


def markdown(source, **more):
    return notebook(cell_type="markdown", id="a", metadata={}, source=[source], **more)


def shown(data):
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    return notebook(cell_type="code", id="a", metadata={}, source=[], execution_count=1, outputs=[output])


def word_file(*lines):
    document = Document()
    run = document.add_paragraph().add_run(lines[0])
    for line in lines[1:]:
        run.add_break()
        run.add_text(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def zipped(comment):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        entry = zipfile.ZipInfo("a.txt")
        entry.comment = comment.encode()
        packed.writestr(entry, "x")
    return stream.getvalue()


SVG = "<svg xmlns='http://www.w3.org/2000/svg'>{}</svg>"
PACKED = base64.b64encode(SVG.format("<text>Mary Jones</text>").encode()).decode()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("pages/a.html", "<p>Mary<br>Jones</p>"),
        ("pages/a.html", "<div>Mary</div><div>Jones</div>"),
        ("pages/a.html", "<tr><td>Jones</td><td>Mary</td></tr>"),
        ("tables/t.csv", "first,last\nMary,Jones\n"),
        ("figures/f.svg", SVG.format("<text>Mary</text><text>Jones</text>")),
        ("figures/f.svg", SVG.format("<!-- Mary --><g/><!-- Jones -->")),
        ("figures/f.svg", SVG.format("<g id='maryJones'/>")),
        ("tables/t.docx", word_file("Mary", "Jones")),
        ("pages/a.html", "<p>Jones, Mary</p>"),
        ("tables/maryjones.csv", "n\n4\n"),
        ("tables/mary_jones2.csv", "n\n4\n"),
        ("tables/jones-mary.csv", "n\n4\n"),
        ("tables/t.txt", "met Jose Nunez"),
        ("tables/t.txt", "met JOSÉ NÚÑEZ"),
        ("tables/t.txt", "met Jose\u0301 Nu\u0301n\u0303ez"),
        ("tables/t.tex", r"met Jos\'e N\'u\~nez"),
        ("tables/t.tex", r"met Jos\'{e} N\'{u}\~{n}ez"),
        ("tables/t.txt", "said Sian to us"),
        ("tables/t.txt", "met Juergen Mueller"),
        ("tables/t.txt", "met Jurgen Muller"),
        ("pages/a.html", r'<script>const x = {"w": "Jos\u00e9 N\u00fa\u00f1ez"}</script>'),
        ("tables/t.json", '{"@id": "figures/Mary%20Jones.svg"}'),
        ("tables/t.json", '{"@id": "Jos%C3%A9%20N%C3%BA%C3%B1ez"}'),
        ("tables/t.json", '{"given": "Mary", "family": "Jones"}'),
        ("notebooks/a.ipynb", markdown("[x](Mary%20Jones.png)")),
        ("notebooks/a.ipynb", markdown("M&#97;ry Jones")),
        ("notebooks/a.ipynb", markdown("<b>Ma</b>ry Jones")),
        ("notebooks/a.ipynb", markdown(f"![x](data:image/svg+xml;base64,{PACKED})")),
        ("notebooks/a.ipynb", markdown("x", attachments={"a.svg": {"image/svg+xml": PACKED}})),
        ("notebooks/a.ipynb", shown({"application/vnd.jupyter.widget-view+json": {"v": "<b>Ma</b>ry Jones"}})),
        ("tables/t.zip", zipped("by Mary Jones")),
    ],
)
def test_a_listed_name_written_otherwise(study, file, content):
    published(study, file, content)
    finds(study, "name")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("pages/a.html", "<p>Brighton &amp; Hove</p>"),
        ("tables/t.txt", "Brighton & Hove city council"),
        ("figures/f.svg", SVG.format("<text>Brighton</text><text>and Hove</text>")),
        ("figures/brightonandhove.svg", "<svg/>"),
        ("figures/brighton-hove_map.svg", "<svg/>"),
        ("figures/wigan_map.svg", "<svg/>"),
        ("figures/wigan2016.svg", "<svg/>"),
        ("tables/t.csv", "n_wigan1\n1\n"),
    ],
)
def test_a_hidden_area_written_otherwise(study, file, content):
    published(study, file, content)
    finds(study, "area")


WORDS = QUOTE.split()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("pages/a.html", "<p>" + "<br>".join(" ".join(WORDS[i : i + 5]) for i in range(0, len(WORDS), 5)) + "</p>"),
        ("figures/f.svg", SVG.format("".join(f"<text>{' '.join(WORDS[i : i + 4])}</text>" for i in range(0, 16, 4)))),
        ("figures/f.svg", SVG.format("".join(f"<!-- {' '.join(WORDS[i : i + 4])} -->" for i in range(0, 16, 4)))),
        ("tables/t.csv", "word\n" + "\n".join(WORDS) + "\n"),
        ("figures/f.csv", f'text\n"{" ".join(WORDS[2:8])}"\n'),
        ("figures/f.csv", f'text\n"{QUOTE[:35]}"\n'),
        ("pages/a.html", f"<table><tr><td>{' '.join(WORDS[:7])}...</td></tr></table>"),
    ],
)
def test_a_quotation_in_pieces(study, file, content):
    published(study, file, content)
    finds(study, "excerpt")


def test_six_words_of_an_excerpt_within_other_words_are_no_quotation(study):
    published(study, "pages/a.html", f"<p>They said that {' '.join(WORDS[2:8])}, and left.</p>")
    scan(study)


@pytest.mark.parametrize("cell", ["\uff1d1+1", "\uff0bcmd", "\ufeff=1+1", "\u200b=1+1", " \u200b@SUM(1)"])
def test_a_formula_behind_what_can_not_be_seen(study, cell):
    published(study, "tables/t.csv", f"x\n{cell}\n")
    finds(study, "formula")
    write_csv(pd.DataFrame({"x": [cell]}), study.reports / "tables" / "t.csv")
    scan(study)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("BN33BQ", "postcode"),
        ("bn3 3bq", "postcode"),
        ("sw1a 1aa", "postcode"),
        ("ab123456c", "ni_number"),
        ("ab 12 34 56 c", "ni_number"),
    ],
)
def test_personal_data_written_without_care(study, text, kind):
    published(study, "pages/a.html", f"<p>It is {text}, I think.</p>")
    finds(study, kind)


@pytest.mark.parametrize(
    "text",
    [
        "h1 2px",
        "zz9 9zz",
        "interview-b33bq",
        "sha256 5f2a1bc33de9",
        "Mary and Jones",
        "Maryjonesia",
        "the brighton hovercraft",
        "Mary, Anna; Tom Jones",
        "Joseph Nunezia",
    ],
)
def test_what_only_looks_like_it_is_no_finding(study, text):
    published(study, "pages/a.html", f"<p>{text}</p>")
    scan(study)
