"""How fast are the association methods, beside named peers, in one run?

    python benchmarks/association.py

A peer that is not installed is said to be skipped. Kenward-Roger is timed beside R's lmerTest where Rscript and
lmerTest are there, else beside statsmodels' MixedLM (which has no Kenward-Roger and only fits). Answers are compared
before times are; where a peer counts ties differently or resamples in another way the table says so.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from analysis.association import (
    Variant,
    max_t,
    permutation_within,
    random_intercept,
    random_intercepts,
    specification_curve,
    wild_bootstrap,
)
from analysis.association.evidence import permutations_within

warnings.simplefilter("ignore")
SIX = (3, 3, 3, 2, 2, 2)


def study(sizes: tuple[int, ...] = SIX, factors: int = 11, outcomes: int = 1, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    area = np.repeat(np.arange(len(sizes)), sizes)
    effect = rng.normal(size=(len(sizes), 1))
    x = rng.normal(size=(len(area), factors)) + 0.5 * effect[area]
    y = 0.5 * x[:, :1] + 0.7 * effect[area] + rng.normal(size=(len(area), outcomes))
    columns = [f"x{i}" for i in range(factors)] + [f"y{i}" for i in range(outcomes)]
    frame = pd.DataFrame(np.column_stack([x, y]), columns=columns)
    return frame.assign(area=area, unit=[f"p{i}" for i in range(len(area))])


def best(call: Callable[[], object], times: int = 3) -> float:
    """Shortest of a few runs, in seconds."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        took.append(time.perf_counter() - started)
    return min(took)


def in_turn(ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 15) -> tuple[float, float]:
    """Shortest run of either, in seconds, taken in turn so that a busy machine slows both."""
    took = [(best(ours, 5), best(theirs, 1)) for _ in range(rounds)]
    return min(own for own, _ in took), min(other for _, other in took)


Row = tuple[str, float, str, float, str]


def mixed_model() -> list[Row]:
    frame = study()
    alone = best(lambda: random_intercept(frame, "y0", "x0", "area"), 20)
    many = study(factors=1000, seed=1)
    names = [f"x{i}" for i in range(1000)]
    batched = best(lambda: random_intercepts(many, ["y0"], names, "area")) / 1000
    ours = random_intercept(frame, "y0", "x0", "area")
    r = lmer_test(frame)
    if r is not None:
        name, theirs, estimate, p = r
        same = f"estimate {ours.estimate:.6f} and {estimate:.6f}, p {ours.p:.6f} and {p:.6f}"
    else:
        name, theirs, same = mixed_lm()
    return [
        ("random intercept, Kenward-Roger, one test", alone, name, theirs, same),
        ("the same, a thousand factors together, each", batched, name, theirs, "as above"),
    ]


def mixed_lm(datasets: int = 20) -> tuple[str, float, str]:
    """Fit the same data sets by statsmodels; only those that converge are timed and compared."""
    import statsmodels.formula.api as smf
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    warnings.simplefilter("ignore", ConvergenceWarning)  # statsmodels asks for each one to be shown
    took, apart = [], []
    for seed in range(datasets):
        frame = study(seed=seed)
        started = time.perf_counter()
        try:
            fitted = smf.mixedlm("y0 ~ x0", frame, groups=frame["area"]).fit(reml=True)
        except np.linalg.LinAlgError:
            continue
        seconds = time.perf_counter() - started
        if fitted.converged:
            took.append(seconds)
            apart.append(abs(random_intercept(frame, "y0", "x0", "area").estimate - fitted.params["x0"]))
    note = f"{len(took)} of {datasets} converge; half of those estimates are within {np.median(apart):.0e}"
    return "statsmodels MixedLM (fit only)", float(np.median(took)), note


def lmer_test(frame: pd.DataFrame) -> tuple[str, float, float, float] | None:
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.csv"
        frame.to_csv(data, index=False)
        script = (
            f"suppressMessages(library(lmerTest)); d <- read.csv('{data.as_posix()}');"
            "f <- function() coef(summary(lmer(y0 ~ x0 + (1 | area), d), ddf = 'Kenward-Roger'))[2, ];"
            "a <- f(); t <- min(sapply(1:5, function(i) system.time(f())[['elapsed']]));"
            "cat(t, a[['Estimate']], a[['Pr(>|t|)']])"
        )
        run = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False)
    if run.returncode:
        return None
    took, estimate, p = map(float, run.stdout.split())
    return "R lmerTest, Kenward-Roger", took, estimate, p


def permutation() -> list[Row]:
    """One cluster of seven or eight, which is the case that scipy can do; the other cluster has one unit."""
    rows = []
    for n, name, statistic in (
        (7, "plain statistic", lambda x: lambda a: x @ a),
        (7, "vectorised statistic", lambda x: lambda a, axis: (x * a).sum(axis=axis)),
        (8, "vectorised statistic", lambda x: lambda a, axis: (x * a).sum(axis=axis)),
    ):
        frame = study((n, 1))
        x, y = (frame["x0"].head(n) - frame["x0"].head(n).mean()).to_numpy(), frame["y0"].head(n).to_numpy()

        def theirs(x: np.ndarray = x, y: np.ndarray = y, statistic: Callable[..., object] = statistic) -> object:
            return stats.permutation_test((y,), statistic(x), permutation_type="pairings", n_resamples=np.inf)

        def mine(frame: pd.DataFrame = frame) -> object:
            return permutation_within(frame, "y0", "x0", "area")

        found, ours = theirs(), mine()
        p = (np.abs(found.null_distribution) >= abs(found.statistic) - 1e-9).mean()
        what = f"exact permutation, {ours.arrangements:,} arrangements, with interval"
        took = in_turn(mine, theirs)
        rows.append((what, took[0], f"scipy permutation_test, {name}", took[1], f"p {ours.p:.6f} and {p:.6f}"))
    return [*rows, together()]


def together(n: int = 7, factors: int = 11, outcomes: int = 6) -> Row:
    """All factors and outcomes of a study, as the page on associations tests them; scipy is called for each pair."""
    frame = study((n, 1), factors, outcomes)
    names = [f"y{i}" for i in range(outcomes)], [f"x{i}" for i in range(factors)]
    head = frame.head(n)

    def theirs() -> list[float]:
        found = []
        for outcome in names[0]:
            for factor in names[1]:
                x = (head[factor] - head[factor].mean()).to_numpy()
                test = stats.permutation_test(
                    (head[outcome].to_numpy(),),
                    lambda a, axis, x=x: (x * a).sum(axis=axis),
                    permutation_type="pairings",
                    n_resamples=np.inf,
                )
                found.append((np.abs(test.null_distribution) >= abs(test.statistic) - 1e-9).mean())
        return found

    ours = permutations_within(frame, *names, "area").table["p"]
    apart = np.abs(ours - theirs()).max()
    pairs = factors * outcomes
    took = in_turn(lambda: permutations_within(frame, *names, "area"), theirs, 5)
    return (
        f"the same for {pairs} pairs together, each",
        took[0] / pairs,
        "scipy permutation_test, vectorised statistic",
        took[1] / pairs,
        f"largest difference of p {apart:.0e}",
    )


def bootstrap() -> list[Row]:
    frame = study()
    ours = wild_bootstrap(frame, "y0", "x0", "area")
    took = best(lambda: wild_bootstrap(frame, "y0", "x0", "area"))
    try:
        import statsmodels.formula.api as smf
        from wildboottest.wildboottest import wildboottest
    except ImportError:
        return [("wild cluster bootstrap, with interval", took, "wildboottest (not installed)", np.nan, "skipped")]
    model = smf.ols("y0 ~ x0", frame)

    def theirs() -> pd.DataFrame:
        return wildboottest(model, param="x0", cluster=frame["area"], B=9999, bootstrap_type="11", show=False)

    p = float(theirs()["p-value"].iloc[0])
    note = f"p {ours.p:.5f} and {p:.5f}, which leaves the 2 of 64 ties out"
    return [("wild cluster bootstrap, 64 signs, with interval", took, "wildboottest", best(theirs), note)]


def step_down() -> list[Row]:
    frame = study()
    factors = [f"x{i}" for i in range(11)]
    took = best(lambda: max_t(frame, "y0", factors, "area"))
    try:
        import pyfixest as pf
    except ImportError:
        return [("step-down max-T, 11 factors", took, "pyfixest rwolf (not installed)", np.nan, "skipped")]
    models = [
        pf.feols("y ~ x", frame.rename(columns={"y0": "y", factor: "x"}), vcov={"CRV1": "area"}) for factor in factors
    ]
    try:
        theirs = best(lambda: pf.rwolf(models, "x", reps=1728, seed=1), 1)
    except Exception as error:  # it needs wildboottest, which is an extra of its own
        return [("step-down max-T, 11 factors", took, f"pyfixest rwolf ({type(error).__name__})", np.nan, "skipped")]
    note = "1,728 resamples each; it flips signs of residuals, ours rearranges units"
    return [("step-down max-T, 11 factors", took, "pyfixest rwolf", theirs, note)]


def growth() -> list[tuple[str, float, float]]:
    """Seconds at a usual size and at ten times of one thing."""
    wide = study(factors=110, outcomes=10)
    large = study(SIX * 10)
    rows = []
    factors = [f"x{i}" for i in range(110)]
    for name, small, big in (
        ("partnerships 15 to 150", (study(), ["y0"], factors[:11]), (large, ["y0"], factors[:11])),
        ("factors 11 to 110", (wide, ["y0"], factors[:11]), (wide, ["y0"], factors)),
        ("outcomes 1 to 10", (wide, ["y0"], factors[:11]), (wide, [f"y{i}" for i in range(10)], factors[:11])),
    ):
        rows.append((name, *(best(lambda s=s: random_intercepts(*s, "area")) for s in (small, big))))
    variants = [Variant({"v": str(i)}, study(seed=i)) for i in range(20)]
    took = [
        best(lambda n=n: specification_curve(variants[:n], ["y0"], "x0", "area", unit="unit", permutations=199), 1)
        for n in (2, 20)
    ]
    return [*rows, ("specifications 42 to 420, 199 rearrangements", *took)]


def main() -> None:
    print("| method | ours, ms | peer | peer, ms | times faster | answers |\n|---|---|---|---|---|---|")
    for part in (mixed_model, permutation, bootstrap, step_down):
        for what, ours, peer, theirs, same in part():
            ratio = "-" if np.isnan(theirs) else f"{theirs / ours:.0f}"
            other = "-" if np.isnan(theirs) else f"{1e3 * theirs:.2f}"
            print(f"| {what} | {1e3 * ours:.3f} | {peer} | {other} | {ratio} | {same} |", flush=True)
    print("\n| ten times more | ms | ms | grows |\n|---|---|---|---|")
    for name, small, big in growth():
        print(f"| {name} | {1e3 * small:.1f} | {1e3 * big:.1f} | {big / small:.1f} |", flush=True)


if __name__ == "__main__":
    main()
