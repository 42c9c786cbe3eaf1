"""Tests corrected together: Holm for what was declared, Benjamini-Hochberg for the rest; agreement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.association.design import Floats, column, numeric
from analysis.association.results import Association, count
from analysis.errors import MethodError

CONFIRMATORY = "confirmatory"
EXPLORATORY = "exploratory"


def holm(p: ArrayLike) -> Floats:
    """Return p-values adjusted by Holm's step-down method (family-wise error).

    Parameters
    ----------
    p : array-like, shape (n_tests,)
        In 0-1; NaN (not tested) stays NaN and does not count.

    Notes
    -----
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    values, order, tested = _sorted(p)
    m = len(order)
    steps = np.maximum.accumulate(values[order] * np.arange(m, 0, -1))
    return _unsorted(np.minimum(steps, 1.0), order, tested)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return p-values adjusted by the step-up method of Benjamini and Hochberg (false discovery rate).

    Parameters as in `holm`.

    Notes
    -----
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.
    """
    values, order, tested = _sorted(p)
    m = len(order)
    steps = np.minimum.accumulate((values[order] * m / np.arange(1, m + 1))[::-1])[::-1]
    return _unsorted(np.minimum(steps, 1.0), order, tested)


def _sorted(p: ArrayLike) -> tuple[Floats, np.ndarray, np.ndarray]:
    values = np.asarray(p, dtype=float)
    tested = np.flatnonzero(np.isfinite(values))
    if values.ndim != 1 or ((values[tested] < 0) | (values[tested] > 1)).any():
        raise MethodError("p-values must be one list of numbers between 0 and 1")
    return values[tested], np.argsort(values[tested], kind="stable"), np.isfinite(values)


def _unsorted(steps: Floats, order: np.ndarray, tested: np.ndarray) -> Floats:
    adjusted = np.full(len(tested), np.nan)
    own = np.empty(len(order))
    own[order] = steps
    adjusted[tested] = own
    return adjusted


@dataclass(frozen=True, slots=True)
class Families:
    """Tests with their p-values adjusted within the families they belong to.

    Attributes
    ----------
    table : DataFrame
        The tests as given, with label (confirmatory or exploratory), family_size, adjustment, p_adjusted,
        threshold, stands (p_adjusted <= threshold) and, where there was a column floor, floor_adjusted (the
        smallest adjusted p the test could reach) and reachable (whether that is within the threshold).
    """

    table: pd.DataFrame

    @property
    def summary(self) -> str:
        """How many tests stand in each kind of family."""
        said = []
        for label, part in self.table.groupby("label"):
            rule = f"{part['adjustment'].iloc[0]} at {part['threshold'].iloc[0]:g}"
            said.append(f"{int(part['stands'].sum())} of {count(len(part), f'{label} test')} stand after {rule}")
        return "; ".join(said) + "."


def family(
    table: pd.DataFrame,
    *,
    confirmatory: Collection[str] = (CONFIRMATORY,),
    column_of_family: str = "family",
    column_of_p: str = "p",
    alpha: float = 0.05,
    q: float = 0.10,
) -> Families:
    """Adjust the p-values of each declared family.

    Parameters
    ----------
    table : DataFrame
        One row a test.
    confirmatory : collection of str
        The families declared before the data were seen: Holm at `alpha`. All others are exploratory:
        Benjamini-Hochberg at `q`.
    column_of_family, column_of_p : str
        Columns that hold the family and the p-value (NaN: not tested, not counted).
    alpha, q : float
        Family-wise error and false discovery rate aimed at.
    """
    families, p = column(table, column_of_family), numeric(table, column_of_p)
    if families.isna().any():
        raise MethodError(f"column {column_of_family!r} leaves a test without a family")
    declared = families.isin(list(confirmatory))
    out = table.assign(
        label=np.where(declared, CONFIRMATORY, EXPLORATORY),
        adjustment=np.where(declared, "Holm", "Benjamini-Hochberg"),
        threshold=np.where(declared, alpha, q),
        family_size=0,
        p_adjusted=np.nan,
    )
    for name in families.unique():
        rows = np.flatnonzero(families == name)
        adjust = holm if declared.iloc[rows[0]] else benjamini_hochberg
        out.iloc[rows, out.columns.get_loc("p_adjusted")] = adjust(p[rows])
        out.iloc[rows, out.columns.get_loc("family_size")] = int(np.isfinite(p[rows]).sum())
    out["stands"] = out["p_adjusted"] <= out["threshold"]
    return Families(_with_floors(out, declared.to_numpy()))


def _with_floors(out: pd.DataFrame, declared: np.ndarray) -> pd.DataFrame:
    """Carry each test's floor through the adjustment.

    A single test's smallest Holm p is the family's size times its floor; under Benjamini-Hochberg all
    tests of a family may reach their floors together, so there the floor stays as it is.
    """
    if "floor" not in out.columns:
        return out
    times = np.where(declared, out["family_size"], 1)
    floor = np.minimum(out["floor"] * times, 1.0)
    return out.assign(floor_adjusted=floor, reachable=floor <= out["threshold"])


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether the primary and the co-primary test say the same.

    Attributes
    ----------
    verdict : {"both", "neither", "disagree"}
    words : str
        For the page; where they disagree exactly *possible area-level confounding* (with the noun given).
    """

    verdict: Literal["both", "neither", "disagree"]
    words: str


def agreement(primary: Association, coprimary: Association, *, alpha: float = 0.05, noun: str = "area") -> Agreement:
    """Compare the primary test with the design-based one.

    They agree where both reject at `alpha` with the same sign, or neither rejects. Everything else is a
    disagreement, whose first reading is something that differs between clusters and moves factor and
    outcome alike. (The co-primary has less power, so a disagreement is a warning and no proof.)

    Parameters
    ----------
    primary, coprimary : Association
        As from `random_intercept` and `permutation_within`; unadjusted p-values are compared.
    alpha : float
        Level of each test.
    noun : str
        What a cluster is called on the page.
    """
    return judged(primary.estimate, primary.p, coprimary.estimate, coprimary.p, alpha=alpha, noun=noun)


def judged(
    estimate: float, p: float, coestimate: float, cop: float, *, alpha: float = 0.05, noun: str = "area"
) -> Agreement:
    """Do what `agreement` does, from numbers."""
    first, second = p <= alpha, cop <= alpha
    if first and second and np.sign(estimate) == np.sign(coestimate):
        return Agreement("both", "both tests agree on an association")
    if not first and not second:
        return Agreement("neither", "neither test shows an association, which does not show that there is none")
    return Agreement("disagree", f"possible {noun}-level confounding")
