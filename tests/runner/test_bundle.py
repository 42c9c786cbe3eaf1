"""The bundle for reviewers: nothing private in it, and the same result tables out of it, in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.disclosure.texts import texts_of
from analysis.errors import DisclosureError, NotebookError
from analysis.report.bundle import NO_WORDS, write_bundle
from analysis.study import load_study
from tests.runner.conftest import run
from tests.runner.small_notebooks import draws, reads, saves, write_notebook
from tests.small_study import write_study


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = write_study(tmp_path_factory.mktemp("packed") / "study", disclosure={"approved_quotes": [1, 3]})
    cells = [reads("scores"), saves("sizes"), draws("sizes")]
    write_notebook(root / "notebooks", "01_sizes", *cells, order=1, reads=["scores"], writes=["sizes"])
    last = "print('last')"
    write_notebook(root / "notebooks", "03_last", last, order=3, results=["sizes"], reads=["excerpts"])
    outcome = run(root)
    assert not outcome.errors
    return root


@pytest.fixture(scope="module")
def bundle(made, tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "for-reviewers.zip"
    study = load_study(made)
    write_bundle(study, path)
    return study, path


def unpacked(path, folder):
    with zipfile.ZipFile(path) as packed:
        packed.extractall(folder)
    return folder / path.stem


def test_report_code_lock_manifest_and_permitted_data_are_in_it(bundle):
    names = {name.partition("/")[2] for name in zipfile.ZipFile(bundle[1]).namelist()}
    for name in (
        "reports/index.html",
        "reports/manifest.json",
        "reports/ro-crate-metadata.json",
        "reports/pages/01_sizes.html",
        "requirements.lock",
        "src/analysis/cli.py",
        "notebooks/01_sizes.ipynb",
        "frameworks/transforming-together.yml",
        "data/tidy/interviews.parquet",
        "tests/expected/sizes.csv",
        "REVIEWERS.md",
        "LICENSE",
    ):
        assert name in names, name


def test_raw_files_words_names_keys_and_roles_are_not(bundle):
    study, path = bundle
    packed = zipfile.ZipFile(path)
    names = packed.namelist()
    assert not [n for n in names if "/raw/" in n or "pseudonym" in n or n.endswith(".pyc")]
    assert not [n for n in names if Path(n).name == "withheld.parquet"]
    with packed.open(next(n for n in names if n.endswith("tidy/excerpts.parquet"))) as stream:
        excerpts = pd.read_parquet(stream)
    assert excerpts["coding"].tolist() == [1, 3], "those that pages may ask for"
    assert set(excerpts["text"]) == {NO_WORDS}
    own = [n for n in names if "/data/" in n or "/reports/" in n or n.endswith(("study.yml", "REVIEWERS.md"))]
    said = "\n".join(text for name in own for _, text in texts_of(name, packed.read(name)))
    for secret in ("north-0-0", "first coder", "we met each month", str(study.root)):
        assert secret not in said
    with packed.open(next(n for n in names if n.endswith("tidy/interviews.parquet"))) as stream:
        assert pd.read_parquet(stream)["role"].isna().all()
    settings = yaml.safe_load(packed.read(next(n for n in names if n == f"{path.stem}/study.yml")))
    assert "anonymisation" not in settings
    assert settings["plan"]["hypotheses"]


def test_the_same_report_gives_the_same_bundle(bundle, tmp_path):
    study, path = bundle
    again = tmp_path / path.name
    write_bundle(study, again)
    assert again.read_bytes() == path.read_bytes()


@pytest.fixture
def copied(made, tmp_path):
    return shutil.copytree(made, tmp_path / "copy")


def test_a_result_with_the_roles_of_single_interviews_is_not_packed(copied, tmp_path):
    people = pd.DataFrame({"interview": ["interview-a"], "role": ["leader"]})
    people.to_parquet(copied / "data" / "processed" / "results" / "sizes.parquet")
    with pytest.raises(DisclosureError, match="role of single interviews"):
        write_bundle(load_study(copied), tmp_path / "b.zip")


def test_a_quotation_in_a_notebook_of_the_study_is_not_packed(copied, tmp_path):
    root = copied
    notebook = root / "notebooks" / "03_last.ipynb"
    said = yaml.safe_load((root / "study.yml").read_text(encoding="utf-8"))
    said["disclosure"].pop("approved_quotes")
    (root / "study.yml").write_text(yaml.safe_dump(said), encoding="utf-8")
    quoted = "We met each month, and it took years"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("print('last')", f"print('{quoted}')"))
    with pytest.raises(DisclosureError, match=r"03_last\.ipynb"):
        write_bundle(load_study(root), tmp_path / "b.zip")
    assert not list(tmp_path.glob("*.zip*"))


def test_what_the_study_waives_with_a_reason_is_packed(copied, tmp_path):
    page = copied / "reports" / "pages" / "01_sizes.html"
    page.write_text(page.read_text(encoding="utf-8").replace("</main>", "<p>ring 01942 555 123</p></main>"))
    with pytest.raises(DisclosureError, match="phone"):
        write_bundle(load_study(copied), tmp_path / "b.zip")
    said = yaml.safe_load((copied / "study.yml").read_text(encoding="utf-8"))
    said["anonymisation"]["waive"] = [{"file": page.name, "kind": "phone", "reason": "the switchboard of the council"}]
    (copied / "study.yml").write_text(yaml.safe_dump(said), encoding="utf-8")
    assert write_bundle(load_study(copied), tmp_path / "b.zip")


def test_a_report_that_is_not_made_is_not_packed(copied, tmp_path):
    root = copied
    (root / "reports" / "manifest.json").unlink()
    with pytest.raises(NotebookError, match="not been made"):
        write_bundle(load_study(root), tmp_path / "b.zip")


@pytest.mark.slow
def test_it_rebuilds_to_the_same_result_tables_in_an_empty_folder_without_network(bundle, tmp_path):
    assert "1 result tables as kept, 0 not" in rebuilt(unpacked(bundle[1], tmp_path / "elsewhere"), tmp_path)


@pytest.mark.slow
def test_the_bundle_of_the_example_rebuilds_to_the_same_result_tables_without_network(example, tmp_path):
    path = tmp_path / "for-reviewers.zip"
    write_bundle(load_study(example), path)
    told = rebuilt(unpacked(path, tmp_path / "elsewhere"), tmp_path)
    n_kept = sum("/tests/expected/" in name for name in zipfile.ZipFile(path).namelist())
    assert n_kept > 30
    assert f"{n_kept} result tables as kept, 0 not" in told


def rebuilt(folder, home):
    """Make the results again from an unpacked bundle, cut off from any network, and return what was told."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(folder / "src")}
    command = [sys.executable, "-m", "analysis", "check"]
    if shutil.which("unshare") and _can_cut_off():
        command = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _can_cut_off() -> bool:
    tried = subprocess.run(["unshare", "-rn", "sh", "-c", "ip link set lo up"], capture_output=True, timeout=20)
    return tried.returncode == 0
