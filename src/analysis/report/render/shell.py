"""The frame around every page of the site: head, navigation, banner, styles and script, from one template."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.report.render.prose import sentence

OVERVIEW = ("index", "Overview", "index.html")
LISTS = (("figures", "Figures", "figures/index.html"), ("tables", "Tables", "tables/index.html"))


@cache
def environment() -> Environment:
    """Return the templates, made once a process."""
    made = Environment(
        loader=PackageLoader("analysis.report.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["sentence"] = lambda text: Markup(sentence(text))
    made.globals["static"] = static
    return made


@cache
def static(name: str) -> Markup:
    """Return a style sheet or script to be put into a page, without its comments and indents."""
    text = files("analysis.report.render").joinpath("static", name).read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return Markup("\n".join(line.strip() for line in text.splitlines() if line.strip()))


def menu(pages: Sequence[Mapping[str, Any]], current: str, root: str) -> list[dict[str, Any]]:
    """Return the entries of the navigation: pages, and groups of pages made from one notebook.

    Parameters
    ----------
    pages : sequence of mapping
        Pages in order: key, title, group.
    current : str
        Key of the page it is for.
    root : str
        Path from that page to the folder of the report, such as `../`.
    """
    entries: list[dict[str, Any]] = [_entry(*OVERVIEW, current, root)]
    groups: dict[str, dict[str, Any]] = {}
    for page in pages:
        group = page.get("group")
        before, _, after = page["title"].partition(": ")
        if not group:
            entries.append(_entry(page["key"], page["title"], f"pages/{page['key']}.html", current, root))
            continue
        if group not in groups:
            groups[group] = {"title": before, "pages": [], "current": False}
            entries.append(groups[group])
        entry = _entry(page["key"], after or before, f"pages/{page['key']}.html", current, root)
        groups[group]["pages"].append(entry)
        groups[group]["current"] |= entry["current"]
    return [*entries, *(_entry(*each, current, root) for each in LISTS)]


def _entry(key: str, title: str, path: str, current: str, root: str) -> dict[str, Any]:
    return {"key": key, "title": title, "href": root + path, "current": key == current}


def framed(
    template: str,
    *,
    key: str,
    root: str,
    title: str,
    pages: Sequence[Mapping[str, Any]],
    study: Mapping[str, Any],
    **values: Any,
) -> str:
    """Return a whole HTML document from a template that extends the layout.

    Parameters
    ----------
    template : str
        Name of the template.
    key : str
        Key of the page, for the navigation.
    root : str
        Path to the folder of the report.
    title : str
        Title of the page.
    pages : sequence of mapping
        All pages, for the navigation.
    study : mapping
        Title, simulated, authors and so on.
    **values
        What else the template shows.
    """
    made = environment().get_template(template)
    entries = menu(pages, key, root)
    return made.render(key=key, root=root, title=title, menu=entries, study=study, **values).strip() + "\n"
