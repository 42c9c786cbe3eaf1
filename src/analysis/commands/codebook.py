"""`codebook`: give a framework to a coding tool."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.commands.common import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("action", choices=("export", "list"), help="write a codebook, or list the frameworks")
    parser.add_argument("--framework", default="transforming-together", metavar="KEY", help="which framework")
    parser.add_argument("--format", default="qdc", help="qdc (REFI-QDA), xlsx or csv (default: qdc)")
    parser.add_argument("--to", type=Path, metavar="FILE", help="where to (default: KEY.FORMAT here)")
    parser.add_argument("--folder", type=Path, action="append", default=[], help="another folder of frameworks")


def run(arguments: argparse.Namespace) -> int:
    """List the frameworks, or write one as a codebook."""
    from analysis.errors import StudyError
    from analysis.framework import load_frameworks

    books = load_frameworks(*arguments.folder)
    if arguments.action == "list":
        for key, book in sorted(books.items()):
            say(f"{key:<28} {len(book.factors):>3} {book.kind:<11} {book.title}")
        return 0
    if arguments.framework not in books:
        raise StudyError(
            f"there is no framework {arguments.framework!r}", allowed=tuple(books), value=arguments.framework
        )
    from analysis.codebook import export_codebook

    content = export_codebook(books[arguments.framework], arguments.format)
    path = arguments.to or Path(f"{arguments.framework}.{arguments.format}")
    path.write_bytes(content)
    say(f"wrote {path}")
    return 0
