"""RO-Crate metadata of a report: what each file is, and which notebook made it from which tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.report.manifest import NAME as MANIFEST
from analysis.report.manifest import released
from analysis.report.publishing import Places, read_records, write_atomically
from analysis.study import Study, load_study

CRATE = "ro-crate-metadata.json"
#: What lies beside the outputs of pages, as far as it is there.
_BESIDE = {
    "report.pdf": "The whole report as one PDF",
    "report.docx": "The whole report as a Word file",
    "search.html": "Search over all pages",
    "figures/index.html": "All figures",
    "figures/index.json": "All figures, as data",
    "tables/index.html": "All tables",
    "tables/index.json": "All tables, as data",
}
#: A licence by its identifier in the list that SPDX keeps.
_SPDX = re.compile(r"MIT|[A-Za-z0-9]+(-[A-Za-z0-9]+)*-\d+(\.\d+)*")
_FORMATS = {
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".tex": "application/x-tex",
    ".json": "application/json",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def write_crate(root: Path) -> None:
    """Write `reports/ro-crate-metadata.json` of a study."""
    study = load_study(root)
    text = json.dumps(crate(study), ensure_ascii=False, indent=1, sort_keys=True)
    write_atomically(study.reports / CRATE, text + "\n")


def crate(study: Study) -> dict[str, Any]:
    """Return the metadata of a study's report as it lies there; the same report gives the same metadata.

    Parameters
    ----------
    study : Study
        The study; its report has been made.
    """
    from rocrate.rocrate import ROCrate

    made = ROCrate(gen_preview=False)
    root = made.root_dataset
    root["name"], root["license"] = study.title, _licence(made, study.licence)
    root["description"] = " ".join(part for part in (study.description.strip(), study.simulated.strip()) if part)
    root["datePublished"] = _date(study)
    root["author"] = [
        made.add_jsonld({"@id": f"#author-{i}", "@type": "Person", "name": name})
        for i, name in enumerate(study.authors, start=1)
    ]
    root["mainEntity"] = made.add_file(
        "index.html", dest_path="index.html", properties=_named("Overview", "index.html")
    )
    # the manifest is written right after this file, with its hash
    there = {MANIFEST: "What went in, what came out, and when"} | {
        path: name for path, name in _BESIDE.items() if (study.reports / path).is_file()
    }
    for path, name in sorted(there.items()):
        made.add_file(path, dest_path=path, properties=_named(name, path))
    records = sorted(read_records(Places(study.root)).items())
    actions = [_add_page(made, page, record) for page, record in records]
    root["mentions"] = [action for action in actions if action is not None]
    return dict(made.metadata.generate())


def _licence(made: Any, licence: str) -> Any:
    """Return a licence as an entity of its own where its identifier is known to have an address."""
    if not _SPDX.fullmatch(licence):
        return licence or "not stated"
    said = {"@id": f"https://spdx.org/licenses/{licence}", "@type": "CreativeWork", "name": licence}
    return made.add_jsonld(said)


def _add_page(made: Any, page: str, record: Mapping[str, Any]) -> Any:
    """Add what a page published, the notebook that made it, and the tables that it read; return the run of it."""
    results = []
    for path, sha256 in _published(record):
        properties = _named(f"{record['title']}: {Path(path).name}", path) | {"sha256": sha256}
        results.append(made.add_file(path, dest_path=path, properties=properties))
    if not results:
        return None
    notebook = f"#notebook-{record['notebook']}"
    if made.dereference(notebook) is None:
        kinds = ["SoftwareSourceCode", "CreativeWork"]
        name = f"notebooks/{record['notebook']}"
        made.add_jsonld({"@id": notebook, "@type": kinds, "name": name, "programmingLanguage": "Python"})
    tables = [*record.get("reads", ()), *(f"results/{name}" for name in record.get("reads_results", ()))]
    action = {
        "@id": f"#run-{page}",
        "@type": "CreateAction",
        "name": record["title"],
        "description": record["question"],
        "instrument": {"@id": notebook},
        "object": [{"@id": _table(made, name)} for name in tables],
        "result": [{"@id": result.id} for result in results],
    }
    return made.add_jsonld(action)


def _published(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, sha256 in sorted(record.get("outputs", {}).items()):
        if path.startswith("reports/"):
            yield path.removeprefix("reports/"), sha256


def _table(made: Any, name: str) -> str:
    """Return the identity of a table of the study that is no part of the report."""
    identity = f"#table-{name}"
    if made.dereference(identity) is None:
        made.add_jsonld({"@id": identity, "@type": "Dataset", "name": f"data/processed/{name}.parquet"})
    return identity


def _named(name: str, path: str) -> dict[str, str]:
    return {"name": name, "encodingFormat": _FORMATS.get(Path(path).suffix, "application/octet-stream")}


def _date(study: Study) -> str:
    """Return the day on which the study says the report was published, else that of the release of the code."""
    if study.published:
        return study.published.isoformat()
    return str(released()["date-released"])
