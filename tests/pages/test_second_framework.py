"""The same pages serve a study that is coded with another framework: nothing but `study.yml` says so."""

from __future__ import annotations

import io
import json
import shutil

import pandas as pd
import pytest

from analysis.report.notebooks import PROJECT_NOTEBOOKS
from analysis.report.pipeline import Options, report
from analysis.report.progress import Progress
from analysis.study import load_study
from tests.blocks_study import AREAS, BLOCKS, write_blocks_study
from tests.illegible import illegible_figures


def make(root, **options):
    return report(load_study(root), Options(jobs=2, **options), Progress(io.StringIO()))


def record(root, page):
    return json.loads((root / "data/processed/pages" / f"{page}.json").read_text())


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Return the study with three of the project's pages made."""
    root = write_blocks_study(tmp_path_factory.mktemp("blocks") / "study")
    (root / "notebooks").mkdir()
    for name in ("01_data", "11_crosswalk", "12_context", "area_profile"):
        shutil.copy(PROJECT_NOTEBOOKS / f"{name}.ipynb", root / "notebooks")
    return root, make(root)


def test_factors_of_the_pages_are_those_of_the_studys_framework(few):
    root, outcome = few
    assert not outcome.errors
    raised = pd.read_parquet(root / "data/processed/results/line_raised.parquet")
    assert raised["factor"].tolist() == [factor.label for factor in BLOCKS.factors]
    factors = pd.read_csv(root / "reports/tables/factors-hill.csv")
    assert factors["factor"].tolist() == raised["factor"].tolist()


def test_its_scores_are_read_as_the_primary_framework(few):
    root, _ = few
    read = pd.read_csv(root / "reports/tables/read_across.csv")
    assert set(read["framework"]) == {"Transforming Together Framework"}
    assert "2 not at all" in record(root, "11_crosswalk")["answer"]


def test_every_area_has_its_profile(few):
    root, outcome = few
    assert {f"area_profile-{area}" for area in AREAS} <= set(outcome.steps)
    assert "Hill: of 9 factors" in record(root, "area_profile-hill")["answer"]


@pytest.mark.slow
def test_the_whole_report_is_made_and_the_effect_that_is_there_found(tmp_path):
    root = write_blocks_study(tmp_path / "study")
    outcome = make(root)
    assert not outcome.errors
    pages = {name for name, what in outcome.steps.items() if what == "done"}
    assert {"04_associations", "05_robustness", "09_findings", "12_context"} <= pages
    assert not {"08_partnership_capital", "13_truth"} & pages, "no groups of factors, and no truth that is known"
    assert not illegible_figures(root / "reports")
    display = pd.read_parquet(root / "data/processed/results/joint_display.parquet").set_index("factor")
    governance = BLOCKS.factor("governance").label
    assert display["standardised"].idxmax() == governance
    assert display.loc[governance, "stands"]
    review = make(root, only="partnership_review-hill-0")
    assert not review.errors
    assert BLOCKS.factor("governance").label in (root / "reports/pages/partnership_review-hill-0.html").read_text()
