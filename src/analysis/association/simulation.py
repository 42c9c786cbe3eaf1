"""Data sets drawn from a study's own design: clusters, units in them, informants about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.association.design import Floats, Integers, codes, column
from analysis.association.icc import IntraclassCorrelation, intraclass_correlation
from analysis.errors import MethodError


@dataclass(frozen=True, slots=True)
class Design:
    """A study's design and the shares of variance that go with it.

    Attributes
    ----------
    units : tuple of int
        Units (partnerships) in each cluster (area).
    informants : tuple of int
        Informants about each unit, cluster by cluster; as long as there are units.
    cluster_factor, cluster_outcome : tuple of float
        Share of the variance of the units' true factor and outcome that lies between clusters, in [0, 1): one
        value, or draws that carry its uncertainty.
    informant_factor, informant_outcome : tuple of float
        Share of the variance of a single informant's rating that is the unit's own, in (0, 1]: one value
        or draws.
    grades : tuple of int, optional
        Highest grade of the factor and of the outcome (both from 0) where single ratings are graded;
        without it ratings are continuous.
    """

    units: tuple[int, ...]
    informants: tuple[int, ...]
    cluster_factor: tuple[float, ...] = (0.2,)
    cluster_outcome: tuple[float, ...] = (0.2,)
    informant_factor: tuple[float, ...] = (0.4,)
    informant_outcome: tuple[float, ...] = (0.4,)
    grades: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if len(self.units) < 2 or min(self.units) < 1:
            raise MethodError("a design needs at least two clusters, each with a unit", where=f"units {self.units}")
        if len(self.informants) != sum(self.units) or min(self.informants) < 1:
            raise MethodError(
                f"informants must be given for each of the {sum(self.units)} units, at least one each",
                where=f"{len(self.informants)} given",
            )
        for name in ("cluster_factor", "cluster_outcome", "informant_factor", "informant_outcome"):
            if not all(0.0 <= share <= 1.0 for share in getattr(self, name)):
                raise MethodError(f"{name} must be shares between 0 and 1", where=f"{getattr(self, name)[:5]}")

    @property
    def cluster(self) -> Integers:
        """The cluster of each unit, shape (n_units,)."""
        return np.repeat(np.arange(len(self.units)), self.units)

    @property
    def words(self) -> str:
        """The design in a phrase."""
        told = f"{sum(self.units)} units in {len(self.units)} clusters, {sum(self.informants)} informants"
        alone = " (one a unit, so that their noise can't be told apart and power is an upper bound)"
        return told + (alone if max(self.informants) == 1 else "")


def even_design(clusters: int, units: int, informants: int, like: Design | None = None) -> Design:
    """Return a design of equal clusters, with the variance shares of another one (or the defaults)."""
    n = clusters * units
    like = like or Design((1, 1), (1, 1))
    return Design(
        (units,) * clusters, (informants,) * n,
        like.cluster_factor, like.cluster_outcome, like.informant_factor, like.informant_outcome, like.grades,
    )  # fmt: skip


def design_of(
    interviews: pd.DataFrame,
    *,
    unit: str,
    cluster: str,
    factors: Sequence[str],
    outcome: str,
    draws: int = 500,
    seed: int = 2017,
) -> Design:
    """Read a study's design and estimate its variance shares, with their uncertainty, from interviews.

    Parameters
    ----------
    interviews : DataFrame
        One row an interview, with the unit and the cluster it is about, the informant's scores of the
        factors and rating of the outcome (missing where the interview does not say).
    unit, cluster : str
        Columns.
    factors : sequence of str
        Columns; the shares of factors are averaged over them.
    outcome : str
        Column.
    draws : int
        Values drawn from each share's confidence distribution.
    seed : int

    Returns
    -------
    Design
        Informants are counted where they rate the outcome. The shares between clusters are corrected for
        the informants' noise: the share of the means over the means' reliability. Where no unit has two
        informants their noise can't be told from the units' own differences: it is taken as none, and `words`
        says that power is then an upper bound.
    """
    rng = np.random.default_rng(seed)
    rated = interviews[interviews[outcome].notna() & column(interviews, unit).notna()]
    counts = rated.groupby([cluster, unit], sort=True, observed=True).size()
    if codes(rated, unit)[0].max(initial=-1) + 1 != len(counts):
        raise MethodError(f"some {unit!r} stands in more than one {cluster!r}")
    sizes = counts.groupby(level=0, sort=True).size()
    own = [_shares(interviews, factor, unit, cluster, draws, rng) for factor in factors]
    informant_factor = np.mean([pair[0] for pair in own], axis=0)
    cluster_factor = np.mean([pair[1] for pair in own], axis=0)
    informant_outcome, cluster_outcome = _shares(interviews, outcome, unit, cluster, draws, rng)
    shares = (cluster_factor, cluster_outcome, informant_factor, informant_outcome)
    return Design(tuple(sizes.tolist()), tuple(counts.tolist()), *(tuple(share.tolist()) for share in shares))


def _shares(
    interviews: pd.DataFrame, value: str, unit: str, cluster: str, draws: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw the informants' share and the clusters' share of the true variance of one column."""
    means = interviews.groupby([cluster, unit], as_index=False, observed=True)[value].mean()
    if interviews[interviews[value].notna()].groupby(unit, observed=True).size().max() < 2:
        between = intraclass_correlation(means, value, cluster).draws(draws, rng)
        return np.ones(draws), np.clip(between, 0.0, 0.95)
    single: IntraclassCorrelation = intraclass_correlation(interviews, value, unit)
    informant = np.clip(single.draws(draws, rng), 0.05, 0.95)
    between = intraclass_correlation(means, value, cluster).draws(draws, rng)
    reliability = single.size * informant / (1.0 + (single.size - 1.0) * informant)
    return informant, np.clip(between / reliability, 0.0, 0.95)


@dataclass(frozen=True, slots=True)
class Sample:
    """Simulated data sets.

    Attributes
    ----------
    factor, outcome : arrays, shape (size, n_informants)
        Single ratings, unit by unit.
    unit : array of int, shape (n_informants,)
    cluster : array of int, shape (n_units,)
    """

    factor: Floats
    outcome: Floats
    unit: Integers
    cluster: Integers

    def scores(self, which: Integers | None = None, values: Floats | None = None) -> Floats:
        """Mean of the factor (or of `values`) per unit over some informants, shape (size, n_units)."""
        return unit_means(self.factor if values is None else values, self.unit, len(self.cluster), which)


def unit_means(values: Floats, unit: Integers, n_units: int, which: Integers | None = None) -> Floats:
    """Return the mean over informants of each unit: (size, n_informants) to (size, n_units)."""
    at = np.arange(len(unit)) if which is None else which
    member = np.zeros((len(unit), n_units))
    member[at, unit[at]] = 1.0
    return values @ (member / member.sum(axis=0))


def simulate(
    design: Design,
    correlation: float,
    size: int,
    rng: np.random.Generator,
    *,
    common: float = 0.0,
    confounding: float = 0.0,
) -> Sample:
    """Draw data sets with a known association.

    Parameters
    ----------
    design : Design
    correlation : float
        Of the units' true factor and true outcome, in (-1, 1).
    size : int
        Data sets.
    rng : Generator
    common : float
        Standard deviation of a mood of each informant that enters both ratings, in units of the true
        standard deviation: common-source bias.
    confounding : float
        Correlation of the clusters' effects on factor and outcome beyond what `correlation` brings.

    Notes
    -----
    True values have variance 1; where the outcome's share between clusters can't be had together with the
    correlation, it comes as near as possible. A share given as draws is drawn anew for each data set.
    """
    if not -1.0 < correlation < 1.0:
        raise MethodError(f"a correlation lies between -1 and 1, not {correlation!r}")
    share_x, share_y, own_x, own_y = (
        np.asarray(shares)[rng.integers(len(shares), size=size)][:, None]
        for shares in (
            design.cluster_factor,
            design.cluster_outcome,
            design.informant_factor,
            design.informant_outcome,
        )
    )
    n_clusters, n_units = len(design.units), sum(design.units)
    area_x, area_e = rng.standard_normal((2, size, n_clusters))
    area_e = confounding * area_x + np.sqrt(1.0 - confounding**2) * area_e
    unit_x, unit_e = rng.standard_normal((2, size, n_units))
    rest = np.clip((share_y - correlation**2 * share_x) / (1.0 - correlation**2), 0.0, 1.0)
    factor = np.sqrt(share_x) * area_x[:, design.cluster] + np.sqrt(1.0 - share_x) * unit_x
    error = np.sqrt(rest) * area_e[:, design.cluster] + np.sqrt(1.0 - rest) * unit_e
    outcome = correlation * factor + np.sqrt(1.0 - correlation**2) * error
    unit = np.repeat(np.arange(n_units), design.informants)
    mood = common * rng.standard_normal((size, len(unit))) if common else 0.0
    noise_x, noise_y = rng.standard_normal((2, size, len(unit)))
    rated_x = factor[:, unit] + np.sqrt(1.0 / own_x - 1.0) * noise_x + mood
    rated_y = outcome[:, unit] + np.sqrt(1.0 / own_y - 1.0) * noise_y + mood
    if design.grades is not None:
        rated_x, rated_y = graded(rated_x, design.grades[0]), graded(rated_y, design.grades[1])
    return Sample(rated_x, rated_y, unit, design.cluster)


def graded(values: Floats, top: int) -> Floats:
    """Round standardised ratings to grades 0..top, two standard deviations of a rating across the scale."""
    spread = values.std(axis=1, keepdims=True)
    return np.clip(np.round(top / 2.0 + values / spread * top / 3.5), 0, top)
