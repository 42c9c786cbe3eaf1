"""A study's partnerships as cases of a Qualitative Comparative Analysis: sets from scores, by declared anchors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import MethodError
from analysis.qca import Analysis, ChanceCheck, Solution, calibrate, two_step
from analysis.qca.expressions import literals, parse
from analysis.settings import Calibration, Qca

DEFAULT_REASON = "tenth, half and ninth decile of the study's own scores, since the study declares no anchors"


@dataclass(frozen=True, slots=True)
class Sets:
    """Cases with their memberships.

    Attributes
    ----------
    data : DataFrame
        `case`, `area`, one membership (0-1) a set.
    raw : DataFrame
        The scores behind them, under the sets' names.
    conditions : tuple of str
        Names of the conditions.
    outcome : str
        Name of the outcome.
    anchors : DataFrame
        One row a set: set, label, fully out, crossover, fully in, method, reason.
    labels : mapping of str to str
        Set to the name that readers know.
    dropped : tuple of str
        Cases left out because a score is missing.
    """

    data: pd.DataFrame
    raw: pd.DataFrame
    conditions: tuple[str, ...]
    outcome: str
    anchors: pd.DataFrame
    labels: Mapping[str, str]
    dropped: tuple[str, ...]

    @property
    def summary(self) -> str:
        """Cases, conditions, and the share of all configurations that cases can fill."""
        k = len(self.conditions)
        left = f"; {len(self.dropped)} left out for a missing score" if self.dropped else ""
        return (
            f"{len(self.data)} cases and {k} conditions, with which {2**k} configurations are possible: "
            f"about {len(self.data) / 2**k:.2g} for each{left}."
        )

    def thresholds(self, name: str) -> tuple[float, float, float]:
        """Return the anchors of a set."""
        row = self.anchors.set_index("set").loc[name]
        return float(row["fully out"]), float(row["crossover"]), float(row["fully in"])


def in_prose(text: str) -> str:
    """Return a sentence with expressions such as ``A*~B`` as Markdown that shows their signs."""
    return text.replace("*", "\\*").replace("_", "\\_")


def set_name(key: str) -> str:
    """Return the name of a set: the key in capitals, in letters, digits and underscores."""
    return key.upper().replace("-", "_").replace(":", "_")


def build_sets(frame: pd.DataFrame, conditions: Mapping[str, str], outcome: tuple[str, str], settings: Qca) -> Sets:
    """Calibrate scores into sets.

    Parameters
    ----------
    frame : DataFrame
        One row a partnership: `partnership`, `area`, the columns named below.
    conditions : mapping of str to str
        Key of each condition to its column.
    outcome : (str, str)
        Key of the outcome and its column.
    settings : Qca
        Anchors: of one condition by its key, of all conditions, of the outcome.

    Raises
    ------
    MethodError
        Where fewer than four cases have all scores.
    """
    columns = dict([*conditions.items(), outcome])
    complete = frame[list(columns.values())].notna().all(axis=1)
    if complete.sum() < 4:
        raise MethodError(
            f"only {int(complete.sum())} cases have all scores", fix="take fewer conditions, or read absent as zero"
        )
    kept = frame[complete].reset_index(drop=True)
    raw = pd.DataFrame({set_name(key): kept[column].astype("float64") for key, column in columns.items()})
    chosen = {key: _calibration(key, raw[set_name(key)], outcome[0], settings) for key in columns}
    data = pd.DataFrame({"case": kept["partnership"], "area": kept["area"]})
    for key, calibration in chosen.items():
        data[set_name(key)] = calibrate(raw[set_name(key)], calibration.anchors, calibration.method)
    return Sets(
        data,
        raw.assign(case=kept["partnership"]),
        tuple(set_name(key) for key in conditions),
        set_name(outcome[0]),
        _anchors_table(chosen, columns),
        {set_name(key): column for key, column in columns.items()},
        tuple(frame.loc[~complete, "partnership"]),
    )


def _calibration(key: str, values: pd.Series, outcome: str, settings: Qca) -> Calibration:
    if key in settings.anchors:
        return settings.anchors[key]
    declared = settings.outcome_anchors if key == outcome else settings.condition_anchors
    if declared:
        return Calibration(anchors=declared, reason="as the study declares for all of its kind")
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    middle = _off_values(middle, values)
    return Calibration(anchors=(float(low), middle, float(high)), reason=DEFAULT_REASON)


def _off_values(crossover: float, values: pd.Series) -> float:
    """Move a crossover off the values: a membership of exactly .5 belongs to no configuration."""
    below = values[values < crossover]
    if not np.isclose(values, crossover).any() or below.empty:
        return float(crossover)
    return float((crossover + below.max()) / 2)


def _anchors_table(chosen: Mapping[str, Calibration], columns: Mapping[str, str]) -> pd.DataFrame:
    rows = [
        {
            "set": set_name(key),
            "label": columns[key],
            "fully out": calibration.anchors[0],
            "crossover": calibration.anchors[1],
            "fully in": calibration.anchors[2],
            "method": calibration.method,
            "reason": calibration.reason,
        }
        for key, calibration in chosen.items()
    ]
    return pd.DataFrame(rows)


@dataclass(frozen=True, slots=True)
class Solved:
    """A solution, or why there is none.

    Attributes
    ----------
    solution : Solution or None
    reason : str
        In words, where there is none.
    """

    solution: Solution | None
    reason: str = ""

    @property
    def found(self) -> bool:
        """Whether there is a solution."""
        return self.solution is not None

    @property
    def summary(self) -> str:
        """The solution in a sentence, or why there is none."""
        return self.reason if self.solution is None else self.solution.summary


def solve(plan: Analysis, data: pd.DataFrame) -> Solved:
    """Run an analysis; data that allow no solution give the reason in words instead of an error."""
    try:
        return Solved(plan.run(data))
    except MethodError as error:
        return Solved(None, f"There is no solution: {error.what}.")


#: Below it, a solution is too inconsistent to be read as sufficient (Schneider and Wagemann 2012, ch. 5).
LEAST_CONSISTENCY = 0.75


def in_words(found: Solved, labels: Mapping[str, str], outcome: str, chance: ChanceCheck | None = None) -> str:
    """Return a solution for readers who don't know set notation: terms by name, fit, and how chance does.

    Parameters
    ----------
    found : Solved
    labels : mapping of str to str
        Set to the name that readers know.
    outcome : str
        Name of the outcome.
    chance : ChanceCheck, optional
        Of the same solution.
    """
    if found.solution is None:
        return found.reason
    solution = found.solution
    fit = solution.model_fit.iloc[0]
    terms = "; or ".join(_term_in_words(term, labels) for term in solution.models[0])
    weak = fit["consistency"] < LEAST_CONSISTENCY
    lucky = chance is not None and chance.share > 0.05
    lead = "No combination can be said to suffice" if weak or lucky else "A combination suffices"
    several = f", one of {solution.n_models:,} models that fit equally well," if solution.n_models > 1 else ""
    said = f"{lead} for {outcome}. The intermediate solution{several} is: {terms}"
    said += f". Its consistency is {fit['consistency']:.2f}"
    said += f" (below {LEAST_CONSISTENCY:g} none is read as sufficient)" * bool(weak)
    said += f", its coverage {fit['raw_coverage']:.2f}"
    if chance is not None:
        where = " within areas" if chance.clustered else ""
        said += f"; with outcomes shuffled{where}, {chance.share:.0%} of analyses do at least as well"
    return f"{said}."


def _term_in_words(term: str, labels: Mapping[str, str]) -> str:
    held = literals(parse(term))
    named = [
        (f"\N{LEFT DOUBLE QUOTATION MARK}{labels.get(leaf.name, leaf.name)}\N{RIGHT DOUBLE QUOTATION MARK}", leaf)
        for leaf in held
    ]
    return " together with ".join(f"the absence of {name}" if leaf.negated else name for name, leaf in named)


def second_step(sets: Sets, plan: Analysis, remote: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """Analyse the groups as remote and the factors as proximate conditions.

    Parameters
    ----------
    sets : Sets
        With groups and factors as conditions.
    plan : Analysis
    remote : sequence of str
        The conditions that are groups; all others are proximate.

    Returns
    -------
    (DataFrame, str)
        Paths within each context, and the result in words; no rows, and the reason, where there is none.
    """
    proximate = [name for name in sets.conditions if name not in remote]
    if not proximate:
        return pd.DataFrame(), "The study names no proximate factors (`qca.proximate`), so there is no second step."
    try:
        found = two_step(sets.data, plan, remote, proximate)
    except MethodError as error:
        return pd.DataFrame(), f"There is no second step: {error.what}."
    return found.table, found.summary


def solutions_table(solved: Mapping[str, Solved]) -> pd.DataFrame:
    """Return all models of several solutions, one row a model: its expression, consistency, PRI and coverage."""
    rows: list[dict[str, object]] = []
    for name, found in solved.items():
        if found.solution is None:
            rows.append({"solution": name, "model": "", "expression": found.reason})
            continue
        fit = found.solution.model_fit.reset_index(drop=True)
        for i, _ in enumerate(found.solution.models):
            said: dict[str, object] = {"solution": name, "model": f"M{i + 1}"}
            rows.append(said | {"expression": found.solution.expression(i)} | _fit(fit, i))
    return pd.DataFrame(rows)


def _fit(fit: pd.DataFrame, i: int) -> dict[str, object]:
    columns = {"consistency": "consistency", "pri": "pri", "coverage": "raw_coverage"}
    return {name: float(fit.loc[i, column]) for name, column in columns.items()}


def plan_of(sets: Sets, settings: Qca, *, negated: bool = False) -> Analysis:
    """Return the decisions of the study's analysis, of the outcome or of its negation."""
    return Analysis(
        ("~" if negated else "") + sets.outcome,
        sets.conditions,
        inclusion_cut=settings.consistency_cut,
        pri_cut=settings.pri_cut,
        n_cut=settings.n_cut,
        case_names="case",
    )


def expected(settings: Qca, *, negated: bool = False) -> dict[str, int]:
    """Return the directional expectations by set; for the negated outcome each is turned round."""
    return {set_name(key): 1 - level if negated else int(level) for key, level in settings.expectations.items()}


def directed(plan: Analysis, expectations: Mapping[str, int]) -> Analysis:
    """Return the analysis whose solution is the intermediate one."""
    return plan.with_(remainders="directional", expectations=dict(expectations))


def three_solutions(plan: Analysis, data: pd.DataFrame, expectations: Mapping[str, int]) -> dict[str, Solved]:
    """Return the conservative, intermediate and parsimonious solution by name."""
    return {
        "conservative": solve(plan, data),
        "intermediate": solve(directed(plan, expectations), data),
        "parsimonious": solve(plan.with_(remainders="include"), data),
    }
