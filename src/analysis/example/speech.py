"""What the informants of a simulated study see and say: segments about factors and other themes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.example.design import Design
from analysis.example.stated import OTHERS, PRIMARY, by_number, groups, themes

#: When in an interview the frameworks come up, in lengths of a conversation: later ones overlap with earlier ones.
_MOMENTS = np.array([0.0, 0.4, 0.6, 0.9])


def draw_views(
    design: Design,
    levels: np.ndarray,
    of: np.ndarray,
    council: np.ndarray,
    mood: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return how strongly each informant sees each factor, shape (interviews, factors)."""
    gap = by_number(design.sector_gap)
    side = np.where(council, 0.5, -0.5)[:, None] * gap
    noise = design.informant_noise * rng.standard_normal((len(of), levels.shape[1]))
    return levels[of] + side + design.common_source * mood[:, None] + noise


def draw_segments(
    design: Design,
    views: np.ndarray,
    innovation: np.ndarray,
    of: np.ndarray,
    area_of: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return what was said: one row a segment and theme, with its strength 1-3, in the order of speaking."""
    asked = rng.random(views.shape) >= design.not_asked
    raised = asked & (views > design.silent_below)
    count = np.where(raised, 1 + rng.poisson(design.segments, views.shape), 0)
    who, theme = (np.repeat(index.ravel(), count.ravel()) for index in np.indices(views.shape))
    strength = 2 + 0.75 * views[who, theme] + design.segment_noise * rng.standard_normal(len(who))
    other_who, other_theme = _other_segments(design, innovation, of, area_of, rng)
    frame = pd.DataFrame(
        {
            "who": np.concatenate([who, other_who]),
            "theme": np.concatenate([theme, other_theme]),
            "strength": np.concatenate([strength, rng.normal(2.0, 0.8, len(other_who))]),
        }
    )
    moment = rng.random(len(frame)) + _MOMENTS[themes().place[frame["theme"]]]
    order = np.lexsort((moment, frame["who"].to_numpy()))
    frame = frame.iloc[order].reset_index(drop=True)
    frame["segment"] = np.arange(len(frame)) - np.searchsorted(frame["who"], frame["who"]) + 1
    frame = _second_themes(design, frame, views, rng)
    return frame.assign(strength=np.clip(np.round(frame["strength"]), 1, 3).astype(int))


def _other_segments(
    design: Design, innovation: np.ndarray, of: np.ndarray, area_of: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return interview and theme of the segments about challenges, helps and national support."""
    who, theme = [], []
    start = themes().counts[PRIMARY]
    for framework in OTHERS:
        size = themes().counts[framework]
        shares = rng.dirichlet(np.full(size, 4.0), len(design.places))
        rate = design.other_segments[framework] * shares[area_of[of]]
        if framework == "challenges":
            rate = rate * np.exp(design.challenge_link * innovation[of])[:, None]
        count = rng.poisson(rate)
        rows, columns = (np.repeat(index.ravel(), count.ravel()) for index in np.indices(rate.shape))
        who.append(rows)
        theme.append(columns + start)
        start += size
    return np.concatenate(who), np.concatenate(theme)


def _second_themes(design: Design, frame: pd.DataFrame, views: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Add to some segments about a factor a second factor of the same group."""
    group = groups()
    chosen = (frame["theme"] < len(group)).to_numpy() & (rng.random(len(frame)) < design.both)
    doubled = frame[chosen]
    theme = other_theme(doubled["theme"].to_numpy(), (group[:, None] == group[None, :]).astype(float), rng)
    strength = 2 + 0.75 * views[doubled["who"], theme]
    added = doubled.assign(theme=theme, strength=strength)
    return pd.concat([frame, added]).sort_values(["who", "segment"], kind="stable", ignore_index=True)


def other_theme(theme: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return for each theme another one, drawn by the weights of its row (the diagonal counts nothing)."""
    weights = weights * (1 - np.eye(len(weights)))
    cumulated = np.cumsum(weights / weights.sum(1, keepdims=True), axis=1)
    return (rng.random(len(theme))[:, None] > cumulated[theme, :-1]).sum(1)
