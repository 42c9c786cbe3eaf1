"""Do the tests err as often as they say? Type-I error, power and coverage of the shipped methods by simulation.

    python benchmarks/calibration.py --datasets 1000 --single 200 --jobs 2            # print the tables
    python benchmarks/calibration.py --datasets 4000 --single 1000 --write   # and put them into docs/validity.md

Every number comes from the functions that the pages call (in their batched form, where there is one), on data sets
drawn by `analysis.association.simulate` from the design of the plan: six areas of two or three partnerships, three to
seven informants each, factors graded 0-3, outcomes 0-4.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from calibration_naive import hc3, ols, spearman
from calibration_page import ALPHA, DISCOVERY, END, PAGE, START, page
from calibration_single import single_chunk, together_chunk
from scipy import special

from analysis.association import Design, arrangements, holm, reml, simulate
from analysis.association.bootstrap import share_beyond
from analysis.association.design import centred
from analysis.association.multiplicity import benjamini_hochberg
from analysis.association.parallel import spread
from analysis.association.power import permuted
from analysis.association.robust import robust_slopes, within_slopes
from analysis.association.simulation import Sample, graded, unit_means

CHUNK = 125


@dataclass(frozen=True)
class Scenario:
    """One column of the table: a design, a true correlation and what is wrong with the world."""

    name: str
    design: Design
    correlation: float = 0.0
    common: float = 0.0
    confounding: float = 0.0


def design(units: tuple[int, ...], informants: tuple[int, ...], share: float) -> Design:
    cycle = (informants * sum(units))[: sum(units)]
    return Design(units, cycle, (share,), (share,), (0.4,), (0.4,), (3, 4))


SIX, USUAL = (3, 3, 3, 2, 2, 2), (3, 4, 5, 6, 7)
SCENARIOS = (
    Scenario("base", design(SIX, USUAL, 0.2)),
    Scenario("large area effects", design(SIX, USUAL, 0.7)),
    Scenario("unbalanced", design((5, 4, 2, 2, 1, 1), (1, 2, 9, 4, 7), 0.2)),
    Scenario("common source", design(SIX, USUAL, 0.2), common=0.8),
    Scenario("area-level confounding", design(SIX, USUAL, 0.6), confounding=0.8),
    Scenario("power, r = .5", design(SIX, USUAL, 0.2), correlation=0.5),
    Scenario("power, r = .8", design(SIX, USUAL, 0.2), correlation=0.8),
)
NULLS = [s.name for s in SCENARIOS if s.correlation == 0.0]


def cluster_z(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    found = robust_slopes(y, x, cluster, "CR1")
    return 2 * special.ndtr(-np.abs(found.estimate / found.se))


SIGNS = np.array(np.meshgrid(*[[1.0, -1.0]] * 6)).reshape(6, -1).T


def wild(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    return np.array([share_beyond(b, a, cluster, SIGNS) for a, b in zip(x, y, strict=True)])


def kenward_roger(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    return reml.slopes(y, x, cluster).p[:, 0]


def plain(x: np.ndarray, y: np.ndarray, cluster: np.ndarray, *, satterthwaite: bool) -> np.ndarray:
    """Test by REML without the adjustment of the standard error: Satterthwaite's df (Kenward-Roger's), or z."""
    found = reml.slopes(y, x, cluster)
    n = np.bincount(cluster)
    member = np.eye(len(n))[cluster] / n
    columns = np.stack([np.ones_like(x), x], axis=-1)
    mean = member.T @ columns
    weights = (n / (1 + n * found.ratio[:, None]))[..., None]
    inner = columns - mean[:, cluster]
    precision = np.swapaxes(inner, 1, 2) @ inner + np.swapaxes(mean, 1, 2) @ (weights * mean)
    se = np.sqrt(found.variance_residual * np.linalg.inv(precision)[:, 1, 1])
    t = -np.abs(found.estimate[:, 0] / se)
    return 2 * (special.stdtr(found.df[:, 0], t) if satterthwaite else special.ndtr(t))


def mundlak(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    inner = centred(x.T, cluster).T
    return reml.slopes(y, inner, cluster, extra=(x - inner)[..., None]).p[:, 0]


def every_order(cluster: np.ndarray) -> np.ndarray:
    orders = arrangements.every(cluster, 3000)
    if orders is not None:
        return orders
    index = np.arange(len(cluster))
    drawn = arrangements.draw(index, cluster, 1999, np.random.default_rng(0))
    return np.concatenate([index[None], drawn])


def within(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    return permuted(x, y, cluster, every_order(cluster))


def between(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    n = int(cluster.max()) + 1
    means = [unit_means(values, cluster, n) for values in (x, y)]
    block = np.zeros(n, dtype=np.int64)
    return permuted(*means, block, every_order(block))


def fisher(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    return special.chdtrc(4, -2 * np.log(within(x, y, cluster) * between(x, y, cluster)))


Test = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def without_clusters(test: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Test:
    def blind(x: np.ndarray, y: np.ndarray, _cluster: np.ndarray) -> np.ndarray:
        return test(x, y)

    return blind


OVER_INTERVIEWS: dict[str, Test] = {
    "Spearman over interviews": without_clusters(spearman),
    "OLS over interviews, HC3": without_clusters(hc3),
    "cluster-robust over interviews, z": cluster_z,
    "CR2 / Satterthwaite over interviews": lambda x, y, c: robust_slopes(y, x, c, "CR2").p,
    "wild cluster bootstrap over interviews, 64 signs": wild,
}
OVER_UNITS: dict[str, Test] = {
    "Spearman": without_clusters(spearman),
    "OLS, t(P - 2)": without_clusters(ols),
    "CR1 / Satterthwaite": lambda x, y, c: robust_slopes(y, x, c, "CR1").p,
    "CR2 / Satterthwaite": lambda x, y, c: robust_slopes(y, x, c, "CR2").p,
    "CR3 / Satterthwaite": lambda x, y, c: robust_slopes(y, x, c, "CR3").p,
    "wild cluster bootstrap, 64 signs": wild,
    "**random intercept, Kenward-Roger**": kenward_roger,
    "random intercept, Satterthwaite, unadjusted standard error": partial(plain, satterthwaite=True),
    "random intercept, z": partial(plain, satterthwaite=False),
    "**exact permutation within areas**": within,
    "cluster fixed effects, t": lambda x, y, c: within_slopes(y, x, c).p,
    "within-area part (Mundlak), Kenward-Roger": mundlak,
    "permutation of areas": between,
    "Fisher: within and between": fisher,
}
SPLIT = "random intercept, Kenward-Roger, one fixed split of informants"


def halves(sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Score the factor from every second informant of a unit and the outcome from the others, where there are two."""
    rank = np.arange(len(sample.unit)) - np.searchsorted(sample.unit, sample.unit)
    alone = np.bincount(sample.unit)[sample.unit] == 1
    first = np.flatnonzero((rank % 2 == 0) | alone)
    second = np.flatnonzero((rank % 2 == 1) | alone)
    return sample.scores(first), sample.scores(second, sample.outcome)


def one_chunk(scenario: Scenario, size: int, rng: np.random.Generator, slope: float) -> dict[str, np.ndarray]:
    """Simulate and test one lot of data sets: p-values by method, and whether intervals cover the slope."""
    sample = simulate(
        scenario.design, scenario.correlation, size, rng, common=scenario.common, confounding=scenario.confounding
    )
    x, y, c = sample.scores(), sample.scores(values=sample.outcome), sample.cluster
    by_interview = c[sample.unit]
    p = {name: test(sample.factor, sample.outcome, by_interview) for name, test in OVER_INTERVIEWS.items()}
    p |= {name: test(x, y, c) for name, test in OVER_UNITS.items()}
    first, second = halves(sample)
    p[SPLIT] = kenward_roger(first, second, c)
    shifted = y - slope * x
    p |= {f"covers: {name}": OVER_UNITS[name](x, shifted, c) for name in COVERED}
    return p


COVERED = ["OLS, t(P - 2)", "CR2 / Satterthwaite", "wild cluster bootstrap, 64 signs",
           "**random intercept, Kenward-Roger**", "**exact permutation within areas**"]  # fmt: skip


def true_slope(scenario: Scenario, seed: int) -> float:
    """Slope of the units' observed outcome on their observed factor in a population of many such data sets."""
    if scenario.correlation == 0.0:
        return 0.0
    sample = simulate(scenario.design, scenario.correlation, 40_000, np.random.default_rng(seed))
    x, y = sample.scores(), sample.scores(values=sample.outcome)
    return float(np.cov(x.ravel(), y.ravel())[0, 1] / x.var())


def eleven(size: int, rng: np.random.Generator, tests: int = 11) -> tuple[Sample, list[np.ndarray]]:
    """Draw an outcome and eleven correlated factors (graded) without any effect."""
    base = SCENARIOS[0].design
    plain = Design(base.units, base.informants, base.cluster_factor, base.cluster_outcome, (0.4,), (0.4,))
    draws = [simulate(plain, 0.0, size, rng) for _ in range(tests + 1)]
    return draws[-1], [graded(np.sqrt(0.7) * d.factor + np.sqrt(0.3) * draws[-1].factor, 3) for d in draws[:-1]]


def families(size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Test eleven correlated factors without any effect: is at least one rejected?"""
    shared, raw = eleven(size, rng)
    y = shared.scores(values=graded(shared.outcome, 4))
    x = [shared.scores(values=values) for values in raw]
    cluster = shared.cluster
    kr = np.column_stack([kenward_roger(v, y, cluster) for v in x])
    rank = np.column_stack([spearman(v, y) for v in x])
    naive = np.column_stack([spearman(v, graded(shared.outcome, 4)) for v in raw])
    return {
        "Spearman over interviews, uncorrected": naive.min(axis=1) <= ALPHA,
        "Holm on Spearman over interviews": np.array([holm(row).min() for row in naive]) <= ALPHA,
        "Spearman, uncorrected": rank.min(axis=1) <= ALPHA,
        "Kenward-Roger, uncorrected": kr.min(axis=1) <= ALPHA,
        "Holm on Spearman": np.array([holm(row).min() for row in rank]) <= ALPHA,
        "**Holm on Kenward-Roger**": np.array([holm(row).min() for row in kr]) <= ALPHA,
        DISCOVERY: np.array([benjamini_hochberg(row).min() for row in kr]) <= 0.10,
        "step-down max-T within areas": smallest_max_t(np.stack(x, axis=2), y, cluster) <= ALPHA,
    }


def one_by_one(scenario: Scenario, size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Simulate one lot and test each data set by itself."""
    wrong = {"common": scenario.common, "confounding": scenario.confounding}
    return single_chunk(simulate(scenario.design, scenario.correlation, size, rng, **wrong))


def all_factors(size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Take eleven factors without any effect together."""
    shared, raw = eleven(size, rng)
    y = shared.scores(values=graded(shared.outcome, 4))
    return together_chunk(np.stack([shared.scores(values=v) for v in raw], axis=2), y, shared.cluster)


def smallest_max_t(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Adjusted p of the strongest factor by max-T over all arrangements, for B data sets (B, n_units, factors)."""
    orders = every_order(cluster)
    inner = centred(x.transpose(1, 0, 2), cluster).transpose(1, 0, 2)
    inner = inner / np.sqrt((inner**2).sum(axis=1, keepdims=True))
    p = np.empty(len(x))
    for b in range(len(x)):
        largest = np.abs(y[b][orders] @ inner[b]).max(axis=1)
        p[b] = (largest >= largest[0] * (1 - 1e-9)).mean()
    return p


def lots_of(datasets: int) -> list[int]:
    return [CHUNK] * (datasets // CHUNK) + [datasets % CHUNK] * (datasets % CHUNK > 0)


def tables(datasets: int, jobs: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return rejection rates, coverage and family-wise errors; each lot of data sets has its own stream."""
    lots = lots_of(datasets)
    streams = np.random.default_rng(seed).spawn((len(SCENARIOS) + 1) * len(lots))
    slopes = {s.name: true_slope(s, seed) for s in SCENARIOS}
    tasks = [(s, lot, slopes[s.name]) for s in SCENARIOS for lot in lots]
    done = spread(one_chunk, [(s, lot, rng, m) for (s, lot, m), rng in zip(tasks, streams, strict=False)],
                  jobs=jobs, progress=progress)  # fmt: skip
    rejected = shares([s.name for s, *_ in tasks], done)
    covers = rejected.index.str.startswith("covers: ")
    covered = 1.0 - rejected[covers].rename(index=lambda name: name.removeprefix("covers: "))
    lots_done = spread(families, list(zip(lots, streams[len(tasks) :], strict=True)), jobs=jobs)
    return rejected[~covers], covered, together(lots_done)


def single_tables(datasets: int, jobs: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the same for methods that take one data set at a time, and the shares without an estimate."""
    lots = lots_of(datasets)
    streams = np.random.default_rng([seed, 1]).spawn((len(SCENARIOS) + 1) * len(lots))
    tasks = [(s, lot) for s in SCENARIOS for lot in lots]
    done = spread(one_by_one, [(*task, rng) for task, rng in zip(tasks, streams, strict=False)],
                  jobs=jobs, progress=progress)  # fmt: skip
    names = [s.name for s, _ in tasks]
    missing = shares(names, [{name: np.where(np.isnan(p), 0.0, 1.0) for name, p in lot.items()} for lot in done])
    lots_done = spread(all_factors, list(zip(lots, streams[len(tasks) :], strict=True)), jobs=jobs)
    return shares(names, done), missing, together(lots_done)


def shares(scenarios: list[str], done: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Share of p-values at or below the level, of those there are: one row a method, one column a scenario."""
    rates: dict[str, dict[str, float]] = {}
    for scenario in dict.fromkeys(scenarios):
        own = [result for name, result in zip(scenarios, done, strict=True) if name == scenario]
        for method in own[0]:
            p = np.concatenate([result[method] for result in own])
            rates.setdefault(method, {})[scenario] = float((p[np.isfinite(p)] <= ALPHA).mean())
    return pd.DataFrame(rates).T


def together(lots: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    rates = {name: float(np.concatenate([lot[name] for lot in lots]).mean()) for name in lots[0]}
    return pd.Series(rates, name="at least one").to_frame()


def progress(done: int, total: int) -> None:
    if done % 10 == 0 or done == total:
        print(f"  {done} of {total} lots", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--datasets", type=int, default=1000)
    parser.add_argument("--single", type=int, default=500, help="data sets for methods that take one at a time")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2017)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/validity.md")
    chosen = parser.parse_args()
    started = time.perf_counter()
    batched = tables(chosen.datasets, chosen.jobs, chosen.seed)
    single = single_tables(chosen.single, chosen.jobs, chosen.seed)
    made = page(batched, single, NULLS, chosen.datasets, chosen.single, chosen.seed)
    print(made)
    print(f"{time.perf_counter() - started:.0f} s")
    if chosen.write:
        text = PAGE.read_text(encoding="utf-8")
        before, rest = text.split(START, 1)
        PAGE.write_text(before + made + rest.split(END, 1)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
