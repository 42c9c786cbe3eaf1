"""The plan applied to a whole study: primary and co-primary test of every pair, adjusted and compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import pandas as pd

from analysis.association.design import Floats, codes, complete_units, numeric
from analysis.association.mixed import Associations, random_intercepts
from analysis.association.multiplicity import CONFIRMATORY, EXPLORATORY, family, judged
from analysis.association.permutation import within
from analysis.association.results import Association, between, count, effect, p_value, percent
from analysis.errors import MethodError

_KEYS = ["outcome", "factor"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Every pair of outcome and factor in the light of both tests.

    Attributes
    ----------
    primary, coprimary : Associations
        Random intercept with Kenward-Roger; permutation within clusters.
    table : DataFrame
        One row a pair: family, label, the primary test's estimate, low, high, standardised (with bounds),
        se, df, p, p_adjusted, stands; the co-primary's estimate, low, high, p, floor, arrangements, exact,
        p_adjusted, stands with the prefix ``within_``; verdict and agreement.
    problems : DataFrame
        Pairs that one of the tests could not be made for, and why.
    """

    primary: Associations
    coprimary: Associations
    table: pd.DataFrame
    problems: pd.DataFrame

    @property
    def summary(self) -> str:
        """How many pairs stand in which family, and in how many the two tests disagree."""
        said = []
        for label, part in self.table.groupby("label", sort=True):
            stand, rule = int(part["stands"].sum()), part["adjustment"].iloc[0]
            of = f"{stand or 'none'} of {count(len(part), f'{label} association')}"
            said.append(f"{of} {'stand' if stand > 1 else 'stands'} after correction ({rule})")
        apart = int((self.table["verdict"] == "disagree").sum())
        left = "" if self.problems.empty else f"; {count(len(self.problems), 'test')} could not be made"
        text = "; ".join(said) + f"; the two tests disagree on {apart or 'none'}{left}."
        return f"{text[0].upper()}{text[1:]}"

    @property
    def strongest(self) -> str:
        """The pair with the smallest p of the primary test: estimate, interval, both p."""
        row = self.table.loc[self.table["p"].idxmin()]
        bounds = between(row["standardised_low"], row["standardised_high"])
        return (
            f"The smallest p is that of {row['factor']} with {row['outcome']}: standardised "
            f"{effect(row['standardised'])} ({percent(row['level'])} interval {bounds}), {p_value(row['p'])}, after "
            f"correction {p_value(row['p_adjusted'])}, picked among {count(len(self.table), 'association')} for being "
            "the smallest."
        )


def evidence(
    frame: pd.DataFrame,
    outcomes: Sequence[str],
    factors: Sequence[str],
    cluster: str,
    *,
    families: Mapping[tuple[str, str], str] | None = None,
    confirmatory: Collection[str] = (CONFIRMATORY,),
    alpha: float = 0.05,
    q: float = 0.10,
    level: float = 0.95,
    noun: str = "area",
    seed: int = 2017,
) -> Evidence:
    """Test every outcome with every factor as planned.

    Parameters
    ----------
    frame : DataFrame
        One row a unit (a partnership).
    outcomes, factors : sequence of str
        Numeric columns.
    cluster : str
        Column that names the cluster (the area).
    families : mapping of (outcome, factor) to str, optional
        The family of each pair; a pair not named is in the family ``exploratory``.
    confirmatory, alpha, q
        As in `family`; `alpha` is also the level at which the two tests are compared.
    level : float
        Coverage of the intervals.
    noun : str
        What a cluster is called in words.
    seed : int
        For arrangements that have to be drawn.
    """
    unknown = set(families or {}) - {(o, f) for o in outcomes for f in factors}
    if unknown:
        raise MethodError(f"a family is declared for {sorted(unknown)[0]}, which is not among the pairs tested")
    primary = random_intercepts(frame, outcomes, factors, cluster, level=level)
    coprimary = permutations_within(frame, outcomes, factors, cluster, level=level, seed=seed)
    adjust = partial(_adjusted, families=families or {}, confirmatory=confirmatory, alpha=alpha, q=q)
    first, second = adjust(primary), adjust(coprimary)
    kept = ["estimate", "low", "high", "standardised", "standardised_low", "standardised_high", "p", "floor"]
    kept += ["arrangements", "possible", "exact", "p_adjusted", "floor_adjusted", "reachable", "stands"]
    other = second[[*_KEYS, *kept]].rename(columns={name: f"within_{name}" for name in kept})
    table = first.merge(other, on=_KEYS, how="left", validate="one_to_one")
    verdicts = [
        judged(row.estimate, row.p, row.within_estimate, row.within_p, alpha=alpha, noun=noun)
        for row in table.itertuples()
    ]
    table = table.assign(verdict=[v.verdict for v in verdicts], agreement=[v.words for v in verdicts])
    untested = table["within_p"].isna()
    table.loc[untested, ["verdict", "agreement"]] = "the co-primary test could not be made"
    problems = pd.concat(
        [primary.problems.assign(test="primary"), coprimary.problems.assign(test="co-primary")],
        ignore_index=True,
    )
    return Evidence(primary, coprimary, table, problems)


def permutations_within(
    frame: pd.DataFrame,
    outcomes: Sequence[str],
    factors: Sequence[str],
    cluster: str,
    *,
    level: float = 0.95,
    seed: int = 2017,
) -> Associations:
    """Run `permutation_within` for every outcome with every factor, sharing what they have in common.

    A pair that can't be tested goes to `.problems` with its reason; a column that does not exist or is not numeric is
    an error, as in `random_intercepts`.
    """
    results: list[Association] = []
    problems = []
    columns = {name: numeric(frame, name) for name in (*outcomes, *factors)}
    group, labels = codes(frame, cluster)
    known: dict[tuple[str, bytes], Floats] = {}
    for outcome, factor in product(outcomes, factors):
        if outcome == factor:
            continue
        try:
            read = complete_units(columns[outcome], columns[factor], group, labels, (outcome, factor, cluster))
            results.append(within(read, level=level, seed=seed, known=known))
        except MethodError as error:
            problems.append({"outcome": outcome, "factor": factor, "problem": error.what})
    return Associations(tuple(results), pd.DataFrame(problems, columns=["outcome", "factor", "problem"]))


def _adjusted(
    tests: Associations,
    families: Mapping[tuple[str, str], str],
    confirmatory: Collection[str],
    alpha: float,
    q: float,
) -> pd.DataFrame:
    table = tests.table
    if table.empty:
        raise MethodError(
            "no pair of outcome and factor can be tested",
            where="; ".join(tests.problems["problem"].unique()),
        )
    own = [families.get((row.outcome, row.factor), EXPLORATORY) for row in table.itertuples()]
    return family(table.assign(family=own), confirmatory=confirmatory, alpha=alpha, q=q).table
