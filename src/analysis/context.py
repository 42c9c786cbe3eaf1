"""The context of partnerships: what stands in their way or helps, how long they have worked together, their size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

YEARS = "years working together"
_YES = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


def partnership_attributes(partnerships: pd.DataFrame, interviews: pd.DataFrame) -> pd.DataFrame:
    """Return what the study says of partnerships that can be counted: numbers, and yes or no as 1 and 0.

    The year in which a partnership began becomes the years of working together at the time of the last interview (or,
    where no month is known, when the youngest began).

    Parameters
    ----------
    partnerships, interviews : DataFrame
        The tables of these names.

    Returns
    -------
    DataFrame
        `partnership`, then one column an attribute that differs between partnerships, its name with blanks.
    """
    out = partnerships[["partnership"]].copy()
    for column in partnerships.columns.drop(["partnership", "area", "label"], errors="ignore"):
        values = _counted(partnerships[column])
        if column == "start_year":
            now = (
                pd.to_numeric(interviews["month"].str[:4]).max() if interviews["month"].notna().any() else values.max()
            )
            column, values = YEARS, now - values
        if len(values.dropna().unique()) > 1:
            out[column.replace("_", " ")] = values
    return out


def _counted(column: pd.Series) -> pd.Series:
    words = column.astype("str").str.strip().str.casefold()
    if words[column.notna()].isin(_YES).all():
        return words.map(_YES)
    return pd.to_numeric(column, errors="coerce").astype("float64")


def spoken_of(raised: pd.DataFrame, interviews: pd.DataFrame, labels: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """Return the share of each partnership's informants who spoke of each code.

    Parameters
    ----------
    raised : DataFrame
        One row an interview and code: `interview`, `framework`, `factor`.
    interviews : DataFrame
        One row an interview: `interview`, `partnership`.
    labels : mapping of (str, str) to str
        Framework and factor to the name of the column, in the order of the columns.

    Returns
    -------
    DataFrame
        `partnership`, then one column a code (0-1).
    """
    size = interviews.groupby("partnership")["interview"].nunique()
    pairs = zip(raised["framework"], raised["factor"], strict=True)
    named = raised.assign(code=[labels.get(pair) for pair in pairs]).dropna(subset=["code"])
    placed = named.drop_duplicates(["interview", "code"]).merge(
        interviews[["interview", "partnership"]], on="interview"
    )
    counts = placed.groupby(["partnership", "code"]).size().unstack(fill_value=0)
    counts = counts.reindex(index=size.index, columns=list(dict.fromkeys(labels.values())), fill_value=0)
    return counts.div(size, axis=0).rename_axis(columns=None).reset_index()


def codes_an_informant(raised: pd.DataFrame, interviews: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    """Return the mean number of different codes of each framework that a partnership's informants spoke of.

    Returns
    -------
    DataFrame
        `partnership`, then one column a framework of `titles`, by its title.
    """
    size = interviews.groupby("partnership")["interview"].nunique()
    placed = raised.drop_duplicates(["interview", "framework", "factor"]).merge(
        interviews[["interview", "partnership"]], on="interview"
    )
    counts = placed.groupby(["partnership", "framework"]).size().unstack(fill_value=0)
    counts = counts.reindex(index=size.index, columns=list(titles), fill_value=0).rename(columns=dict(titles))
    return counts.div(size, axis=0).rename_axis(columns=None).reset_index()


@dataclass(frozen=True, slots=True)
class RankCorrelations:
    """Rank correlations of one set of measures with another, and how large they get by chance.

    Attributes
    ----------
    table : DataFrame
        One row a pair: `row`, `column`, `rho` (Spearman), `n_units`.
    large : float
        Size from which a correlation is counted as large.
    found : int
        Correlations of that size.
    chance : tuple of float
        Mean, and 2.5 and 97.5 per cent, of their number when the rows' measures are rearranged within clusters.
    left_out : tuple of str
        Rows that vary too little to be correlated.
    draws, seed : int
    """

    table: pd.DataFrame
    large: float
    found: int
    chance: tuple[float, float, float]
    left_out: tuple[str, ...]
    draws: int
    seed: int

    @property
    def matrix(self) -> pd.DataFrame:
        """One row a measure, one column a measure of the other set."""
        wide = self.table.pivot(index="row", columns="column", values="rho")
        order = [list(dict.fromkeys(self.table[name])) for name in ("row", "column")]
        return wide.reindex(index=order[0], columns=order[1])

    @property
    def summary(self) -> str:
        """How many are large, and how many would be by chance."""
        if self.table.empty:
            return "No measure varies enough to be correlated."
        mean, low, high = self.chance
        return (
            f"{self.found} of {len(self.table)} rank correlations are {self.large:.2f} or more in size; with "
            f"partnerships rearranged at random within areas it would be {mean:.0f} on average ({low:.0f} to "
            f"{high:.0f} in 95 % of rearrangements)."
        )


def rank_correlations(
    frame: pd.DataFrame,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    cluster: str,
    large: float = 0.5,
    least: int = 4,
    draws: int = 500,
    seed: int = 2017,
) -> RankCorrelations:
    """Correlate every measure of one set with every one of another over units, and count the large ones.

    No pair is tested: what is asked is whether the whole picture holds more large correlations than chance gives, with
    all measures of a set moved together so that their own correlations stay.

    Parameters
    ----------
    frame : DataFrame
        One row a unit.
    rows, columns : sequence of str
        Measures.
    cluster : str
        Units are rearranged within its values only.
    large : float
        Size that counts as large.
    least : int
        Fewest units with another than the most frequent value that a row's measure needs.
    draws, seed : int
    """
    kept = [name for name in rows if _varies(frame[name], least)]
    first, second = _ranks(frame, kept), _ranks(frame, columns)
    rho, count = _correlations(first, second)
    found = int((np.abs(rho) >= large).sum())
    rng = np.random.default_rng(seed)
    numbers = np.empty(draws)
    for draw in range(draws):
        moved = first[_rearranged(frame[cluster].to_numpy(), rng)]
        numbers[draw] = (np.abs(_correlations(moved, second)[0]) >= large).sum()
    names = pd.MultiIndex.from_product([kept, list(columns)], names=["row", "column"]).to_frame(index=False)
    low, high = np.quantile(numbers, [0.025, 0.975])
    return RankCorrelations(
        table=names.assign(rho=rho.ravel(), n_units=count.ravel()),
        large=large,
        found=found,
        chance=(float(numbers.mean()), float(low), float(high)),
        left_out=tuple(name for name in rows if name not in kept),
        draws=draws,
        seed=seed,
    )


def _varies(values: pd.Series, least: int) -> bool:
    counts = values.value_counts()
    return bool(len(counts) > 1 and counts.sum() - counts.iloc[0] >= least)


def _ranks(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Ranks of each measure over the units that have it, missing where they don't: (n_units, n_names)."""
    if not len(names):
        return np.empty((len(frame), 0))
    return np.column_stack([stats.rankdata(frame[name], nan_policy="omit") for name in names])


def _correlations(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correlation of ranks over the units that have both, (n_first, n_second), and the number of those units."""
    has_x, has_y = np.isfinite(first).astype(float), np.isfinite(second).astype(float)
    x, y = np.nan_to_num(first), np.nan_to_num(second)
    n = has_x.T @ has_y
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_x, mean_y = x.T @ has_y / n, has_x.T @ y / n
        spread_x = (x**2).T @ has_y / n - mean_x**2
        spread_y = has_x.T @ (y**2) / n - mean_y**2
        rho = (x.T @ y / n - mean_x * mean_y) / np.sqrt(spread_x * spread_y)
    defined = (n > 2) & (spread_x > 1e-9) & (spread_y > 1e-9)
    return np.where(defined, rho, np.nan), n.astype("int64")


def _rearranged(cluster: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    order = np.arange(len(cluster))
    for value in dict.fromkeys(cluster):
        inside = np.flatnonzero(cluster == value)
        order[inside] = rng.permutation(inside)
    return order
