"""The import report: what was read, what was not and why, and the ledger of the raw files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import yaml

from analysis.readers.model import Note
from analysis.settings import Source

LEDGER = "SOURCES.yml"
NOTES = ("file", "table", "level", "what", "row", "count")
LEDGER_ENTRIES = ("producer", "tool", "licence", "date")
FILES = ("file", "table", "format", "read", "not_read", "bytes", "sha256", *LEDGER_ENTRIES)


@dataclass(slots=True)
class Log:
    """Collects notes and file entries while a study is read."""

    notes: list[tuple[object, ...]] = field(default_factory=list)
    files: list[dict[str, object]] = field(default_factory=list)

    def add(self, source: Source, notes: Iterable[Note]) -> None:
        """Take the notes of one source in."""
        for note in notes:
            file = note.file or Path(source.path).name
            self.notes.append((file, source.table, note.level, note.what, note.row, note.count))

    def note(self, source: Source, level: str, what: str, *, row: int | None = None, count: int = 1) -> None:
        """Take one note in."""
        self.notes.append((Path(source.path).name, source.table, level, what, row, count))

    def file(self, source: Source, path: Path, format_: str, read: int, not_read: int) -> None:
        """Enter one raw file as read."""
        entry: dict[str, object] = {
            "file": source.path,
            "table": source.table,
            "format": format_,
            "read": read,
            "not_read": not_read,
        }
        self.files.append({**entry, **fingerprint(path)})

    def notes_table(self) -> pd.DataFrame:
        """Return the notes as a frame, errors first, then warnings."""
        severity = {"error": 0, "warning": 1}
        ordered = sorted(self.notes, key=lambda note: severity.get(str(note[2]), 2))
        frame = pd.DataFrame(ordered, columns=list(NOTES))
        frame["row"] = pd.to_numeric(frame["row"]).astype("float64")
        return frame.astype({"count": "int64"})

    def files_table(self, raw: Path) -> pd.DataFrame:
        """Return the raw files with what the ledger says of them."""
        ledger = read_ledger(raw / LEDGER)
        rows = []
        for entry in self.files:
            known = ledger.get(Path(str(entry["file"])).name, {})
            if known.get("sha256") and known["sha256"] != entry["sha256"]:
                what = "differs from the file that the ledger describes: update its entry, or restore the file"
                self.notes.append((Path(str(entry["file"])).name, entry["table"], "warning", what, None, 1))
            rows.append({**{k: known.get(k) for k in LEDGER_ENTRIES}, **entry})
        return pd.DataFrame(rows, columns=list(FILES)).astype(dict.fromkeys(LEDGER_ENTRIES, "str"))


def fingerprint(path: Path) -> dict[str, object]:
    """Return size and SHA-256 of a file, or of a folder's files together."""
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    digest, size = hashlib.sha256(), 0
    for file in files:
        content = file.read_bytes()
        if path.is_dir():
            digest.update(f"{file.relative_to(path).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
        size += len(content)
    return {"bytes": size, "sha256": digest.hexdigest()}


def read_ledger(path: Path) -> dict[str, dict[str, str]]:
    """Return what the ledger beside the raw files says of each, by file name; nothing where there is none."""
    if not path.is_file():
        return {}
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    listed = entries.get("files", []) if isinstance(entries, dict) else entries
    return {
        Path(str(entry["file"])).name: {key: str(value) for key, value in entry.items()}
        for entry in listed
        if isinstance(entry, dict) and "file" in entry
    }
