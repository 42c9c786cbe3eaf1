"""A study's tables and results as they lie in its folder; in Lab what is missing is made first."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import NotebookError
from analysis.report.notebooks import declared_pages
from analysis.study import Study, find_study, load_study
from analysis.target import STAGE_VARIABLE

#: The study that Lab was opened for: a study without notebooks of its own is explored in those of the project.
STUDY_VARIABLE = "ANALYSIS_STUDY"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A study for exploring: any tidy table or result by name."""

    study: Study

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of what can be read."""
        return tuple(sorted(path.stem for path in self.study.processed.glob("*.parquet")))

    def read(self, table: str) -> pd.DataFrame:
        """Return a tidy table."""
        return read_table(self.study.processed / f"{table}.parquet", table)

    def result(self, name: str) -> pd.DataFrame:
        """Return a result table that a page of the report wrote."""
        return read_table(self.study.processed / "results" / f"{name}.parquet", name)


def load(study: str | Path = ".") -> Workspace:
    """Return the study around a folder for exploring; raw files are read where that has not been done."""
    return Workspace(study_around(study, processed=True))


def study_around(start: str | Path = ".", *, processed: bool = False) -> Study:
    """Return the study around a folder, or the one that Lab was opened for where the folder is not named.

    Parameters
    ----------
    start : str or Path
        A study's folder, or any folder inside one.
    processed : bool
        Read its raw files first, where that has not been done.
    """
    opened = "" if STAGE_VARIABLE in os.environ else os.environ.get(STUDY_VARIABLE, "")
    study = load_study(find_study(opened if opened and str(start) == "." else start))
    if processed and not (study.processed / "scores.parquet").is_file():
        process(study)
    return study


def process(study: Study) -> None:
    """Read a study's raw files into tidy tables."""
    from analysis.ingest import ingest, write

    write(ingest(study), study.processed)


def make_result(study: Study, name: str) -> None:
    """Run the page that writes a result, as the report would."""
    for declared in declared_pages(study):
        if name in declared.writes:
            command = [sys.executable, "-m", "analysis", "report", "--study", str(study.root)]
            subprocess.run([*command, "--only", declared.key], check=False, capture_output=True)


def read_table(path: Path, name: str) -> pd.DataFrame:
    """Return a table that must be there.

    Raises
    ------
    NotebookError
        With those that are, where it is not.
    """
    if not path.is_file():
        there = tuple(sorted(p.stem for p in path.parent.glob("*.parquet")))
        raise NotebookError(
            f"the table {name!r} is not there",
            where=str(path.parent.name),
            allowed=there,
            value=name,
            fix="run `make report` (or `python -m analysis report`) once",
        )
    return pd.read_parquet(path)
