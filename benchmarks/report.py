"""The whole report, cold, warm and after an edit, beside the same notebooks by plain papermill and nbconvert.

    python benchmarks/report.py [--study FOLDER] [--jobs N] [--repeats N]

Everything runs in a copy of the study, in one go, each as a user would start it: `python -m analysis report`
against `papermill` and `jupyter nbconvert`, one notebook after another. The plain way gets the tidy tables and
the earlier pages' results for nothing, and needs no index and no manifest; what it takes is thus a lower bound.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from analysis.report.planning import PageRun, plan_pages
from analysis.study import load_study

REPOSITORY = Path(__file__).resolve().parent.parent


def timed(*command: str, folder: Path) -> float:
    """Run a command and return how long it took; its output is shown where it fails."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
    took = time.perf_counter() - begun
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return took


def copy_study(source: Path, target: Path) -> None:
    """Copy what a report is made from, and the notebooks, which are going to be edited."""
    for name in ("study.yml", "frameworks", "notebooks", "data"):
        path = source / name if (source / name).exists() or name != "notebooks" else REPOSITORY / name
        if path.is_dir():
            shutil.copytree(path, target / name, ignore=shutil.ignore_patterns("processed", ".ipynb_*"))
        elif path.is_file():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target / name)


def ours(study: Path, jobs: int) -> dict[str, float]:
    """Return seconds of a first run, of one with nothing changed, and of one after an edit."""
    command = ("-m", "analysis", "report", "--study", str(study), "--jobs", str(jobs))
    cold = timed(*command, folder=study)
    warm = timed(*command, folder=study)
    edit(sorted((study / "notebooks").glob("*.ipynb"))[0])
    return {"cold": cold, "nothing changed": warm, "one notebook edited": timed(*command, folder=study)}


def edit(path: Path) -> None:
    """Change a sentence of a notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(c for c in notebook["cells"] if c["cell_type"] == "markdown")
    cell["source"] = [*cell["source"], "\n\nA sentence more."]
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")


def plain(study: Path, runs: tuple[PageRun, ...], folder: Path) -> float:
    """Return seconds of papermill and nbconvert over the same pages, one after another."""
    total = 0.0
    for run in runs:
        given = [part for name, value in run.parameters.items() for part in ("-p", name, str(value))]
        executed = str(folder / f"{run.key}.ipynb")
        papermill = ("-m", "papermill", str(run.declared.path), executed, "-k", "python3", "--no-progress-bar")
        total += timed(*papermill, *given, folder=study)
        total += timed("-m", "nbconvert", "--to", "html", executed, "--log-level", "ERROR", folder=folder)
    return total


def measure(source: Path, jobs: int) -> dict[str, float]:
    """Return seconds of every way, measured once."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as temporary:
        study = Path(temporary) / "study"
        copy_study(source, study)
        found = ours(study, jobs)
        pages = study / "reports" / "pages"
        runs = tuple(run for run in plan_pages(load_study(study)) if (pages / f"{run.key}.html").is_file())
        plainly = Path(temporary) / "plain"
        plainly.mkdir()
        found["plain, one after another"] = plain(study, runs, plainly)
        found["pages"] = len(runs)
    return found


def main() -> None:
    """Measure and print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--study", type=Path, default=REPOSITORY)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=1)
    arguments = parser.parse_args()
    rounds = [measure(arguments.study.resolve(), arguments.jobs) for _ in range(arguments.repeats)]
    middle = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    pages, slow = int(middle.pop("pages")), middle["plain, one after another"]
    print(f"{pages} pages, {arguments.jobs} at a time, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"median of {arguments.repeats}\n")
    print(f"{'':<28}{'seconds':>9}{'times faster than plain':>26}")
    for name, seconds in middle.items():
        print(f"{name:<28}{seconds:>9.1f}{slow / seconds:>26.1f}")


if __name__ == "__main__":
    main()
