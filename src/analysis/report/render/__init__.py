"""Executed notebooks as accessible pages that stand on their own: no request, no clock, no script needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from analysis.report.render.content import page_content
from analysis.report.render.scrub import scrub
from analysis.report.render.shell import framed

__all__ = ["render_page"]


def render_page(
    notebook: NotebookNode,
    record: Mapping[str, Any],
    navigation: Sequence[Mapping[str, Any]],
    study_info: Mapping[str, Any],
) -> str:
    """Return an executed notebook as a page of the report.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook, as far as it ran.
    record : mapping
        The page's record: page, title, question, answer, status, failure where it failed.
    navigation : sequence of mapping
        All pages in order: key, title, question, order, group.
    study_info : mapping
        What every page says of its study: title, simulated, description, authors, licence.

    Returns
    -------
    str
        One HTML document that needs no other file but the figures it shows.
    """
    key = record["page"]
    content = page_content(notebook, record.get("question", ""), published=record.get("status") != "failed")
    keys = [page["key"] for page in navigation]
    at = keys.index(key) if key in keys else -1
    return framed(
        "page.html.j2",
        key=key,
        root="../",
        title=record["title"],
        pages=navigation,
        study=study_info,
        record=record,
        failure=_failure(record),
        content=Markup(content.html),
        sections=[heading for heading in content.headings if heading.level == 2],
        n_code=content.n_code,
        before=navigation[at - 1] if at > 0 else None,
        after=navigation[at + 1] if 0 <= at < len(keys) - 1 else None,
    )


def _failure(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return why a page failed, without folders of this machine."""
    if record.get("status") != "failed":
        return None
    return {name: scrub(str(value)) for name, value in record.get("failure", {}).items()}
