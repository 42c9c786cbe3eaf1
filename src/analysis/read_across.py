"""A study's scores read as those of every framework that the crosswalk joins with its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.crosswalk import FILE_NAME, Crosswalk, Translation, load_crosswalk, translate_scores
from analysis.framework import PROJECT_FRAMEWORKS, Framework, load_frameworks


@dataclass(frozen=True, slots=True)
class ReadAcross:
    """Scores of units in one framework read as others.

    Attributes
    ----------
    translations : dict of str to Translation
        By the key of the framework read as.
    table : DataFrame
        One row a framework and entry: `framework`, `entry` (titles and labels), `strength` (full, part, none),
        `read_from` (labels of the factors), `share_readable` (of units), `mean`, `low`, `high` (middle half of units).
    scores : DataFrame
        One row a unit and entry: the columns of `Translation.table`.
    """

    translations: dict[str, Translation]
    table: pd.DataFrame
    scores: pd.DataFrame

    @property
    def summary(self) -> str:
        """How much of each framework can be read."""
        if not self.translations:
            return "The crosswalk joins this study's framework with no other, so nothing can be read across."
        said = [
            f"{framework} {int((part['strength'] == 'full').sum())} in full, "
            f"{int((part['strength'] == 'part').sum())} in part, {int((part['strength'] == 'none').sum())} not at all"
            for framework, part in self.table.groupby("framework", sort=False)
        ]
        return f"Entries that can be read from this study's scores: {'; '.join(said)}."


def study_crosswalk(folder: Path) -> tuple[Crosswalk, dict[str, Framework]]:
    """Return the crosswalk of a study and all frameworks; its own `frameworks/crosswalk.yml` wins over the project's.

    Parameters
    ----------
    folder : Path
        The study's folder.
    """
    frameworks = load_frameworks(folder / "frameworks")
    own = folder / "frameworks" / FILE_NAME
    return load_crosswalk(frameworks, own if own.is_file() else PROJECT_FRAMEWORKS / FILE_NAME), frameworks


def link_table(crosswalk: Crosswalk, frameworks: Mapping[str, Framework]) -> pd.DataFrame:
    """Return every link by names that readers know: `factor`, `framework`, `entry`, `strength`, `reason`."""
    labels = {(key, f.key): f.label for key, framework in frameworks.items() for f in framework.factors}
    links = crosswalk.table
    others = list(zip(links["other_framework"], links["other_factor"], strict=True))
    return pd.DataFrame(
        {
            "factor": [labels[crosswalk.framework, factor] for factor in links["factor"]],
            "framework": [frameworks[key].title for key, _ in others],
            "entry": [labels[pair] for pair in others],
            "strength": links["strength"],
            "reason": links["reason"],
        }
    )


def joined_with(crosswalk: Crosswalk, framework: str) -> tuple[str, ...]:
    """Return the frameworks that scores of a framework can be read as."""
    if framework == crosswalk.framework:
        return crosswalk.others
    return (crosswalk.framework,) if framework in crosswalk.others else ()


def read_across(
    scores: pd.DataFrame, crosswalk: Crosswalk, frameworks: Mapping[str, Framework], framework: str
) -> ReadAcross:
    """Read the scores of partnerships as every framework that the crosswalk allows.

    Parameters
    ----------
    scores : DataFrame
        Table `scores`.
    crosswalk : Crosswalk
    frameworks : mapping
        All frameworks by key.
    framework : str
        Key of the framework that was scored.
    """
    own = scores[scores["level"] == "partnership"]
    found = {
        target: translate_scores(own, crosswalk=crosswalk, frameworks=frameworks, source=framework, target=target)
        for target in joined_with(crosswalk, framework)
    }
    tables = [_overview(translation, frameworks) for translation in found.values()]
    columns = ["framework", "entry", "strength", "read_from", "share_readable", "mean", "low", "high"]
    return ReadAcross(
        translations=found,
        table=pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns),
        scores=pd.concat([t.table for t in found.values()], ignore_index=True) if found else own.iloc[:0],
    )


def _overview(translation: Translation, frameworks: Mapping[str, Framework]) -> pd.DataFrame:
    target = frameworks[translation.target]
    labels = {factor.key: factor.label for factor in frameworks[translation.source].factors}
    values = translation.table.groupby("factor")["value"]
    entries = translation.coverage["factor"]
    sources = [keys.split(", ") if keys else [] for keys in translation.coverage["sources"]]
    return pd.DataFrame(
        {
            "framework": target.title,
            "entry": [target.factor(key).label for key in entries],
            "strength": translation.coverage["strength"],
            "read_from": ["; ".join(labels[key] for key in keys) for keys in sources],
            "share_readable": translation.coverage["readable"],
            "mean": entries.map(values.mean()),
            "low": entries.map(values.quantile(0.25)),
            "high": entries.map(values.quantile(0.75)),
        }
    )
