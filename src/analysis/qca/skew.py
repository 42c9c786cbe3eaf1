"""Skewness of sets: how many cases lie above .5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Skewness:
    """How many cases lie above .5 in each set; the table has columns set, above, cases, share, at_half, skewed."""

    table: pd.DataFrame

    @property
    def summary(self) -> str:
        """One sentence naming the skewed sets."""
        skewed = self.table.loc[self.table["skewed"], "set"].tolist()
        if not skewed:
            return f"None of {len(self.table)} sets is skewed (a fifth to four fifths of the cases lie above .5)."
        return (
            f"{len(skewed)} of {len(self.table)} sets {'is' if len(skewed) == 1 else 'are'} skewed (fewer than a fifth "
            f"or more than four fifths of the cases above .5): {', '.join(skewed)}."
        )


def skewness(data: pd.DataFrame, sets: Sequence[str] | None = None) -> Skewness:
    """Count the cases above .5 in each set (Oana, Schneider & Thomann 2021, ch. 2).

    Parameters
    ----------
    data : DataFrame
        Memberships.
    sets : sequence of str, optional
        Columns; all numeric ones by default.
    """
    frame = data[list(sets)] if sets is not None else data.select_dtypes("number")
    above = (frame > 0.5).sum()
    share = above / len(frame)
    table = pd.DataFrame(
        {
            "set": frame.columns.astype(str),
            "above": above.to_numpy(),
            "cases": len(frame),
            "share": share.to_numpy(),
            "at_half": (frame == 0.5).sum().to_numpy(),
            "skewed": ((share < 0.2) | (share > 0.8)).to_numpy(),
        }
    )
    return Skewness(table)
