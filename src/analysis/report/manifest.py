"""The account of a run: what went in, by which code and packages, and what came out, each with its hash."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from analysis.report.notebooks import PROJECT_NOTEBOOKS
from analysis.report.publishing import Places, read_records, write_atomically
from analysis.report.steps import Digests
from analysis.study import Study, load_study

PROJECT = PROJECT_NOTEBOOKS.parent
NAME = "manifest.json"
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def write_manifest(root: Path) -> None:
    """Write `reports/manifest.json` of a study: the one file that holds the clock."""
    study = load_study(root)
    text = json.dumps(manifest(study), ensure_ascii=False, indent=1)
    write_atomically(study.reports / NAME, text + "\n")


def manifest(study: Study) -> dict[str, Any]:
    """Return the account of the report as it lies there.

    Parameters
    ----------
    study : Study
        The study; its report has been made.
    """
    digests = Digests()
    records = read_records(Places(study.root))
    makers = {name: page for page, record in records.items() for name in record.get("outputs", {})}
    makers |= {f"data/processed/{path.name}": "tidy tables" for path in study.processed.glob("*.parquet")}
    return {
        "study": study.title,
        "simulated": study.simulated,
        "seed": study.seed,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(PROJECT),
        "python": platform.python_version(),
        "packages": packages(),
        "inputs": _shown(study, _hashes(_inputs(study), study.root, digests)),
        "pages": {
            page: {
                "notebook": record.get("notebook"),
                "parameters": record.get("parameters", {}),
                "reads": record.get("reads", []),
                "reads_results": record.get("reads_results", []),
                "status": record.get("status"),
            }
            for page, record in records.items()
        },
        "outputs": {
            name: {"sha256": digest, "made_by": makers.get(name, "site")}
            for name, digest in _hashes(_outputs(study), study.root, digests).items()
        },
    }


def commit(folder: Path) -> dict[str, Any] | None:
    """Return the commit of the code and whether files differ from it; None where git or its history is absent."""
    try:
        found = subprocess.run(
            ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        )
        status = subprocess.run(
            ["git", "-C", str(folder), "status", "--porcelain", "--untracked-files=no"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return {"id": found.stdout.strip(), "changed_since": bool(status.stdout.strip())}


def released() -> dict[str, Any]:
    """Return what `CITATION.cff` says of the program: `version`, `date-released` and so on."""
    found: dict[str, Any] = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    return found


def packages() -> dict[str, str]:
    """Return name and version of every locked package that is installed."""
    lock = PROJECT / "requirements.lock"
    names = _PINNED.findall(lock.read_text(encoding="utf-8")) if lock.is_file() else []
    found = {}
    for name in dict.fromkeys(name for name, _ in names):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue  # locked for another system or another Python
    return found


def _inputs(study: Study) -> Iterable[Path]:
    from analysis.report.notebooks import notebooks_folder

    yield study.root / "study.yml"
    yield from (study.path(source.path) for source in study.sources)
    yield from (p for p in sorted(study.raw.rglob("*")) if p.is_file() and not p.name.startswith("."))
    for folder in dict.fromkeys([PROJECT / "frameworks", study.root / "frameworks"]):
        yield from sorted(folder.glob("*.yml"))
    yield from sorted(notebooks_folder(study).glob("*.ipynb"))
    yield PROJECT / "requirements.lock"


def _shown(study: Study, inputs: dict[str, str]) -> dict[str, str]:
    """Return the inputs, raw files by their hash alone where areas may not be named: files are often called so."""
    if study.disclosure.areas == "named":
        return inputs
    own = ("study.yml", "requirements.lock", "frameworks/", "notebooks/")
    named = {name if name.startswith(own) else f"raw file {sha[:12]}": sha for name, sha in inputs.items()}
    return dict(sorted(named.items()))


def _outputs(study: Study) -> Iterable[Path]:
    for folder in (study.reports, study.processed):
        for path in sorted(folder.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.is_file() and not hidden and path.name != NAME and "drafts" not in path.parts:
                yield path


def _hashes(paths: Iterable[Path], root: Path, digests: Digests) -> dict[str, str]:
    found = {}
    for path in dict.fromkeys(paths):
        base = root if path.is_relative_to(root) else PROJECT
        name = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
        digest = digests.file(path) if path.is_file() else None
        if digest:
            found[name] = digest
    return dict(sorted(found.items()))
