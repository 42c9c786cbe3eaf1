"""What the steps of a report depend on and make, by content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analysis.report.notebooks import PROJECT_NOTEBOOKS, answers_folder, notebooks_folder
from analysis.report.planning import PageRun
from analysis.report.publishing import Places, read_record
from analysis.report.steps import ABSENT, Content, Digests
from analysis.study import Study

PROJECT = PROJECT_NOTEBOOKS.parent
CODE_ENDINGS = (".py", ".yml", ".yaml", ".json", ".html", ".j2", ".css", ".js", ".tex", ".svg", ".txt", ".csv")
#: What the runner writes into a record and what says nothing of the page's content.
_MARKS = ("status", "waits_for", "failure")


class Inputs:
    """Names and states of files, folders and pages of one study.

    Parameters
    ----------
    study : Study
        The study.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.places = Places(study.root)
        self.digests = Digests()
        self._common = self._everywhere()

    def common(self) -> list[Content]:
        """Return what every step depends on: the code, the codebooks, the packages, the study's description."""
        return [*self._common, self.file(self.study.root / "study.yml")]

    def content(self, name: str, digest: Callable[[], str | None]) -> Content:
        """Return a dependency or product by name."""
        return Content(name=name, digest=digest)

    def value(self, name: str, value: object) -> Content:
        """Return a plain value as a dependency."""
        text = repr(value)
        return Content(name=name, digest=lambda: text)

    def file(self, path: Path) -> Content:
        """Return a file as a dependency or product, named by its path below the study or the project."""
        roots = [root for root in (self.study.root, PROJECT) if path.is_relative_to(root)]
        name = path.relative_to(roots[0]).as_posix() if roots else path.name
        return self.content(name, lambda: self.digests.file(path) or ABSENT)

    def notebooks(self) -> Content:
        """Return all notebooks of the study as one."""
        folder = notebooks_folder(self.study)
        return self.content("notebooks", lambda: self.digests.folder(folder, endings=(".ipynb",)))

    def table(self, name: str) -> Content:
        """Return a tidy table."""
        return self.file(self.study.processed / f"{name}.parquet")

    def result(self, name: str) -> Content:
        """Return a result table that a page writes."""
        return self.file(self.study.processed / "results" / f"{name}.parquet")

    def given(self, run: PageRun) -> list[Content]:
        """Return what a page is run with: its parameters, and the answers that it is about."""
        values = self.value(f"parameters of {run.key}", sorted(run.parameters.items()))
        if run.declared.per != "answers":
            return [values]
        return [values, self.file(answers_folder(self.study) / f"{run.parameters['answers']}.parquet")]

    def raw(self) -> list[Content]:
        """Return the raw files, and sources that lie elsewhere."""
        if self.study.given is not None:
            folder = self.study.given
            return [self.content("data/tidy", lambda: self.digests.folder(folder))]
        folder = self.study.raw
        paths = [self.study.path(source.path) for source in self.study.sources]
        if self.study.anonymisation.names_file:
            paths.append(self.study.path(self.study.anonymisation.names_file))
        outside = [self.file(path) for path in dict.fromkeys(paths) if not path.is_relative_to(folder)]
        return [self.content("data/raw", lambda: self.digests.folder(folder)), *outside]

    def tables(self) -> Content:
        """Return all tidy tables as one."""
        return self.content("tidy tables", self._tables_state)

    def page(self, key: str) -> Content:
        """Return all that a page published, by what is really there."""
        return self.content(f"outputs of {key}", lambda: self._page_state(key))

    def record(self, key: str) -> Content:
        """Return a page's record."""
        return self.file(self.places.record(key))

    def table_names(self) -> tuple[str, ...]:
        """Return the names of the tidy tables that are there."""
        return tuple(sorted(path.stem for path in self.study.processed.glob("*.parquet")))

    def _everywhere(self) -> list[Content]:
        books = dict.fromkeys([PROJECT / "frameworks", self.study.root / "frameworks"])
        return [
            self.value("src/analysis", self.digests.folder(PROJECT / "src" / "analysis", endings=CODE_ENDINGS)),
            self.value("frameworks", [self.digests.folder(book) for book in books if book.is_dir()]),
            self.value("requirements.lock", self.digests.file(PROJECT / "requirements.lock")),
        ]

    def _tables_state(self) -> str | None:
        tables = sorted(self.study.processed.glob("*.parquet"))
        return self.digests.files(tables, self.study.processed) if tables else None

    def _page_state(self, key: str) -> str | None:
        record = read_record(self.places, key)
        if record is None:
            return None
        if record.get("status") == "failed":
            return "failed"
        outputs = record.get("outputs", {})
        if any(self.digests.file(self.study.root / name) != sha for name, sha in outputs.items()):
            return "changed by hand, or missing"
        return repr(sorted((k, v) for k, v in record.items() if k not in _MARKS))
