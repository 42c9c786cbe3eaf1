"""Where the page that is running puts what it publishes, and what every output of its study must say."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import NotebookError

STAGE_VARIABLE = "ANALYSIS_STAGE"


@dataclass(frozen=True, slots=True)
class Target:
    """The place and the circumstances of a page's outputs.

    Parameters
    ----------
    folder : Path
        The stage: `figures/`, `tables/` and `results/` are written below it.
    page : str
        Key of the page, as in `04_associations` or `area_profile-wigan`.
    title : str
        Title of the study.
    simulated : bool
        Whether the data are simulated; then every figure and table says so.
    preset : str
        Name of the figure preset (`journal`, `journal-serif`, `web`).
    """

    folder: Path
    page: str
    title: str
    simulated: bool = False
    preset: str = "journal"


_current: ContextVar[Target | None] = ContextVar("target", default=None)


def set_target(target: Target | None) -> None:
    """Make `target` the one that figures and tables are published to from now on."""
    _current.set(target)


def current_target() -> Target:
    """Return the target in force.

    Raises
    ------
    NotebookError
        Where no page has been opened.
    """
    target = _current.get()
    if target is None:
        raise NotebookError(
            "nothing says where to publish",
            fix='open the page first: page = analysis.open_page("04_associations")',
        )
    return target
