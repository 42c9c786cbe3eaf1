"""Which pages a report has, with which parameters, and which of them need which others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError, GroupedError, NotebookError
from analysis.report.needs import unmet
from analysis.report.notebooks import Declared, declared_pages, members
from analysis.report.parameters import check_parameters, parse_value, read_parameters
from analysis.study import Study

#: What the runner itself gives to a notebook that has such a parameter: it runs in the study's folder.
_STUDY = {"study": "."}


@dataclass(frozen=True, slots=True)
class PageRun:
    """One run of a notebook that makes one page.

    Parameters
    ----------
    key : str
        Key of the page, such as `04_associations` or `area_profile-wigan`.
    declared : Declared
        What the notebook declares.
    title : str
        Title of the page, with the area's or partnership's name where it is about one.
    parameters : mapping of str to object
        What the notebook is run with.
    """

    key: str
    declared: Declared
    title: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def plan_pages(study: Study, *, given: Mapping[str, str] | None = None, only: str = "") -> tuple[PageRun, ...]:
    """Return all page runs of a study in the order of the navigation, every parameter checked.

    Parameters
    ----------
    study : Study
        The study, its raw files read where pages are made for each area or partnership.
    given : mapping of str to str
        Parameters from the command line, for the page `only`.
    only : str
        The page that `given` is for.

    Raises
    ------
    NotebookError or GroupedError
        Unknown, mistyped or missing parameters; results that no page writes or two pages write.
    """
    every = declared_pages(study)
    runs = [run for declared in every if not unmet(study, declared.needs) for run in _runs(study, declared)]
    errors = _result_errors(runs, every)
    chosen = {run.key for run in select(runs, only)} if only else set()
    checked = []
    for run in runs:
        try:
            checked.append(_checked(run, (given or {}) if run.key in chosen else {}))
        except AnalysisError as error:
            errors.append(error)
    told = list({str(error): error for error in errors}.values())  # the runs of one notebook share theirs
    if told:
        raise told[0] if len(told) == 1 else GroupedError(told)
    return tuple(checked)


def select(runs: Sequence[PageRun], only: str) -> tuple[PageRun, ...]:
    """Return the runs of a page by its key or by its notebook's.

    Raises
    ------
    NotebookError
        With the nearest page where there is none of that key.
    """
    found = tuple(run for run in runs if only in (run.key, run.declared.key))
    if not found:
        keys = dict.fromkeys([*(run.key for run in runs), *(run.declared.key for run in runs)])
        raise NotebookError(f"there is no page {only!r}", allowed=tuple(keys), value=only)
    return found


def with_needed(runs: Sequence[PageRun], chosen: Iterable[PageRun]) -> tuple[PageRun, ...]:
    """Return chosen pages and every page whose results they read, directly or not."""
    writer = {name: run for run in runs for name in run.declared.writes}
    wanted: dict[str, PageRun] = {}
    waiting = list(chosen)
    while waiting:
        run = waiting.pop()
        if run.key not in wanted:
            wanted[run.key] = run
            waiting += [writer[name] for name in run.declared.results if name in writer]
    return tuple(run for run in runs if run.key in wanted)


def _runs(study: Study, declared: Declared) -> list[PageRun]:
    if declared.per is None:
        return [PageRun(declared.key, declared, declared.title)]
    return [
        PageRun(f"{declared.key}-{key}", declared, f"{declared.title}: {label}", {declared.per: key})
        for key, label in members(study, declared.per)
    ]


def _checked(run: PageRun, given: Mapping[str, str]) -> PageRun:
    known = read_parameters(run.declared.path)
    values: dict[str, Any] = {name: value for name, value in _STUDY.items() if name in known}
    values |= run.parameters
    values |= {name: parse_value(v, known[name]) if name in known else v for name, v in given.items()}
    return PageRun(run.key, run.declared, run.title, check_parameters(known, values, _relative(run.declared.path)))


def _result_errors(runs: Sequence[PageRun], every: Iterable[Declared]) -> list[AnalysisError]:
    """List results that two pages write, or that no notebook does (a page may be left out for what it needs)."""
    writers: dict[str, str] = {}
    anywhere = {name for declared in every for name in declared.writes}
    errors: list[AnalysisError] = []
    for run in runs:
        for name in run.declared.writes:
            if writers.setdefault(name, run.key) != run.key:
                fix = "let one page write it; a page made once for each area can't"
                errors.append(NotebookError(f"{writers[name]} and {run.key} both write {name}", fix=fix))
    for run in {run.declared.key: run for run in runs}.values():
        for name in run.declared.results:
            if name not in anywhere:
                errors.append(
                    NotebookError(
                        f"{run.declared.key} reads the result {name!r}, which no page writes",
                        where=_relative(run.declared.path),
                        allowed=tuple(sorted(anywhere)),
                        value=name,
                    )
                )
    return errors


def _relative(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
