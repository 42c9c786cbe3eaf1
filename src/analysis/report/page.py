"""What a notebook holds: the page that is open, what it may read, and the ways it publishes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from analysis.errors import NotebookError
from analysis.figures.publish import publish
from analysis.report.needs import unmet
from analysis.report.notebooks import Declared, find_declared, members
from analysis.report.reading import Reading
from analysis.report.spreading import spread_over
from analysis.report.workspace import process, study_around
from analysis.study import Study
from analysis.tables import show_table
from analysis.target import STAGE_VARIABLE, Target, set_target

RECORD = "page.json"


@dataclass
class Page(Reading):
    """The page that a notebook is: what it reads, and what it publishes.

    Parameters
    ----------
    stage : Path
        Folder that its outputs go to.
    record : dict
        What the site needs to know of it; kept in `page.json` of the stage.
    """

    stage: Path
    record: dict[str, Any] = field(default_factory=dict)

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

    def spread(self, label: str, **where: Any) -> dict[str, Any]:
        """Return how a method is to spread its work and tell its progress; options are those of `spread_over`."""
        return spread_over(label, **where)

    def figure(self, figure: Figure, *, name: str, caption: str, alt: str, data: pd.DataFrame) -> None:
        """Publish a figure: all formats, caption, alternative text and the plotted data."""
        publish(figure, name=self._own(name), caption=caption, alt=alt, data=data)
        self._note("figures", self._own(name))

    def table(self, frame: pd.DataFrame, *, name: str, caption: str, about: str = "", **options: Any) -> None:
        """Publish a table with readable names; options are those of `analysis.tables.show_table`.

        A frame without rows is told in words instead: those of the option `empty`. Where a table holds tests, it says
        which of them are confirmatory by the plan: in a column where its rows are factors, else in a note. `about`
        names the factor that all its tests are of.
        """
        if frame.empty:
            self.say(str(options.get("empty", "There is nothing to list.")))
            return
        options.pop("empty", None)
        shown, note = self.labelled(self.readable(frame), about)
        options["notes"] = [*options.get("notes", ()), *note]
        show_table(shown, name=self._own(name), caption=caption, **options)
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
