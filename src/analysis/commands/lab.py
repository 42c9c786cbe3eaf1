"""`lab`: open the notebooks in JupyterLab."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from analysis.commands.common import add_study, open_study

#: Lab asks nothing of the outside: no news, no look for newer versions, no list of extensions.
_NO_NEWS = {"page_config_data": {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}}
QUIET = (f"--ServerApp.tornado_settings={_NO_NEWS}", "--LabApp.extension_manager=readonly")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_study(parser)
    parser.add_argument("notebook", nargs="?", default="", help="open this one, such as explore")
    parser.add_argument("--no-browser", action="store_true", help="start the server only")


def run(arguments: argparse.Namespace) -> int:
    """Start JupyterLab in the study's folder, or in the project's where the study has no notebooks."""
    from analysis.report.notebooks import notebooks_folder
    from analysis.report.workspace import STUDY_VARIABLE

    study = open_study(arguments)
    folder = notebooks_folder(study)
    names = [arguments.notebook] if arguments.notebook else ["explore", "01_data"]
    found = [folder / f"{name.removesuffix('.ipynb')}.ipynb" for name in names]
    shown = next((str(path) for path in found if path.is_file()), str(folder))
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.parent}", *QUIET, shown]
    return subprocess.call(
        [*command, "--no-browser"] if arguments.no_browser else command,
        env={**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1", STUDY_VARIABLE: str(study.root)},
    )
