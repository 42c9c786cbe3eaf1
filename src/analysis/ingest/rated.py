"""Ratings: of factors by a team, and of innovation outcomes by informants."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import DataError
from analysis.ingest.log import Log
from analysis.ingest.people import Keys
from analysis.ingest.sheets import ROW, mapped, melted, numeric, plain, require_scale
from analysis.settings import Source
from analysis.study import Study

Raw = tuple[Source, Path, pd.DataFrame]


def _long(source: Source, path: Path, frame: pd.DataFrame, keys: list[str], name: str) -> pd.DataFrame:
    tidy = frame.assign(**{name: column for name, column in mapped(source, frame).items() if name != ROW})
    absent = [column for column in keys if column not in tidy]
    if source.layout == "long":
        absent += [column for column in (name, "value") if column not in tidy]
    if absent:
        raise DataError(
            f"no column holds {absent[0]}",
            where=path.name,
            allowed=tuple(str(column) for column in frame.columns.drop(ROW)),
            value=absent[0],
            fix=f"name it under this source's columns: in study.yml, as in columns: {{{absent[0]}: ...}}",
        )
    if source.layout == "wide":
        return melted(source, tidy, keys, name, path)
    return tidy[[*keys, name, ROW]].assign(value=numeric(tidy, "value", path))


def _dropped(source: Source, frame: pd.DataFrame, log: Log, what: str) -> pd.DataFrame:
    """Leave out ratings without a value, and say how many."""
    empty = frame["value"].isna()
    if empty.any():
        log.note(source, "info", f"{what} without a value, left missing", count=int(empty.sum()))
    return frame[~empty]


def ratings(study: Study, raw: list[Raw], interview_keys: Keys, log: Log) -> pd.DataFrame:
    """Return the table `ratings`, coders and interviews still under their raw names.

    Raises
    ------
    DataError
        For an unknown interview or factor, a cell that is no number, a rating outside the scale.
    """
    parts = []
    for source, path, frame in raw:
        with_coder = frame if "coder" in source.columns else frame.assign(coder=source.coder or "team")
        long = _long(source, path, with_coder, ["interview", "coder"], "factor")
        long["interview"] = interview_keys.of(long["interview"], path.name, long[ROW])
        books = {name: study.resolve(str(name)) for name in pd.unique(long["factor"].dropna())}
        long["framework"] = long["factor"].map({name: book.key for name, (book, _) in books.items()})
        long["factor"] = long["factor"].map({name: factor.key for name, (_, factor) in books.items()})
        if source.scale:
            require_scale(long, source.scale, path, "rating")
        kept = _dropped(source, long, log, "ratings of factors")
        log.file(source, path, "sheet", len(kept), len(long) - len(kept))
        parts.append(kept)
    if not parts:
        return pd.DataFrame(
            {c: pd.Series(dtype="str") for c in ("interview", "factor", "coder", "framework")}
            | {"value": pd.Series(dtype="float64")}
        )
    return pd.concat(parts, ignore_index=True).drop(columns=ROW)


def outcomes(study: Study, raw: list[Raw], interview_keys: Keys, partnership_keys: Keys, log: Log) -> pd.DataFrame:
    """Return the table `outcomes`; the informant is an interview's raw key or the word for a document.

    Raises
    ------
    DataError
        For an unknown partnership or facet, a cell that is no number, a rating outside the scale.
    """
    facets = Keys("outcomes' facets", {plain(s): k for k, label in study.outcomes.facets.items() for s in (label, k)})
    parts = []
    for source, path, frame in raw:
        tidy = frame if "informant" in {*source.columns, *source.constants} else frame.assign(informant="document")
        long = _long(source, path, tidy, ["partnership", "informant"], "outcome")
        long["partnership"] = partnership_keys.of(long["partnership"], path.name, long[ROW])
        long["outcome"] = facets.of(long["outcome"], path.name, long[ROW])
        known = long["informant"].map(lambda n: interview_keys.known.get(plain(n)), na_action="ignore")
        long["interview"] = known.astype("str")
        long["informant"] = long["interview"].fillna(long["informant"])
        long["source"] = np.where(long["interview"].notna(), "interview", "document")
        require_scale(long, source.scale or study.outcomes.scale, path, "outcome")
        kept = _dropped(source, long, log, "outcomes")
        log.file(source, path, "sheet", len(kept), len(long) - len(kept))
        parts.append(kept)
    if not parts:
        raise DataError(
            "the study has no outcomes",
            where="study.yml",
            fix="add a source with `table: outcomes` (long: partnership, outcome, informant, value)",
        )
    return pd.concat(parts, ignore_index=True).drop(columns=ROW)
