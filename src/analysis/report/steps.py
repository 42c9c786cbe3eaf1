"""The report's tasks as pytask sees them: steps, what they depend on by content, and one build of some steps.

pytask decides what has to run and in which order, keeps its lock file and state in the study's own
`data/processed/.pytask`, and hands steps to workers (threads: the work itself happens in kernels and in the
pool's processes). Nodes here are hashed by content, never by time.
"""

from __future__ import annotations

import functools
import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from analysis.errors import AnalysisError

ABSENT = "absent"


@dataclass(kw_only=True, eq=False, slots=True)
class Content:
    """A dependency or product whose state is computed from content.

    Parameters
    ----------
    name : str
        Name, as in `study.yml` or `data/processed/scores.parquet`; the same name is the same thing.
    digest : callable
        Returns the state, or None where it is not there.
    known : tuple or None
        The state as it was last computed.
    """

    name: str
    digest: Callable[[], str | None]
    attributes: dict[Any, Any] = field(default_factory=dict)
    known: tuple[str | None] | None = None

    @property
    def signature(self) -> str:
        """Identity for pytask."""
        return hashlib.sha256(f"content {self.name}".encode()).hexdigest()

    def state(self) -> str | None:
        """Return the state for pytask, computed once until a step has run."""
        if self.known is None:
            self.known = (self.digest(),)
        return self.known[0]

    def load(self, is_product: bool = False) -> None:
        """Steps read their files themselves."""

    def save(self, value: Any) -> None:
        """Steps write their files themselves."""


@dataclass(kw_only=True, eq=False, slots=True)
class Step:
    """One task: a function without arguments, what it depends on and what it makes.

    Parameters
    ----------
    name : str
        Name, such as `page 04_associations`.
    function : callable
        Does the work; raises where it fails.
    inputs, outputs : sequence of Content
        Dependencies and products.
    forced : bool
        Whether it runs even if nothing changed.
    first : bool
        Whether it comes before others that could run as well: something waits for it.
    after : callable
        Called when it has run, however it went.
    """

    name: str
    function: Callable[..., None]
    inputs: Sequence[Content]
    outputs: Sequence[Content]
    forced: bool = False
    first: bool = False
    markers: list[Any] = field(default_factory=list)
    report_sections: list[tuple[str, str, str]] = field(default_factory=list)
    attributes: dict[Any, Any] = field(default_factory=dict)
    after: Callable[[], None] = lambda: None
    depends_on: dict[str, Any] = field(default_factory=dict)
    produces: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.depends_on = {"inputs": list(self.inputs)}
        self.produces = {"outputs": list(self.outputs)}
        work = self.function

        @functools.wraps(work)
        def run(inputs: object = None) -> None:  # noqa: ARG001
            try:
                work()
            finally:
                self.after()
            self.forced = False

        self.function = run

    @property
    def signature(self) -> str:
        """Identity for pytask."""
        return hashlib.sha256(f"step {self.name}".encode()).hexdigest()

    def state(self) -> str:
        """Return what differs from the last run's only where the step is forced and has not run yet."""
        return "forced" if self.forced else "1"

    def execute(self, **kwargs: Any) -> None:
        """Run it."""
        self.function(**kwargs)


@dataclass(frozen=True, slots=True)
class Built:
    """What became of the steps of one build, by name.

    Parameters
    ----------
    outcomes : mapping of str to str
        `done`, `unchanged`, `failed`, `waiting` (something it needs failed) or `would run`.
    reasons : mapping of str to tuple of str
        In a dry run, why a step would run.
    errors : mapping of str to Exception
        What failed steps raised.
    """

    outcomes: Mapping[str, str]
    reasons: Mapping[str, tuple[str, ...]]
    errors: Mapping[str, BaseException]


def build(steps: Sequence[Step], *, state: Path, jobs: int = 1, dry_run: bool = False) -> Built:
    """Run what has changed among some steps, in order and side by side, and say what became of each.

    Parameters
    ----------
    steps : sequence of Step
        The steps; one depends on another by naming its output among its inputs.
    state : Path
        Folder in which pytask keeps its lock file.
    jobs : int
        Steps at a time.
    dry_run : bool
        Run nothing; say what would run and why.
    """
    contents = [content for step in steps for content in (*step.inputs, *step.outputs)]

    def forget() -> None:
        for content in contents:
            content.known = None

    forget()
    for step in steps:
        step.after = forget
    session = _session(steps, state, jobs, dry_run)
    if session.exit_code == 2:  # the state can't be read: a run was killed while pytask wrote it
        shutil.rmtree(state, ignore_errors=True)
        session = _session(steps, state, jobs, dry_run)
    reports = {report.task.name: report for report in session.execution_reports}
    if len(reports) < len(steps) and not getattr(session, "should_stop", False):
        missing = ", ".join(step.name for step in steps if step.name not in reports)
        raise AnalysisError(f"the steps could not be put in order: {missing}", fix=_told(session))
    return Built(
        {name: _OUTCOMES.get(report.outcome.name, "failed") for name, report in reports.items()},
        {step.name: _reasons(step) for step in steps} if dry_run else {},
        {n: r.exc_info[1] for n, r in reports.items() if r.exc_info and r.outcome.name == "FAIL"},
    )


_OUTCOMES = {
    "SUCCESS": "done",
    "SKIP_UNCHANGED": "unchanged",
    "SKIP_PREVIOUS_FAILED": "waiting",
    "WOULD_BE_EXECUTED": "would run",
    "FAIL": "failed",
}


def _session(steps: Sequence[Step], state: Path, jobs: int, dry_run: bool) -> Any:
    import pytask
    import pytask_parallel.execute as parallel
    from _pytask.console import console

    # pytask-parallel looks for finished work at growing intervals, up to a second: as long as a page takes.
    setattr(parallel, "_Sleeper", functools.partial(_sleeper(parallel), timings=[0.005]))  # noqa: B010
    state.mkdir(parents=True, exist_ok=True)
    config = state / "pytask.toml"  # its folder is where pytask keeps its lock
    config.write_text("[tool.pytask.ini_options]\n", encoding="utf-8")
    for step in steps:
        step.markers = [pytask.Mark("try_first", (), {})] if step.first else []
    quiet, console.quiet = console.quiet, True
    try:
        return pytask.build(
            config=config,
            tasks=cast(Any, list(steps)),
            capture="no",
            verbose=0,
            database_url="sqlite://",  # in memory: the lock file holds all that is needed from run to run
            show_traceback=False,
            check_casing_of_paths=False,
            editor_url_scheme="no_link",
            dry_run=dry_run,
            explain=dry_run,
            n_workers=max(jobs, 1),
            parallel_backend="none" if dry_run else "threads",
        )
    finally:
        console.quiet = quiet


def _sleeper(parallel: Any) -> Any:
    found = parallel._Sleeper
    return getattr(found, "func", found)


def _reasons(step: Step) -> tuple[str, ...]:
    """Return in words why a step would run."""
    explanation = step.attributes.get("explanation")
    words: list[str] = []
    for reason in explanation.reasons if explanation else ():
        name = str(reason.node_name)
        if step.forced and name == step.name:
            words.insert(0, "forced")
        elif reason.reason == "cascade":
            words.append(f"{name} would run")
        elif name == step.name:
            words.insert(0, "it has not run yet")
        elif reason.reason == "changed":
            words.append(f"{name} has changed")
        elif reason.reason in ("missing", "not_in_db"):
            words.append(f"{name} is {'missing' if reason.reason == 'missing' else 'new'}")
    return ("it has not run yet",) if "it has not run yet" in words else tuple(dict.fromkeys(words))


def _told(session: Any) -> str:
    for report in (*session.collection_reports, getattr(session, "dag_report", None)):
        if report is not None and getattr(report, "exc_info", None):
            return str(report.exc_info[1])
    return ""


class Digests:
    """Digests of files and folders, each file read once as long as it does not change."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[int, int, str]] = {}

    def file(self, path: Path) -> str | None:
        """Return the SHA-256 of a file, or None where there is none."""
        try:
            stat = path.stat()
        except FileNotFoundError:
            return None
        known = self._known.get(path)
        if known is None or known[:2] != (stat.st_mtime_ns, stat.st_size):
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            known = self._known[path] = (stat.st_mtime_ns, stat.st_size, digest)
        return known[2]

    def files(self, paths: Iterable[Path], root: Path) -> str:
        """Return one digest of several files, by their names below `root` and their content."""
        digest = hashlib.sha256()
        for path in sorted(paths):
            digest.update(f"{path.relative_to(root).as_posix()} {self.file(path) or ABSENT}\n".encode())
        return digest.hexdigest()

    def folder(self, folder: Path, *, endings: Iterable[str] = ()) -> str:
        """Return one digest of all files below a folder, hidden ones and caches left out."""
        wanted = tuple(endings)
        found = [
            path
            for path in folder.rglob("*")
            if path.is_file()
            and not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts[:-1])
            and not path.name.startswith(".")
            and (not wanted or path.name.endswith(wanted))
        ]
        return self.files(found, folder)
