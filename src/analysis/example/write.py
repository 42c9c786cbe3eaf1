"""Write the simulated study's raw files, as a team's would arrive: a different coding tool for each area."""

from __future__ import annotations

import csv
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import yaml

from analysis.errors import DataError
from analysis.example.design import Design
from analysis.example.exports import Bundle, bundles, nvivo, qualcoder, tabular, taguette
from analysis.example.exports.bundle import CODERS, STAMP, document_names
from analysis.example.exports.files import write_workbook
from analysis.example.places import FACETS
from analysis.example.simulation import Simulation, simulate
from analysis.example.transcripts import Transcript, write_transcripts
from analysis.framework import PROJECT_FRAMEWORKS
from analysis.schema import SIMULATION

LICENCE = "CC0-1.0"
KEY_FILE = "pseudonym.key"
DONT_KNOW = "Don't know"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the folder of the raw files, and one row a file with `file`, `tool`, `bytes`."""

    folder: Path
    files: pd.DataFrame

    @property
    def summary(self) -> str:
        """One sentence of what was written."""
        size = self.files["bytes"].sum() / 1e6
        return f"{len(self.files)} simulated raw files, {size:.1f} MB, in {self.folder.name}."


@dataclass(frozen=True, slots=True)
class _File:
    """One raw file: its name, the area whose codings it holds, the tool it is like, and what writes it."""

    name: str
    area: str
    tool: str
    write: Callable[[Bundle, Path], None]


def _of_coder(coder: str) -> Callable[[Bundle, Path], None]:
    return lambda bundle, path: taguette.write(bundle, path, coder)


EXPORTS = (
    *(
        _File(
            f"brighton-and-hove_{coder.lower().replace(' ', '-')}.sqlite3",
            "brighton-and-hove",
            "Taguette",
            _of_coder(coder),
        )
        for coder in CODERS
    ),
    _File("cheshire-east_excerpts.xlsx", "cheshire-east", "Dedoose", tabular.write_dedoose),
    _File("monmouthshire_codings.csv", "monmouthshire", "spreadsheet", tabular.write_long),
    _File("south-tyneside.qda", "south-tyneside", "QualCoder", qualcoder.write),
    _File("surrey_coded_segments.xlsx", "surrey", "MAXQDA", tabular.write_maxqda),
    _File("wigan.qdpx", "wigan", "NVivo for Windows (REFI-QDA)", nvivo.write),
)


def write_example(folder: Path | str, seed: int = 2017, design: Design | None = None) -> Written:
    """Write the simulated six-area study into a folder: `data/raw/`, and `study.yml` where there is none.

    The same seed gives the same bytes.

    Parameters
    ----------
    folder : Path
        The study's folder.
    seed : int
        Seed of the simulation and of the words.
    design : Design, optional
        The stated truth; the six-area study's where left out.

    Raises
    ------
    DataError
        Where the folder holds raw data that are not simulated; nothing is written then.
    """
    root = Path(folder)
    raw = root / "data" / "raw"
    _require_own(raw)
    simulation, transcripts = in_words(seed, design)
    with tempfile.TemporaryDirectory() as stage:
        files = _write_all(Path(stage), simulation, transcripts, seed)
        raw.mkdir(parents=True, exist_ok=True)
        for path in sorted(Path(stage).iterdir()):
            _move(path, raw / path.name)
    template = PROJECT_FRAMEWORKS.parent / "study.yml"
    if not (root / "study.yml").exists() and template.is_file():
        shutil.copyfile(template, root / "study.yml")
    return Written(raw, files)


def in_words(seed: int, design: Design | None = None) -> tuple[Simulation, dict[str, Transcript]]:
    """Return a simulated study and its transcripts, with the interviews' real length in words."""
    simulation = simulate(design, seed)
    transcripts = write_transcripts(simulation, seed)
    words = simulation.interviews["interview"].map({key: t.words for key, t in transcripts.items()})
    return replace(simulation, interviews=simulation.interviews.assign(words=words)), transcripts


def _require_own(raw: Path) -> None:
    """Stop where the folder holds raw files that this module has not written."""
    from analysis.ingest.log import LEDGER, read_ledger

    if not raw.is_dir():
        return
    known = {name for name, entry in read_ledger(raw / LEDGER).items() if entry.get("producer") == SIMULATION}
    foreign = sorted({p.name for p in raw.iterdir()} - known - {LEDGER, KEY_FILE})
    if foreign:
        raise DataError(
            f"the folder holds raw files that are not the simulated study's, such as {foreign[0]}",
            where=str(raw),
            fix="choose another folder with --study; raw data are never overwritten",
        )


def _move(source: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    shutil.move(source, target)


def _write_all(stage: Path, simulation: Simulation, transcripts: dict[str, Transcript], seed: int) -> pd.DataFrame:
    """Write every raw file into `stage` and return the ledger's rows."""
    from analysis.ingest.log import LEDGER, fingerprint

    by_area = bundles(simulation, transcripts)
    for file in EXPORTS:
        file.write(by_area[file.area], stage / file.name)
    tools = {file.name: file.tool for file in EXPORTS}
    tools |= _write_sheets(stage, simulation)
    entries = [
        {
            "file": name,
            "producer": SIMULATION,
            "tool": tool,
            "licence": LICENCE,
            "date": STAMP,
            **fingerprint(stage / name),
        }
        for name, tool in tools.items()
    ]
    ledger = {"simulated": f"python -m analysis example --seed {seed}", "files": entries}
    text = yaml.safe_dump(ledger, sort_keys=False, allow_unicode=True, width=110)
    (stage / LEDGER).write_text(text, encoding="utf-8")
    # The key lies with the data because nobody is behind these pseudonyms; a real study keeps it elsewhere.
    key = hashlib.sha256(f"simulated study {seed}".encode()).hexdigest()
    (stage / KEY_FILE).write_text(key + "\n", encoding="ascii")
    return pd.DataFrame(entries)[["file", "tool", "bytes"]]


def _write_sheets(stage: Path, simulation: Simulation) -> dict[str, str]:
    """Write the sheets of interviews, partnerships and outcomes; return their names and tools."""
    labels = dict(zip(simulation.partnerships["partnership"], simulation.partnerships["label"], strict=True))
    documents = dict(zip(simulation.interviews["interview"], document_names(simulation.interviews), strict=True))
    _write_interviews(stage / "interviews.xlsx", simulation, labels, documents)
    _write_csv(
        stage / "partnerships.csv",
        simulation.partnerships.assign(
            area=simulation.partnerships["area"].map(simulation.areas.set_index("area")["name"])
        ),
    )
    _write_csv(stage / "outcomes.csv", _outcome_sheet(simulation, labels, documents))
    return dict.fromkeys(("interviews.xlsx", "partnerships.csv", "outcomes.csv"), "spreadsheet")


def _write_interviews(path: Path, simulation: Simulation, labels: dict[str, str], documents: dict[str, str]) -> None:
    header = ("Transcript", "Interview", "Partnership", "Role", "Sector", "Month", "Words")
    rows = [
        (
            f"{documents[row.interview]}.docx",
            row.interview,
            labels[row.partnership],
            row.role,
            row.sector,
            row.month,
            row.words,
        )
        for row in simulation.interviews.itertuples()
    ]
    write_workbook(path, {"Interviews": (header, rows)})


def _outcome_sheet(simulation: Simulation, labels: dict[str, str], documents: dict[str, str]) -> pd.DataFrame:
    """Return the ratings as the team typed them, with `Don't know` where an informant could not rate."""
    rated = simulation.outcomes
    asked = rated[["partnership", "informant", "source"]].drop_duplicates()
    full = asked.merge(pd.DataFrame({"outcome": list(FACETS)}), how="cross")
    full = full.merge(rated, how="left", on=["partnership", "informant", "source", "outcome"])
    return pd.DataFrame(
        {
            "Partnership": full["partnership"].map(labels),
            "Facet": full["outcome"].str.replace("_", " ").str.capitalize(),
            "Rated by": full["informant"].map(documents).fillna("annual review"),
            "Rating 0-4": [DONT_KNOW if pd.isna(value) else f"{value:.0f}" for value in full["value"]],
        }
    )


def _write_csv(path: Path, frame: pd.DataFrame) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file, lineterminator="\n")
        sheet.writerow(frame.columns)
        sheet.writerows(frame.itertuples(index=False, name=None))
