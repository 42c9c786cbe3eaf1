"""One area beside the others: description only, since an area is one case among a few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class AreaProfile:
    """Where one area lies among the others.

    Attributes
    ----------
    area : str
    table : DataFrame
        One row a measure (factor or outcome): `measure`, `kind` (factor, outcome), `area_mean` (mean of the area's
        partnerships), `n_partnerships`, `others_low`, `others_median`, `others_high` (lowest, middle and highest mean
        of the other areas), `position` (below, within or above the others).
    partnerships : DataFrame
        One row a partnership of the area and measure: `partnership`, `measure`, `kind`, `value`.
    withheld : int
        Means of partnerships that rest on too few informants, and are missing in both tables.
    n_areas : int
        Other areas.
    """

    area: str
    table: pd.DataFrame
    partnerships: pd.DataFrame
    withheld: int
    n_areas: int

    def of(self, kind: str) -> pd.DataFrame:
        """Return the rows of the table of one kind."""
        return self.table[self.table["kind"] == kind].drop(columns="kind").reset_index(drop=True)

    @property
    def summary(self) -> str:
        """How many factors and outcomes lie beyond all other areas."""
        said = []
        for kind, part in self.table.groupby("kind", sort=False):
            outside = [f"{int((part['position'] == position).sum())} {position}" for position in ("above", "below")]
            known = int(part["position"].notna().sum())
            said.append(f"of {known} {kind}s {' and '.join(outside)} those of all {self.n_areas} other areas")
        text = "; ".join(said)
        return f"{self.area}: {text}. With so few areas some lie outside by chance alone."


def area_profile(
    units: pd.DataFrame,
    informants: pd.DataFrame,
    *,
    area: str,
    factors: Sequence[str],
    outcomes: Sequence[str],
    min_cell: int = 1,
) -> AreaProfile:
    """Describe one area by the means of its partnerships, beside the means of the other areas.

    Parameters
    ----------
    units : DataFrame
        One row a partnership: `partnership`, `area`, and the factors and outcomes as columns.
    informants : DataFrame
        One row an informant: `partnership` and the same columns, missing where the informant said nothing.
    area : str
        The area, as in the column `area`.
    factors, outcomes : sequence of str
    min_cell : int
        Fewest informants that a partnership's value may rest on to be counted and shown.

    Raises
    ------
    MethodError
        There is no such area, or only one.
    """
    areas = list(dict.fromkeys(units["area"]))
    if area not in areas or len(areas) < 2:
        raise MethodError(f"{area!r} can't be held beside other areas", allowed=areas, value=area)
    kinds = {**dict.fromkeys(factors, "factor"), **dict.fromkeys(outcomes, "outcome")}
    names = list(kinds)
    people = informants.groupby("partnership")[names].count().reindex(units["partnership"]).to_numpy()
    few = units[names].notna() & (people < min_cell)
    shown = units[["partnership", "area"]].join(units[names].mask(few))
    own = shown[shown["area"] == area]
    rest = shown[shown["area"] != area].groupby("area")[names].mean()
    table = pd.DataFrame(
        {
            "measure": names,
            "kind": list(kinds.values()),
            "area_mean": own[names].mean().to_numpy(),
            "n_partnerships": own[names].count().to_numpy(),
            "others_low": rest.min().to_numpy(),
            "others_median": rest.median().to_numpy(),
            "others_high": rest.max().to_numpy(),
        }
    )
    long = own.melt("partnership", names, var_name="measure", value_name="value")
    return AreaProfile(
        area=area,
        table=table.assign(position=_position(table)),
        partnerships=long.assign(kind=long["measure"].map(kinds)),
        withheld=int(few[units["area"] == area].to_numpy().sum()),
        n_areas=len(areas) - 1,
    )


def _position(table: pd.DataFrame) -> pd.Series:
    position = pd.Series("within", index=table.index, dtype="str")
    position = position.mask(table["area_mean"] > table["others_high"], "above")
    position = position.mask(table["area_mean"] < table["others_low"], "below")
    return position.where(table[["area_mean", "others_median"]].notna().all(axis=1))


def area_sectors(interviews: pd.DataFrame, area: str, withheld: pd.DataFrame) -> pd.DataFrame:
    """Return how many informants of each sector were asked about an area, and about all.

    Parameters
    ----------
    interviews : DataFrame
        Columns `area`, `sector`.
    area : str
        Key of the area.
    withheld : DataFrame
        `area` (missing: all areas together), `sector` of counts that are withheld; other rows are passed over.

    Returns
    -------
    DataFrame
        `sector`, `here`, `everywhere`; withheld counts are missing.
    """
    sector = interviews["sector"].fillna("not stated")
    table = pd.DataFrame(
        {"here": sector[interviews["area"] == area].value_counts(), "everywhere": sector.value_counts()}
    )
    table = table.fillna(0).sort_values("everywhere", ascending=False, kind="stable").astype("float64")
    hidden = withheld.dropna(subset=["sector"])
    for column, rows in (("here", hidden["area"] == area), ("everywhere", hidden["area"].isna())):
        table[column] = table[column].mask(table.index.isin(hidden.loc[rows, "sector"]))
    return table.rename_axis("sector").reset_index()


def raised_beside(raised: pd.DataFrame, interviews: pd.DataFrame, area: str, withheld: pd.DataFrame) -> pd.DataFrame:
    """Return how many of an area's informants spoke of each code, beside the share of the others'.

    Parameters
    ----------
    raised : DataFrame
        One row an interview and code: `interview`, `area`, `framework`, `factor`.
    interviews : DataFrame
        One row an interview: `interview`, `area`.
    area : str
        Key of the area.
    withheld : DataFrame
        `area`, `framework`, `factor` of counts that are withheld; other rows are passed over. Where this area's count
        or that of all areas is withheld, so is the share of the others, from which it would follow.

    Returns
    -------
    DataFrame
        `framework`, `factor`, `n_informants`, `share`, `share_elsewhere`; withheld numbers are missing. Most often
        spoken of first, withheld ones last.
    """
    here = interviews["area"] == area
    counts = raised.assign(here=raised["area"] == area).groupby(["framework", "factor"])["here"].agg(["sum", "size"])
    table = pd.DataFrame(
        {
            "n_informants": counts["sum"].astype("float64"),
            "share": counts["sum"] / max(int(here.sum()), 1),
            "share_elsewhere": (counts["size"] - counts["sum"]) / max(int((~here).sum()), 1),
        }
    )
    codes = withheld.dropna(subset=["factor"])
    own = codes[codes["area"].isna() | (codes["area"] == area)]
    table.loc[table.index.isin(list(zip(own["framework"], own["factor"], strict=True)))] = np.nan
    order = ["share", "framework", "factor"]
    return table.reset_index().sort_values(order, ascending=[False, True, True], ignore_index=True)
