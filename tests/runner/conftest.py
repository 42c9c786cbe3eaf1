"""A small study with notebooks, and one run of its report."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.report.pipeline import Options, Outcome, report
from analysis.report.progress import Progress
from analysis.study import load_study
from tests.runner.small_notebooks import draws, reads, saves, write_notebook
from tests.small_study import write_study


def write_pages(root: Path) -> None:
    """Three pages in a row and one beside them, and one for each area."""
    folder = root / "notebooks"
    more = "frame = pd.read_parquet('data/processed/results/sizes.parquet')"
    write_notebook(
        folder,
        "01_sizes",
        reads("interviews"),
        saves("sizes"),
        draws("sizes"),
        order=1,
        reads=["interviews"],
        writes=["sizes"],
    )
    write_notebook(folder, "02_more", more, saves("more"), order=2, results=["sizes"], writes=["more"])
    write_notebook(folder, "03_last", "print('last')", order=3, results=["more"])
    write_notebook(folder, "04_beside", draws("beside"), order=4, reads=["scores"])
    write_notebook(
        folder,
        "profile",
        "print(area)",
        draws("profile", "of an area").replace('"profile', 'f"profile-{area}').replace(".svg", ".svg"),
        parameters='area = "north"  # which area',
        order=9,
        reads=["areas"],
        per="area",
    )


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Return the folder of a small study that has not been run."""
    root = write_study(tmp_path / "study")
    write_pages(root)
    return root


def run(root: Path, **options: object) -> Outcome:
    """Run the report of a study and return what became of it."""
    return report(load_study(root), Options(jobs=2, **options), Progress(io.StringIO()))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """Return a small study whose report has been made, for tests that only look."""
    root = write_study(tmp_path_factory.mktemp("made") / "study")
    write_pages(root)
    return root, run(root)


@pytest.fixture(scope="session")
def example(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the example study whose whole report has been made; for slow tests."""
    root = tmp_path_factory.mktemp("example") / "study"
    shutil.copytree(repository / "data" / "raw", root / "data" / "raw")
    shutil.copy(repository / "study.yml", root)
    outcome = run(root)
    assert not outcome.errors
    return root


@pytest.fixture
def copy_of(made: tuple[Path, Outcome], tmp_path: Path) -> Callable[[], Path]:
    """Return a maker of copies of the study that has been run, for tests that change it."""

    def copied() -> Path:
        return Path(shutil.copytree(made[0], tmp_path / "copy"))

    return copied
