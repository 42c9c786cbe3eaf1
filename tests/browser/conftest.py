"""A headless Chromium, and the report that its tests look at."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    """Return a running Chromium, or skip where there is none."""
    found = next(
        (path for name in ("chromium", "google-chrome", "chromium-browser") if (path := shutil.which(name))), None
    )
    if found is None:
        pytest.skip("there is no Chromium on the PATH")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe-core."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def report(repository) -> Path:
    """Return the folder of the example's report, or skip where it has not been made."""
    folder = repository / "reports"
    if not (folder / "index.html").is_file():
        pytest.skip("the example's report has not been made: run make report first")
    return folder


@pytest.fixture
def opened(browser):
    """Return a function that opens a file at a width and in a colour scheme, and keeps what it asked for outside."""
    contexts = []

    def open_page(path: Path, *, width: int = 1440, scheme: str = "light", script: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, bypass_csp=True
        )
        contexts.append(context)
        page = context.new_page()
        page.asked_outside = []
        page.on(
            "request",
            lambda r: page.asked_outside.append(r.url) if not r.url.startswith(("file:", "data:", "about:")) else None,
        )
        page.goto(path.as_uri(), wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()
