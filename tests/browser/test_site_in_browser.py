"""What a reviewer meets: no accessibility violation, no request outside, everything within reach of the keyboard."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from analysis.disclosure.pdftext import pdf_texts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Apart from its pictures a page stays below this many bytes.
HEAVIEST = 300_000


def pages_of(report: Path) -> list[Path]:
    every = [report / "index.html", report / "search.html", *(report / k / "index.html" for k in ("figures", "tables"))]
    made = sorted((report / "pages").glob("*.html"))
    of_one_kind: dict[str, Path] = {}
    for path in made:  # one area profile stands for all of them
        of_one_kind.setdefault(path.stem.partition("-")[0], path)
    return every + list(of_one_kind.values())


def violations(page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
    )
    return [
        f"{v['id']}: {n['target']} {n['failureSummary'][:300]}" for v in found["violations"] for n in v["nodes"][:3]
    ]


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(1440, "light"), (1440, "dark"), (768, "light"), (768, "dark"), (320, "light"), (320, "dark")],
)
def test_no_violation_and_no_request_outside(report, opened, axe, width, scheme):
    told = {}
    for path in pages_of(report):
        page = opened(path, width=width, scheme=scheme)
        found = violations(page, axe)
        if found or page.asked_outside:
            told[path.name] = found + page.asked_outside
        page.context.close()
    assert not told


def test_nothing_runs_over_the_edge_of_a_narrow_screen(report, opened):
    for path in pages_of(report):
        page = opened(path, width=320)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path.name
        page.context.close()


def test_on_paper_no_table_is_cut_off(report, opened):
    for path in pages_of(report):
        page = opened(path)
        page.emulate_media(media="print")
        cut = page.locator(".scroll").evaluate_all("all => all.filter(e => e.scrollHeight > e.clientHeight + 1).length")
        assert cut == 0, path.name
        page.context.close()


def test_on_paper_a_long_table_has_its_headers_on_every_sheet(report, opened):
    page = opened(report / "pages" / "10_checklists.html")
    rows = page.locator("table.data").evaluate_all("all => all.map(e => e.rows.length)")
    longest = page.locator("table.data").nth(rows.index(max(rows)))
    longest.evaluate("e => document.body.replaceChildren(e.closest('div.table'))")
    header = page.locator("thead th").first.inner_text()
    sheets = [text for kind, text in pdf_texts(page.pdf()) if kind == "text" and str(text).strip()]
    assert len(sheets) > 1
    assert all(header in str(text).splitlines() for text in sheets)


def test_pages_are_light(report):
    heavy = {path.name: size for path in report.rglob("*.html") if (size := path.stat().st_size) > HEAVIEST}
    assert not heavy


def test_one_first_heading_and_no_level_skipped(report, opened):
    for path in pages_of(report):
        page = opened(path)
        levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => +h.tagName[1])")
        assert levels.count(1) == 1, path.name
        assert all(after - before <= 1 for before, after in pairwise(levels)), (path.name, levels)
        page.context.close()


def test_every_picture_has_words_and_every_table_a_caption(report, opened):
    for path in pages_of(report):
        page = opened(path)
        assert page.evaluate("[...document.images].every(i => i.alt)"), path.name
        assert page.evaluate("[...document.querySelectorAll('table')].every(t => t.caption)"), path.name
        assert page.evaluate("[...document.querySelectorAll('th')].every(t => t.scope)"), path.name
        assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)"), path.name
        page.context.close()


def test_every_link_leads_somewhere(report, opened):
    lost = []
    for path in pages_of(report):
        page = opened(path)
        hrefs = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
        names = set(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
        page.context.close()
        for href in hrefs:
            parts = urlsplit(href)
            own = parts.fragment and unquote(parts.path) == str(path)
            missing = own and unquote(parts.fragment) not in names
            if parts.scheme == "file" and (missing or not Path(unquote(parts.path)).exists()):
                lost.append((path.name, href))
    assert not lost


@pytest.mark.parametrize("path", ["index.html", "search.html", "pages/04_associations.html", "pages/03_patterns.html"])
def test_the_keyboard_reaches_every_control(report, opened, path):
    page = opened(report / path)
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')]
        .filter(e => e.checkVisibility() && !e.closest('details:not([open]) > :not(summary)')).length"""
    )
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen = 1
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        seen += 1
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    assert seen >= wanted - 1


def test_code_folds_with_and_without_a_script(report, opened):
    for script in (True, False):
        page = opened(report / "pages" / "04_associations.html", script=script)
        block = page.locator("details.code pre").first
        assert not block.is_visible()
        page.locator("#all-code").check()
        assert block.is_visible()


def test_tables_sort_and_filter(report, opened):
    page = opened(report / "pages" / "04_associations.html")
    table = page.locator("#table-associations")
    first = lambda: table.locator("tbody tr th").first.inner_text()  # noqa: E731
    before = first()
    table.locator("button.sort").first.click()
    table.locator("button.sort").first.click()
    names = table.locator("tbody tr th").all_inner_texts()
    assert names == sorted(names, key=str.lower, reverse=True)
    table.locator("button.sort").first.click()
    assert first() == before


def test_search_finds_words_without_a_server(report, opened):
    page = opened(report / "index.html")
    page.fill("#query", "kenward")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=kenward")
    found = [link.get_attribute("href") for link in page.locator("#results a").all()]
    assert any("04_associations.html" in href for href in found)
    assert not page.asked_outside


def test_the_index_says_the_findings_first(report, opened):
    page = opened(report / "index.html", script=False)
    assert page.locator("h2").first.inner_text() == "Findings"
    assert page.locator(".simulated").is_visible()
