"""A new study: a folder with a commented `study.yml`, empty tables and the codebook to code with."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import yaml

from analysis.errors import StudyError
from analysis.framework import PROJECT_FRAMEWORKS
from analysis.ingest.log import LEDGER, LEDGER_ENTRIES
from analysis.study import FILE_NAME, json_schema

SCHEMA_NAME = "study.schema.json"
HEADERS = {
    "codings.csv": ("source", "coder", "code", "start", "end", "text", "weight"),
    "partnerships.csv": ("partnership", "area", "label", "policy_field", "start_year"),
    "interviews.csv": ("interview", "partnership", "role", "sector", "month", "words", "source"),
    "outcomes.csv": ("partnership", "outcome", "informant", "value"),
}


def write_skeleton(folder: Path) -> list[Path]:
    """Write a new study into `folder` and return its files.

    Raises
    ------
    StudyError
        Where the folder holds a study already; nothing is overwritten.
    """
    if (folder / FILE_NAME).exists():
        raise StudyError(f"{folder.name} holds a {FILE_NAME} already", where=str(folder), fix="name another folder")
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    (folder / "frameworks").mkdir(exist_ok=True)
    written = {
        folder / FILE_NAME: files("analysis.skeleton").joinpath(FILE_NAME).read_text(encoding="utf-8"),
        folder / SCHEMA_NAME: schema_text(),
        folder / ".gitignore": "data/pseudonym.key\ndata/processed/\nreports/\n",
        folder / "frameworks" / "README.md": _FRAMEWORKS,
        raw / LEDGER: _ledger(),
    }
    written |= {raw / name: ",".join(columns) + "\n" for name, columns in HEADERS.items()}
    for path, text in written.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return sorted(written)


def schema_text() -> str:
    """Return the JSON Schema of `study.yml` as text."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _ledger() -> str:
    entries = [{"file": name, **dict.fromkeys(LEDGER_ENTRIES, "")} for name in HEADERS]
    head = "# Where each raw file came from; page 01 shows it. `sha256` may be added to notice a changed file.\n"
    return head + yaml.safe_dump(entries, sort_keys=False)


_FRAMEWORKS = f"""# Frameworks of this study

Put a codebook of your own here, one YAML file each; it wins over the project's of the same key.
`{PROJECT_FRAMEWORKS.name}/transforming-together.yml` in the project is the example to follow. To code with a
framework from the start, give it to your coding tool:
`python -m analysis codebook export --framework transforming-together --format qdc`
"""
