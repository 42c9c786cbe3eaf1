"""`manifest`: show what a report was made from."""

from __future__ import annotations

import argparse
import json

from analysis.commands.common import add_study, open_study, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_study(parser)
    parser.add_argument("--write", action="store_true", help="write reports/manifest.json anew")


def run(arguments: argparse.Namespace) -> int:
    """Show or write the manifest."""
    from analysis.report.manifest import manifest, write_manifest

    study = open_study(arguments)
    if arguments.write:
        write_manifest(study.root)
        say(f"wrote {study.reports / 'manifest.json'}")
    else:
        say(json.dumps(manifest(study), ensure_ascii=False, indent=1))
    return 0
