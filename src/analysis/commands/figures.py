"""`figures`: bring the figures up to date and list them."""

from __future__ import annotations

import argparse
import json

from analysis.commands.common import add_report_options, make_report, say, study_folder, tell_errors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the report, then list its figures with their captions and files."""
    code = tell_errors(make_report(arguments))
    folder = study_folder(arguments) / "reports" / "figures"
    records = [json.loads(p.read_text(encoding="utf-8")) for p in folder.glob("*.json") if p.stem != "index"]
    for record in sorted(records, key=lambda r: (r["page"], r["number"])):
        kinds = " ".join(sorted(record["files"]))
        say(f"{record['page']}  figure {record['number']}  {folder / record['name']}.*  ({kinds})")
        say(f"    {record['caption']}")
    return code
