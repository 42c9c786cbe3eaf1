"""Pictures of a QCA's models: the recipes, which terms tie, and who is explained by what."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from analysis.errors import MethodError
from analysis.figures.qca import Names, folded, named, set_lines
from analysis.figures.style import GRID, INK, ONE_AND_A_HALF, ONE_COLUMN, PALETTE, TWO_COLUMNS, figure, styled
from analysis.figures.words import letters, small, wrapped
from analysis.qca import Solution
from analysis.qca.expressions import Literal, literals, parse


@styled
def plot_configurations(
    solution: Solution,
    core: Solution | None = None,
    model: int = 0,
    *,
    labels: Names = None,
    width: float | None = None,
) -> Figure:
    """Draw each term as a column: filled circle for presence, crossed circle for absence, small where not in the core.

    Parameters
    ----------
    solution : Solution
        The solution shown: intermediate, as a rule.
    core : Solution, optional
        The parsimonious solution: the literals of its terms that lie within the shown term are core conditions, drawn
        large (Fiss 2011). Without it all are large.
    model : int
        Which of the listed models.
    labels : mapping or callable, optional
        Printed names of conditions.
    width : float, optional
        In mm; by default one column for up to three terms, one and a half for more.
    """
    conditions = solution.table.conditions
    terms = solution.models[model]
    fit = solution.fit[(solution.fit["model"] == f"M{model + 1}") & (solution.fit["kind"] == "term")]
    lines = ("consistency", "raw_coverage", "unique_coverage")
    apart = 1.8 if len(terms) < 7 else 1.3
    width = width or (ONE_COLUMN if len(terms) < 4 else ONE_AND_A_HALF)
    drawn, axes = figure(width=width, height=24 + 6.5 * (len(conditions) + len(lines) + 1))
    for column, term in enumerate(terms):
        held = _held(term)
        large = _core_literals(held, core)
        for name, leaf in held.items():
            radius = 0.36 if name in large else 0.21
            _symbol(axes, apart * column, conditions.index(name), leaf, radius, solution.table.level_counts[name])
        for place, line in enumerate(lines):
            value = f"{fit.iloc[column][line]:.3f}".removeprefix("0")
            axes.text(apart * column, len(conditions) + 0.3 + place, value, ha="center", va="center", size=small())
    axes.axhline(len(conditions) - 0.4, color=INK, lw=0.6)
    axes.set_yticks(
        [*range(len(conditions)), *(len(conditions) + 0.3 + i for i in range(3))],
        [
            *(set_lines(named(name, labels), 18) for name in conditions),
            "consistency",
            "raw coverage",
            "unique coverage",
        ],
    )
    axes.set_xticks([apart * i for i in range(len(terms))], [str(i + 1) for i in range(len(terms))])
    axes.xaxis.tick_top()
    axes.set(xlim=(-0.9, apart * (len(terms) - 1) + 0.9), ylim=(len(conditions) + 2.9, -0.6), aspect="equal")
    drawn.supxlabel(_reading(solution, model, core, width), fontsize=small())
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return drawn


def _reading(solution: Solution, model: int, core: Solution | None, width: float) -> str:
    whole = solution.model_fit.iloc[model]
    multi = max(solution.table.levels) > 2
    parts = [
        f"Solution: consistency {whole['consistency']:.3f}, coverage {whole['raw_coverage']:.3f}.",
        "● present (with its level), ⊗ absent or level 0," if multi else "● present, ⊗ absent,",
        "blank: does not matter." if core is None else "large: core, small: contributing, blank: does not matter.",
    ]
    return wrapped(" ".join(parts), round(width / 1.55))


def _held(term: str) -> dict[str, Literal]:
    return {leaf.name: leaf for leaf in literals(parse(term))}


def _core_literals(held: dict[str, Literal], core: Solution | None) -> set[str]:
    if core is None:
        return set(held)
    within = (_held(term) for model in core.models for term in model)
    return {name for one in within if all(held.get(name) == leaf for name, leaf in one.items()) for name in one}


def _symbol(axes: Axes, x: float, y: float, leaf: Literal, radius: float, n_levels: int) -> None:
    absent = leaf.negated or leaf.levels == frozenset({0})
    axes.add_patch(Circle((x, y), radius, facecolor="white" if absent else INK, edgecolor=INK, lw=0.9))
    if absent:
        reach = radius * 0.7
        axes.plot([x - reach, x + reach], [y - reach, y + reach], color=INK, lw=0.9)
        axes.plot([x - reach, x + reach], [y + reach, y - reach], color=INK, lw=0.9)
    elif n_levels > 2 and leaf.levels is not None:
        color = "white" if radius > 0.3 else INK
        axes.text(
            x if radius > 0.3 else x + 0.35,
            y,
            ",".join(map(str, sorted(leaf.levels))),
            ha="center",
            va="center",
            color=color,
            size=small(),
        )


@styled
def plot_ambiguity(solution: Solution, *, most: int = 40, width: float = TWO_COLUMNS) -> Figure:
    """Draw which terms stand in which of the tied models; terms of every model come first."""
    models = solution.models[:most]
    count = pd.Series([term for model in models for term in model]).value_counts()
    order = sorted(count.index, key=lambda term: (-count[term], solution.prime_implicants.index(term)))[:most]
    drawn, axes = figure(width=width, height=24 + 4.6 * len(order))
    for column, model in enumerate(models):
        for term in model:
            if term in order:
                always = count[term] == len(models)
                axes.add_patch(
                    Rectangle(
                        (column - 0.42, order.index(term) - 0.4), 0.84, 0.8, color=INK if always else PALETTE[5], lw=0
                    )
                )
                if not always:
                    axes.plot(column, order.index(term), marker="o", ms=2.2, color="white")
    axes.set(xlim=(-0.6, len(models) - 0.4), ylim=(len(order) - 0.4, -0.6))
    axes.set_yticks(range(len(order)), [f"{term}  ({count[term]})" for term in order])
    step = max(1, len(models) // 20)
    axes.set_xticks(range(0, len(models), step), [str(i + 1) for i in range(0, len(models), step)])
    of_all = (
        f"The first {len(models)} of {solution.n_models:,}" if solution.n_models > len(models) else f"{len(models)}"
    )
    text = f"{of_all} models. Dark: terms in all of them; dotted: terms in some (how many in brackets)."
    drawn.supxlabel(wrapped(text, round(width / 1.6)), fontsize=small())
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(axis="y", color=GRID, lw=0.5)
    axes.set_axisbelow(True)
    return drawn


@styled
def plot_explained(
    solution: Solution, model: int = 0, *, case_names: Names = None, width: float = TWO_COLUMNS
) -> Figure:
    """Draw which cases with the outcome each term explains, and each term's raw and unique coverage.

    Cases run from those that only one term explains, over those that several explain, to those that none does.
    """
    fit = solution.fit[(solution.fit["model"] == f"M{model + 1}") & (solution.fit["kind"] == "term")]
    terms = list(solution.models[model])
    member = solution.term_membership[terms]
    y = pd.Series(_outcome(solution), index=member.index)
    inside = member[y > 0.5]
    explained = (inside > 0.5).to_numpy()
    order = sorted(
        range(len(inside)), key=lambda i: (not explained[i].any(), explained[i].sum(), explained[i].argmax())
    )
    names = [named(str(inside.index[i]), case_names) for i in order]
    height = 26 + 5.5 * len(terms) + 1.45 * max(map(len, names), default=0)
    drawn, panels = figure(width=width, height=height, columns=2, width_ratios=[3, 1], sharey=True)
    dots, bars = panels
    for place, i in enumerate(order):
        rows = np.flatnonzero(explained[i])
        dots.plot([place] * len(terms), range(len(terms)), ls="", marker="o", ms=3, mfc="white", mec=GRID)
        dots.plot([place] * len(rows), rows, color=INK, lw=1, marker="o", ms=4.5)
    left_out = int((~explained.any(axis=1)).sum())
    if left_out:
        dots.axvspan(len(order) - left_out - 0.5, len(order) - 0.5, color=PALETTE[1], alpha=0.15, lw=0)
        text = f"explained by no term: {left_out}"
        dots.text(len(order) - 0.5, -0.65, text, ha="right", va="bottom", size=small())
    dots.set_xticks(range(len(order)), names, rotation=90)
    dots.set(xlim=(-0.7, len(order) - 0.3), ylim=(len(terms) - 0.4, -0.6))
    dots.set_yticks(range(len(terms)), [folded(term, letters(30)) for term in terms])
    dots.tick_params(length=0)
    dots.spines[:].set_visible(False)
    dots.set_xlabel(f"cases with {solution.outcome} (membership above .5)")
    rows = np.arange(len(terms))
    bars.barh(rows, fit["raw_coverage"], height=0.5, facecolor="white", edgecolor=INK, hatch="////", label="raw")
    bars.barh(rows, fit["unique_coverage"], height=0.5, color=INK, label="unique")
    for row, (raw, unique) in enumerate(zip(fit["raw_coverage"], fit["unique_coverage"], strict=True)):
        bars.text(raw + 0.02, row, f"{raw:.2f} / {unique:.2f}", va="center", size=small())
    bars.set(xlim=(0, 1.45), xlabel="coverage, raw / unique")
    bars.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    bars.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, handlelength=1.2)
    bars.tick_params(axis="y", length=0)
    return drawn


def _outcome(solution: Solution) -> np.ndarray:
    if solution.table.sets is None:
        raise MethodError(
            "no cases without data",
            where="a truth table made from rows",
            fix="Make the table with truth_table(data, ...).",
        )
    return solution.table.sets.y
