"""Sums that one contributor makes up, or nearly: whoever knows the sum knows the contributor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import MethodError


def dominated(
    frame: pd.DataFrame, *, by: Sequence[str], value: str, unit: str, min_units: int = 3, share: float = 0.75
) -> pd.DataFrame:
    """Return the cells of a table of sums, and which of them one contributor dominates.

    The (1, k) dominance rule with a least number of contributors, as in Hundepool et al. 2012, *Statistical
    Disclosure Control*, section 4.2: a sum is not published where fewer than `min_units` contribute, or one of them
    makes up more than `share` of it.

    Parameters
    ----------
    frame : DataFrame
        One row an observation, with `value` of 0 or more.
    by : sequence of str
        Columns that name the cells.
    value : str
        Column that is summed.
    unit : str
        Column that names the contributor (an interview, a partnership).
    min_units : int
        Least number of contributors.
    share : float
        Largest share of one contributor, 0-1.

    Returns
    -------
    DataFrame
        The columns `by`, n_units, largest_share (0-1), total (missing where hidden), reason (empty where shown).
    """
    if (frame[value] < 0).any():
        raise MethodError("shares of a sum need values of 0 or more", where=f"column {value}")
    each = frame.groupby([*by, unit], sort=True)[value].sum().reset_index()
    cells = each.groupby(list(by), sort=True)[value]
    table = pd.DataFrame({"n_units": cells.size(), "largest": cells.max(), "total": cells.sum()}).reset_index()
    table["largest_share"] = (table.pop("largest") / table["total"]).where(table["total"] > 0, 0.0)
    few, large = table["n_units"] < min_units, table["largest_share"] > share
    table["reason"] = np.select(
        [few, large], [f"fewer than {min_units} contribute", f"one contributor makes up over {share:.0%}"], ""
    )
    table["total"] = table["total"].astype("float64").mask(table["reason"] != "")
    return table[[*by, "n_units", "largest_share", "total", "reason"]]
