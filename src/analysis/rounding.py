"""How numbers are written: decimals by rule, the same in tables, pages and documents."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from numbers import Integral, Real

import pandas as pd

MISSING = "n/a"
_P = re.compile(r"(^|_)p(_|$)")
_SHARE = re.compile(r"(^|_)(share|coverage_of_words|double_coded)(_|$)")

Write = Callable[[object], str]


def is_p(column: object) -> bool:
    """Whether a column of this name holds p-values."""
    return _P.search(str(column)) is not None


def write_p(value: float) -> str:
    """Return a p-value with three decimals and without the leading zero; below .001 as ``< .001``."""
    if value < 0.001:
        return "< .001"
    return "1" if value > 0.9995 else f"{value:.3f}".replace("0.", ".", 1)


def write_share(value: float) -> str:
    """Return a share of 0-1 as a whole percentage."""
    return f"{100 * value:.0f} %"


def decimals_for(values: pd.Series) -> int:
    """Return the decimals that give the largest value of a column three figures, between 0 and 3."""
    finite = pd.to_numeric(values, errors="coerce").replace([math.inf, -math.inf], math.nan).abs().dropna()
    if finite.empty or (finite == finite.round()).all():
        return 0
    whole = len(str(int(finite.max())))
    return min(max(3 - whole, 0), 3) if finite.max() >= 1 else 2


def writers(frame: pd.DataFrame, decimals: Mapping[str, int] | None = None) -> dict[str, Write]:
    """Return for each column how its cells are written.

    p-values (a column named ``p``, ``p_...`` or ``..._p``) as `write_p`, shares as `write_share`, whole numbers with
    separators of thousands, other numbers with the decimals given or those of `decimals_for`, truths as yes and no,
    missing cells as ``n/a``.
    """
    given = decimals or {}
    return {str(column): _writer(str(column), frame[column], given.get(str(column))) for column in frame.columns}


def _writer(name: str, values: pd.Series, decimals: int | None) -> Write:
    if decimals is None and pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        if is_p(name):
            return _or_missing(write_p)
        if _SHARE.search(name):
            return _or_missing(write_share)
    places = decimals_for(values) if decimals is None else decimals
    plain = "year" in name
    return _or_missing(lambda value: _number(value, places, plain))


def _number(value: object, places: int, plain: bool) -> str:
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return str(value) if plain else f"{int(value):,}"
    if isinstance(value, Real):
        number = float(value)
        text = f"{number:.{places}f}" if plain else f"{number:,.{places}f}"
        return text.replace("-", "−") if float(f"{number:.{places}f}") else text.lstrip("-")
    return str(value)


def _or_missing(write: Callable[..., str]) -> Write:
    def written(value: object) -> str:
        return MISSING if value is None or (isinstance(value, float) and math.isnan(value)) else write(value)

    return written


def as_text(frame: pd.DataFrame, decimals: Mapping[str, int] | None = None) -> pd.DataFrame:
    """Return a frame of the texts that readers see."""
    how = writers(frame, decimals)
    return pd.DataFrame({column: [how[str(column)](v) for v in frame[column].tolist()] for column in frame.columns})
