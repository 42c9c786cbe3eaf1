"""How a page's heavy work is spread, and how it tells of its progress; nothing of either enters the page.

Numbers don't depend on where they were worked out, so neither a scheduler's address nor a bar of progress belongs to
what is published: the runner passes the address to a page's kernel in its environment, and takes messages of progress
out of what the kernel shows. In Lab the bar stands below the cell and goes when the work is done.
"""

from __future__ import annotations

import html
import os
from typing import Any

from IPython.display import display

from analysis.target import STAGE_VARIABLE

#: Address of a Dask scheduler, for a page's kernel.
SCHEDULER_VARIABLE = "ANALYSIS_SCHEDULER"
#: Most processes of this machine that joblib gives to a page's work, for a page's kernel.
PROCESSES_VARIABLE = "LOKY_MAX_CPU_COUNT"
#: Type of what a page shows of its progress, so that the runner knows it from outputs.
PROGRESS = "application/vnd.analysis.progress+json"


def spread_over(label: str, *, scheduler: str = "", processes: int = 0) -> dict[str, Any]:
    """Return how a method is to spread its work: its arguments `jobs`, `scheduler` and `progress`.

    Parameters
    ----------
    label : str
        What is being worked on, for the bar of progress.
    scheduler : str
        Address of a Dask scheduler (`tcp://host:port`); where empty, what `report --scheduler` named, else none.
    processes : int
        Processes of this machine, where no scheduler is named; 0: as many as pay, in a report no more than its
        `--jobs`.
    """
    address = scheduler or os.environ.get(SCHEDULER_VARIABLE, "")
    staged = STAGE_VARIABLE in os.environ
    return {"jobs": processes, "scheduler": address or None, "progress": Messages(label) if staged else Bar(label)}


class Messages:
    """Tells the runner how far a page's work is.

    Parameters
    ----------
    label : str
    """

    def __init__(self, label: str) -> None:
        self._label = label

    def __call__(self, done: int, total: int) -> None:
        """Send how many are done of how many."""
        display({PROGRESS: {"label": self._label, "done": done, "total": total}}, raw=True)


class Bar:
    """A bar below the cell in Lab, gone when the work is done.

    Parameters
    ----------
    label : str
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._handle: Any = None

    def __call__(self, done: int, total: int) -> None:
        """Show how many are done of how many."""
        if self._handle is None:
            self._handle = display({"text/plain": ""}, raw=True, display_id=True)
        if self._handle is not None:
            self._handle.update(self._shown(done, total), raw=True)

    def _shown(self, done: int, total: int) -> dict[str, str]:
        if done == total:
            return {"text/plain": ""}
        label = html.escape(self._label)
        return {
            "text/plain": f"{self._label}: {done:,} of {total:,}",
            "text/html": f'<label>{label}: <progress value="{done}" max="{total}"></progress> {done:,} of {total:,}'
            "</label>",
        }
