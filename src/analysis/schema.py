"""The tidy tables: every column name, type, key and allowed value, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

LEVELS = ("interview", "partnership")
OUTCOME_SOURCES = ("interview", "document")
#: What the ledger of raw files names as the producer of the project's own simulated study.
SIMULATION = "simulated by analysis.example"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a tidy table.

    Parameters
    ----------
    name : str
        Name in the tidy table.
    kind : {"text", "whole", "number", "month"}
        What it holds; `month` is text such as `2016-05`.
    required : bool
        Whether the table must have the column (others are added, empty, where absent).
    nullable : bool
        Whether a cell may be missing.
    allowed : tuple of str
        The values that may stand in it, or none for any.
    least, most : float or None
        Range of a number, inclusive.
    meaning : str
        What it says, for the data dictionary.
    """

    name: str
    kind: str = "text"
    required: bool = True
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A tidy table: its key, its columns, and the keys of other tables that it points to.

    Parameters
    ----------
    name : str
        Name of the table and of its file.
    key : tuple of str
        Columns that identify a row.
    columns : tuple of Column
        Columns that the project knows; a study may add its own.
    references : dict of str to str
        Column to the table whose single key it must be found in.
    open : bool
        Whether columns that are not listed are kept.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: dict[str, str] = field(default_factory=dict)
    open: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the known columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that an input must bring."""
        return tuple(column.name for column in self.columns if column.required)


def _optional(name: str, meaning: str, kind: str = "text", **limits: float) -> Column:
    return Column(name, kind=kind, required=False, nullable=True, meaning=meaning, **limits)  # type: ignore[arg-type]


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "areas",
            ("area",),
            (
                Column("area", meaning="key of the area, the cluster of the analysis"),
                Column("name", meaning="name as printed"),
                _optional("nation", "nation of the United Kingdom, or country"),
                _optional("council_type", "type of council"),
                _optional("latitude", "degrees north of the area's place on the map", "number", least=-90, most=90),
                _optional("longitude", "degrees east of the area's place on the map", "number", least=-180, most=180),
            ),
            open=True,
        ),
        Table(
            "partnerships",
            ("partnership",),
            (
                Column("partnership", meaning="key of the partnership, the unit of the analysis"),
                Column("area", meaning="area the partnership works in"),
                Column("label", meaning="name as printed"),
                _optional("policy_field", "field of policy"),
                _optional("start_year", "year the partnership began", kind="whole", least=1900, most=2100),
            ),
            references={"area": "areas"},
            open=True,
        ),
        Table(
            "interviews",
            ("interview",),
            (
                Column("interview", meaning="key of the interview (a stable pseudonym)"),
                Column("partnership", meaning="partnership the interview is about"),
                Column("area", meaning="area of that partnership"),
                Column("role", nullable=True, meaning="role of the informant"),
                Column("sector", nullable=True, meaning="sector of the informant's organisation"),
                _optional("month", "month of the interview", kind="month"),
                _optional("words", "length in words", kind="whole", least=0),
                _optional("characters", "length in characters, where the export holds the text", kind="whole", least=0),
                _optional("source", "document in the export (a stable pseudonym)"),
            ),
            references={"partnership": "partnerships", "area": "areas"},
        ),
        Table(
            "codings",
            ("coding",),
            (
                Column("coding", kind="whole", least=1, meaning="number of the coding"),
                Column("interview", meaning="interview that was coded"),
                Column("coder", meaning="who coded (a stable pseudonym)"),
                Column("code", meaning="the code as the coding tool has it"),
                Column("framework", meaning="framework that the code belongs to"),
                Column("factor", meaning="factor of the framework"),
                _optional("start", "first character of the segment", kind="number", least=0),
                _optional("end", "character behind the segment", kind="number", least=0),
                _optional("intensity", "how strongly the factor is expressed", kind="number", least=0),
                Column("source_file", meaning="raw file"),
                Column("source_row", kind="whole", least=0, meaning="row (or element) in the raw file"),
                _optional("words", "length of the segment in words", kind="whole", least=0),
            ),
            references={"interview": "interviews"},
        ),
        Table(
            "excerpts",
            ("coding",),
            (
                Column("coding", kind="whole", least=1, meaning="number of the coding"),
                Column("text", meaning="words of the segment; never leaves data/processed unless approved"),
            ),
            references={"coding": "codings"},
        ),
        Table(
            "ratings",
            ("interview", "factor", "coder"),
            (
                Column("interview", meaning="interview that was rated"),
                Column("factor", meaning="factor of the framework"),
                Column("coder", meaning="who rated (a stable pseudonym)"),
                Column("framework", meaning="framework that the factor belongs to"),
                Column("value", kind="number", meaning="rating on the declared scale"),
            ),
            references={"interview": "interviews"},
        ),
        Table(
            "outcomes",
            ("partnership", "outcome", "informant"),
            (
                Column("partnership", meaning="partnership that was rated"),
                Column("outcome", meaning="facet of innovation"),
                Column("informant", meaning="who rated (an interview's key, or a document)"),
                Column("value", kind="number", meaning="rating on the declared scale"),
                Column("source", allowed=OUTCOME_SOURCES, meaning="what the rating rests on"),
                _optional("interview", "interview of the informant"),
            ),
            references={"partnership": "partnerships"},
        ),
        Table(
            "scores",
            ("level", "unit", "framework", "kind", "factor"),
            (
                Column("level", allowed=LEVELS, meaning="what the score describes"),
                Column("unit", meaning="key of the interview or partnership"),
                Column("framework", meaning="framework of the factor"),
                Column("factor", meaning="factor, or a group of factors where `kind` says so"),
                Column("kind", allowed=("factor", "group"), meaning="factor or mean of a group's factors"),
                Column("value", kind="number", nullable=True, meaning="score by the study's rule"),
                Column("n_informants", kind="whole", least=0, meaning="interviews that touched the factor"),
                Column("n_codings", kind="whole", least=0, meaning="codings or ratings behind the score"),
                _optional("share_of_words", "share of the unit's words coded", kind="number", least=0),
            ),
        ),
    )
}
