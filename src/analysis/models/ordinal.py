"""A Bayesian ordinal model of the ratings, all factors at once, each drawn towards none: the optional extra `bayes`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from analysis.association.results import count, number
from analysis.errors import MethodError

EXTRA = "bayes"
#: Beyond it the chains have not settled (Vehtari and others 2021).
LARGEST_R_HAT = 1.01


@dataclass(frozen=True, slots=True)
class OrdinalPooling:
    """What the ratings say of all factors together.

    Attributes
    ----------
    table : DataFrame
        One row a factor: factor, estimate (posterior mean of the log-odds of a higher grade for a factor higher by
        one standard deviation between units, over the outcomes), low, high (equal-tailed, at `level`), r_hat, ess
        (effective draws).
    spread : float
        Posterior mean of the standard deviation of the factors' effects around none.
    n_ratings, n_units, n_dropped : int
        Ratings that were modelled, their units, and units left out for a missing factor.
    divergent : int
        Divergent transitions of the sampler; any is a reason for distrust.
    level : float
    draws, seed : int
        Draws kept over all chains; the seed.
    """

    table: pd.DataFrame
    spread: float
    n_ratings: int
    n_units: int
    n_dropped: int
    divergent: int
    level: float
    draws: int
    seed: int

    @property
    def settled(self) -> bool:
        """Whether the sampler gives no reason for distrust."""
        return self.divergent == 0 and float(self.table["r_hat"].max()) <= LARGEST_R_HAT

    @property
    def summary(self) -> str:
        """The largest effect with its range, how far factors differ, and whether the sampler settled."""
        top = self.table.loc[self.table["estimate"].abs().idxmax()]
        trust = (
            "The sampler settled"
            if self.settled
            else f"The sampler has not settled ({count(self.divergent, 'divergence')}), so these are not to be used"
        )
        size = f"{count(self.n_ratings, 'rating')} of {count(self.n_units, 'unit')}"
        most = f"{top['factor']}, log-odds {number(top['estimate'])} ({number(top['low'])} to {number(top['high'])})"
        worst = f"{self.table['r_hat'].max():.3f}, fewest effective draws {self.table['ess'].min():.0f}"
        return (
            f"Bayesian ordinal model of {size}, descriptive only: with all {count(len(self.table), 'factor')} together "
            f"and each drawn towards none, the largest effect is {most} for a standard deviation more. "
            f"{trust} (largest R-hat {worst})."
        )


def ordinal_is_installed() -> bool:
    """Return whether the extra `bayes` is there."""
    return find_spec("numpyro") is not None


def ordinal_pooling(
    units: pd.DataFrame,
    ratings: pd.DataFrame,
    factors: Sequence[str],
    cluster: str,
    *,
    unit: str = "partnership",
    draws: int = 1000,
    warmup: int = 1000,
    chains: int = 2,
    level: float = 0.95,
    seed: int = 2017,
) -> OrdinalPooling:
    """Fit a cumulative-logit model to single ratings by Hamiltonian Monte Carlo.

    Parameters
    ----------
    units : DataFrame
        One row a unit: `unit`, `cluster`, the factors' scores; units that lack a factor are left out.
    ratings : DataFrame
        One row a rating: `unit`, outcome, informant, value (grades; their order is all that counts).
    factors : sequence of str
    cluster, unit : str
        Columns that name clusters and units.
    draws, warmup, chains : int
        Draws kept and thrown away of each chain.
    level : float
    seed : int

    Raises
    ------
    MethodError
        Where the extra is not installed, columns are missing, or fewer than five units or two grades remain.

    Notes
    -----
    For rating i of outcome o by informant j of unit p in cluster a, with thresholds k of each outcome's own,
    logit P(y_i <= k) = c_ok - (x_p' b_o + u_a + v_p + w_j). Effects of factors (in standard deviations between units)
    are b_of = m_f + d_of with m_f ~ N(0, s) and d_of ~ N(0, t); s, t and the standard deviations of clusters, units and
    informants are half-normal with scale 0.5, 0.5, 1, 1, 1; thresholds are normal with scale 3 around even quantiles.
    Table and summary are of m_f. Models of this kind: Burkner and Vuorre 2019, section 2; sampler: NUTS of NumPyro.
    """
    if not ordinal_is_installed():
        raise MethodError(
            "the Bayesian ordinal model needs the optional extra `bayes`",
            fix="pip install -e '.[bayes]' in the environment that runs the notebooks",
        )
    data = _read(units, ratings, list(factors), cluster, unit)
    posterior, divergent = _sampled(data, draws, warmup, chains, seed)
    effects = np.asarray(posterior["m"], dtype=float)  # chain, draw, factor
    flat = effects.reshape(-1, effects.shape[2])
    low, high = np.quantile(flat, [(1 - level) / 2, (1 + level) / 2], axis=0)
    table = pd.DataFrame(
        {
            "factor": list(factors),
            "estimate": flat.mean(axis=0),
            "low": low,
            "high": high,
            **_diagnostics(effects),
        }
    )
    spread = float(np.asarray(posterior["s"]).mean())
    kept = len(np.unique(data["unit"]))
    return OrdinalPooling(table, spread, len(data["y"]), kept, data["n_dropped"], divergent, level, flat.shape[0], seed)


def _read(units: pd.DataFrame, ratings: pd.DataFrame, factors: list[str], cluster: str, unit: str) -> dict[str, Any]:
    """Return what the model takes: codes of everything, standardised factors a unit, grades from zero."""
    for frame, wanted in ((units, [unit, cluster, *factors]), (ratings, [unit, "outcome", "informant", "value"])):
        missing = [name for name in wanted if name not in frame.columns]
        if missing:
            raise MethodError(
                f"there is no column {missing[0]!r}", allowed=tuple(map(str, frame.columns)), value=missing[0]
            )
    complete = units.dropna(subset=[unit, cluster, *factors]).reset_index(drop=True)
    rows = ratings.dropna(subset=["value"])
    rows = rows[rows[unit].isin(complete[unit])]
    grades, y = np.unique(rows["value"], return_inverse=True)
    if len(complete) < 5 or len(grades) < 2:
        raise MethodError(
            f"{count(len(complete), 'complete unit')} and {count(len(grades), 'grade')} are too few for this model"
        )
    x = complete[factors].to_numpy(dtype=float)
    place = pd.Series(range(len(complete)), index=complete[unit])
    return {
        "y": y,
        "k": len(grades),
        "x": (x - x.mean(axis=0)) / x.std(axis=0, ddof=1),
        "unit": rows[unit].map(place).to_numpy(dtype=int),
        "cluster": pd.factorize(complete[cluster], sort=True)[0],
        "outcome": pd.factorize(rows["outcome"], sort=True)[0],
        "informant": pd.factorize(rows["informant"], sort=True)[0],
        "n_dropped": len(units) - len(complete),
    }


def _model(data: dict[str, Any]) -> None:
    import jax.numpy as jnp
    import numpyro
    from numpyro import distributions as d

    n_units, n_factors = data["x"].shape
    sizes = {"u": data["cluster"].max() + 1, "v": n_units}
    if len(data["y"]) > data["informant"].max() + 1:  # else nobody rated twice, and no habit of theirs can be told
        sizes["w"] = data["informant"].max() + 1
    n_outcomes = data["outcome"].max() + 1
    s = numpyro.sample("s", d.HalfNormal(0.5))
    # one outcome alone can't tell a factor's effect on it from its effect on all
    t = numpyro.sample("t", d.HalfNormal(0.5)) if n_outcomes > 1 else 0.0
    # each effect is drawn in units of its own spread: the sampler would stumble over spreads near zero otherwise
    m = numpyro.deterministic("m", s * numpyro.sample("m_unit", d.Normal(0, 1).expand([n_factors])))
    own = t * numpyro.sample("d_unit", d.Normal(0, 1).expand([n_outcomes, n_factors]))
    random = {
        name: numpyro.sample(f"sd_{name}", d.HalfNormal(1.0))
        * numpyro.sample(f"{name}_unit", d.Normal(0, 1).expand([size]))
        for name, size in sizes.items()
    }
    even = jnp.log(jnp.arange(1, data["k"]) / jnp.arange(data["k"] - 1, 0, -1))
    ordered = d.transforms.OrderedTransform()
    cuts = numpyro.sample(
        "cuts",
        d.TransformedDistribution(
            d.Normal(ordered.inv(even), 3.0).expand([n_outcomes, data["k"] - 1]).to_event(1), ordered
        ),
    )
    unit = data["unit"]
    effects = (data["x"][unit] * (m + own)[data["outcome"]]).sum(axis=1)
    level = effects + random["u"][data["cluster"][unit]] + random["v"][unit]
    level = level + random["w"][data["informant"]] if "w" in random else level
    numpyro.sample("y", d.OrderedLogistic(level, cuts[data["outcome"]]), obs=data["y"])


def _sampled(data: dict[str, Any], draws: int, warmup: int, chains: int, seed: int) -> tuple[dict[str, Any], int]:
    """Return draws of the posterior by chain, and how many transitions diverged."""
    import jax
    from numpyro.infer import MCMC, NUTS

    sampler = MCMC(
        NUTS(_model, target_accept_prob=0.99),
        num_warmup=warmup,
        num_samples=draws,
        num_chains=chains,
        chain_method="sequential",
        progress_bar=False,
    )
    sampler.run(jax.random.PRNGKey(seed), data, extra_fields=("diverging",))
    return sampler.get_samples(group_by_chain=True), int(np.asarray(sampler.get_extra_fields()["diverging"]).sum())


def _diagnostics(effects: np.ndarray) -> dict[str, np.ndarray]:
    from numpyro.diagnostics import effective_sample_size, split_gelman_rubin

    return {
        "r_hat": np.asarray(split_gelman_rubin(effects), dtype=float),
        "ess": np.asarray(effective_sample_size(effects), dtype=float),
    }
