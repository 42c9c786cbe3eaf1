"""One simulated study from draw to grades, by the functions that the pages call; for `evidence.py` and `truth.py`.

Tidy tables are drawn in memory, so that files and coding tools, which change no number, cost no time. The lines of the
joint display are those that can support or contradict a grade: both tests, split informants, an area left out, and
(unless left out, since it takes most of the time) the specification curve.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import pandas as pd

from analysis.association import evidence
from analysis.association.influence import leave_one_cluster_out
from analysis.association.informants import split_informants
from analysis.association.specification import specification_curve
from analysis.example import Design, Simulation, simulate
from analysis.example.places import FACETS
from analysis.example.stated import PRIMARY, codebooks
from analysis.ingest.sheets import slug
from analysis.lights import split_line
from analysis.lines import curve_line, left_out_line, tests_line
from analysis.report.notebooks import PROJECT_NOTEBOOKS
from analysis.schema import TABLES
from analysis.scores import interview_frame, outcome_scores, score, unit_frame
from analysis.study import Study, load_study
from analysis.synthesis import Rule, graded, joint_display
from analysis.variants import build_variants

OUTCOME = "outcome:overall"
RATINGS = pd.DataFrame(columns=list(TABLES["ratings"].names))


@dataclass(frozen=True)
class Draw:
    """One study to draw: the world it comes from, by name, and its seed."""

    world: str
    design: Design
    seed: int
    curve: bool = False
    keep: Path | None = None


def graded_study(draw: Draw) -> pd.DataFrame:
    """Return the joint display of one simulated study, factors by key, with the columns `world` and `seed`."""
    simulation, study = simulate(draw.design, draw.seed), example()
    units, informants = frames(simulation, study)
    factors = [f.key for f in codebooks()[PRIMARY].factors if len(units[f.key].dropna().unique()) > 1]
    families = study.families("outcome:")
    planned = {pair: label for pair, label in families.items() if pair[1] in factors}
    settings = {"alpha": study.plan.alpha, "q": study.plan.exploratory_rate, "seed": draw.seed}
    found = evidence(units, [OUTCOME], factors, "area", families=planned, **settings)
    asked = {"unit": "partnership", "splits": 100, "jackknife": False, "seed": draw.seed}
    halves = [split_informants(informants, OUTCOME, f, "area", **asked) for f in factors]
    refits = [leave_one_cluster_out(units, OUTCOME, f, "area", draws=0, seed=draw.seed) for f in factors]
    lines = {
        "tests": tests_line(found.table, OUTCOME),
        "split": split_line(halves),
        "left_out": left_out_line(refits),
    }
    if draw.curve:
        lines["curve"] = curve(simulation, study, factors, draw.seed)
    return joint_display(lines).table.assign(world=draw.world, seed=draw.seed)


def frames(simulation: Simulation, study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row a partnership, and one row an informant, as `Page.units` and `Page.informants` do."""
    scores = score(
        simulation.interviews,
        own_codings(simulation),
        factors=factor_table(),
        ratings=RATINGS,
        rule=study.scores.rule,
        coders=study.scores.coders,
        absent=study.scores.absent,
    )
    overall = tuple(FACETS)
    rated = outcome_scores(simulation.outcomes, overall)
    units = unit_frame(scores, rated, simulation.partnerships, framework=PRIMARY)
    informants = interview_frame(
        scores,
        simulation.outcomes,
        simulation.interviews,
        framework=PRIMARY,
        overall=overall,
        council_sectors=study.council_sectors,
    )
    return units, informants


def curve(simulation: Simulation, study: Study, factors: Sequence[str], seed: int) -> pd.DataFrame:
    """Return the line of the specification curve; its permutations, which no grade uses, are as few as can be."""
    tables = simulation.tables | {"codings": own_codings(simulation), "ratings": RATINGS, "factors": factor_table()}
    variants = build_variants(
        tables,
        study.specifications,
        framework=PRIMARY,
        overall=tuple(FACETS),
        council_sectors=study.council_sectors,
    )
    options = {"unit": "partnership", "permutations": 19, "leave_out": False, "seed": seed}
    return curve_line({f: specification_curve(variants, [OUTCOME], f, "area", **options) for f in factors})


def own_codings(simulation: Simulation) -> pd.DataFrame:
    """Return the codings of the primary framework."""
    return simulation.codings[simulation.codings["framework"] == PRIMARY]


@cache
def factor_table() -> pd.DataFrame:
    """Return framework, factor and group of the primary framework's factors."""
    rows = [(PRIMARY, factor.key, factor.group) for factor in codebooks()[PRIMARY].factors]
    return pd.DataFrame(rows, columns=["framework", "factor", "group"])


@cache
def example() -> Study:
    """Return the example study, whose plan and rules are followed."""
    return load_study(PROJECT_NOTEBOOKS.parent)


def studies(
    worlds: dict[str, Design], seeds: range, *, jobs: int, curve: bool, keep: Path | None = None
) -> pd.DataFrame:
    """Draw and grade every world with every seed, some at a time, and return all joint displays.

    Each is kept as a file in the folder `keep`, where it is given, and read from there the next time. Kept lines are
    graded anew by the rule of the day; after a change of the tests themselves they have to be drawn again.
    """
    draws = [Draw(name, design, seed, curve, keep) for (name, design), seed in product(worlds.items(), seeds)]
    if jobs < 2:
        return pd.concat(map(kept_study, draws), ignore_index=True)
    with ProcessPoolExecutor(jobs) as pool:
        return pd.concat(pool.map(kept_study, draws, chunksize=2), ignore_index=True)


def kept_study(draw: Draw) -> pd.DataFrame:
    """Return a study's joint display from its file, or draw and grade it, and write the file."""
    if draw.keep is None:
        return graded_study(draw)
    lines = "curve" if draw.curve else "no-curve"
    path = draw.keep / f"{slug(draw.world)}-{lines}-{draw.seed}.parquet"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        graded_study(draw).to_parquet(part, index=False)
        part.replace(path)
    return graded(pd.read_parquet(path), Rule())
