"""Codings: what coding tools exported, joined to interviews and to the factors of the frameworks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import readers
from analysis.codes import match_codes, require_matched
from analysis.errors import DataError
from analysis.ingest.log import Log
from analysis.ingest.people import Keys
from analysis.readers import Export
from analysis.readers.names import word_count
from analysis.settings import Source
from analysis.study import Study

#: The intensity of a coding whose tool records none: the factor is there.
PRESENT = 1.0


@dataclass(frozen=True, slots=True)
class Coded:
    """All exports of a study together, still under raw names.

    Parameters
    ----------
    codings : DataFrame
        Rows of all exports: source, coder, code, start, end, unit, text, weight, file, row.
    sources : DataFrame
        One row a document; `text` where the export holds it.
    codes : DataFrame
        One row a code of a codebook.
    attributes : DataFrame
        Attributes of documents and cases.
    """

    codings: pd.DataFrame
    sources: pd.DataFrame
    codes: pd.DataFrame
    attributes: pd.DataFrame


def read_all(study: Study, log: Log) -> Coded:
    """Read every export of the study, noting what was read and what was not."""
    exports = []
    for source in (s for s in study.sources if s.table == "codings"):
        path = study.path(source.path)
        export = readers.read_export(
            path,
            column_map=dict(source.columns) or None,
            sheet=source.sheet,
            encoding=source.encoding,
            separator=source.separator,
            codebook=_codes_of(study, source),
        )
        _check_format(source, export, path)
        log.add(source, export.report)
        not_read = sum(note.count for note in export.report if note.level == "error")
        log.file(source, path, export.format, len(export.codings), not_read)
        exports.append(_completed(source, export, path, log, study.intensity_in_code))
    told = [e.sources.assign(text=e.sources["source"].map(dict(e.texts)).astype("str")) for e in exports]
    exports = [replace(export, sources=sources) for export, sources in zip(exports, told, strict=True)]
    return Coded(
        *(
            pd.concat([getattr(export, part) for export in exports], ignore_index=True)
            for part in ("codings", "sources", "codes", "attributes")
        )
    )


def _codes_of(study: Study, source: Source) -> list[str]:
    """Return the names of the codes in a source's codebook files."""
    books = [readers.read_codebook(study.path(file)) for file in source.codebook]
    return [str(code) for book in books for code in book.codes["path"]]


def _check_format(source: Source, export: Export, path: Path) -> None:
    if source.format and export.format != source.format:
        raise DataError(
            f"the file is {export.format}, not {source.format}",
            where=path.name,
            fix="leave `format` out (it is detected by content), or name the right file",
        )


def _completed(source: Source, export: Export, path: Path, log: Log, intensity_in_code: str) -> Export:
    """Fill in what the format does not carry and the study declares: coder and intensity."""
    codings = export.codings.copy()
    lacking = codings["coder"].isna()
    if lacking.any():
        codings.loc[lacking, "coder"] = source.coder or f"team of {path.name}"
        what = "no coder in the file; " + ("as declared" if source.coder else "counted as one coder")
        log.note(source, "info", what, count=int(lacking.sum()))
    if intensity_in_code:
        codings["weight"] = codings["weight"].fillna(_intensity(codings["code"], intensity_in_code))
    if "intensity" in source.constants:
        codings["weight"] = codings["weight"].fillna(float(source.constants["intensity"]))
    weightless = codings["weight"].isna()
    if weightless.any():
        codings["weight"] = codings["weight"].fillna(PRESENT)
        log.note(source, "info", f"no intensity in the file; counted as {PRESENT:g}", count=int(weightless.sum()))
    told = readers.source_attributes(export).rename(columns={"source": "owner"}).assign(file=path.name)
    return Export(export.format, codings, export.sources, export.codes, told, export.report, export.texts)


def _intensity(codes: pd.Series, pattern: str) -> pd.Series:
    found = codes.str.extract(f"(?:{pattern})", expand=True)[0]
    return pd.to_numeric(found, errors="coerce").astype("float64")


def tidy(study: Study, coded: Coded, interview_keys: Keys, log: Log) -> pd.DataFrame:
    """Return codings with interview, framework and factor, and the words of their segments.

    Raises
    ------
    DataError or GroupedError
        For a document that belongs to no interview, or codes that match no factor.
    """
    codings = coded.codings
    matched = match_codes(
        sorted(codings["code"].dropna().unique()), study.codebooks, dict(study.code_map), primary=study.framework
    )
    waiting = codings["code"].isin(matched.unmatched["code"])
    require_matched(matched, where=", ".join(sorted(codings.loc[waiting, "file"].unique())))
    by_code = matched.table.set_index("code")
    in_characters = codings["unit"] == "character"
    _note_other_places(codings[~in_characters & codings["start"].notna()], log)
    frame = pd.DataFrame(
        {
            "interview": interview_keys.of(codings["source"], "codings, column source", codings["row"]),
            "coder": codings["coder"],
            "code": codings["code"],
            "framework": codings["code"].map(by_code["framework"]),
            "factor": codings["code"].map(by_code["factor"]),
            "start": codings["start"].where(in_characters),
            "end": codings["end"].where(in_characters),
            "intensity": codings["weight"],
            "source_file": codings["file"],
            "source_row": codings["row"].fillna(0).astype("int64"),
            "text": codings["text"],
            "words": _words(codings["text"]),
        }
    )
    ignored = frame["factor"].isna()
    _note_ignored(frame[ignored], log)
    return _once(frame[~ignored], log)


def _note_other_places(codings: pd.DataFrame, log: Log) -> None:
    """Say which segments are placed in paragraphs, pages or milliseconds: they can't be laid over each other."""
    for (file, unit), rows in codings.groupby(["file", "unit"], sort=True):
        what = f"places are counted in {unit}s, not characters; left out where segments are compared"
        log.notes.append((file, "codings", "info", what, None, len(rows)))


def _words(text: pd.Series) -> pd.Series:
    return text.map(word_count, na_action="ignore").astype("float64")


def _note_ignored(ignored: pd.DataFrame, log: Log) -> None:
    for (file, code), rows in ignored.groupby(["source_file", "code"], sort=True):
        what = f"the code {code!r} is declared as not analysed"
        log.notes.append((file, "codings", "info", what, None, len(rows)))


def _once(frame: pd.DataFrame, log: Log) -> pd.DataFrame:
    """Keep one of several codings that say the same of the same segment, and say so."""
    same = frame.duplicated(["interview", "coder", "framework", "factor", "start", "end", "text"], keep="first")
    same &= frame["start"].notna()
    for file, rows in frame[same].groupby("source_file"):
        what = "the same coder gave the same factor twice to a segment; kept once"
        log.notes.append((file, "codings", "warning", what, int(rows["source_row"].iloc[0]), len(rows)))
    kept = frame[~same].sort_values(["interview", "start", "source_file", "source_row"], kind="stable")
    return kept.reset_index(drop=True).assign(coding=np.arange(1, len(kept) + 1))
