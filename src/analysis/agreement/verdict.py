"""What agreement allows one to say, in words, with the thresholds and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy import stats

from analysis.agreement.coefficients import NAMES
from analysis.agreement.ratings import FloatArray
from analysis.errors import MethodError

#: Lower bound of each band, from the best down.
KRIPPENDORFF = ((0.800, "reliable"), (0.667, "tentative conclusions only"), (-np.inf, "not reliable"))
LANDIS_KOCH = (
    (0.8, "almost perfect"),
    (0.6, "substantial"),
    (0.4, "moderate"),
    (0.2, "fair"),
    (0.0, "slight"),
    (-1.0, "poor"),
)
ALTMAN = ((0.8, "very good"), (0.6, "good"), (0.4, "moderate"), (0.2, "fair"), (-1.0, "poor"))
FLEISS = ((0.75, "excellent"), (0.40, "intermediate to good"), (-1.0, "poor"))
SCALES = {"landis_koch": LANDIS_KOCH, "altman": ALTMAN, "fleiss": FLEISS}

SOURCES = {
    "krippendorff": "Krippendorff, K. (2004). Reliability in content analysis: some common misconceptions "
    "and recommendations. Human Communication Research 30, 411-433, p. 429.",
    "landis_koch": "Landis, J. R. & Koch, G. G. (1977). The measurement of observer agreement for "
    "categorical data. Biometrics 33, 159-174, p. 165.",
    "altman": "Altman, D. G. (1991). Practical Statistics for Medical Research. Chapman and Hall, p. 404.",
    "fleiss": "Fleiss, J. L. (1981). Statistical Methods for Rates and Proportions, 2nd ed. Wiley, p. 218.",
    "gwet": "Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed., chapter 6: the best band "
    "that a coefficient reaches with a cumulative membership probability of at least 0.95.",
}
_UNDEFINED = "undefined"
_MEMBERSHIP = 0.95


class HasTable(Protocol):
    """Any result with a table of coefficients."""

    @property
    def table(self) -> pd.DataFrame:
        """Return columns value, se, lower, upper and the coefficient's name."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What each coefficient allows one to say.

    Attributes
    ----------
    table : DataFrame
        The result's grouping columns, value, lower, upper, then krippendorff (by the value),
        krippendorff_lower (by the lower limit), landis_koch (by the value), gwet (band at a cumulative
        membership probability of 0.95), gwet_probability, verdict (a sentence).
    sources : dict
        Where each scale comes from.
    """

    table: pd.DataFrame
    sources: dict[str, str]

    @property
    def _what(self) -> str:
        """What a row is about: a factor, an area, ... or just a coefficient."""
        first = str(self.table.columns[0])
        return "coefficient" if first in ("value", "coefficient", "metric") else first

    @property
    def summary(self) -> str:
        """Return one sentence: how many groups are reliable, tentative, not reliable and undefined."""
        counts = self.table["krippendorff"].value_counts()
        words = [word for _, word in KRIPPENDORFF] + [_UNDEFINED]
        parts = [f"{counts[word]} {word}" for word in words if word in counts]
        sure = int((self.table["krippendorff_lower"] == KRIPPENDORFF[0][1]).sum())
        return (
            f"By Krippendorff's thresholds (.667 and .800), of {len(self.table)} {self._what}s: {'; '.join(parts)}; "
            f"{sure} with the whole interval at .800 or above."
        )


def verdict(result: HasTable | pd.DataFrame, *, scale: str = "landis_koch") -> Verdict:
    """Return a verdict in words for every row of a result.

    Parameters
    ----------
    result : Agreement, AgreementBy, Bootstrap or DataFrame
        With the columns value, se, lower, upper.
    scale : {"landis_koch", "altman", "fleiss"}
        The bands of the second reading and of Gwet's benchmarking.
    """
    table = result if isinstance(result, pd.DataFrame) else result.table
    missing = [name for name in ("value", "se", "lower", "upper") if name not in table]
    if missing or scale not in SCALES:
        raise MethodError(
            f"no verdict without {', '.join(missing)}" if missing else f"there is no scale {scale!r}",
            allowed=("value", "se", "lower", "upper") if missing else tuple(SCALES),
            value=None if missing else scale,
            fix="give a result of agreement_by or bootstrap_intervals" if missing else "name one of these",
        )
    if "coefficient" in table and (table["coefficient"] == NAMES["percent_agreement"]).any():
        raise MethodError(
            "percent agreement allows no verdict: it is not corrected for chance",
            fix="give a coefficient that is, such as krippendorff_alpha",
        )
    rows = [_row(row, scale) for row in table.to_dict("records")]
    kept = [name for name in table if name not in _NUMBERS]
    columns = [*kept, "value", "lower", "upper"]
    return Verdict(
        pd.concat([table[columns].reset_index(drop=True), pd.DataFrame(rows)], axis=1),
        {name: SOURCES[name] for name in ("krippendorff", scale, "gwet")},
    )


_NUMBERS = {
    *("value", "se", "lower", "upper", "observed", "expected", "undefined"),
    *("n_units", "n_coders", "n_ratings", "n_clusters"),
}


def benchmark(value: float, se: float, *, scale: str = "landis_koch") -> pd.DataFrame:
    """Return each band's cumulative membership probability, from the best band down.

    The coefficient is taken as normal around `value` with `se`, cut to [-1, 1] (Gwet 2014, section 6.4).
    Columns: lower, upper, band, cumulative_probability (0-1).
    """
    bands = SCALES[scale]
    lower = np.array([bound for bound, _ in bands])
    upper = np.concatenate([[1.0], lower[:-1]])
    whole = stats.norm.cdf((value + 1) / se) - stats.norm.cdf((value - 1) / se)
    within: FloatArray = (stats.norm.cdf((value - lower) / se) - stats.norm.cdf((value - upper) / se)) / whole
    return pd.DataFrame(
        {
            "lower": lower,
            "upper": upper,
            "band": [name for _, name in bands],
            "cumulative_probability": np.cumsum(within),
        }
    )


def band(value: float, bands: tuple[tuple[float, str], ...]) -> str:
    """Return the best band whose lower bound a value reaches; "undefined" for NaN."""
    if np.isnan(value):
        return _UNDEFINED
    return next((name for bound, name in bands if value >= bound), bands[-1][1])


def _row(row: dict[str, float], scale: str) -> dict[str, object]:
    value, se = row["value"], row["se"]
    name, probability = _benchmarked(value, se, scale)
    words = {
        "krippendorff": band(value, KRIPPENDORFF),
        "krippendorff_lower": band(row["lower"], KRIPPENDORFF),
        scale: band(value, SCALES[scale]),
        "gwet": name,
        "gwet_probability": probability,
    }
    return {**words, "verdict": _sentence(row, words, scale)}


def _benchmarked(value: float, se: float, scale: str) -> tuple[str, float]:
    if np.isnan(value) or np.isnan(se):
        return _UNDEFINED, np.nan
    if se == 0:
        return band(value, SCALES[scale]), 1.0
    table = benchmark(value, se, scale=scale)
    reached = table[table["cumulative_probability"] >= _MEMBERSHIP]
    chosen = reached.iloc[0] if len(reached) else table.iloc[-1]
    return str(chosen["band"]), float(chosen["cumulative_probability"])


def _sentence(row: dict[str, float], words: dict[str, object], scale: str) -> str:
    if words["krippendorff"] == _UNDEFINED:
        return "No verdict: the coefficient is undefined, because the ratings do not vary or no unit has two."
    advice = {
        "reliable": "Reliable enough to build on",
        "tentative conclusions only": "Tentative conclusions only",
        "not reliable": "Not reliable: revise the definition or code again before building on it",
    }[str(words["krippendorff"])]
    if np.isnan(row["lower"]):
        return f"{advice} ({row['value']:.2f}; too few units for an interval)."
    doubt = ""
    if words["krippendorff_lower"] != words["krippendorff"]:
        doubt = f", though the interval reaches down to {words['krippendorff_lower']!s}"
    named = scale.replace("_", " and ").title().replace(" And ", " and ")
    return (
        f"{advice}{doubt} ({row['value']:.2f}, interval {row['lower']:.2f} to {row['upper']:.2f}; "
        f"{named}: {words[scale]}; at 95% certainty at least {words['gwet']})."
    )
