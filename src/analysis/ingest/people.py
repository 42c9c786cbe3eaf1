"""Areas, partnerships and interviews: who was spoken with, about which partnership, where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.errors import DataError
from analysis.ingest.sheets import ROW, plain, slug
from analysis.study import Study
from analysis.tidy import conform


@dataclass(frozen=True, slots=True)
class Keys:
    """The spellings by which rows of a table may be named, and the key each stands for.

    Parameters
    ----------
    table : str
        Name of the table.
    known : dict of str to str
        Plain spelling to key.
    """

    table: str
    known: dict[str, str]

    def of(self, cells: pd.Series, where: str, rows: pd.Series | None = None) -> pd.Series:
        """Return the keys that cells stand for.

        Raises
        ------
        DataError
            With the first cell that stands for none, and the nearest that would.
        """
        keys = cells.map(lambda cell: self.known.get(plain(cell)), na_action="ignore")
        lost = cells.notna() & keys.isna()
        if lost.any():
            first = lost.idxmax()
            place = f", row {rows[first]}" if rows is not None else ""
            more = f" (and {int(lost.sum()) - 1} more)" if lost.sum() > 1 else ""
            raise DataError(
                f"{cells[first]!r} is not among the {self.table}",
                where=f"{where}{place}{more}",
                allowed=tuple(dict.fromkeys(self.known)),
                value=plain(cells[first]),
                fix=f"mend the spelling, or add it to the {self.table}",
            )
        return keys.astype("str")


def keys_of(table: str, frame: pd.DataFrame, key: str, names: Iterable[str] = ()) -> Keys:
    """Return the spellings of a table's rows: the key itself, and the columns `names`."""
    known: dict[str, str] = {}
    for column in (*names, key):
        if column in frame.columns:
            cells = frame[[*dict.fromkeys((column, key))]].dropna()
            known |= {plain(n): k for n, k in zip(cells[column], cells[key], strict=True)}
    return Keys(table, known)


def areas(study: Study, sheets: list[pd.DataFrame], partnerships: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the areas: as `study.yml` lists them, else from a sheet, else from the partnerships' sheet."""
    if study.areas:
        rows = [{"area": a.key, **a.model_dump(exclude={"key"})} for a in study.areas]
        return conform("areas", pd.DataFrame(rows))
    if sheets:
        frame = pd.concat(sheets).drop(columns=ROW)
        frame["area"] = frame["area"].map(slug)
        return conform("areas", frame.assign(name=frame.get("name", frame["area"])))
    named = pd.concat(partnerships)["area"].dropna().drop_duplicates() if partnerships else pd.Series()
    if named.empty:
        raise DataError(
            "nothing says which areas there are",
            where="study.yml",
            fix="list them under areas: in study.yml, or name a column `area` of the partnerships",
        )
    frame = pd.DataFrame({"area": named.map(slug), "name": named.str.strip()}).drop_duplicates("area")
    return conform("areas", frame.sort_values("area"))


def partnerships(sheets: list[pd.DataFrame], area_keys: Keys, interviews: pd.DataFrame) -> pd.DataFrame:
    """Return the partnerships: from a sheet, else as the interviews name them."""
    if sheets:
        frame = pd.concat(sheets, ignore_index=True)
    else:
        for column in ("partnership", "area"):
            if column not in interviews:
                raise DataError(
                    f"nothing says the {column} of an interview",
                    where="study.yml",
                    fix=f"add a source with `table: partnerships`, or name the attribute: attributes: {{{column}: ..}}",
                )
        named = interviews.dropna(subset=["partnership"]).drop_duplicates("partnership")
        frame = named[["partnership", "area", ROW]].reset_index(drop=True)
    if "partnership" not in frame or "area" not in frame:
        conform("partnerships", frame)
    lost = frame["partnership"].isna() | frame["area"].isna()
    if lost.any():
        raise DataError(
            "a partnership lacks its key or its area",
            where=f"partnerships, row {frame.loc[lost.idxmax(), ROW]}",
            fix="fill the cell, or leave the row out with `rows:` in study.yml",
        )
    frame["area"] = area_keys.of(frame["area"], "partnerships, column area", frame[ROW])
    frame["label"] = frame.get("label", frame["partnership"])
    frame["label"] = frame["label"].fillna(frame["partnership"])
    frame["partnership"] = frame["partnership"].map(slug)
    return conform("partnerships", frame.drop(columns=ROW))


def interviews(frame: pd.DataFrame, partnership_keys: Keys, partnerships: pd.DataFrame) -> pd.DataFrame:
    """Return the interviews with keys still raw; the area is that of the partnership.

    Raises
    ------
    DataError
        Where a row lacks interview or partnership, or says another area than its partnership's.
    """
    for column in ("interview", "partnership"):
        if column not in frame:
            conform("interviews", frame)
        lost = frame[column].isna()
        if lost.any():
            raise DataError(
                f"an interview lacks its {column}",
                where=f"interviews, row {frame.loc[lost.idxmax(), ROW]}",
                fix="fill the cell in the sheet of interviews, or the attribute in the coding tool",
            )
    out = frame.copy()
    out["partnership"] = partnership_keys.of(frame["partnership"], "interviews, column partnership", frame[ROW])
    out["area"] = out["partnership"].map(partnerships.set_index("partnership")["area"])
    for column in ("role", "sector"):
        out[column] = out.get(column)
    return out


def from_attributes(study: Study, sources: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    """Return interviews made of the documents of exports and their attributes.

    Parameters
    ----------
    study : Study
        Its `attributes` say which attribute fills which column.
    sources : DataFrame
        One row a document: `name`, `words`.
    attributes : DataFrame
        Columns `owner`, `name`, `value`.
    """
    wide = (
        attributes.assign(owner=attributes["owner"].map(plain))
        .drop_duplicates(["owner", "name"])
        .pivot(index="owner", columns="name", values="value")
    )
    frame = pd.DataFrame({"interview": sources["name"], "source": sources["name"], "words": sources["words"]})
    for column, attribute in study.attributes.items():
        if attribute in wide.columns:
            frame[column] = sources["name"].map(plain).map(wide[attribute])
    return frame.assign(**{ROW: range(1, len(frame) + 1)})
