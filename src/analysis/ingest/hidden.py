"""Areas and partnerships without their names, from the tables on, where a study may not name them."""

from __future__ import annotations

import pandas as pd

from analysis.anonymise import Pseudonyms

#: Columns of places that would tell an area or partnership by themselves.
TELLING = {"areas": ("nation", "council_type"), "partnerships": ("start_year", "policy_field")}
FILES = ("source_file", "file")


def hide_places(tables: dict[str, pd.DataFrame], pseudonyms: Pseudonyms) -> dict[str, pd.DataFrame]:
    """Return all tables with areas, partnerships and raw files numbered instead of named.

    The numbers follow the keyed pseudonyms, so they say nothing of the alphabet or of the order in the file.
    Columns that would tell a place by themselves, and those that the study added, are taken out.
    """
    areas = _numbered(tables["areas"]["area"], "area", pseudonyms)
    partnerships = _numbered(tables["partnerships"]["partnership"], "partnership", pseudonyms)
    named = pd.concat([frame[column].dropna() for frame in tables.values() for column in FILES if column in frame])
    files = _numbered(named.map(_base), "file", pseudonyms)
    hidden = {}
    for name, frame in tables.items():
        out = frame.copy()
        for column, known in (("area", areas), ("partnership", partnerships)):
            if column in out:
                out[column] = out[column].map(known)
        for column in FILES:
            if column in out:
                out[column] = out[column].map(_base, na_action="ignore").map(files)
        if name == "scores":
            out["unit"] = out["unit"].map(lambda unit: partnerships.get(unit, unit))
        hidden[name] = out
    hidden["areas"] = _bare(hidden["areas"], "areas", ["area"], "name")
    hidden["partnerships"] = _bare(hidden["partnerships"], "partnerships", ["partnership", "area"], "label")
    return hidden


def _numbered(names: pd.Series, kind: str, pseudonyms: Pseudonyms) -> dict[str, str]:
    made = pseudonyms.of(kind, names)
    width = len(str(len(made)))
    ordered = sorted(made, key=lambda name: made[name])
    return {name: f"{kind}-{i:0{width}d}" for i, name in enumerate(ordered, start=1)}


def _base(file: str) -> str:
    return file.rpartition("/")[2]


def _bare(frame: pd.DataFrame, table: str, keys: list[str], label: str) -> pd.DataFrame:
    kept = [c for c in frame.columns if c in (*keys, label) or c in TELLING[table]]
    out = frame[kept].copy()
    out[label] = out[keys[0]].str.replace("-", " ").str.capitalize()
    for column in TELLING[table]:
        text = pd.api.types.is_string_dtype(frame[column])
        out[column] = pd.Series(float("nan"), index=out.index, dtype="str" if text else "float64")
    return out.sort_values(keys[0]).reset_index(drop=True)
