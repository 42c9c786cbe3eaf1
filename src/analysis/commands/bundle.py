"""`bundle`: pack the report, its permitted data and the code for reviewers."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.commands.common import add_study, open_study, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_study(parser)
    parser.add_argument("--output", default="", metavar="ZIP", help="the zip file (default: dist/ of the study)")


def run(arguments: argparse.Namespace) -> int:
    """Pack the bundle and say what it holds."""
    from analysis.report.bundle import bundle_path, write_bundle

    study = open_study(arguments)
    path = Path(arguments.output) if arguments.output else bundle_path(study)
    number = write_bundle(study, path)
    say(f"{number} files, {path.stat().st_size / 2**20:.1f} MB: {path}")
    return 0
