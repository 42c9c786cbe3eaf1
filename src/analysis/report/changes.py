"""What changed in the result tables since the last run that changed any."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from analysis.report.differences import Difference, compare
from analysis.report.withheld import PRIVATE_RESULTS
from analysis.study import Study

KEPT = ".last-results"


def _tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the result tables of a folder, without those that stay with the study: the index tells what differs."""
    paths = [path for path in sorted(folder.glob("*.parquet")) if path.stem not in PRIVATE_RESULTS]
    return {path.stem: pd.read_parquet(path) for path in paths}


def changes_since(study: Study) -> tuple[Difference, ...] | None:
    """Return how the result tables differ from those of the run before, and keep the present ones for the next.

    Returns
    -------
    tuple of Difference or None
        Only what differs; None where no run came before.
    """
    now, kept = study.processed / "results", study.processed / KEPT
    found = None
    if kept.is_dir():
        found = tuple(d for d in compare(_tables(kept), _tables(now)) if d.mark.strip())
    unfinished = kept.with_name(f"{KEPT}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    if now.is_dir():
        shutil.copytree(now, unfinished)
        shutil.rmtree(kept, ignore_errors=True)
        unfinished.rename(kept)
    return found
