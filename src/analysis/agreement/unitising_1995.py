"""Krippendorff's first alpha for unitising, one code at a time: codes may overlap.

Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology 25, 47-76;
(2004) Measuring the reliability of qualitative text analysis data. Quality & Quantity 38, 787-800.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.agreement.continuum import Continuum, continua
from analysis.agreement.estimators import divide
from analysis.errors import MethodError


def unitising_alpha_1995(
    codings: pd.DataFrame,
    lengths: Mapping[str, float] | pd.Series,
    *,
    code: str = "factor",
    readers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return Krippendorff's alpha of 1995 for each code, and for all codes together (`code` missing).

    Observed disagreement is the squared distance between the ends of overlapping segments, or the squared
    length of a segment that falls into another coder's gap. Texts of all interviews form one continuum, and
    must have the same readers.

    Returns
    -------
    DataFrame
        `code`, value, observed, expected (disagreements).
    """
    if readers is None:
        readers = codings[["interview", "coder"]].drop_duplicates()
    rows = []
    for name, part in codings.groupby(code, sort=True):
        parts, _, _ = continua(part, lengths, code=code, overlaps="refuse", readers=readers)
        if len({part.coders for part in parts}) > 1:
            raise MethodError(
                "the interviews have different readers",
                fix="give the interviews that one and the same group of coders read",
            )
        length = sum(part.length for part in parts)
        m = len(parts[0].coders)
        observed = sum(_observed_1995(part) for part in parts) / (m * (m - 1) * length**2)
        rows.append({code: name, "observed": observed, "expected": _expected_1995(parts, m, length)})
    table = pd.DataFrame(rows)
    together = {code: None, "observed": table["observed"].sum(), "expected": table["expected"].sum()}
    table = pd.concat([table, pd.DataFrame([together])], ignore_index=True)
    table["value"] = 1 - divide(table["observed"].to_numpy(), table["expected"].to_numpy())
    return table[[code, "value", "observed", "expected"]]


def _observed_1995(part: Continuum) -> float:
    """Return the sum over ordered pairs of coders of the squared differences (Krippendorff 1995, eq. 4)."""
    total = 0.0
    segments = part.segments
    for a in range(len(part.coders)):
        mine = segments.of(a)
        for b in range(len(part.coders)):
            if a == b:
                continue
            other = segments.of(b)
            starts, ends = mine.start[:, None], mine.end[:, None]
            begin, end = other.start[None, :], other.end[None, :]
            meet = (starts < end) & (ends > begin)
            total += np.where(meet, (starts - begin) ** 2 + (ends - end) ** 2, 0).sum()
            # A segment that meets none lies in a gap; the pair of gap and segment counts from both sides.
            total += 2 * np.square((ends - starts)[:, 0][~meet.any(axis=1)]).sum()
    return float(total)


def _expected_1995(parts: list[Continuum], m: int, length: float) -> float:
    """Return the disagreement of segments and gaps thrown together at random (Krippendorff 1995, eq. 5)."""
    segments = np.concatenate([part.segments.end - part.segments.start for part in parts])
    gaps = np.concatenate([part.gaps() for part in parts])
    n = len(segments)
    pairs = (n - 1) / 3 * (2 * segments**3 - 3 * segments**2 + segments)
    room = gaps[None, :] - segments[:, None] + 1
    into_gaps = segments**2 * np.where(gaps[None, :] >= segments[:, None], room, 0).sum(axis=1)
    top = 2 / length * (pairs + into_gaps).sum()
    return float(top / (m * length * (m * length - 1) - (segments * (segments - 1)).sum()))
