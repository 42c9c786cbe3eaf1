"""Calibration: from raw values and ordinal scores to memberships in a set.

Direct and indirect methods after Ragin (2008, ch. 5); the totally fuzzy and relative method after Cheli &
Lemmi (1995). Log-odds at the anchors are ln(idm / (1 - idm)): 3 with idm = .953 (Ragin), 2.944 with .95 (the
R package's default).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import MethodError

Floats = NDArray[np.float64]

RAGIN_IDM = 1.0 / (1.0 + np.exp(-3.0))  # .952574..., which .953 stands for
METHODS = ("direct", "linear", "empirical", "indirect", "crisp", "multi-value", "ordinal", "relative")
_THREE, _SIX = ("e", "c", "i"), ("e1", "c1", "i1", "i2", "c2", "e2")

Thresholds = float | str | Sequence[float] | Mapping[str, float] | Mapping[float, float] | None


def calibrate(
    values: Sequence[float] | Floats | pd.Series,
    thresholds: Thresholds = None,
    method: str = "direct",
    idm: float = 0.953,
    decreasing: bool = False,
    *,
    below: float = 1.0,
    above: float = 1.0,
) -> pd.Series:
    """Calibrate raw values into a set.

    Parameters
    ----------
    values : sequence or Series of n numbers
        The raw values; a Series keeps its index and name.
    thresholds : number, sequence, mapping or str
        `direct`, `linear`, `empirical`: exclusion, crossover and inclusion, in this order or by the names
        `e`, `c`, `i` (a mapping, or `"e=400, c=550, i=900"`); six of them (`e1 c1 i1 i2 c2 e2`) make a bell
        (`linear` is taken). `crisp`: one number; `multi-value`: several; a value at a threshold belongs
        above it. `indirect`: the limits between the qualitative groups. `ordinal`: a mapping from each score
        to its membership. `relative`: none.
    method : {"direct", "linear", "empirical", "indirect", "crisp", "multi-value", "ordinal", "relative"}
        `direct` is logistic; `linear` straight lines (bent by `below`, `above`); `empirical` follows the
        distribution of the cases between the anchors; `relative` is the totally fuzzy and relative method.
    idm : float
        Membership at the anchors, in (.5, 1). .953 stands for log-odds of exactly 3.
    decreasing : bool
        High raw values mean low membership: the memberships are inverted.
    below, above : float
        Exponents of the `linear` method below and above the crossover.

    Returns
    -------
    Series
        Memberships in [0, 1] (below .0001 set to 0, above .9999 to 1), or levels 0, 1, 2, ...

    Raises
    ------
    MethodError
        Thresholds that do not fit the method or the data, or a value that is no number.
    """
    series = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=float)
    x = pd.to_numeric(series, errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(x).all():
        place = series.index[int(np.flatnonzero(~np.isfinite(x))[0])]
        raise MethodError(
            "a value to calibrate is no number",
            where=f"case {place}",
            fix="Fill the gap or drop the case before.",
        )
    member = _calibrated(x, thresholds, method, idm, below, above)
    if decreasing:
        member = member.max() - member if method == "multi-value" else 1 - member
    return pd.Series(member, index=series.index, name=series.name)


def _calibrated(x: Floats, thresholds: Thresholds, method: str, idm: float, below: float, above: float) -> Floats:
    if method == "relative":
        return _relative(x)
    if method == "ordinal":
        return _ordinal(x, thresholds)
    if method in {"crisp", "multi-value"}:
        return _crisp(x, _anchors(thresholds), method)
    if method == "indirect":
        return _snap(_indirect(x, np.sort(_anchors(thresholds))))
    if method in {"direct", "linear", "empirical"}:
        return _snap(_fuzzy(x, _anchors(thresholds), method, idm, below, above))
    raise MethodError(
        f"unknown method of calibration {method!r}", allowed=METHODS, value=method, fix="Name one of these."
    )


def _anchors(thresholds: Thresholds) -> Floats:
    if thresholds is None:
        raise MethodError(
            "no thresholds are given",
            where="calibrate",
            fix="Give the anchors: exclusion, crossover, inclusion.",
        )
    if isinstance(thresholds, str):
        return _anchors(_from_text(thresholds))
    if isinstance(thresholds, Mapping):
        thresholds = {str(name).strip(): anchor for name, anchor in thresholds.items()}
        names = list(thresholds)
        order = _THREE if len(names) == 3 else _SIX
        # e, c, i say what an anchor means, whichever way the bell opens: i1 c1 e1 e2 c2 i2 is its inversion
        if set(names) != set(order):
            raise MethodError(
                "the anchors have other names",
                where=f"thresholds {names}",
                allowed=order,
                fix="Name them so.",
            )
        return np.array([float(thresholds[name]) for name in order])
    return np.atleast_1d(np.asarray(thresholds, dtype=float))


def _from_text(text: str) -> Mapping[str, float] | list[float]:
    parts = [part.strip() for part in text.split(",")]
    try:
        if all("=" in part for part in parts):
            return {name.strip(): float(value) for name, value in (part.split("=") for part in parts)}
        return [float(part) for part in parts]
    except ValueError:
        raise MethodError(
            "the thresholds can't be read", where=f"thresholds {text!r}", fix="Write 'e=1, c=2, i=3'."
        ) from None


def _fuzzy(x: Floats, anchors: Floats, method: str, idm: float, below: float, above: float) -> Floats:
    if not 0.5 < idm < 1:
        raise MethodError(f"idm is {idm}", where="calibrate", allowed=["between .5 and 1"], fix="Take .953, Ragin's.")
    if len(anchors) == 6:
        return _bell(x, anchors, below, above)
    if len(anchors) != 3:
        raise MethodError(
            f"{len(anchors)} thresholds for the {method} method",
            allowed=["3", "6 (a bell)"],
            fix="Give exclusion, crossover and inclusion.",
        )
    e, c, i = anchors
    if not (e < c < i or e > c > i):
        raise MethodError(
            f"the crossover {c:g} does not lie between exclusion {e:g} and inclusion {i:g}",
            where="calibrate",
            fix="Give them in the order exclusion, crossover, inclusion, rising or falling.",
        )
    if method == "direct":
        return _logistic(x, e, c, i, RAGIN_IDM if idm == 0.953 else idm)
    if method == "linear":
        return _lines(x, e, c, i, below, above)
    return _empirical(x, e, c, i)


def _logistic(x: Floats, e: float, c: float, i: float, idm: float) -> Floats:
    toward = np.where((x - c) * (i - c) >= 0, i - c, c - e)
    return 1.0 / (1.0 + np.exp(-(x - c) / toward * np.log(idm / (1.0 - idm))))


def _lines(x: Floats, e: float, c: float, i: float, below: float, above: float) -> Floats:
    low = np.clip((x - e) / (c - e), 0, 1) ** below / 2
    high = 1 - np.clip((i - x) / (i - c), 0, 1) ** above / 2
    return np.where((x - c) * (i - c) <= 0, low, high)


def _bell(x: Floats, anchors: Floats, below: float, above: float) -> Floats:
    e1, c1, i1, i2, c2, e2 = anchors
    rising = e1 < c1 < i1 <= i2 < c2 < e2
    if not (rising or (i1 < c1 < e1 <= e2 < c2 < i2)):
        raise MethodError(
            "the six anchors are out of order",
            where=f"thresholds {anchors.tolist()}",
            fix="Give exclusion, crossover, inclusion and again inclusion, crossover, exclusion (or the inversion).",
        )
    middle = (i1 + i2) / 2 if rising else (e1 + e2) / 2
    return np.where(x <= middle, _lines(x, e1, c1, i1, below, above), _lines(x, e2, c2, i2, below, above))


def _empirical(x: Floats, e: float, c: float, i: float) -> Floats:
    inside = np.sort(x[(x >= min(e, i)) & (x <= max(e, i))])
    share = np.searchsorted(inside, x, side="right") / len(inside)
    middle = np.searchsorted(inside, c, side="right") / len(inside)
    rising = np.where(x <= c, share / middle / 2, 1 - (1 - share) / (1 - middle) / 2)
    member = rising if i > e else 1 - rising
    member = np.where((x - e) * (i - e) <= 0, 0.0, member)
    return np.where((x - i) * (i - e) >= 0, 1.0, member)


def _crisp(x: Floats, cuts: Floats, method: str) -> Floats:
    if method == "crisp" and len(cuts) != 1:
        raise MethodError(
            f"{len(cuts)} thresholds for a crisp set",
            allowed=["1"],
            fix="Give one, or take method='multi-value'.",
        )
    outside = [cut for cut in cuts if cut < x.min() or cut > x.max()]
    if outside:
        raise MethodError(
            f"the threshold {outside[0]:g} lies outside the values",
            where="calibrate",
            allowed=[f"{x.min():g} to {x.max():g}"],
            fix="Put it where cases lie on both sides.",
        )
    return np.searchsorted(np.sort(cuts), x, side="right").astype(float)


def _ordinal(x: Floats, thresholds: Thresholds) -> Floats:
    if not isinstance(thresholds, Mapping):
        raise MethodError("ordinal scores need a mapping", where="calibrate", fix="Give {score: membership, ...}.")
    memberships = {float(score): float(member) for score, member in thresholds.items()}
    unknown = sorted(set(x) - set(memberships))
    if unknown:
        raise MethodError(
            f"the score {unknown[0]:g} has no membership",
            where="calibrate",
            allowed=[f"{score:g}" for score in memberships],
            value=f"{unknown[0]:g}",
            fix="Add it to the mapping.",
        )
    if any(not 0 <= member <= 1 for member in memberships.values()):
        raise MethodError(
            "a membership lies outside [0, 1]",
            where="calibrate, ordinal",
            fix="Give memberships from 0 to 1.",
        )
    return np.array([memberships[score] for score in x])


def _relative(x: Floats) -> Floats:
    share = np.searchsorted(np.sort(x), x, side="right") / len(x)
    if share.min() == 1.0:
        raise MethodError("all values are the same", where="calibrate, relative", fix="Leave the condition out.")
    return np.maximum(0.0, (share - share.min()) / (1.0 - share.min()))


def _indirect(x: Floats, limits: Floats) -> Floats:
    """Regress the groups' memberships on a fractional polynomial of the values (quasi-binomial, logit link)."""
    if (x < 0).any():
        raise MethodError(
            "the indirect method takes no negative value",
            where=f"value {x.min():g}",
            fix="Shift the values, or take method='direct'.",
        )
    scores = np.round(np.linspace(0, 1, len(limits) + 1), 3)
    groups = scores[np.searchsorted(limits, x, side="left")]
    positive = np.where(x == 0, 1e-5, x)
    design = np.column_stack([np.ones(len(x)), np.log(positive), np.sqrt(positive), positive, positive**2])
    return np.round(_logit_regression(design, groups), 6)


def _logit_regression(design: Floats, y: Floats) -> Floats:
    """Return fitted shares of a quasi-binomial regression, by iteratively reweighted least squares."""
    scaled = design / np.abs(design).max(axis=0)
    mu = (y + 0.5) / 2
    eta = np.log(mu / (1 - mu))
    deviance = np.inf
    for _ in range(50):
        weight = np.clip(mu * (1 - mu), 1e-12, None)
        root = np.sqrt(weight)
        working = eta + (y - mu) / weight
        eta = scaled @ np.linalg.lstsq(scaled * root[:, None], working * root, rcond=None)[0]
        mu = np.clip(1 / (1 + np.exp(-eta)), 1e-12, 1 - 1e-12)
        previous, deviance = deviance, _deviance(y, mu)
        if abs(deviance - previous) / (abs(deviance) + 0.1) < 1e-8:
            break
    return mu


def _deviance(y: Floats, mu: Floats) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(y > 0, y * np.log(y / mu), 0) + np.where(y < 1, (1 - y) * np.log((1 - y) / (1 - mu)), 0)
    return float(2 * parts.sum())


def _snap(member: Floats) -> Floats:
    return np.where(member < 1e-4, 0.0, np.where(member > 0.9999, 1.0, member))
