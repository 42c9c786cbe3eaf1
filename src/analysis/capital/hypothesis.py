"""The whole hypothesis: every group by way of capital to the outcome, with capital read in two ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.association.results import p_value
from analysis.capital.composites import Composites, Recipe, composites
from analysis.capital.mediation import Mediation, mediation
from analysis.capital.rivals import rival_orders
from analysis.capital.split import SplitMediation, split_mediation
from analysis.errors import MethodError

DECLARED = "capital as declared"
APART = "capital of the other groups"
SPLIT = "different informants"
#: Name of the composite of the groups that do not start the chain.
OTHERS = "capital of the other groups"


@dataclass(frozen=True, slots=True)
class CapitalHypothesis:
    """Two paths for every group, and what else they could be.

    Attributes
    ----------
    mediations : dict of (str, str) to Mediation
        By group and reading of capital: as the study declares it, and (where it is made of the groups) without the
        group that starts the chain, so that the first path does not hold by definition.
    table : DataFrame
        One row a group, reading and path: the columns of `Mediation.table` with `group` and `reading`.
    indirect : DataFrame
        One row a group and reading, that with split informants included: `estimate`, `low`, `high`, `joint_p`.
    rivals : DataFrame
        One row a group and order of the arrows, from `rival_orders`, on capital as declared.
    problems : DataFrame
        What could not be estimated: `group`, `reading`, `problem`.
    alpha : float
    """

    mediations: dict[tuple[str, str], Mediation]
    table: pd.DataFrame
    indirect: pd.DataFrame
    rivals: pd.DataFrame
    problems: pd.DataFrame
    alpha: float

    @property
    def summary(self) -> str:
        """For how many groups both paths hold, by reading of capital."""
        if self.indirect.empty:
            return "The hypothesis could not be tested."
        said = [
            f"{reading}: {int((part['joint_p'] <= self.alpha).sum()) or 'none'} of {len(part)} (smallest "
            f"{p_value(part['joint_p'].min())})"
            for reading, part in self.indirect.groupby("reading", sort=False)
        ]
        return f"Groups for which the path to capital and that from it to the outcome both hold, {'; '.join(said)}."

    @property
    def rival_summary(self) -> str:
        """How many orders of the arrows the data allow besides the stated one."""
        if self.rivals.empty:
            return "No order of the arrows could be fitted."
        others = self.rivals[~self.rivals["stated"]]
        return (
            f"Beside the stated orders, {int(others['fits'].sum())} of {len(others)} others fit as well. Turned round, "
            "a chain always fits alike, and with all three arrows every order fits perfectly: the data can't tell "
            "which way the arrows point."
        )


def capital_hypothesis(
    units: pd.DataFrame,
    informants: pd.DataFrame,
    made: Composites,
    *,
    groups: Sequence[str],
    capital: str,
    outcome: str,
    cluster: str,
    unit: str,
    scale: tuple[float, float],
    alpha: float = 0.05,
    splits: int = 200,
    seed: int = 2017,
) -> CapitalHypothesis:
    """Test `group -> capital -> outcome` for every group.

    Parameters
    ----------
    units, informants : DataFrame
        One row a unit, and one row an informant, each with all composites.
    made : Composites
        Of the units, for what composites share.
    groups : sequence of str
    capital, outcome, cluster, unit : str
    scale : tuple of float
        Of the composites.
    alpha : float
        At which a path counts as holding.
    splits : int
        Random splits of informants.
    seed : int
    """
    chains = _chains(units, informants, made, tuple(groups), capital, scale)
    found: dict[tuple[str, str], Mediation] = {}
    rows: list[dict[str, object]] = []
    rivals: list[pd.DataFrame] = []
    problems: list[dict[str, str]] = []
    for chain in chains:
        names = {"antecedent": chain.group, "mediator": chain.mediator, "outcome": outcome, "cluster": cluster}
        key = (chain.group, chain.reading)
        try:
            found[key] = mediation(chain.units, **names, shared=chain.shared, seed=seed)  # type: ignore[arg-type]
            rows.append(_indirect(chain.group, chain.reading, found[key]))
            if chain.reading == DECLARED:
                rival = rival_orders(chain.units, **names, alpha=alpha)
                rivals.append(rival.table.assign(group=chain.group))
            if not chain.shared:
                split = split_mediation(chain.informants, **names, unit=unit, splits=splits, seed=seed)  # type: ignore[arg-type]
                rows.append(_indirect(chain.group, SPLIT, split))
        except MethodError as error:
            problems.append({"group": chain.group, "reading": chain.reading, "problem": error.what})
    return CapitalHypothesis(
        mediations=found,
        table=_joined([one.table.assign(group=group, reading=reading) for (group, reading), one in found.items()]),
        indirect=_ordered(pd.DataFrame(rows)),
        rivals=_joined(rivals),
        problems=pd.DataFrame(problems, columns=["group", "reading", "problem"]),
        alpha=alpha,
    )


@dataclass(frozen=True, slots=True)
class _Chain:
    """One group by way of one reading of capital."""

    group: str
    reading: str
    mediator: str
    shared: frozenset[str]
    units: pd.DataFrame
    informants: pd.DataFrame


def _chains(
    units: pd.DataFrame,
    informants: pd.DataFrame,
    made: Composites,
    groups: tuple[str, ...],
    capital: str,
    scale: tuple[float, float],
) -> list[_Chain]:
    """Return each group with capital as declared and, where both share items, with capital of the other groups."""
    found = []
    for group in groups:
        shared = made.shared(group, capital)
        found.append(_Chain(group, DECLARED, capital, shared, units, informants))
        rest = tuple(other for other in groups if other != group)
        if shared and rest:
            recipe = {OTHERS: Recipe(rest)}
            frames = [composites(frame, recipe, scale=scale).table for frame in (units, informants)]
            found.append(_Chain(group, APART, OTHERS, frozenset(), *frames))
    return found


def _indirect(group: str, reading: str, found: Mediation | SplitMediation) -> dict[str, object]:
    low, high = found.interval
    numbers = {"estimate": found.indirect, "low": low, "high": high, "joint_p": found.joint_p}
    return {"group": group, "reading": reading, **numbers, "n_units": found.n_units}


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Put all groups of a reading together."""
    if rows.empty:
        return rows
    place = rows["reading"].map({reading: i for i, reading in enumerate((DECLARED, APART, SPLIT))})
    return rows.assign(place=place).sort_values("place", kind="stable").drop(columns="place").reset_index(drop=True)


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
