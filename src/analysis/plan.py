"""The plan: what is confirmatory, frozen with a date and a hash once the data are in."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import StudyError
from analysis.settings import Plan
from analysis.study import FILE_NAME, Study


def freeze_plan(study: Study, *, by: str, on: date) -> str:
    """Write date, role, hash and a copy of the plan into `study.yml` and return the hash.

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
    said = json.dumps(study.plan.said, ensure_ascii=False, sort_keys=True)
    entry = f"  frozen:\n    on: {on.isoformat()}\n    by: {json.dumps(by, ensure_ascii=False)}\n    sha256: {digest}\n"
    entry += f"    plan: {said}\n"
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
    """Return the plan's hypotheses, one row each: factor, outcome, label, direction, reason.

    The label is `exploratory` for one that came after the plan was frozen.
    """
    families = study.families()
    rows = [
        {
            "factor": study.resolve(hypothesis.factor)[1].label,
            "outcome": study.outcome_labels[hypothesis.outcome],
            "label": families.get((hypothesis.outcome, study.resolve(hypothesis.factor)[1].key), "exploratory"),
            "direction": hypothesis.direction,
            "reason": hypothesis.reason,
        }
        for hypothesis in study.plan.hypotheses
    ]
    return pd.DataFrame(rows, columns=["factor", "outcome", "label", "direction", "reason"])


def deviations_table(plan: Plan) -> pd.DataFrame:
    """Return the deviations from the plan as the study declares them, one row each: what, why, when."""
    rows = [deviation.model_dump(mode="json") for deviation in plan.deviations]
    return pd.DataFrame(rows, columns=["what", "why", "when"])


def changes_table(plan: Plan) -> pd.DataFrame:
    """Return what differs between the plan and what was frozen, found by comparing the two.

    Returns
    -------
    DataFrame
        `what`, `as frozen`, `now`; empty where nothing differs, or where no copy was frozen.
    """
    before = _entries(plan.frozen.plan) if plan.frozen and plan.frozen.plan else None
    now = _entries(plan.said)
    rows = [
        {"what": what, "as frozen": before.get(what, "not in it"), "now": now.get(what, "left out")}
        for what in ({} if before is None else before | now)
        if before is not None and before.get(what) != now.get(what)
    ]
    return pd.DataFrame(rows, columns=["what", "as frozen", "now"])


def _entries(said: dict[str, Any]) -> dict[str, str]:
    """Return everything that a plan declares as words, by what it is about."""
    single = {name.replace("_", " "): str(value) for name, value in said.items() if name != "hypotheses"}
    hypotheses = {
        f"hypothesis: {h['factor']} and {h['outcome']}": ", because ".join(filter(None, [h["direction"], h["reason"]]))
        for h in said["hypotheses"]
    }
    return single | hypotheses


def frozen_words(plan: Plan) -> str:
    """Say when and by whom the plan was frozen and whether it has changed, or that it was not frozen."""
    if plan.frozen is None:
        return (
            "The plan has **not been frozen**: nothing shows that it was written before the data were seen, so read "
            "its confirmatory tests with that in mind."
        )
    said = f"The plan was frozen on {plan.frozen.on} by the {plan.frozen.by} (hash {plan.frozen.sha256[:12]})"
    if plan.sha256 == plan.frozen.sha256:
        return f"{said}; a change since then would have stopped this run."
    if not plan.frozen.plan:
        return f"{said}. It has **changed since then**, as the deviations say; no copy of it was kept."
    return f"{said}. It has **changed since then**: what was not in it then counts as exploratory on every page."
