"""The site around the pages: overview, gallery of figures, list of tables, search; no server and no script needed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from analysis import tables
from analysis.figures import publish
from analysis.figures.style import PRESETS
from analysis.report.changes import changes_since
from analysis.report.jobs import study_info
from analysis.report.manifest import released
from analysis.report.needs import unmet
from analysis.report.notebooks import declared_pages
from analysis.report.parsed import Parsed, parse_page
from analysis.report.publishing import PLACES, Places, read_record
from analysis.report.render.shell import framed
from analysis.study import Study

#: The page whose answer and findings come first on the overview.
FIRST = "09_findings"
#: The figure that shows on the overview what there is: areas, partnerships, interviews.
MAP = "study_map"
DOCUMENTS = {"report.pdf": "The whole report (PDF)", "report.docx": "Tables and figures for editing (Word)"}
LINKS = {"figures": publish.LINKS, "tables": tables.LINKS}
STATES = {
    "failed": "did not finish",
    "waiting": "waits for a page that did not finish",
    "": "has not been made",
}
_BLANK: dict[str, Any] = {"status": "", "answer": "", "failure": {"cause": "", "cell": 0}, "waits_for": []}

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
    records = {page["key"]: _BLANK | (read_record(places, page["key"]) or {}) for page in pages}
    _stand_in(study, pages, records)
    parsed = {key: parse_page(study.reports / "pages" / f"{key}.html", f"pages/{key}.html") for key in records}
    listed = {kind: _published(study.reports / kind, kind, records, parsed) for kind in LINKS}
    made = {"index.html": _index(study, pages, records, listed), "search.html": _search(study, pages, parsed)}
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


def _stand_in(study: Study, pages: Pages, records: dict[str, dict[str, Any]]) -> None:
    """Let a page that has not been made say so, as every page links to all; drop what stood in for one no more."""
    folder = PLACES["pages"]
    for page in pages:
        record = records[page["key"]]
        if (folder / f"{page['key']}.html").as_posix() not in record.get("outputs", {}):
            text = framed(
                "unmade.html.j2",
                key=page["key"],
                root="../",
                title=page["title"],
                pages=pages,
                study=study_info(study),
                page=page,
                waits_for=[other for other in pages if other["key"] in record["waits_for"]],
                cause=record["failure"]["cause"],
            )
            _write(study.root / folder / f"{page['key']}.html", text)
    for path in sorted((study.root / folder).glob("*.html")):
        if path.stem not in records:
            path.unlink()


def _published(
    folder: Path, kind: str, records: dict[str, dict[str, Any]], parsed: dict[str, Parsed]
) -> list[dict[str, Any]]:
    """Return the records of all figures or tables in the order of the pages, with sizes of files and place of code."""
    found = []
    for page, record in records.items():
        for name in record.get(kind, []):
            path = folder / f"{name}.json"
            if path.is_file():
                told = json.loads(path.read_text(encoding="utf-8"))
                own = f"{kind.removesuffix('s')}-{name}"
                sizes = {k: (folder / f).stat().st_size for k, f in told["files"].items() if (folder / f).is_file()}
                found.append(
                    told
                    | {"page": page, "page_title": record.get("title", page), "bytes": sizes}
                    | {
                        "address": f"pages/{page}.html#{own}",
                        "code": f"pages/{page}.html#{parsed[page].code.get(own, own)}",
                    }
                )
    return found


def _index(
    study: Study,
    pages: Pages,
    records: dict[str, dict[str, Any]],
    published: dict[str, list[dict[str, Any]]],
) -> str:
    by_figure = {figure["name"]: figure["page"] for figure in published["figures"]}
    findings = [
        finding | {"page": key, "page_title": record["title"], "figure_page": by_figure.get(finding["figure"])}
        for key, record in sorted(records.items(), key=lambda item: item[0] != FIRST)
        if record["status"] != "failed"
        for finding in record.get("findings", [])
    ]
    listed = [
        page | {"record": records[page["key"]], "state": STATES.get(records[page["key"]]["status"], "")}
        for page in pages
    ]
    lacking = [(d.title, unmet(study, d.needs)) for d in declared_pages(study)]
    places = _shown(published["figures"], MAP)
    return framed(
        "index.html.j2",
        key="index",
        root="",
        title=study.title,
        pages=pages,
        study=study_info(study),
        sections=[{"id": key, "text": text} for key, text in _SECTIONS if places or key != "study-map"],
        findings=findings,
        answer=records.get(FIRST, _BLANK)["answer"],
        listed=listed,
        failed=[page for page in listed if page["record"]["status"] == "failed"],
        n_done=sum(page["record"]["status"] == "done" for page in listed),
        left_out=[(title, needs) for title, needs in lacking if needs],
        map=places,
        published=study.published,
        version=released()["version"],
        framework=study.primary,
        counts={kind: len(found) for kind, found in published.items()},
        documents=[(name, text) for name, text in DOCUMENTS.items() if (study.reports / name).is_file()],
        changes=changes_since(study),
    )


def _shown(figures: list[dict[str, Any]], name: str) -> Markup | None:
    """Return a figure that some page published as the overview shows it, or None where no page has."""
    found = [figure for figure in figures if figure["name"] == name]
    return Markup(publish.figure_html(found[0], folder="figures/", code=found[0]["code"])) if found else None


_SECTIONS = (
    ("findings", "Findings"),
    ("study-map", "The study"),
    ("pages", "Pages"),
    ("downloads", "Figures, tables, downloads"),
    ("changes", "What changed since the last run"),
    ("cite", "How to cite"),
)


def _list_page(study: Study, pages: Pages, kind: str, records: list[dict[str, Any]]) -> str:
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        shown = record | {"links": [(record["files"][k], text) for k, text in LINKS[kind] if k in record["files"]]}
        if kind == "figures":
            shown["html"] = Markup(publish.figure_html(record, folder="", code=f"../{record['code']}"))
        groups.setdefault(record["page"], []).append(shown)
    return framed(
        f"{kind}.html.j2",
        key=kind,
        presets=PRESETS,
        preset=study.preset,
        root="../",
        title=kind.capitalize(),
        pages=pages,
        study=study_info(study),
        groups=[(key, shown[0]["page_title"], shown) for key, shown in groups.items()],
        sections=[{"id": f"page-{key}", "text": shown[0]["page_title"]} for key, shown in groups.items()],
    )


def _search(study: Study, pages: Pages, parsed: dict[str, Parsed]) -> str:
    entries = [
        {
            "u": section.address,
            "t": f"{page['title']}: {section.title}" if section.title else page["title"],
            "w": section.text,
        }
        for page in pages
        for section in parsed[page["key"]].sections
    ]
    index = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return framed(
        "search.html.j2",
        key="search",
        root="",
        title="Search",
        pages=pages,
        study=study_info(study),
        index=Markup(index),
        listed=[page | {"sections": parsed[page["key"]].sections} for page in pages],
    )
