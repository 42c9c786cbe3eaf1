"""Attributes as an analysis wants them: for each source, its own and those of the cases it belongs to."""

from __future__ import annotations

import pandas as pd

from analysis.readers.model import Export
from analysis.readers.refi_attributes import CASE


def source_attributes(export: Export) -> pd.DataFrame:
    """Return the attributes of each source, those of its cases included.

    Parameters
    ----------
    export : Export
        As read.

    Returns
    -------
    DataFrame
        Columns `source`, `name`, `value`, `via` (`source` or `case`). An attribute that a source has itself hides
        that of its case. A source with several values of one attribute (several document groups) has several rows.
    """
    attributes = export.attributes
    own = attributes[attributes["owner_kind"] == "source"]
    own = own.rename(columns={"owner": "source"}).assign(via="source")
    links = own.loc[own["name"] == CASE, ["source", "value"]].rename(columns={"value": "owner"})
    of_cases = attributes[attributes["owner_kind"] == "case"]
    inherited = links.merge(of_cases, on="owner").assign(via="case")
    has = pd.MultiIndex.from_frame(own[["source", "name"]])
    inherited = inherited[~pd.MultiIndex.from_frame(inherited[["source", "name"]]).isin(has)]
    columns = ["source", "name", "value", "via"]
    joined = pd.concat([own[columns], inherited[columns]], ignore_index=True)
    return joined.drop_duplicates().reset_index(drop=True)
