"""The site around the pages: overview, gallery of figures, list of tables, search; no server and no script needed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import html
from markupsafe import Markup

from analysis import tables
from analysis.figures import publish
from analysis.report.changes import changes_since
from analysis.report.jobs import study_info
from analysis.report.needs import unmet
from analysis.report.notebooks import declared_pages
from analysis.report.publishing import Places, read_record
from analysis.report.render.shell import framed
from analysis.study import Study

_BLANK: dict[str, Any] = {"status": "", "answer": "", "failure": {"cause": ""}}

#: Characters of a section's text that the search shows around a hit.
SNIPPET = 320
DOCUMENTS = {"report.pdf": "The whole report (PDF)", "report.docx": "Tables and figures for editing (Word)"}

LINKS = {"figures": publish.LINKS, "tables": tables.LINKS}

Pages = Sequence[dict[str, Any]]


def write_site(study: Study, pages: Pages) -> None:
    """Write index, gallery, list of tables and search of a study's report.

    Parameters
    ----------
    study : Study
        The study; its pages lie in `reports/pages/`.
    pages : sequence of dict
        All pages in order: key, title, question, order, group.
    """
    places = Places(study.root)
    records = {page["key"]: read_record(places, page["key"]) or {} for page in pages}
    listed = {kind: _published(study.reports / kind, kind, records) for kind in LINKS}
    made = {"index.html": _index(study, pages, records, listed), "search.html": _search(study, pages)}
    for kind, published in listed.items():
        made[f"{kind}/index.html"] = _list_page(study, pages, kind, published)
        made[f"{kind}/index.json"] = _as_json(published)
    for name, text in made.items():
        _write(study.reports / name, text)


def _write(path: Path, text: str) -> None:
    """Write a file by renaming, so that a killed run leaves none half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    unfinished.replace(path)


def _as_json(records: Iterable[dict[str, Any]]) -> str:
    return json.dumps(list(records), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _published(folder: Path, kind: str, records: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records of all figures or tables, in the order of the pages."""
    found = []
    for page, record in records.items():
        for name in record.get(kind, []):
            path = folder / f"{name}.json"
            if path.is_file():
                told = json.loads(path.read_text(encoding="utf-8"))
                found.append(told | {"page": page, "page_title": record.get("title", page)})
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """An area with its partnerships, as the overview shows them.

    Parameters
    ----------
    name : str
        Name of the area.
    partnerships : int
        How many.
    interviews : str
        How many, or that they are too few to say.
    """

    name: str
    partnerships: int
    interviews: str


def study_map(study: Study) -> list[Place]:
    """Return areas with their numbers of partnerships and interviews; small numbers of interviews are not told."""
    from pyarrow import parquet

    def column(table: str, name: str) -> list[str]:
        return list(parquet.read_table(study.processed / f"{table}.parquet", columns=[name]).column(name).to_pylist())

    if not (study.processed / "interviews.parquet").is_file():
        return []
    partnerships, interviews = column("partnerships", "area"), column("interviews", "area")
    least = study.disclosure.min_cell
    rows = []
    for area, name in zip(column("areas", "area"), column("areas", "name"), strict=True):
        n = interviews.count(area)
        told = str(n) if n >= least or n == 0 else f"fewer than {least}"
        rows.append(Place(name, partnerships.count(area), told))
    return sorted(rows, key=lambda place: place.name)


def _index(
    study: Study,
    pages: Pages,
    records: dict[str, dict[str, Any]],
    published: dict[str, list[dict[str, Any]]],
) -> str:
    by_figure = {figure["name"]: figure["page"] for figure in published["figures"]}
    findings = [
        finding | {"page": key, "page_title": record["title"], "figure_page": by_figure.get(finding["figure"])}
        for key, record in sorted(records.items(), key=lambda item: item[0] != "09_findings")
        if record.get("status") != "failed"
        for finding in record.get("findings", [])
    ]
    listed = [page | {"record": _BLANK | records[page["key"]]} for page in pages]
    left_out = [(d.title, unmet(study, d.needs)) for d in declared_pages(study) if unmet(study, d.needs)]
    return framed(
        "index.html.j2",
        key="index",
        root="",
        title=study.title,
        pages=pages,
        study=study_info(study),
        record={"answer": study.description, "question": ""},
        findings=findings,
        answer=records.get("09_findings", {}).get("answer", ""),
        listed=listed,
        failed=[page for page in listed if page["record"].get("status") == "failed"],
        left_out=left_out,
        places=study_map(study),
        words=study.words,
        counts={kind: len(found) for kind, found in published.items()},
        documents=[(name, text) for name, text in DOCUMENTS.items() if (study.reports / name).is_file()],
        changes=changes_since(study),
    )


def _list_page(study: Study, pages: Pages, kind: str, records: list[dict[str, Any]]) -> str:
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        shown = record | {"links": [(record["files"][k], text) for k, text in LINKS[kind] if k in record["files"]]}
        if kind == "figures":
            address = f"../pages/{record['page']}.html#figure-{record['name']}"
            shown["html"] = Markup(publish.figure_html(record, folder="", code=address))
        groups.setdefault(record["page"], []).append(shown)
    title = kind.capitalize()
    return framed(
        f"{kind}.html.j2",
        key=kind,
        root="../",
        title=title,
        pages=pages,
        study=study_info(study),
        record={"answer": "", "question": ""},
        groups=[(key, shown[0]["page_title"], shown) for key, shown in groups.items()],
        sections=[{"id": f"page-{key}", "text": shown[0]["page_title"]} for key, shown in groups.items()],
    )


def _search(study: Study, pages: Pages) -> str:
    entries = [entry for page in pages for entry in _sections(study.reports / "pages", page)]
    index = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return framed(
        "search.html.j2",
        key="search",
        root="",
        title="Search",
        pages=pages,
        study=study_info(study),
        record={"answer": "", "question": ""},
        index=Markup(index),
        listed=pages,
    )


def _sections(folder: Path, page: dict[str, Any]) -> list[dict[str, str]]:
    """Return the text of a page, section by section, with the address of each."""
    path = folder / f"{page['key']}.html"
    if not path.is_file():
        return []
    main = html.fromstring(path.read_text(encoding="utf-8")).find(".//main")
    address, title = f"pages/{page['key']}.html", page["title"]
    sections: list[dict[str, Any]] = [{"u": address, "t": title, "w": []}]
    for element in main:
        if element.tag == "h2":
            heading = _text(element)
            anchor = element.get("id")
            sections.append({"u": f"{address}#{anchor}" if anchor else address, "t": f"{title}: {heading}", "w": []})
        elif element.tag != "details":
            sections[-1]["w"].append(_text(element))
    return [s | {"w": " ".join(s["w"])[: 4 * SNIPPET]} for s in sections if s["w"]]


def _text(element: Any) -> str:
    return " ".join(element.text_content().split())
