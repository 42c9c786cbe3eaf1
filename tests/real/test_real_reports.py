"""The same notebooks on studies that others collected: every page is made, and nothing that must not leave does."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.illegible import illegible_figures

STUDIES = Path(__file__).parent
RAW = {
    "collaborative-governance/own": ("collaborative-governance/cases.csv",),
    "collaborative-governance/mapped": ("collaborative-governance/cases.csv",),
    "serdif-usability": (
        "serdif-usability/SERDIF_P2_ThematicAnalysis.sqlite3",
        "serdif-usability/scores/SERDIF_PSSUQ_P2.csv",
    ),
}


@pytest.mark.slow
@pytest.mark.third_party
@pytest.mark.parametrize("name", RAW)
def test_the_whole_report_of_a_real_study(name, third_party, tmp_path):
    shutil.copytree(STUDIES / name, tmp_path / "study")
    raw = tmp_path / "study" / "data" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for file in RAW[name]:
        shutil.copy(third_party / "real" / file, raw)
    command = [sys.executable, "-m", "analysis", "report", "--study", str(tmp_path / "study"), "--jobs", "2"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    reports = tmp_path / "study" / "reports"
    pages = {path.stem for path in (reports / "pages").glob("*.html")}
    assert {"01_data", "03_patterns", "04_associations", "09_findings"} <= pages
    manifest = json.loads((reports / "manifest.json").read_text())
    assert manifest["outputs"]
    assert not illegible_figures(reports)
