"""Two runs from two fresh copies in two folders: the same pages, figures and tables to the byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

COPIED = ("src", "notebooks", "frameworks", "data/raw", "study.yml", "requirements.lock", "CITATION.cff")
#: The one file that holds the clock.
MANIFEST = "manifest.json"


def fresh_copy(folder):
    for name in COPIED:
        source = REPOSITORY / name
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, folder / name)
    return folder


def files_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.slow
def test_two_fresh_copies_give_the_same_bytes(tmp_path):
    made = []
    for name, zone, jobs in (("one", "UTC", "2"), ("another/folder with a longer name", "Asia/Tokyo", "1")):
        folder = fresh_copy(tmp_path / name)
        environment = os.environ | {"PYTHONPATH": str(folder / "src"), "TZ": zone, "PYTHONHASHSEED": str(len(name))}
        done = subprocess.run(
            [sys.executable, "-m", "analysis", "report", "--jobs", jobs, "--formats", "html,docx"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=1800,
        )
        assert done.returncode == 0, done.stderr
        made.append(files_of(folder / "reports"))
    first, second = made
    assert set(first) == set(second)
    differ = sorted(name for name in first if first[name] != second[name] and name != MANIFEST)
    assert differ == []
