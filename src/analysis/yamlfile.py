"""YAML files read against a pydantic model, with every problem told by its line."""

from __future__ import annotations

import re
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from analysis.errors import AnalysisError, GroupedError

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[str | int, ...]

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOLEAN = "tag:yaml.org,2002:bool"


class _Loader(_Base):
    """YAML 1.2's notion of true and false, so that `on`, `no` (Norway) and `yes` stay the words they are."""


_Loader.yaml_implicit_resolvers = {
    first: [entry for entry in entries if entry[0] != _BOOLEAN]
    for first, entries in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOLEAN, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def read_yaml(path: Path, error: type[AnalysisError]) -> tuple[Any, dict[Location, int]]:
    """Return what a YAML file says, and the line (from 1) at which each of its entries stands.

    Parameters
    ----------
    path : Path
        The file.
    error : type of AnalysisError
        Kind of error to raise where the file is absent, not UTF-8, not YAML, or has a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise error(f"there is no file {path.name}", where=str(path), fix="check the path") from None
    except UnicodeDecodeError:
        raise error(f"{path.name} is not UTF-8 text", where=str(path), fix="save it as UTF-8") from None
    try:
        node = yaml.compose(text, Loader=_Loader)
        data = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        place = f"{path}, line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)
        raise error(
            f"{path.name} is not valid YAML: {problem.problem}",
            where=place,
            fix="mind the indentation, and quote text that holds a colon",
        ) from None
    lines: dict[Location, int] = {}
    doubled: list[AnalysisError] = []
    if node is not None:
        _walk(node, (), lines, doubled, path, error)
    raise_all(doubled)
    return data, lines


def raise_all(errors: list[AnalysisError]) -> None:
    """Raise the errors of a list, one by itself or several as a group; do nothing for none."""
    if errors:
        raise errors[0] if len(errors) == 1 else GroupedError(errors)


def _walk(
    node: yaml.Node,
    at: Location,
    lines: dict[Location, int],
    doubled: list[AnalysisError],
    path: Path,
    error: type[AnalysisError],
) -> None:
    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                doubled.append(
                    error(
                        f"the key {key.value!r} stands twice",
                        where=f"{path}, line {line}",
                        fix="keep one of the two",
                    )
                )
            seen.add(key.value)
            lines[(*at, key.value)] = line
            _walk(value, (*at, key.value), lines, doubled, path, error)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*at, index), lines, doubled, path, error)


def line_of(lines: dict[Location, int], location: Location) -> int:
    """Return the line of an entry, or of the nearest entry around it."""
    at = tuple(location)
    while at not in lines and at:
        at = at[:-1]
    return lines.get(at, 1)


def load_model(path: Path, model: type[Model], error: type[AnalysisError]) -> tuple[Model, dict[Location, int]]:
    """Return a YAML file as an instance of `model`, and its lines.

    Raises
    ------
    AnalysisError or GroupedError
        Of the kind `error`: every problem at once, each with line, value, allowed values and nearest match.
    """
    data, lines = read_yaml(path, error)
    try:
        return model.model_validate({} if data is None else data), lines
    except ValidationError as failure:
        problems = failure.errors(include_url=False)
    raise_all([_problem(path, model, lines, problem, error) for problem in problems])
    raise AssertionError("unreachable")


def _problem(
    path: Path,
    model: type[BaseModel],
    lines: dict[Location, int],
    problem: Any,
    error: type[AnalysisError],
) -> AnalysisError:
    location: Location = tuple(step for step in problem["loc"])
    name = ".".join(str(step) for step in location) or path.name
    where = f"{path}, line {line_of(lines, _in_file(lines, location))}"
    kind = problem["type"]
    if kind == "extra_forbidden":
        known = _fields_at(model, location[:-1])
        return error(
            f"{name} is not an entry that is known here",
            where=where,
            allowed=known,
            value=location[-1],
            fix="mend the spelling or take the entry out",
        )
    if kind == "missing":
        return error(f"{name} is missing", where=where, fix=f"add `{location[-1]}:`")
    allowed = _expected(problem)
    return error(
        f"{name} = {_short(problem.get('input'))}: {_plain(problem['msg'])}",
        where=where,
        allowed=allowed,
        value=problem.get("input") if allowed else None,
    )


def _in_file(lines: dict[Location, int], location: Location) -> Location:
    """Leave out the steps that pydantic puts in for the branches of a union."""
    at: Location = ()
    for step in location:
        if (*at, step) in lines:
            at = (*at, step)
    return at


def _fields_at(model: Any, location: Location) -> tuple[str, ...]:
    for step in location:
        model = _inner(model, step)
        if model is None:
            return ()
    if isinstance(model, type) and issubclass(model, BaseModel):
        return tuple(field.alias or name for name, field in model.model_fields.items())
    return ()


def _inner(kind: Any, step: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if step in (name, field.alias):
                return _unwrapped(field.annotation)
        return None
    arguments = get_args(kind)
    return _unwrapped(arguments[-1] if get_origin(kind) is dict else arguments[0]) if arguments else None


def _unwrapped(kind: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        models = [k for k in get_args(kind) if k is not type(None)]
        return models[0] if models else None
    return kind


def _expected(problem: Any) -> tuple[str, ...]:
    expected = problem.get("ctx", {}).get("expected", "")
    return tuple(re.findall(r"'([^']*)'", expected)) if isinstance(expected, str) else ()


def _plain(message: str) -> str:
    text = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return text[:1].lower() + text[1:]


def _short(value: object, most: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= most else text[: most - 3] + "..."
