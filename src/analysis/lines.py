"""Lines of evidence for the joint display, made from the results of the methods: one row a factor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association.influence import LeaveOneOut
from analysis.association.informants import SplitInformants
from analysis.association.results import Association, count
from analysis.association.specification import SpecificationCurve


def tests_line(tests: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return the line `tests`: the primary and co-primary test of each factor with one outcome."""
    own = tests[tests["outcome"] == outcome]
    return own.rename(columns={"agreement": "agreement_words"}).reset_index(drop=True)


def split_line(splits: Iterable[SplitInformants]) -> pd.DataFrame:
    """Return the line `split`: factor and outcome from different informants, with the inflation by shared ones."""
    rows = [
        {
            "factor": split.main.factor,
            "split_standardised": split.standardised,
            "split_low": split.interval[0] * split.main.standardised / split.main.estimate,
            "split_high": split.interval[1] * split.main.standardised / split.main.estimate,
            "split_p": split.p,
            "main_standardised": split.main.standardised,
            "inflation": split.inflation,
        }
        for split in splits
    ]
    return pd.DataFrame(rows)


#: Column of the estimate to column of its p and what readers know it as.
LIGHTS = {
    "standardised": ("p", "primary"),
    "within_standardised": ("within_p", "within areas"),
    "split_standardised": ("split_p", "split informants"),
}


@dataclass(frozen=True, slots=True)
class Lights:
    """In which lights each factor's association is seen.

    Attributes
    ----------
    table : DataFrame
        One row a factor: the three standardised estimates with their p, the lights with p at most alpha, whether all
        three estimates have one sign.
    alpha : float
    """

    table: pd.DataFrame
    alpha: float

    @property
    def summary(self) -> str:
        """Which factors are seen in every light, and how many have one sign throughout."""
        seen = self.table["lights"].str.split(", ").str.len().where(self.table["lights"] != "none", 0)
        every = self.table.loc[(seen == len(LIGHTS)) & self.table["same_sign"], "factor"]
        some = self.table[(seen > 0) & ~self.table["factor"].isin(every)]
        partly = "".join(
            f" {row.factor} shows one in {row.lights.replace(', ', ' and ')} only." for row in some.itertuples()
        )
        said = f"{', '.join(every)} {'shows' if len(every) == 1 else 'show'}" if len(every) else "No factor shows"
        return (
            f"{said} an association in every light (primary test, within areas, split informants; p at most "
            f"{self.alpha:g} before correction).{partly} The three estimates have the same sign for "
            f"{int(self.table['same_sign'].sum())} of {count(len(self.table), 'factor')}."
        )


def every_light(tests: pd.DataFrame, split: pd.DataFrame, *, alpha: float = 0.05) -> Lights:
    """Return which factors are seen in every light.

    Parameters
    ----------
    tests : DataFrame
        The table of `evidence` for one outcome, as from `tests_line`.
    split : DataFrame
        As from `split_line`.
    alpha : float
        Largest p with which an association counts as seen.
    """
    columns = [name for estimate, (p, _) in LIGHTS.items() for name in (estimate, p)]
    table = tests.merge(split[["factor", "split_standardised", "split_p"]], on="factor", how="left")
    seen = {words: table[p] <= alpha for p, words in LIGHTS.values()}
    named = [", ".join(words for words in seen if seen[words][at]) or "none" for at in table.index]
    sign = np.sign(table[list(LIGHTS)])
    same = sign.eq(sign["standardised"], axis=0).all(axis=1)
    return Lights(table[["factor", *columns]].assign(lights=named, same_sign=same), alpha)


def left_out_line(refits: Iterable[LeaveOneOut]) -> pd.DataFrame:
    """Return the line `left_out`: share of refits with the sign of the full estimate, and what moves it most."""
    rows = [
        {
            "factor": refit.full.factor,
            "standardised": refit.full.standardised,
            "left_out_low": float(refit.table["standardised"].min()),
            "left_out_high": float(refit.table["standardised"].max()),
            "left_out_same_sign": float(
                (np.sign(refit.table["estimate"].dropna()) == np.sign(refit.full.estimate)).mean()
            ),
            "left_out_largest_p": float(refit.table["p"].max()),
            "most_influential": refit.most_influential,
            "same_sign_under_none": refit.same_sign_under_none,
        }
        for refit in refits
    ]
    return pd.DataFrame(rows)


def curve_line(curves: Mapping[str, SpecificationCurve]) -> pd.DataFrame:
    """Return the line `curve`: median, range, share of the same sign and joint p of each factor's curve."""
    rows = [
        {
            "factor": factor,
            "specifications": len(curve.table),
            "curve_median": curve.median,
            "curve_low": float(curve.table["estimate"].min()),
            "curve_high": float(curve.table["estimate"].max()),
            "curve_same_sign": curve.same_sign,
            "curve_p": float(curve.inference.set_index("statistic")["p"]["median estimate"]),
        }
        for factor, curve in curves.items()
    ]
    return pd.DataFrame(rows)


def agreement_line(table: pd.DataFrame) -> pd.DataFrame:
    """Return the line `agreement` from a table of Krippendorff's alpha by factor with its bootstrap interval."""
    return table.rename(columns={"value": "alpha", "lower": "alpha_low", "upper": "alpha_high"})


def side_line(table: pd.DataFrame) -> pd.DataFrame:
    """Return the line `sides` from a table of council against partner shares."""
    return table.rename(columns={"code": "factor", "difference": "side_difference"})


def sensitivity_table(results: Mapping[str, Association]) -> pd.DataFrame:
    """Return other estimates of the same association, one row each: standardised estimate, interval, p, units."""
    rows = [
        {
            "way": way,
            "standardised": result.standardised,
            "standardised_low": result.standardised_interval[0],
            "standardised_high": result.standardised_interval[1],
            "df": result.df,
            "p": result.p,
            "n_units": result.n_units,
        }
        for way, result in results.items()
    ]
    return pd.DataFrame(rows)


def necessity_line(needed: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return the line `necessity` from the table of `qca.necessity` over factors: the presence of each.

    Parameters
    ----------
    needed : DataFrame
        `expression`, `kind`, `consistency`, `relevance`.
    labels : mapping of str to str
        Set to the factor's name.
    """
    present = needed[needed["kind"] == "condition"]
    return pd.DataFrame(
        {
            "factor": present["expression"].map(labels),
            "necessity_consistency": present["consistency"],
            "necessity_relevance": present["relevance"],
        }
    ).reset_index(drop=True)


def configuration_line(terms: Iterable[str], group_of: Mapping[str, str]) -> pd.DataFrame:
    """Return the line `configurations`: how each factor's group stands in the terms of a solution.

    Parameters
    ----------
    terms : iterable of str
        Terms such as ``EDGE*~ETHOS``.
    group_of : mapping of str to str
        Factor to the set of its group.

    Returns
    -------
    DataFrame
        `factor`, `in_solution`: present, absent, both (in different terms) or none.
    """
    literals = {literal for term in terms for literal in term.split("*")}
    words = {
        (True, True): "both",
        (True, False): "present",
        (False, True): "absent",
        (False, False): "none",
    }
    stands = [words[(group in literals, f"~{group}" in literals)] for group in group_of.values()]
    return pd.DataFrame({"factor": list(group_of), "in_solution": stands})


def quotes_line(codings: pd.DataFrame, approved: Iterable[int], factors: Iterable[str]) -> pd.DataFrame:
    """Return the line `quotes`: how many approved quotes each factor has, and their numbers."""
    chosen = codings[codings["coding"].isin(set(approved))].sort_values("coding")
    by_factor = chosen.groupby("factor")["coding"].agg(lambda numbers: ", ".join(map(str, numbers)))
    named = list(factors)
    numbers = [str(by_factor.get(factor, "")) for factor in named]
    counts = [len(listed.split(", ")) if listed else 0 for listed in numbers]
    return pd.DataFrame({"factor": named, "n_quotes": counts, "quotes": numbers})
