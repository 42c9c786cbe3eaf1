"""Notebooks for tests of the runner: they write their record by hand, so that nothing but the runner is tested."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

OPEN = """\
import json, os, pathlib
import pandas as pd
stage = pathlib.Path(os.environ["ANALYSIS_STAGE"])
record = {"page": KEY, "title": KEY, "question": "?", "answer": "Yes.", "findings": [], "figures": [],
          "tables": [], "results": []}"""
CLOSE = '(stage / "page.json").write_text(json.dumps(record)); print("closed")'


def write_notebook(folder: Path, key: str, *cells: str, parameters: str = "", **declared: Any) -> Path:
    """Write a notebook of one page: its parameters, the opening of its record, the cells, the closing."""
    declared = {"key": key, "title": key.title(), "question": "What?", "order": 1, **declared}
    page = f'"{key}"' if not declared.get("per") else f'f"{key}-{{{declared["per"]}}}"'
    typed = 'study = "."  # folder of the study\n' + parameters
    sources = [OPEN.replace("KEY", page), *cells, CLOSE]
    made = [nbformat.v4.new_markdown_cell(f"# {key}", id="head")]
    made.append(nbformat.v4.new_code_cell(typed, id="given", metadata={"tags": ["parameters"]}))
    made += [nbformat.v4.new_code_cell(s, id=f"cell-{i}") for i, s in enumerate(sources)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "analysis": declared}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{key}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=metadata), path)
    return path


def reads(table: str) -> str:
    """Return a cell that reads a tidy table into `frame`."""
    return f'frame = pd.read_parquet("data/processed/{table}.parquet"); len(frame)'


def saves(result: str) -> str:
    """Return a cell that writes `frame` as a result."""
    return (
        '(stage / "results").mkdir(exist_ok=True)\n'
        f'frame.to_parquet(stage / "results" / "{result}.parquet"); record["results"].append("{result}")'
    )


def draws(name: str, text: str = "plain") -> str:
    """Return a cell that publishes a file as a figure."""
    return (
        '(stage / "figures").mkdir(exist_ok=True)\n'
        f'(stage / "figures" / "{name}.svg").write_text("<svg>{text}</svg>"); record["figures"].append("{name}")'
    )
