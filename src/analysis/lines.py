"""Lines of evidence for the joint display, made from the results of the methods: one row a factor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analysis.association.influence import LeaveOneOut
from analysis.association.results import Association
from analysis.association.specification import SpecificationCurve


def tests_line(tests: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return the line `tests`: the primary and co-primary test of each factor with one outcome."""
    own = tests[tests["outcome"] == outcome]
    return own.rename(columns={"agreement": "agreement_words"}).reset_index(drop=True)


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
    """Return the line `curve`: median, range, share of the same sign, median under rearrangement and joint p."""
    rows = [
        {
            "factor": factor,
            "specifications": len(curve.table),
            "curve_median": curve.median,
            "curve_low": float(curve.table["estimate"].min()),
            "curve_high": float(curve.table["estimate"].max()),
            "curve_same_sign": curve.same_sign,
        }
        for factor, curve in curves.items()
    ]
    tested = [curve.inference.set_index("statistic").loc["median estimate"] for curve in curves.values()]
    found = {f"curve_{name}": [float(row[name]) for row in tested] for name in ("under_none", "p")}
    return pd.DataFrame(rows).assign(**found)


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
