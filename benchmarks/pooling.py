"""How often the ranges of partial pooling hold the truth, as docs/validity.md tells.

python benchmarks/pooling.py --studies 400
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from analysis.models import partial_pooling

SIZES = (3, 3, 3, 2, 2, 2)
FACTORS = [f"x{i}" for i in range(11)]
NOTHING: dict[str, float] = {}
SOMETHING = {"x0": 0.55, "x1": 0.35, "x2": 0.35}  # what the outcome gains from a standard deviation of a factor


def study(rng: np.random.Generator, effects: dict[str, float], sizes: tuple[int, ...] = SIZES) -> pd.DataFrame:
    """Fifteen partnerships: factors that correlate .25, an outcome that is the mean of five facets."""
    n = sum(sizes)
    factors = 0.5 * rng.normal(size=(n, 1)) + 0.75**0.5 * rng.normal(size=(n, len(FACTORS)))
    facets = 0.6 * rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, 5))
    frame = pd.DataFrame(factors, columns=FACTORS).assign(outcome=facets.mean(axis=1))
    for factor, effect in effects.items():
        frame["outcome"] += effect * frame[factor]
    return frame.assign(area=np.repeat(np.arange(len(sizes)), sizes))


def truth(effects: dict[str, float], seed: int) -> pd.Series:
    """Each factor's correlation with the outcome in a population of many such partnerships."""
    many = study(np.random.default_rng(seed), effects, (300_000,))
    return many[FACTORS].corrwith(many["outcome"])


def held(effects: dict[str, float], studies: int, seed: int) -> pd.DataFrame:
    """Return one row a study and factor: does the range hold the truth; squared errors, pooled and unpooled."""
    true = truth(effects, seed) if effects else pd.Series(0.0, index=FACTORS)
    rows = []
    for rng in np.random.default_rng(seed).spawn(studies):
        table = partial_pooling(study(rng, effects), "outcome", FACTORS, "area", permutations=299, seed=seed).table
        value = table["factor"].map(true)
        inside = (table["low"] <= value) & (table["high"] >= value)
        rows.append(table.assign(true=value, inside=inside, matters=table["factor"].isin(list(effects))))
    return pd.concat(rows, ignore_index=True)


def main() -> None:
    """Print the shares without any association and where three factors matter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2017)
    given = parser.parse_args()
    print(f"{given.studies} studies each; ranges of nominally 95 % that hold the truth")
    for words, effects in (("no association", NOTHING), ("three factors matter", SOMETHING)):
        found = held(effects, given.studies, given.seed)
        off = {name: ((found[name] - found["true"]) ** 2).mean() ** 0.5 for name in ("pooled", "estimate")}
        print(f"  {words}: {found['inside'].mean():.3f} of all factors")
        if effects:
            own = found[found["matters"]]
            print(
                f"    {own['inside'].mean():.3f} of those that matter (true {own['true'].unique().round(2).tolist()})"
            )
        print(f"    root mean squared error {off['pooled']:.2f} pooled, {off['estimate']:.2f} unpooled")


if __name__ == "__main__":
    main()
