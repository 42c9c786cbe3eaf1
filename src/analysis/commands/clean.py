"""`clean`: remove what was made of a study."""

from __future__ import annotations

import argparse
import shutil

from analysis.commands.common import add_study, say, study_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_study(parser)


def run(arguments: argparse.Namespace) -> int:
    """Remove reports/ and data/processed/; raw files and their key stay."""
    from analysis.report.runlock import run_lock

    root = study_folder(arguments)
    made = [path for path in (root / "reports", root / "data" / "processed") if path.is_dir()]
    if not made:
        say("nothing to remove")
        return 0
    with run_lock(root / "data" / "processed"):
        for path in made:
            shutil.rmtree(path)
            say(f"removed {path}")
    return 0
