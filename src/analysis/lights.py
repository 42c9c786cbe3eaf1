"""The same association in several lights: the plan's two tests, and factor and outcome from different informants."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association.informants import SplitInformants, named_split
from analysis.association.multiplicity import EXPLORATORY, family
from analysis.association.results import between, count, effect, p_value
from analysis.errors import MethodError

Pairs = Mapping[tuple[str, str], str]

NONE = "none"

#: Prefix of a light's columns in the table of tests to what readers know it as.
LIGHTS = {"": "primary test", "within_": "within areas", "split_": "split informants"}


def split_line(
    splits: Sequence[SplitInformants], *, families: Pairs | None = None, alpha: float = 0.05, q: float = 0.10
) -> pd.DataFrame:
    """Return the line `split`: factor and outcome from different informants, with the inflation by shared ones.

    Parameters
    ----------
    splits : sequence of SplitInformants
    families, alpha, q
        As in `evidence`: p is adjusted within the families of the primary test.

    Returns
    -------
    DataFrame
        One row a pair: outcome, factor, split_standardised and its bounds, split_p, split_p_adjusted, split_stands,
        main_standardised (same informants), inflation and its bounds; all in standard deviations.
    """
    return _adjusted(pd.DataFrame([split.table_row for split in splits]), "split_", families, alpha, q)


def _adjusted(rows: pd.DataFrame, prefix: str, families: Pairs | None, alpha: float, q: float) -> pd.DataFrame:
    """Adjust p within the families that the plan names, as the primary test's is."""
    own = [(families or {}).get((row.outcome, row.factor), EXPLORATORY) for row in rows.itertuples()]
    told = family(rows.assign(family=own), column_of_p=f"{prefix}p", alpha=alpha, q=q).table
    return rows.assign(**{f"{prefix}{name}": told[name] for name in ("p_adjusted", "stands")})


def look_closely(tests: pd.DataFrame, wanted: str = "") -> tuple[str, str]:
    """Return the factor to look at closely, and in a sentence why this one.

    Parameters
    ----------
    tests : DataFrame
        The table of `evidence` for one outcome.
    wanted : str
        A factor by name; empty: the one with the smallest p of the primary test.

    Raises
    ------
    MethodError
        Where `wanted` is no factor that was tested.
    """
    named = tests["factor"].tolist()
    if wanted and wanted not in named:
        raise MethodError(
            f"focus is {wanted!r}, which is not a factor that was tested", allowed=named, value=wanted,
            fix="give the factor's name as the pages write it, or leave focus empty",
        )  # fmt: skip
    if wanted:
        return wanted, f"{wanted} is looked at closely because the page was asked to; its p-values are unadjusted."
    first = tests.loc[tests["p"].idxmin()]
    return str(first["factor"]), (
        f"{first['factor']} is looked at closely because its p is the smallest of {len(tests)}: picked after the "
        f"results were seen, {first['label']} by the plan, and what is said of it is not adjusted for that choice."
    )


@dataclass(frozen=True, slots=True)
class Lights:
    """In which lights each factor's association is seen.

    Attributes
    ----------
    table : DataFrame
        One row a factor: for each light (`LIGHTS`) its standardised estimate with bounds, p, and whether it stands
        after correction; the lights in which it stands, those with p at most alpha before correction, and whether all
        three estimates have one sign.
    alpha : float
    """

    table: pd.DataFrame
    alpha: float

    @property
    def everywhere(self) -> list[str]:
        """The factors that stand in every light with one sign."""
        stand = self.table[[f"{prefix}stands" for prefix in LIGHTS]].all(axis=1) & self.table["same_sign"]
        return self.table.loc[stand, "factor"].tolist()

    @property
    def summary(self) -> str:
        """Which factors stand in every light, which have a small p in some, and how many have one sign throughout."""
        every = self.everywhere
        seen = (self.table["stands_in"] != NONE) | (self.table["before"] != NONE)
        said = f"{', '.join(every)} {'stands' if len(every) == 1 else 'stand'}" if every else "No factor stands"
        partly = "".join(
            f" {row['factor']} stands in {'all' if row['factor'] in every else self._in(row['stands_in'])}"
            f"{self._before(row)}; its standardised estimate is {self._told(row)}."
            for _, row in self.table[seen].iterrows()
        )
        return (
            f"{said} in every light ({', '.join(LIGHTS.values())}) after correction for its family.{partly} "
            f"The three estimates have the same sign for {int(self.table['same_sign'].sum())} of "
            f"{count(len(self.table), 'factor')}."
        )

    @staticmethod
    def _in(lights: str) -> str:
        """Lights with the article they take."""
        return "none of them" if lights == NONE else lights.replace(LIGHTS[""], f"the {LIGHTS['']}")

    def _before(self, row: pd.Series) -> str:
        """In which lights p is small before correction, where these are others."""
        if row["before"] == row["stands_in"]:
            return ""
        return f" (before correction, p is at most {self.alpha:g} in {self._in(row['before'])})"

    @staticmethod
    def _told(row: pd.Series) -> str:
        """The three estimates of a factor with their intervals."""
        return ", ".join(
            f"{effect(row[f'{prefix}standardised'])} ({between(row[f'{prefix}low'], row[f'{prefix}high'])}) "
            f"{'from' if prefix == 'split_' else 'in the' if not prefix else ''} {words}".replace("  ", " ")
            for prefix, words in LIGHTS.items()
        )


def every_light(tests: pd.DataFrame, split: pd.DataFrame, *, alpha: float = 0.05) -> Lights:
    """Return in which lights each factor is seen.

    Parameters
    ----------
    tests : DataFrame
        The table of `evidence` for one outcome, as from `tests_line`.
    split : DataFrame
        As from `split_line`.
    alpha : float
        Largest p with which an association counts as seen before correction.
    """
    bounds = {f"{prefix}standardised_{end}": f"{prefix}{end}" for prefix in ("", "within_") for end in ("low", "high")}
    own = tests.drop(columns=[new for new in bounds.values() if new in tests]).rename(columns=bounds)
    table = own.merge(split.drop(columns="outcome", errors="ignore"), on="factor", how="left")
    names = ("standardised", "low", "high", "p", "stands")
    table[[f"{prefix}stands" for prefix in LIGHTS]] = (
        table[[f"{prefix}stands" for prefix in LIGHTS]].fillna(False).astype(bool)
    )
    sign = np.sign(table[[f"{prefix}standardised" for prefix in LIGHTS]])
    same = sign.eq(sign["standardised"], axis=0).all(axis=1)
    columns = ["factor", *(f"{prefix}{name}" for prefix in LIGHTS for name in names)]
    stand = {words: table[f"{prefix}stands"] for prefix, words in LIGHTS.items()}
    before = {words: table[f"{prefix}p"] <= alpha for prefix, words in LIGHTS.items()}
    return Lights(table[columns].assign(stands_in=_named(stand), before=_named(before), same_sign=same), alpha)


def _named(seen: Mapping[str, pd.Series]) -> list[str]:
    """Return for each row the lights in which it is seen, in words."""
    rows = pd.DataFrame(seen).to_numpy(dtype=bool)
    lights = np.array(list(seen))
    return [" and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found) or NONE
            for found in (lights[row].tolist() for row in rows)]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sides:
    """Factor from one side's informants and outcome from the other's, both ways round, beside the primary test.

    Attributes
    ----------
    table : DataFrame
        One row a factor and way (`kind`): outcome, factor, kind, estimate, low, high (standardised), p, stands (after
        correction for its family), n_units, and the problem where it could not be fitted.
    focus : str
        The factor that the summary tells of.
    """

    table: pd.DataFrame
    focus: str

    @property
    def summary(self) -> str:
        """The three estimates of the factor in focus, and how many factors have one sign throughout."""
        own = self.table[self.table["factor"] == self.focus]
        said = "; ".join(
            f"{row.kind} {effect(row.estimate)} ({between(row.low, row.high)}, {p_value(row.p)}, "
            f"{count(int(row.n_units), 'unit')})"
            for row in own.itertuples()
            if np.isfinite(row.estimate)
        )
        wide = self.table.pivot(index="factor", columns="kind", values="estimate")
        same = np.sign(wide).sum(axis=1).abs() == wide.shape[1]
        standing = self.table.loc[self.table["stands"] & (self.table["kind"] != LIGHTS[""]), "factor"].drop_duplicates()
        none = ", ".join(standing) or "no factor"
        return (
            f"Standardised estimates for {self.focus}: {said}. All three have the same sign for {int(same.sum())} of "
            f"{count(len(wide), 'factor')}; with factor and outcome from different sides {none} stands after "
            "correction for its family."
        )

    @property
    def wide(self) -> pd.DataFrame:
        """One row a factor: the primary estimate, and for each way estimate, bounds, p and units."""
        kinds = [kind for kind in dict.fromkeys(self.table["kind"]) if kind != LIGHTS[""]]
        by_kind = {kind: part.set_index("factor") for kind, part in self.table.groupby("kind")}
        out = by_kind[LIGHTS[""]][["estimate"]].rename(columns={"estimate": LIGHTS[""]})
        for kind in kinds:
            named = {"estimate": kind, "low": f"{kind}, lower", "high": f"{kind}, upper", "p": f"{kind}_p"}
            out = out.join(by_kind[kind][[*named, "n_units"]].rename(columns=named | {"n_units": f"{kind}, units"}))
        return out.reset_index()


def both_sides(
    spoken: pd.DataFrame, tests: pd.DataFrame, ways: Mapping[str, tuple[str, str]], *,
    by: str, unit: str, cluster: str, focus: str, families: Pairs | None = None, alpha: float = 0.05, q: float = 0.10,
) -> Sides:  # fmt: skip
    """Fit every factor of a table of tests with factor and outcome from two named groups of informants.

    Parameters
    ----------
    spoken : DataFrame
        One row an informant, as in `named_split`.
    tests : DataFrame
        The table of `evidence` for one outcome.
    ways : mapping of str to (str, str)
        What a way is called to the group that the factor is from and the one that the outcome is from.
    by, unit, cluster : str
        Columns of `spoken`.
    focus : str
    families, alpha, q
        As in `evidence`.
    """
    bounds = {"standardised": "estimate", "standardised_low": "low", "standardised_high": "high"}
    first = tests[["outcome", "factor", *bounds, "p", "stands", "n_units"]].rename(columns=bounds)
    rows = [first.assign(kind=LIGHTS[""], problem="")]
    for kind, (factor_from, outcome_from) in ways.items():
        found = [
            _one_way(spoken, row.outcome, row.factor, cluster, unit=unit, by=by, groups=(factor_from, outcome_from))
            for row in tests.itertuples()
        ]
        rows.append(_adjusted(pd.DataFrame(found), "", families, alpha, q).assign(kind=kind))
    table = pd.concat(rows, ignore_index=True).drop(columns="p_adjusted")
    return Sides(table.assign(stands=table["stands"].fillna(False).astype(bool)), focus)


def _one_way(
    spoken: pd.DataFrame, outcome: str, factor: str, cluster: str, *, unit: str, by: str, groups: Collection[str]
) -> dict[str, object]:
    given, rated = groups
    row: dict[str, object] = {"outcome": outcome, "factor": factor}
    try:
        found = named_split(
            spoken, outcome, factor, cluster, unit=unit, by=by, factor_from=[given], outcome_from=[rated]
        )
    except MethodError as error:
        unknown = dict.fromkeys(("estimate", "low", "high", "p"), float("nan"))
        return row | unknown | {"n_units": 0, "problem": error.what}
    low, high = found.standardised_interval
    return row | {
        "estimate": found.standardised, "low": low, "high": high, "p": found.p, "n_units": found.n_units, "problem": "",
    }  # fmt: skip
