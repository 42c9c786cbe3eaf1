"""A small study for tests: three areas, nine partnerships, 27 interviews, two coders, as CSV files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from analysis.study import Study, load_study

AREAS = ("north", "east", "south")
FACETS = ("novelty", "implementation")

SETTINGS: dict[str, Any] = {
    "title": "A small study",
    "framework": "transforming-together",
    "simulated": "Made for a test.",
    "areas": [{"key": key, "name": key.title(), "nation": "England"} for key in AREAS],
    "sources": [
        {
            "path": "data/raw/codings.csv",
            "columns": {
                "source": "document",
                "coder": "coder",
                "code": "code",
                "start": "from",
                "end": "to",
                "text": "text",
                "weight": "weight",
            },
        },
        {"path": "data/raw/partnerships.csv", "table": "partnerships"},
        {
            "path": "data/raw/interviews.csv",
            "table": "interviews",
            "columns": {c: c for c in ("interview", "partnership", "role", "sector", "month", "source")},
        },
        {
            "path": "data/raw/outcomes.csv",
            "table": "outcomes",
            "columns": {c: c for c in ("partnership", "outcome", "informant", "value")},
        },
    ],
    "outcomes": {"scale": [0, 4], "facets": list(FACETS)},
    "plan": {"hypotheses": [{"factor": "transforming-together/2", "direction": "positive"}]},
    "anonymisation": {"key_file": "data/raw/pseudonym.key"},
}


def frames(seed: int = 1) -> dict[str, pd.DataFrame]:
    """Return the raw tables, as a team would hand them over."""
    draw = np.random.default_rng(seed)
    partnerships, interviews, outcomes, codings = [], [], [], []
    for area in AREAS:
        for p in range(3):
            partnership = f"{area}-{p}"
            partnerships.append(
                {"partnership": partnership, "area": area, "label": partnership.title(), "start_year": 2010}
            )
            for i in range(3):
                name = f"{partnership}-{i}"
                sector = "council" if i == 0 else "health"
                interviews.append(
                    {
                        "interview": name,
                        "partnership": partnership,
                        "role": "leader" if i == 0 else "manager",
                        "sector": sector,
                        "month": "2016-05",
                        "source": f"{name}.txt",
                    }
                )
                outcomes += [
                    {"partnership": partnership, "outcome": f, "informant": name, "value": int(v)}
                    for f, v in zip(FACETS, draw.integers(0, 5, len(FACETS)), strict=True)
                ]
                codings += _codings(name, draw)
    return {
        "partnerships": pd.DataFrame(partnerships),
        "interviews": pd.DataFrame(interviews),
        "outcomes": pd.DataFrame(outcomes),
        "codings": pd.DataFrame(codings),
    }


def _codings(interview: str, draw: np.random.Generator) -> list[dict[str, Any]]:
    rows = []
    for coder in ("first coder", "second coder")[: 1 + int(interview.endswith("0"))]:
        for number in range(1, 12):
            if draw.random() < 0.8:
                start = 100 * number
                rows.append(
                    {
                        "document": f"{interview}.txt",
                        "coder": coder,
                        "code": f"{number}",
                        "from": start,
                        "to": start + 40,
                        "text": "we met each month, and it took years",
                        "weight": int(draw.integers(1, 4)),
                    }
                )
    return rows


def write_study(folder: Path, seed: int = 1, files: dict[str, pd.DataFrame] | None = None, **changes: Any) -> Path:
    """Write the study into `folder`; `changes` replace entries of `study.yml`, `files` the raw tables."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, frame in (frames(seed) | (files or {})).items():
        frame.to_csv(raw / f"{name}.csv", index=False)
    (raw / "pseudonym.key").write_text("0123456789abcdef" * 4 + "\n")
    settings = yaml.safe_dump(SETTINGS | changes, sort_keys=False)
    (folder / "study.yml").write_text(settings, encoding="utf-8")
    return folder


def about_to_publish(origin: Path, folder: Path) -> Study:
    """Return a copy of a study that has its tidy tables, with the folders of a report in which nothing lies yet."""
    root = shutil.copytree(origin, folder / "study")
    for name in ("pages", "figures", "tables", "notebooks"):
        (root / "reports" / name).mkdir(parents=True)
    return load_study(root)
