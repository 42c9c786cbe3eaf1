"""The whole report as one document: a PDF to read and cite, a Word file to edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.report.documents.browser import BROWSER_VARIABLE, find_browser

__all__ = ["DOCUMENTS", "FORMATS", "NO_BROWSER", "document_path", "find_browser", "write_document"]

DOCUMENTS = ("pdf", "docx")
FORMATS = ("html", *DOCUMENTS)
NO_BROWSER = f"no Chromium, Chrome or Edge was found to print with; install one, or name it in {BROWSER_VARIABLE}"


def document_path(reports: Path, kind: str) -> Path:
    """Return where a document of the report lies."""
    return reports / f"report.{kind}"


def write_document(root: Path, kind: str, pages: Sequence[Mapping[str, Any]]) -> None:
    """Write the report of a study as one document.

    Parameters
    ----------
    root : Path
        The study's folder; its pages have been made.
    kind : {"pdf", "docx"}
        Which.
    pages : sequence of mapping
        All pages in order, as the navigation has them.
    """
    from analysis.report.documents.assemble import chapters, document
    from analysis.report.documents.pdf import write_pdf
    from analysis.report.jobs import study_info
    from analysis.study import load_study

    study = load_study(root)
    info = study_info(study)
    style = files("analysis.report.documents").joinpath("print.css").read_text(encoding="utf-8")
    whole = document(info, chapters(study.reports, pages), style)
    path = document_path(study.reports, kind)
    if kind == "docx":
        from analysis.report.documents.word import write_word

        write_word(whole, info, study.reports / "figures", path)
        return
    browser = find_browser()
    assert browser is not None, NO_BROWSER
    write_pdf(whole, study.reports, path, browser)
