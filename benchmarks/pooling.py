"""How often the ranges of partial pooling hold the truth where nothing is associated, as docs/validity.md tells.

python benchmarks/pooling.py --studies 100
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from analysis.models import partial_pooling

AREAS = np.repeat(list("abcdef"), (3, 3, 3, 2, 2, 2))
FACTORS, FACETS = 11, 5


def study(rng: np.random.Generator) -> pd.DataFrame:
    """Fifteen partnerships: factors that correlate .25, facets that correlate .36, none of the two with each other."""
    n = len(AREAS)
    factors = 0.5 * rng.normal(size=(n, 1)) + 0.75**0.5 * rng.normal(size=(n, FACTORS))
    facets = 0.6 * rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, FACETS))
    frame = pd.DataFrame(np.column_stack([factors, facets, facets.mean(axis=1)]))
    frame.columns = [*(f"x{i}" for i in range(FACTORS)), *(f"y{i}" for i in range(FACETS)), "overall"]
    return frame.assign(area=AREAS)


def held(outcomes: list[str], studies: int, seed: int) -> float:
    """Return the share of 95 % ranges that hold zero."""
    shares = []
    for rng in np.random.default_rng(seed).spawn(studies):
        names = [f"x{i}" for i in range(FACTORS)]
        table = partial_pooling(study(rng), outcomes, names, "area", permutations=299, seed=seed).table
        shares.append(((table["low"] <= 0) & (table["high"] >= 0)).mean())
    return float(np.mean(shares))


def main() -> None:
    """Print the share for one outcome and for six."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2017)
    given = parser.parse_args()
    several = ["overall", *(f"y{i}" for i in range(FACETS))]
    print(f"{given.studies} studies without any association; ranges of nominally 95 % that hold zero")
    for outcomes in (["overall"], several):
        print(f"  {len(outcomes)} outcomes: {held(outcomes, given.studies, given.seed):.3f}")


if __name__ == "__main__":
    main()
