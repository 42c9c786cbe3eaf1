"""How informants and documents rate the outcomes of a simulated study."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.example.design import Design
from analysis.example.places import FACETS


def draw_outcomes(
    design: Design,
    innovation: np.ndarray,
    partnerships: pd.DataFrame,
    interviews: pd.DataFrame,
    of: np.ndarray,
    council: np.ndarray,
    mood: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the ratings 0-4 of each facet, by informants and for some partnerships from documents."""
    loading = np.array(list(FACETS.values()))
    facet = loading * innovation[:, None] + np.sqrt(1 - loading**2) * rng.standard_normal(
        (len(innovation), len(loading))
    )
    own = (
        design.common_source * mood
        + design.rating_gap * np.where(council, 0.5, -0.5)
        + design.rating_noise * rng.standard_normal(len(of))
    )
    said = facet[of] + own[:, None] + design.facet_noise * rng.standard_normal((len(of), len(loading)))
    kept = rng.random(said.shape) >= design.unrated
    documented = np.sort(rng.permutation(len(facet))[: round(design.documents * len(facet))])
    written = facet[documented] + design.facet_noise * rng.standard_normal((len(documented), len(loading)))
    names = partnerships["partnership"].to_numpy(dtype=object)
    keys = interviews["interview"].to_numpy(dtype=object)
    told = _ratings(said, names[of], keys, "interview")[kept.ravel()]
    read = _ratings(written, names[documented], names[documented] + "-documents", "document")
    return pd.concat([told, read], ignore_index=True)


def _ratings(latent: np.ndarray, partnership: np.ndarray, informant: np.ndarray, source: str) -> pd.DataFrame:
    """Return a long table of latent ratings (rows, facets) on the scale 0-4."""
    size = latent.shape[1]
    rater = np.repeat(informant, size)
    return pd.DataFrame(
        {
            "partnership": np.repeat(partnership, size),
            "outcome": np.tile(np.array(list(FACETS), dtype=object), len(latent)),
            "informant": rater,
            "value": np.clip(np.round(2.2 + 0.9 * latent), 0, 4).ravel(),
            "source": source,
            "interview": rater if source == "interview" else None,
        }
    )
