"""The map of a study: its areas, where they lie, their partnerships and interviews; no number that tells of few."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

# Above so many areas a sentence that names them all is no help to a reader.
_NAMED = 12


@dataclass(frozen=True, slots=True)
class StudyMap:
    """Areas with their partnerships and interviews.

    Attributes
    ----------
    table : DataFrame
        One row a partnership, by area: area and partnership (by name), interviews (missing where withheld),
        interviews_of_area (missing where withheld), latitude and longitude of the area (missing where it has none).
    min_cell : int
        Counts from 1 to below it are small.
    """

    table: pd.DataFrame
    min_cell: int

    @property
    def located(self) -> bool:
        """Whether every area has a place on the globe."""
        return bool(self.table[["latitude", "longitude"]].notna().all(axis=None))

    @property
    def areas(self) -> pd.DataFrame:
        """One row an area: area, partnerships, interviews (missing where withheld), latitude, longitude."""
        named = self.table.groupby("area", sort=False)
        found = named.agg(
            partnerships=("partnership", "size"),
            interviews=("interviews_of_area", "first"),
            latitude=("latitude", "first"),
            longitude=("longitude", "first"),
        )
        return found.reset_index()

    @property
    def summary(self) -> str:
        """One sentence: how many there are of each, in every area where there are few areas."""
        areas = self.areas
        told = f"{len(areas)} clusters with {len(self.table)} units"
        if len(areas) > _NAMED:
            return f"{told}."
        return f"{told}: {'; '.join(map(_told, areas.itertuples()))}."


def _told(area: Any) -> str:
    informants = "number of informants withheld" if pd.isna(area.interviews) else f"{area.interviews} informants"
    return f"{area.area}: {area.partnerships} unit{'' if area.partnerships == 1 else 's'}, {informants}"


def study_map(
    areas: pd.DataFrame,
    partnerships: pd.DataFrame,
    interviews: pd.DataFrame,
    *,
    min_cell: int = 1,
    withheld: Collection[str] = (),
) -> StudyMap:
    """Count the interviews of every partnership, and leave out what would tell of few people.

    Where one partnership of an area rests on 1 to `min_cell` - 1 interviews, no count by partnership is told for that
    area: its total stands elsewhere, so hiding one of them would not do. Nor is any told for an area whose own number
    is withheld.

    Parameters
    ----------
    areas : DataFrame
        Columns area (key), name, and where they are known latitude and longitude in degrees.
    partnerships : DataFrame
        Columns partnership (key), area, label.
    interviews : DataFrame
        Columns partnership, area.
    min_cell : int
        The threshold; 1 withholds nothing.
    withheld : collection of str
        Keys or names of the areas whose number of interviews no page tells.
    """
    table = partnerships[["partnership", "area", "label"]].merge(_placed(areas), on="area")
    counts = interviews["partnership"].value_counts()
    table["interviews"] = table["partnership"].map(counts).fillna(0).astype("Int64")
    table["interviews_of_area"] = table.groupby("area")["interviews"].transform("sum")
    hidden = table["area"].isin(withheld) | table["name"].isin(withheld)
    small = table["interviews"].between(1, min_cell - 1).groupby(table["area"]).transform("any")
    table.loc[hidden | small, "interviews"] = pd.NA
    table.loc[hidden, "interviews_of_area"] = pd.NA
    ordered = table.sort_values(["name", "partnership"], kind="stable").reset_index(drop=True)
    shown = ordered.drop(columns=["area", "partnership"]).rename(columns={"name": "area", "label": "partnership"})
    kept = ["area", "partnership", "interviews", "interviews_of_area", "latitude", "longitude"]
    return StudyMap(shown[kept], min_cell)


def _placed(areas: pd.DataFrame) -> pd.DataFrame:
    known = {name: areas[name].astype("float64") if name in areas else float("nan") for name in _DEGREES}
    return areas[["area", "name"]].assign(**known)


_DEGREES = ("latitude", "longitude")
