"""The command line: help at once, the nearest command, errors without traceback, exit codes."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from analysis.cli import COMMANDS, main
from analysis.framework import load_frameworks
from tests.small_study import write_study


def test_help_names_every_command_and_imports_nothing_heavy():
    code = (
        "import sys\nfrom analysis.cli import main\nmain(['--help'])\n"
        "assert not {'pandas', 'numpy', 'rapidfuzz', 'pydantic', 'pytask'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in COMMANDS:
        assert f"  {name}" in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_module_and_its_own_help(name, capsys):
    module = importlib.import_module(f"analysis.commands.{name.replace('-', '_')}")
    assert callable(module.run)
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"analysis {name}" in capsys.readouterr().out


def test_an_unknown_command_names_the_nearest(capsys):
    assert main(["reprot"]) == 1
    assert "nearest: report" in capsys.readouterr().err


def test_an_error_has_no_traceback_and_its_kinds_exit_code(tmp_path, capsys):
    write_study(tmp_path, framework="transforming-togther")
    assert main(["validate", "--study", str(tmp_path)]) == 3
    shown = capsys.readouterr().err
    assert "nearest: transforming-together" in shown
    assert "Traceback" not in shown


def test_a_folder_without_a_study_says_so(tmp_path, capsys):
    assert main(["report", "--study", str(tmp_path)]) == 3
    assert "no study.yml" in capsys.readouterr().err


def test_parameters_need_a_page(tmp_path, capsys):
    write_study(tmp_path)
    assert main(["report", "--study", str(tmp_path), "--set", "draws=10", "--dry-run"]) == 6
    assert "--only PAGE" in capsys.readouterr().err


def test_a_new_study_is_written_and_told(tmp_path, capsys):
    assert main(["new", str(tmp_path / "mine")]) == 0
    assert (tmp_path / "mine" / "study.yml").is_file()
    assert main(["new", str(tmp_path / "mine")]) == 3
    assert "already" in capsys.readouterr().err


def test_validate_reads_everything_and_writes_nothing(tmp_path, capsys):
    write_study(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert main(["validate", "--study", str(tmp_path)]) == 0
    assert "27 interviews" in capsys.readouterr().out
    assert sorted(tmp_path.rglob("*")) == before


def test_a_codebook_is_written_for_a_coding_tool(tmp_path, capsys):
    path = tmp_path / "codes.csv"
    assert main(["codebook", "export", "--format", "csv", "--to", str(path)]) == 0
    labels = [factor.label for factor in load_frameworks()["transforming-together"].factors]
    text = path.read_text(encoding="utf-8-sig")
    assert all(label in text for label in labels)
    assert main(["codebook", "export", "--framework", "challenge", "--to", str(path)]) == 3
    assert "nearest: challenges" in capsys.readouterr().err


def test_clean_removes_what_was_made_and_nothing_raw(tmp_path):
    write_study(tmp_path)
    for made in ("reports/pages/a.html", "data/processed/scores.parquet"):
        path = tmp_path / made
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert main(["clean", "--study", str(tmp_path)]) == 0
    assert not (tmp_path / "reports").exists()
    assert not (tmp_path / "data/processed").exists()
    assert (tmp_path / "data/raw/codings.csv").is_file()
