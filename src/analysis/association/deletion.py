"""Whether a single unit carries an estimate: every factor with each unit left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.association.influence import LeaveOneOut, leave_one_unit_out
from analysis.association.results import between, count, effect
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class DeletionDiagnostics:
    """How far each factor's primary estimate hangs on single units.

    Attributes
    ----------
    table : DataFrame
        One row a factor: factor, standardised (with bounds, nothing left out), lowest and highest of the refits,
        left_out (the unit that matters most), without (the estimate without it) with without_low and without_high,
        turns (whether some refit has the other sign). All standardised by the spreads of the units tested.
    problems : DataFrame
        Columns factor, problem: factors that can't be tested, and why.
    outcome, unit : str
    """

    table: pd.DataFrame
    problems: pd.DataFrame
    outcome: str
    unit: str

    @property
    def summary(self) -> str:
        """For how many factors a single unit turns the sign, and the largest change."""
        turned = int(self.table["turns"].sum())
        row = self.table.loc[(self.table["without"] - self.table["standardised"]).abs().idxmax()]
        return (
            f"Leaving out a single {self.unit} turns the sign of the estimate of {turned or 'none'} of "
            f"{count(len(self.table), 'factor')}. The largest change is that of {row['factor']}: "
            f"{effect(row['standardised'])} "
            f"({between(row['standardised_low'], row['standardised_high'])}) with all, {effect(row['without'])} "
            f"({between(row['without_low'], row['without_high'])}) without {row['left_out']}; standardised, with 95 % "
            "intervals."
        )


def deletion_diagnostics(
    frame: pd.DataFrame, outcome: str, factors: Sequence[str], cluster: str, *, unit: str
) -> DeletionDiagnostics:
    """Refit the primary model of every factor with each unit left out.

    Parameters
    ----------
    frame, outcome, cluster
        As in `random_intercept`.
    factors : sequence of str
        Numeric columns.
    unit : str
        Column that names the unit.

    Raises
    ------
    MethodError
        Where none of the factors can be tested.

    Notes
    -----
    Belsley, Kuh and Welsch (1980), Regression Diagnostics, chapter 2; the unit that matters most has the largest
    change over the refit's standard error.
    """
    rows, problems = [], []
    for factor in factors:
        try:
            refits = leave_one_unit_out(frame, outcome, factor, cluster, unit=unit, draws=0)
            rows.append({"factor": factor} | _row(refits))
        except MethodError as error:
            problems.append({"factor": factor, "problem": error.what})
    if not rows:
        raise MethodError("no factor can be tested", where="; ".join({row["problem"] for row in problems}))
    found = pd.DataFrame(problems, columns=["factor", "problem"])
    return DeletionDiagnostics(pd.DataFrame(rows), found, outcome, unit)


def _row(refits: LeaveOneOut) -> dict[str, object]:
    known = refits.table.dropna(subset="standardised")
    if known.empty:
        raise MethodError(f"no {refits.left} can be left out")
    most = known.loc[known["dfbeta"].abs().idxmax()]
    low, high = refits.full.standardised_interval
    return {
        "standardised": refits.full.standardised,
        "standardised_low": low,
        "standardised_high": high,
        "lowest": known["standardised"].min(),
        "highest": known["standardised"].max(),
        "left_out": most["left_out"],
        "without": most["standardised"],
        "without_low": most["standardised_low"],
        "without_high": most["standardised_high"],
        "turns": not refits.same_sign,
    }
