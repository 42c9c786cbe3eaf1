"""Time the bootstrap of agreement beside the `krippendorff` package called once a draw.

Run `python benchmarks/agreement.py`. 100 interviews, 11 factors, 3 coders, values 0-3, a tenth of the ratings
missing. The package is timed on a few draws and scaled up to all of them; both resample the same interviews, and
the draws that both make must agree.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import krippendorff
import numpy as np
import pandas as pd

from analysis.agreement import (
    agreement_by,
    bootstrap_intervals,
    character_units,
    segment_units,
    unitising_by_code,
)

CODERS = ("A", "B", "C")


def ratings(interviews: int, factors: int, seed: int = 0) -> pd.DataFrame:
    """Return a tidy frame of ratings: three in four as the truth, a tenth missing."""
    rng = np.random.default_rng(seed)
    shape = (interviews, factors, len(CODERS))
    truth = rng.integers(0, 4, shape[:2])[..., None]
    values = np.where(rng.random(shape) < 0.75, truth, rng.integers(0, 4, shape)).astype(float)
    index = pd.MultiIndex.from_product([range(interviews), range(factors), CODERS])
    flat = pd.Series(values.ravel(), index=index).rename_axis(["interview", "factor", "coder"]).rename("value")
    return flat[rng.random(len(flat)) < 0.9].reset_index().assign(unit=0)


def segments(interviews: int, factors: int, each: int, seed: int = 0) -> tuple[pd.DataFrame, dict[int, int]]:
    """Return segments of three coders in texts of 50,000 characters."""
    rng = np.random.default_rng(seed)
    n = interviews * factors * len(CODERS) * each
    start = rng.integers(0, 49_000, n)
    frame = pd.DataFrame(
        {
            "interview": np.repeat(np.arange(interviews), n // interviews),
            "factor": np.tile(np.arange(factors), n // factors),
            "coder": np.tile(np.repeat(CODERS, factors), n // factors // len(CODERS)),
            "start": start,
            "end": start + rng.integers(50, 900, n),
        }
    )
    return frame, dict.fromkeys(range(interviews), 50_000)


def best(call: Callable[[], object], times: int = 3) -> float:
    """Return the shortest of a few times, in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def looped(frame: pd.DataFrame, draws: int, level: str, seed: int) -> np.ndarray:
    """Return alpha per factor and draw by calling the package, shape (factors, draws)."""
    wide = frame.pivot(index=["factor", "coder"], columns="interview", values="value")
    order = pd.factorize(frame["interview"])[1]
    picked = np.random.default_rng(seed).integers(len(order), size=(draws, len(order)), dtype=np.int32)
    tables = [wide.loc[factor][order].to_numpy() for factor in sorted(frame["factor"].unique())]
    return np.array(
        [
            [krippendorff.alpha(reliability_data=table[:, row], level_of_measurement=level) for row in picked]
            for table in tables
        ]
    )


def main() -> None:
    """Print one line per measurement."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=10_000)
    options.add_argument("--sample", type=int, default=20, help="draws the package is timed on")
    chosen = options.parse_args()
    frame = ratings(100, 11)
    print(f"100 interviews, 11 factors, 3 coders, {chosen.draws:,} draws")
    for level in ("nominal", "ordinal", "interval"):
        ours = best(lambda level=level: bootstrap_intervals(frame, level=level, draws=chosen.draws, seed=1))
        start = time.perf_counter()
        theirs = looped(frame, chosen.sample, level, 1)
        per_draw = (time.perf_counter() - start) / chosen.sample
        same = bootstrap_intervals(frame, level=level, draws=chosen.sample, seed=1).draws
        gap = np.nanmax(np.abs(same - theirs))
        ratio = per_draw * chosen.draws / ours
        print(
            f"alpha {level:9} {ours:6.3f} s; package looped {per_draw * chosen.draws:7.1f} s "
            f"(from {chosen.sample} draws): {ratio:,.0f} times; largest difference {gap:.1e}"
        )
    for name in ("gwet_ac", "fleiss_kappa", "conger_kappa"):
        taken = best(lambda name=name: bootstrap_intervals(frame, coefficient=name, draws=chosen.draws))
        print(f"{name:15} {taken:6.3f} s")
    for interviews in (100, 300, 1000):
        large = ratings(interviews, 11)
        taken = best(lambda large=large: bootstrap_intervals(large, draws=chosen.draws), 1)
        print(f"alpha nominal, {interviews:5,} interviews {taken:6.3f} s; ", end="")
        print(f"table of coefficients and standard errors {best(lambda large=large: agreement_by(large), 1):6.3f} s")
    codings, lengths = segments(100, 11, 5)
    print(f"{len(codings):,} segments of 3 coders in 100 texts")
    print(f"segment units     {best(lambda: segment_units(codings, lengths), 1):6.3f} s")
    print(f"character units   {best(lambda: character_units(codings, lengths), 1):6.3f} s")
    print(f"unitising by code {best(lambda: unitising_by_code(codings, lengths), 1):6.3f} s")


if __name__ == "__main__":
    main()
