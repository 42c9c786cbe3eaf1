"""Unitising alpha: do coders cut the same segments out of a text, and code them alike.

Krippendorff, K., Mathet, Y., Bouvry, S. & Widlocher, A. (2016). On the reliability of unitizing textual
continua: further developments. Quality & Quantity 50, 2347-2364; Krippendorff, K. (2019). Content Analysis,
4th ed., section 12.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.agreement.continuum import continua
from analysis.agreement.estimators import divide
from analysis.agreement.ratings import FloatArray
from analysis.agreement.unitising_1995 import unitising_alpha_1995

#: Numbers held at once; draws are worked through in blocks of this size.
_BLOCK = 4_000_000

COEFFICIENTS = ("u_alpha", "u_alpha_binary", "cu_alpha")
NAMES = {
    "u_alpha": "u-alpha (segments and codes)",
    "u_alpha_binary": "|u-alpha (segments only)",
    "cu_alpha": "cu-alpha (codes of shared segments)",
    "ku_alpha": "(k)u-alpha (one code in shared segments)",
}


@dataclass(frozen=True, slots=True)
class Unitising:
    """The family of unitising alphas.

    Attributes
    ----------
    table : DataFrame
        coefficient ("u_alpha", "u_alpha_binary", "cu_alpha", "ku_alpha"), code (for ku_alpha), value, se,
        lower, upper, coverage (share of a code's text that another coder coded at all).
    n_interviews, n_coders, n_segments : int
    confidence : float
    """

    table: pd.DataFrame
    n_interviews: int
    n_coders: int
    n_segments: int
    confidence: float

    @property
    def value(self) -> float:
        """Return u-alpha, on segments and codes together."""
        return float(self.table["value"].iloc[0])

    @property
    def se(self) -> float:
        """Return the bootstrap standard error of u-alpha; NaN for fewer than two interviews."""
        return float(self.table["se"].iloc[0])

    @property
    def interval(self) -> tuple[float, float]:
        """Return the bootstrap interval of u-alpha over interviews."""
        return float(self.table["lower"].iloc[0]), float(self.table["upper"].iloc[0])

    @property
    def summary(self) -> str:
        """Return one sentence with u-alpha and its two companions."""
        value = self.table.drop_duplicates("coefficient").set_index("coefficient")["value"]
        return (
            f"Over {self.n_segments} segments of {self.n_coders} coders in {self.n_interviews} interview(s), "
            f"u-alpha is {value['u_alpha']:.3f} (segments alone {value['u_alpha_binary']:.3f}, codes of "
            f"shared segments {value['cu_alpha']:.3f})."
        )


def unitising_alpha(
    codings: pd.DataFrame,
    lengths: Mapping[str, float] | pd.Series,
    *,
    code: str = "factor",
    overlaps: str = "refuse",
    readers: pd.DataFrame | None = None,
    draws: int = 2_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Unitising:
    """Return u-alpha, |u-alpha, cu-alpha and (k)u-alpha, with bootstrap intervals over interviews.

    Parameters
    ----------
    codings : DataFrame
        Columns interview, coder, start, end (characters, end exclusive) and `code`.
    lengths : mapping or Series
        Interview to the length of its text.
    overlaps : {"refuse", "combine", "pool"}
        The coefficient takes codes that exclude each other. Where a coder's segments of different codes
        overlap: refuse; "combine" the codes of shared text into one code of their own; or "pool" one
        continuum per code, each of that code and gaps (then cu-alpha and (k)u-alpha say nothing, and u-alpha
        equals |u-alpha). Overlapping segments of one code are joined.
    readers : DataFrame, optional
        Columns interview, coder: who read which interview; by default whoever coded anything in it.
        Interviews with one reader are left out.
    draws : int
        Bootstrap draws of whole interviews; 0 for none.

    Returns
    -------
    Unitising
        Values at most 1; NaN where undefined.
    """
    parts, codes, n_segments = continua(codings, lengths, code=code, overlaps=overlaps, readers=readers)
    sums = np.array([part.sums() for part in parts])
    interviews, index = np.unique([part.interview for part in parts], return_inverse=True)
    totals = np.zeros((len(interviews), sums.shape[1]))
    np.add.at(totals, index, sums)
    times = np.ones((1, len(interviews)))
    if draws > 0 and len(interviews) > 1:
        rng = np.random.default_rng(seed)
        times = np.vstack(
            [times, rng.multinomial(len(interviews), np.full(len(interviews), 1 / len(interviews)), draws)]
        )
    step = max(1, _BLOCK // totals.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        blocks = [_family(times[start : start + step] @ totals, len(codes)) for start in range(0, len(times), step)]
    values = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    return Unitising(
        _table(values, codes, confidence),
        len(interviews),
        len({coder for part in parts for coder in part.coders}),
        n_segments,
        confidence,
    )


def _table(values: dict[str, FloatArray], codes: list[str], confidence: float) -> pd.DataFrame:
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    rows = []
    for name in (*COEFFICIENTS, "ku_alpha"):
        for place, series in enumerate(values[name].T):
            known = series[1:][~np.isnan(series[1:])]
            lower, upper = np.quantile(known, tails) if len(known) > 1 else (np.nan, np.nan)
            rows.append(
                {
                    "coefficient": name,
                    "code": codes[place] if name == "ku_alpha" else None,
                    "value": series[0],
                    "se": np.std(known, ddof=1) if len(known) > 1 else np.nan,
                    "lower": lower,
                    "upper": upper,
                    "coverage": values["coverage"][0, place] if name == "ku_alpha" else np.nan,
                }
            )
    return pd.DataFrame(rows)


def _family(sums: FloatArray, q: int) -> dict[str, FloatArray]:
    """Return the coefficients that sums of shape (draws, m) give, each of shape (draws, 1) or (draws, q).

    The layout of the sums is that of `Continuum.sums`: coincidences of gap and codes, self-pairings, and
    self-pairings of shared text. Equations 32-38 of Krippendorff (2019).
    """
    n = q + 1
    observed = sums[:, : n * n].reshape(-1, n, n)
    itself, shared = sums[:, n * n : n * n + n], sums[:, n * n + n :]
    binary = np.stack([np.eye(n)[0], 1 - np.eye(n)[0]])
    valued = observed[:, 1:, 1:]
    expected = _expected(valued, shared)
    column, chance = valued.sum(axis=1), expected.sum(axis=1)
    same, same_chance = (np.diagonal(each, axis1=1, axis2=2) for each in (valued, expected))
    return {
        "u_alpha": _alpha(observed, itself)[:, None],
        "u_alpha_binary": _alpha(binary @ observed @ binary.T, itself @ binary.T)[:, None],
        "cu_alpha": _alpha(valued, shared)[:, None],
        "ku_alpha": 1 - divide(divide(column - same, column), divide(chance - same_chance, chance)),
        "coverage": divide(column, observed[:, :, 1:].sum(axis=1)),
    }


def _expected(observed: FloatArray, itself: FloatArray) -> FloatArray:
    """Return chance coincidences: of any two stretches, less each segment's pairing with itself (eq. 33)."""
    margins, total = observed.sum(axis=2), observed.sum(axis=(1, 2))
    raw = margins[:, :, None] * margins[:, None, :]
    diagonal = np.arange(observed.shape[1])
    raw[:, diagonal, diagonal] -= itself
    return divide(raw, (total - divide(itself.sum(axis=1), total))[:, None, None])


def _alpha(observed: FloatArray, itself: FloatArray) -> FloatArray:
    expected = _expected(observed, itself)
    off = 1 - np.eye(observed.shape[1])
    return 1 - divide((observed * off).sum(axis=(1, 2)), (expected * off).sum(axis=(1, 2)))


def unitising_by_code(
    codings: pd.DataFrame,
    lengths: Mapping[str, float] | pd.Series,
    *,
    code: str = "factor",
    readers: pd.DataFrame | None = None,
    draws: int = 2_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return u-alpha of each code by itself (coded or not), for codes that may overlap.

    Parameters as for `unitising_alpha`. Columns: `code`, value, se, lower, upper, n_segments, and alpha_1995, the
    older coefficient that weighs how far the ends of overlapping segments lie apart (missing where the
    interviews have different readers).
    """
    if readers is None:
        readers = codings[["interview", "coder"]].drop_duplicates()
    who = readers.drop_duplicates().groupby("interview")["coder"].agg(frozenset)
    together = len(set(who[who.map(len) > 1])) == 1
    rows = []
    for name, part in codings.groupby(code, sort=True):
        made = unitising_alpha(part, lengths, code=code, readers=readers, draws=draws, confidence=confidence, seed=seed)
        older = unitising_alpha_1995(part, lengths, code=code, readers=readers) if together else None
        lower, upper = made.interval
        rows.append(
            {
                code: name,
                "value": made.value,
                "se": made.se,
                "lower": lower,
                "upper": upper,
                "n_segments": made.n_segments,
                "alpha_1995": np.nan if older is None else older.loc[older[code] == name, "value"].iloc[0],
            }
        )
    return pd.DataFrame(rows)
