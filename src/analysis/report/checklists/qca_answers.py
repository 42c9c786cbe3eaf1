"""Answers to what the standards of Qualitative Comparative Analysis ask for."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.report.checklists.facts import Facts, counted, listed

_WHERE = "page Configurations"
_NO_SOLUTION = f"No configuration reaches the cuts ({_WHERE})."


def _made(facts: Facts) -> bool:
    return facts.result("truth_table") is not None


def _only_if_made(answer: Callable[[Facts], str]) -> Callable[[Facts], str | None]:
    """Return an answer that is not applicable where the analysis was left out."""

    def given(facts: Facts) -> str | None:
        return answer(facts) if _made(facts) else "Not applicable: the page was left out."

    return given


def _cases(facts: Facts) -> str:
    words, table = facts.study.words, facts.result("truth_table")
    cases = 0 if table is None else int(table["n"].sum())
    return (
        f"{cases} of {counted(facts.size('partnerships'), words.partnership, words.partnerships)}: those with scores "
        "and outcome. Why these is for the authors."
    )


def _conditions(facts: Facts) -> str:
    study = facts.study
    labels = {g.key: g.label for g in study.primary.groups} | {f.key: f.label for f in study.primary.factors}
    chosen = study.qca.conditions or [group.key for group in study.primary.groups]
    return f"{listed([labels.get(key, key) for key in chosen])}. Why these is for the authors."


def _calibration(facts: Facts) -> str:
    qca = facts.study.qca
    given = [f"conditions {_anchors(qca.condition_anchors)}", f"outcome {_anchors(qca.outcome_anchors)}"]
    reasons = sum(bool(entry.reason) for entry in qca.anchors.values())
    more = f"; {counted(reasons, 'reason', 'reasons')} for single sets" if reasons else ""
    why = qca.anchor_reason.strip().rstrip(".") or "The reasons are for the authors"
    return f"Anchors fully out, crossover, fully in: {listed(given)}{more} ({_WHERE}). {why}."


def _anchors(anchors: tuple[float, float, float] | None) -> str:
    return "from the data" if anchors is None else "/".join(f"{anchor:g}" for anchor in anchors)


def _truth_table(facts: Facts) -> str:
    table, qca = facts.result("truth_table"), facts.study.qca
    rows = 0 if table is None else len(table)
    return (
        f"{counted(rows, 'row', 'rows')}; consistency from {qca.consistency_cut:g}, PRI from {qca.pri_cut:g}, "
        f"{counted(qca.n_cut, 'case', 'cases')} or more ({_WHERE})."
    )


def _remainders(facts: Facts) -> str:
    expected = facts.study.qca.expectations
    if not expected:
        return "No directional expectations are declared, so the intermediate solution uses no easy counterfactuals."
    return f"Directional expectations for {counted(len(expected), 'condition', 'conditions')} in study.yml."


def _solved(facts: Facts) -> pd.DataFrame | None:
    """Return the models of all solutions that there are."""
    found = facts.result("solutions")
    models = None if found is None else found[found["model"].astype(str) != ""]
    return None if models is None or models.empty else models


def _solutions(facts: Facts) -> str:
    found = _solved(facts)
    if found is None:
        return _NO_SOLUTION
    kinds = found.groupby("solution", sort=False)["model"].nunique()
    told = listed([f"{kind} ({counted(int(n), 'model', 'models')})" for kind, n in kinds.items()])
    return f"{told[0].upper()}{told[1:]}, with consistency, PRI and coverage ({_WHERE})."


def _memberships(_: Facts) -> str:
    return f"Memberships ({_WHERE}); the scores behind them in the result table unit_scores (page Associations)."


def _if_solved(what: str) -> Callable[[Facts], str]:
    return lambda facts: f"{what} ({_WHERE})." if _solved(facts) is not None else _NO_SOLUTION


def _on_page(what: str) -> Callable[[Facts], str]:
    return lambda _: f"{what} ({_WHERE})."


ANSWERS: dict[str, Callable[[Facts], str | None]] = {
    name: _only_if_made(answer)
    for name, answer in {
        "cases": _cases,
        "conditions": _conditions,
        "calibration": _calibration,
        "memberships": _memberships,
        "qca_skewness": _on_page("Share of cases above .5 in every set"),
        "qca_necessity": _on_page("Conditions, their negations and pairs, with relevance of necessity"),
        "truth_table": _truth_table,
        "remainders": _remainders,
        "qca_solutions": _solutions,
        "qca_negated": _on_page("Solutions for the absence of the outcome"),
        "qca_robustness": _if_solved(
            "Ranges of both cuts, permuted outcomes, each area left out; the anchors are not varied"
        ),
        "qca_clusters": _if_solved("Consistency of each term in each area"),
    }.items()
}
