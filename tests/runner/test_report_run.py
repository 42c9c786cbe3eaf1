"""The whole run: what it makes, what it leaves alone, what becomes of failures, and that it mends."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from analysis.errors import AnalysisError, DataError, NotebookError
from analysis.report.runlock import run_lock
from tests.runner.conftest import run
from tests.runner.small_notebooks import draws, saves, write_notebook

PAGES = ("01_sizes", "02_more", "03_last", "04_beside", "profile-east", "profile-north", "profile-south")


def done(outcome):
    return {name for name, what in outcome.steps.items() if what == "done"}


def record(root, page):
    return json.loads((root / "data/processed/pages" / f"{page}.json").read_text())


def test_a_first_run_makes_everything(made):
    root, outcome = made
    assert not outcome.errors
    assert done(outcome) >= {"tidy tables", "manifest", *PAGES}
    for page in PAGES:
        assert (root / "reports/pages" / f"{page}.html").stat().st_size > 1000
        assert (root / "reports/notebooks" / f"{page}.ipynb").is_file()
        assert record(root, page)["status"] == "done"
    assert pd.read_parquet(root / "data/processed/results/more.parquet").shape[0] == 27
    assert "closed" in (root / "reports/notebooks/profile-east.ipynb").read_text()
    assert not list((root / "data/processed").rglob(".stages/*"))


def test_a_page_runs_with_its_own_parameter(made):
    notebook = json.loads((made[0] / "reports/notebooks/profile-east.ipynb").read_text())
    assert notebook["metadata"]["papermill"] == {"parameters": {"area": "east", "study": "."}}
    assert any("".join(o.get("text", "")) == "east\n" for c in notebook["cells"] for o in c.get("outputs", ()))


def test_an_executed_notebook_holds_no_time_and_no_place(made):
    root, _ = made
    text = (root / "reports/notebooks/01_sizes.ipynb").read_text()
    assert str(root) not in text
    for word in ("start_time", "duration", "execution_state", "iopub"):
        assert word not in text


def test_the_manifest_accounts_for_inputs_and_outputs(made):
    root, _ = made
    manifest = json.loads((root / "reports/manifest.json").read_text())
    assert "data/raw/codings.csv" in manifest["inputs"]
    assert manifest["outputs"]["reports/figures/sizes.svg"]["made_by"] == "01_sizes"
    assert manifest["outputs"]["data/processed/scores.parquet"]["made_by"] == "tidy tables"
    assert manifest["packages"]["papermill"].startswith("2.")
    assert manifest["pages"]["profile-east"]["parameters"]["area"] == "east"
    assert manifest["seed"] == 2017


def test_nothing_runs_when_nothing_changed(copy_of):
    outcome = run(copy_of())
    assert set(outcome.steps.values()) == {"unchanged"}


def test_an_edited_notebook_runs_again_and_what_reads_it(copy_of):
    root = copy_of()
    more = "frame = pd.read_parquet('data/processed/results/sizes.parquet').head(5)"
    write_notebook(root / "notebooks", "02_more", more, saves("more"), order=2, results=["sizes"], writes=["more"])
    assert {name for name in done(run(root)) if name in PAGES} == {"02_more", "03_last"}


def test_an_edit_that_changes_no_result_stops_at_the_page(copy_of):
    root = copy_of()
    path = root / "notebooks/02_more.ipynb"
    path.write_text(path.read_text().replace("# 02_more", "# More of it"))
    assert {name for name in done(run(root)) if name in PAGES} == {"02_more"}


def test_a_changed_raw_file_reaches_the_pages_that_read_it(copy_of):
    root = copy_of()
    path = root / "data/raw/partnerships.csv"
    path.write_text(path.read_text().replace("2010", "2011", 1))
    outcome = run(root)
    assert "tidy tables" in done(outcome)
    assert not {"01_sizes", "04_beside"} & done(outcome)


def test_what_was_deleted_or_changed_by_hand_is_made_anew(copy_of):
    root = copy_of()
    before = (root / "reports/figures/sizes.svg").read_bytes()
    (root / "reports/figures/sizes.svg").unlink()
    (root / "reports/pages/04_beside.html").write_text("by hand")
    (root / "data/processed/scores.parquet").unlink()
    outcome = run(root)
    assert {"tidy tables", "01_sizes", "04_beside"} <= done(outcome)
    assert not {"02_more", "03_last"} & done(outcome)
    assert (root / "reports/figures/sizes.svg").read_bytes() == before


def test_a_dry_run_makes_nothing_and_says_why(copy_of):
    root = copy_of()
    path = root / "notebooks/01_sizes.ipynb"
    path.write_text(path.read_text().replace("# 01_sizes", "# Sizes"))
    before = sorted(p for p in root.rglob("*") if ".pytask" not in p.parts)
    outcome = run(root, dry_run=True)
    assert sorted(p for p in root.rglob("*") if ".pytask" not in p.parts) == before
    assert outcome.steps["tidy tables"] == "unchanged"
    assert outcome.reasons["01_sizes"] == ("notebooks/01_sizes.ipynb has changed",)
    assert outcome.reasons["02_more"] == ("01_sizes would run",)
    assert outcome.steps["04_beside"] == "unchanged"
    assert "01_sizes" in done(run(root))


def test_only_runs_a_page_and_what_it_needs(study):
    outcome = run(study, only="02_more")
    assert {name for name in outcome.steps if name in PAGES} == {"01_sizes", "02_more"}
    stands_in = (study / "reports/pages/03_last.html").read_text()
    assert "has not been made yet" in stands_in


def test_force_with_only_runs_that_page_alone_and_once(copy_of):
    root = copy_of()
    assert {name for name in done(run(root, only="02_more", force=True)) if name in PAGES} == {"02_more"}
    assert not done(run(root)) & set(PAGES)


def test_an_unknown_page_names_the_nearest(copy_of):
    with pytest.raises(NotebookError) as caught:
        run(copy_of(), only="01_size")
    assert caught.value.nearest == "01_sizes"


def test_a_failed_page_is_marked_and_the_others_finish(copy_of):
    root = copy_of()
    kept = (root / "reports/figures/sizes.svg").read_bytes()
    write_notebook(
        root / "notebooks",
        "01_sizes",
        draws("sizes", "half"),
        "sizes = {}\nsizes['trust']",
        order=1,
        reads=["interviews"],
        writes=["sizes"],
    )
    beside = root / "notebooks/04_beside.ipynb"
    beside.write_text(beside.read_text().replace("# 04_beside", "# Beside"))
    outcome = run(root)
    assert outcome.steps["01_sizes"] == "failed"
    assert outcome.steps["02_more"] == outcome.steps["03_last"] == "waiting"
    assert outcome.steps["04_beside"] == "done"
    (error,) = outcome.errors
    assert isinstance(error, NotebookError)
    assert "KeyError: 'trust'" in error.what
    assert "cell 5: sizes['trust']" in error.where
    assert "jupyter lab" in error.fix
    assert record(root, "01_sizes")["status"] == "failed"
    assert record(root, "02_more")["waits_for"] == ["01_sizes"]
    assert "KeyError" in (root / "reports/notebooks/01_sizes.ipynb").read_text()
    assert str(root) not in (root / "reports/notebooks/01_sizes.ipynb").read_text()
    assert "KeyError" in (root / "reports/pages/01_sizes.html").read_text()
    assert (root / "reports/figures/sizes.svg").read_bytes() == kept


def test_a_mended_page_lets_those_that_waited_go_on(copy_of):
    root = copy_of()
    path = root / "notebooks/01_sizes.ipynb"
    good = path.read_text()
    write_notebook(root / "notebooks", "01_sizes", "1/0", order=1, reads=["interviews"], writes=["sizes"])
    assert run(root).steps["02_more"] == "waiting"
    path.write_text(good)
    outcome = run(root)
    assert not outcome.errors
    assert "01_sizes" in done(outcome)
    assert outcome.steps["02_more"] == "unchanged"
    assert record(root, "02_more")["status"] == "done"
    assert "waits_for" not in record(root, "02_more")


def test_a_dead_kernel_is_told_with_its_cell(study):
    write_notebook(study / "notebooks", "04_beside", "x = 1", "import os; os._exit(9)", order=4)
    outcome = run(study, only="04_beside")
    assert "the kernel died" in outcome.errors[0].what
    assert "os._exit(9)" in outcome.errors[0].where


def test_the_projects_own_errors_speak_for_themselves(study):
    cell = (
        "print(stage)\nfrom analysis.errors import DataError\nraise DataError('no rows', where='row 3', fix='add one')"
    )
    write_notebook(study / "notebooks", "04_beside", cell, order=4)
    (error,) = run(study, only="04_beside").errors
    assert "data error: no rows" in str(error)
    assert "add one" in str(error)
    assert str(study) not in (study / "reports/notebooks/04_beside.ipynb").read_text()
    assert "Traceback" not in str(error)


def test_a_page_that_is_no_more_takes_what_it_published_with_it(copy_of):
    root = copy_of()
    (root / "notebooks/04_beside.ipynb").unlink()
    run(root)
    assert not (root / "reports/pages/04_beside.html").exists()
    assert not (root / "reports/figures/beside.svg").exists()
    assert (root / "reports/figures/sizes.svg").exists()


def test_two_pages_may_not_publish_the_same_figure(copy_of):
    root = copy_of()
    write_notebook(root / "notebooks", "04_beside", draws("sizes", "other"), order=4)
    before = (root / "reports/figures/sizes.svg").read_bytes()
    outcome = run(root)
    assert "both publish reports/figures/sizes.svg" in outcome.errors[0].what
    assert (root / "reports/figures/sizes.svg").read_bytes() == before


def test_a_page_must_write_what_it_declares(study):
    write_notebook(study / "notebooks", "04_beside", "print(1)", order=4, writes=["extra"])
    (error,) = run(study, only="04_beside").errors
    assert "did not write extra" in error.what


def test_unreadable_raw_files_stop_before_the_pages_and_harm_nothing(copy_of):
    root = copy_of()
    tables = {p.name: p.read_bytes() for p in (root / "data/processed").glob("*.parquet")}
    (root / "data/raw/codings.csv").write_bytes(b"")
    with pytest.raises(DataError):
        run(root)
    assert {p.name: p.read_bytes() for p in (root / "data/processed").glob("*.parquet")} == tables
    assert (root / "reports/pages/01_sizes.html").is_file()


def test_a_table_that_does_not_exist_names_the_nearest(study):
    write_notebook(study / "notebooks", "04_beside", "print(1)", order=4, reads=["score"])
    with pytest.raises(NotebookError) as caught:
        run(study)
    assert caught.value.nearest == "scores"


def test_a_result_that_no_page_writes_names_the_nearest(study):
    write_notebook(study / "notebooks", "04_beside", "print(1)", order=4, results=["size"])
    with pytest.raises(NotebookError) as caught:
        run(study)
    assert caught.value.nearest == "sizes"


def test_parameters_are_strict(study):
    run(study, only="04_beside")
    with pytest.raises(NotebookError, match="no parameter 'areas'") as caught:
        run(study, only="profile", parameters={"areas": "x"})
    assert caught.value.nearest == "area"
    write_notebook(study / "notebooks", "04_beside", "print(draws)", parameters="draws = 10  # how many", order=4)
    with pytest.raises(NotebookError, match="which is no int"):
        run(study, only="04_beside", parameters={"draws": "many"})
    outcome = run(study, only="04_beside", parameters={"draws": "20"})
    assert not outcome.errors
    assert record(study, "04_beside")["parameters"]["draws"] == 20


def test_two_runs_of_one_study_do_not_collide(copy_of):
    root = copy_of()
    with run_lock(root / "data/processed"), pytest.raises(AnalysisError, match="another run"):
        run(root)
    assert not run(root).errors


def test_a_damaged_state_is_begun_anew(copy_of):
    root = copy_of()
    (root / "data/processed/.pytask/pytask.lock").write_text("not [ toml")
    outcome = run(root, only="04_beside")
    assert not outcome.errors
    assert "04_beside" in done(outcome)


def test_two_runs_from_scratch_give_the_same_bytes(made, tmp_path):
    root, _ = made
    again = tmp_path / "again"
    shutil.copytree(root, again, ignore=shutil.ignore_patterns("processed", "reports"))
    run(again)
    for folder in ("reports/figures", "reports/notebooks", "reports/pages", "data/processed/results"):
        for path in (root / folder).iterdir():
            assert path.read_bytes() == (again / folder / path.name).read_bytes(), path.name
