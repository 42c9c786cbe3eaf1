"""The Transforming Together Workbench: from interview codings to published findings.

In a notebook: ``page = analysis.open_page("04_associations")``; to explore: ``analysis.load()``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["explore", "load", "open_page"]

_FROM = {
    "explore": "analysis.report.page",
    "load": "analysis.report.workspace",
    "open_page": "analysis.report.page",
}


def __getattr__(name: str) -> Any:
    """Bring in the notebook's helpers only when they are asked for: they load the plotting libraries."""
    if name in _FROM:
        return getattr(import_module(_FROM[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
