"""What a notebook holds: the page that is open, the tables it may read, and the ways it publishes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from analysis.association.specification import Variant
from analysis.errors import NotebookError
from analysis.figures.publish import publish
from analysis.framework import Framework
from analysis.report.needs import unmet
from analysis.report.notebooks import Declared, answers_folder, declared_pages, find_declared, members
from analysis.report.spreading import spread_over
from analysis.report.workspace import make_result, process, read_table, study_around
from analysis.scales import score_scale
from analysis.scores import interview_frame, outcome_scores, unit_frame
from analysis.study import Study
from analysis.tables import show_table
from analysis.target import STAGE_VARIABLE, Target, set_target

if TYPE_CHECKING:
    from analysis.disclosure import Protected

RECORD = "page.json"


@dataclass
class Page:
    """The page that a notebook is.

    Parameters
    ----------
    key : str
        Key of the page, such as `04_associations` or `area_profile-wigan`.
    study : Study
        The study it is about.
    declared : Declared
        What the notebook's metadata say of it.
    stage : Path
        Folder that its outputs go to.
    record : dict
        What the site needs to know of it; kept in `page.json` of the stage.
    """

    key: str
    study: Study
    declared: Declared
    stage: Path
    record: dict[str, Any] = field(default_factory=dict)

    @property
    def member(self) -> str:
        """The area, partnership or answers that the page is about; empty where it is about the study."""
        return self.key.removeprefix(self.declared.key).removeprefix("-")

    @property
    def framework(self) -> Framework:
        """The framework whose factors are tested."""
        return self.study.primary

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """For areas, partnerships, factors (and groups), outcomes: key to the name that readers see."""
        factors: dict[str, str] = {}
        for book in reversed(self.study.codebooks.values()):
            factors |= {g.key: g.label for g in book.groups} | {f.key: f.label for f in book.factors}
        outcomes = self.study.outcome_labels
        return {
            "area": self._names_of("areas", "area", "name"),
            "partnership": self._names_of("partnerships", "partnership", "label"),
            "factor": factors,
            "outcome": outcomes | {f"outcome:{key}": label for key, label in outcomes.items()},
        }

    @property
    def labels(self) -> dict[str, str]:
        """Key of any area, partnership, factor or outcome to the name that readers see."""
        return {key: name for names in self.names.values() for key, name in names.items()}

    def _names_of(self, table: str, key: str, name: str) -> dict[str, str]:
        frame = read_table(self.study.processed / f"{table}.parquet", table)
        return dict(zip(frame[key], frame[name], strict=True))

    def readable(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame with areas, partnerships, factors and outcomes by name instead of key, and merged roles.

        Cells of the columns `area`, `partnership`, `factor` and `outcome` are named, and columns that are a factor or
        an outcome themselves, so that whatever a method says of the frame is in words that readers know.
        """
        shown = self.names | {"role": self.study.disclosure.merge_roles}
        named = {
            column: frame[column].map(lambda key, names=names: names.get(key, key), na_action="ignore")
            for column, names in shown.items()
            if column in frame.columns
        }
        return frame.assign(**named).rename(columns=self.names["factor"] | self.names["outcome"])

    @property
    def factors(self) -> list[str]:
        """Names of the primary framework's factors, in the framework's order."""
        return [factor.label for factor in self.framework.factors]

    @property
    def scale(self) -> tuple[float, float]:
        """Least and most value of a score of the primary framework's factors."""
        scores = self.read("scores")
        values = scores.loc[scores["framework"] == self.framework.key, "value"]
        return score_scale(self.study.scores.rule, self.framework, self.study.sources, values)

    @cached_property
    def scored(self) -> list[str]:
        """Names of the factors whose scores differ between partnerships, so that they can be analysed."""
        units = self.units()
        return [factor for factor in self.factors if units[factor].dropna().unique().size > 1]

    @property
    def primary_outcome(self) -> str:
        """Name of the plan's primary outcome."""
        return self.names["outcome"][self.study.plan.primary_outcome]

    @property
    def facets(self) -> list[str]:
        """Names of the outcomes besides the primary one."""
        return [name for name in self.study.outcome_labels.values() if name != self.primary_outcome]

    def families(self, outcomes: Iterable[str]) -> dict[tuple[str, str], str]:
        """Return the confirmatory pairs of the plan, by name, among those of some outcomes."""
        names = self.names
        pairs = {(names["outcome"][o], names["factor"][f]): label for (o, f), label in self.study.families().items()}
        return {pair: label for pair, label in pairs.items() if pair[0] in set(outcomes)}

    def units(self, kind: str = "factor") -> pd.DataFrame:
        """Return one row a partnership: area, score of every factor (or group), every outcome, all by name."""
        rated = outcome_scores(self.read("outcomes"), self.study.overall_facets)
        frame = unit_frame(
            self.read("scores"), rated, self.read("partnerships"), framework=self.framework.key, kind=kind
        )
        return self.readable(frame)

    def predictors(self, most: int = 14, filled: float = 0.6) -> tuple[pd.DataFrame, list[str]]:
        """Return one row a partnership, and what a model of everything together can take in.

        Parameters
        ----------
        most : int
            Where more factors than this can be analysed, their groups are taken instead.
        filled : float
            Least share of the partnerships that must have a score.
        """
        units = self.units()
        names = [factor for factor in self.scored if units[factor].notna().mean() > filled]
        if len(names) <= most or not self.framework.groups:
            return units, names[:most]
        units = self.units("group")
        return units, [group.label for group in self.framework.groups if units[group.label].notna().mean() > filled]

    def informants(self) -> pd.DataFrame:
        """Return one row an interview: partnership, area, side, its scores and its informant's ratings, by name."""
        frame = interview_frame(
            self.read("scores"),
            self.read("outcomes"),
            self.read("interviews"),
            framework=self.framework.key,
            overall=self.study.overall_facets,
            council_sectors=self.study.council_sectors,
        )
        return self.readable(frame)

    def variant(self, variant: Variant) -> Variant:
        """Return a variant of the study's scores with areas, factors and outcomes by name."""
        return Variant(variant.choices, self.readable(variant.frame))

    def read(self, table: str) -> pd.DataFrame:
        """Return a tidy table that the notebook declares to read.

        Raises
        ------
        NotebookError
            Where it is not declared or not there.
        """
        self._require_declared(table, self.declared.reads, "reads")
        path = self.study.processed / f"{table}.parquet"
        if not path.is_file() and self._drafting:
            process(self.study)
        return read_table(path, table)

    @cached_property
    def protection(self) -> Protected:
        """Counts of informants by area and sector in which no small one can be worked out, alike on all pages."""
        from analysis.disclosure import PEOPLE_TABLES, protect_people

        people = self.readable(self.read("interviews"))
        return protect_people(people, PEOPLE_TABLES, min_cell=self.study.disclosure.min_cell)

    def protect(self, frame: pd.DataFrame, *, by: Sequence[str], count: str, also: Sequence[str] = ()) -> pd.DataFrame:
        """Return a readable frame of counts of informants without those that must be withheld, nor the columns `also`.

        Raises
        ------
        MethodError
            Where counts by these columns are not among those that are protected together (`PEOPLE_TABLES`).
        """
        from analysis.disclosure import apply_to

        return apply_to(self.protection, self.readable(frame), by=by, count=count, also=also)

    def answers(self) -> pd.DataFrame:
        """Return the answers of the self-assessment that the page is about."""
        return read_table(answers_folder(self.study) / f"{self.member}.parquet", self.member)

    def result(self, name: str) -> pd.DataFrame:
        """Return a result table that an earlier page wrote; in Lab that page is run first where need be."""
        self._require_declared(name, self.declared.results, "results")
        path = self.study.processed / "results" / f"{name}.parquet"
        if not path.is_file() and self._drafting:
            make_result(self.study, name)
        return read_table(path, name)

    def meets(self, need: str, *results: str) -> bool:
        """Say whether the study has what a section needs; if not, say so on the page and leave its results empty.

        Parameters
        ----------
        need : str
            A key of `report.needs.NEEDS`.
        results : str
            Results that the section would have written.
        """
        lacking = unmet(self.study, (need,))
        if lacking:
            self.say(f"*This section is left out: it needs {lacking[0]}, which this study does not have.*")
            for name in results:
                self.save(name, pd.DataFrame())
        return not lacking

    def optional(self, name: str) -> pd.DataFrame | None:
        """Return a result, or None where the page that writes it is left out for what the study lacks."""
        writers = [declared for declared in declared_pages(self.study) if name in declared.writes]
        if any(unmet(self.study, declared.needs) for declared in writers):
            return None
        found = self.result(name)
        return None if found.empty else found

    def spread(self, label: str, **where: Any) -> dict[str, Any]:
        """Return how a method is to spread its work and tell its progress; options are those of `spread_over`."""
        return spread_over(label, **where)

    def figure(self, figure: Figure, *, name: str, caption: str, alt: str, data: pd.DataFrame) -> None:
        """Publish a figure: all formats, caption, alternative text and the plotted data."""
        publish(figure, name=self._own(name), caption=caption, alt=alt, data=data)
        self._note("figures", self._own(name))

    def table(self, frame: pd.DataFrame, *, name: str, caption: str, **options: Any) -> None:
        """Publish a table with readable names; options are those of `analysis.tables.show_table`.

        A frame without rows is told in words instead: those of the option `empty`.
        """
        if frame.empty:
            self.say(str(options.get("empty", "There is nothing to list.")))
            return
        options.pop("empty", None)
        show_table(self.readable(frame), name=self._own(name), caption=caption, **options)
        self._note("tables", self._own(name))

    def say(self, text: str) -> None:
        """Show a paragraph of Markdown whose numbers come from results."""
        display({"text/markdown": text, "text/plain": text}, raw=True)

    def answer(self, text: str) -> None:
        """Show the page's answer in a sentence; the rendered page has it at its top, and the index too."""
        self.record["answer"] = text
        self._write_record()
        bundle = {"text/markdown": f"**In a sentence.** {text}", "text/plain": text}
        display(bundle, raw=True, metadata={"analysis": {"kind": "answer"}})

    def finding(self, text: str, *, figure: str | None = None) -> None:
        """Put a sentence, with its uncertainty, among the findings on the index."""
        found = {"text": text, "figure": self._own(figure) if figure else None}
        self.record["findings"] = [f for f in self.record["findings"] if f["text"] != text] + [found]
        self._write_record()

    def save(self, name: str, frame: pd.DataFrame) -> None:
        """Write a result table for later pages and for the reader."""
        self._require_declared(name, self.declared.writes, "writes")
        folder = self.stage / "results"
        folder.mkdir(parents=True, exist_ok=True)
        frame.reset_index(drop=True).to_parquet(folder / f"{name}.parquet", index=False)
        self._note("results", name)

    @property
    def _drafting(self) -> bool:
        return STAGE_VARIABLE not in os.environ

    def _own(self, name: str) -> str:
        """Return a name that no other run of the same notebook uses."""
        return f"{name}-{self.member}" if self.member else name

    def _note(self, kind: str, name: str) -> None:
        if name not in self.record[kind]:
            self.record[kind].append(name)
        self._write_record()

    def _write_record(self) -> None:
        self.stage.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.record, ensure_ascii=False, indent=1, sort_keys=True)
        (self.stage / RECORD).write_text(text + "\n", encoding="utf-8")

    def _require_declared(self, name: str, declared: tuple[str, ...], entry: str) -> None:
        if name not in declared:
            raise NotebookError(
                f"{name!r} is not among what this page declares under {entry}",
                where=self.declared.path.name,
                allowed=declared,
                value=name,
                fix=f"add it to metadata.analysis.{entry} of the notebook: the runner needs to know",
            )


def explore(study: str | Path = ".") -> Page:
    """Open a page that belongs to no report and may read every table: for looking around in Lab."""
    found = study_around(study, processed=True)
    tables = tuple(sorted(path.stem for path in found.processed.glob("*.parquet")))
    results = tuple(sorted(path.stem for path in (found.processed / "results").glob("*.parquet")))
    declared = Declared(
        "explore", "Explore", "", 0, tables, results, (), None, needs=(), in_report=False, path=Path("explore.ipynb")
    )
    stage = found.reports / "drafts" / "explore"
    set_target(Target(stage, "explore", found.title, simulated=bool(found.simulated), preset=found.preset))
    if found.simulated:
        display({"text/markdown": f"> **Simulated data.** {found.simulated}"}, raw=True)
    return Page("explore", found, declared, stage)


def open_page(key: str, study: str | Path = ".") -> Page:
    """Open a page: load its study and say where its figures and tables go.

    Parameters
    ----------
    key : str
        Key of the page; for a page that is made for each area or partnership, `<notebook>-<key>`, or `<notebook>-`
        for the first of them.
    study : str or Path
        A study's folder, or any folder inside one.
    """
    found = study_around(study)
    declared = find_declared(found, key)
    if declared.per and key.removeprefix(declared.key) in ("", "-"):
        key = f"{declared.key}-{_first_member(found, declared)}"
    staged = os.environ.get(STAGE_VARIABLE)
    stage = Path(staged) if staged else found.reports / "drafts" / key
    page = Page(key, found, declared, stage)
    page.record = {
        "page": key,
        "title": declared.title,
        "question": declared.question,
        "answer": "",
        "findings": [],
        "figures": [],
        "tables": [],
        "results": [],
    }
    page._write_record()
    set_target(Target(stage, key, found.title, simulated=bool(found.simulated), preset=found.preset))
    if found.simulated and not staged:
        display({"text/markdown": f"> **Simulated data.** {found.simulated}"}, raw=True)
    return page


def _first_member(study: Study, declared: Declared) -> str:
    per = str(declared.per)
    if per != "answers" and not (study.processed / f"{per}s.parquet").is_file():
        process(study)
    found = members(study, per)
    if not found:
        raise NotebookError(
            f"the study has no {per} that this page could be about",
            where=declared.path.name,
            fix="hand in filled forms: python -m analysis review --answers FILES" if per == "answers" else "",
        )
    return found[0][0]
