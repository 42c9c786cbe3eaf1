"""The plan: what is confirmatory, frozen with a date and a hash once the data are in."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.errors import StudyError
from analysis.settings import Plan
from analysis.study import FILE_NAME, Study


def freeze_plan(study: Study, *, by: str, on: date) -> str:
    """Write date, role and hash of the plan into `study.yml` and return the hash.

    Parameters
    ----------
    study : Study
        A study whose plan is not frozen yet.
    by : str
        Role of who freezes it, such as `study lead`; no name of a person.
    on : date
        The day.

    Raises
    ------
    StudyError
        Where the plan declares nothing, or is frozen already.
    """
    path = study.root / FILE_NAME
    if not study.plan.hypotheses:
        raise StudyError(
            "the plan declares no hypothesis",
            where=str(path),
            fix="list what is confirmatory under plan.hypotheses",
        )
    if study.plan.frozen:
        raise StudyError(
            f"the plan was frozen on {study.plan.frozen.on} by the {study.plan.frozen.by}",
            where=str(path),
            fix="a change after that is a deviation: write it under plan.deviations (what, why, when)",
        )
    digest = study.plan.sha256
    entry = f'  frozen: {{on: {on.isoformat()}, by: "{by}", sha256: {digest}}}\n'
    _insert_below(path, "plan", entry)
    return digest


def _insert_below(path: Path, key: str, entry: str) -> None:
    """Put a line right below a top-level key written in block style, leaving every comment where it is."""
    text = path.read_text(encoding="utf-8")
    head = re.search(rf"^{key}:[ \t]*(#.*)?\n", text, flags=re.MULTILINE)
    if head is None:
        raise StudyError(
            f"{key}: is not written as a block in {path.name}",
            where=str(path),
            fix=f"write `{key}:` on a line of its own with its entries indented below",
        )
    path.write_text(text[: head.end()] + entry + text[head.end() :], encoding="utf-8", newline="\n")


def plan_table(study: Study) -> pd.DataFrame:
    """Return the confirmatory hypotheses, one row each: factor, outcome, direction, reason."""
    rows = [
        {
            "factor": study.resolve(hypothesis.factor)[1].label,
            "outcome": study.outcome_labels[hypothesis.outcome],
            "direction": hypothesis.direction,
            "reason": hypothesis.reason,
        }
        for hypothesis in study.plan.hypotheses
    ]
    return pd.DataFrame(rows, columns=["factor", "outcome", "direction", "reason"])


def deviations_table(plan: Plan) -> pd.DataFrame:
    """Return the deviations from the plan as the study declares them, one row each."""
    return pd.DataFrame(plan.deviations)


def frozen_words(plan: Plan) -> str:
    """Say when and by whom the plan was frozen, or that it was not."""
    if plan.frozen is None:
        return (
            "The plan has **not been frozen**: nothing shows that it was written before the data were seen, so read "
            "its confirmatory tests with that in mind."
        )
    return (
        f"The plan was frozen on {plan.frozen.on} by the {plan.frozen.by} (hash {plan.frozen.sha256[:12]}); "
        "a change since then would have stopped this run."
    )
