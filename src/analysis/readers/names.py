"""Small things that every reader does with names and texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"\w+(?:['’\-]\w+)*")


def unique_names(names: Iterable[str]) -> list[str]:
    """Return names made different by a number in brackets where a tool uses one twice.

    Parameters
    ----------
    names : iterable of str
        Names in document order; an empty one becomes `(no name)`.
    """
    taken: set[str] = set()
    result = []
    for name in names:
        wanted = name or "(no name)"
        unique, number = wanted, 1
        while unique in taken:
            number += 1
            unique = f"{wanted} ({number})"
        taken.add(unique)
        result.append(unique)
    return result


def word_count(text: str) -> int:
    """Return the number of words: runs of letters and digits, with hyphens and apostrophes inside."""
    return len(_WORD.findall(text))
