"""The command line: `python -m analysis COMMAND`. Each command is a module of `analysis.commands`.

Nothing is imported before the command is known, so that help comes at once.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

#: Command to what it does, in the order of the help. Each has a module with `add_arguments` and `run`.
COMMANDS = {
    "report": "make the whole report of a study: tables, figures, pages, site, manifest",
    "review": "review partnerships, write the form of a self-assessment, or read filled forms",
    "figures": "bring the figures up to date and list them",
    "validate": "check a study's study.yml, notebooks and raw files; write nothing",
    "new": "start a study: a commented study.yml, empty tables, a ledger",
    "example": "write the simulated example study's raw files",
    "check": "rebuild in a temporary folder and compare the result tables with those kept",
    "bundle": "pack the report, its permitted data and the code into a zip for reviewers",
    "manifest": "show what a report was made from, or write its manifest anew",
    "codebook": "give a framework as a codebook to a coding tool, or list frameworks",
    "plan": "say what the next study would take, from this one's shares of variance",
    "freeze-plan": "freeze the plan of a study.yml with a date and a hash",
    "lab": "open the notebooks in JupyterLab",
    "clean": "remove what was made of a study: reports/ and data/processed/",
}
PROGRAM = "python -m analysis"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str or None
        The command line; that of this process where None.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help", "help"):
        print(_help())  # noqa: T201
        return 0
    if given[0] == "--version":
        from importlib.metadata import version

        print(version("transforming-together-workbench"))  # noqa: T201
        return 0
    from analysis.errors import AnalysisError

    try:
        return _run(given[0], given[1:])
    except AnalysisError as error:
        if os.environ.get("ANALYSIS_DEBUG"):
            raise
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    except BrokenPipeError:  # the reader of our output has gone, as in `... | head`
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)  # noqa: T201
        return 130


def _run(name: str, rest: Sequence[str]) -> int:
    if name not in COMMANDS:
        from analysis.errors import AnalysisError

        raise AnalysisError(
            f"there is no command {name!r}", allowed=tuple(COMMANDS), value=name, fix=f"{PROGRAM} --help"
        )
    module = importlib.import_module(f"analysis.commands.{name.replace('-', '_')}")
    described = COMMANDS[name]
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {name}",
        description=f"{described[0].upper()}{described[1:]}.",
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    code: int = module.run(parser.parse_args(rest))
    return code


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {what}" for name, what in COMMANDS.items()]
    return "\n".join(
        [
            f"usage: {PROGRAM} COMMAND [options]",
            "",
            "The Transforming Together Workbench: from interview codings to published findings.",
            "",
            *lines,
            "",
            f"Options of a command: {PROGRAM} COMMAND --help",
        ]
    )
