"""A notebook's parameters: the typed literals of its cell tagged `parameters`, held to strictly.

Papermill runs a notebook with a parameter it has never heard of and only logs a warning; here an unknown, a
missing and a mistyped parameter are errors, before anything runs.
"""

from __future__ import annotations

import ast
import io
import json
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError, GroupedError, NotebookError

_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a notebook.

    Parameters
    ----------
    name : str
        Its name in the notebook.
    kind : str
        `str`, `int`, `float`, `bool`, `list` or `dict`; empty where the notebook allows any.
    default : object
        What it is in Lab.
    required : bool
        Whether it has no default.
    comment : str
        What the notebook says about it.
    """

    name: str
    kind: str
    default: Any
    required: bool
    comment: str


def read_parameters(notebook: Path) -> dict[str, Parameter]:
    """Return a notebook's parameters by name, in their order; none where no cell is tagged `parameters`.

    Raises
    ------
    NotebookError
        Where the cell holds anything but `name = literal` or `name: type = literal`.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for number, cell in enumerate(cells, start=1):
        if "parameters" in cell["metadata"].get("tags", ()):
            return _parse("".join(cell["source"]), f"{notebook.name}, cell {number}")
    return {}


def check_parameters(parameters: Mapping[str, Parameter], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return what was given once every name is known, every type fits and none is missing.

    Parameters
    ----------
    parameters : mapping of str to Parameter
        What the notebook declares.
    given : mapping of str to object
        What it is to be run with.
    where : str
        The notebook, for errors.

    Raises
    ------
    NotebookError or GroupedError
        All that is wrong, with the nearest name.
    """
    errors: list[AnalysisError] = []
    for name, value in given.items():
        if name not in parameters:
            errors.append(
                NotebookError(
                    f"the notebook has no parameter {name!r}",
                    where=where,
                    allowed=tuple(parameters),
                    value=name,
                    fix="mend the name, or add it to the notebook's cell tagged `parameters`",
                )
            )
        elif not _fits(value, parameters[name].kind):
            errors.append(_mistyped(parameters[name], value, where))
    for name, parameter in parameters.items():
        if parameter.required and name not in given:
            errors.append(NotebookError(f"the parameter {name!r} has no value", where=where, fix="give it one"))
    if errors:
        raise errors[0] if len(errors) == 1 else GroupedError(errors)
    return dict(given)


def parse_value(text: str, parameter: Parameter) -> Any:
    """Return a parameter's value from the command line: text where it is one, else a Python literal."""
    if parameter.kind == "str":
        return text
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _parse(source: str, where: str) -> dict[str, Parameter]:
    statements = _statements(source, where)
    comments = _comments(source)
    found = {}
    for node in statements:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, kind = node.target.id, ast.unparse(node.annotation).partition("[")[0]
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name, kind = node.targets[0].id, ""
        else:
            raise _not_literal(ast.unparse(node), where)
        default = None
        if node.value is not None:
            try:
                default = ast.literal_eval(node.value)
            except ValueError:
                raise _not_literal(ast.unparse(node), where) from None
        kind = kind if kind in _TYPES else type(default).__name__
        comment = comments.get(node.end_lineno or node.lineno, "")
        found[name] = Parameter(name, kind if kind in _TYPES else "", default, node.value is None, comment)
    return found


def _statements(source: str, where: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError as error:
        raise NotebookError(
            "the parameters can't be read", where=f"{where}, line {error.lineno}", fix=str(error.msg)
        ) from None


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}


def _not_literal(code: str, where: str) -> NotebookError:
    return NotebookError(
        f"a parameter is a name and a literal, not {code!r}",
        where=where,
        allowed=('kind = "all"  # what it is', "draws: int = 1000  # what it is"),
        fix="compute it in a cell below the parameters",
    )


def _fits(value: Any, kind: str) -> bool:
    if not kind:
        return True
    if isinstance(value, bool):  # a bool is an int to Python, but not to a reader
        return kind == "bool"
    return isinstance(value, _TYPES[kind])


def _mistyped(parameter: Parameter, value: Any, where: str) -> NotebookError:
    return NotebookError(
        f"the parameter {parameter.name!r} is {value!r}, which is no {parameter.kind}",
        where=where,
        allowed=(f"{parameter.kind}, as in {parameter.name} = {parameter.default!r}",),
        fix=parameter.comment,
    )
