"""Two runs from two fresh copies in two folders: the same pages, figures, tables and documents to the byte."""

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
    """Put all that a run of the example reads into a folder of its own."""
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


#: Folder, time zone, pages at a time, and seed of the order that Python's sets have.
WAYS = (("one", "UTC", "2", "3"), ("another/folder with a longer name", "Asia/Tokyo", "1", "11"))


@pytest.mark.slow
def test_two_fresh_copies_give_the_same_bytes(tmp_path):
    folders = [fresh_copy(tmp_path / name) for name, *_ in WAYS]
    for folder, (_, zone, jobs, hash_seed) in zip(folders, WAYS, strict=True):
        environment = os.environ | {"PYTHONPATH": str(folder / "src"), "TZ": zone, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-m", "analysis", "report", "--jobs", jobs, "--formats", "html,pdf,docx"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=1800,
        )
        assert done.returncode == 0, done.stderr
    first, second = (files_of(folder / "reports") for folder in folders)
    assert len(first) > 100
    assert set(first) == set(second)
    differ = sorted(name for name in first if first[name] != second[name] and name != MANIFEST)
    assert differ == []
