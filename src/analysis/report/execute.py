"""Run one notebook by papermill in a forked kernel, and say plainly what went wrong where it fails."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError

from analysis.errors import NotebookError
from analysis.report.kernels import kernel_manager
from analysis.report.spreading import PROCESSES_VARIABLE, PROGRESS, SCHEDULER_VARIABLE
from analysis.target import STAGE_VARIABLE

ENGINE = "analysis"
_LINE = re.compile(r"^Cell In\[\d+\], line (\d+)", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_MARKER = "papermill-error-cell-tag"

#: Called with what a page says of its progress: the label, how many are done, of how many.
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a page failed, as its page, the index and the terminal say it.

    Parameters
    ----------
    page : str
        Key of the page.
    notebook : str
        Name of the notebook.
    cell : int
        Number of the cell in the notebook, from 1; 0 where no cell is to blame.
    line : str
        The line of the cell that failed.
    cause : str
        The error in a line, such as `KeyError: 'trust'`, or in full where it is one of the project's own.
    reopen : str
        How to look at it: what to run.
    """

    page: str
    notebook: str
    cell: int
    line: str
    cause: str
    reopen: str

    def error(self) -> NotebookError:
        """Return it as the error the command line shows."""
        place = f"{self.notebook}, cell {self.cell}: {self.line}" if self.cell else self.notebook
        return NotebookError(f"page {self.page} failed: {self.cause}", where=place, fix=self.reopen)


class PageFailedError(Exception):
    """A notebook stopped; carries what is to be said of it and the notebook as far as it got."""

    def __init__(self, failure: Failure, notebook: NotebookNode) -> None:
        super().__init__(failure.cause)
        self.failure = failure
        self.notebook = notebook


@dataclass(slots=True)
class _Run:
    """What is seen of a run from outside, for when it breaks off."""

    stage: Path
    root: Path
    scheduler: str = ""
    jobs: int = 1
    tell: Tell | None = None
    notebook: NotebookNode | None = None
    cell: NotebookNode | None = None

    def note_cell(self, cell: NotebookNode, **_: Any) -> None:
        """Remember the cell that runs."""
        self.cell = cell


class _Client(PapermillNotebookClient):
    """Papermill's own client, which passes on what a page says of its progress and keeps it out of the outputs."""

    tell: Tell | None = None

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take a message of the kernel."""
        told = msg["content"].get("data", {}).get(PROGRESS) if msg["msg_type"] == "display_data" else None
        if told is None:
            return super().process_message(msg, cell, cell_index)
        if self.tell is not None:
            self.tell(told["label"], told["done"], told["total"])
        return None


class _Engine(NBClientEngine):
    """Papermill's own engine in a kernel of ours, which ends with the page."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> NotebookNode:
        run: _Run = options["run"]
        run.notebook = nb_man.nb
        environment = {STAGE_VARIABLE: str(run.stage), SCHEDULER_VARIABLE: run.scheduler}
        environment[PROCESSES_VARIABLE] = str(run.jobs)
        with kernel_manager(environment) as manager:
            client = _Client(
                nb_man,
                km=manager,
                kernel_name=kernel_name,
                timeout=None,
                shutdown_kernel="immediate",
                startup_timeout=120,
                resources={"metadata": {"path": str(run.root)}},
                record_timing=False,
                on_cell_execute=run.note_cell,
                log=logging.getLogger("analysis.papermill"),
            )
            client.tell = run.tell
            return client.execute(cleanup_kc=True)


papermill_engines.register(ENGINE, _Engine)


def execute_page(
    notebook: Path,
    *,
    page: str,
    parameters: Mapping[str, Any],
    stage: Path,
    root: Path,
    scheduler: str = "",
    jobs: int = 1,
    tell: Tell | None = None,
) -> NotebookNode:
    """Run a notebook and return it executed, with nothing in it that differs from run to run.

    Parameters
    ----------
    notebook : Path
        The notebook; it is only read.
    page : str
        Key of the page.
    parameters : mapping of str to object
        Parameters, already checked.
    stage : Path
        Folder the page's outputs go to; the kernel finds it in its environment.
    root : Path
        Folder of the study, in which the kernel runs.
    scheduler : str
        Address of a Dask scheduler that the page's heavy work may be spread by.
    jobs : int
        Processes of this machine at most, where there is no such scheduler.
    tell : callable, optional
        Called with what the page says of its progress.

    Raises
    ------
    PageFailedError
        Where a cell fails or the kernel dies.
    """
    for name in ("papermill", "analysis.papermill"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told once, by us
    run = _Run(stage, root, scheduler, jobs, tell)
    output = stage / "notebook.ipynb"
    try:
        papermill.execute_notebook(
            str(notebook),
            str(output),
            parameters=dict(parameters),
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            run=run,
        )
    except PapermillExecutionError as error:
        line = _LINE.search(_COLOUR.sub("", "\n".join(error.traceback)))
        cause = _cause(error.ename, error.evalue)
        raise _failed(run, page, notebook, cause, int(line[1]) if line else 1) from None
    except (DeadKernelError, CellTimeoutError, RuntimeError) as error:
        if run.cell is not None:
            run.cell.metadata["papermill"] = {"status": "failed"}
        cause = "the kernel died" if isinstance(error, DeadKernelError) else str(error)
        raise _failed(run, page, notebook, cause) from None
    finally:
        output.unlink(missing_ok=True)
    assert run.notebook is not None
    return settled(run.notebook)


def stopped(page: str, notebook: Path, cause: str) -> Failure:
    """Return why a page failed although its notebook ran to the end."""
    return Failure(page, notebook.name, 0, "", cause, _reopen(page, notebook))


def settled(notebook: NotebookNode) -> NotebookNode:
    """Take out of an executed notebook what depends on when and where it ran."""
    metadata = notebook.metadata
    given = metadata.pop("papermill", {}).get("parameters", {})
    if given:
        metadata["papermill"] = {"parameters": given}
    metadata["language_info"] = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    notebook.cells = [cell for cell in notebook.cells if _MARKER not in cell.metadata.get("tags", ())]
    for cell in notebook.cells:
        state = cell.metadata.pop("papermill", {}).get("status")
        if state in ("failed", "running"):
            cell.metadata["analysis"] = {"failed": True}
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["id"] = "parameters-given"
    return notebook


def _failed(run: _Run, page: str, notebook: Path, cause: str, at: int = 1) -> PageFailedError:
    done = settled(run.notebook or nbformat.read(notebook, as_version=4))
    number, line = _failed_cell(done, at)
    return PageFailedError(Failure(page, notebook.name, number, line, cause, _reopen(page, notebook)), done)


def _reopen(page: str, notebook: Path) -> str:
    named = f"{notebook.parent.name}/{notebook.name}"  # no folder of this machine: the page shows it too
    return f"run it cell by cell: jupyter lab {named} (reports/notebooks/{page}.ipynb shows how far it got)"


def _failed_cell(done: NotebookNode, at: int) -> tuple[int, str]:
    """Return number and line of the failed cell; the injected cell is not counted, as Lab has none."""
    cells = [c for c in done.cells if "injected-parameters" not in c.metadata.get("tags", ())]
    for number, cell in enumerate(cells, start=1):
        if cell.metadata.get("analysis", {}).get("failed"):
            lines = cell.source.splitlines() or [""]
            return number, lines[min(at, len(lines)) - 1].strip()
    return 0, ""


def _cause(name: str, value: str) -> str:
    """Return an exception as a reader wants it: the project's own errors speak for themselves."""
    value = _COLOUR.sub("", value).strip()
    return value if " error: " in f" {value.splitlines()[0] if value else ''}" else f"{name}: {value}"
