"""Pictures of a QCA: where the cases lie, and what is necessary.

The picture of the truth table is in `qca_table`, those of models in `qca_models`, those that check a solution
(calibration, clusters, ranges, chance) in `qca_checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.figures.heat import label
from analysis.figures.layout import legend_below
from analysis.figures.places import join_names, place_names
from analysis.figures.style import (
    GRID,
    INK,
    MUTED,
    ONE_AND_A_HALF,
    ONE_COLUMN,
    PALETTE,
    TWO_COLUMNS,
    figure,
    styled,
)
from analysis.figures.words import letters, small, wrapped
from analysis.qca import Necessity, Solution

Names = Mapping[str, str] | Callable[[str], str] | None

_LOOKS = {
    "typical": ("o", PALETTE[2], PALETTE[2]),
    "deviant in consistency": ("v", PALETTE[1], PALETTE[1]),
    "deviant in coverage": ("s", "white", PALETTE[4]),
    "covered by another term": ("o", "white", PALETTE[2]),
    "irrelevant": (".", MUTED, MUTED),
    "at .5": ("x", INK, INK),
}


def named(name: str, names: Names) -> str:
    """Return the printed name of a case or a condition."""
    if names is None:
        return name
    return names(name) if callable(names) else names.get(name, name)


def set_lines(name: str, width: int) -> str:
    """Break the printed name of a set into lines, of SETS_LIKE_THIS after an underscore."""
    return wrapped(name.replace("_", "_ "), width).replace("_ ", "_")


def folded(text: str, width: int) -> str:
    """Break an expression into lines: after `+` where that can be helped, else after `*`."""
    lines = [""]
    for term in text.split(" + "):
        for place, part in enumerate(term.split("*")):
            joint = ("" if not lines[-1] else " + ") if not place else "*"
            whole = len(term) if not place else len(part)
            if lines[-1] and len(lines[-1]) + len(joint) + min(whole, width) > width:
                lines[-1] += joint.rstrip()
                lines.append(part)
            else:
                lines[-1] += joint + part
    return "\n".join(lines)


@styled
def plot_xy(
    solution: Solution,
    model: int = 0,
    *,
    name: Sequence[str] = ("deviant in consistency", "deviant in coverage"),
    case_names: Names = None,
    width: float = TWO_COLUMNS,
) -> Figure:
    """Draw each case's membership in each term, and in the model, against its membership in the outcome.

    Above the diagonal a case is consistent with sufficiency. The lines at .5 part typical cases (upper right), cases
    deviant in consistency (lower right), deviant in coverage (upper left) and irrelevant ones. Crisp sets are drawn
    as a two by two table with the cases' names. Named cases are numbered, and the key below gives their names.

    Parameters
    ----------
    solution : Solution
    model : int
        Which of the listed models.
    name : sequence of str
        The types of cases that are named (`"typical"`, `"deviant in consistency"`, ...); none for no names at all.
    case_names : mapping or callable, optional
        Printed names of cases, by the disclosure policy.
    width : float
        In mm.
    """
    cases = solution.cases(model)
    terms = list(dict.fromkeys(cases["term"]))
    fit = solution.fit[solution.fit["model"] == f"M{model + 1}"].drop_duplicates("term").set_index("term")
    columns = min(len(terms), 3 if width > ONE_AND_A_HALF else 2 if width > ONE_COLUMN else 1)
    columns = 2 if columns == 3 and len(terms) == 4 else columns  # two rows of two leave nothing empty
    rows, side = -(-len(terms) // columns), min(width / columns, 66)
    above = [folded(term, letters((width / columns - 8) / 2.5)).count("\n") + 1 for term in terms]
    heads = sum(max(above[first : first + columns]) for first in range(0, len(terms), columns))
    key = sum(map(len, map(str, cases.loc[cases["type"].isin(name), "case"].unique()))) / (width / 1.9)  # lines, about
    height = rows * (side + 2) + 3.3 * heads + 3.2 * key + 9
    drawn, grid = figure(width=width, height=height, rows=rows, columns=columns, squeeze=False)
    panels = list(grid.ravel())
    crisp = cases["x"].isin([0, 1]).all() and cases["y"].isin([0, 1]).all()
    for axes, term in zip(panels, terms, strict=False):
        own = cases[cases["term"] == term]
        _title(axes, term, fit.loc[term], width / columns - 8, whole=term == terms[-1] and len(terms) > 1)
        if crisp:
            _two_by_two(axes, own, case_names)
        else:
            _xy_panel(axes, own, solution.outcome)
            axes.set_xlabel("membership in the " + ("solution" if term == terms[-1] and len(terms) > 1 else "term"))
    for axes in panels[len(terms) :]:
        axes.set_visible(False)
    if not crisp:
        numbers = {case: str(i) for i, case in enumerate(dict.fromkeys(cases.loc[cases["type"].isin(name), "case"]), 1)}
        _key(drawn, cases, [f"{number} {named(case, case_names)}" for case, number in numbers.items()], width)
        for axes, term in zip(panels, terms, strict=False):
            own = cases[cases["term"] == term]
            # cases that no term covers are the same in every panel: they are named once, in the last
            wanted = [kind for kind in name if kind != "deviant in coverage" or term == terms[-1]]
            _name_cases(axes, own, wanted, numbers)
    return drawn


def _title(axes: Axes, term: str, fit: pd.Series, width: float, *, whole: bool) -> None:
    head = f"Solution: {term}" if whole else term
    numbers = f"consistency {fit['consistency']:.3f}, PRI {fit['pri']:.3f},\ncoverage {fit['raw_coverage']:.3f}"
    axes.annotate(
        numbers,
        (0, 1),
        (0, 2),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        size=small(),
        color=INK,
    )
    axes.set_title(folded(head, letters(width / 2.5)), loc="left", pad=2.4 * small() + 5, fontsize=small() + 0.5)


def _xy_panel(axes: Axes, cases: pd.DataFrame, outcome: str) -> None:
    axes.add_patch(Rectangle((0.5, 0.5), 0.53, 0.53, color=PALETTE[2], alpha=0.08, lw=0))
    axes.add_patch(Rectangle((0.5, -0.03), 0.53, 0.53, color=PALETTE[1], alpha=0.08, lw=0))
    axes.plot([0, 1], [0, 1], color=MUTED, lw=0.7)
    axes.axhline(0.5, color=MUTED, lw=0.6, ls=(0, (3, 2)))
    axes.axvline(0.5, color=MUTED, lw=0.6, ls=(0, (3, 2)))
    for kind, (marker, face, edge) in _LOOKS.items():
        own = cases[cases["type"] == kind]
        if marker in "x.":
            axes.scatter(own["x"], own["y"], s=16 if marker == "." else 14, marker=marker, color=edge, lw=0.8, zorder=3)
        else:
            axes.scatter(own["x"], own["y"], s=15, marker=marker, facecolor=face, edgecolor=edge, lw=0.8, zorder=4)
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal", ylabel=outcome)
    axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    axes.set_yticks([0, 0.5, 1], ["0", ".5", "1"])


def _name_cases(axes: Axes, cases: pd.DataFrame, wanted: Sequence[str], numbers: Mapping[str, str]) -> None:
    chosen = cases[cases["type"].isin(wanted)]
    points = list(zip(chosen["x"].tolist(), chosen["y"].tolist(), strict=True))
    spots, joined = join_names(points, [numbers[case] for case in chosen["case"]])
    others = cases[~cases["type"].isin(wanted)]
    lines = [(0, 0, 1, 1), (0.5, 0, 0.5, 1), (0, 0.5, 1, 0.5)]
    place_names(
        axes, spots, joined, obstacles=list(zip(others["x"].tolist(), others["y"].tolist(), strict=True)), lines=lines
    )


def _key(drawn: Figure, cases: pd.DataFrame, numbered: Sequence[str], width: float) -> None:
    found = [kind for kind in _LOOKS if kind in set(cases["type"])]
    handles = []
    whole = [name.replace(" ", "\N{NO-BREAK SPACE}") for name in numbered]
    for kind in found:
        marker, face, edge = _LOOKS[kind]
        handles.append(drawn.axes[0].plot([], [], ls="", marker=marker, mfc=face, mec=edge, label=kind)[0])
    legend_below(
        drawn,
        handles=handles,
        ncols=2 if drawn.get_figwidth() < 4 else len(found),
        handletextpad=0.2,
        title=wrapped("  ".join(whole), round(width / 1.55)),
    )


def _two_by_two(axes: Axes, cases: pd.DataFrame, names: Names) -> None:
    for x in (0, 1):
        for y in (0, 1):
            own = cases[(cases["x"] == x) & (cases["y"] == y)]
            marker, _, edge = _LOOKS[own["type"].iloc[0]] if len(own) else ("", "white", MUTED)
            axes.add_patch(Rectangle((x, y), 1, 1, facecolor=edge if len(own) else "white", alpha=0.1, lw=0))
            text = wrapped(", ".join(named(case, names) for case in own["case"]), 17)
            axes.text(x + 0.05, y + 0.93, f"{len(own)}", va="top", weight="bold")
            axes.text(x + 0.05, y + 0.76, "\n".join(text.split("\n")[:6]), va="top", size=small(), linespacing=1.05)
            if marker:
                axes.scatter([x + 0.9], [y + 0.88], marker=marker, color=edge, s=15)
    axes.set(xlim=(0, 2), ylim=(0, 2), aspect="equal", xlabel="in the term", ylabel="in the outcome")
    axes.set_xticks([0.5, 1.5], ["no", "yes"])
    axes.set_yticks([0.5, 1.5], ["no", "yes"])
    axes.axhline(1, color=INK, lw=0.6)
    axes.axvline(1, color=INK, lw=0.6)
    axes.tick_params(length=0)


@styled
def plot_necessity(found: Necessity, *, labels: Names = None, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw each expression's consistency as necessary beside its relevance (RoN), with their cuts.

    What lies in both shaded parts is necessary and not trivial; those marks are filled.
    """
    table = found.table.dropna(subset=["consistency", "relevance"]).sort_values(
        ["consistency", "relevance"], ascending=False, ignore_index=True, kind="stable"
    )
    names = [label(_negatable(text, labels), None, 30) for text in table["expression"]]
    height = 20 + (6.6 if any("\n" in name for name in names) else 4.6) * len(names)
    drawn, panels = figure(width=width, height=height, columns=2, sharey=True)
    rows = np.arange(len(table))
    heads = (f"consistency as\nnecessary for {found.outcome}", "relevance (RoN):\nlow is trivial")
    necessary = (table["consistency"] >= found.consistency_cut).to_numpy()
    relevant = (table["relevance"] >= 0.5).to_numpy()
    for axes, column, cut, head in zip(
        panels, ("consistency", "relevance"), (found.consistency_cut, 0.5), heads, strict=True
    ):
        axes.axvspan(cut, 1.04, color=PALETTE[2], alpha=0.1, lw=0)
        axes.axvline(cut, color=MUTED, lw=0.7, ls=(0, (3, 2)))
        axes.hlines(rows, 0, table[column], color=GRID, lw=1, zorder=1)
        for both, face in ((True, PALETTE[2]), (False, "white")):
            own = (necessary & relevant) == both
            axes.scatter(table[column][own], rows[own], s=18, facecolor=face, edgecolor=PALETTE[2], lw=0.9, zorder=3)
        axes.set(xlim=(0, 1.04), xlabel=head)
        axes.set_xticks([0, 0.5, cut, 1] if cut != 0.5 else [0, 0.5, 1])
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".removeprefix("0") or "0")
        axes.tick_params(axis="y", length=0)
    panels[0].set_yticks(rows, names)
    panels[0].set_ylim(len(table) - 0.4, -0.6)
    return drawn


def _negatable(text: str, labels: Names) -> str:
    if not labels:
        return text
    parts = text.replace(" ", "").split("+")
    return " or ".join(f"not {named(part[1:], labels)}" if part[:1] == "~" else named(part, labels) for part in parts)
