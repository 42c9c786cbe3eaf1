"""`validate`: check a study without writing anything."""

from __future__ import annotations

import argparse

from analysis.commands.common import add_study, open_study, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_study(parser)
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of study.yml instead")
    parser.add_argument("--settings-only", action="store_true", help="leave the raw files unread")


def run(arguments: argparse.Namespace) -> int:
    """Read `study.yml`, the notebooks' declarations and the raw files, and say what is there."""
    if arguments.schema:
        from analysis.skeleton import schema_text

        say(schema_text().rstrip())
        return 0
    study = open_study(arguments)
    say(f"study.yml is valid: {study.title}")
    from analysis.report.planning import plan_pages

    say(f"{len(plan_pages(study))} pages, their parameters and results fit together")
    if not arguments.settings_only:
        from analysis.ingest import ingest

        say(ingest(study).summary)
    return 0
