"""`plan`: what the next study would take, simulated from this one's own shares of variance."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from analysis.commands.common import add_scheduler, add_study, open_study, say

if TYPE_CHECKING:
    from analysis.association.planner import Plan
    from analysis.study import Study


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_study(parser)
    for name, default, what in (
        ("areas", "6..20", "numbers of areas"),
        ("partnerships", "2..5", "numbers of partnerships in each area"),
        ("informants", "3..8", "numbers of informants about each partnership"),
    ):
        parser.add_argument(f"--{name}", default=default, metavar="RANGE", help=f"{what} (default: {default})")
    parser.add_argument(
        "--correlation", default=".5,.8", metavar="R", help="true correlations to find (default: .5,.8)"
    )
    parser.add_argument(
        "--datasets", type=int, default=400, metavar="N", help="simulated for each combination (default: 400)"
    )
    parser.add_argument("--jobs", type=int, default=-1, metavar="N", help="processes (default: one a core)")
    add_scheduler(parser)
    parser.add_argument(
        "--out", default="", metavar="FOLDER", help="for figure and table (default: the study's reports/drafts)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Simulate, show the cheapest designs, write figure and table."""
    from analysis.report.next_study import NAME, Ranges, fractions, plan_next, publish_plan, whole_numbers

    ranges = Ranges(
        whole_numbers(arguments.areas, "--areas", 2),
        whole_numbers(arguments.partnerships, "--partnerships", 2),
        whole_numbers(arguments.informants, "--informants", 1),
        fractions(arguments.correlation),
    )
    study = open_study(arguments)
    found, kept = plan_next(
        study,
        ranges,
        datasets=arguments.datasets,
        jobs=arguments.jobs,
        scheduler=arguments.scheduler or None,
        progress=Bar(sys.stderr),
    )
    _tell(found, study)
    if kept:
        say("(simulated before with the same design, settings and code)")
    folder = Path(arguments.out) if arguments.out else study.reports / "drafts" / NAME
    table = publish_plan(found, study, folder)
    say(f"every combination: {table}\nfigure: {table.with_suffix('.svg')}")
    return 0


def _tell(found: Plan, study: Study) -> None:
    """Print, for each correlation and number of areas, the design with the fewest interviews that is enough."""
    words = study.words
    names = {
        "clusters": words.areas,
        "units": f"{words.partnerships} in each",
        "informants": "informants",
        "interviews": words.interviews,
    }
    for correlation, part in found.by_clusters.groupby("correlation"):
        say(
            f"\nTrue correlation {correlation:.2g}: "
            f"fewest {words.interviews} for {found.target:.0%} power, else the most powerful"
        )
        shown = part[[*names, "power", "power_low", "power_high", "power_corrected", "enough"]].rename(columns=names)
        heads = {"power_low": "lowest", "power_high": "highest", "power_corrected": f"at {found.alpha:g}/{found.tests}"}
        shown = shown.rename(columns=heads)
        shown["enough"] = shown["enough"].map({True: "yes", False: "no"})
        say(shown.to_string(index=False, float_format=lambda value: f"{value:.2f}"))
    say(f"\n{words.in_prose(found.summary)}")


class Bar:
    """A bar of progress: on a terminal it fills in place, elsewhere a line comes with every tenth.

    Parameters
    ----------
    stream : text stream
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._tenth = 0

    def __call__(self, done: int, total: int) -> None:
        """Show how many are done of how many."""
        told = f"{done:,} of {total:,}"
        if self._stream.isatty():
            filled = 40 * done // total
            end = "\n" if done == total else ""
            self._stream.write(f"\r[{'#' * filled}{'.' * (40 - filled)}] {told}{end}")
        elif 10 * done // total > self._tenth:
            self._tenth = 10 * done // total
            self._stream.write(f"{told}\n")
        self._stream.flush()
