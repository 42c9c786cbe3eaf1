"""Read filled forms of a self-assessment: workbooks of the form, or one table of many respondents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import DataError
from analysis.framework import Framework, normalise
from analysis.readers.model import Sheet
from analysis.readers.sheet import read_sheet
from analysis.review.form import ABOUT, ASKED, STATEMENTS, scale_of
from analysis.yamlfile import raise_all

COLUMNS = ["respondent", "partnership", "role", "sector", "framework", "factor", "value"]
_ENDINGS = {".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv"}
#: Columns that would name a person; a form that has one is refused, whatever it holds.
_PERSONAL = {"name", "names", "full name", "first name", "surname", "last name", "e mail", "email", "mail", "phone"}


@dataclass(frozen=True, slots=True)
class Answers:
    """What the respondents of a self-assessment said.

    Attributes
    ----------
    table : DataFrame
        One row an answer: `respondent` (a number given in order of reading), `partnership`, `role`, `sector`,
        `framework`, `factor`, `value`; unanswered statements are not in it.
    n_respondents : int
    n_unanswered : int
        Statements left empty, over all respondents.
    scale : tuple of float
    """

    table: pd.DataFrame
    n_respondents: int
    n_unanswered: int
    scale: tuple[float, float]

    @property
    def summary(self) -> str:
        """One plain sentence with the counts."""
        factors = self.table["factor"].nunique()
        return (
            f"{self.n_respondents} respondents rated {factors} statements; {self.n_unanswered} answers were left empty."
        )

    def ratings(self, *, council_sectors: Sequence[str] = ()) -> pd.DataFrame:
        """Return the answers as `partnership_review` takes them.

        Parameters
        ----------
        council_sectors : sequence of str
            Sectors that count as the council's side; others that are given count as partners.
        """
        return answered_ratings(self.table, council_sectors)


def answered_ratings(table: pd.DataFrame, council_sectors: Sequence[str] = ()) -> pd.DataFrame:
    """Return a table of answers (`Answers.table`) as `partnership_review` takes them; see `Answers.ratings`."""
    council = {sector.casefold() for sector in council_sectors}
    sector = table["sector"].astype("str").str.casefold().where(table["sector"].notna())
    side = sector.map(lambda name: "council" if name in council else "partner", na_action="ignore")
    ratings = table.rename(columns={"partnership": "unit", "respondent": "informant"})
    return ratings.assign(side=side if council else None)[["unit", "informant", "side", "factor", "value"]]


def read_answers(
    paths: Path | str | Iterable[Path | str],
    framework: Framework,
    *,
    partnership: str = "this partnership",
    ignore: Sequence[str] = (),
) -> Answers:
    """Read every filled form, or table of answers, of a framework's self-assessment.

    Parameters
    ----------
    paths : path or paths
        Files, or a folder whose workbooks and CSV files are all read. A file is a filled form (one respondent), a wide
        table (one row a respondent, one column a factor, headed by key, number, label, alias or
        statement), or a long one (`respondent`, `factor`, `answer`).
    framework : Framework
    partnership : str
        What the partnership of answers is called that do not say it.
    ignore : sequence of str
        Columns of a table to leave unread, such as a timestamp.

    Raises
    ------
    DataError, GroupedError
        Unknown factors or columns, ratings that are off the scale or no whole number, a statement answered twice,
        names of persons, a file without an answer; each with file and row.
    """
    files = _files(paths)
    rows: list[dict[str, object]] = []
    errors: list[DataError] = []
    start = 0
    for path in files:
        try:
            found = _read(path, framework, set(map(normalise, ignore)), errors)
        except DataError as error:
            errors.append(error)
            continue
        numbers = {name: i for i, name in enumerate(dict.fromkeys(row["respondent"] for row in found), start=start + 1)}
        start += len(numbers)
        rows += [{**row, "respondent": f"r{numbers[row['respondent']]:02d}"} for row in found]
    raise_all([*errors])
    table = pd.DataFrame(rows, columns=COLUMNS[:4] + COLUMNS[5:]).assign(framework=framework.key)[COLUMNS]
    unanswered = int(table["value"].isna().sum())
    table = table[table["value"].notna()].reset_index(drop=True)
    table = table.astype(dict.fromkeys(COLUMNS[:-1], "str") | {"value": "float64"})
    table["partnership"] = table["partnership"].fillna(partnership)
    return Answers(table=table, n_respondents=start, n_unanswered=unanswered, scale=scale_of(framework))


def _files(paths: Path | str | Iterable[Path | str]) -> list[Path]:
    listed = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    files: list[Path] = []
    for path in listed:
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in _ENDINGS) if path.is_dir() else [path]
        files += [p for p in inside if not p.name.startswith(("~$", "."))]
    if not files:
        raise DataError("there are no filled forms", where=", ".join(map(str, listed)), allowed=sorted(_ENDINGS))
    return files


def _read(path: Path, framework: Framework, ignore: set[str], errors: list[DataError]) -> list[dict[str, object]]:
    sheet = read_sheet(path)
    if {ABOUT, STATEMENTS} <= set(sheet.sheets):
        about = {str(k): v for k, v in read_sheet(path, ABOUT).frame.iloc[:, :2].itertuples(index=False)}
        asked = {name: about.get(question) for name, question in ASKED.items()}
        sheet = read_sheet(path, STATEMENTS)
        frame = sheet.frame.assign(respondent="1", **asked)
        found = _long(frame[["factor", "answer", "respondent", *asked]], sheet, framework, errors)
    else:
        _refuse_names(sheet)
        columns = {normalise(name): name for name in sheet.frame.columns}
        reader = _long if {"factor", "answer"} <= set(columns) else _wide
        frame = sheet.frame.rename(columns={name: form for form, name in columns.items()})
        frame = frame.drop(columns=[name for name in ignore if name in frame.columns])
        found = reader(frame, sheet, framework, errors)
    if not any(row["value"] is not None for row in found):
        raise DataError("the file holds no answer", where=path.name)
    return found


def _refuse_names(sheet: Sheet) -> None:
    personal = [name for name in sheet.frame.columns if normalise(name) in _PERSONAL]
    if personal:
        raise DataError(
            f"the column {personal[0]!r} holds names of persons",
            where=sheet.file,
            fix="take the column out of the file: a self-assessment asks for a role, never for a name",
        )


def _long(frame: pd.DataFrame, sheet: Sheet, framework: Framework, errors: list[DataError]) -> list[dict[str, object]]:
    if "respondent" not in frame.columns:
        raise DataError("the table has no column `respondent`", where=sheet.file, allowed=list(frame.columns))
    names = _names(framework)
    found: dict[tuple[object, str], dict[str, object]] = {}
    for row, line in zip(frame.to_dict("records"), sheet.rows, strict=True):
        where = f"{sheet.file}, row {line}"
        key = names.get(normalise(str(row["factor"])))
        if key is None:
            allowed = [factor.key for factor in framework.factors]
            errors.append(
                DataError(f"unknown factor {row['factor']!r}", where=where, allowed=allowed, value=row["factor"])
            )
            continue
        if (row["respondent"], key) in found:
            errors.append(DataError(f"{key} is answered twice by one respondent", where=where, fix="keep one"))
        value = _value(row["answer"], framework, where, errors)
        found[row["respondent"], key] = {**_about(row), "respondent": row["respondent"], "factor": key, "value": value}
    return list(found.values())


def _wide(frame: pd.DataFrame, sheet: Sheet, framework: Framework, errors: list[DataError]) -> list[dict[str, object]]:
    names = _names(framework)
    known = ("respondent", *ASKED)
    factors = {column: names[column] for column in frame.columns if column in names and column not in known}
    unknown = [column for column in frame.columns if column not in known and column not in factors]
    twice = [key for key in set(factors.values()) if list(factors.values()).count(key) > 1]
    if unknown or twice or not factors:
        what = f"unknown columns: {', '.join(unknown)}" if unknown else "no column is a factor of the framework"
        raise DataError(
            f"two columns stand for {twice[0]}" if twice else what,
            where=f"{sheet.file}, row 1",
            allowed=[*known, *(factor.key for factor in framework.factors)],
            value=unknown[0] if unknown else None,
            fix="head each column by a factor's key, number, label or statement, or name it under `ignore`",
        )
    return [
        {
            **_about(row),
            "respondent": line,
            "factor": key,
            "value": _value(row[column], framework, f"{sheet.file}, row {line}, column {column!r}", errors),
        }
        for row, line in zip(frame.to_dict("records"), sheet.rows, strict=True)
        for column, key in factors.items()
    ]


def _about(row: dict[str, object]) -> dict[str, object]:
    return {name: row.get(name) if pd.notna(row.get(name)) else None for name in ASKED}


def _names(framework: Framework) -> dict[str, str]:
    """Return the factor's key by every name it may be headed by."""
    names: dict[str, str] = {}
    for factor in framework.factors:
        for name in (factor.key, str(factor.number), factor.label, factor.statement, *factor.aliases):
            names.setdefault(normalise(name), factor.key)
    return names


def _value(answer: object, framework: Framework, where: str, errors: list[DataError]) -> float | None:
    if answer is None or pd.isna(answer) or not str(answer).strip():
        return None
    least, most = scale_of(framework)
    try:
        value = float(str(answer).strip().replace(",", "."))
    except ValueError:
        value = float("nan")
    if not (value.is_integer() and least <= value <= most):
        allowed = [str(grade) for grade in range(int(least), int(most) + 1)]
        errors.append(DataError(f"the answer {str(answer)[:40]!r} is no rating", where=where, allowed=allowed))
        return None
    return value
