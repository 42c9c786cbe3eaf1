"""`freeze-plan`: freeze the plan with a date and a hash."""

from __future__ import annotations

import argparse
from datetime import date

from analysis.commands.common import add_study, open_study, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_study(parser)
    parser.add_argument("--by", required=True, metavar="ROLE", help='who freezes it, as in "study lead"')
    parser.add_argument("--on", type=date.fromisoformat, default=None, metavar="DATE", help="default: today")


def run(arguments: argparse.Namespace) -> int:
    """Write date, role and hash into study.yml."""
    from analysis.plan import freeze_plan

    on = arguments.on or date.today()
    digest = freeze_plan(open_study(arguments), by=arguments.by, on=on)
    say(f"the plan is frozen as of {on.isoformat()}: sha256 {digest}")
    return 0
