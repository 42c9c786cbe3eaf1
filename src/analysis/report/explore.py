"""Widgets for exploring in JupyterLab: filters with a heat map, a forest plot and quotes that follow, and any table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML, display
from matplotlib.figure import Figure

from analysis.association import evidence
from analysis.disclosure.quotes import approved_numbers
from analysis.errors import MethodError
from analysis.figures.association import forest_rows, plot_forest
from analysis.figures.patterns import plot_code_cases
from analysis.patterns import code_case_matrix
from analysis.report.controls import as_html, drawn, dropdown, following

if TYPE_CHECKING:
    from analysis.report.page import Page

EVERY = "all"
BUT = "all but "
#: With fewer partnerships than this no interval is drawn: it would reach from end to end.
FEWEST = 6
#: Least height of the heat map, in inches.
LOWEST = 3.2
#: Tables that hold words or names of people: what a notebook shows is kept in its file.
CLOSED = ("documents", "excerpts", "personal_data", "withheld")


@dataclass(frozen=True, slots=True)
class Material:
    """What is explored, everything by name.

    Attributes
    ----------
    interviews, codings : DataFrame
        The tables, readable.
    quotes : DataFrame
        Approved excerpts: coding, text.
    informants : DataFrame
        One row an interview: interview, partnership and the scores of its factors.
    rated : DataFrame
        One row a partnership: partnership, area and the outcome.
    factors : tuple of str
        Factors that have scores.
    outcome : str
        Column of the outcome.
    simulated : bool
        Whether pictures must say that the data are simulated.
    """

    interviews: pd.DataFrame
    codings: pd.DataFrame
    quotes: pd.DataFrame
    informants: pd.DataFrame
    rated: pd.DataFrame
    factors: tuple[str, ...]
    outcome: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the filters let through.

    Attributes
    ----------
    interviews, codings : DataFrame
        The rows that are left.
    quotes : DataFrame
        Approved excerpts among them: factor, text; none where a role and an area could be told of who spoke.
    withheld : int
        Number of approved excerpts that are left out for that reason.
    """

    interviews: pd.DataFrame
    codings: pd.DataFrame
    quotes: pd.DataFrame
    withheld: int = 0

    @property
    def summary(self) -> str:
        """How much is left."""
        left = f"{len(self.interviews)} interviews, {len(self.codings):,} codings, {len(self.quotes)} approved quotes"
        if not self.withheld:
            return f"{left}."
        return f"{left}; {self.withheld} more are not shown, because role and area together tell who spoke."


def gather(page: Page) -> Material:
    """Return the material of a study: its interviews, codings, approved excerpts, scores and primary outcome."""
    excerpts = page.read("excerpts")
    approved = excerpts[excerpts["coding"].isin(approved_numbers(page.study.disclosure))]
    units, outcome = page.units(), page.primary_outcome
    titles = {key: book.title for key, book in page.study.codebooks.items()}
    codings = page.readable(page.read("codings"))
    return Material(
        page.readable(page.read("interviews")),
        codings.assign(framework=codings["framework"].map(lambda key: titles.get(key, key), na_action="ignore")),
        approved,
        page.informants(),
        units[["partnership", "area", outcome]],
        tuple(page.scored),
        outcome,
        bool(page.study.simulated),
    )


def choose(
    material: Material,
    *,
    area: str = EVERY,
    sector: str = EVERY,
    role: str = EVERY,
    framework: str = EVERY,
    factor: str = EVERY,
) -> Chosen:
    """Return interviews, codings and approved quotes that match.

    `all` is no filter, `all but X` everything else; a factor is shown from whichever codebook it is.
    """
    kept = material.interviews
    for column, value in (("area", area), ("sector", sector), ("role", role)):
        kept = kept[_matching(kept[column], value)]
    rows = material.codings[material.codings["interview"].isin(kept["interview"])]
    column, value = ("factor", factor) if factor != EVERY else ("framework", framework)
    rows = rows[_matching(rows[column], value)]
    quotes = material.quotes.merge(rows[["coding", "factor"]], on="coding")[["factor", "text"]]
    if (role, sector) != (EVERY, EVERY) and kept["area"].nunique() < 2:
        return Chosen(kept, rows, quotes.head(0), len(quotes))
    return Chosen(kept, rows, quotes.reset_index(drop=True))


def _matching(values: pd.Series, value: str) -> pd.Series:
    if value == EVERY:
        return pd.Series(True, index=values.index)
    return values != value.removeprefix(BUT) if value.startswith(BUT) else values == value


def heat_map(chosen: Chosen) -> Figure | None:
    """Return the mean intensity of factors by partnership among what was chosen; nothing where that is empty."""
    if chosen.codings.empty:
        return None
    found = code_case_matrix(chosen.codings, chosen.interviews, measure="weight", cases="partnership")
    areas = dict(zip(chosen.interviews["partnership"], chosen.interviews["area"], strict=True))
    drawn = plot_code_cases(found, groups=areas)
    drawn.set_figheight(max(drawn.get_figheight(), LOWEST))  # turned names need room even below a single row
    return drawn


def forest(material: Material, chosen: Chosen, factor: str = EVERY) -> Figure:
    """Return the associations of factors with the outcome among the partnerships of what was chosen.

    Scores are means over the interviews that were chosen; the outcome is the partnership's own, by the study's rule.

    Raises
    ------
    MethodError
        Where too few partnerships, or only one area, are left.
    """
    own = material.informants[material.informants["interview"].isin(chosen.interviews["interview"])]
    means = own.groupby("partnership")[list(material.factors)].mean().reset_index()
    units = material.rated.dropna(subset=[material.outcome]).merge(means, on="partnership")
    if len(units) < FEWEST or units["area"].nunique() < 2:
        areas = units["area"].nunique()
        raise MethodError(
            f"too few are left for an interval (partnerships: {len(units)}, areas: {areas})",
            fix="choose more areas or roles",
        )
    enough = [name for name in material.factors if units[name].count() >= FEWEST and units[name].std() > 0]
    wanted = [name for name in enough if factor in (EVERY, name)]
    if not wanted:
        raise MethodError(f"no score of {'any factor' if factor == EVERY else factor} differs between partnerships")
    return plot_forest(forest_rows(evidence(units, [material.outcome], wanted, "area")))


def explorer(material: Material) -> widgets.VBox:
    """Return filters with a heat map, a forest plot and quotes that follow."""
    interviews, codings = material.interviews, material.codings
    areas = _values(interviews["area"])
    books = list(dict.fromkeys(codings["framework"].dropna()))
    controls = {
        "area": dropdown("Area", [EVERY, *areas, *(BUT + area for area in areas)]),
        "sector": dropdown("Sector", [EVERY, *_values(interviews["sector"])]),
        "role": dropdown("Role", [EVERY, *_values(interviews["role"])]),
        "framework": dropdown("Codebook", [*_primary_first(books, material), EVERY]),
        "factor": dropdown("Factor", [EVERY, *_values(codings["factor"])]),
    }
    note = material.simulated
    heat, trees, quotes = widgets.HTML(), widgets.HTML(), widgets.HTML()

    def show() -> str:
        values = {name: str(control.value) for name, control in controls.items()}
        chosen = choose(material, **values)
        heat.value = drawn(lambda: heat_map(chosen), "Mean intensity of factors by partnership", note)
        said = f"Association of factors with {material.outcome}, with 95 % intervals"
        trees.value = drawn(lambda: forest(material, chosen, values["factor"]), said, note)
        quotes.value = as_html(chosen.quotes, "Approved quotes") if len(chosen.quotes) else ""
        return chosen.summary

    return following(list(controls.values()), show, [heat, trees, quotes])


def _primary_first(books: Sequence[str], material: Material) -> list[str]:
    """Put the codebook first whose factors have the scores."""
    of = material.codings.drop_duplicates(["framework", "factor"]).groupby("framework")["factor"]
    return sorted(books, key=lambda book: -len(set(of.get_group(book)) & set(material.factors)))


def browser(page: Page) -> widgets.VBox:
    """Return any table or result of the study, to be searched and sorted; tables with words or names are left out."""
    import itables

    reads = [name for name in page.declared.reads if name not in CLOSED]
    tables = {f"table: {name}": name for name in reads} | {f"result: {name}": name for name in page.declared.results}
    control, output, ready = dropdown("Table", list(tables)), widgets.Output(), widgets.Output()
    with ready:
        itables.init_notebook_mode(all_interactive=False, connected=False)

    def show() -> str:
        name = tables[str(control.value)]
        frame = page.readable(page.read(name) if str(control.value).startswith("table") else page.result(name))
        output.clear_output(wait=True)
        with output:
            display(HTML(itables.to_html_datatable(frame, showIndex=False, maxBytes="256KB")))
        return f"{len(frame):,} rows, {frame.shape[1]} columns."

    return following([control], show, [ready, output])


def _values(values: pd.Series) -> list[str]:
    return sorted(values.dropna().unique())
