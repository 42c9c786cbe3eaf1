"""Time exact minimisation beside R's QCA, pyqca and setqca.

Run `python benchmarks/qca.py`. Random truth tables of 4 to 20 conditions, spread and clustered (rows around six
prototypes, as partnerships lie in areas), are minimised with remainders included and all models are counted. Times are
of the processor, so that a busy machine does not count; ours is the best of three for the call that gets the prime
implicants and the exact number of models.

R is timed on the same tables where `Rscript` with the package QCA is on the path; else its stored times stand in
(`R_STORED`). `--others PYTHON` names an interpreter in which pyqca and setqca are installed (a throw-away environment
will do): they run in processes of their own with a time limit, since both can take for ever. setqca prefers models with
fewer literals among those with the fewest terms, and pyqca gives one model, so that their counts can be lower.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from analysis.qca import TruthTable, minimise

# Times of R QCA 3.25.1 (R 4.2.2, two cores, one of them busy) in seconds, least and most of the runs that ended, taken
# once beside a prototype of the method used here: with 24 rows two tables of six passed the limit of 30 s.
R_STORED = {(11, 12): (0.5, 2.1), (11, 24): (0.5, 18.0)}
SIZES = (
    (4, 12),
    (6, 16),
    (8, 18),
    (9, 20),
    (10, 20),
    (11, 12),
    (11, 24),
    (12, 24),
    (14, 24),
    (16, 24),
    (18, 24),
    (20, 24),
)
R_SCRIPT = """
suppressMessages(library(QCA)); d <- read.csv(file("stdin"))
tt <- truthTable(d, outcome = "OUT", incl.cut = 1)
t0 <- proc.time()[["user.self"]]
s <- minimize(tt, include = "?", method = if (ncol(d) > 7) "eQMC" else "QMC")
cat(proc.time()[["user.self"]] - t0, length(s$solution))
"""
SETQCA = """
import json, sys, time
from setqca import minimize_chart
g = json.load(sys.stdin)
number = lambda row: int("".join(map(str, row)), 2)
on = {number(r) for r, o in zip(g["rows"], g["out"]) if o}
off = {number(r) for r, o in zip(g["rows"], g["out"]) if not o}
free = set(range(2 ** g["k"])) - on - off
t0 = time.process_time()
found = minimize_chart(on, dont_cares=free, width=g["k"], max_solutions=100000)
print(time.process_time() - t0, len(found.covers))
"""
PYQCA = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd
from qca import CSQCA, minimize_truth_table
g = json.load(sys.stdin)
names = [f"C{i}" for i in range(g["k"])]
frame = pd.DataFrame(g["rows"], columns=names).assign(OUT=g["out"])
model = CSQCA(frame, outcome="OUT", conditions=names)
t0 = time.process_time()
minimize_truth_table(model)
print(time.process_time() - t0, 1)
"""


def instance(k: int, rows: int, seed: int, *, clustered: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return distinct configurations and outputs, half of them positive."""
    rng = np.random.default_rng([k, rows, seed, clustered])
    if clustered:
        prototypes = rng.integers(0, 2, (6, k))
        configurations = prototypes[rng.integers(0, 6, 4 * rows)] ^ (rng.random((4 * rows, k)) < 0.2)
    else:
        configurations = rng.integers(0, 2, (4 * rows, k))
    distinct = rng.permutation(np.unique(configurations, axis=0))[:rows]
    outputs = rng.permutation(np.arange(len(distinct)) % 2)
    return distinct, outputs


def ours(configurations: np.ndarray, outputs: np.ndarray) -> tuple[float, int]:
    """Return the best of three times in seconds and the number of models."""
    table = TruthTable.from_rows(configurations, outputs.tolist(), [f"C{i}" for i in range(configurations.shape[1])])
    times = []
    for _ in range(3):
        start = time.process_time()
        count = minimise(table, "include").n_models
        times.append(time.process_time() - start)
    return min(times), count


def other(command: list[str], text: str, limit: float) -> tuple[float, int] | None:
    """Run another program on one table; None where it takes too long or fails."""
    try:
        run = subprocess.run(command, input=text, capture_output=True, text=True, timeout=limit, check=True)
        seconds, count = run.stdout.split()[-2:]
        return float(seconds), int(count)
    except (subprocess.SubprocessError, ValueError):
        return None


def rivals(others: str | None) -> Iterator[tuple[str, list[str], str]]:
    """Name the other programs that are there, with their commands and the format they read."""
    if (
        shutil.which("Rscript")
        and subprocess.run(["Rscript", "-e", "library(QCA)"], capture_output=True).returncode == 0
    ):
        yield "R QCA", ["Rscript", "-e", R_SCRIPT], "csv"
    if others:
        yield "setqca", [others, "-c", SETQCA], "json"
        yield "pyqca", [others, "-c", PYQCA], "json"


def as_text(configurations: np.ndarray, outputs: np.ndarray, form: str) -> str:
    """Write a table for another program."""
    k = configurations.shape[1]
    if form == "json":
        return json.dumps({"k": k, "rows": configurations.tolist(), "out": outputs.tolist()})
    lines = [",".join([*(f"C{i}" for i in range(k)), "OUT"])]
    return "\n".join(
        [*lines, *(",".join(map(str, [*row, out])) for row, out in zip(configurations, outputs, strict=True))]
    )


def size_report(k: int, rows: int, seeds: int, found: list[tuple[str, list[str], str]], limit: float) -> None:
    """Time one size, spread and clustered, and print a line for each."""
    for clustered in (False, True):
        tables = [instance(k, rows, seed, clustered=clustered) for seed in range(seeds)]
        results = [ours(*table) for table in tables]
        median = statistics.median(seconds for seconds, _ in results)
        slowest = max(seconds for seconds, _ in results)
        kind = "clustered" if clustered else "random"
        line = (
            f"{k:3d} {rows:4d} {kind:9s} {1000 * median:9.2f} {1000 * slowest:9.2f}  {max(n for _, n in results):>12,}"
        )
        for name, command, form in found:
            theirs = [other(command, as_text(*table, form), limit) for table in tables[:3]]
            line += f"  {name} {described(theirs, results[:3], limit)}"
        stored = R_STORED.get((k, rows))
        if stored and not clustered and "R QCA" not in [name for name, _, _ in found]:
            low, high = (seconds / median for seconds in stored)
            line += f"  R QCA (stored) {stored[0]:g}-{stored[1]:g} s, {low:,.0f} to {high:,.0f} times ours"
        print(line, flush=True)


def described(theirs: list[tuple[float, int] | None], results: list[tuple[float, int]], limit: float) -> str:
    """Say what another program did on the tables it was given."""
    done = [(one, own) for one, own in zip(theirs, results, strict=True) if one is not None]
    if not done:
        return f"none of {len(theirs)} within {limit:g} s"
    factor = statistics.median(one[0] / own[0] for one, own in done)
    same = sum(one[1] == own[1] for one, own in done)
    return f"{factor:,.0f} times ours ({len(done)} of {len(theirs)} in time, models equal in {same})"


def ties() -> None:
    """Count and list the models of tables on which many tie."""
    for seed, rows in ((31, 90), (75, 90), (63, 90)):
        rng = np.random.default_rng(seed)
        configurations = np.unique(rng.integers(0, 2, (rows, 12)), axis=0)
        outputs = np.zeros(len(configurations), dtype=int)
        outputs[rng.permutation(len(configurations))[: int(len(configurations) * 0.3)]] = 1
        start = time.process_time()
        table = TruthTable.from_rows(configurations, outputs.tolist(), [f"C{i}" for i in range(12)])
        solution = minimise(table, "include")
        counted = time.process_time() - start
        next(solution.iter_models())
        listed = 1000 * (time.process_time() - start - counted)
        print(f"12 conditions, {rows} rows: {solution.n_models:,} models counted in {counted:.2f} s,", end=" ")
        print(f"the first of them listed after {listed:.1f} ms more")


def main() -> None:
    """Print a table of times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--others", help="an interpreter with pyqca and setqca")
    parser.add_argument("--seeds", type=int, default=9, help="tables a size")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds another program may take")
    parser.add_argument("--largest", type=int, default=20, help="most conditions")
    arguments = parser.parse_args()
    found = list(rivals(arguments.others))
    print("  k rows kind      median ms    max ms   most models")
    for k, rows in SIZES:
        if k <= arguments.largest:
            size_report(k, rows, arguments.seeds, found if k <= 12 else [], arguments.limit)
    ties()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MB, interpreter and libraries included")


if __name__ == "__main__":
    main()
