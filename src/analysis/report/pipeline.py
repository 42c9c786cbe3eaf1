"""The whole report: raw files to tidy tables, pages side by side, the site, its scan and the manifest."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError, NotebookError
from analysis.report import jobs
from analysis.report.closing import closing_steps
from analysis.report.documents import DOCUMENTS, NO_BROWSER, document_path, find_browser
from analysis.report.inputs import Inputs
from analysis.report.planning import PageRun, plan_pages, select, with_needed
from analysis.report.progress import Progress
from analysis.report.publishing import publish_failure, publish_stage, read_record, retire, write_record
from analysis.report.runlock import run_lock
from analysis.report.steps import Built, Step, build
from analysis.study import Study

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from analysis.report.execute import Failure


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is made.

    Parameters
    ----------
    jobs : int
        Pages at a time.
    only : str
        A page to make alone, with what it needs; all where empty.
    force : bool
        Make pages even if nothing changed (with `only`, that page).
    dry_run : bool
        Make nothing; say what would be made and why.
    parameters : mapping of str to str
        Parameters for the page `only`.
    formats : tuple of str
        Documents to be made besides the pages (`pdf`, `docx`); one that is there is kept up to date anyway.
    scheduler : str
        Address of a Dask scheduler that pages spread their heavy work by; numbers don't depend on it.
    """

    jobs: int = 1
    only: str = ""
    force: bool = False
    dry_run: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    scheduler: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run.

    Parameters
    ----------
    steps : mapping of str to str
        Step to `done`, `unchanged`, `failed`, `waiting` or `would run`.
    reasons : mapping of str to tuple of str
        In a dry run: step to why it would run.
    errors : tuple of AnalysisError
        What went wrong, to be shown.
    """

    steps: Mapping[str, str]
    reasons: Mapping[str, tuple[str, ...]]
    errors: tuple[AnalysisError, ...]


def report(study: Study, options: Options, progress: Progress) -> Outcome:
    """Bring a study's report up to date; pages that fail are marked, and the others are made.

    Raises
    ------
    AnalysisError
        Where the raw files can't be read, the pages contradict each other, or another run is under way.
    """
    with ExitStack() as stack:
        stack.enter_context(run_lock(study.processed))
        return _Run(study, options, progress, stack).run()


class _Run:
    """One run, from the tidy tables to the manifest."""

    def __init__(self, study: Study, options: Options, progress: Progress, stack: ExitStack) -> None:
        self.study = study
        self.options = options
        self.progress = progress
        self.inputs = Inputs(study)
        self.places = self.inputs.places
        self._stack = stack
        self._pool: Executor | None = None

    def run(self) -> Outcome:
        """Run what has changed."""
        shutil.rmtree(self.places.stages, ignore_errors=True)
        tables = self._build([self._tables_step()])
        if tables.errors:
            raise _known(next(iter(tables.errors.values())))
        runs = plan_pages(self.study, given=self.options.parameters, only=self.options.only)
        listed = [run for run in runs if run.declared.in_report]
        chosen = select(runs, self.options.only) if self.options.only else self._made(runs)
        wanted = with_needed(runs, chosen)
        self._require_tables(wanted)
        if not self.options.dry_run:
            retire(self.places, [run.key for run in runs])
        forced = {run.key for run in chosen} if self.options.force else set()
        pages = self._build([self._page_step(run, listed, run.key in forced) for run in wanted])
        if not self.options.dry_run:
            self._mark(wanted, pages.outcomes)
        closing = self._build(closing_steps(self.inputs, self._made(runs), self._in_pool, self._documents()))
        with suppress(OSError):
            self.places.stages.rmdir()
        return Outcome(
            {**tables.outcomes, **pages.outcomes, **closing.outcomes},
            {**tables.reasons, **pages.reasons, **closing.reasons},
            tuple(_known(error) for error in (*pages.errors.values(), *closing.errors.values())),
        )

    def _made(self, runs: Sequence[PageRun]) -> tuple[PageRun, ...]:
        """Return the pages of every report, and of those made on demand the ones that have been made."""
        return tuple(run for run in runs if run.declared.in_report or read_record(self.places, run.key))

    def _documents(self) -> list[str]:
        """Return the documents to make: those asked for and those that are there, as far as they can be made."""
        there = {kind: document_path(self.study.reports, kind) for kind in DOCUMENTS}
        wanted = [kind for kind, path in there.items() if kind in self.options.formats or path.is_file()]
        if "pdf" in wanted and find_browser() is None:
            self.progress.say(f"  skip  pdf: {NO_BROWSER}")
            if not self.options.dry_run:
                there["pdf"].unlink(missing_ok=True)  # it would tell of another report than the pages beside it
            wanted.remove("pdf")
        return wanted

    def _build(self, steps: Sequence[Step]) -> Built:
        return build(steps, state=self.places.state, jobs=self.options.jobs, dry_run=self.options.dry_run)

    def _in_pool(self, name: str, function: Callable[..., object], *arguments: object) -> None:
        """Do something in a process with the heavy imports loaded, and say in a line how it went."""
        self._told(name, lambda: self.pool.submit(function, *arguments).result())

    @property
    def pool(self) -> Executor:
        """Processes for what is no notebook; started when first needed."""
        if self._pool is None:
            from analysis.report.kernels import worker_pool

            self._pool = self._stack.enter_context(worker_pool(max(self.options.jobs, 1)))
        return self._pool

    def _tables_step(self) -> Step:
        return Step(
            name="tidy tables",
            function=lambda: self._in_pool("tidy tables", jobs.read_raw, self.study.root),
            inputs=[*self.inputs.common(), *self.inputs.raw()],
            outputs=[self.inputs.tables()],
            forced=self.options.force and not self.options.only,
        )

    def _require_tables(self, runs: Sequence[PageRun]) -> None:
        there = self.inputs.table_names()
        for run in runs:
            for name in run.declared.reads:
                if there and name not in there:
                    raise NotebookError(
                        f"{run.declared.key} reads the table {name!r}, which there is not",
                        where=f"metadata.analysis.reads of {run.declared.path.name}",
                        allowed=there,
                        value=name,
                    )

    def _page_step(self, run: PageRun, listed: Sequence[PageRun], forced: bool) -> Step:
        inputs = self.inputs
        runs = listed if run in listed else [*listed, run]  # a page made on demand is in its own navigation only
        return Step(
            name=run.key,
            function=lambda: self._told(run.key, lambda: self._make(run, runs)),
            inputs=[
                *inputs.common(),
                inputs.file(run.declared.path),
                *inputs.given(run),
                *([inputs.notebooks()] if run.declared.lists_pages else []),
                inputs.value("the list of pages", [(other.key, other.title) for other in listed]),
                *(inputs.table(name) for name in run.declared.reads),
                *(inputs.result(name) for name in run.declared.results),
            ],
            outputs=[inputs.page(run.key), *(inputs.result(name) for name in run.declared.writes)],
            forced=forced,
            first=any(set(run.declared.writes) & set(other.declared.results) for other in runs),
        )

    def _make(self, run: PageRun, runs: Sequence[PageRun]) -> None:
        """Run a notebook, render it and publish what it made; else publish how far it got, and why."""
        from analysis.report.execute import PageFailedError, execute_page, stopped

        stage = self.places.fresh_stage(run.key)
        job = jobs.Rendering(run.key, stage, jobs.navigation(runs), self.study.root)
        notebook = None
        try:
            notebook = execute_page(
                run.declared.path,
                page=run.key,
                parameters=run.parameters,
                stage=stage,
                root=self.study.root,
                scheduler=self.options.scheduler,
                jobs=max(self.options.jobs, 1),
                tell=partial(self.progress.note, run.key),
            )
            record = jobs.finished_record(stage, run)
            self._render(job, notebook, record)
            publish_stage(self.places, run.key, stage, record)
        except PageFailedError as error:
            self._publish_failure(job, run, error.failure, error.notebook)
            raise error.failure.error() from None
        except AnalysisError as error:
            failure = stopped(run.key, run.declared.path, error.what)
            self._publish_failure(job, run, failure, notebook)
            raise

    def _render(self, job: jobs.Rendering, notebook: NotebookNode, record: Mapping[str, object]) -> None:
        jobs.keep_notebook(notebook, job.stage, job.page)
        self.pool.submit(jobs.render, job, record).result()

    def _publish_failure(
        self, job: jobs.Rendering, run: PageRun, failure: Failure, notebook: NotebookNode | None
    ) -> None:
        record = jobs.failed_record(run, asdict(failure))
        if notebook is not None:
            self._render(job, notebook, record)
        publish_failure(self.places, run.key, job.stage, record)

    def _told(self, name: str, action: Callable[[], object]) -> None:
        """Do something and say in a line how it went."""
        self.progress.begin(name)
        try:
            action()
        except Exception as error:
            self.progress.end(name, "failed", str(_known(error).what).splitlines()[0])
            raise
        self.progress.end(name)

    def _mark(self, runs: Sequence[PageRun], outcomes: Mapping[str, str]) -> None:
        """Note in the records which pages wait for another that failed, and which wait no longer."""
        writer = {name: run.key for run in runs for name in run.declared.writes}
        for run in runs:
            record = read_record(self.places, run.key) or jobs.blank_record(run)
            if outcomes[run.key] == "waiting":
                needs = {writer[name] for name in run.declared.results if name in writer}
                waits = sorted(key for key in needs if outcomes[key] in ("failed", "waiting"))
                self.progress.end(run.key, "waiting", f"for {', '.join(waits)}")
                write_record(self.places, run.key, {**record, "status": "waiting", "waits_for": waits})
            elif record.get("status") == "waiting":
                record.pop("waits_for", None)
                write_record(self.places, run.key, {**record, "status": "done"})


def _known(error: BaseException) -> AnalysisError:
    """Return an error as one to be shown; what no one foresaw is said with its kind."""
    if isinstance(error, AnalysisError):
        return error
    known = AnalysisError(f"{type(error).__name__}: {error}", fix="this should not happen: please report it")
    known.__cause__ = error
    return known
