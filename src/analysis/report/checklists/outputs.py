"""Which notebook makes each figure and table, read from the notebooks themselves."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

import pandas as pd

from analysis.report.needs import unmet
from analysis.report.notebooks import Declared, declared_pages
from analysis.study import Study

_KINDS = {"figure": "figure", "table": "table", "save": "result table"}


def outputs_table(study: Study) -> pd.DataFrame:
    """Return one row for each output: kind, output, what it shows, page, notebook, cell.

    A page made once for each area or partnership adds its key to the names of its outputs.
    """
    rows = [
        row for page in declared_pages(study) if page.in_report and not unmet(study, page.needs) for row in _of(page)
    ]
    return pd.DataFrame(rows, columns=["output", "kind", "shows", "page", "notebook", "cell"])


def _of(page: Declared) -> Iterator[tuple[str, str, str, str, str, int]]:
    cells = json.loads(page.path.read_text(encoding="utf-8"))["cells"]
    ending = f"-<{page.per}>" if page.per else ""
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        for call in ast.walk(tree):
            kind, name = _published(call)
            if name:
                shows = next((k.value for k in call.keywords if k.arg == "caption"), None)  # type: ignore[attr-defined]
                yield name + ending, kind, _words(_given(shows, tree)), page.title, page.path.name, number


def _published(node: ast.AST) -> tuple[str, str]:
    """Return kind and name of what a call of the page publishes; nothing for any other node."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return "", ""
    if ast.unparse(node.func.value) != "page" or node.func.attr not in _KINDS:
        return "", ""
    named = [keyword.value for keyword in node.keywords if keyword.arg == "name"] or node.args[:1]
    return _KINDS[node.func.attr], _words(named[0]) if named else ""


def _given(node: ast.expr | None, tree: ast.Module) -> ast.expr | None:
    """Return what a name stands for in its cell; anything else as it is."""
    if not isinstance(node, ast.Name):
        return node
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Assign) and any(ast.unparse(target) == node.id for target in statement.targets):
            return statement.value
    return None


def _words(node: ast.expr | None) -> str:
    """Return a text as it stands in a notebook, with an ellipsis for what is put in when it runs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)  # type: ignore[misc]
    return ""
