"""What the notebooks declare of themselves: which page each makes, what it reads and what it writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import NotebookError
from analysis.study import Study

PROJECT_NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
_LISTS = ("reads", "results", "writes", "needs")
ENTRIES = ("key", "title", "question", "order", *_LISTS, "in_report", "lists_pages", "per")
#: What a page may be made once for; answers are those of one self-assessment.
PER = (None, "area", "partnership", "answers")


@dataclass(frozen=True, slots=True)
class Declared:
    """A notebook as its own metadata declare it.

    Parameters
    ----------
    key : str
        Key of the page; with `per`, the first part of it.
    title, question : str
        Heading of the page, and what it asks.
    order : int
        Place in the navigation.
    reads : tuple of str
        Tidy tables that it reads.
    results : tuple of str
        Result tables of other pages that it reads.
    writes : tuple of str
        Result tables that it writes.
    per : {None, "area", "partnership", "answers"}
        One run for the study, or one for each.
    needs : tuple of str
        What the study must have for the page to make sense (`report.needs`).
    in_report : bool
        Whether every report has the page; otherwise it is made on demand, and kept up to date from then on.
    path : Path
        The notebook.
    lists_pages : bool
        Whether it tells what other notebooks publish, so that it is made anew when any of them changes.
    """

    key: str
    title: str
    question: str
    order: int
    reads: tuple[str, ...]
    results: tuple[str, ...]
    writes: tuple[str, ...]
    per: str | None
    needs: tuple[str, ...]
    in_report: bool
    path: Path
    lists_pages: bool = False


def notebooks_folder(study: Study) -> Path:
    """Return the folder of a study's own notebooks, else of the project's."""
    own = study.root / "notebooks"
    return own if own.is_dir() else PROJECT_NOTEBOOKS


def read_declaration(path: Path) -> Declared | None:
    """Return what a notebook declares, or None where it makes no page.

    Raises
    ------
    NotebookError
        Where the file is no notebook or its declaration lacks an entry.
    """
    try:
        metadata: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    except (ValueError, KeyError, OSError):
        raise NotebookError("the file is not a notebook", where=path.name) from None
    said = metadata.get("analysis")
    if said is None:
        return None
    for entry in ("key", "title", "question", "order"):
        if entry not in said:
            raise NotebookError(
                f"metadata.analysis lacks {entry!r}",
                where=path.name,
                allowed=ENTRIES,
                fix="add it to the notebook's metadata (in Lab: property inspector, advanced tools)",
            )
    if said.get("per") not in PER:
        raise NotebookError(f"per = {said['per']!r}", where=path.name, allowed=("null", *PER[1:]), value=said["per"])
    lists = {name: tuple(said.get(name, ())) for name in _LISTS}
    return Declared(
        said["key"],
        said["title"],
        said["question"],
        int(said["order"]),
        **lists,
        per=said.get("per"),
        in_report=bool(said.get("in_report", True)),
        path=path,
        lists_pages=bool(said.get("lists_pages", False)),
    )


def declared_pages(study: Study) -> tuple[Declared, ...]:
    """Return the pages of a study's report in the order of the navigation."""
    found = [read_declaration(path) for path in sorted(notebooks_folder(study).glob("*.ipynb"))]
    return tuple(sorted((d for d in found if d is not None), key=lambda d: (d.order, d.key)))


def find_declared(study: Study, page: str) -> Declared:
    """Return the declaration of a page such as `04_associations` or `area_profile-wigan`.

    Raises
    ------
    NotebookError
        With the nearest page where there is none of that key.
    """
    pages = declared_pages(study)
    for declared in pages:
        if page == declared.key or (declared.per and page.startswith(f"{declared.key}-")):
            return declared
    raise NotebookError(
        f"there is no page {page!r}",
        where=str(notebooks_folder(study).name),
        allowed=tuple(d.key for d in pages),
        value=page,
    )


def members(study: Study, per: str) -> list[tuple[str, str]]:
    """Return keys and names of what a page is made once for.

    Areas and partnerships are as the tidy tables have them (pseudonyms perhaps); answers are those of the
    self-assessments that were handed in.
    """
    from pyarrow import parquet

    if per == "answers":
        return [(path.stem, _about(path)) for path in sorted(answers_folder(study).glob("*.parquet"))]
    path = study.processed / f"{per}s.parquet"
    if not path.is_file():
        return []
    table = parquet.read_table(path).to_pydict()
    names = table.get("name" if per == "area" else "label", table[per])
    return sorted((str(key), str(name or key)) for key, name in zip(table[per], names, strict=True))


def answers_folder(study: Study) -> Path:
    """Return the folder of the answers of self-assessments, one table each."""
    return study.processed / "answers"


def _about(answers: Path) -> str:
    from pyarrow import parquet

    first = parquet.read_table(answers, columns=["framework", "partnership"]).slice(0, 1).to_pylist()[0]
    return f"{first['partnership']} ({first['framework'].replace('-', ' ')})"
