"""Agreement in parts: per factor, per coder pair, per area, and over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.agreement.coefficients import Level, coefficient_of, kind_name, prepared
from analysis.agreement.ratings import UNIT_KEY, Ratings, as_ratings
from analysis.errors import MethodError

PAIR = "pair"
PAIR_COLUMNS = ("coder_a", "coder_b")
READINGS = ("include", "exclude")
Group = tuple[tuple[object, ...], Ratings]


@dataclass(frozen=True, slots=True)
class AgreementBy:
    """Agreement in each of several groups.

    Attributes
    ----------
    table : DataFrame
        One row per group (and per reading of uncoded text where both were asked for): the grouping columns,
        then coefficient, kind, value, se, lower, upper, observed, expected, n_units, n_coders, n_ratings.
    by : tuple of str
        The grouping columns.
    """

    table: pd.DataFrame
    by: tuple[str, ...]

    @property
    def summary(self) -> str:
        """Return one sentence: how many groups, and the range of the coefficient."""
        known = self.table.dropna(subset=["value"])
        if known.empty:
            return f"No group by {', '.join(self.by)} has a defined coefficient."
        low, high = known.loc[known["value"].idxmin()], known.loc[known["value"].idxmax()]
        return (
            f"{known['coefficient'].iloc[0]} over {len(self.table)} groups by {', '.join(self.by)} runs from "
            f"{low['value']:.3f} ({self._name(low)}) to {high['value']:.3f} ({self._name(high)})"
            + (f"; it is undefined in {len(self.table) - len(known)}." if len(known) < len(self.table) else ".")
        )

    def _name(self, row: pd.Series) -> str:
        named = ", ".join(str(row[name]) for name in self.by)
        return f"{named}, uncoded text {row['uncoded']}d" if "uncoded" in row else named


def agreement_by(
    frame: pd.DataFrame,
    by: str | Sequence[str] = "factor",
    *,
    coefficient: str = "krippendorff_alpha",
    level: Level = "nominal",
    weights: str | ArrayLike = "identity",
    categories: Sequence[object] | None = None,
    uncoded: str = "include",
    confidence: float = 0.95,
) -> AgreementBy:
    """Return a coefficient for every group of a tidy frame.

    Parameters
    ----------
    frame : DataFrame
        Columns unit, coder, value; factor and interview belong to a unit's key where present; further columns
        (area, month, ...) describe units and must not vary within one. A column `count` says how many
        identical units a row stands for.
    by : str or sequence of str
        Columns to group by; "pair" stands for every pair of coders (columns coder_a, coder_b).
    coefficient : str
        Name of a public coefficient; "krippendorff_alpha" uses `level`, all others `weights`.
    categories : sequence, optional
        The scale; by default every value in the frame, so that all groups share one scale.
    uncoded : {"include", "exclude", "both"}
        Whether units to which every coder gave zero count; "both" gives a column `uncoded`.

    Raises
    ------
    MethodError
        Where a column is missing or varies within a unit, or the coefficient does not fit.
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    ratings = as_ratings(frame, categories=categories)
    check_groups(frame, ratings, names)
    kind = level if coefficient == "krippendorff_alpha" else weights
    columns = group_columns(names)
    rows = []
    for reading, part in readings(ratings, uncoded):
        for key, group in grouped(part, names):
            found = coefficient_of(group, coefficient, kind, confidence).table
            rows.append(found.assign(**dict(zip(columns, key, strict=True)), uncoded=reading))
    table = _in_order(pd.concat(rows, ignore_index=True), columns, uncoded) if rows else _empty(columns)
    return AgreementBy(table, columns)


def readings(ratings: Ratings, uncoded: str) -> Iterator[tuple[str, Ratings]]:
    """Yield the data under each reading of uncoded units that was asked for."""
    if uncoded not in (*READINGS, "both"):
        raise MethodError(
            f"there is no reading {uncoded!r} of uncoded text",
            allowed=(*READINGS, "both"),
            value=uncoded,
            fix="name one of these",
        )
    for reading in READINGS:
        if uncoded in (reading, "both"):
            yield reading, ratings if reading == "include" else without_uncoded(ratings)


def without_uncoded(ratings: Ratings) -> Ratings:
    """Return the units to which at least one coder gave something other than zero (or False, or nothing)."""
    blank = np.array([value == 0 or value == "" for value in ratings.categories], dtype=bool)
    coded = (ratings.codes >= 0) & ~blank[np.maximum(ratings.codes, 0)]
    return ratings.take(units=coded.any(axis=0))


def grouped(ratings: Ratings, by: Sequence[str]) -> Iterator[Group]:
    """Yield each group's key and data; "pair" yields every pair of coders within each group."""
    columns = [name for name in by if name != PAIR]
    for key, chosen in _unit_groups(ratings, columns):
        part = ratings.take(units=chosen)
        if PAIR not in by:
            yield key, part
            continue
        for a, b in combinations(range(len(part.coders)), 2):
            pair = part.take(coders=(a, b), units=np.asarray((part.codes[[a, b]] >= 0).all(axis=0)))
            if len(pair.coders) == 2:
                yield (*key, part.coders[a], part.coders[b]), pair


def _unit_groups(ratings: Ratings, columns: list[str]) -> Iterator[tuple[tuple[object, ...], np.ndarray]]:
    if not columns:
        yield (), np.ones(len(ratings.units), dtype=bool)
        return
    number = ratings.units.groupby(columns, sort=True, observed=True, dropna=False).ngroup().to_numpy()
    for index in range(number.max(initial=-1) + 1):
        chosen = number == index
        first = ratings.units.iloc[int(np.argmax(chosen))]
        yield tuple(first[name] for name in columns), chosen


def group_columns(by: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that name a group: "pair" becomes coder_a and coder_b, at the end."""
    return (*(name for name in by if name != PAIR), *(PAIR_COLUMNS if PAIR in by else ()))


def check_groups(frame: pd.DataFrame, ratings: Ratings, by: Sequence[str]) -> None:
    """Refuse columns that are not there or that vary within a unit."""
    for name in by:
        if name == PAIR:
            continue
        if name not in ratings.units.columns:
            raise MethodError(
                f"there is no column {name!r} to group by",
                allowed=(PAIR, *ratings.units.columns),
                value=name,
                fix="name a column of the frame that describes units",
            )
        key = [column for column in UNIT_KEY if column in frame.columns]
        if name not in key and len(frame[[*key, name]].drop_duplicates()) > len(ratings.units):
            raise MethodError(
                f"the column {name!r} varies within a unit",
                fix="group by a column that describes units, not coders or ratings",
            )


def named_kind(coefficient: str, level: Level, weights: str | ArrayLike) -> tuple[Level | ArrayLike, str]:
    """Return the level or the weights, whichever the coefficient uses, and what it is called."""
    kind = level if coefficient == "krippendorff_alpha" else weights
    return kind, kind_name(kind)


def usable(ratings: Ratings, coefficient: str) -> Ratings:
    """Return the data as the coefficient takes them."""
    return prepared(coefficient, ratings)


def _in_order(table: pd.DataFrame, columns: Sequence[str], uncoded: str) -> pd.DataFrame:
    first = [*columns, "uncoded"] if uncoded == "both" else [*columns]
    rest = [name for name in table.columns if name not in {*columns, "uncoded"}]
    return table[[*first, *rest]]


def _empty(columns: Sequence[str]) -> pd.DataFrame:
    names = (
        "coefficient",
        "kind",
        "value",
        "se",
        "lower",
        "upper",
        "observed",
        "expected",
        "n_units",
        "n_coders",
    )
    return pd.DataFrame(columns=[*columns, *names, "n_ratings"])
