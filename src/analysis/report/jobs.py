"""What runs in the pool's processes, which have the heavy imports loaded; and the records of pages.

Everything here takes and returns plain values, as it passes between processes.
"""

from __future__ import annotations

import copyreg
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import GroupedError, NotebookError
from analysis.study import Study, load_study

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from analysis.report.planning import PageRun

# An exception passes between processes by its message alone, which a group of errors can't be made from again.
copyreg.pickle(GroupedError, lambda error: (GroupedError, (error.errors,)))


@dataclass(frozen=True, slots=True)
class Rendering:
    """What the renderer needs besides the executed notebook and the page's record.

    Parameters
    ----------
    page : str
        Key of the page.
    stage : Path
        The page's stage.
    navigation : tuple of dict
        All pages in order: key, title, question, order.
    root : Path
        The study's folder.
    """

    page: str
    stage: Path
    navigation: tuple[dict[str, Any], ...]
    root: Path


def read_raw(root: Path) -> str:
    """Read a study's raw files into tidy tables, all or none, and return what came in, in a sentence."""
    from analysis.ingest import ingest, write

    study = load_study(root)
    if study.given is not None:
        return take_given(study.given, study.processed)
    found = ingest(study)
    write(found, study.processed)
    return found.summary


def take_given(folder: Path, processed: Path) -> str:
    """Take tidy tables as they were given, where there are no raw files, and return how many."""
    processed.mkdir(parents=True, exist_ok=True)
    tables = sorted(folder.glob("*.parquet"))
    for path in tables:
        unfinished = processed / f".{path.name}.part"
        shutil.copyfile(path, unfinished)
        unfinished.replace(processed / path.name)
    return f"{len(tables)} tidy tables were given; the raw files stay where they are."


def navigation(runs: Sequence[PageRun]) -> tuple[dict[str, Any], ...]:
    """Return all pages in the order of the navigation."""
    return tuple(
        {
            "key": run.key,
            "title": run.title,
            "question": run.declared.question,
            "order": run.declared.order,
            "group": run.declared.key if run.declared.per else None,
        }
        for run in runs
    )


def study_info(study: Study) -> dict[str, Any]:
    """Return what every page says of its study."""
    return {
        "title": study.title,
        "simulated": study.simulated,
        "description": study.description,
        "authors": list(study.authors),
        "licence": study.licence,
    }


def render(job: Rendering, record: Mapping[str, Any]) -> None:
    """Render a page's executed notebook in its stage to HTML, both without anything of this machine."""
    import nbformat

    from analysis.report.render import render_page

    path = job.stage / "notebooks" / f"{job.page}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    _scrub_outputs(notebook)
    nbformat.write(notebook, path)
    html = render_page(notebook, dict(record), list(job.navigation), study_info(load_study(job.root)))
    folder = job.stage / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{job.page}.html").write_text(html, encoding="utf-8", newline="\n")


def _scrub_outputs(notebook: NotebookNode) -> None:
    """Take folders and addresses of this machine out of what cells printed."""
    from analysis.report.render.scrub import scrub

    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        if output.output_type == "stream":
            output.text = scrub(output.text)
        elif output.output_type == "error":
            output.evalue = scrub(output.evalue)
            output.traceback = [scrub(line) for line in output.traceback]
        elif "text/plain" in output.get("data", {}):
            output.data["text/plain"] = scrub(output.data["text/plain"])


def keep_notebook(notebook: NotebookNode, stage: Path, page: str) -> None:
    """Put an executed notebook into the stage."""
    import nbformat

    folder = stage / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{page}.ipynb")


def blank_record(run: PageRun) -> dict[str, Any]:
    """Return the record of a page that has not run."""
    declared = run.declared
    empty: dict[str, Any] = {name: [] for name in ("findings", "figures", "tables", "results")}
    return {
        "page": run.key,
        "title": run.title,
        "question": declared.question,
        "answer": "",
        "order": declared.order,
        "notebook": declared.path.name,
        "parameters": dict(run.parameters),
        "reads": list(declared.reads),
        "reads_results": list(declared.results),
        **empty,
    }


def finished_record(stage: Path, run: PageRun) -> dict[str, Any]:
    """Return the record of a page that ran to its end, from what it said of itself.

    Raises
    ------
    NotebookError
        Where it did not open its page, or did not write what it declares.
    """
    try:
        said = json.loads((stage / "page.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotebookError(
            f"page {run.key} never opened its page",
            where=run.declared.path.name,
            fix=f'begin with page = analysis.open_page("{run.key}", study=study)',
        ) from None
    missing = sorted(set(run.declared.writes) - set(said["results"]))
    if said["page"] != run.key or missing:
        what = f"calls itself {said['page']}" if said["page"] != run.key else f"did not write {missing[0]}"
        raise NotebookError(
            f"page {run.key} {what}",
            where=run.declared.path.name,
            fix="let the notebook and its metadata say the same",
        )
    return {**blank_record(run), **said, "title": run.title, "status": "done"}


def failed_record(run: PageRun, failure: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a page that failed; it answers nothing."""
    return {**blank_record(run), "status": "failed", "failure": dict(failure)}
