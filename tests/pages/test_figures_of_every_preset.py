"""Every figure of the example's report can be read at final size in every preset, which one setting chooses."""

import io
import json
import shutil

import pytest

from analysis.figures.style import PRESETS
from analysis.report.pipeline import Options, report
from analysis.report.progress import Progress
from analysis.study import load_study
from tests.illegible import illegible_figures


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_all_text_of_all_figures_is_large_enough_whole_and_apart(preset, repository, tmp_path):
    root = tmp_path / "study"
    root.mkdir()
    said = (repository / "study.yml").read_text(encoding="utf-8")
    (root / "study.yml").write_text(f"{said}\npreset: {preset}\n", encoding="utf-8")
    shutil.copytree(repository / "data" / "raw", root / "data" / "raw")
    outcome = report(load_study(root), Options(jobs=2), Progress(io.StringIO()))
    assert not outcome.errors
    assert not illegible_figures(root / "reports")
    records = json.loads((root / "reports" / "figures" / "index.json").read_text(encoding="utf-8"))
    assert {record["preset"] for record in records} == {preset}
    assert all(record["size_mm"][0] in (85.0, 120.0, 178.0) for record in records)
    if preset != "web":
        assert max(record["size_mm"][1] for record in records) <= 235, "a journal's page has no more room"
    gallery = (root / "reports" / "figures" / "index.html").read_text(encoding="utf-8")
    assert f"preset <code>{preset}</code>" in gallery
