"""Makefile, environment.yml, pyproject.toml, the lock and the set-up script agree with each other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib

import pytest
import yaml

PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)", re.MULTILINE)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def project(repository):
    return tomllib.loads((repository / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def lock(repository):
    return (repository / "requirements.lock").read_text()


def make(repository, *arguments, **environment):
    return subprocess.run(
        ["make", *arguments],
        cwd=repository,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_lock_holds_all_that_pyproject_names_each_with_hashes(project, lock):
    locked = {normal(name) for name, _ in PINNED.findall(lock)}
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["build"], *extras["test"]]
    missing = {normal(re.split(r"[<>=!~;\[ ]", entry)[0]) for entry in wanted} - locked
    assert not missing
    for entry in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if PINNED.match(entry):
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_environment_yml_is_in_step(repository, project):
    environment = yaml.safe_load((repository / "environment.yml").read_text())
    plain = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert f"python{project['requires-python']}" in plain
    assert {"make", "pip"} <= set(plain)
    assert pip == ["-r requirements.lock"]
    assert environment["channels"][0] == "conda-forge"


def test_set_up_asks_for_the_python_that_pyproject_asks_for(repository, project):
    script = (repository / "tools" / "setup.sh").read_text()
    minimum = project["requires-python"].removeprefix(">=")
    assert f"'>={minimum}'" in script
    assert f"({', '.join(minimum.split('.'))})" in script


def test_help_is_the_default_and_names_every_target(repository):
    text = (repository / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split()
    shown = make(repository).stdout
    assert {"report", "test", "lab", "check", "figures", "clean", "help"} <= set(phony)
    for target in phony:
        assert f"make {target}" in shown


def test_the_makefile_keeps_to_what_make_3_81_knows(repository):
    text = (repository / "Makefile").read_text()
    for newer in ("&:", ".ONESHELL", "--output-sync", "$(file ", "!=", "private ", ":::="):
        assert newer not in text
    assert ".DELETE_ON_ERROR:" in text


def test_the_makefile_is_thin(repository):
    shown = make(repository, "-n", "report", "STUDY=a b", "JOBS=3", "ONLY=04", "FORCE=1", "DRY_RUN=1").stdout
    (line,) = [line for line in shown.splitlines() if "-m analysis report" in line]
    assert '--study "a b"' in line
    for option in ("--jobs 3", "--only 04", "--force", "--dry-run"):
        assert option in line


@pytest.fixture
def bare(repository, tmp_path):
    """Return a folder with the set-up script and a PATH that has a shell's basic commands alone."""
    for name in ("requirements.lock", "pyproject.toml", "environment.yml"):
        shutil.copy(repository / name, tmp_path / name)
    (tmp_path / "tools").mkdir()
    shutil.copy(repository / "tools" / "setup.sh", tmp_path / "tools")
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("sh", "dirname", "mkdir", "rm", "chmod", "cat"):
        (commands / name).symlink_to(shutil.which(name))
    return tmp_path


def set_up(bare, **environment):
    return subprocess.run(
        [str(bare / "bin" / "sh"), "tools/setup.sh"],
        cwd=bare,
        env={"PATH": str(bare / "bin"), "HOME": str(bare), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_where_nothing_serves_it_says_what_to_install(bare):
    done = set_up(bare)
    assert done.returncode == 2
    for word in ("no Python 3.11 or newer", "uv", "python.org", "apt install", "conda env create"):
        assert word in done.stderr


def test_a_python_that_is_too_old_is_no_python(bare):
    script(bare / "bin" / "python3", "exit 1")  # as the question for its version would answer
    assert "no Python 3.11 or newer" in set_up(bare).stderr


def test_a_python_without_venv_is_told_so(bare):
    script(bare / "bin" / "python3", 'case "$2" in *ensurepip*) exit 1;; esac; exit 0')
    done = set_up(bare)
    assert done.returncode == 2
    assert "lacks the modules venv and ensurepip" in done.stderr
    assert "apt install python3-venv" in done.stderr


def test_uv_comes_first_then_conda_then_venv(bare):
    log = bare / "log"
    script(bare / "bin" / "uv", f'echo "uv $*" >> "{log}"')
    script(bare / "conda" / "bin" / "python", f'echo "conda $*" >> "{log}"')
    script(bare / "bin" / "python3", f'echo "python3 $*" >> "{log}"; [ "$2" = venv ] && exit 3; exit 0')
    conda = {"CONDA_PREFIX": str(bare / "conda"), "CONDA_DEFAULT_ENV": "mine"}
    assert set_up(bare, **conda).returncode == 0
    with_uv = log.read_text()
    assert "--require-hashes -r requirements.lock" in with_uv
    assert "--no-deps --no-build-isolation -e ." in with_uv
    assert "conda" not in with_uv
    (bare / "bin" / "uv").unlink()
    log.unlink()
    assert set_up(bare, **conda).returncode == 0
    with_conda = log.read_text()
    assert "pip install --quiet --require-hashes -r requirements.lock" in with_conda
    assert "--no-index --no-deps --no-build-isolation -e ." in with_conda
    shown = subprocess.run([bare / ".venv/bin/python", "--version"], capture_output=True, check=True)
    assert shown.returncode == 0  # the Makefile's path leads to the environment's Python
    shutil.rmtree(bare / ".venv")
    log.unlink()
    done = set_up(bare, **conda | {"CONDA_DEFAULT_ENV": "base"})
    assert done.returncode != 0  # our python3 refuses to make an environment
    assert "-m venv" in log.read_text()


def test_a_failed_installation_leaves_no_stamp_and_says_how_to_go_on(bare):
    script(bare / "bin" / "uv", '[ "$1" = pip ] && exit 1; exit 0')
    done = set_up(bare)
    assert done.returncode == 2
    assert "the packages could not be installed" in done.stderr


def test_an_unknown_way_names_the_known_ones(bare):
    done = set_up(bare, SETUP_WITH="pixi")
    assert done.returncode == 2
    assert "allowed: uv, conda, venv" in done.stderr
