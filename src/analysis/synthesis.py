"""The joint display: every factor in the light of every line of evidence, graded by a stated rule.

The rule is written out in `docs/evidence.md`; how often a factor without any effect reaches each grade is measured by
`benchmarks/evidence.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.association.multiplicity import CONFIRMATORY
from analysis.association.results import p_value
from analysis.errors import MethodError

GRADES = ("strong", "moderate", "limited", "not shown")

#: Line of evidence to the columns it brings into the joint display (each line has the column `factor` besides).
LINES: dict[str, tuple[str, ...]] = {
    "raised": ("share_of_interviews", "share_of_partnerships"),
    "sides": ("share_reference", "share_others", "side_difference"),
    "agreement": ("alpha", "alpha_low", "alpha_high"),
    "tests": (
        "label",
        "standardised",
        "standardised_low",
        "standardised_high",
        "p",
        "p_adjusted",
        "stands",
        "within_standardised",
        "within_p",
        "agreement_words",
    ),
    "split": ("split_standardised", "split_p"),
    "curve": ("curve_same_sign", "curve_p"),
    "left_out": ("left_out_same_sign",),
    "stability": ("frequency", "under_none"),
    "necessity": ("necessity_consistency", "necessity_relevance"),
    "configurations": ("in_solution",),
    "quotes": ("n_quotes", "quotes"),
}


#: Check to the column of its estimate; that of its p ends in ``_p`` instead.
_CHECKS = {"within areas": "within_standardised", "split informants": "split_standardised"}
_PHRASES = {"split informants": "with split informants"}
#: Least alpha for conclusions, and tentative ones only (Krippendorff 2004, Hum. Commun. Res. 30:429).
LEAST_ALPHA = 0.667

#: Columns of a table of tests that readers see, effect and interval first.
TABLE_COLUMNS = (
    "factor",
    "label",
    "standardised",
    "standardised_low",
    "standardised_high",
    "estimate",
    "df",
    "p",
    "p_adjusted",
    "within_standardised",
    "within_p",
    "agreement",
    "n_units",
)


#: Columns of the joint display that readers see in its table, and their headings.
DISPLAY_COLUMNS = {
    "factor": "factor",
    "grade": "evidence",
    "label": "in the plan",
    "standardised": "estimate",
    "standardised_low": "lower",
    "standardised_high": "upper",
    "p_adjusted": "adjusted p",
    "within_standardised": "within areas",
    "within_p": "p within areas",
    "agreement_words": "the two tests",
    "split_standardised": "split informants",
    "split_p": "p of split informants",
    "curve_same_sign": "same sign over choices",
    "left_out_same_sign": "same sign, one area left out",
    "frequency": "picked in halves",
    "under_none": "picked by chance",
    "share_of_interviews": "raised in interviews",
    "share_reference": "raised by council",
    "share_others": "raised by partners",
    "alpha": "coders' alpha",
    "alpha_low": "alpha, lower",
    "alpha_high": "alpha, upper",
    "necessity_consistency": "necessity, consistency",
    "necessity_relevance": "necessity, relevance",
    "in_solution": "group in QCA solution",
    "quotes": "approved quotes",
    "supports": "supported by",
    "contradicts": "contradicted by",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """The thresholds of the grading.

    Parameters
    ----------
    check : float
        Largest p at which the design-based check, within areas, or that with split informants supports the primary
        test.
    same_sign : float
        Least share of specifications, and of refits with an area left out, that have the sign of the primary
        estimate; below it they contradict.
    alpha : float
        Largest unadjusted p that makes evidence at least limited.
    """

    check: float = 0.05
    same_sign: float = 0.9
    alpha: float = 0.05


@dataclass(frozen=True, slots=True)
class JointDisplay:
    """All lines of evidence, one row a factor.

    Attributes
    ----------
    table : DataFrame
        `factor`, the columns of each line that was given (`LINES`), `grade`, and the names of the lines that
        `supports` and `contradicts` list.
    lines : tuple of str
        The lines that were given.
    rule : Rule
        The thresholds that were used.
    """

    table: pd.DataFrame
    lines: tuple[str, ...]
    rule: Rule = field(default_factory=Rule)

    def graded(self, grade: str) -> tuple[str, ...]:
        """Return the factors of a grade."""
        return tuple(self.table.loc[self.table["grade"] == grade, "factor"])

    def grade_of(self, factor: str) -> str:
        """Return the grade of a factor."""
        return str(self.table.set_index("factor")["grade"][factor])

    @property
    def summary(self) -> str:
        """Which factors have which grade."""
        said = [
            f"{grade} for {len(named)} ({', '.join(named)})" for grade in GRADES[:-1] if (named := self.graded(grade))
        ]
        rest = len(self.graded(GRADES[-1]))
        said += [f"not shown for {rest}"] if rest or not said else []
        listed = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
        return (
            f"Of {len(self.table)} factors, the evidence for an association is {listed}; "
            "not shown is not the same as absent."
        )

    def findings(self, outcome: str) -> tuple[str, ...]:
        """Return a sentence for each factor graded strong or moderate: effect, interval, what stands behind it."""
        order = [*self.graded("strong"), *self.graded("moderate")]
        rows = self.table.set_index("factor").loc[order]
        return tuple(
            f"{row.Index}: evidence for an association with {outcome} is graded {row.grade}. Its standardised estimate "
            f"is {row.standardised:.2f} (interval {row.standardised_low:.2f} to {row.standardised_high:.2f}), "
            f"{row.label}{_checked(row)}{_coders(row)}."
            for row in rows.itertuples()
        )


def _checked(row: Any) -> str:
    """Say which checks support an estimate, which don't, and what two tests that disagree can mean."""
    made = [name for name, estimate in _CHECKS.items() if estimate in row._fields]
    held = [name for name in made if name in row.supports.split(", ")]
    failed = [name for name in made if name not in held]
    said = "".join(
        f"; {seen} {' and '.join(_PHRASES.get(name, name) for name in names)}"
        for seen, names in (("seen as well", held), ("not seen", failed))
        if names
    )
    return f"{said} ({row.agreement_words})" if "within areas" in failed else said


def _coders(row: Any) -> str:
    """Say where coders agree too little on a factor to draw conclusions from its codes."""
    alpha = getattr(row, "alpha", np.nan)
    low = not np.isnan(alpha) and alpha < LEAST_ALPHA
    return f"; coders agree on it less than conclusions take (alpha {alpha:.2f})" if low else ""


def joint_display(lines: Mapping[str, pd.DataFrame], *, rule: Rule | None = None) -> JointDisplay:
    """Put all lines of evidence side by side and grade each factor.

    Parameters
    ----------
    lines : mapping of str to DataFrame
        Name of a line (a key of `LINES`) to a frame with the column `factor` and that line's columns, one row a factor.
        `tests` must be given; a line that was not examined is left out and is said to be missing.
    rule : Rule, optional
        Thresholds of the grading.

    Raises
    ------
    MethodError
        For an unknown line, a line without its columns, a factor that stands twice, or no tests.
    """
    used = Rule() if rule is None else rule
    if "tests" not in lines:
        raise MethodError("the line `tests` is missing, and no grade goes without it", allowed=tuple(LINES))
    table = lines["tests"][["factor"]].reset_index(drop=True)
    for name in LINES:
        if name in lines:
            table = table.merge(_line(name, lines[name]), on="factor", how="left", validate="one_to_one")
    return JointDisplay(graded(table, used), tuple(name for name in LINES if name in lines), used)


def graded(table: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Return a table of all lines with `grade`, and the names of those that it `supports` and `contradicts` list."""
    support, contradiction = supports(table, rule), contradicts(table, rule)
    found = grades(table, support, contradiction, rule)
    return table.assign(grade=found, supports=_named(support), contradicts=_named(contradiction))


def _line(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    lacking = [column for column in ("factor", *LINES[name]) if column not in frame.columns]
    if lacking:
        raise MethodError(
            f"the line {name!r} lacks {', '.join(lacking)}", allowed=tuple(map(str, frame.columns)), value=lacking[0]
        )
    if frame["factor"].duplicated().any():
        raise MethodError(f"the line {name!r} has a factor twice", value=frame["factor"].iloc[0])
    return frame[["factor", *LINES[name]]]


def supports(table: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Return which checks support the primary estimate: same sign, and p at most `rule.check`."""
    sign = np.sign(table["standardised"])
    found = {}
    for name, estimate in _CHECKS.items():
        if estimate in table:
            p = table[estimate.replace("standardised", "p")]
            found[name] = (np.sign(table[estimate]) == sign) & (p <= rule.check)
    return pd.DataFrame(found, index=table.index).astype(bool)


def contradicts(table: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Return which lines contradict it: an estimate of the other sign, or too few refits of the same."""
    sign = np.sign(table["standardised"])
    found = {}
    for name, estimate in _CHECKS.items():
        if estimate in table:
            found[name] = np.sign(table[estimate]) == -sign
    for name, share in (("specifications", "curve_same_sign"), ("area left out", "left_out_same_sign")):
        if share in table:
            found[name] = table[share] < rule.same_sign
    return pd.DataFrame(found, index=table.index).astype(bool)


def grades(table: pd.DataFrame, support: pd.DataFrame, contradiction: pd.DataFrame, rule: Rule) -> pd.Series:
    """Return the grade of each factor.

    *strong*: in the plan's confirmatory family and stands after its adjustment, every check that was made supports it
    (one at least), nothing contradicts; *moderate*: stands after adjustment, in the plan or not, a check supports it,
    nothing contradicts; *limited*: stands after adjustment or
    has an unadjusted p of at most `rule.alpha`; *not shown*: everything else.
    """
    stands = table["stands"].fillna(False).astype(bool)
    clear = ~contradiction.any(axis=1)
    every = support.all(axis=1) & (support.shape[1] > 0) & (table["label"] == CONFIRMATORY)
    chosen = np.select(
        [stands & clear & every, stands & clear & support.any(axis=1), stands | (table["p"] <= rule.alpha)],
        list(GRADES[:3]),
        default=GRADES[3],
    )
    return pd.Series(chosen, index=table.index, dtype="str")


def _named(truths: pd.DataFrame) -> pd.Series:
    return pd.Series(
        [", ".join(truths.columns[row]) for row in truths.to_numpy(dtype=bool)], index=truths.index, dtype="str"
    )


def headlines(tests: pd.DataFrame) -> tuple[str, ...]:
    """Return one plain sentence for each test that stands after adjustment, or one that says none does.

    Parameters
    ----------
    tests : DataFrame
        Table of `association.evidence`: outcome, factor, label, standardised and its bounds, p_adjusted, stands, level,
        agreement.
    """
    said = [
        f"{row.factor} goes with {row.outcome}: standardised {row.standardised:.2f} "
        f"({row.level:.0%} interval {row.standardised_low:.2f} to {row.standardised_high:.2f}), adjusted "
        f"{p_value(row.p_adjusted)}, {row.label}; {row.agreement}."
        for row in tests[tests["stands"]].sort_values("p_adjusted").itertuples()
    ]
    if not said:
        strongest = tests.loc[tests["p"].idxmin()]
        said = [
            f"No association stands after adjustment; the largest sign of one is {strongest['factor']} with "
            f"{strongest['outcome']} (standardised {strongest['standardised']:.2f}, "
            f"adjusted {p_value(strongest['p_adjusted'])})."
        ]
    return tuple(said)


def rule_table(rule: Rule) -> pd.DataFrame:
    """Return what each grade takes, in words."""
    takes = (
        f"confirmatory by the plan and stands after adjustment; every check supports it (same sign, p at most "
        f"{rule.check:g}); nothing contradicts",
        "stands after adjustment, planned or not; at least one check supports it; nothing contradicts",
        f"stands after adjustment, or unadjusted p at most {rule.alpha:g}, but less than moderate",
        "everything else; not the same as absent",
    )
    return pd.DataFrame({"grade": GRADES, "what it takes": takes})


def plain_words(display: JointDisplay, outcome: str, units: str, n: int) -> str:
    """Return in Markdown what leaders, partnerships and national bodies could take from the display, and what not."""
    found = [*display.graded("strong"), *display.graded("moderate")]
    hinted = display.graded("limited")
    listed = " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
    first = (
        f"In these {n} {units}, {listed} went with {outcome}. A partnership that is weak there has a reason to look "
        "at it first; that improving it would improve outcomes is not shown."
        if found
        else f"In these {n} {units}, no factor goes with {outcome} firmly enough to recommend one before another."
    )
    second = f" There are signs, and no more, for {', '.join(hinted)}." if hinted else ""
    return (
        f"- **Leaders.** {first}{second}\n"
        "- **Partnerships.** Use the framework as a review tool: a factor about which informants of one partnership "
        "disagree is worth a conversation, whatever this page says of it.\n"
        f"- **National bodies.** {n} {units} chosen for their reputation can't say what works elsewhere; a study "
        "that includes struggling ones would.\n"
        "- **Not to be taken from this.** That a factor without evidence here is unimportant, or that one area does "
        "better than another."
    )
