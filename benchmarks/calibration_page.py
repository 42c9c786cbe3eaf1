"""How benchmarks/calibration.py writes its tables into docs/validity.md."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import pandas as pd

ALPHA = 0.05
PAGE = Path(__file__).resolve().parent.parent / "docs" / "validity.md"
START, END = "<!-- tables: written by benchmarks/calibration.py -->", "<!-- end of tables -->"
DISCOVERY = "Benjamini-Hochberg at q = .10 on Kenward-Roger (nominal .10)"


def written(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1) if value < 1 else "1"


def bounds(nominal: float, datasets: int) -> tuple[float, float]:
    reach = 1.96 * np.sqrt(nominal * (1 - nominal) / datasets)
    return nominal - reach, nominal + reach


def markdown(table: pd.DataFrame, head: str, nominal: Callable[[str, str], float | None], datasets: int) -> str:
    """Write a table; a share outside the Monte Carlo bounds of its nominal value is marked + or -."""
    lines = [f"| {head} | " + " | ".join(table.columns) + " |", "|---" * (len(table.columns) + 1) + "|"]
    for name, row in table.iterrows():
        cells = []
        for column, value in row.items():
            promised = nominal(str(name), str(column))
            low, high = (-np.inf, np.inf) if promised is None else bounds(promised, datasets)
            cells.append(written(value) + (" +" if value > high else " -" if value < low else ""))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def family_level(method: str, _column: str) -> float | None:
    return 0.10 if method == DISCOVERY else ALPHA


def told(datasets: int, seed: int) -> str:
    low, high = bounds(ALPHA, datasets)
    return f"{datasets:,} data sets a cell, seed {seed}; Monte Carlo bounds of .05: {written(low)} to {written(high)}."


def page(
    made: tuple[pd.DataFrame, ...],
    single: tuple[pd.DataFrame, ...],
    nulls: Collection[str],
    many: int,
    few: int,
    seed: int,
) -> str:
    """Write all tables; `nulls` are the columns without an effect, whose cells have a nominal rate."""

    def level_of(_method: str, column: str) -> float | None:
        return ALPHA if column in nulls else None

    rejected, covered, wise = made
    alone, missing, fitted = single
    worst = missing.max(axis=1)
    gone = ", ".join(f"{written(share)} ({name})" for name, share in worst[worst > 0].items())
    return "\n\n".join(
        [
            START,
            f"{told(many, seed)} A rate under no association above its bounds is marked +, one below them -.",
            "## Share of data sets in which the test rejects at .05",
            markdown(rejected, "method", level_of, many),
            f"Methods that take one data set at a time, called as on the pages. {told(few, seed)} Where a method has "
            f"no estimate the data set is left out, which concerns at most this share of a cell: {gone or 'none'}.",
            markdown(alone, "method", level_of, few),
            "## Coverage of 95 % intervals",
            "Marked + where intervals hold the truth more often than the bounds of .95 allow, - where less often.",
            markdown(covered, "method", lambda *_: 1 - ALPHA, many),
            "## Eleven factors without any effect: at least one rejected",
            markdown(wise, "correction", family_level, many),
            f"All eleven at once. {told(few, seed)}",
            markdown(fitted.rename(columns={"at least one": "rejects"}), "method", family_level, few),
            END,
        ]
    )
