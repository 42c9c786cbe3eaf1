"""A browser to print with, found where it is usually installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

BROWSER_VARIABLE = "ANALYSIS_BROWSER"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


def find_browser() -> str | None:
    """Return the command of a browser of the Chromium family, or None where there is none."""
    return next(_browsers(), None)


def _browsers() -> Iterator[str]:
    asked = os.environ.get(BROWSER_VARIABLE)
    for name in (asked, *_NAMES) if asked else _NAMES:
        found = shutil.which(name)
        if found:
            yield found
    yield from (place for place in _PLACES if Path(place).is_file())
