"""Answers of self-assessments in a study's folder: one table for each partnership and framework."""

from __future__ import annotations

import pandas as pd

from analysis.ingest.sheets import slug
from analysis.report.notebooks import answers_folder
from analysis.study import Study


def keep_answers(study: Study, answers: pd.DataFrame) -> list[str]:
    """Write the answers into the study's folder and return their keys.

    Answers about the same partnership with the same framework replace those that were there.

    Parameters
    ----------
    study : Study
    answers : DataFrame
        `Answers.table`: respondents by number, their roles and sectors, and no names.
    """
    folder = answers_folder(study)
    folder.mkdir(parents=True, exist_ok=True)
    keys = []
    for (framework, partnership), part in answers.groupby(["framework", "partnership"], sort=False):
        key = f"{framework}-{slug(str(partnership))}"
        stage = folder / f".{key}.part"
        part.reset_index(drop=True).to_parquet(stage, index=False)
        stage.replace(folder / f"{key}.parquet")
        keys.append(key)
    return keys
