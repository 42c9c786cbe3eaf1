"""The whole report of the example, set by LaTeX, LibreOffice and a browser: every table, figure and number arrives."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import html

from analysis.report.documents import find_browser
from tests.latex_files import ARTICLE, ENGINES, TWO_COLUMNS, compiled, faults_of, needs_tex, of_tables, read
from tests.runner.test_same_bytes import fresh_copy

pytestmark = pytest.mark.slow
needs_office = pytest.mark.skipif(
    not all(map(shutil.which, ("soffice", "pdftotext", "pdfimages"))),
    reason="no LibreOffice to open the Word file with, or no poppler (Debian: libreoffice-writer, poppler-utils)",
)
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None or find_browser() is None,
    reason="no browser to print with, or no poppler to read what it printed (Debian: chromium, poppler-utils)",
)
_CAPTION = re.compile(r"(Figure|Table) (\d+)\.(\d+)\. (.*)")
_PART = re.compile(r" \(part \d+ of \d+\)$")
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return the example with its report made, as pages, as PDF where there is a browser, and as Word file."""
    folder = fresh_copy(tmp_path_factory.mktemp("documents") / "study")
    formats = "html,docx" + (",pdf" if find_browser() else "")
    command = [sys.executable, "-m", "analysis", "report", "--jobs", "2", "--formats", formats]
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def records(study):
    """Return the record of each table of the report, by name."""
    return {
        path.stem: json.loads(path.read_text())
        for path in sorted((study / "reports/tables").glob("*.json"))
        if path.stem != "index"
    }


def cells_of(table):
    """Return the cells of a table of a page, row by row."""
    return [[" ".join(cell.text_content().split()) for cell in row] for row in table.iter("tr")]


def shown(study, record):
    """Return the cells of a table's own page."""
    return cells_of(html.fromstring((study / "reports/tables" / record["files"]["html"]).read_bytes().decode()))


# LaTeX ----------------------------------------------------------------------------------------------------------------


@needs_tex
@pytest.mark.parametrize("kind", [ARTICLE, TWO_COLUMNS], ids=["one column", "two columns"])
@pytest.mark.parametrize("engine", ENGINES)
def test_every_table_compiles_as_an_author_would_and_stays_on_the_page(study, tmp_path, engine, kind):
    files = sorted((study / "reports/tables").glob("*.tex"))
    assert len(files) > 80
    log, pages = compiled(of_tables(files, kind), tmp_path, engine)
    assert pages >= len(files)
    assert faults_of(log) == []


# The same numbers everywhere ------------------------------------------------------------------------------------------


def test_all_tables_say_the_same_in_html_latex_and_word_and_on_their_page(study, records):
    word = tables_of_word(study)
    chapters = chapters_of(study)
    for name, record in records.items():
        cells = shown(study, record)
        assert cells[0] == record["headings"], name
        on_page = html.fromstring((study / f"reports/pages/{record['page']}.html").read_bytes().decode())
        (block,) = on_page.xpath(f"//div[@id='table-{name}']//table")
        assert cells_of(block) == cells, f"{name} on its page"
        latex = joined(read((study / "reports/tables" / record["files"]["tex"]).read_text()), len(cells))
        assert latex == cells, f"{name} in LaTeX"
        place = f"{chapters.index(record['page']) + 1}.{record['number']}"
        assert joined(word[place], len(cells)) == cells, f"{name} in Word"


def joined(rows, height):
    """Return a table whose parts stand below each other as one, with the column that names the rows once."""
    parts = [rows[i : i + height] for i in range(0, len(rows), height)]
    return [[*parts[0][i], *(cell for part in parts[1:] for cell in part[i][1:])] for i in range(height)]


def chapters_of(study):
    whole = Document(str(study / "reports/report.docx"))
    titles = [p.text.split(". ", 1)[1] for p in whole.paragraphs if p.style.name == "Heading 1" and ". " in p.text]
    found = {
        json.loads(path.read_text())["title"]: path.stem for path in (study / "data/processed/pages").glob("*.json")
    }
    return [found[title] for title in titles]


def tables_of_word(study):
    """Return the rows of each table of the Word file by its number, those of its parts one after another."""
    found, number = {}, ""
    for element in Document(str(study / "reports/report.docx")).element.body:
        if element.tag == qn("w:p"):
            said = _CAPTION.match("".join(text.text or "" for text in element.iter(qn("w:t"))))
            number = f"{said[2]}.{said[3]}" if said and said[1] == "Table" else number
        elif element.tag == qn("w:tbl"):
            rows = [
                [" ".join("".join(t.text or "" for t in cell.iter(qn("w:t"))).split()) for cell in row.iter(qn("w:tc"))]
                for row in element.iter(qn("w:tr"))
            ]
            found.setdefault(number, []).extend(rows)
    return found


def test_what_all_tables_show_is_the_data_of_their_csv_rounded(study, records):
    compared = 0
    for name, record in records.items():
        data = pd.read_csv(study / "reports/tables" / record["files"]["csv"], dtype=str, keep_default_na=False)
        head, *rows = shown(study, record)
        assert len(data) == len(rows), name
        assert len(data.columns) == len(head), name
        for row, written in zip(data.itertuples(index=False), rows, strict=True):
            for value, text in zip(row, written, strict=True):
                assert agree(value, text), f"{name}: {value!r} is shown as {text!r}"
                compared += 1
    assert compared > 5000


def agree(value, text):
    """Whether a text is what a value of the CSV file becomes by the rule: equal, or rounded to the decimals shown."""
    plain = " ".join(value.split())
    if text == plain or (text == "n/a" and plain == "") or (text, plain) in (("yes", "True"), ("no", "False")):
        return True
    if text == "< .001":
        return float(plain) < 0.001
    number = re.fullmatch(r"(−?)([\d,]*)(\.\d+)?( %)?", text)
    if number is None or not re.fullmatch(r"-?[\d.]+(e-?\d+)?", plain):
        return False
    said = float(text.replace("−", "-").replace(",", "").removesuffix(" %"))
    half = 0.5 * 10 ** -(len(number[3]) - 1 if number[3] else 0)
    return abs(said - float(plain) * (100 if number[4] else 1)) <= half * (1 + 1e-9)


@pytest.mark.parametrize(
    ("value", "text", "same"),
    [
        ("0.12345", "0.12", True),
        ("0.12345", "0.13", False),
        ("-0.0312", "−0.03", True),
        ("0.0312", "−0.03", False),
        ("1234.5", "1,234", True),
        ("0.503", "50 %", True),
        ("0.513", "50 %", False),
        ("0.0004", "< .001", True),
        ("0.04", "< .001", False),
        ("", "n/a", True),
        ("", "0", False),
        ("True", "no", False),
        ("word", "words", False),
    ],
)
def test_a_wrong_number_would_be_found(value, text, same):
    assert agree(value, text) is same


# Word -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def converted(study, tmp_path_factory):
    """Return the Word file as LibreOffice sets it."""
    folder = tmp_path_factory.mktemp("office")
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"]
    command += ["pdf", "--outdir", str(folder), str(study / "reports/report.docx")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert (folder / "report.pdf").is_file(), done.stdout + done.stderr
    return folder / "report.pdf"


def pages_of(path):
    """Return the text of each page of a PDF."""
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    return text.split("\f")[:-1]


def captions_of(path):
    """Return the page, from 1, of each caption of a PDF."""
    found = {}
    for number, page in enumerate(pages_of(path), start=1):
        for line in page.splitlines():
            if said := _CAPTION.match(line.strip()):
                found.setdefault(f"{said[1]} {said[2]}.{said[3]}", []).append(number)
    return found


def words_outside(path, margin):
    """Return the words of a PDF that stand nearer to the edge of their page than a margin in points."""
    boxes = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    outside = []
    for number, page in enumerate(boxes.split("<page ")[1:], start=1):
        width, height = (float(page.split(f'{side}="')[1].split('"')[0]) for side in ("width", "height"))
        for left, top, right, bottom, word in _WORD.findall(page):
            sides = (float(left), float(top), width - float(right), height - float(bottom))
            outside += [(number, word)] if min(sides) < margin else []
    return outside


def bare(text):
    """Return a text without blanks and marks, and with the signs that a page writes more finely as they are typed."""
    return re.sub(r"[\s*`_]", "", text).replace("−", "-").replace("²", "2")


@needs_office
def test_libreoffice_shows_every_figure_and_table_of_the_word_file(study, converted):
    written = [p.text for p in Document(str(study / "reports/report.docx")).paragraphs if p.style.name == "Caption"]
    labels = [f"{said[1]} {said[2]}.{said[3]}" for said in map(_CAPTION.match, written) if said]
    assert len(labels) == len(written) > 100
    found = captions_of(converted)
    assert sorted(label for label, pages in found.items() for _ in pages) == sorted(labels)
    listed = subprocess.run(["pdfimages", "-list", converted], capture_output=True, text=True, check=True).stdout
    pictures = [line.split() for line in listed.splitlines()[2:]]
    on_page = sorted(int(page) for page, _, kind, *_ in pictures if kind == "image")
    assert on_page == sorted(found[label][0] for label in labels if label.startswith("Figure")), "with its caption"


@needs_office
def test_libreoffice_shows_every_page_with_words_inside_its_margins_and_no_error(study, converted):
    pages = pages_of(converted)
    assert len(pages) > 50
    assert [i for i, page in enumerate(pages, start=1) if len(page.split()) < 5 and i != len(pages)] == []
    whole = " ".join(" ".join(pages).split())
    assert not re.search(r"Error: |Reference source not found|#REF", whole), "as an office program says of dead links"
    answers = [json.loads(path.read_text())["answer"] for path in (study / "data/processed/pages").glob("*.json")]
    said = [sentence for sentence in answers if sentence]
    assert len(said) > 10
    missing = [text for text in said if bare(text) not in bare(whole)]
    assert missing == []
    assert words_outside(converted, 30) == []


# PDF ------------------------------------------------------------------------------------------------------------------


@needs_poppler
@pytest.mark.browser
def test_the_pdf_shows_every_figure_and_table_inside_its_margins(study):
    path = study / "reports/report.pdf"
    written = [p.text for p in Document(str(study / "reports/report.docx")).paragraphs if p.style.name == "Caption"]
    labels = {f"{said[1]} {said[2]}.{said[3]}" for said in map(_CAPTION.match, written) if said}
    assert set(captions_of(path)) == labels
    outside = words_outside(path, 40)
    assert [word for word in outside if word != (word[0], str(word[0]))] == [], "but for the numbers of pages"
    assert all(len(page.split()) > 5 for page in pages_of(path))


@pytest.mark.browser
@pytest.mark.skipif(find_browser() is None, reason="no browser of the Chromium family to print with")
def test_the_pdf_passes_every_machine_check_of_pdf_ua(study):
    validator = pytest.importorskip("page", reason="no validator of PDF/UA (page-validation)")
    report = validator.validate_pdf(study / "reports/report.pdf", profile="ua1")
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.rules.passed > 90
    assert report.is_compliant
