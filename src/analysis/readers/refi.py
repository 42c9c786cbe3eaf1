"""REFI-QDA projects (.qdpx, .qde): what NVivo, ATLAS.ti, MAXQDA, QualCoder, Dedoose and Transana exchange.

Standard: REFI-QDA 1.5 (qdasoftware.org). Real tools break it in known ways, which are read and reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pandas as pd

from analysis.errors import DataError
from analysis.readers.container import Archive
from analysis.readers.encoding import decode
from analysis.readers.hierarchy import SEPARATOR, codes_of_paths, split_levels, tree_paths
from analysis.readers.limits import MAX_MEMBER, MEBIBYTE, readable
from analysis.readers.model import ATTRIBUTES, CODINGS, SOURCES, Export, table
from analysis.readers.names import unique_names, word_count
from analysis.readers.offsets import CHOICES, Positions
from analysis.readers.refi_attributes import attributes_table
from analysis.readers.refi_codings import Report, choose_offsets, codings_table
from analysis.readers.refi_parse import Raw, RefiHandler
from analysis.readers.xmlstream import parse


def read_refi(path: Path) -> Export:
    """Read a REFI-QDA project (`.qdpx`, or the `.qde` out of one) or codebook (`.qdc`).

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Export
        `start` and `end` are code points of the source's text with every line end as one character, whatever
        the tool counted; `.sources.offsets` says how it counted.

    Raises
    ------
    DataError
        The archive or its XML is damaged, hostile or no project.
    """
    report = Report(path.name)
    raw, stored = _load(path, report)
    if raw.kind == "CodeBook":
        codes = refi_codes(raw, code_paths(raw, path.name), path.name)
        return Export("refi-codebook", table(CODINGS, []), table(SOURCES, []), codes, table(ATTRIBUTES, []))
    names = unique_names(raw.source_name)
    paths = code_paths(raw, path.name)
    texts = [_raw_text(stored, text.path, text.content) for text in raw.texts]
    placed, chosen = choose_offsets(raw, texts, report)
    codings = codings_table(raw, names, paths, placed, chosen, report)
    sources = _sources(raw, names, placed, chosen, path.name)
    _report_rest(raw, texts, sources, report)
    kept = {
        names[text.source]: placed[number].text
        for number, text in reversed(list(enumerate(raw.texts)))
        if texts[number] is not None
    }
    return Export(
        "refi-qda",
        codings,
        sources,
        refi_codes(raw, paths, path.name),
        attributes_table(raw, names, path.name),
        tuple(report.notes),
        kept,
    )


def _load(path: Path, report: Report) -> tuple[Raw, dict[str, bytes]]:
    """Parse the project file and fetch the plain texts it names."""
    readable(path)
    handler = RefiHandler(path.name)
    with path.open("rb") as handle:
        zipped = handle.read(2) == b"PK"
    if not zipped:
        parse(file_blocks(path), handler, path.name)
        return handler.raw, _beside(path, handler.raw)
    with Archive(path) as archive:
        parse(archive.blocks(_project_member(archive, report)), handler, path.name)
        members = archive.by_base_name()
        wanted = {_base_name(text.path) for text in handler.raw.texts if text.path}
        return handler.raw, {name: archive.read(members[name]) for name in sorted(wanted) if name in members}


def _beside(path: Path, raw: Raw) -> dict[str, bytes]:
    """Fetch the texts that lie in `sources/` beside a `.qde` that was taken out of its archive."""
    wanted = {_base_name(text.path) for text in raw.texts if text.path}
    folders = [folder for folder in path.parent.iterdir() if folder.is_dir() and folder.name.lower() == "sources"]
    files = [file for folder in folders for file in folder.iterdir() if file.name.lower() in wanted]
    fit = [file for file in files if not file.is_symlink() and file.stat().st_size <= MAX_MEMBER]
    return {file.name.lower(): file.read_bytes() for file in fit}


def file_blocks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes block by block, up to the size of one member of an archive."""
    if path.stat().st_size > MAX_MEMBER:
        raise DataError(f"the XML has more than {MAX_MEMBER / MEBIBYTE:,.0f} MiB", where=path.name)
    with path.open("rb") as handle:
        while block := handle.read(MEBIBYTE):
            yield block


def _project_member(archive: Archive, report: Report) -> str:
    roots = archive.roots(".qde")
    if not roots:
        roots = tuple(name for name in archive.names if name.lower().endswith(".qde"))
        report(
            "warning",
            "the project file lies in a folder of the archive; the standard wants it outside",
            len(roots),
        )
    if len(roots) > 1:
        roots = tuple(name for name in roots if name.lower() == "project.qde") or roots
    if len(roots) != 1:
        raise DataError(
            f"the archive holds {len(roots) or 'no'} project file(s) (*.qde); one is needed",
            where=archive.name,
            fix="export the project again as REFI-QDA",
        )
    return roots[0]


def _base_name(path: str) -> str:
    """Return the last part of `internal://guid.txt`, `relative:///sources/guid.txt` or a plain path."""
    return PurePosixPath(path.replace("\\", "/").rpartition("://")[2]).name.lower()


def _raw_text(stored: dict[str, bytes], path: str, content: str | None) -> str | None:
    if content is not None:
        return content.removeprefix("\ufeff")
    data = stored.get(_base_name(path)) if path else None
    return None if data is None else decode(data, _base_name(path))


def code_paths(raw: Raw, file: str) -> list[str]:
    """Return each code's path: by nesting, and by `::` where ATLAS.ti flattened it."""
    separators = ("::",) if "atlas" in raw.origin.lower() else ()
    names = {number: split_levels(name, separators) or "(no name)" for number, name in enumerate(raw.code_name)}
    parents = {number: parent if parent >= 0 else None for number, parent in enumerate(raw.code_parent)}
    paths = tree_paths(names, parents, file)
    return [paths[number] for number in range(len(raw.code_name))]


def refi_codes(raw: Raw, paths: list[str], file: str) -> pd.DataFrame:
    """Return the codes table of a parsed codebook."""
    details: dict[str, dict[str, object]] = {}
    for number, path in enumerate(paths):
        details.setdefault(
            path,
            {
                "guid": raw.code_guid[number],
                "description": raw.code_description[number] or None,
                "codable": raw.code_codable[number],
            },
        )
    return codes_of_paths(paths, file, details)


def _sources(raw: Raw, names: list[str], placed: list[Positions], chosen: list[int], file: str) -> pd.DataFrame:
    groups: dict[str, list[str]] = {}
    for owner in raw.sets:
        if owner.name and ":" not in owner.name:
            for guid in owner.sources:
                groups.setdefault(guid, []).append(owner.name)
    first: dict[int, int] = {}
    for number, text in enumerate(raw.texts):
        if placed[number].text or placed[number].start.shape[1]:
            first.setdefault(text.source, number)
    rows = []
    for number, name in enumerate(names):
        row: dict[str, object] = {"source": name, "name": raw.source_name[number], "file": file}
        row["kind"] = raw.source_kind[number]
        group = groups.get(raw.source_guid[number], [])
        row["group"] = group[0] if len(group) == 1 else None
        if number in first:
            positions = placed[first[number]]
            row["words"], row["characters"] = word_count(positions.text), len(positions.text)
            row["offsets"] = ", ".join(CHOICES[chosen[first[number]]]) if positions.differ else "any"
        rows.append(row)
    return table(SOURCES, rows)


def _report_rest(raw: Raw, texts: list[str | None], sources: pd.DataFrame, report: Report) -> None:
    absent = len({text.source for text, content in zip(raw.texts, texts, strict=True) if content is None})
    report("warning", "sources whose text is not in the file; their codings have no text", absent)
    report("info", "sets are read as attributes of their sources", len(raw.sets))
    report("info", "notes (memos) are not read", raw.counts["Note"])
    report("info", "links are not read", raw.counts["Link"])
    report("info", "graphs (networks) are not read", raw.counts["Graph"])
    report("info", "selections without a code are not codings", raw.counts["selection without a code"])
    report("warning", "codings without a code are not read", raw.counts["coding without a code"])
    repeated = len(raw.source_name) - len(set(raw.source_name))
    report("warning", "sources share their name with another; they were numbered", repeated)
    folders = sum(not codable for codable in raw.code_codable)
    report("info", "codes are folders, not to be coded with", folders)
    flattened = sum(SEPARATOR in name for name in raw.code_name)
    report("warning", f"code names hold {SEPARATOR!r}, which is read as a level", flattened)
    if not len(sources):
        report("warning", "the project holds no sources")
