"""What a study has to work with: how many of what, who is covered, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.agreement import agreement_by
from analysis.framework import Framework


@dataclass(frozen=True, slots=True)
class Overview:
    """The size of a study, area by area.

    Attributes
    ----------
    table : DataFrame
        One row an area and one for all: area, partnerships, interviews, coders, codings, double_coded (share of
        the coded interviews that two or more coders coded, 0-1), outcome_ratings.
    missing : DataFrame
        One row a factor of the primary framework: factor, interviews (that touch it), share_of_interviews,
        partnerships (that touch it), share_of_partnerships.
    """

    table: pd.DataFrame
    missing: pd.DataFrame

    @property
    def summary(self) -> str:
        """One sentence: areas, partnerships, interviews, codings, share coded twice."""
        whole = self.table.iloc[-1]
        double = whole["double_coded"]
        twice = "" if pd.isna(double) else f", {double:.0%} of the interviews coded by two or more coders"
        return (
            f"{int(whole['interviews'])} interviews about {int(whole['partnerships'])} partnerships in "
            f"{len(self.table) - 1} areas came in with {int(whole['codings']):,} codings and "
            f"{int(whole['outcome_ratings']):,} outcome ratings{twice}."
        )


def overview(
    partnerships: pd.DataFrame,
    interviews: pd.DataFrame,
    observations: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    framework: str,
    factors: pd.DataFrame,
) -> Overview:
    """Count what came in.

    Parameters
    ----------
    partnerships, interviews, outcomes : DataFrame
        The tables of these names.
    observations : DataFrame
        Codings, and direct ratings in the shape of codings (`scores.observations`).
    framework : str
        Key of the primary framework.
    factors : DataFrame
        Columns `framework`, `factor`.
    """
    area = interviews.set_index("interview")["area"]
    coded = observations.assign(area=observations["interview"].map(area))
    rated = outcomes.merge(partnerships[["partnership", "area"]], on="partnership")
    keys = list(dict.fromkeys(partnerships["area"]))
    rows = [_row(key, *(f[f["area"] == key] for f in (partnerships, interviews, coded, rated))) for key in sorted(keys)]
    rows.append(_row("all", partnerships, interviews, coded, rated))
    return Overview(pd.DataFrame(rows), _touched(interviews, coded, framework, factors))


def _row(
    area: str,
    partnerships: pd.DataFrame,
    interviews: pd.DataFrame,
    coded: pd.DataFrame,
    rated: pd.DataFrame,
) -> dict[str, object]:
    readers = coded.groupby("interview")["coder"].nunique()
    return {
        "area": area,
        "partnerships": len(partnerships),
        "interviews": len(interviews),
        "coders": coded["coder"].nunique(),
        "codings": len(coded),
        "double_coded": float((readers > 1).mean()) if len(readers) else float("nan"),
        "outcome_ratings": len(rated),
    }


def _touched(interviews: pd.DataFrame, coded: pd.DataFrame, framework: str, factors: pd.DataFrame) -> pd.DataFrame:
    mine = coded[coded["framework"] == framework]
    mine = mine.assign(partnership=mine["interview"].map(interviews.set_index("interview")["partnership"]))
    counts = mine.groupby("factor")[["interview", "partnership"]].nunique()
    named = factors.loc[factors["framework"] == framework, ["factor"]].reset_index(drop=True)
    found = counts.reindex(named["factor"]).fillna(0).astype("int64").reset_index(drop=True)
    totals = interviews["interview"].nunique(), interviews["partnership"].nunique()
    return named.assign(
        interviews=found["interview"],
        share_of_interviews=found["interview"] / totals[0],
        partnerships=found["partnership"],
        share_of_partnerships=found["partnership"] / totals[1],
    )


def offsets_by_file(documents: pd.DataFrame) -> pd.DataFrame:
    """Return how many documents of each raw file were counted in which way.

    Parameters
    ----------
    documents : DataFrame
        Columns `file`, `offsets` (missing where the format has no places in a text), `words`.
    """
    counted = documents.assign(offsets=documents["offsets"].fillna("not stated by the format"))
    grouped = counted.groupby(["file", "offsets"], sort=True)
    return grouped.agg(documents=("file", "size"), words=("words", "sum")).reset_index()


def gaps(
    partnerships: pd.DataFrame, interviews: pd.DataFrame, observations: pd.DataFrame, outcomes: pd.DataFrame
) -> pd.DataFrame:
    """Return what is not there: what, missing (how many), of (how many), share.

    Who did not state role or sector is a group of its own among the informants, and is counted there.

    Parameters
    ----------
    partnerships, interviews, observations, outcomes : DataFrame
        As for `overview`.
    """
    pairs = len(partnerships) * outcomes["outcome"].nunique()
    rated = len(outcomes.dropna(subset=["value"]).drop_duplicates(["partnership", "outcome"]))
    unplaced = int(observations[["start", "end"]].isna().any(axis=1).sum())
    rows = [
        ("partnerships without an interview", _without(partnerships, interviews, "partnership"), len(partnerships)),
        ("partnerships and outcomes without a rating", pairs - rated, pairs),
        ("interviews that nobody coded", _without(interviews, observations, "interview"), len(interviews)),
        ("interviews without a month", int(interviews["month"].isna().sum()), len(interviews)),
        ("interviews of unknown length in words", int(interviews["words"].isna().sum()), len(interviews)),
        ("interviews whose text is in no export", int(interviews["characters"].isna().sum()), len(interviews)),
        ("codings or ratings without a place in characters", unplaced, len(observations)),
    ]
    table = pd.DataFrame(rows, columns=["what", "missing", "of"])
    return table.assign(share=table["missing"] / table["of"].where(table["of"] > 0))


def _without(whole: pd.DataFrame, part: pd.DataFrame, key: str) -> int:
    return len(set(whole[key]) - set(part[key]))


def pseudonyms(interviews: pd.DataFrame, observations: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return what stands under pseudonyms, and how many: what, pseudonyms."""
    named = {
        "interviews": interviews["interview"],
        "coders": observations["coder"],
        "names of documents": pd.concat([interviews["source"].dropna(), documents["document"].dropna()]),
    }
    rows = [(what, len(set(names))) for what, names in named.items()]
    return pd.DataFrame(rows, columns=["what", "pseudonyms"])


def most_raised(observations: pd.DataFrame, interviews: pd.DataFrame) -> pd.DataFrame:
    """Return codes by how many interviews raised them, most first, with the partnerships and the share."""
    partnership = interviews.set_index("interview")["partnership"]
    placed = observations.assign(partnership=observations["interview"].map(partnership))
    counts = placed.groupby(["framework", "factor"])[["interview", "partnership"]].nunique().reset_index()
    counts = counts.rename(columns={"interview": "interviews", "partnership": "partnerships"})
    counts["share_of_interviews"] = counts["interviews"] / len(interviews)
    return counts.sort_values(["interviews", "factor"], ascending=[False, True], ignore_index=True)


def rolled_up(framework: Framework) -> tuple[dict[str, str], list[str]]:
    """Return the group above each factor, and groups and factors in the framework's order, each group first."""
    groups = {group.key: group.label for group in framework.groups}
    grouped = {factor.label: groups[factor.group] for factor in framework.factors if factor.group in groups}
    above = {factor: group for factor, group in grouped.items() if factor != group}
    each = [(above.get(factor.label), factor.label) for factor in framework.factors]
    return above, list(dict.fromkeys(name for pair in each for name in pair if name))


def unit_ways(graded: pd.DataFrame, present: pd.DataFrame) -> pd.DataFrame:
    """Return the agreement on each factor by several coefficients, one row a factor.

    Parameters
    ----------
    graded, present : DataFrame
        Units as from `agreement.interview_units`, with grades and with presence.
    """
    ways = {
        "alpha, intensity": (graded, {"coefficient": "krippendorff_alpha", "level": "ordinal"}),
        "AC2, intensity": (graded, {"coefficient": "gwet_ac", "weights": "quadratic"}),
        "alpha, presence": (present, {"coefficient": "krippendorff_alpha"}),
        "AC1, presence": (present, {"coefficient": "gwet_ac"}),
        "Fleiss kappa, presence": (present, {"coefficient": "fleiss_kappa"}),
        "same, presence": (present, {"coefficient": "percent_agreement"}),
    }
    columns = {
        name: agreement_by(units, "factor", **options).table.set_index("factor")["value"]  # type: ignore[arg-type]
        for name, (units, options) in ways.items()
    }
    return pd.DataFrame(columns).rename_axis("factor").reset_index()
