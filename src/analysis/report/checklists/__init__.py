"""Reporting checklists filled from a study and its results, and the accounts that an article needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml

from analysis.report.checklists.accounts import availability_statement, methods_paragraph
from analysis.report.checklists.answers import ANSWERS
from analysis.report.checklists.facts import Facts
from analysis.report.checklists.outputs import outputs_table

__all__ = [
    "AUTHORS",
    "Checklist",
    "Facts",
    "availability_statement",
    "filled_summary",
    "load_checklists",
    "methods_paragraph",
    "outputs_table",
]

#: What stands where neither the study nor its results hold the answer.
AUTHORS = "for the authors"


@dataclass(frozen=True, slots=True)
class Checklist:
    """A reporting guideline.

    Parameters
    ----------
    key, title : str
        Short and full name.
    source : str
        The publication whose wording counts.
    items : tuple of mapping
        number, item (in this project's words), answer (a name in `answers.ANSWERS`; for the authors where absent).
    """

    key: str
    title: str
    source: str
    items: tuple[Mapping[str, Any], ...]

    def filled(self, facts: Facts) -> pd.DataFrame:
        """Return one row an item: number, item, answer."""
        rows = []
        for item in self.items:
            answer = ANSWERS[item["answer"]](facts) if "answer" in item else None
            rows.append({"number": str(item["number"]), "item": item["item"], "answer": answer or AUTHORS})
        return pd.DataFrame(rows)


@cache
def load_checklists() -> tuple[Checklist, ...]:
    """Return the checklists in their order."""
    text = files("analysis.report.checklists").joinpath("items.yml").read_text(encoding="utf-8")
    return tuple(Checklist(**{**entry, "items": tuple(entry["items"])}) for entry in yaml.safe_load(text))


def filled_summary(filled: Mapping[str, pd.DataFrame]) -> str:
    """Say of how many items of some filled checklists the study holds the answer."""
    every = pd.concat(filled.values())
    held = int((every["answer"] != AUTHORS).sum())
    return (
        f"The study and its results hold an answer, or a part of it, to {held} of the {len(every)} items of "
        f"{len(filled)} checklists; the others are for the authors."
    )
