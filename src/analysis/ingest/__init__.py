"""From raw files to tidy tables: read, checked, made anonymous, scored, and written only when all holds."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import anonymise, scores
from analysis.errors import DataError
from analysis.ingest import coded, people, rated, told
from analysis.ingest.hidden import hide_places
from analysis.ingest.log import Log
from analysis.ingest.order import ORDER, in_order, in_order_of_places
from analysis.ingest.sheets import ROW, load_sheet, mapped
from analysis.ingest.withheld import withheld
from analysis.schema import TABLES
from analysis.settings import Source
from analysis.study import Study
from analysis.tidy import check_references, conform, validate

__all__ = ["Ingested", "ingest", "write"]

FACTORS = "factors"


@dataclass(frozen=True, slots=True)
class Ingested:
    """The tidy tables of a study and the report of how they came about.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables of `schema.TABLES`, `factors` (the codebooks), and the reports `import_log`, `sources`
        (the ledger), `personal_data` (waived findings, masked), `documents`, `attributes` (what exports say of
        documents, without values), `spans` (where paragraphs and sentences of interviews begin and end).
    withheld : DataFrame
        The raw names behind the pseudonyms (columns kind, name), which only the scan of what was published reads.
    """

    tables: Mapping[str, pd.DataFrame]
    withheld: pd.DataFrame

    @property
    def summary(self) -> str:
        """One sentence of what came in."""
        size = {name: len(frame) for name, frame in self.tables.items()}
        return (
            f"{size['interviews']} interviews about {size['partnerships']} partnerships in {size['areas']} "
            f"areas, with {size['codings']} codings, {size['ratings']} direct ratings and "
            f"{size['outcomes']} outcome ratings."
        )


def ingest(study: Study) -> Ingested:
    """Read, check, pseudonymise and score a study's raw files; nothing is written.

    Raises
    ------
    DataError, AnonymisationError or GroupedError
        For whatever is wrong with the raw files, with file, row and how to mend it.
    """
    log = Log()
    sheets = _sheets(study, log)
    read = coded.read_all(study, log) if any(s.table == "codings" for s in study.sources) else None
    personal = _search(study, sheets, read)
    anonymise.require_clean(personal)
    people_tables, named = _people(study, sheets, read)
    tables = people_tables | _observations(study, sheets, read, named, log)
    pseudonyms = anonymise.load_pseudonyms(study.path(study.anonymisation.key_file))
    places_hidden = study.disclosure.areas == "pseudonymised"
    names = pd.Series(dtype="str") if read is None else read.sources["name"]
    raw_names = withheld(tables, names, hide_places=places_hidden)
    tables = in_order(pseudonymised(tables | _told(study, read, named, log), pseudonyms))
    beside = {name: tables[name] for name in told.TABLES}
    tables = {name: validate(name, conform(name, tables[name])) for name in TABLES if name in tables}
    check_references(tables)
    tables[FACTORS] = pd.concat([book.table for book in study.codebooks.values()], ignore_index=True)
    tables["scores"] = validate("scores", scored(study, tables))
    tables["sources"] = log.files_table(study.raw)
    tables["import_log"] = log.notes_table()
    tables["personal_data"] = personal
    tables |= {"documents": _documents(read, pseudonyms), **beside}
    if places_hidden:
        tables = in_order_of_places(hide_places(tables, pseudonyms))
    return Ingested(tables, raw_names)


def _sheets(study: Study, log: Log) -> dict[str, list[rated.Raw]]:
    """Return the sheets of every table but the codings, as text cells."""
    sheets: dict[str, list[rated.Raw]] = {}
    for source in study.sources:
        if source.table != "codings":
            path = study.path(source.path)
            sheets.setdefault(source.table, []).append((source, path, load_sheet(source, path, log)))
            if source.table not in ("ratings", "outcomes"):
                log.file(source, path, "sheet", len(sheets[source.table][-1][2]), 0)
    return sheets


def _search(study: Study, sheets: dict[str, list[rated.Raw]], read: coded.Coded | None) -> pd.DataFrame:
    """Return the personal data found in every cell that would be kept, and the reasons of waivers."""
    wanted = anonymise.Search(names=_forbidden_names(study))
    found = []
    for source, path, frame in (raw for raws in sheets.values() for raw in raws):
        for column in _kept_columns(source, frame):
            found.append(anonymise.search(frame[column], path.name, frame[ROW].tolist(), wanted))
    if read is not None:
        for column in ("text", "code"):
            for file, rows in read.codings.groupby("file", sort=False):
                numbers = rows["row"].fillna(0).astype("int64").tolist()
                found.append(anonymise.search(rows[column], str(file), numbers, wanted))
        for file, rows in _kept_attributes(study, read.attributes).groupby("file", sort=False):
            found.append(anonymise.search(rows["cell"], str(file), [0] * len(rows), wanted))
    every = pd.concat(found, ignore_index=True).drop_duplicates(ignore_index=True)
    return anonymise.waive(every, study.anonymisation.waive)


def _kept_columns(source: Source, frame: pd.DataFrame) -> list[str]:
    """Return the columns of a sheet whose cells reach a tidy table as they are."""
    hidden = {"interview", "source", "informant", "coder", ROW}
    named = {source.column(tidy) for tidy in source.columns if tidy not in hidden}
    kept = frame.columns if TABLES[source.table].open and source.keep is None else source.keep or []
    own = {str(c) for c in frame.columns if c in kept or c in TABLES[source.table].names}
    taken = {source.column(tidy) for tidy in source.columns} - named
    return sorted((named | own) - hidden - taken)


def _kept_attributes(study: Study, attributes: pd.DataFrame) -> pd.DataFrame:
    """Return what of the exports' attributes reaches a table: every name, and the values of those in use."""
    hidden = {"interview", "source"}
    used = {attribute for column, attribute in study.attributes.items() if column not in hidden}
    cells = [attributes.assign(cell=attributes["name"])]
    cells.append(attributes[attributes["name"].isin(used)].assign(cell=attributes["value"]))
    return pd.concat(cells)[["file", "cell"]].drop_duplicates(ignore_index=True)


def _forbidden_names(study: Study) -> tuple[str, ...]:
    listed = list(study.anonymisation.names)
    if study.anonymisation.names_file:
        path = study.path(study.anonymisation.names_file)
        if not path.is_file():
            raise DataError(
                "the list of names that must not occur is not there",
                where=str(study.anonymisation.names_file),
                fix="put it there, or take anonymisation.names_file out of study.yml",
            )
        listed += path.read_text(encoding="utf-8-sig").splitlines()
    return tuple(listed)


@dataclass(frozen=True, slots=True)
class _Named:
    """How rows of interviews and partnerships are named in the raw files."""

    interviews: people.Keys
    partnerships: people.Keys


def _people(
    study: Study, sheets: dict[str, list[rated.Raw]], read: coded.Coded | None
) -> tuple[dict[str, pd.DataFrame], _Named]:
    found = {
        table: [mapped(source, frame) for source, _, frame in sheets.get(table, [])]
        for table in ("areas", "partnerships", "interviews")
    }
    if found["interviews"]:
        spoken = pd.concat(found["interviews"], ignore_index=True)
    elif read is not None:
        spoken = people.from_attributes(study, read.sources, read.attributes)
    else:
        raise DataError(
            "nothing says which interviews there are",
            where="study.yml",
            fix="add a source with `table: interviews`, or name the exports' attributes under attributes:",
        )
    areas = people.areas(study, found["areas"], found["partnerships"] or [spoken])
    area_keys = people.keys_of("areas", areas, "area", ["name"])
    partnerships = people.partnerships(found["partnerships"], area_keys, spoken)
    partnership_keys = people.keys_of("partnerships", partnerships, "partnership", ["label"])
    interviews = people.interviews(spoken, partnership_keys, partnerships)
    keys = people.keys_of("interviews", _with_stem(interviews), "interview", ["stem", "source"])
    interviews = _with_lengths(interviews, read, keys)
    tables = {"areas": areas, "partnerships": partnerships, "interviews": interviews}
    return tables, _Named(keys, partnership_keys)


def _with_stem(interviews: pd.DataFrame) -> pd.DataFrame:
    """Return the interviews with the document's name without its ending, as some tools export it."""
    source = interviews.get("source", interviews["interview"]).astype("str")
    return interviews.assign(stem=source.str.replace(r"\.[A-Za-z0-9]{2,5}$", "", regex=True))


def _with_lengths(interviews: pd.DataFrame, read: coded.Coded | None, keys: people.Keys) -> pd.DataFrame:
    """Fill in words and characters of interviews from the exports where the sheet does not say them."""
    found = {}
    for column in ("words", "characters"):
        given = interviews.get(column, pd.Series(float("nan"), index=interviews.index))
        found[column] = pd.to_numeric(given, errors="raise").astype("float64")
        if read is not None:
            found[column] = found[column].fillna(told.measured(read.sources, keys, interviews["interview"], column))
    return interviews.assign(**found)


def _told(study: Study, read: coded.Coded | None, named: _Named, log: Log) -> dict[str, pd.DataFrame]:
    """Return what the exports tell beside codings: attributes, and where sentences and paragraphs stand."""
    if read is None:
        return {name: pd.DataFrame(columns=list(columns)) for name, columns in told.TABLES.items()}
    return {
        "attributes": told.attributes_found(read.attributes, study.attributes),
        "spans": told.spans(read.sources, named.interviews, log),
    }


def _observations(
    study: Study,
    sheets: dict[str, list[rated.Raw]],
    read: coded.Coded | None,
    named: _Named,
    log: Log,
) -> dict[str, pd.DataFrame]:
    found = {
        "ratings": rated.ratings(study, sheets.get("ratings", []), named.interviews, log),
        "outcomes": rated.outcomes(study, sheets.get("outcomes", []), named.interviews, named.partnerships, log),
    }
    if read is None:
        columns = TABLES["codings"].names
        codings = pd.DataFrame({column: pd.Series(dtype="str") for column in (*columns, "text")})
    else:
        codings = coded.tidy(study, read, named.interviews, log)
    excerpts = codings[["coding", "text"]].dropna(subset=["text"])
    return found | {"codings": codings.drop(columns="text"), "excerpts": excerpts}


def pseudonymised(tables: dict[str, pd.DataFrame], pseudonyms: anonymise.Pseudonyms) -> dict[str, pd.DataFrame]:
    """Return the tables with interviews, documents and coders under pseudonyms."""
    interviews = pseudonyms.of("interview", tables["interviews"]["interview"])
    coders = pseudonyms.of("coder", pd.concat([tables["codings"]["coder"], tables["ratings"]["coder"]]))
    outcomes = tables["outcomes"]
    others = outcomes.loc[outcomes["source"] == "document", "informant"]
    documents = pseudonyms.of("document", pd.concat([others, tables["interviews"].get("source", others).dropna()]))
    columns = {"interview": interviews, "coder": coders, "source": documents}
    out = {}
    for name, frame in tables.items():
        changed = {c: frame[c].map(m, na_action="ignore") for c, m in columns.items() if c in frame}
        if name == "outcomes":
            changed.pop("source")
            changed["informant"] = frame["informant"].map({**documents, **interviews})
        out[name] = frame.assign(**changed) if name not in ("areas", "partnerships") else frame
    return out


def scored(study: Study, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the scores by the study's own rule."""
    rule = study.scores
    found = scores.score(
        tables["interviews"],
        tables["codings"],
        factors=tables[FACTORS],
        ratings=tables["ratings"],
        rule=rule.rule,
        coders=rule.coders,
        absent=rule.absent,
    )
    return found.sort_values(list(ORDER["scores"]), kind="stable", ignore_index=True)


def _documents(read: coded.Coded | None, pseudonyms: anonymise.Pseudonyms) -> pd.DataFrame:
    """Return what is known of each document of the exports, under its pseudonym: how offsets were read."""
    columns = ["document", "kind", "words", "characters", "offsets", "file"]
    if read is None:
        return pd.DataFrame(columns=columns)
    named = pseudonyms.of("document", read.sources["name"].dropna())
    told = read.sources.assign(document=read.sources["name"].map(named))[columns]
    return told.sort_values("document", kind="stable", ignore_index=True)


def write(ingested: Ingested, folder: Path) -> None:
    """Write all tables as Parquet into `folder`; what was there stays until every new file is complete."""
    stage = folder / ".ingest"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    for name, frame in (*ingested.tables.items(), ("withheld", ingested.withheld)):
        frame.to_parquet(stage / f"{name}.parquet", index=False)
    for path in sorted(stage.iterdir()):
        path.replace(folder / path.name)
    stage.rmdir()
