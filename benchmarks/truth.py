"""What does the analysis find of the truth, over many simulated studies of the example's design?

    python benchmarks/truth.py --datasets 200 --jobs 2
    python benchmarks/truth.py --datasets 200 --keep folder     # with the joint displays that evidence.py kept there

The page on findings against the truth shows one study; this shows what such studies are like.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from evidence import WORLDS, markdown, put
from graded import studies

from analysis.against_truth import WORDS, against_truth
from analysis.example import truth

WORLD = "three factors matter (the example)"


def verdicts(displays: pd.DataFrame) -> pd.DataFrame:
    """Return the findings of every study against the truth, one row a study and factor."""
    known = truth()
    named = known.assign(label=known["factor"])
    parts = []
    for seed, display in displays.groupby("seed"):
        there = named[named["label"].isin(display["factor"])]
        table = against_truth(display, there).table
        p = display.set_index("factor")["p"]
        parts.append(table.assign(seed=seed, p=table["factor"].map(p)))
    return pd.concat(parts, ignore_index=True)


def factor_table(found: pd.DataFrame) -> pd.DataFrame:
    """Return one row a factor: the truth, the estimates' mean and spread, how often it was found."""
    rows = []
    names = truth().set_index("factor")["label"]
    for factor, part in found.groupby("factor", sort=False):
        rows.append(
            {
                "factor": names[factor],
                "true effect": f"{part['effect'].iloc[0]:.2f}",
                "among those chosen": f"{part['expected'].iloc[0]:.2f}",
                "estimate, mean (SD)": f"{part['standardised'].mean():.2f} ({part['standardised'].std():.2f})",
                "interval holds the truth": f"{100 * part['holds_truth'].mean():.0f} %",
                "p of .05 or less": f"{100 * (part['p'] <= 0.05).mean():.0f} %",
                "at least limited": f"{100 * (part['grade'] != 'not shown').mean():.0f} %",
                "strong or moderate": f"{100 * part['found'].mean():.0f} %",
            }
        )
    return pd.DataFrame(rows)


def study_table(found: pd.DataFrame) -> pd.DataFrame:
    """Return how many hits, misses and false alarms a study has."""
    counts = found.groupby(["seed", "verdict"]).size().unstack(fill_value=0).reindex(columns=list(WORDS.values()))
    rows = [
        {
            "verdict": verdict,
            "mean a study": f"{counts[verdict].mean():.2f}",
            **{f"{n} in a study": f"{100 * (counts[verdict] == n).mean():.0f} %" for n in range(4)},
        }
        for verdict in list(WORDS.values())[:3]
    ]
    return pd.DataFrame(rows)


def strongest(found: pd.DataFrame) -> str:
    """Say how often the factor that matters most has the largest estimate."""
    truest = found.loc[found["effect"].idxmax(), "factor"]
    largest = found.loc[found.groupby("seed")["standardised"].idxmax()].set_index("seed")["factor"]
    matters = found.loc[found["matters"], "factor"].unique()
    name = truth().set_index("factor")["label"][truest]
    return (
        f"{name}, which matters most, has the largest estimate in {100 * (largest == truest).mean():.0f} % of "
        f"studies, one of the {len(matters)} factors that matter in {100 * largest.isin(matters).mean():.0f} %."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--datasets", type=int, default=200, help="simulated studies")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--no-curve", action="store_true", help="leave the specification curve out (five times faster)")
    parser.add_argument("--keep", type=Path, help="folder in which joint displays are kept, and taken from where there")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/evidence.md")
    arguments = parser.parse_args()
    how = {"jobs": arguments.jobs, "curve": not arguments.no_curve, "keep": arguments.keep}
    displays = studies({WORLD: WORLDS[WORLD]}, range(arguments.datasets), **how)
    found = verdicts(displays)
    studies_drawn = found["seed"].nunique()
    said = (
        f"Over {studies_drawn} simulated studies of the example's design (seeds from 0). {strongest(found)} The Monte "
        f"Carlo standard error of a share is at most {50 / studies_drawn**0.5:.1f} points, that of a mean estimate "
        f"at most {(found.groupby('factor')['standardised'].std() / studies_drawn**0.5).max():.2f}."
    )
    text = "\n\n".join([said, markdown(factor_table(found)), markdown(study_table(found))])
    print(text)
    if arguments.write:
        put(text, "truth.py")


if __name__ == "__main__":
    main()
