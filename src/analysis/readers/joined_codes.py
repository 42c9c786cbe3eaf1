"""Part code names that were joined by commas although the names themselves contain commas."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

_JOINER = ", "
_LONGEST = 12  # pieces of one name that are tried
_NAME, _FAMILY, _STRANGE = 0.0, 1.0, 4.0


def part_codes(cells: pd.Series, count: np.ndarray, codebook: Iterable[str] = ()) -> tuple[list[list[str]], list[int]]:
    """Part cells of joined codes into names.

    Names are learnt from `codebook`, from cells with one name, and from cells whose pieces are as many as their
    count. Every other cell is cut so that it gives as many names as its count and the names are known, or at least
    begin with a known category (`Category: `), as far as can be.

    Parameters
    ----------
    cells : Series of str
        Names joined by line ends, or by a comma and a blank.
    count : ndarray of float64, shape (len(cells),)
        How many names each cell holds; NaN where the table does not say.
    codebook : iterable of str
        Known names.

    Returns
    -------
    parted : list of list of str
        Names, one list a cell.
    doubtful : list of int
        Cells that were cut by guess.
    """
    known = {name.strip() for name in codebook}
    texts = ["" if pd.isna(cell) else str(cell).strip() for cell in cells]
    parted: list[list[str]] = [[] for _ in texts]
    open_cells: list[int] = []
    for index, text in enumerate(texts):
        names = _plain(text, count[index])
        if names is None:
            open_cells.append(index)
        else:
            parted[index] = names
            known.update(names)
    families = _families(known)
    done: dict[tuple[str, float], tuple[list[str], bool]] = {}
    doubtful = []
    for index in open_cells:
        key = (texts[index], float(np.nan_to_num(count[index])))
        if key not in done:
            done[key] = _cut(texts[index].split(_JOINER), int(key[1]), known, families)
        parted[index], sure = done[key]
        if not sure:
            doubtful.append(index)
    return parted, doubtful


def _plain(text: str, count: float) -> list[str] | None:
    """Part a cell that leaves no choice; None where it does."""
    if "\n" in text:
        return [piece.strip() for piece in text.split("\n") if piece.strip()]
    if count == 1 and text:
        return [text]
    pieces = text.split(_JOINER) if text else []
    if len(pieces) == count or len(pieces) <= 1:
        return [piece.strip() for piece in pieces if piece.strip()]
    return None


def _families(known: Iterable[str]) -> set[str]:
    """Return the categories of known names: what stands before `: `, and names that are such themselves."""
    names = set(known)
    return {name.rpartition(": ")[0] for name in names if ": " in name} | names


def _cost(name: str, known: set[str], families: set[str], *, counted: bool) -> float:
    """Return how strange a name is.

    Commas in it weigh a little, so that the shorter of two readings wins. Where no count forces names together, a
    strange name with commas is as strange as its pieces.
    """
    if name in known:
        return _NAME
    commas = name.count(_JOINER)
    if name.rpartition(": ")[0] in families:
        return _FAMILY + 0.1 * commas
    return _STRANGE * (1 if counted else 1 + commas) + 0.1 * commas


def _cut(pieces: list[str], wanted: int, known: set[str], families: set[str]) -> tuple[list[str], bool]:
    """Return the least strange way to join pieces into `wanted` names (any number where 0), and if it is sure."""
    best: dict[tuple[int, int], tuple[float, tuple[str, ...]]] = {(0, 0): (0.0, ())}
    most = wanted or len(pieces)
    for stop in range(1, len(pieces) + 1):
        for start in range(max(0, stop - _LONGEST), stop):
            name = _JOINER.join(pieces[start:stop]).strip()
            cost = _cost(name, known, families, counted=bool(wanted)) + (0.0 if wanted else 0.01)
            for used in range(most):
                before = best.get((start, used))
                if before is None:
                    continue
                candidate = (before[0] + cost, (*before[1], name))
                here = best.get((stop, used + 1))
                if here is None or candidate[0] < here[0]:
                    best[stop, used + 1] = candidate
    ends = [best[len(pieces), used] for used in range(1, most + 1) if (len(pieces), used) in best]
    if wanted and (len(pieces), wanted) in best:
        ends = [best[len(pieces), wanted]]
    cost, names = min(ends, key=lambda end: end[0])
    sure = cost < _STRANGE and wanted in (0, len(names))
    return [name for name in names if name], sure
