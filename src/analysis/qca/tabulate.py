"""From cases to a truth table: sort them into configurations and judge each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError
from analysis.qca.configurations import row_numbers
from analysis.qca.fit import consistency, pri
from analysis.qca.sets import TOLERANCE, Sets, read_sets
from analysis.qca.truthtable import Cuts, TruthTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def truth_table(
    data: pd.DataFrame,
    outcome: str,
    conditions: Sequence[str] | str,
    inclusion_cut: float = 1.0,
    exclusion_cut: float | None = None,
    n_cut: int = 1,
    pri_cut: float = 0.0,
    case_names: str | Sequence[str] | None = None,
    *,
    at_half: Literal["refuse", "absent"] = "refuse",
) -> TruthTable:
    """Sort the cases into configurations and judge each (Ragin 2008, ch. 7).

    Parameters
    ----------
    data : DataFrame
        One row a case: memberships in [0, 1] (crisp or fuzzy) or levels 0, 1, 2, ... (multi-value).
    outcome : str
        A column, `"~column"` for its negation, `"column{level}"` for a level.
    conditions : sequence of str
        Columns.
    inclusion_cut : float
        A configuration of at least this consistency has output "1".
    exclusion_cut : float, optional
        From here up to `inclusion_cut` the output is "C", below it "0"; without it there is no "C".
    n_cut : int
        A configuration with fewer cases is a remainder.
    pri_cut : float
        A configuration that passes the inclusion cut but has a lower PRI has output "0".
    case_names : str or sequence of str, optional
        A column, or the names; by default the column `case`, else the index.
    at_half : {"refuse", "absent"}
        A fuzzy membership of exactly .5 in a condition belongs to no configuration: refuse it, or count it
        as absent as R does.

    Raises
    ------
    MethodError
        Data that are no memberships, a membership of exactly .5, names that clash, a condition without
        variation.
    """
    cuts = Cuts(inclusion_cut, exclusion_cut, n_cut, pri_cut)
    _check_cuts(cuts)
    sets = read_sets(data, outcome, conditions, case_names)
    if at_half == "refuse":
        _refuse_half(sets)
    return from_sets(sets, cuts)


def from_sets(sets: Sets, cuts: Cuts) -> TruthTable:
    """Build the truth table of checked sets."""
    corners = sets.corners()
    numbers = row_numbers(corners, sets.levels)
    rows, first, inverse, n = np.unique(numbers, return_index=True, return_inverse=True, return_counts=True)
    configurations = corners[first]
    member = configuration_membership(sets, configurations)
    incl, proportional = consistency(member, sets.y), pri(member, sets.y)
    clear = ~sets.at_half().any(axis=1)
    cases = tuple(tuple(sets.cases[i] for i in np.flatnonzero((inverse == row) & clear)) for row in range(len(rows)))
    deviant = tuple(
        tuple(sets.cases[i] for i in np.flatnonzero((member[:, row] > 0.5) & (sets.y < 0.5)))
        for row in range(len(rows))
    )
    return TruthTable(
        sets.conditions,
        sets.levels,
        sets.outcome,
        configurations,
        rows,
        judge(incl, proportional, n, cuts),
        n,
        incl,
        proportional,
        cases,
        deviant,
        cuts,
        sets,
    )


def configuration_membership(sets: Sets, configurations: Ints) -> Floats:
    """Return every case's membership in each configuration, shape (n, m)."""
    member = np.ones((len(sets.cases), len(configurations)))
    for column, fuzzy in enumerate(sets.fuzzy):
        x, demanded = sets.values[:, column, None], configurations[None, :, column]
        part = np.where(demanded == 1, x, 1 - x) if fuzzy else (x == demanded).astype(float)
        np.minimum(member, part, out=member)
    return member


def judge(incl: Floats, proportional: Floats, n: Ints, cuts: Cuts) -> tuple[str, ...]:
    """Return the outputs; comparisons with a cut allow for rounding (1e-9)."""
    passes = incl >= cuts.inclusion - TOLERANCE
    # a PRI of 0/0 says that all membership is shared with the negation: it passes only where no PRI is asked
    # for
    trusted = np.nan_to_num(proportional) >= cuts.pri - TOLERANCE
    between = ~passes & (incl >= (2.0 if cuts.exclusion is None else cuts.exclusion) - TOLERANCE)
    outputs = np.where(passes & trusted, "1", np.where(between, "C", "0"))
    return tuple(np.where(n < cuts.n, "?", outputs).tolist())


def _refuse_half(sets: Sets) -> None:
    case, column = np.nonzero(sets.at_half())
    if len(case):
        found = [f"{sets.cases[i]} in {sets.conditions[j]}" for i, j in zip(case, column, strict=True)]
        raise MethodError(
            f"{len(found)} memberships are exactly .5, so that their cases belong to no configuration",
            where="; ".join(found[:8]),
            fix="Move the crossover of the calibration off these cases, with a reason (or "
            "at_half='absent', as R does).",
        )


def _check_cuts(cuts: Cuts) -> None:
    shares = {"inclusion_cut": cuts.inclusion, "exclusion_cut": cuts.exclusion, "pri_cut": cuts.pri}
    for name, value in shares.items():
        if value is not None and not 0 <= value <= 1:
            raise MethodError(f"{name} is {value}", where="truth_table", allowed=["0 to 1"], fix="Give a share.")
    if cuts.n < 1:
        raise MethodError(
            f"n_cut is {cuts.n}", where="truth_table", allowed=["1 or more"], fix="Give a number of cases."
        )
