"""Find what spreadsheets did to numbers and ranges (`1-mei` for 1-5) and say so; nothing is guessed back."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.readers.model import Note, Sheet

# as spreadsheets abbreviate months in English, Dutch, German, French, Spanish, Italian, Portuguese and Polish
_MONTHS = frozenset(
    re.findall(
        r"\w+",
        """
        jan feb mar apr may jun jul aug sep sept oct nov dec mrt mei okt mär mrz mai dez janv févr fevr mars
        avr juin juil août aout déc ene abr ago dic gen mag giu lug set ott fev out sty lut kwi maj cze lip
        sie wrz paź lis gru
        """,
    )
)
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DATED = re.compile(rf"^(?:\d{{1,2}}[-. /]{_MONTH}|{_MONTH}[-. /]\d{{1,2}})$", re.IGNORECASE)
_FULL_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(?: 00:00:00)?$")
_BROKEN = re.compile(r"^(?:#+|#(?:REF|VALUE|DIV/0|NAME|NUM|N/A|NULL)[!?]?|\d(?:[.,]\d+)?E[+-]?\d{2,})$", re.IGNORECASE)
_COUNT = re.compile(r"^(?:[<>≤≥]?\s*\d+(?:[.,]\d+)?\s*[+%]?|\d+\s*[-–]\s*\d+)$")


def find_damage(sheet: Sheet, columns: Sequence[str] | None = None) -> tuple[Note, ...]:
    """Report cells that a spreadsheet turned from a number or range into a date, an error or a power of ten.

    Parameters
    ----------
    sheet : Sheet
        As read; it is not changed.
    columns : sequence of str, optional
        Columns known to hold counts or ratings. By default those that look so: they hold at least one plain
        number or range besides the damaged cells, so that true months and dates are left alone.

    Returns
    -------
    tuple of Note
        One `warning` a column, with the first row, the number of cells, and the different values found.
    """
    notes = []
    for column in sheet.frame.columns if columns is None else columns:
        damaged = damaged_cells(sheet.frame[column], known=columns is not None)
        if damaged.any():
            notes.append(_note(sheet, str(column), damaged))
    return tuple(notes)


def damaged_cells(cells: pd.Series, *, known: bool = True) -> np.ndarray:
    """Return which text cells look changed by a spreadsheet.

    Parameters
    ----------
    cells : Series of str
        Text cells of one column.
    known : bool
        Whether the column is known to hold counts or ratings; otherwise only a column that also holds a plain
        number or range is suspected.

    Returns
    -------
    ndarray of bool, shape (len(cells),)
    """
    codes, values = pd.factorize(cells)
    texts = [str(value).strip() for value in values]
    dated = np.array([bool(_DATED.match(text)) for text in texts] + [False])
    broken = np.array([bool(_BROKEN.match(text)) for text in texts] + [False])
    full = np.array([bool(_FULL_DATE.match(text)) for text in texts] + [False])
    if not known and not any(_COUNT.match(text) for text in texts):
        dated[:] = False
    # whole dates are damage only among numbers: in a column of their own they are dates
    mostly_counts = known or 2 * sum(bool(_COUNT.match(text)) for text in texts) > len(texts)
    return (dated | broken | (full & mostly_counts))[codes]


def _note(sheet: Sheet, column: str, damaged: np.ndarray) -> Note:
    rows = sheet.rows[damaged]
    found = ", ".join(repr(value) for value in pd.unique(sheet.frame[column][damaged])[:6])
    what = (
        f"column {column!r}: cells look changed by a spreadsheet ({found}); a range such as 1-5 becomes "
        "a date; they are not numbers and are not guessed back"
    )
    return Note("warning", what, sheet.file, int(rows[0]), int(damaged.sum()))
