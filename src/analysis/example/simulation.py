"""Draw one study from a design: tidy tables in memory, without files or words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.example.coders import draw_codings
from analysis.example.design import Design
from analysis.example.latents import draw_latents
from analysis.example.people import draw_interviews, draw_partnerships
from analysis.example.ratings import draw_outcomes
from analysis.example.speech import draw_segments, draw_views
from analysis.example.stated import PRIMARY, codebooks


@dataclass(frozen=True, slots=True)
class Simulation:
    """One simulated study.

    Attributes
    ----------
    areas, partnerships, interviews, codings, outcomes : DataFrame
        Tidy tables as in `analysis.schema`; `codings` also holds `segment` (the number of the segment in its
        interview, in the order of speaking), `meant` and `meant_intensity` (what the speaker meant, which the
        coder may have mistaken) and `clipped` (the coder left off the segment's last sentence). Its `start`
        and `end` are nominal, 200 characters a segment; the exports have real ones.
    latents : DataFrame
        One row a partnership: the latent level of each factor by its key, and `innovation`.
    spoken : DataFrame
        One row a segment and theme that was spoken, coded or not: `interview`, `segment`, `theme` (place in
        `themes()`), `strength` 1-3.
    """

    areas: pd.DataFrame
    partnerships: pd.DataFrame
    interviews: pd.DataFrame
    codings: pd.DataFrame
    outcomes: pd.DataFrame
    latents: pd.DataFrame
    spoken: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The five tidy tables by name."""
        names = ("areas", "partnerships", "interviews", "codings", "outcomes")
        return {name: getattr(self, name) for name in names}


def simulate(design: Design | None = None, seed: int = 2017) -> Simulation:
    """Return one study drawn from a design.

    Parameters
    ----------
    design : Design, optional
        The stated truth; the six-area study's where left out.
    seed : int
        Seed of the generator; the same seed gives the same study.
    """
    design = design or Design()
    rng = np.random.default_rng(seed)
    area_of = np.repeat(np.arange(len(design.places)), [len(p.partnerships) for p in design.places])
    levels, innovation = draw_latents(design, area_of, rng)
    partnerships = draw_partnerships(design, area_of, innovation, rng)
    interviews, of, mood = draw_interviews(design, partnerships, rng)
    council = (interviews["sector"] == "council").to_numpy()
    views = draw_views(design, levels, of, council, mood, rng)
    segments = draw_segments(design, views, innovation, of, area_of, rng)
    codings = draw_codings(design, segments, interviews, rng)
    outcomes = draw_outcomes(design, innovation, partnerships, interviews, of, council, mood, rng)
    keys = [factor.key for factor in codebooks()[PRIMARY].factors]
    latents = pd.DataFrame(levels, columns=keys).assign(innovation=innovation)
    latents.insert(0, "partnership", partnerships["partnership"])
    areas = pd.DataFrame(
        [(p.key, p.name, p.nation, p.council_type) for p in design.places],
        columns=["area", "name", "nation", "council_type"],
    )
    spoken = segments[["segment", "theme", "strength"]].assign(
        interview=interviews["interview"].to_numpy()[segments["who"]]
    )
    return Simulation(areas, partnerships, interviews, codings, outcomes, latents, spoken)
