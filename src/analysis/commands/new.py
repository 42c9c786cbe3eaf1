"""`new`: start a study."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.commands.common import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("folder", type=Path, help="folder of the new study; made where it is not there")


def run(arguments: argparse.Namespace) -> int:
    """Write the skeleton and say what to do next."""
    from analysis.skeleton import write_skeleton

    for path in write_skeleton(arguments.folder):
        say(f"wrote {path}")
    say(f"next: fill in study.yml, then python -m analysis validate --study {arguments.folder}")
    return 0
