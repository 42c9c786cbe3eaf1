"""`report`: make the whole report of a study."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from typing import TYPE_CHECKING

from analysis.commands.common import add_report_options, make_report, say, study_folder, tell_errors

if TYPE_CHECKING:
    from analysis.report.pipeline import Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_report_options(parser)
    parser.add_argument(
        "--formats",
        default="html",
        metavar="LIST",
        help="what to make: html, pdf, docx, with commas between (default: html; pdf needs Chromium, Chrome or Edge)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the report and say what became of it."""
    begun = time.perf_counter()
    outcome = make_report(arguments)
    if arguments.dry_run:
        _explain(outcome)
        return tell_errors(outcome)
    code = tell_errors(outcome)
    counts = Counter(outcome.steps.values())
    words = {"done": "made", "unchanged": "unchanged", "failed": "failed", "waiting": "waiting"}
    told = ", ".join(f"{counts[name]} {word}" for name, word in words.items() if counts[name])
    index = study_folder(arguments) / "reports" / "index.html"
    say(f"{told} in {time.perf_counter() - begun:.1f} s: {index}")
    return code


def _explain(outcome: Outcome) -> None:
    would = [name for name, what in outcome.steps.items() if what == "would run"]
    for name in would:
        say(f"{name}: {'; '.join(outcome.reasons.get(name, ())) or 'something it needs would run'}")
    same = sum(what == "unchanged" for what in outcome.steps.values())
    say(f"{len(would)} would run, {same} unchanged" if would else f"nothing would run; {same} unchanged")
