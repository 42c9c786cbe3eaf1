"""Has coding saturated: how many codes are new in each further interview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln

from analysis.errors import MethodError
from analysis.patterns.segments import need


@dataclass(frozen=True, slots=True)
class Saturation:
    """Codes seen after so many interviews.

    Attributes
    ----------
    table : DataFrame
        n_interviews (1, 2, ...), interview (in the order given), observed (codes seen so far in that order),
        new (in that interview), mean (over all orders, exact), lower and upper (over permuted orders),
        expected_new (from the interview before, over all orders).
    n_codes : int
        Codes seen in all.
    codebook : int
        Codes there are; equal to `n_codes` where the codebook was not given.
    saturated_at : int or None
        Interviews after which, in the mean over orders, the next brings less than `threshold` of the codes
        seen.
    threshold : float
    singletons : int
        Codes in a single interview: where they are many, more interviews would bring more codes.
    permutations : int
    confidence : float
    """

    table: pd.DataFrame
    n_codes: int
    codebook: int
    saturated_at: int | None
    threshold: float
    singletons: int
    permutations: int
    confidence: float

    @property
    def summary(self) -> str:
        """Return one sentence: where the curve flattens, and what speaks against it."""
        n = len(self.table)
        seen = f"{self.n_codes} of {self.codebook} codes appear in {n} interviews"
        if self.saturated_at is None:
            return f"{seen}; new interviews still bring more than {self.threshold:.0%} of the codes: not saturated."
        return (
            f"{seen}; after {self.saturated_at} interviews in random order the next brings less than "
            f"{self.threshold:.0%} new codes; {self.singletons} codes rest on a single interview."
        )


def saturation(
    codings: pd.DataFrame,
    interviews: pd.DataFrame | Sequence[str],
    *,
    codes: str = "factor",
    codebook: Sequence[str] | None = None,
    permutations: int = 1_000,
    confidence: float = 0.95,
    threshold: float = 0.05,
    seed: int = 0,
) -> Saturation:
    """Return the saturation curve of codes over interviews.

    Parameters
    ----------
    codings : DataFrame
        Columns interview, `codes`.
    interviews : DataFrame or sequence of str
        All interviews in the order they were made; a DataFrame with a column month is sorted by it first.
    codebook : sequence of str, optional
        All codes there are.
    permutations : int
        Orders drawn for the band; the mean over all orders is exact (Coleman, B. D. et al. (1982).
        Randomness, area, and species richness. Ecology 63, 1121-1133; sampling without replacement).
    confidence : float
        Of the band, in 0-1.
    threshold : float
        Share of the codes seen that a further interview must bring, or the curve counts as flat (Guest, G.,
        Namey, E. & Chen, M. (2020). A simple method to assess and report thematic saturation. PLOS ONE
        15(5), e0232076).
    """
    need(codings, ["interview", codes], table="codings")
    order = _order(interviews)
    seen = _incidence(codings, order, codes)
    n = len(order)
    first = np.where(seen, np.arange(n)[None, :], n).min(axis=1, initial=n)
    observed = np.cumsum(np.bincount(first, minlength=n + 1)[:n])
    mean = _mean_over_orders(seen.sum(axis=1), n)
    lower, upper = _band(seen, permutations, confidence, seed)
    table = pd.DataFrame(
        {
            "n_interviews": np.arange(1, n + 1),
            "interview": order,
            "observed": observed,
            "new": np.diff(observed, prepend=0),
            "mean": mean,
            "lower": lower,
            "upper": upper,
            "expected_new": np.diff(mean, prepend=0.0),
        }
    )
    return Saturation(
        table,
        len(seen),
        len(seen) if codebook is None else len(set(codebook) | set(codings[codes].dropna())),
        _flat_at(mean, threshold),
        threshold,
        int((seen.sum(axis=1) == 1).sum()),
        permutations,
        confidence,
    )


def _order(interviews: pd.DataFrame | Sequence[str]) -> list[str]:
    if isinstance(interviews, pd.DataFrame):
        need(interviews, ["interview"], table="interviews")
        known = interviews.sort_values("month", kind="stable") if "month" in interviews else interviews
        order = known["interview"].tolist()
    else:
        order = list(interviews)
    if not order or len(set(order)) < len(order):
        raise MethodError(
            "there is no interview" if not order else "an interview is named twice",
            where="interviews",
            fix="give every interview once, in the order they were made",
        )
    return order


def _incidence(codings: pd.DataFrame, order: list[str], codes: str) -> np.ndarray:
    """Return whether each code is in each interview, shape (codes, interviews)."""
    kept = codings.dropna(subset=[codes])
    place = pd.Index(order).get_indexer(kept["interview"])
    if (place < 0).any():
        lost = kept["interview"].to_numpy()[place < 0]
        raise MethodError(
            f"the coded interview {lost[0]!r} is not among the interviews",
            allowed=tuple(order),
            value=lost[0],
            fix="give all interviews",
        )
    number, names = pd.factorize(kept[codes])
    seen = np.zeros((len(names), len(order)), dtype=bool)
    seen[number, place] = True
    return seen


def _mean_over_orders(frequency: np.ndarray, n: int) -> np.ndarray:
    """Return the expected codes after 1..n interviews: each is missed with probability C(n - f, k) / C(n, k)."""
    k = np.arange(1, n + 1)
    rest = n - frequency[:, None]
    possible = rest >= k[None, :]
    log_missed = gammaln(rest + 1) - gammaln(np.where(possible, rest - k, 0) + 1) + gammaln(n - k + 1) - gammaln(n + 1)
    return (1 - np.where(possible, np.exp(log_missed), 0.0)).sum(axis=0)


def _band(seen: np.ndarray, permutations: int, confidence: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    n = seen.shape[1]
    rng = np.random.default_rng(seed)
    places = rng.permuted(np.tile(np.arange(n), (permutations, 1)), axis=1)
    curves = np.zeros((permutations, n), dtype=np.int64)
    rows = np.arange(permutations)
    for code in seen:
        np.add.at(curves, (rows, places[:, code].min(axis=1)), 1)
    low, high = np.quantile(np.cumsum(curves, axis=1), ((1 - confidence) / 2, (1 + confidence) / 2), axis=0)
    return low, high


def _flat_at(mean: np.ndarray, threshold: float) -> int | None:
    """Return the first number of interviews after which no further one brings `threshold` of what was seen by then."""
    if len(mean) < 2 or mean[-1] == 0:
        return None
    flat = np.diff(mean) < threshold * mean[:-1]
    steep = np.flatnonzero(~flat)
    start = 0 if len(steep) == 0 else int(steep[-1]) + 1
    return start + 1 if start < len(flat) else None
