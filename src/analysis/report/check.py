"""Rebuild a study from its raw files and hold its result tables against those kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.errors import DataError
from analysis.report.differences import Difference, compare
from analysis.report.notebooks import PROJECT_NOTEBOOKS
from analysis.report.pipeline import Options, report
from analysis.report.progress import Progress
from analysis.report.withheld import PRIVATE_RESULTS
from analysis.study import Study, load_study

PROJECT = PROJECT_NOTEBOOKS.parent
_COPIED = ("study.yml", "data", "frameworks", "notebooks")


def check(study: Study, *, jobs: int = 2) -> tuple[Difference, ...]:
    """Rebuild a study in a temporary folder and compare its result tables with those kept.

    Parameters
    ----------
    study : Study
        The study; its folder is only read.
    jobs : int
        Pages at a time.

    Raises
    ------
    DataError
        Where none are kept.
    AnalysisError
        Where a page fails.
    """
    folder = kept_folder(study)
    kept = {path.stem: _read_kept(path) for path in sorted(folder.glob("*.csv"))}
    if not kept:
        raise DataError(
            "no result tables are kept to compare with",
            where=str(folder),
            fix="look at the report, then keep its results: python -m analysis check --write",
        )
    with tempfile.TemporaryDirectory(prefix="check-") as temporary:
        rebuilt = rebuild(study, Path(temporary) / "study", jobs=jobs)
        results = {name: _as_kept(frame) for name, frame in _results(rebuilt).items()}
        if study.given is not None:  # what a bundle leaves out is made again but has nothing to be held against
            results = {name: frame for name, frame in results.items() if name not in PRIVATE_RESULTS}
    return compare(kept, results)


def rebuild(study: Study, folder: Path, *, jobs: int = 2) -> Study:
    """Copy a study without what was made of it, and make its report there."""
    for name in _COPIED:
        source = study.root / name
        if source.is_dir() and source != PROJECT_NOTEBOOKS:
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("processed"))
        elif source.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)
    copied = load_study(folder)
    outcome = report(copied, Options(jobs=jobs), Progress())
    if outcome.errors:
        raise outcome.errors[0]
    return copied


def keep(study: Study, folder: Path | None = None, *, but: Sequence[str] = ()) -> list[Path]:
    """Keep the result tables of a study's report as those to compare with; return their files.

    Parameters
    ----------
    study : Study
        The study.
    folder : Path, optional
        Where to; `kept_folder` where left out.
    but : sequence of str
        Results that are not kept.
    """
    results = {name: frame for name, frame in _results(study).items() if name not in but}
    if not results:
        raise DataError(
            "there are no result tables", where=str(study.processed / "results"), fix="make the report first"
        )
    folder = kept_folder(study) if folder is None else folder
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.csv"):
        path.unlink()
    written = []
    for name, frame in results.items():
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False, float_format="%.12g", lineterminator="\n")
        written.append(path)
    return written


def kept_folder(study: Study) -> Path:
    """Return where a study's result tables are kept."""
    return PROJECT / "tests" / "expected" if study.root == PROJECT else study.root / "expected"


def _results(study: Study) -> dict[str, pd.DataFrame]:
    folder = study.processed / "results"
    return {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}


def _read_kept(path: Path) -> pd.DataFrame:
    return pd.read_csv(path)


def _as_kept(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it would be read back from where it is kept."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as stream:
        frame.to_csv(stream, index=False, float_format="%.12g", lineterminator="\n")
        stream.seek(0)
        return pd.read_csv(stream)
