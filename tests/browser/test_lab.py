"""What a researcher meets in JupyterLab: notebooks run there, pictures follow the controls, nothing asks outside."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COPIED = ("src", "notebooks", "frameworks", "data/raw")
PICTURES = "es => es.map(e => e.src.slice(-4000) + e.src.length)"
QUOTED = 3
STARTED = "() => [...document.querySelectorAll('.jp-InputPrompt')].some(mark => /[\\d*]/.test(mark.textContent))"
#: Every code cell has its number, or one of them has failed.
DONE = """() => {
  const marks = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];
  return document.querySelector("[data-mime-type='application/vnd.jupyter.error']")
    || (marks.length && marks.every(mark => /\\d/.test(mark.textContent)));
}"""
#: How far each figure and table reaches beyond the outputs' edge.
BEYOND = """shown => shown.map(
  e => e.getBoundingClientRect().right - e.closest('.jp-OutputArea').getBoundingClientRect().right)"""


@pytest.fixture(scope="session")
def explored(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh copy of the project, its raw files read, with a few quotes approved."""
    root = tmp_path_factory.mktemp("lab") / "copy"
    for folder in COPIED:
        shutil.copytree(repository / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = (repository / "study.yml").read_text(encoding="utf-8")
    approved = f"  quotes: approved-only\n  approved_quotes: {list(range(1, QUOTED + 1))}"
    assert "  quotes: approved-only" in text
    (root / "study.yml").write_text(text.replace("  quotes: approved-only", approved), encoding="utf-8")
    read = "import analysis; analysis.load()"  # a subfolder finds the study above it
    subprocess.run([sys.executable, "-c", read], cwd=root / "notebooks", env=_environment(root), check=True)
    assert (root / "data" / "processed" / "scores.parquet").is_file()
    return root


def _environment(root: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(root / "src"), "OMP_NUM_THREADS": "1", **more}


@pytest.fixture(scope="session")
def lab(explored: Path, tmp_path_factory: pytest.TempPathFactory):
    """Return the address of a JupyterLab that `python -m analysis lab` has started, without token or settings."""
    home = tmp_path_factory.mktemp("home")
    config = {"ServerApp": {"allow_root": True}, "IdentityProvider": {"token": ""}}
    (home / "jupyter_server_config.json").write_text(json.dumps(config), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {"HOME": home, "JUPYTER_CONFIG_DIR": home, "JUPYTER_DATA_DIR": home, "IPYTHONDIR": home / "ipython"}
    variables = _environment(explored, JUPYTER_PORT=str(port), **{name: str(path) for name, path in folders.items()})
    with (home / "log.txt").open("w") as log:
        command = [sys.executable, "-m", "analysis", "lab", "--no-browser"]
        server = subprocess.Popen(command, cwd=explored, env=variables, stdout=log, stderr=log, start_new_session=True)
        try:
            _await_port(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def _await_port(port: int, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("JupyterLab did not start")


@pytest.fixture
def run_in_lab(lab: str, browser):
    """Return a function that opens a notebook in Lab, runs all its cells and returns the page."""
    context = browser.new_context(viewport={"width": 1500, "height": 9000})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.asked_outside = []
    page.on("request", lambda r: page.asked_outside.append(r.url) if _is_outside(r.url, lab) else None)

    def opened(name: str):
        page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?reset")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        page.get_by_text("| Idle").wait_for()
        _run_all(page)
        page.wait_for_function(DONE, timeout=180_000)
        return page

    yield opened
    context.close()


def _run_all(page, tries: int = 10) -> None:
    """Run all cells; Lab lets go of them in silence as long as its connection to the kernel is not there."""
    for _ in range(tries):
        page.locator(".lm-MenuBar-item", has_text="Run").click()
        page.get_by_text("Run All Cells", exact=True).click()
        page.wait_for_timeout(2000)
        if page.evaluate(STARTED):
            return
    raise RuntimeError("the cells did not run")


def _is_outside(address: str, lab: str) -> bool:
    return (
        urlsplit(address).scheme in ("http", "https", "ws", "wss") and urlsplit(address).netloc != urlsplit(lab).netloc
    )


def troubles(page) -> list[str]:
    """Return what cells wrote to stderr, and errors."""
    return page.eval_on_selector_all(
        "[data-mime-type='application/vnd.jupyter.stderr'], [data-mime-type='application/vnd.jupyter.error']",
        "es => es.map(e => e.textContent.slice(0, 500))",
    )


def pictures(page) -> list[str]:
    return page.eval_on_selector_all(".jp-OutputArea img", PICTURES)


def said(page, place: int) -> str:
    return page.locator(".jp-OutputArea [role=status]").nth(place).inner_text()


def choose(page, label: str, option: str) -> None:
    """Move a choice and wait until what follows it has been drawn."""
    before = pictures(page)
    page.get_by_label(label, exact=True).select_option(option)
    page.wait_for_function(f"before => String(before) !== String(({PICTURES})([...document.querySelectorAll("
                           "'.jp-OutputArea img')]))", arg=before)  # fmt: skip
    page.wait_for_function(
        "() => ![...document.querySelectorAll('[role=status]')].some(e => e.textContent.startsWith('Drawing'))"
    )


def test_pictures_and_solutions_follow_the_controls(run_in_lab, explored):
    page = run_in_lab("explore")
    assert not troubles(page)
    assert len(pictures(page)) == 2, "a heat map and a forest plot"
    assert page.evaluate("[...document.querySelectorAll('.jp-OutputArea img')].every(i => i.alt && i.naturalWidth)")
    everything = said(page, 0)
    assert f"{QUOTED} approved quotes" in everything

    choose(page, "Area", "all but Wigan")
    assert said(page, 0) != everything
    choose(page, "Role", "director")
    choose(page, "Area", "Surrey")
    assert len(pictures(page)) == 1, "too few partnerships in one area for a forest plot"
    assert page.get_by_text("too few are left for an interval").count() == 1
    choose(page, "Area", "all")
    choose(page, "Role", "all")
    choose(page, "Factor", "Develop honest, committed relationships")
    assert len(pictures(page)) == 2

    solution = page.locator("table", has_text="Solutions")
    own, own_words = solution.inner_text(), said(page, 1)
    slider = page.locator(".widget-hslider", has_text="Consistency cut").locator(".noUi-handle")
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.get_by_text("Not the solution of the study's own choices").wait_for()
    assert solution.inner_text() != own
    page.get_by_role("button", name="The study's own choices").click()
    page.get_by_text(own_words).wait_for()
    assert solution.inner_text() == own

    page.get_by_label("Table", exact=True).select_option("table: interviews")
    page.locator("table.dataTable", has_text="sector").wait_for()
    page.get_by_label("Search:").fill("council leader")
    page.get_by_text("entries (filtered from").wait_for()
    offered = page.get_by_label("Table", exact=True).inner_text()
    assert "excerpts" not in offered
    assert "withheld" not in offered
    assert not page.asked_outside
    assert not (explored / "reports" / "pages").exists(), "exploring makes no page of the report"


def test_a_page_of_the_report_runs_cell_by_cell(run_in_lab, explored):
    page = run_in_lab("04_associations")
    assert not troubles(page)
    shown = page.locator(".jp-OutputArea figure img")
    assert shown.count() >= 4
    assert page.evaluate("[...document.querySelectorAll('.jp-OutputArea figure img')].every(i => i.naturalWidth > 100)")
    beyond = page.eval_on_selector_all(".jp-OutputArea figure, .jp-OutputArea div.table", BEYOND)
    assert all(more <= 1 for more in beyond), "figures and tables stay within the notebook"
    caption = page.locator(".jp-OutputArea caption", has_text="Association of each factor with overall innovation")
    assert caption.count() == 1
    assert not page.asked_outside
    assert (explored / "reports" / "drafts" / "04_associations").is_dir(), "drafts, not the report"
