"""A second small example: a study coded with the nine building blocks, not the primary framework, as CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.framework import load_frameworks
from tests.small_study import write_study

AREAS = ("hill", "coast", "vale", "moor")
FACETS = ("novelty", "implementation", "social_value")
SECTORS = ("council", "council", "health", "voluntary")
BLOCKS, CHALLENGES = (load_frameworks()[key] for key in ("building-blocks", "challenges"))

SETTINGS: dict[str, Any] = {
    "title": "A study of building blocks",
    "framework": BLOCKS.key,
    "frameworks": [CHALLENGES.key],
    "areas": [{"key": key, "name": key.title(), "nation": "England"} for key in AREAS],
    "outcomes": {"scale": [0, 4], "facets": list(FACETS)},
    "plan": {"hypotheses": [{"factor": "building-blocks/governance", "direction": "positive"}]},
    "specifications": {"rules": ["mean_intensity"], "permutations": 19},
}


def frames(seed: int = 3) -> dict[str, pd.DataFrame]:
    """Return the raw tables: governance goes with outcomes, the other blocks do not."""
    draw = np.random.default_rng(seed)
    partnerships, interviews, outcomes, codings = [], [], [], []
    for area in AREAS:
        for p in range(3):
            partnership, levels = f"{area}-{p}", draw.normal(size=len(BLOCKS.factors))
            label = f"{area.title()} partners {p + 1}"
            began = {"start_year": 2004 + int(draw.integers(0, 9)), "partners": int(draw.integers(3, 9))}
            partnerships.append({"partnership": partnership, "area": area, "label": label, **began})
            for i, sector in enumerate(SECTORS):
                name = f"recording-{len(interviews) + 101}"
                who = {"role": "leader" if i == 0 else "manager", "sector": sector, "month": "2016-05"}
                interviews.append({"interview": name, "partnership": partnership, **who, "source": f"{name}.txt"})
                said = np.clip(np.round(2 + levels[1] + 0.6 * draw.normal(size=len(FACETS))), 0, 4)
                outcomes += [
                    {"partnership": partnership, "outcome": facet, "informant": name, "value": int(value)}
                    for facet, value in zip(FACETS, said, strict=True)
                ]
                coders = ("first coder", "second coder")[: 1 + int(i == 0)]
                codings += _codings(name, coders, levels + 0.4 * draw.normal(size=len(levels)), draw)
    return {
        name: pd.DataFrame(rows)
        for name, rows in {
            "partnerships": partnerships,
            "interviews": interviews,
            "outcomes": outcomes,
            "codings": codings,
        }.items()
    }


def _codings(
    interview: str, coders: tuple[str, ...], levels: np.ndarray, draw: np.random.Generator
) -> list[dict[str, Any]]:
    """Return what coders of an interview gave; codes are the blocks' labels, and segments do not overlap."""
    rows = []
    for coder in coders:
        spoken = [(factor.label, level) for factor, level in zip(BLOCKS.factors, levels, strict=True)]
        spoken += [(factor.label, 0.0) for factor in CHALLENGES.factors if draw.random() < 0.4]
        for place, (code, level) in enumerate(spoken):
            if draw.random() < 0.9:
                weight = int(np.clip(round(2 + level + 0.4 * draw.normal()), 1, 3))
                where = {"from": 100 * place, "to": 100 * place + 40, "text": "we met each month, and it took years"}
                rows.append({"document": f"{interview}.txt", "coder": coder, "code": code, **where, "weight": weight})
    return rows


def write_blocks_study(folder: Path, seed: int = 3) -> Path:
    """Write the study into `folder`."""
    return write_study(folder, files=frames(seed), **SETTINGS)
