"""The truth that was put in, as a table to hold findings against."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.example.design import Design
from analysis.example.latents import draw_latents
from analysis.example.stated import PRIMARY, by_number, codebooks, direct_effects

#: Partnerships that are drawn to see what selection leaves of a correlation (standard error below .01).
DRAWN = 24_000


def truth(design: Design | None = None) -> pd.DataFrame:
    """Return what was put in, one row a factor of the primary framework.

    Returns
    -------
    DataFrame
        `framework`, `factor`, `number`, `group`, `label`; `effect`, the latent correlation with innovation over
        all partnerships that could have been studied; `direct`, the weight with the other factors held still;
        `expected`, the correlation left among those chosen for their reputation; `sector_gap`; `matters`.
    """
    design = design or Design()
    frame = codebooks()[PRIMARY].table.drop(columns="definition")
    effect = by_number(design.effects)
    return frame.assign(
        effect=effect,
        direct=np.round(direct_effects(design), 12),
        expected=np.where(effect != 0, selected_correlation(design), 0.0),
        sector_gap=by_number(design.sector_gap),
        matters=effect != 0,
    )


def selected_correlation(design: Design) -> np.ndarray:
    """Return the correlation of each factor with innovation among partnerships chosen for their reputation.

    Found by drawing many, shape (factors,): areas keep their level while partnerships are chosen within them,
    and innovation is not quite normal, so that no formula of range restriction is exact here.
    """
    listed = sum(len(place.partnerships) for place in design.places)
    many = replace(design, places=design.places * -(-DRAWN // listed))
    area_of = np.repeat(np.arange(len(many.places)), [len(place.partnerships) for place in many.places])
    levels, innovation = draw_latents(many, area_of, np.random.default_rng(0))
    found: np.ndarray = np.corrcoef(levels.T, innovation)[-1, :-1]
    return found
