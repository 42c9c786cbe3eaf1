"""A zip for reviewers: the report, the tables that may leave, the code, and all it takes to make the results again."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from analysis import disclosure
from analysis.disclosure.quotes import approved_numbers
from analysis.disclosure.scan import require_none, waived
from analysis.errors import DisclosureError, NotebookError
from analysis.report.check import keep
from analysis.report.checklists.outputs import outputs_table
from analysis.report.manifest import NAME as MANIFEST
from analysis.report.notebooks import PROJECT_NOTEBOOKS, notebooks_folder
from analysis.report.publishing import Places, read_records
from analysis.report.withheld import PRIVATE_RESULTS
from analysis.settings import StudyFile
from analysis.study import Study

PROJECT = PROJECT_NOTEBOOKS.parent
#: What of the project goes into a bundle besides the notebooks.
CODE = (
    "src",
    "frameworks",
    "tools",
    "docs",
    "pyproject.toml",
    "requirements.lock",
    "environment.yml",
    "Makefile",
    "README.md",
    "LICENSE",
    "CITATION.cff",
    "CHANGELOG.md",
)
#: Tidy tables that stay: the names behind the pseudonyms.
PRIVATE_TABLES = ("withheld",)
#: What stands in the place of words spoken: beside a coding, even approved ones would tell whose they are.
NO_WORDS = "The words stay with the study."
#: Columns that no page needs and that tell a person among few: emptied.
PRIVATE_COLUMNS = {"interviews": ("role",)}
#: Entries of study.yml that stay: names, keys and file names.
PRIVATE_ENTRIES = ("anonymisation", "sources", "code_map", "attributes", "intensity_in_code")
_DATE = (1980, 1, 1, 0, 0, 0)
_SKIPPED = ("__pycache__", ".ipynb_checkpoints", "drafts", "*.egg-info", "*.pyc", ".*")


def write_bundle(study: Study, path: Path) -> int:
    """Write a zip for reviewers and return the number of its files.

    The rebuilt study starts from the tidy tables: raw files, excerpts and keys stay. Before anything is packed, all
    that is not the project's own code is searched as `reports/` is, with the study's own waivers.

    Parameters
    ----------
    study : Study
        The study; its report has been made.
    path : Path
        The zip.

    Raises
    ------
    NotebookError
        Where the report has not been made, or a page of it failed.
    DisclosureError
        Where something in it must not leave the study.
    """
    _require_made(study)
    with tempfile.TemporaryDirectory(prefix="bundle-") as temporary:
        folder = Path(temporary) / "bundle"
        own = Path(temporary) / "own"
        _lay_out(study, own)
        require_none(waived(study, disclosure.look_through(own, disclosure.forbidden(study))))
        for name in CODE:
            _copy(PROJECT / name, folder / name)
        shutil.copytree(own, folder, dirs_exist_ok=True)
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.part")
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in files:
                name = f"{path.stem}/{file.relative_to(folder).as_posix()}"
                packed.writestr(zipfile.ZipInfo(name, _DATE), file.read_bytes(), zipfile.ZIP_DEFLATED)
        unfinished.replace(path)
    return len(files)


def _require_made(study: Study) -> None:
    records = read_records(Places(study.root))
    unmade = sorted(page for page, record in records.items() if record.get("status") != "done")
    if unmade or not (study.reports / MANIFEST).is_file():
        raise NotebookError(
            f"page {unmade[0]} is not done" if unmade else "the report has not been made",
            where=study.reports.name,
            fix="run `make report` until every page is made, then pack it",
        )


def _lay_out(study: Study, folder: Path) -> None:
    """Put all that is the study's, not the project's, into a folder as it will lie in the bundle."""
    _copy(study.reports, folder / "reports")
    _copy(notebooks_folder(study), folder / "notebooks")
    _copy(study.root / "frameworks", folder / "frameworks")
    tables = folder / "data" / "tidy"
    tables.mkdir(parents=True)
    for source in sorted(study.processed.glob("*.parquet")):
        if source.stem not in PRIVATE_TABLES:
            table = pd.read_parquet(source)
            if source.stem == "excerpts":
                table = _without_words(table, study)
            for column in PRIVATE_COLUMNS.get(source.stem, ()):
                table[column] = pd.Series(None, index=table.index, dtype="str")
            table.to_parquet(tables / source.name, index=False)
    _require_no_persons(study)
    keep(study, folder / "tests" / "expected", but=PRIVATE_RESULTS)
    (folder / "study.yml").write_text(_description(study), encoding="utf-8", newline="\n")
    (folder / "REVIEWERS.md").write_text(_read_me(study), encoding="utf-8", newline="\n")


def _without_words(excerpts: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return which codings have approved words, which pages ask for, without the words."""
    approved = excerpts[excerpts["coding"].isin(approved_numbers(study.disclosure))]
    return approved.assign(text=pd.Series(NO_WORDS, index=approved.index, dtype="str")).reset_index(drop=True)


def _require_no_persons(study: Study) -> None:
    """Refuse a result that tells of single interviews what the tidy tables of a bundle leave out."""
    for path in sorted((study.processed / "results").glob("*.parquet")):
        columns = set(pd.read_parquet(path).columns)
        told = columns.intersection(PRIVATE_COLUMNS["interviews"])
        if told and "interview" in columns and path.stem not in PRIVATE_RESULTS:
            raise DisclosureError(
                f"the result {path.stem!r} tells the {min(told)} of single interviews",
                where=f"data/processed/results/{path.name}",
                fix="leave the column out where the page saves the result",
            )


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(*_SKIPPED), dirs_exist_ok=True)
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _description(study: Study) -> str:
    """Return a study.yml without what stays, for a study that starts from tidy tables."""
    said: dict[str, Any] = study.model_dump(mode="json", include=set(StudyFile.model_fields), exclude_defaults=True)
    said = {key: value for key, value in said.items() if key not in PRIVATE_ENTRIES}
    if study.disclosure.areas == "pseudonymised":
        said.pop("areas", None)
    said["sources"] = [{"path": "data/tidy/codings.parquet"}]
    note = "# The tidy tables in data/tidy/ take the place of the raw files, which stay with the study.\n"
    return note + yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=110)


def _read_me(study: Study) -> str:
    lines = [
        f"# {study.title}: for reviewers",
        "",
        "Open `reports/index.html` in a browser; nothing needs a network or an installation.",
        "",
        "## Making the results again",
        "",
        "In this folder, with Python 3.11 or later and the packages of `requirements.lock`:",
        "",
        "    make check        # or: PYTHONPATH=src python -m analysis check",
        "",
        "makes every page anew from `data/tidy/` in a temporary folder and compares each result table with the one in",
        "`tests/expected/`. `make report` (or `python -m analysis report`) makes the pages here.",
        "",
        "## What is not in it",
        "",
        "Raw files, the words of interviews (a page made anew says so where it would quote), the informants' roles,",
        "and the key of the pseudonyms. The tidy tables",
        f"still have one row for each {study.words.interview} with {study.words.area} and sector, from which counts",
        "that pages withhold can be worked out: the results can't be made again without. They are for reviewers,",
        "not for publishing.",
        "",
        "## Which code makes which output",
        "",
        "| output | kind | what it shows | notebook | cell |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *_rows(outputs_table(study))]) + "\n"


def _rows(outputs: pd.DataFrame) -> Iterator[str]:
    for row in outputs.itertuples(index=False):
        shows = str(row.shows).replace("|", "\\|")
        yield f"| {row.output} | {row.kind} | {shows} | {row.notebook} | {row.cell} |"


def bundle_path(study: Study) -> Path:
    """Return where a study's bundle is written unless told otherwise."""
    return study.root / "dist" / "report-for-reviewers.zip"
