"""The last steps of a run: the site around the pages, the manifest, and the scan of all that would leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from analysis.report import jobs
from analysis.report.crate import CRATE, write_crate
from analysis.report.documents import FORMATS, document_path, write_document
from analysis.report.inputs import Inputs
from analysis.report.manifest import commit, write_manifest
from analysis.report.planning import PageRun
from analysis.report.steps import Step
from analysis.study import load_study

InPool = Callable[..., None]


def closing_steps(inputs: Inputs, runs: Sequence[PageRun], in_pool: InPool, formats: Sequence[str] = ()) -> list[Step]:
    """Return the steps that follow the pages; they run whatever became of the pages.

    Parameters
    ----------
    inputs : Inputs
        Names and states of what the study has.
    runs : sequence of PageRun
        All pages of the study.
    in_pool : callable
        Runs a function by name of the step, and says how it went.
    formats : sequence of str
        Documents to be made besides the pages (`pdf`, `docx`).
    """
    root = inputs.study.root
    pages = jobs.navigation(runs)
    made = inputs.content("pages made", lambda: _records_state(inputs))
    plan = inputs.value("the list of pages", [(run.key, run.title) for run in runs])
    documents = [
        Step(
            name=kind,
            function=partial(in_pool, kind, write_document, root, kind, pages),
            inputs=[*inputs.common(), made, plan],
            outputs=[inputs.file(document_path(inputs.study.reports, kind))],
        )
        for kind in formats
    ]
    written = [output for step in documents for output in step.outputs]
    site = Step(
        name="site",
        function=lambda: in_pool("site", write_site, root, pages),
        inputs=[*inputs.common(), made, plan, inputs.value("documents", tuple(formats)), *written],
        outputs=[inputs.content("site", lambda: _site_state(inputs))],
    )
    crate = Step(
        name="crate",
        function=lambda: in_pool("crate", write_crate, root),
        inputs=[*inputs.common(), *inputs.raw(), made, *site.outputs, *written],
        outputs=[inputs.file(inputs.study.reports / CRATE)],
    )
    written += [*site.outputs, *crate.outputs]
    manifest = Step(
        name="manifest",
        function=lambda: in_pool("manifest", write_manifest, root),
        inputs=[*inputs.common(), *inputs.raw(), made, *written, inputs.value("commit", commit(root))],
        outputs=[inputs.file(inputs.study.reports / "manifest.json")],
    )
    scan = Step(
        name="disclosure",
        function=lambda: in_pool("disclosure", scan_reports, root),
        inputs=[*inputs.common(), *inputs.raw(), inputs.tables(), *manifest.outputs, *written, made],
        outputs=[],
    )
    return [*documents, site, crate, manifest, scan]


def write_site(root: Path, pages: Sequence[dict[str, Any]]) -> None:
    """Write the index and the lists of figures and tables of a study."""
    from analysis.report import site

    site.write_site(load_study(root), list(pages))


def scan_reports(root: Path) -> None:
    """Look through all that would leave for what must not.

    Raises
    ------
    DisclosureError
        Where something is found.
    """
    from analysis import disclosure

    disclosure.scan(load_study(root))


def _records_state(inputs: Inputs) -> str:
    records = inputs.places.records
    return inputs.digests.folder(records, endings=(".json",)) if records.is_dir() else "none"


def _site_state(inputs: Inputs) -> str | None:
    """Return the state of what lies in reports/ beside the pages' own outputs and the manifest."""
    reports = inputs.study.reports
    if not reports.is_dir():
        return None
    own = {reports / "manifest.json", reports / CRATE, *(document_path(reports, kind) for kind in FORMATS)}
    found = [p for p in reports.rglob("*") if p.is_file() and p not in own and "drafts" not in p.parts]
    return inputs.digests.files(found, reports)
