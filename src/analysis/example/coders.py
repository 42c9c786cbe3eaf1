"""What the coders of a simulated study make of the segments, with the errors they commit."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from analysis.example.design import Design
from analysis.example.speech import other_theme
from analysis.example.stated import codebooks, themes


def draw_codings(
    design: Design, segments: pd.DataFrame, interviews: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return what the coders made of the segments."""
    coders = len(design.severity)
    first = rng.integers(0, coders, len(interviews))
    second = (first + rng.integers(1, max(coders, 2), len(interviews))) % coders
    twice = _read_twice(design, interviews["area"], rng) & (coders > 1)
    again = segments[twice[segments["who"]]]
    read = pd.concat([segments.assign(coder=first[segments["who"]]), again.assign(coder=second[again["who"]])])
    read = read[rng.random(len(read)) >= design.miss]
    read = read.sort_values(["who", "coder", "segment"], kind="stable", ignore_index=True)
    theme = read["theme"].to_numpy()
    wrong = rng.random(len(read)) < design.confuse
    coded = np.where(wrong, other_theme(theme, _confusion_weights(), rng), theme)
    severity = np.array(design.severity)[read["coder"]]
    slip = (rng.random(len(read)) < design.slip) * rng.choice([-1, 1], len(read))
    shift = np.sign(severity) * (rng.random(len(read)) < np.abs(severity))
    intensity = np.clip(read["strength"].to_numpy() + slip + shift, 1, 3)
    return _coding_table(read, coded, intensity, interviews, rng.random(len(read)) < design.boundary)


def _read_twice(design: Design, area: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Return which interviews a second coder reads too: the same share of every area, drawn by lot."""
    lot = pd.Series(rng.random(len(area)), index=area.index).groupby(area)
    return (lot.rank() <= (design.double_coded * lot.transform("size")).round()).to_numpy()


@cache
def _confusion_weights() -> np.ndarray:
    """Return weights of giving one theme's code for another's: in one framework, doubled in one group."""
    framework = themes().framework
    group = np.concatenate([[f.group for f in book.factors] for book in codebooks().values()])
    same = framework[:, None] == framework[None, :]
    return same * np.where(group[:, None] == group[None, :], 2.0, 1.0)


def _coding_table(
    read: pd.DataFrame,
    coded: np.ndarray,
    intensity: np.ndarray,
    interviews: pd.DataFrame,
    clipped: np.ndarray,
) -> pd.DataFrame:
    every = themes()
    start = 200.0 * (read["segment"].to_numpy() - 1)
    frame = pd.DataFrame(
        {
            "interview": interviews["interview"].to_numpy()[read["who"]],
            "coder": np.array([f"coder-{n + 1}" for n in range(read["coder"].max() + 1)])[read["coder"]],
            "code": every.label[coded],
            "framework": every.framework[coded],
            "factor": every.factor[coded],
            "start": start,
            "end": start + np.where(clipped, 120.0, 180.0),
            "intensity": intensity.astype("float64"),
            "source_file": "simulated",
            "words": np.where(clipped, 24, 36),
            "segment": read["segment"].to_numpy(),
            "meant": every.factor[read["theme"]],
            "meant_intensity": read["strength"].to_numpy(),
            "clipped": clipped,
        }
    )
    # Two themes of one segment, one mistaken for the other, would be the same coding twice.
    frame = frame.drop_duplicates(["interview", "coder", "segment", "framework", "factor"], ignore_index=True)
    frame.insert(0, "coding", np.arange(1, len(frame) + 1))
    return frame.assign(source_row=frame["coding"])
