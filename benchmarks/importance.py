"""How often bootstrap intervals of relative importance hold the true share, as `relative_importance` tells.

python benchmarks/importance.py --studies 150
"""

from __future__ import annotations

import argparse
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd

from analysis.models import relative_importance

EFFECT, CORRELATION = 0.6, 0.3


def truth(k: int) -> np.ndarray:
    """Return the shares of R2 in the population: k factors that correlate, of which the first alone has an effect."""
    covariance = CORRELATION + (1 - CORRELATION) * np.eye(k)
    own = EFFECT * covariance[0]
    total = EFFECT**2 + 1.0

    def r2(members: tuple[int, ...]) -> float:
        at = list(members)
        return float(own[at] @ np.linalg.solve(covariance[np.ix_(at, at)], own[at]) / total) if at else 0.0

    shares = np.zeros(k)
    for j in range(k):
        others = [i for i in range(k) if i != j]
        for size in range(k):
            for subset in combinations(others, size):
                shares[j] += (r2((*subset, j)) - r2(subset)) / (k * comb(k - 1, size))
    return shares


def held(n: int, k: int, studies: int, seed: int) -> tuple[float, float, float]:
    """Return how often the interval of the one factor with an effect and those of the others hold, and their width."""
    shares, names = truth(k), [f"x{i}" for i in range(k)]
    root = np.linalg.cholesky(CORRELATION + (1 - CORRELATION) * np.eye(k))
    found, width = [], []
    for rng in np.random.default_rng(seed).spawn(studies):
        x = rng.normal(size=(n, k)) @ root.T
        frame = pd.DataFrame(x, columns=names).assign(y=EFFECT * x[:, 0] + rng.normal(size=n), area=np.arange(n) % 6)
        table = relative_importance(frame, "y", names, "area", resamples=200, seed=seed).table.set_index("factor")
        table = table.loc[names]
        found.append((table["low"] <= shares) & (shares <= table["high"]))
        width.append((table["high"] - table["low"]).mean())
    share = np.mean(found, axis=0)
    return float(share[0]), float(share[1:].mean()), float(np.mean(width))


def main() -> None:
    """Print one row a size of study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=150)
    parser.add_argument("--seed", type=int, default=2017)
    given = parser.parse_args()
    print("| units | factors | with an effect | without | mean width |\n|---|---|---|---|---|")
    for n, k in ((15, 3), (15, 5), (60, 5), (15, 11)):
        row = held(n, k, given.studies if k < 10 else max(given.studies // 8, 10), given.seed)
        print(f"| {n} | {k} | " + " | ".join(f"{value:.2f}" for value in row) + " |", flush=True)


if __name__ == "__main__":
    main()
