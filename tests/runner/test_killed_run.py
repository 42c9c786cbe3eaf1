"""A run that is killed at any moment leaves nothing half-made, and the next run mends all."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.runner.conftest import run, write_pages
from tests.small_study import write_study


def kill_after(root: Path, seconds: float) -> bool:
    """Begin a report, kill it after some seconds, and return whether it was still running."""
    command = [sys.executable, "-m", "analysis", "report", "--study", str(root), "--jobs", "2", "--force"]
    runner = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    time.sleep(seconds)
    running = runner.poll() is None
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    return running


def assert_whole(root: Path) -> None:
    """Everything that is published can be read to its end."""
    for path in (root / "reports").rglob("*.html"):
        assert path.read_text().rstrip().endswith("</html>"), path
    for path in (*(root / "reports").rglob("*.ipynb"), *(root / "data/processed/pages").glob("*.json")):
        json.loads(path.read_text())
    for path in (root / "data/processed").glob("*.parquet"):
        pd.read_parquet(path)
    for path in (root / "data/processed/results").glob("*.parquet"):
        pd.read_parquet(path)


def content(root: Path) -> dict[str, bytes]:
    folders = ("reports/pages", "reports/figures", "reports/notebooks", "data/processed/results")
    return {f"{f}/{p.name}": p.read_bytes() for f in folders for p in (root / f).iterdir()}


def assert_mended(root: Path, expected: dict[str, bytes]) -> None:
    outcome = run(root)
    assert not outcome.errors
    assert content(root) == expected
    assert not (root / "data/processed/.stages").exists()
    assert set(run(root).steps.values()) == {"unchanged"}


@pytest.fixture
def begun(tmp_path: Path, made: tuple[Path, object]) -> Path:
    """Return the same study as `made`, not yet run."""
    root = write_study(tmp_path / "study")
    write_pages(root)
    return root


def test_a_run_killed_once_is_mended(begun, made):
    kill_after(begun, 5.0)
    assert_whole(begun)
    assert_mended(begun, content(made[0]))


@pytest.mark.slow
def test_a_run_killed_again_and_again_is_mended(begun, made):
    draw = random.Random(20)
    killed = 0
    while killed < 10:
        killed += kill_after(begun, draw.uniform(0.5, 10))
        assert_whole(begun)
    assert_mended(begun, content(made[0]))
