"""From an executed notebook to a page: what stands on it, what is taken out, and what a reader can reach."""

from dataclasses import asdict
from pathlib import Path

import nbformat
import pytest
from lxml import html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.report.execute import stopped as stopped_at
from analysis.report.render import render_page
from analysis.report.render.outputs import cleaned
from analysis.report.render.prose import Headings, plain, prose, sentence
from analysis.report.render.scrub import scrub

STUDY = {"title": "A study", "simulated": "", "description": "", "authors": [], "licence": ""}
RECORD = {"page": "01_data", "title": "Data", "question": "What came in?", "answer": "Much.", "status": "done"}
PAGES = [
    {"key": "01_data", "title": "Data", "question": "What came in?", "order": 1, "group": ""},
    {"key": "02_more", "title": "More", "question": "", "order": 2, "group": ""},
]


def page_of(*cells: nbformat.NotebookNode, **record):
    notebook = new_notebook(cells=[new_markdown_cell("# Data\n\n**What came in?**\n\nAll of it."), *cells])
    return html.fromstring(render_page(notebook, RECORD | record, PAGES, STUDY))


def shown(mime: str, data: str, **metadata):
    return new_output("display_data", data={mime: data}, metadata=metadata)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("95% of 3 %, %d, a%20b, 7%20c", "95 % of 3 %, %d, a%20b, 7%20c"),
        ("A score of -0.36 (-.04 to 1), R2 .8", "A score of −0.36 (−.04 to 1), R² .8"),
        ("From 2016-02, coder-7, 6-20 and .667-.800", "From 2016-02, coder-7, 6-20 and .667-.800"),
        ("A*B + ~C*D", "A*B + ~C*D"),
        ("It costs $5 or $6", "It costs $5 or $6"),
    ],
)
def test_plain_words_are_set_as_they_are_meant(source, said):
    assert plain(source) == said


def test_a_percentage_stays_on_one_line():
    assert prose("95% or 3 %") == "<p>95\u00a0% or 3\u00a0%</p>"


def test_code_in_a_sentence_is_left_as_it_is():
    assert sentence("write `x = -1`") == "write <code>x = -1</code>"


def test_headings_leave_no_gap_and_have_names_of_their_own():
    headings = Headings()
    prose("# One\n\n#### Deep\n\n## One", headings)
    assert [(h.level, h.id) for h in headings.found] == [(2, "section-one"), (3, "section-deep"), (2, "section-one-2")]


def test_formulae_are_mathml_and_one_that_cannot_be_read_is_shown_as_written():
    assert "<math" in prose("$\\alpha = 1$")
    assert 'role="group"' in prose("$$\\sum_i x_i$$")
    assert "undefined" in prose("$\\begin{undefined}$")


def test_a_table_in_prose_has_scopes_and_a_region_that_scrolls():
    made = html.fromstring(prose("| a | n |\n|---|--:|\n| x | 1 |"))
    assert [th.get("scope") for th in made.iter("th")] == ["col", "col"]
    assert made.get("tabindex") == "0"


def test_what_another_library_shows_comes_without_scripts_styles_and_foreign_files():
    dirty = (
        "<style>th{}</style><script>alert(1)</script><img src='https://far.example/a.png' onload='x()'>"
        "<table border='1'><thead><tr><th></th><th>n</th></tr></thead>"
        "<tbody><tr><th>a</th><td>1</td></tr></tbody></table>"
    )
    text = cleaned(dirty)
    made = html.fromstring(text)
    assert not made.xpath("//script | //style | //@src | //@onload | //@border")
    assert [th.get("scope") for th in made.iter("th")] == ["col", "row"]
    assert made.xpath("//*[@role='group']/table[@class='data']")


def test_printed_text_names_no_folder_and_no_address():
    said = scrub("\x1b[31m<Thing at 0x7f3a2b> in /somewhere/of/mine/data.csv, line 3 of C:\\Users\\me\\b.py")
    assert said == "<Thing> in data.csv, line 3 of b.py"


def test_a_page_has_one_first_heading_its_question_once_and_its_answer():
    page = page_of(new_code_cell("x = 1"), new_markdown_cell("## Then"), new_code_cell("print(x)"))
    assert [h.text_content() for h in page.iter("h1")] == ["Data"]
    text = page.find(".//main").text_content()
    assert text.count("What came in?") == 1
    assert "Much." in text
    assert "All of it." in text


def test_code_is_folded_and_can_be_linked_to():
    page = page_of(new_code_cell("x = 1"), new_markdown_cell("## Then"), new_code_cell("y = 2"))
    folds = page.xpath("//details[contains(@class, 'code')]")
    assert len(folds) == 2
    assert not any(fold.get("open") for fold in folds)
    assert [pre.get("id") for pre in page.xpath("//details//pre")] == ["cell-2", "cell-4"]
    assert page.xpath("//input[@type='checkbox']"), "one control for all code"


def test_a_picture_without_words_says_so():
    cell = new_code_cell("draw()", outputs=[shown("image/png", "aGVsbG8=")])
    image = page_of(new_markdown_cell("## See"), cell).xpath("//main//img")[0]
    assert image.get("alt")
    assert "without a caption" in image.getparent().text_content()


def test_a_warning_is_marked_as_one_and_an_error_tells_its_last_line_first():
    warned = new_code_cell("f()", outputs=[new_output("stream", name="stderr", text="mind the gap")])
    failed = new_code_cell(
        "g()", outputs=[new_output("error", ename="ValueError", evalue="no rows", traceback=["line 1", "ValueError"])]
    )
    page = page_of(new_markdown_cell("## Run"), warned, failed)
    assert "mind the gap" in page.xpath("//*[contains(@class, 'warning')]")[0].text_content()
    error = page.xpath("//*[contains(@class, 'error')]")[0]
    assert error.find(".//strong").text_content() == "ValueError: no rows"
    assert error.find(".//details") is not None


def test_a_page_that_failed_shows_no_file_that_was_not_published_and_says_where_it_stopped():
    figure = (
        '<figure class="figure" id="figure-a"><div class="scroll"><img src="../figures/a.svg" alt="Rising line."></div>'
        '<ul class="files"><li><a href="../figures/a.csv">Data</a></li></ul></figure>'
    )
    made = new_code_cell("draw()", outputs=[shown("text/html", figure, analysis={"kind": "figure"})])
    stopped = new_code_cell("boom()")
    stopped.metadata["analysis"] = {"failed": True}
    failure = asdict(stopped_at("01_data", Path("01_data.ipynb"), "no rows in /somewhere/of/mine/x.csv"))
    page = page_of(new_markdown_cell("## See"), made, stopped, status="failed", failure=failure)
    text = page.find(".//main").text_content()
    assert not page.xpath("//main//img | //main//a[contains(@href, 'figures')]")
    assert "Rising line." in text
    assert "stopped here" in text
    assert "/somewhere" not in text


def test_navigation_names_every_page_and_marks_this_one():
    page = page_of(new_code_cell("x = 1"))
    nav = page.xpath("//nav")[0]
    assert {"Data", "More"} <= {a.text_content().strip() for a in nav.iter("a")}
    assert [a.text_content().strip() for a in page.xpath("//*[@aria-current='page']")] == ["Data"]


def test_a_page_asks_for_nothing_outside():
    page = page_of(new_code_cell("x = 1"))
    addresses = page.xpath("//link/@href | //script/@src | //img/@src")
    assert not [address for address in addresses if "//" in address]
