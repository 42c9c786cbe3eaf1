"""`example`: write the simulated example study's raw files."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.commands.common import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--seed", type=int, default=2017, help="seed of the simulation (default: 2017)")
    parser.add_argument("--folder", type=Path, default=Path(), help="where to (default: here)")


def run(arguments: argparse.Namespace) -> int:
    """Simulate the study and write what a team would have exported."""
    from analysis.example import write_example

    say(write_example(arguments.folder, seed=arguments.seed).summary)
    return 0
