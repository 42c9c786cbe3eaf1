"""One document of the whole report: a Word file with real parts, a PDF with tags, bookmarks and links."""

from __future__ import annotations

import argparse
import io
import re
import zipfile
from importlib.resources import files

import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import html
from PIL import Image

from analysis.commands import report as report_command
from analysis.commands.common import _formats
from analysis.disclosure.pdftext import GAP
from analysis.disclosure.texts import texts_of
from analysis.errors import AnalysisError
from analysis.report.documents import find_browser
from analysis.report.documents.assemble import chapters, document
from analysis.report.documents.layout import HIGHEST, TURNED, TURNED_POINTS, fit_tables, longest_words, needed
from analysis.report.documents.pdf import without_clock, write_pdf
from analysis.report.documents.pdffile import PdfFile
from analysis.report.documents.tagging import artifacts_marked, complete_tags, link_texts
from analysis.report.documents.word import write_word

STUDY = {
    "title": "A study",
    "simulated": "Made for a test.",
    "description": "What it asks.",
    "authors": ["One author", "Another author"],
    "licence": "CC0-1.0",
}
ALT = "Bars of two sizes."
FIGURE = (
    '<figure class="figure" id="figure-bars"><div class="scroll" tabindex="0"><img src="../figures/bars.svg" '
    f'alt="{ALT}" width="320" height="200"></div><figcaption><p><b>Figure 1.</b> Two bars.</p>'
    '<ul class="files"><li><a href="../figures/bars.csv">Data</a></li></ul></figcaption></figure>'
)
TABLE = (
    '<div class="scroll" tabindex="0"><table class="data"><caption><b>Table 1.</b> Sizes</caption>'
    '<thead><tr><th scope="col">factor</th><th scope="col" class="number">size</th></tr></thead>'
    '<tbody><tr><th scope="row">purpose</th><td class="number">1.5</td></tr>'
    '<tr><th scope="row">trust</th><td class="number">−0.5</td></tr></tbody></table></div>'
    '<div class="notes"><p>Simulated data.</p></div>'
)


def page(title, body):
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body>'
        '<nav><a href="x.html">menu</a></nav><main id="main" tabindex="-1">'
        f'<h1>{title}</h1><p class="all-code"><label>Show all code</label></p>{body}</main></body></html>'
    )


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "reports"
    for name in ("pages", "figures"):
        (folder / name).mkdir(parents=True)
    first = (
        '<h2 id="sizes">Sizes</h2><p>See <a href="b.html#more">more</a>, <a href="#sizes">above</a>, '
        '<a href="../tables/t.csv">the data</a> and <a href="https://www.w3.org/">a site</a>; <em>so</em> it is.</p>'
        f'<details class="code"><summary>Code</summary><pre>secret = 1</pre></details>{TABLE}{FIGURE}'
    )
    (folder / "pages" / "a.html").write_text(page("First", first), encoding="utf-8")
    second = '<h2 id="more">More</h2><ul><li>one</li><li>two</li></ul><p>Näive “words”.</p>'
    (folder / "pages" / "b.html").write_text(page("Second", second), encoding="utf-8")
    Image.new("RGB", (40, 25), "red").save(folder / "figures" / "bars.png")
    (folder / "figures" / "bars.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200"><rect width="50" height="90"/></svg>'
    )
    return folder


@pytest.fixture
def whole(reports):
    pages = [{"key": "a", "title": "First"}, {"key": "b", "title": "Second"}, {"key": "never-made", "title": "No"}]
    style = files("analysis.report.documents").joinpath("print.css").read_text(encoding="utf-8")
    return document(STUDY, chapters(reports, pages), style)


def test_there_is_one_h1_and_no_level_is_skipped(whole):
    levels = [int(h.tag[1]) for h in whole.iter("h1", "h2", "h3", "h4")]
    assert levels == [1, 2, 2, 3, 2, 3]
    assert [h.text_content() for h in whole.iter("h2")] == ["Contents", "1. First", "2. Second"]


def test_links_stay_within_the_document_or_lead_to_the_web(whole):
    addresses = [link.get("href") for link in whole.iter("a")]
    assert addresses == ["#a", "#b", "#b--more", "#a--sizes", "https://www.w3.org/"]
    there = set(whole.xpath("//@id"))
    assert {address[1:] for address in addresses if address[0] == "#"} <= there
    assert len(there) == len(whole.xpath("//@id")), "every id once"


def test_figures_and_tables_are_numbered_by_chapter_and_code_is_left_out(whole):
    text = whole.text_content()
    assert "Figure 1.1." in text
    assert "Table 1.1." in text
    assert "secret" not in text
    assert "Show all code" not in text
    assert not whole.xpath("//nav|//*[@tabindex]")


@pytest.fixture
def word(whole, reports, tmp_path):
    path = tmp_path / "report.docx"
    write_word(whole, STUDY, reports / "figures", path)
    return path


def test_the_word_file_has_headings_captions_and_a_real_table(word):
    opened = Document(str(word))
    styles = [(p.style.name, p.text) for p in opened.paragraphs if p.text.strip()]
    assert ("Title", "A study") in styles
    assert ("Heading 1", "1. First") in styles
    assert ("Heading 2", "Sizes") in styles
    assert ("Caption", "Table 1.1. Sizes") in styles
    assert ("Caption", "Figure 1.1. Two bars.") in styles
    assert ("List Bullet", "one") in styles
    (table,) = opened.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["factor", "size"],
        ["purpose", "1.5"],
        ["trust", "−0.5"],
    ]
    heads = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True, False, False], "the row of headings repeats on every page, and is one for screen readers"


def test_the_word_file_has_alternative_text_language_and_properties(word):
    opened = Document(str(word))
    (picture,) = opened.inline_shapes
    assert picture._inline.docPr.get("descr") == ALT
    assert round(picture.width.mm, 1) == 84.7
    assert opened.core_properties.author == "One author, Another author"
    assert opened.core_properties.title == "A study"
    assert opened.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "en-GB"


def test_a_tall_picture_leaves_room_for_its_caption(whole, reports, tmp_path):
    Image.new("RGB", (40, 160), "red").save(reports / "figures" / "bars.png")
    write_word(whole, STUDY, reports / "figures", tmp_path / "tall.docx")
    (picture,) = Document(str(tmp_path / "tall.docx")).inline_shapes
    assert picture.height.mm == pytest.approx(HIGHEST, abs=0.1)
    assert picture.width.mm == pytest.approx(HIGHEST / 4, abs=0.1), "in proportion"


def kept_with_next(path):
    """Return for each row of the first table whether it stays on the page of the next."""
    (table,) = Document(str(path)).tables
    return [all(p.paragraph_format.keep_with_next for cell in row.cells for p in cell.paragraphs) for row in table.rows]


def test_a_short_table_stays_on_one_page_with_its_notes_and_a_long_one_does_not(word, reports, tmp_path):
    assert kept_with_next(word) == [True, True, True], "notes follow"
    frame = pd.DataFrame({"a": range(30)})
    body = f'<h2>Much</h2><div class="table">{frame.to_html(index=False)}</div><p>after</p>'
    (reports / "pages" / "b.html").write_text(page("Second", body), encoding="utf-8")
    write_word(
        document(STUDY, chapters(reports, [{"key": "b", "title": "Second"}]), ""),
        STUDY,
        reports / "figures",
        tmp_path / "long.docx",
    )
    kept = kept_with_next(tmp_path / "long.docx")
    assert kept[:2] == [True, True], "headings never stand alone"
    assert not any(kept[2:-2])
    assert kept[-2:] == [True, False], "nor does the last row"


def test_links_in_the_word_file_find_their_bookmarks(word):
    xml = zipfile.ZipFile(word).read("word/document.xml").decode()
    marks = set(re.findall(r'w:bookmarkStart [^>]*w:name="([^"]+)"', xml))
    anchors = set(re.findall(r'w:anchor="([^"]+)"', xml))
    assert len(anchors) == 4
    assert anchors <= marks
    assert all(len(mark) <= 40 for mark in marks), "longer ones are refused by Word"
    numbers = re.findall(r'w:bookmarkStart w:id="(\d+)"', xml)
    assert len(numbers) == len(set(numbers))


def test_the_word_file_is_the_same_bytes_twice(word, whole, reports, tmp_path):
    write_word(whole, STUDY, reports / "figures", tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == word.read_bytes()


def with_table(reports, columns, words):
    """Return a document of one page with a table of so many columns, each of one long word, and a text after it."""
    frame = pd.DataFrame({f"col{i}": [words] for i in range(columns)})
    body = f'<h2>Much</h2><p>before</p><div class="table">{frame.to_html(index=False)}</div><p>after</p>'
    (reports / "pages" / "b.html").write_text(page("Second", body), encoding="utf-8")
    return document(STUDY, chapters(reports, [{"key": "b", "title": "Second"}]), "")


@pytest.mark.parametrize(("words", "turned"), [("1.5", [False]), ("partnerships", [False, True, False])])
def test_a_table_that_needs_it_stands_on_a_page_turned_sideways_with_what_leads_to_it(reports, tmp_path, words, turned):
    whole = with_table(reports, 9, words)
    wide = [element.tag for element in whole.xpath("//*[contains(@class, 'wide')]")]
    assert wide == (["h3", "p", "div"] if any(turned) else [])
    write_word(whole, STUDY, reports / "figures", tmp_path / "w.docx")
    made = [section.page_width > section.page_height for section in Document(str(tmp_path / "w.docx")).sections]
    assert made == turned


def test_a_table_too_wide_for_any_page_is_set_in_parts_that_hold_every_cell_once(reports):
    whole = with_table(reports, 20, "partnerships")
    parts = whole.xpath("//table")
    heads = [[th.text for th in part.iter("th")] for part in parts]
    assert len(parts) == 2
    assert all(names[0] == "col0" for names in heads), "each names its rows"
    assert [name for names in heads for name in names[1:]] == [f"col{i}" for i in range(1, 20)]
    assert all(needed(longest_words(part), TURNED_POINTS) <= TURNED for part in parts)


def test_long_words_may_break_after_a_sign_and_short_ones_stay_whole():
    table = html.fromstring(
        "<table><tr><td>CONVENE*ENTREPRENEURIAL_EDGE + <b>x</b>04_associations.ipynb</td>"
        "<td>2016-12-01</td></tr></table>"
    )
    said = table.text_content()
    fit_tables(table)
    first, second = table.iter("td")
    assert table.text_content() == said, "nothing is put into the words themselves"
    assert [mark.tail for mark in first.iter("wbr")] == ["ENTREPRENEURIAL_EDGE + ", "associations.", "ipynb"]
    assert second.get("class") == "whole"
    assert longest_words(table) == [20, 10]


def test_the_word_file_says_nothing_of_the_program_that_its_template_came_from(word):
    packed = zipfile.ZipFile(word)
    assert not [name for name in packed.namelist() if "thumbnail" in name]
    assert b"thumbnail" not in packed.read("_rels/.rels")
    assert b"Microsoft" not in packed.read("docProps/app.xml")


def test_every_page_of_the_word_file_has_its_number(word):
    footer = Document(str(word)).sections[0].footer._element
    assert [field.get(qn("w:instr")) for field in footer.iter(qn("w:fldSimple"))] == ["PAGE"]


needs_browser = pytest.mark.skipif(find_browser() is None, reason="no browser of the Chromium family to print with")


@pytest.fixture
def pdf(whole, reports):
    write_pdf(whole, reports, reports / "report.pdf", find_browser())
    return (reports / "report.pdf").read_bytes()


@needs_browser
@pytest.mark.browser
def test_the_pdf_has_tags_bookmarks_links_and_alternative_text(pdf, reports):
    assert b"/Marked true" in pdf
    assert b"/StructTreeRoot" in pdf
    for tag in (b"H1", b"H2", b"Table", b"TH", b"TD", b"Figure", b"L", b"Link"):
        assert re.search(rb"/S /%s\b" % tag, pdf), tag
    figures = re.findall(rb"/S /Figure\n(/Alt)?", pdf)
    assert figures == [b"/Alt"], "each with its alternative text"
    assert not re.search(rb"/S /(Em|Strong)\b", pdf), "none that PDF 1.4 does not know"
    said = [text for _, text in texts_of("report.pdf", pdf)]
    assert any(ALT in text for text in said)
    titles = [text.split(GAP)[0] for text in said]
    for title in ("A study", "1. First", "Sizes", "2. Second"):
        assert title in titles, "a bookmark"
    assert b"/Outlines" in pdf
    assert len(re.findall(rb"/Subtype /Link", pdf)) == 5
    assert b"file:" not in pdf, "no folder of this machine"
    assert str(reports).encode() not in pdf
    pages = "\n".join(text for place, text in texts_of("report.pdf", pdf) if place == "text")
    assert "Näive “words”." in pages
    assert not list(reports.glob(".print-*"))


@needs_browser
@pytest.mark.browser
def test_the_pdf_has_what_browsers_leave_out_of_pdf_ua(pdf):
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b'<rdf:li xml:lang="x-default">A study</rdf:li>' in pdf
    file = PdfFile.read(pdf)
    links = [body for body in file.objects.values() if b"/Subtype /Link\n" in body]
    words = [re.search(rb"/Contents <(FEFF[0-9A-F]+)>", body)[1].decode() for body in links]
    said = {bytes.fromhex(word)[2:].decode("utf-16-be") for word in words}
    assert said == {"1. First", "2. Second", "more", "above", "a site"}
    items = [body for body in file.objects.values() if re.search(rb"/S /LI\b", body)]
    assert len(items) == 4
    for item in items:
        kids = [file.objects[int(n)] for n in re.findall(rb"(\d+) 0 R", item.split(b"/K ")[1])]
        assert {re.search(rb"/S /(\w+)", kid)[1] for kid in kids} <= {b"Lbl", b"LBody"}
    pages = [body for body in file.objects.values() if body.startswith(b"<</Type /Page\n")]
    contents = [file.stream(int(re.search(rb"/Contents (\d+) 0 R", body)[1])) for body in pages]
    assert len(pages) == 3
    assert all(content.count(b"/Artifact BMC") >= 1 for content in contents), "the number of the page"
    assert all(content == artifacts_marked(content) for content in contents), "nothing is left without a tag"


@needs_browser
@pytest.mark.browser
def test_an_empty_cell_keeps_its_place_in_the_pdf(reports):
    body = "<h2>Gaps</h2><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td></td></tr></table>"
    (reports / "pages" / "b.html").write_text(page("Second", body), encoding="utf-8")
    whole = document(STUDY, chapters(reports, [{"key": "b", "title": "Second"}]), "")
    write_pdf(whole, reports, reports / "gaps.pdf", find_browser())
    assert len(re.findall(rb"/S /TD\b", (reports / "gaps.pdf").read_bytes())) == 2


def test_what_stands_outside_every_tag_is_no_part_of_the_text():
    content = (
        b"q\nBT\n<01> Tj\nET\nQ\n0 0 5 5 re\nW* n\n/P <</MCID 0 >>BDC\nBT\n<02> Tj\nET\nEMC\n1 2 m\n3 4 l\nS\n/X1 Do"
    )
    assert artifacts_marked(content) == (
        b"q\n/Artifact BMC\nBT\n<01> Tj\nET\nEMC\nQ\n0 0 5 5 re\nW* n\n/P <</MCID 0 >>BDC\nBT\n<02> Tj\nET\nEMC\n"
        b"/Artifact BMC\n1 2 m\n3 4 l\nS\nEMC\n/Artifact BMC\n/X1 Do\nEMC"
    )
    assert artifacts_marked(artifacts_marked(content)) == artifacts_marked(content)


def test_a_link_says_where_it_leads():
    tree = html.fromstring(
        '<main><a href="#a">One <b>thing</b></a><a href="#a">again</a><a href="https://x.org">X</a></main>'
    )
    assert link_texts(tree) == {"a": "One thing", "https://x.org": "X"}


def test_a_pdf_that_no_browser_printed_is_refused():
    with pytest.raises(AnalysisError, match="not known"):
        complete_tags(b"%PDF-1.7\nnothing\n%%EOF\n", "title", "en", {})


@needs_browser
@pytest.mark.browser
def test_a_pdf_is_put_together_again_as_it_was(pdf):
    file = PdfFile.read(pdf)
    assert file.written() == pdf
    number = next(number for number, body in file.objects.items() if b"/FlateDecode" in body)
    content = file.stream(number)
    file.set_stream(number, content + b"\n")
    assert PdfFile.read(file.written()).stream(number) == content + b"\n"


@needs_browser
@pytest.mark.browser
def test_the_pdf_passes_the_machine_checks_of_pdf_ua(pdf):
    validator = pytest.importorskip("page", reason="no validator of PDF/UA (page-validation)")
    report = validator.validate_pdf_bytes(pdf, profile="ua1")
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []


@needs_browser
@pytest.mark.browser
def test_the_pdf_is_the_same_bytes_twice(pdf, whole, reports):
    write_pdf(whole, reports, reports / "again.pdf", find_browser())
    assert (reports / "again.pdf").read_bytes() == pdf


def test_taking_out_the_clock_keeps_every_offset():
    before = b"<</Creator (Browser \\(X11\\))\n/CreationDate (D:20261122062320+01'00')>> (node00000013) (node00000007)"
    after = without_clock(before)
    assert len(after) == len(before)
    assert b"2026" not in after
    assert b"X11" not in after
    assert after.endswith(b"(node00000002) (node00000001)")


def test_a_browser_that_prints_nothing_is_told_of(whole, reports, tmp_path):
    mute = tmp_path / "mute"
    mute.write_text("#!/bin/sh\necho no display >&2\n")
    mute.chmod(0o755)
    with pytest.raises(AnalysisError, match="no display"):
        write_pdf(whole, reports, reports / "report.pdf", str(mute))
    assert not (reports / "report.pdf").exists()


def test_a_format_that_is_none_is_refused_with_the_nearest():
    with pytest.raises(AnalysisError, match="nearest: docx"):
        _formats("html,doc")
    assert _formats("html, PDF,docx") == ("html", "pdf", "docx")
    parser = argparse.ArgumentParser()
    report_command.add_arguments(parser)
    assert parser.parse_args([]).formats == "html"


def test_the_document_is_well_formed_html(whole):
    text = html.tostring(whole, doctype="<!DOCTYPE html>", encoding="unicode")
    assert html.document_fromstring(text).xpath("//main/section")
    assert io.StringIO(text).readline().startswith("<!DOCTYPE html>")
