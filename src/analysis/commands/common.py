"""What several commands share: how a study is named, how a report is made and told of."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.report.pipeline import Outcome
    from analysis.study import Study


def add_study(parser: argparse.ArgumentParser) -> None:
    """Add `--study`."""
    parser.add_argument(
        "--study", default=".", metavar="FOLDER", help="a study's folder, or one inside it (default: here)"
    )


def study_folder(arguments: argparse.Namespace) -> Path:
    """Return the folder of the study that was named."""
    from analysis.study import find_study

    return find_study(arguments.study)


def open_study(arguments: argparse.Namespace) -> Study:
    """Return the study that was named, validated."""
    from analysis.study import load_study

    return load_study(study_folder(arguments))


def say(text: object = "") -> None:
    """Write a line to standard output."""
    print(text)  # noqa: T201


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of whatever makes pages."""
    add_study(parser)
    parser.add_argument("--jobs", type=_positive, default=_cores(), metavar="N", help="pages at a time")
    parser.add_argument("--force", action="store_true", help="make pages even if nothing changed")
    parser.add_argument("--dry-run", action="store_true", help="say what would be made and why; make nothing")


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of making a report."""
    add_run_options(parser)
    parser.add_argument("--only", default="", metavar="PAGE", help="one page, with what it needs")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter for the page of --only (may be repeated)",
    )
    add_scheduler(parser)


def add_scheduler(parser: argparse.ArgumentParser) -> None:
    """Add `--scheduler`."""
    parser.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="spread heavy work over a Dask cluster: address of its scheduler, as tcp://host:port "
        "(needs the extra `cluster`)",
    )


def make_report(arguments: argparse.Namespace) -> Outcome:
    """Make a report as the options say, telling how it goes."""
    _warm_up(arguments)
    study = open_study(arguments)
    from analysis.report.pipeline import Options, report
    from analysis.report.progress import Progress

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    options = Options(
        jobs=arguments.jobs,
        only=arguments.only,
        force=arguments.force,
        dry_run=arguments.dry_run,
        parameters=_parameters(arguments),
        formats=_formats(getattr(arguments, "formats", "")),
        scheduler=getattr(arguments, "scheduler", ""),
    )
    return report(study, options, Progress())


def tell_errors(outcome: Outcome) -> int:
    """Show what went wrong and return the exit code."""
    for error in outcome.errors:
        print(f"\n{error}", file=sys.stderr)  # noqa: T201
    return outcome.errors[0].exit_code if outcome.errors else 0


def _warm_up(arguments: argparse.Namespace) -> None:
    """Let the kernels' imports begin before our own, where pages will surely run."""
    here = Path(arguments.study).resolve()
    state = Path("data", "processed", ".pytask", "pytask.lock")
    made = any((folder / state).is_file() for folder in (here, *here.parents))
    if (arguments.force or not made) and not arguments.dry_run:
        from analysis.report.kernels import start_server

        start_server()


def _parameters(arguments: argparse.Namespace) -> dict[str, str]:
    from analysis.errors import NotebookError

    pairs = [entry.partition("=") for entry in arguments.set]
    for name, equals, _ in pairs:
        if not equals:
            raise NotebookError(f"--set {name} gives no value", fix="write --set NAME=VALUE")
    if pairs and not arguments.only:
        raise NotebookError("--set needs to know for which page", fix="add --only PAGE")
    return {name: value for name, _, value in pairs}


def _formats(listed: str) -> tuple[str, ...]:
    from analysis.errors import AnalysisError
    from analysis.report.documents import FORMATS

    asked = tuple(name.strip().lower() for name in listed.split(",") if name.strip())
    for name in asked:
        if name not in FORMATS:
            raise AnalysisError(
                f"--formats names {name!r}", allowed=FORMATS, value=name, fix="write --formats html,pdf,docx"
            )
    return asked


def _stop(number: int, _frame: Any) -> None:
    """End at once: nothing is published half, the kernels end with this process, the next run goes on."""
    sys.stderr.write("\nstopped; what was published before is unharmed, and the next run goes on from here\n")
    sys.stderr.flush()
    from analysis.report.kernels import kill_all

    kill_all()
    os._exit(128 + number)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return max(len(os.sched_getaffinity(0)), 1)
    return os.cpu_count() or 1


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("a number from 1 up")
    return value
