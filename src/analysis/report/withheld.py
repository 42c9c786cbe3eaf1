"""Counts of people that every page withholds: those that are small, and those from which a small one would follow."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.disclosure import CountTable, Protected, protect_informants, protect_people

#: Results that stay in the study's own folder: the log tells which withheld counts are small.
PRIVATE_RESULTS = ("disclosure_log",)
#: What a row of the result speaks of.
SECTORS, CODES = "sectors", "codes"
COLUMNS = ("counted", "area", "sector", "framework", "factor")


def withheld_counts(
    interviews: pd.DataFrame, raised: pd.DataFrame, min_cell: int, broader: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return the counts of informants by area that are withheld on all pages alike.

    They are found once for all areas, since what one area's page shows could tell what another's withholds.

    Parameters
    ----------
    interviews : DataFrame
        Table `interviews`.
    raised : DataFrame
        One row an interview and code: `interview`, `area`, `framework`, `factor`.
    min_cell : int
        Counts from 1 to below it are small.
    broader : mapping of str to str, optional
        Narrow roles to the broader ones in which they are shown.

    Returns
    -------
    DataFrame
        `counted` (sectors or codes), `area` (missing: all areas together), and `sector` or `framework` and `factor`.
    """
    people = protect_informants(interviews, min_cell=min_cell, broader=broader)
    rows: list[tuple[str | None, ...]] = []
    rows += [(SECTORS, area, sector, None, None) for area, sector in _hidden(people, "area x sector")]
    rows += [(SECTORS, None, sector, None, None) for (sector,) in _hidden(people, "sector")]
    if len(raised):
        code = raised["framework"] + "/" + raised["factor"]
        by_code = [CountTable(("area", "code")), CountTable(("code",))]
        spoke = protect_people(raised.assign(code=code), by_code, min_cell=min_cell)
        rows += [(CODES, area, None, *code.split("/")) for area, code in _hidden(spoke, "area x code")]
        rows += [(CODES, None, None, *code.split("/")) for (code,) in _hidden(spoke, "code")]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype("str")


def _hidden(protected: Protected, table: str) -> list[tuple[str, ...]]:
    return sorted(protected.hidden[table])
