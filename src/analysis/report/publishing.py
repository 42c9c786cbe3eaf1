"""From a page's stage into place: file by file by renaming, the record last, so that a kill harms nothing.

A page's record, `data/processed/pages/<page>.json`, lists every file the page published with its hash. It is
what the site is made from, and how the runner sees that something is missing or was changed by hand.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import NotebookError

#: Folder of a stage, and where in the study its files are published.
PLACES = {
    "figures": Path("reports/figures"),
    "tables": Path("reports/tables"),
    "results": Path("data/processed/results"),
    "pages": Path("reports/pages"),
    "notebooks": Path("reports/notebooks"),
}
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Places:
    """Where the runner keeps things in a study's folder.

    Parameters
    ----------
    root : Path
        The study's folder.
    """

    root: Path

    @property
    def processed(self) -> Path:
        """Folder of the tidy tables."""
        return self.root / "data" / "processed"

    @property
    def records(self) -> Path:
        """Folder of the pages' records."""
        return self.processed / "pages"

    @property
    def stages(self) -> Path:
        """Folder of the stages of pages that run."""
        return self.processed / ".stages"

    @property
    def state(self) -> Path:
        """Folder of pytask's lock file."""
        return self.processed / ".pytask"

    def record(self, page: str) -> Path:
        """Return the path of a page's record."""
        return self.records / f"{page}.json"

    def fresh_stage(self, page: str) -> Path:
        """Return an empty stage for a page."""
        stage = self.stages / page
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        return stage


def read_record(places: Places, page: str) -> dict[str, Any] | None:
    """Return a page's record, or None where it has none."""
    try:
        record: dict[str, Any] = json.loads(places.record(page).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return record


def read_records(places: Places) -> dict[str, dict[str, Any]]:
    """Return the records of all pages by key."""
    found = {path.stem: read_record(places, path.stem) for path in sorted(places.records.glob("*.json"))}
    return {page: record for page, record in found.items() if record is not None}


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that it is there whole or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)


def write_record(places: Places, page: str, record: Mapping[str, Any]) -> None:
    """Write a page's record."""
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    write_atomically(places.record(page), text + "\n")


def publish_stage(places: Places, page: str, stage: Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """Move all that a page made from its stage into place, drop what it no longer makes, and record it.

    Parameters
    ----------
    places : Places
        The study's folders.
    page : str
        Key of the page.
    stage : Path
        The stage, with the folders of `PLACES`.
    record : mapping
        What the page says of itself.

    Raises
    ------
    NotebookError
        Where another page has published a file of the same name; nothing has been moved then.
    """
    files = {PLACES[kind] / path.relative_to(stage / kind): path for kind, path in _staged(stage)}
    with _one_at_a_time:
        before = read_record(places, page) or {}
        _refuse_taken(places, page, files)
        outputs = {}
        for where, path in sorted(files.items(), key=lambda item: (item[0].parts[1] == "pages", item[0])):
            outputs[where.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
            target = places.root / where
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        done = {**record, "outputs": outputs}
        write_record(places, page, done)
        _drop(places, set(before.get("outputs", ())) - set(outputs))
    shutil.rmtree(stage, ignore_errors=True)
    return done


def publish_failure(places: Places, page: str, stage: Path, record: Mapping[str, Any]) -> None:
    """Publish how far a page got in place of the page itself; what it had published otherwise stays."""
    before = read_record(places, page) or {}
    kept = {kind: before.get(kind, []) for kind in ("figures", "tables", "results")}
    outputs = dict(before.get("outputs", {}))
    for kind in ("results", "figures", "tables"):
        shutil.rmtree(stage / kind, ignore_errors=True)
    for kind, path in _staged(stage):
        where = PLACES[kind] / path.relative_to(stage / kind)
        outputs[where.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
        target = places.root / where
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    write_record(places, page, {**record, **kept, "outputs": outputs})
    shutil.rmtree(stage, ignore_errors=True)


def retire(places: Places, keep: Iterable[str]) -> tuple[str, ...]:
    """Remove all that pages published which the study no longer has; return their keys."""
    gone = tuple(sorted(set(read_records(places)) - set(keep)))
    for page in gone:
        record = read_record(places, page) or {}
        _drop(places, record.get("outputs", ()))
        places.record(page).unlink(missing_ok=True)
    return gone


def _staged(stage: Path) -> list[tuple[str, Path]]:
    return [
        (kind, path)
        for kind in PLACES
        for path in sorted((stage / kind).rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    ]


def _refuse_taken(places: Places, page: str, files: Mapping[Path, Path]) -> None:
    ours = {where.as_posix() for where in files}
    for other, record in read_records(places).items():
        shared = sorted(ours.intersection(record.get("outputs", ())))
        if other != page and shared:
            raise NotebookError(
                f"the pages {page} and {other} both publish {shared[0]}",
                where=page,
                fix="give the figure, table or result a name of its own",
            )


def _drop(places: Places, outputs: Iterable[str]) -> None:
    for output in outputs:
        (places.root / output).unlink(missing_ok=True)
