"""The report as one tagged PDF, printed by a browser without a window."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from copy import deepcopy
from pathlib import Path

from lxml import html
from lxml.builder import E
from lxml.html import HtmlElement

from analysis.errors import AnalysisError
from analysis.report.documents.browser import BROWSER_VARIABLE
from analysis.report.documents.layout import mark
from analysis.report.documents.tagging import complete_tags, link_texts

_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--export-tagged-pdf",
)
_SECONDS = 300
_CLOCK = re.compile(rb"/(CreationDate|ModDate) \(D:[^)]*\)")
_NODE = re.compile(rb"\(node(\d{8})\)")
_CREATOR = re.compile(rb"/Creator \(((?:[^()\\]|\\.)*)\)")


def write_pdf(document: HtmlElement, base: Path, path: Path, browser: str) -> None:
    """Print a document as PDF with tags, bookmarks and links, the same bytes from the same browser.

    Parameters
    ----------
    document : HtmlElement
        The document; its pictures are named from a folder within `base`.
    base : Path
        Folder of the report; the document is put into a folder of it for the time of printing.
    path : Path
        The PDF.
    browser : str
        Command of the browser.

    Raises
    ------
    AnalysisError
        Where the browser prints nothing.
    """
    with tempfile.TemporaryDirectory(prefix=".print-", dir=base) as folder, tempfile.TemporaryDirectory() as profile:
        page, printed = Path(folder, "report.html"), Path(folder, "report.pdf")
        page.write_bytes(html.tostring(_with_known_tags(document), doctype="<!DOCTYPE html>", encoding="utf-8"))
        command = [browser, *_FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={printed}", page.as_uri()]
        if sys.platform == "linux" and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # which a browser started by root can't have
        told = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        if not printed.is_file():
            last = (told.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise AnalysisError(
                "the browser printed no PDF",
                where=Path(browser).name,
                fix=f"it said: {last[:200]}; name another browser in {BROWSER_VARIABLE}, or leave pdf out of --formats",
            )
        language, title = document.get("lang") or "en", document.findtext(".//title") or ""
        path.write_bytes(complete_tags(without_clock(printed.read_bytes()), title, language, link_texts(document)))


def _with_known_tags(document: HtmlElement) -> HtmlElement:
    """Return a copy whose emphases are spans, since the browser's tags of them are none that PDF 1.4 knows.

    Of a figure, the picture alone is tagged as one: else it would stand in a second one without alternative text.
    A cell without words would have no tag, and the item of a list no body; each gets something to hold.
    """
    copied = deepcopy(document)
    for cell in copied.iter("td", "th"):
        if not len(cell) and not (cell.text or "").strip():
            cell.text = "\u00a0"
    for item in copied.iter("li"):
        body = E.div(item.text or "", *item)
        item.text = None
        item.append(body)
    for element in copied.iter("figure"):
        element.tag = "div"
        mark(element, "figure")
    for element in copied.iter("strong", "b", "em", "i"):
        mark(element, "bold" if element.tag in ("strong", "b") else "italic")
        element.tag = "span"
    return copied


def without_clock(data: bytes) -> bytes:
    """Return a PDF without what differs from run to run; every offset stays as it was.

    That is its date, the system it was made on, and the browser's numbers of table cells, which are counted anew.
    """
    numbers = {number: i for i, number in enumerate(sorted(set(_NODE.findall(data))), start=1)}

    def dateless(match: re.Match[bytes]) -> bytes:
        return b"/" + match[1] + b" (" + b"D:20000101000000+00'00'".ljust(len(match[0]) - len(match[1]) - 4) + b")"

    def made_by(match: re.Match[bytes]) -> bytes:
        name = b"Transforming Together Workbench"
        return b"/Creator (" + name[: len(match[1])].ljust(len(match[1])) + b")"

    counted = _NODE.sub(lambda match: b"(node%08d)" % numbers[match[1]], data)
    return _CREATOR.sub(made_by, _CLOCK.sub(dateless, counted), count=1)
