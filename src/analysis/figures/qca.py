"""Pictures of a QCA: where the cases lie, the truth table, what is necessary.

Pictures of models are in `qca_models`, those that check a solution (calibration, clusters, ranges, chance) in
`qca_checks`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.figures.heat import label, small
from analysis.figures.places import join_names, place_names
from analysis.figures.style import (
    GRID,
    INK,
    MUTED,
    ONE_AND_A_HALF,
    ONE_COLUMN,
    PALETTE,
    SEQUENTIAL,
    TWO_COLUMNS,
    figure,
    ink_on,
    styled,
)
from analysis.qca import Necessity, Solution, TruthTable

Names = Mapping[str, str] | Callable[[str], str] | None

_LOOKS = {
    "typical": ("o", PALETTE[2], PALETTE[2]),
    "deviant in consistency": ("v", PALETTE[1], PALETTE[1]),
    "deviant in coverage": ("s", "white", PALETTE[4]),
    "covered by another term": ("o", "white", PALETTE[2]),
    "irrelevant": (".", MUTED, MUTED),
    "at .5": ("x", INK, INK),
}
_OUTPUTS = {"1": PALETTE[2], "0": "white", "C": PALETTE[3], "?": GRID}


def named(name: str, names: Names) -> str:
    """Return the printed name of a case or a condition."""
    if names is None:
        return name
    return names(name) if callable(names) else names.get(name, name)


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
    rows, side = -(-len(terms) // columns), min(width / columns, 66)
    drawn, grid = figure(width=width, height=rows * (side + 8) + 9, rows=rows, columns=columns, squeeze=False)
    panels = list(grid.ravel())
    crisp = cases["x"].isin([0, 1]).all() and cases["y"].isin([0, 1]).all()
    for axes, term in zip(panels, terms, strict=False):
        own = cases[cases["term"] == term]
        _title(axes, term, fit.loc[term], side, whole=term == terms[-1] and len(terms) > 1)
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
    axes.set_title(f"{folded(head, round(width / 2.5))}", fontsize=small() + 0.5)
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
    axes.set_title(axes.get_title(loc="left"), loc="left", pad=22, fontsize=small() + 0.5)


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
    drawn.legend(
        handles=handles,
        loc="outside lower center",
        ncols=2 if drawn.get_figwidth() < 4 else len(found),
        handletextpad=0.2,
        title=textwrap.fill("  ".join(whole), round(width / 1.55)),
    )


def _two_by_two(axes: Axes, cases: pd.DataFrame, names: Names) -> None:
    for x in (0, 1):
        for y in (0, 1):
            own = cases[(cases["x"] == x) & (cases["y"] == y)]
            marker, _, edge = _LOOKS[own["type"].iloc[0]] if len(own) else ("", "white", MUTED)
            axes.add_patch(Rectangle((x, y), 1, 1, facecolor=edge if len(own) else "white", alpha=0.1, lw=0))
            text = textwrap.fill(", ".join(named(case, names) for case in own["case"]), 17)
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
def plot_truth_table(
    table: TruthTable, *, case_names: Names = None, most_cases: int = 4, width: float = TWO_COLUMNS
) -> Figure:
    """Draw the observed configurations: conditions, output, cases, consistency and PRI as bars with their cuts.

    Rows run from the most to the least consistent; outputs are written as well as shaded.
    """
    frame = table.table.sort_values(["consistency", "n"], ascending=False, ignore_index=True)
    k, m = len(table.conditions), len(frame)
    drawn, panels = figure(
        width=width,
        height=22 + 5.2 * m,
        columns=3,
        width_ratios=[0.42 * (k + 1), 2.6, 3.4],
        sharey=True,
    )
    cells, bars, names = panels
    cell = (width - 20) * 0.42 / (0.42 * (k + 1) + 6)  # mm
    _cells(cells, frame, table, turn=1.75 * max(len(name) for name in (*table.conditions, table.outcome)) > cell)
    _consistency_bars(bars, frame, table)
    room = round((width - 4.6 * (k + 1) - 40) / 1.62)
    for row, text in enumerate(frame["cases"]):
        names.text(0, row, f"{frame['n'][row]}", ha="right", va="center", size=small())
        listed = [named(case, case_names) for case in text.split(", ") if case]
        names.text(0.05, row, _fitting(listed, most_cases, room), va="center", size=small())
    names.set(xlim=(-0.08, 1))
    names.set_title("cases", loc="left", fontsize=small())
    names.axis("off")
    return drawn


def _fitting(names: list[str], most: int, room: int) -> str:
    """Join as many names as fit, and count the rest."""
    shown = min(most, len(names))
    while shown > 1 and len(", ".join(names[:shown])) + 5 * (shown < len(names)) > room:
        shown -= 1
    return ", ".join(names[:shown]) + (f" + {len(names) - shown}" if shown < len(names) else "")


def _cells(axes: Axes, frame: pd.DataFrame, table: TruthTable, *, turn: bool) -> None:
    top = max(table.levels) - 1
    for row, record in enumerate(frame.to_dict("records")):
        for column, name in enumerate(table.conditions):
            color = SEQUENTIAL(0.05 + 0.75 * record[name] / top)
            axes.add_patch(Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, facecolor=color, edgecolor=GRID, lw=0.4))
            axes.text(column, row, f"{record[name]}", ha="center", va="center", color=ink_on(color), size=small())
        place, color = len(table.conditions) + 0.3, _OUTPUTS[record["OUT"]]
        axes.add_patch(Rectangle((place - 0.46, row - 0.44), 0.92, 0.88, facecolor=color, edgecolor=INK, lw=0.6))
        axes.text(place, row, record["OUT"], ha="center", va="center", color=ink_on(color), weight="bold", size=small())
    places = [*range(len(table.conditions)), len(table.conditions) + 0.3]
    axes.set(xlim=(-0.6, len(table.conditions) + 0.9), ylim=(len(frame) - 0.4, -0.6))
    axes.xaxis.tick_top()
    axes.set_xticks(
        places, [*table.conditions, table.outcome], rotation=45 if turn else 0, ha="left" if turn else "center"
    )
    axes.set_yticks(range(len(frame)), [f"{row}" for row in frame["row"]])
    axes.set_ylabel("row of the truth table")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _consistency_bars(axes: Axes, frame: pd.DataFrame, table: TruthTable) -> None:
    rows = np.arange(len(frame))
    some, proportional = frame["consistency"] > 0, frame["pri"] > 0  # a bar of no length would still be drawn
    axes.barh(rows[some] - 0.18, frame["consistency"][some], height=0.32, color=PALETTE[0], label="consistency")
    hatched: dict[str, Any] = {"facecolor": "white", "edgecolor": PALETTE[0], "hatch": "////", "label": "PRI"}
    axes.barh(rows[proportional] + 0.18, frame["pri"][proportional], height=0.32, **hatched)
    for cut, style, side in ((table.cuts.inclusion, "-", "left"), (table.cuts.exclusion, (0, (3, 2)), "right")):
        if cut is not None:
            axes.axvline(cut, color=PALETTE[1], lw=1, ls=style)
            axes.annotate(
                f"{cut:g}".lstrip("0"),
                (cut, 0),
                (0, -1),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha=side if table.cuts.exclusion is not None else "center",
                va="top",
                size=small(),
                color=PALETTE[1],
            )
    for row, record in enumerate(frame.to_dict("records")):
        axes.text(1.06, row, f"{record['consistency']:.2f}", va="center", size=small())
    axes.set(xlim=(0, 1.27))
    axes.xaxis.tick_top()
    axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.spines["top"].set_visible(True)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.02 - 0.25 / len(frame)), ncols=2, handlelength=1.2)


@styled
def plot_necessity(found: Necessity, *, labels: Names = None, width: float = ONE_AND_A_HALF) -> Figure:
    """Draw each expression's consistency as necessary beside its relevance (RoN), with their cuts.

    What lies in both shaded parts is necessary and not trivial; those marks are filled.
    """
    table = found.table.dropna(subset=["consistency", "relevance"]).sort_values(
        ["consistency", "relevance"], ascending=False, ignore_index=True, kind="stable"
    )
    names = [label(_negatable(text, labels), None, 30) for text in table["expression"]]
    height = 20 + sum(5.6 if "\n" in name else 4.6 for name in names)
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
