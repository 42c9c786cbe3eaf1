"""The last step of a run: everything under `reports/` is looked through for what must not leave the study."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import anonymise
from analysis.anonymise import PATTERNS, mask
from analysis.disclosure.cells import merge_roles
from analysis.disclosure.excerpts import Apart, Quotations, Speakers, codebook_texts, quotations, speakers
from analysis.disclosure.names import HIDDEN, Phrases, not_looked_for, phrases, words_of
from analysis.disclosure.own import PROJECT, addresses_in, own_addresses, own_text, own_words
from analysis.disclosure.patterns import Patterns, machine_folders, machine_names, patterns
from analysis.disclosure.pdftext import GAP, UnreadableError
from analysis.disclosure.quotes import approved_numbers
from analysis.disclosure.texts import decoded, texts_of
from analysis.errors import DisclosureError
from analysis.published import neutralise
from analysis.study import Study

FINDINGS = ("file", "row", "kind", "masked", "place")
NEVER_WAIVED = ("excerpt", "speaker", "unreadable")
_NO_FORMULA = re.compile(r"[+-]?(?:inf|infinity|nan)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """All that a scan looks for."""

    names: Phrases
    excerpts: Quotations
    speakers: Speakers
    patterns: Patterns


def scan(study: Study) -> None:
    """Look through everything under a study's `reports/`.

    Raises
    ------
    DisclosureError
        Where a raw name, a name on the study's list, personal data, words of an excerpt that is not approved, a hidden
        area, a path or name of this machine, or a spreadsheet formula stands in a file, or where a file can't be looked
        into. It names each file and shows what stands around the finding, the finding itself masked.
    """
    require_none(waived(study, look_through(study.reports, forbidden(study))))


def waived(study: Study, found: pd.DataFrame) -> pd.DataFrame:
    """Return findings with the reason for which the study waives each; no reason waives words of informants."""
    waivers = [waiver for waiver in study.anonymisation.waive if waiver.kind not in NEVER_WAIVED]
    by_name = anonymise.waive(found.assign(file=found["file"].map(lambda file: Path(file).name)), waivers)
    return found.assign(waived=by_name["waived"])


def forbidden(study: Study) -> Forbidden:
    """Return what must not stand in anything that a study publishes."""
    tables = {path.stem: path for path in study.processed.glob("*.parquet")}
    if "withheld" not in tables and study.given is None:
        raise DisclosureError(
            "the list of raw names that must not be published is not there",
            where="data/processed/withheld.parquet",
            fix="run `make report` (or `python -m analysis report`), which reads the raw files again",
        )

    def read(name: str) -> pd.DataFrame:
        return pd.read_parquet(tables[name]) if name in tables else pd.DataFrame()

    withheld, excerpts, factors = read("withheld"), read("excerpts"), read("factors")
    listed = [("name", name) for name in listed_names(study)]
    raw = list(zip(withheld["kind"], withheld["name"], strict=True)) if len(withheld) else []
    approved = approved_numbers(study.disclosure)
    texts = excerpts["text"] if len(excerpts) else pd.Series(dtype="str")
    quoted = excerpts["coding"].isin(approved) if len(excerpts) else texts.astype(bool)
    books = (study.root / "frameworks").glob("*.yml")
    said, given = addresses_in([study.root / "study.yml", study.raw / "SOURCES.yml", *books])
    machine = [name for name in machine_names() if not re.search(rf"\b{re.escape(name)}\b", own_text())]
    addresses = {*own_addresses(), *given, *re.findall(PATTERNS["email"], said.casefold())}
    return Forbidden(
        phrases([*listed, *raw], _labels(study, read("partnerships"), read("interviews"), factors), own_words()),
        quotations(texts[~quoted], [*texts[quoted], *codebook_texts(factors)]),
        _speakers(study, excerpts[quoted] if len(excerpts) else excerpts, read("codings"), read("interviews")),
        patterns(addresses, machine_folders(study.root, PROJECT), machine),
    )


def unscannable(study: Study) -> pd.DataFrame:
    """Return how many raw names the scan can't look for, or not everywhere, and why; for the log of disclosure.

    Returns
    -------
    DataFrame
        kind, reason, names (how many; the names themselves stay untold).
    """
    path = study.processed / "withheld.parquet"
    withheld = pd.read_parquet(path) if path.is_file() else pd.DataFrame(columns=["kind", "name"])
    listed = [("name", name) for name in listed_names(study)]
    raw = list(zip(withheld["kind"], withheld["name"], strict=True))
    return pd.DataFrame(not_looked_for([*listed, *raw], own_words()), columns=["kind", "reason", "names"])


def _speakers(study: Study, quoted: pd.DataFrame, codings: pd.DataFrame, interviews: pd.DataFrame) -> Speakers:
    """Return who spoke the approved excerpts, and by which names a reader would know."""
    if quoted.empty:
        return speakers(pd.DataFrame(columns=["text", "area", "role", "shown_role"]), {})
    people = merge_roles(interviews, study.disclosure.merge_roles).rename(columns={"role": "shown_role"})
    people["role"] = interviews["role"]
    told = quoted.merge(codings[["coding", "interview"]], on="coding").merge(people, on="interview")
    return speakers(told, {area.key: area.name for area in study.areas})


def listed_names(study: Study) -> list[str]:
    """Return the names that the study itself says must not occur."""
    names = list(study.anonymisation.names)
    if study.anonymisation.names_file:
        names += study.path(study.anonymisation.names_file).read_text(encoding="utf-8-sig").splitlines()
    return [name.strip() for name in names if name.strip()]


def _labels(study: Study, partnerships: pd.DataFrame, interviews: pd.DataFrame, factors: pd.DataFrame) -> Iterator[str]:
    """Yield the labels that the report shows on purpose."""
    if study.disclosure.areas == "named":
        yield from (text for area in study.areas for text in (area.key, area.name))
        for column in ("partnership", "label", "area"):
            yield from partnerships.get(column, pd.Series(dtype="str")).dropna()
    for column in ("role", "sector"):
        yield from interviews.get(column, pd.Series(dtype="str")).dropna().unique()
    yield from study.outcome_labels.values()
    yield from study.words.model_dump().values()
    yield from (str(text) for column in ("factor", "label") if column in factors for text in factors[column].dropna())


def look_through(folder: Path, wanted: Forbidden) -> pd.DataFrame:
    """Return every finding in the files below a folder: file, row (none), kind, masked surroundings, place in the file.

    Parameters
    ----------
    folder : Path
        Everything below it is read, hidden files and drafts too.
    wanted : Forbidden
        What to look for.
    """
    seen: dict[str, list[tuple[str, str]]] = {}
    apart = Apart(wanted.speakers)
    rows = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder.parent).as_posix()
        in_name = list(_in_name(name, wanted))
        shown = "#" * 8 if in_name else name
        rows += [(shown, kind, f"the name of a file in {path.parent.name}/", "its name") for kind, _ in in_name]
        data = path.read_bytes()
        try:
            for place, text in texts_of(path.name, data):
                if text not in seen:
                    seen[text] = list(_findings(text, wanted))
                rows += [(shown, kind, masked, place) for kind, masked in seen[text]]
                rows += [(shown, "speaker", words, place) for words in apart.look(name, text)]
            rows += [(shown, "formula", masked, "cell") for masked in formula_cells(path.name, data)]
        except UnreadableError as error:
            rows.append((shown, "unreadable", str(error), ""))
    found = pd.DataFrame(rows, columns=["file", "kind", "masked", "place"]).drop_duplicates(ignore_index=True)
    return found.assign(row=-1)[list(FINDINGS)]


def _in_name(name: str, wanted: Forbidden) -> Iterator[tuple[str, str]]:
    """Yield what stands in the name of a file, read as it is and without its digits."""
    found = [*_findings(name, wanted, named=True), *_findings(re.sub(r"\d+", " ", name), wanted, named=True)]
    yield from dict.fromkeys(found)


def _findings(text: str, wanted: Forbidden, *, named: bool = False) -> Iterator[tuple[str, str]]:
    """Yield kind and masked surroundings of whatever stands in a text; `named` where it is the name of a file."""
    words = words_of(text)
    for kind, phrase in wanted.names.find(words, text, anyhow=HIDDEN if named else ()):
        yield kind, _around(words, phrase)
    for start, end in wanted.excerpts.find_broken(words):
        yield "excerpt", f"{end - start} words of an excerpt that is not approved, words {start + 1} to {end}"
    for start, end in wanted.speakers.find(words):
        yield "speaker", f"a quotation with both the role and the area of who said it, words {start + 1} to {end}"
    for kind, start, end in wanted.patterns.find(text):
        yield kind, mask(text, start, end)


def _around(words: list[str], phrase: tuple[str, ...]) -> str:
    """Return the words around a phrase, itself masked; the mask alone where it does not stand in one piece."""
    for place, word in enumerate(words):
        if word == phrase[0] and tuple(words[place : place + len(phrase)]) == phrase:
            before, after = words[max(place - 2, 0) : place], words[place + len(phrase) :][:2]
            return f"...{' '.join(before)} {'#' * 8} {' '.join(after)}..."
    return "#" * 8


def formula_cells(name: str, data: bytes) -> Iterator[str]:
    """Yield the first characters of cells that a spreadsheet would take for a formula.

    Parameters
    ----------
    name : str
        Name of the file: CSV, TSV or an Excel workbook.
    data : bytes
        Its content.
    """
    ending = name.rpartition(".")[2].lower()
    if ending in ("csv", "tsv"):
        text = decoded(data) or ""
        for row in csv.reader(io.StringIO(text), delimiter="\t" if ending == "tsv" else ","):
            yield from (f"a cell begins with {c.strip()[:1]!r}" for c in row if _is_formula(c))
    elif ending in ("xlsx", "xlsm") and data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for part in parts.namelist():
                if part.startswith("xl/worksheets/") and re.search(rb"<f[\s>/]", parts.read(part)):
                    yield f"{Path(part).name} holds a formula"


def _is_formula(cell: str) -> bool:
    return neutralise(cell) != cell and not _NO_FORMULA.fullmatch(cell.strip())


def require_none(found: pd.DataFrame, most: int = 20) -> None:
    """Stop where a finding is not waived.

    Raises
    ------
    DisclosureError
        With file, place, kind and masked surroundings of up to `most` findings.
    """
    standing = found[found["waived"] == ""]
    if standing.empty:
        return
    listed = "\n".join(_told(row.file, row.place, row.kind, row.masked) for row in _first(standing, most))
    more = f"\n    and {len(standing) - most} more" if len(standing) > most else ""
    raise DisclosureError(
        f"{len(standing)} findings in what would be published\n{listed}{more}",
        where=", ".join(sorted(set(standing["file"]))[:most]),
        fix="take them out where they come from (the notebook, or the raw file) and run again; approve a quotation "
        "under disclosure.approved_quotes, or waive what is harmless under anonymisation.waive in study.yml "
        "(file, kind, reason). Do not pass reports/ on until the scan finds nothing",
    )


def _first(frame: pd.DataFrame, most: int) -> Iterable:
    return frame.head(most).itertuples(index=False)


def _told(file: str, place: str, kind: str, masked: str) -> str:
    return f"    {file}{f' ({place})' if place else ''}: {kind}: {masked.replace(GAP, ' ')}"
