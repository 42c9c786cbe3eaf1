"""`check`: rebuild a study and compare its result tables with those kept."""

from __future__ import annotations

import argparse

from analysis.commands.common import add_study, open_study, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_study(parser)
    parser.add_argument("--write", action="store_true", help="keep the result tables as they are now")


def run(arguments: argparse.Namespace) -> int:
    """Rebuild, compare, and fail where anything differs."""
    from analysis.report.check import check, keep

    study = open_study(arguments)
    if arguments.write:
        for path in keep(study):
            say(f"kept {path}")
        return 0
    found = check(study)
    for difference in found:
        say(difference)
    differ = sum(difference.mark != " " for difference in found)
    say(f"{len(found) - differ} result tables as kept, {differ} not")
    return 1 if differ else 0
