"""What a design can detect: power, the smallest effect it finds, and what significance does to estimates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association import arrangements, reml
from analysis.association.design import Floats, Integers, centred
from analysis.association.parallel import Progress, spread
from analysis.association.results import percent
from analysis.association.simulation import Design, simulate
from analysis.errors import MethodError

CORRELATIONS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Detectable:
    """What a design can detect.

    Attributes
    ----------
    design : Design
    table : DataFrame
        One row a true correlation: power of the primary test, power_holm after Holm over `tests`, power_within of
        the co-primary (each with 95 % Monte Carlo bounds, ending in _low and _high); standardised, the mean
        standardised estimate, which informants' noise shrinks; type_s, share of significant estimates with the
        wrong sign; type_m and type_m_true, how many times a significant estimate is, on average, the mean of
        all estimates and the true correlation.
    tests : int
        Tests in the family that Holm corrects.
    alpha, target : float
        Level, and the power aimed at.
    minimum, minimum_holm, minimum_within : float
        Smallest true correlation with the power aimed at; NaN where none of those simulated reaches it.
    datasets, seed : int
    """

    design: Design
    table: pd.DataFrame
    tests: int
    alpha: float
    target: float
    minimum: float
    minimum_holm: float
    minimum_within: float
    datasets: int
    seed: int

    def at(self, correlation: float) -> pd.Series:
        """Return the row of the simulated correlation nearest to one."""
        return self.table.iloc[int((self.table["correlation"] - correlation).abs().argmin())]

    @property
    def summary(self) -> str:
        """What can be found, before and after Holm, and what finding it does to the estimate."""
        middle = self.at(0.5)
        return (
            f"With {self.design.words}, {percent(self.target)} power needs a true correlation of "
            f"{self._reached('power')}, and after Holm over {self.tests} tests of {self._reached('power_holm')}; "
            f"at a true correlation of {middle['correlation']:.2g} the power is {_bounded(middle, 'power')}. "
            f"{_exaggerated(middle)}({self.datasets:,} simulated data sets for each correlation; ranges are 95 % Monte "
            "Carlo bounds.)"
        )

    @property
    def disagreement(self) -> str:
        """How far the powers of the two tests differ, so that they can disagree by that alone."""
        rows = [row for _, row in self.table.iterrows() if row["correlation"] in (0.5, 0.8)]
        said = [
            f"at a true correlation of {row['correlation']:.2g} the co-primary test has power "
            f"{_bounded(row, 'power_within')}, the primary {_bounded(row, 'power')}"
            for row in rows
        ] or ["their powers were not simulated at 0.5 or 0.8"]
        return f"The two tests can disagree for lack of power alone: {'; '.join(said)}."

    def _reached(self, column: str) -> str:
        """Say where a power reaches the target, with its bounds."""
        names = (column, f"{column}_high", f"{column}_low")
        least, early, late = (_crossing(self.table["correlation"], self.table[name], self.target) for name in names)
        beyond = f"more than {self.table['correlation'].max():.2f} (the largest simulated)"
        if math.isnan(least):
            return beyond
        return f"{least:.2f} ({early:.2f} to {'beyond all simulated' if math.isnan(late) else f'{late:.2f}'})"


def _exaggerated(row: pd.Series) -> str:
    """Say what significance does to estimates at one true correlation; nothing where none was significant."""
    if math.isnan(row["type_m_true"]):
        return ""
    return (
        f"Informants' noise shrinks the mean estimate there to {row['standardised']:.2f}; a significant one is on "
        f"average {row['type_m_true'] * row['correlation']:.2f}, {row['type_m']:.1f} times that mean and "
        f"{row['type_m_true']:.1f} times the truth, and has the wrong sign with probability {row['type_s']:.3f}. "
    )


def _bounded(row: pd.Series, column: str) -> str:
    return f"{row[column]:.2f} ({row[f'{column}_low']:.2f} to {row[f'{column}_high']:.2f})"


def detectable(
    design: Design,
    *,
    correlations: Sequence[float] = CORRELATIONS,
    tests: int = 11,
    alpha: float = 0.05,
    target: float = 0.8,
    datasets: int = 1000,
    seed: int = 2017,
    jobs: int = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Detectable:
    """Simulate what the plan's tests can detect in a design.

    Parameters
    ----------
    design : Design
        As from `design_of`, so that clusters, units, informants and variance shares are the study's own.
    correlations : sequence of float
        True correlations of the units' factor and outcome, in [0, 1); 0 is added where it is missing.
    tests : int
        Size of the family corrected by Holm; the others are taken as true nulls, independent of this one.
    alpha, target : float
    datasets : int
        Simulated for each correlation.
    seed : int
    jobs, scheduler, progress
        As in `parallel.spread`; the numbers do not depend on them.

    Notes
    -----
    Type S and type M errors: Gelman and Carlin (2014), Perspectives on Psychological Science 9, 641-651. Their type
    M is over the true effect (`type_m_true`); over the mean estimate (`type_m`) the attenuation by informants' noise,
    which pulls the other way, is not counted in.
    """
    if tests < 1 or datasets < 100 or not 0 < alpha < 1 or not 0 < target < 1:
        raise MethodError("tests must be at least 1, datasets at least 100, alpha and target between 0 and 1")
    grid = sorted({0.0, *map(float, correlations)})
    if grid[0] < 0 or grid[-1] >= 1:
        raise MethodError(f"correlations must lie in [0, 1), not {grid[0]:g} to {grid[-1]:g}")
    streams = np.random.default_rng(seed).spawn(len(grid) + 1)
    orders = _orders(design.cluster, streams[-1])
    tasks = [(design, r, datasets, rng, orders) for r, rng in zip(grid, streams, strict=False)]
    drawn = spread(_tested, tasks, jobs=jobs, scheduler=scheduler, progress=progress)
    nulls = drawn[0][1]
    rows = [_row(r, values, nulls, tests, alpha, streams[-1]) for r, values in zip(grid, drawn, strict=True)]
    table = pd.DataFrame(rows)
    powers = {"minimum": "power", "minimum_holm": "power_holm", "minimum_within": "power_within"}
    least = {name: _crossing(table["correlation"], table[power], target) for name, power in powers.items()}
    settings = {"tests": tests, "alpha": alpha, "target": target, "datasets": datasets, "seed": seed}
    return Detectable(design=design, table=table, **settings, **least)  # type: ignore[arg-type]


def _tested(
    design: Design, correlation: float, datasets: int, rng: np.random.Generator, orders: Integers
) -> tuple[Floats, Floats, Floats, Floats]:
    """Simulate and test: slope, Kenward-Roger p, permutation p and standardised slope."""
    sample = simulate(design, correlation, datasets, rng)
    x, y = sample.scores(), sample.scores(values=sample.outcome)
    fitted = reml.slopes(y, x, sample.cluster)
    slope = fitted.estimate[:, 0]
    within = permuted(x, y, sample.cluster, orders)
    return slope, fitted.p[:, 0], within, slope * x.std(axis=1) / y.std(axis=1)


def _orders(cluster: Integers, rng: np.random.Generator, most: int = 2000) -> Integers:
    """Return every arrangement within clusters where there are few, else 999 drawn and the identity."""
    orders = arrangements.every(cluster, most)
    if orders is not None:
        return orders
    index = np.arange(len(cluster))
    return np.concatenate([index[None], arrangements.draw(index, cluster, 999, rng)])


def permuted(x: Floats, y: Floats, cluster: Integers, orders: Integers) -> Floats:
    """Permutation p of B data sets at once, ties counted, shapes (B, n_units); see `_orders`."""
    inner = centred(x.T, cluster).T
    p = np.empty(len(x))
    step = max(1, 4_000_000 // orders.size)
    for start in range(0, len(x), step):
        part = slice(start, start + step)
        sums = np.abs(np.einsum("bp,bop->bo", inner[part], y[part][:, orders]))
        observed = np.abs((inner[part] * y[part]).sum(axis=1, keepdims=True))
        p[part] = (sums >= observed * (1 - 1e-9) - 1e-12).mean(axis=1)
    return p


def _row(
    correlation: float,
    values: tuple[Floats, Floats, Floats, Floats],
    nulls: Floats,
    tests: int,
    alpha: float,
    rng: np.random.Generator,
) -> dict[str, float]:
    slope, p, within, standardised = values
    found = p <= alpha
    others = rng.choice(nulls[np.isfinite(nulls)], size=(len(p), tests - 1))
    mean = float(np.nanmean(slope))
    sign_known = correlation > 0 and bool(found.any())
    powers = {"power": found, "power_holm": _holm_of_first(p, others) <= alpha, "power_within": within <= alpha}
    return {
        "correlation": correlation,
        **{name: value for column, hits in powers.items() for name, value in _share(column, hits).items()},
        "standardised": float(np.nanmean(standardised)),
        "type_s": float((slope[found] < 0).mean()) if sign_known else math.nan,
        "type_m": float(np.abs(slope[found]).mean() / mean) if sign_known else math.nan,
        "type_m_true": float(np.abs(standardised[found]).mean() / correlation) if sign_known else math.nan,
    }


def _share(column: str, hits: np.ndarray) -> dict[str, float]:
    """Share of data sets with its Monte Carlo bounds."""
    low, high = wilson(int(hits.sum()), len(hits))
    return {column: float(hits.mean()), f"{column}_low": low, f"{column}_high": high}


def _holm_of_first(p: Floats, others: Floats) -> Floats:
    """Holm-adjusted p of a test among others, shapes (B,) and (B, tests - 1)."""
    family = np.column_stack([p, others])
    order = np.argsort(family, axis=1, kind="stable")
    steps = np.take_along_axis(family, order, axis=1) * np.arange(family.shape[1], 0, -1)
    steps = np.maximum.accumulate(steps, axis=1)
    rank = np.argmin(order, axis=1)
    return np.minimum(np.take_along_axis(steps, rank[:, None], axis=1)[:, 0], 1.0)


def wilson(successes: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's interval of a share."""
    share, spread = successes / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    reach = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return centre - reach, centre + reach


def _crossing(correlation: pd.Series, power: pd.Series, target: float) -> float:
    """Return where the (monotone hull of the) power curve reaches the target, by linear interpolation."""
    rising = np.maximum.accumulate(power.to_numpy())
    if rising[-1] < target:
        return math.nan
    at = int(np.argmax(rising >= target))
    if at == 0:
        return float(correlation.iloc[0])
    share = (target - rising[at - 1]) / (rising[at] - rising[at - 1])
    return float(correlation.iloc[at - 1] + share * (correlation.iloc[at] - correlation.iloc[at - 1]))
