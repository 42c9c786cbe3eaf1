"""Code trees as paths, from whatever a tool stores: nesting, parent ids, or names with separators."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

import pandas as pd

from analysis.errors import DataError
from analysis.readers.limits import MAX_CODES, MAX_DEPTH
from analysis.readers.model import CODES, table

Node = TypeVar("Node", bound=Hashable)

SEPARATOR = " > "
"""Between the levels of a code path."""


def tree_paths(names: Mapping[Node, str], parents: Mapping[Node, Node | None], file: str) -> dict[Node, str]:
    """Return each node's path from the root.

    Parameters
    ----------
    names, parents : mapping
        Name and parent of each node; a parent that is None or unknown makes a root.
    file : str
        For the message.

    Raises
    ------
    DataError
        A code is its own ancestor, or the tree is larger or deeper than allowed.
    """
    if len(names) > MAX_CODES:
        raise DataError(f"there are more than {MAX_CODES:,} codes", where=file)
    paths: dict[Node, str] = {}
    for node in names:
        chain: list[Node] = []
        here: Node | None = node
        while here is not None and here in names and here not in paths:
            chain.append(here)
            if len(chain) > MAX_DEPTH:
                raise DataError(
                    f"a code is its own ancestor, or lies more than {MAX_DEPTH} levels deep",
                    where=file,
                    fix="mend the code tree in the coding tool and export again",
                )
            here = parents.get(here)
        above = paths.get(here, "") if here is not None else ""
        for item in reversed(chain):
            above = f"{above}{SEPARATOR}{names[item]}" if above else names[item]
            paths[item] = above
    return paths


def split_levels(code: str, separators: Iterable[str]) -> str:
    """Return a code name that a tool flattened, such as `Parent::Child`, as a path."""
    for separator in separators:
        if separator in code:
            levels = [level.strip() for level in code.split(separator)]
            return SEPARATOR.join(level for level in levels if level)
    return code.strip()


def parent_of(path: str) -> str | None:
    """Return the path of a code's parent, or None for a root."""
    above, found, _ = path.rpartition(SEPARATOR)
    return above if found else None


def codes_of_paths(
    paths: Iterable[str], file: str, details: Mapping[str, Mapping[str, object]] | None = None
) -> pd.DataFrame:
    """Return the codes table of a list of paths, ancestors that no row names included.

    Parameters
    ----------
    paths : iterable of str
        Code paths, repeats allowed.
    file : str
        The file's name.
    details : mapping of str to mapping, optional
        `guid`, `description`, `codable` by path.
    """
    known: dict[str, None] = {}
    for path in paths:
        levels = path.split(SEPARATOR)
        for depth in range(1, len(levels) + 1):
            known.setdefault(SEPARATOR.join(levels[:depth]))
        if len(known) > MAX_CODES:
            raise DataError(f"there are more than {MAX_CODES:,} codes", where=file, fix="check the column of codes")
    details = details or {}
    rows = [{"path": path, "parent": parent_of(path), "file": file, **details.get(path, {})} for path in known]
    return table(CODES, rows)
