"""How often does a factor without any effect reach each grade of evidence?

    python benchmarks/evidence.py --datasets 200 --jobs 2            # print the tables
    python benchmarks/evidence.py --datasets 200 --jobs 2 --write    # and put them into docs/evidence.md

Studies are drawn by `analysis.example.simulate` with the example's areas, partnerships, informants, coders and plan, in
worlds where no factor matters, and graded as the pages do (`graded.py`). A last world is that of the example, for what
the same rule finds where something is there.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pandas as pd
from graded import studies

from analysis.association.power import wilson
from analysis.example import Design
from analysis.example.stated import PRIMARY, codebooks
from analysis.synthesis import GRADES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "evidence.md"
END = "<!-- end of tables -->"
FOUND = ("strong", "moderate")
NOTHING = {"effects": {}, "pattern_strength": 0.0}
WORLDS = {
    "no factor matters": Design(**NOTHING),
    "no factor matters, strong common source": Design(**NOTHING, common_source=0.9),
    "no factor matters, but areas confound three": Design(**NOTHING, area_effects={2: 0.8, 4: 0.5, 11: 0.5}),
    "three factors matter (the example)": Design(),
}


def with_truth(displays: pd.DataFrame) -> pd.DataFrame:
    """Add whether each factor matters in its world."""
    numbers = {factor.key: factor.number for factor in codebooks()[PRIMARY].factors}
    matters = [
        WORLDS[world].effects.get(numbers[factor], 0.0) != 0
        for world, factor in zip(displays["world"], displays["factor"], strict=True)
    ]
    return displays.assign(matters=matters)


def grade_table(displays: pd.DataFrame) -> pd.DataFrame:
    """Return the share of factors at each grade, with its Wilson interval, by world, plan and whether they matter."""
    rows = []
    for (world, matters, label), part in displays.groupby(["world", "matters", "label"], sort=False):
        row = {"world": world, "factors": "that matter" if matters else "without effect", "in the plan": label}
        for grade in GRADES:
            count = int((part["grade"] == grade).sum())
            low, high = wilson(count, len(part))
            row[grade] = _share(count / len(part), low, high)
        rows.append({**row, "n": len(part)})
    order = {world: i for i, world in enumerate(WORLDS)}
    return pd.DataFrame(rows).sort_values("world", key=lambda names: names.map(order), kind="stable")


def nothing_there(known: pd.DataFrame) -> str:
    """Say how many factors of the worlds in which nothing matters reach each grade."""
    empty = known[~known.groupby("world")["matters"].transform("any")]
    counts = empty["grade"].value_counts().reindex(list(GRADES), fill_value=0)
    told = ", ".join(f"{count:,} {grade} ({100 * count / len(empty):.2g} %)" for grade, count in counts.items())
    return f"Of the {len(empty):,} factors of the worlds in which nothing matters: {told}."


def _share(share: float, low: float, high: float) -> str:
    return f"{100 * share:.1f} % ({100 * low:.1f}-{100 * high:.1f})"


def study_table(displays: pd.DataFrame) -> pd.DataFrame:
    """Return the share of whole studies in which a factor without effect is graded strong or moderate."""
    null = displays[~displays["matters"]]
    flags = null.assign(false=null["grade"].isin(FOUND), unadjusted=null["p"] <= 0.05).groupby(["world", "seed"])
    worst = flags[["false", "unadjusted"]].any().groupby("world", sort=False)
    rows = []
    for world, part in worst:
        low, high = wilson(int(part["false"].sum()), len(part))
        rows.append(
            {
                "world": world,
                "studies": len(part),
                "with an unadjusted p of .05 or less": f"{100 * part['unadjusted'].mean():.1f} %",
                "with a false strong or moderate": _share(part["false"].mean(), low, high),
            }
        )
    return pd.DataFrame(rows)


def lines_table(displays: pd.DataFrame) -> pd.DataFrame:
    """Return how often each line supports or contradicts the primary estimate, by whether the factor matters."""
    rows = []
    for (world, matters), part in displays.groupby(["world", "matters"], sort=False):
        for side in ("supports", "contradicts"):
            named = part[side].str.get_dummies(", ")
            rows += [
                {"world": world, "factors": "that matter" if matters else "without effect", "line": line,
                 "what it does": side, "share": f"{100 * named[line].mean():.0f} %"}
                for line in named.columns.drop("", errors="ignore")
            ]  # fmt: skip
    return pd.DataFrame(rows)


def markdown(frame: pd.DataFrame) -> str:
    """Return a frame as a Markdown table."""
    lines = [" | ".join(map(str, row)) for row in (frame.columns, ["---"] * frame.shape[1], *frame.to_numpy())]
    return "\n".join(f"| {line} |" for line in lines)


def told(displays: pd.DataFrame) -> str:
    """Return all tables as the page holds them."""
    known = with_truth(displays)
    counts = known.groupby("world")["seed"].nunique()
    said = "; ".join(f"{counts[world]} studies in which {world}" for world in WORLDS if world in counts)
    curve = "the specification curve among them" if "curve_same_sign" in known else "all lines but the curve"
    return "\n\n".join(
        [
            f"Simulated: {said} (seeds from 0; {curve}). {nothing_there(known)} Intervals show the Monte Carlo error: "
            "Wilson's at 95 %; factors of one study are not independent, so those of factors are somewhat too narrow.",
            markdown(grade_table(known)),
            "By whole studies:",
            markdown(study_table(known)),
            "Which lines support or contradict:",
            markdown(lines_table(known)),
        ]
    )


def put(text: str, script: str) -> None:
    """Put tables into the page, between the marks of the script that made them."""
    start = f"<!-- tables: written by benchmarks/{script} -->"
    head, rest = PAGE.read_text(encoding="utf-8").split(start)
    tail = rest.split(END, 1)[1]
    PAGE.write_text(f"{head}{start}\n\n{text}\n\n{END}{tail}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--datasets", type=int, default=200, help="simulated studies in each world")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--no-curve", action="store_true", help="leave the specification curve out (five times faster)")
    parser.add_argument("--worlds", nargs="+", choices=list(WORLDS), default=list(WORLDS))
    parser.add_argument("--keep", type=Path, help="folder in which joint displays are kept, and taken from where there")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    arguments = parser.parse_args()
    begun = time.perf_counter()
    worlds = {name: WORLDS[name] for name in arguments.worlds}
    how = {"jobs": arguments.jobs, "curve": not arguments.no_curve, "keep": arguments.keep}
    displays = studies(worlds, range(arguments.datasets), **how)
    text = told(displays)
    print(text)
    print(f"\n{time.perf_counter() - begun:.0f} s")
    if arguments.write:
        put(text, "evidence.py")


if __name__ == "__main__":
    main()
