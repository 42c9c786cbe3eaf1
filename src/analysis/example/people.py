"""The partnerships of a simulated study and the informants that speak about them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.example.design import Design
from analysis.example.places import MONTHS, ROLES, STUDY_YEAR


def draw_partnerships(
    design: Design, area_of: np.ndarray, innovation: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the partnerships; years and equal voluntary partners follow innovation, size does not."""
    labels = [entry for place in design.places for entry in place.partnerships]
    number = np.concatenate([np.arange(1, len(place.partnerships) + 1) for place in design.places])
    areas = np.array([place.key for place in design.places], dtype=object)[area_of]

    def leaning(effect: float) -> np.ndarray:
        return effect * innovation + np.sqrt(1 - effect**2) * rng.standard_normal(len(innovation))

    years = np.clip(np.round(8 + 3 * leaning(design.year_effect)), 2, 20).astype(int)
    voluntary = leaning(design.voluntary_effect) > -0.3
    return pd.DataFrame(
        {
            "partnership": [f"{area}-{n}" for area, n in zip(areas, number, strict=True)],
            "area": areas,
            "label": [label for label, _ in labels],
            "policy_field": [policy_field for _, policy_field in labels],
            "start_year": STUDY_YEAR - years,
            "partners": 2 + rng.poisson(4.0, len(years)),
            "voluntary_equal": np.where(voluntary, "yes", "no"),
        }
    )


def draw_interviews(
    design: Design, partnerships: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return the interviews, the index of each one's partnership, and the informants' moods."""
    least, most = design.informants
    of = np.repeat(np.arange(len(partnerships)), rng.integers(least, most + 1, len(partnerships)))
    role = _roles(of, rng)
    names, sectors, _ = (np.array(column, dtype=object) for column in zip(*ROLES, strict=True))
    keys = partnerships["partnership"].to_numpy(dtype=object)[of]
    first = np.searchsorted(of, of)
    frame = pd.DataFrame(
        {
            "interview": [f"{key}-{n:02d}" for key, n in zip(keys, np.arange(len(of)) - first + 1, strict=True)],
            "partnership": keys,
            "area": partnerships["area"].to_numpy()[of],
            "role": names[role],
            "sector": sectors[role],
            "month": np.sort(rng.integers(0, len(MONTHS), len(of)).reshape(-1)),
            "words": rng.integers(1400, 2600, len(of)),
        }
    )
    frame["month"] = np.array(MONTHS)[frame["month"]]
    return frame, of, rng.standard_normal(len(of))


def _roles(of: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return one role an interview: no two alike in a partnership, and two of the council's always."""
    weights = np.array([weight for *_, weight in ROLES])
    order = np.log(weights) + rng.gumbel(size=(of.max() + 1, len(ROLES)))
    council = np.array([sector == "council" for _, sector, _ in ROLES])
    best = np.where(council, order, -np.inf)
    lifted = order + 50 * (best >= np.sort(best, axis=1)[:, [-2]])
    ranked = np.argsort(-lifted, axis=1, kind="stable")
    return ranked[of, np.arange(len(of)) - np.searchsorted(of, of)]
