"""A QualCoder project folder: SQLite, offsets in code points, the coder as `owner`."""

from __future__ import annotations

from pathlib import Path

from analysis.example.exports.bundle import CODERS, STAMP, Bundle
from analysis.example.exports.files import write_database
from analysis.example.stated import codebooks

MOMENT = f"{STAMP} 09:00:00"
STRENGTHS = (1, 2, 3)
VARIABLES = ("role", "sector", "partnership", "month")

#: Tables and columns of schema v11, as far as a text project fills them.
SCHEMA = """
CREATE TABLE project (databaseversion TEXT, date TEXT, memo TEXT, about TEXT, bookmarkfile INTEGER,
  bookmarkpos INTEGER, codername TEXT, recently_used_codes TEXT);
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT UNIQUE, fulltext TEXT, mediapath TEXT, memo TEXT,
  owner TEXT, date TEXT, av_text_id INTEGER, risid INTEGER);
CREATE TABLE code_cat (catid INTEGER PRIMARY KEY, name TEXT UNIQUE, owner TEXT, date TEXT, memo TEXT,
  supercatid INTEGER);
CREATE TABLE code_name (cid INTEGER PRIMARY KEY, name TEXT UNIQUE, memo TEXT, catid INTEGER, owner TEXT,
  date TEXT, color TEXT);
CREATE TABLE code_text (ctid INTEGER PRIMARY KEY, cid INTEGER, fid INTEGER, seltext TEXT, pos0 INTEGER,
  pos1 INTEGER, owner TEXT, date TEXT, memo TEXT, avid INTEGER, important INTEGER,
  UNIQUE (cid, fid, pos0, pos1, owner));
CREATE TABLE cases (caseid INTEGER PRIMARY KEY, name TEXT UNIQUE, memo TEXT, owner TEXT, date TEXT);
CREATE TABLE case_text (id INTEGER PRIMARY KEY, caseid INTEGER, fid INTEGER, pos0 INTEGER, pos1 INTEGER,
  owner TEXT, date TEXT, memo TEXT);
CREATE TABLE attribute_type (name TEXT PRIMARY KEY, date TEXT, owner TEXT, memo TEXT, caseOrFile TEXT,
  valuetype TEXT);
CREATE TABLE attribute (attrid INTEGER PRIMARY KEY, name TEXT, attr_type TEXT, value TEXT, id INTEGER,
  date TEXT, owner TEXT);
CREATE TABLE annotation (anid INTEGER PRIMARY KEY, fid INTEGER, pos0 INTEGER, pos1 INTEGER, memo TEXT,
  owner TEXT, date TEXT);
CREATE TABLE journal (jid INTEGER PRIMARY KEY, name TEXT, jentry TEXT, date TEXT, owner TEXT);
CREATE TABLE code_image (imid INTEGER PRIMARY KEY, id INTEGER, x1 INTEGER, y1 INTEGER, width INTEGER,
  height INTEGER, cid INTEGER, memo TEXT, date TEXT, owner TEXT, important INTEGER);
CREATE TABLE code_av (avid INTEGER PRIMARY KEY, id INTEGER, pos0 INTEGER, pos1 INTEGER, cid INTEGER,
  memo TEXT, date TEXT, owner TEXT, important INTEGER);
"""

Rows = tuple[tuple[str, ...], list[tuple[object, ...]]]


def write(bundle: Bundle, path: Path) -> None:
    """Write one area as a .qda folder; codes are a category a factor with one code for each strength."""
    path.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Rows] = {
        "project": (
            ("databaseversion", "date", "memo", "about", "codername"),
            [("v11", MOMENT, "", "QualCoder (simulated)", CODERS[0])],
        ),
        **_sources(bundle),
        **_codes(bundle),
        **_cases(bundle),
    }
    write_database(path / "data.qda", SCHEMA, tables)


def _sources(bundle: Bundle) -> dict[str, Rows]:
    rows = [(number, name, text, CODERS[0], MOMENT) for number, (name, text) in enumerate(bundle.texts.items(), 1)]
    return {"source": (("id", "name", "fulltext", "owner", "date"), list(rows))}


def _codes(bundle: Bundle) -> dict[str, Rows]:
    """Return categories (framework, then factor), codes, and the codings."""
    categories: list[tuple[object, ...]] = []
    codes: list[tuple[object, ...]] = []
    number_of: dict[tuple[str, str, int], int] = {}
    for framework, rows in bundle.themes.groupby("framework", sort=False):
        top = len(categories) + 1
        categories.append((top, codebooks()[str(framework)].title, CODERS[0], MOMENT, None))
        for row in rows.itertuples():
            category = len(categories) + 1
            categories.append((category, row.label, CODERS[0], MOMENT, top))
            for strength in STRENGTHS:
                number_of[row.framework, row.factor, strength] = len(codes) + 1
                name = f"{row.label}, strength {strength}"
                codes.append((len(codes) + 1, name, category, CODERS[0], MOMENT, "#F5F5DC"))
    files = {name: number for number, name in enumerate(bundle.texts, 1)}
    codings = [
        (
            number,
            number_of[row.framework, row.factor, row.intensity],
            files[row.document],
            row.text,
            row.start,
            row.end,
            row.coder,
            MOMENT,
        )
        for number, row in enumerate(bundle.codings.itertuples(), 1)
    ]
    return {
        "code_cat": (("catid", "name", "owner", "date", "supercatid"), categories),
        "code_name": (("cid", "name", "catid", "owner", "date", "color"), codes),
        "code_text": (("ctid", "cid", "fid", "seltext", "pos0", "pos1", "owner", "date"), list(codings)),
    }


def _cases(bundle: Bundle) -> dict[str, Rows]:
    """Return one case an interview, with its attributes."""
    owner = (CODERS[0], MOMENT)
    cases, texts, values = [], [], []
    for number, row in enumerate(bundle.interviews.itertuples(), 1):
        cases.append((number, row.interview, *owner))
        texts.append((number, number, 0, len(bundle.texts[row.document]), *owner))
        values += [(name, "case", getattr(row, name), number, *owner) for name in VARIABLES]
    types = [(name, *owner, "case", "character") for name in VARIABLES]
    return {
        "cases": (("caseid", "name", "owner", "date"), list(cases)),
        "case_text": (("caseid", "fid", "pos0", "pos1", "owner", "date"), list(texts)),
        "attribute_type": (("name", "owner", "date", "caseOrFile", "valuetype"), list(types)),
        "attribute": (("name", "attr_type", "value", "id", "owner", "date"), list(values)),
    }
