"""What `study.yml` may say, as models that check types, ranges and allowed words."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

OVERALL = "overall"

Rule = Literal["mean_intensity", "max_intensity", "presence", "share_of_words", "count", "mean_rating"]
Coders = Literal["mean", "consensus", "any", "first"]
Absent = Literal["missing", "zero"]
Informants = Literal["all", "council", "partners"]
Method = Literal["direct", "indirect", "crisp", "multi-value"]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]


def _labelled(facets: Any) -> Any:
    """Return a plain list of facets with their keys as labels."""
    if isinstance(facets, list):
        return {str(key): str(key).replace("_", " ") for key in facets}
    return facets


Facets = Annotated[
    dict[Key, str],
    BeforeValidator(_labelled),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ]
        }
    ),
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Area(BaseModel):
    """One area; what the study adds beyond these entries becomes a column of the table of areas."""

    model_config = ConfigDict(extra="allow", frozen=True)

    key: Key
    name: str
    nation: str | None = None
    council_type: str | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90, description="in degrees north, for the study's map")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="in degrees east, for the study's map")

    @model_validator(mode="after")
    def _placed_by_both(self) -> Area:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError(f"{self.key}: a place on the map takes both latitude and longitude")
        return self


class Source(_Entry):
    """One raw file and the table it fills."""

    path: str
    table: Literal["codings", "areas", "partnerships", "interviews", "ratings", "outcomes"] = "codings"
    format: str | None = Field(default=None, description="export format; detected by content where left out")
    columns: dict[str, str | list[str]] = Field(
        default={}, description="tidy column: column of the file (of codings: also several, one for each code)"
    )
    constants: dict[str, str | int | float] = Field(default={}, description="tidy column: value for every row")
    layout: Literal["long", "wide"] = "long"
    values: dict[str, str | list[str]] = Field(
        default={},
        description="wide files: factor or outcome: the column, or the columns to average, that hold it",
    )
    keep: list[str] | None = Field(
        default=None, description="other columns of the file to keep under their own names; all if left out"
    )
    missing: list[str] = Field(default=[], description="words that mean missing, such as Don't Know")
    recode: dict[str, dict[str, str | int | float]] = Field(
        default={}, description="column of the file: {found: meant}"
    )
    rows: dict[str, list[str]] = Field(default={}, description="column of the file: values whose rows are kept")
    scale: tuple[float, float] | None = Field(default=None, description="least and most value of a rating")
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None
    coder: str | None = Field(default=None, description="the coder, where the format does not carry one")
    codebook: list[str] = Field(
        default=[], description="codebook files that tell codes apart where an export joins them by commas"
    )

    def column(self, tidy: str) -> str:
        """Return the one column of the file that holds a tidy column."""
        named = self.columns[tidy]
        return named if isinstance(named, str) else named[0]


class ScoreRule(_Entry):
    """How codings or ratings become one score of a factor for an interview or a partnership."""

    rule: Rule = "mean_intensity"
    coders: Coders = "mean"
    absent: Absent = "missing"


class Outcomes(_Entry):
    """The facets of innovation that informants rated, and how they make one outcome."""

    scale: tuple[float, float] = (0, 4)
    facets: Facets = Field(description="facet: label", min_length=1)
    overall: list[Key] = Field(default=[], description="facets averaged into `overall`; all where left out")


class Hypothesis(_Entry):
    """One association that the plan declares before the data are seen."""

    factor: str
    outcome: str = OVERALL
    direction: Literal["positive", "negative", "either"] = "either"
    reason: str = ""


def plan_hash(said: dict[str, Any]) -> str:
    """Return the hash of what a plan declares."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class Frozen(_Entry):
    """When the plan was frozen, by whom (a role), its hash, and the plan as it was then."""

    on: date
    by: str
    sha256: str
    plan: dict[str, Any] = {}


class Deviation(_Entry):
    """A change of the plan after it was frozen, as the study tells it."""

    what: str
    why: str
    when: date


class Plan(_Entry):
    """What is confirmatory; everything else is exploratory."""

    primary_outcome: str = OVERALL
    hypotheses: list[Hypothesis] = []
    alpha: float = Field(default=0.05, gt=0, lt=1)
    exploratory_rate: float = Field(default=0.10, gt=0, lt=1, description="false discovery rate, Benjamini-Hochberg")
    frozen: Frozen | None = None
    deviations: list[Deviation] = []

    @property
    def said(self) -> dict[str, Any]:
        """What the plan declares, without the freezing and the deviations themselves."""
        return self.model_dump(mode="json", exclude={"frozen", "deviations"})

    @property
    def sha256(self) -> str:
        """Hash of what the plan declares."""
        return plan_hash(self.said)


class Disclosure(_Entry):
    """What may leave the study."""

    min_cell: int = Field(default=3, ge=1)
    areas: Literal["named", "pseudonymised"] = "named"
    quotes: Literal["none", "approved-only"] = "approved-only"
    approved_quotes: list[int] = Field(default=[], description="numbers of codings whose words may be quoted")
    merge_roles: dict[str, str] = Field(default={}, description="role: the broader role it is shown as")


class Waiver(_Entry):
    """Something found by the search for personal data that may stand, and why."""

    file: str
    kind: str
    reason: str = Field(min_length=10)
    row: int | None = None


class Anonymisation(_Entry):
    """The search for personal data on the way in, and the pseudonyms."""

    names: list[str] = Field(default=[], description="names that must not occur")
    names_file: str | None = Field(default=None, description="a text file of such names, one a line, kept out of git")
    key_file: str = "data/pseudonym.key"
    waive: list[Waiver] = []


class Calibration(_Entry):
    """Anchors of one set for Qualitative Comparative Analysis, and why they lie there."""

    anchors: tuple[float, float, float] = Field(description="fully out, crossover, fully in")
    method: Method = "direct"
    reason: str = ""


class Qca(_Entry):
    """Settings of Qualitative Comparative Analysis."""

    outcome: str = OVERALL
    conditions: list[str] = Field(default=[], description="groups or factors; the groups where left out")
    proximate: list[str] = Field(default=[], description="factors taken in the second step; none where left out")
    condition_anchors: tuple[float, float, float] | None = None
    outcome_anchors: tuple[float, float, float] | None = None
    anchors: dict[str, Calibration] = {}
    anchor_reason: str = Field(default="", description="why these anchors, in a sentence")
    consistency_cut: float = Field(default=0.8, gt=0.5, le=1)
    pri_cut: float = Field(default=0.5, ge=0, le=1)
    n_cut: int = Field(default=1, ge=1)
    expectations: dict[str, Literal[0, 1]] = {}


class Composite(_Entry):
    """A composite score: its items, their direction and weights."""

    items: list[str]
    weights: list[float] = []
    reverse: list[str] = []


class Capital(_Entry):
    """Partnership capital: the group composites and the composite of those."""

    groups: list[str] = Field(default=[], description="groups that form capital; take all where left out")
    composites: dict[str, Composite] = {}


class Specifications(_Entry):
    """Reasonable other choices, crossed in the specification curve."""

    rules: list[Rule] = ["mean_intensity", "max_intensity", "share_of_words"]
    coders: list[Coders] = ["mean", "consensus"]
    absent: list[Absent] = ["missing", "zero"]
    informants: list[Informants] = ["all", "council", "partners"]
    permutations: int = Field(default=999, ge=19, description="joint rearrangements behind a curve's p")


class Words(_Entry):
    """What this study calls its clusters and units in prose."""

    area: str = "area"
    areas: str = "areas"
    partnership: str = "partnership"
    partnerships: str = "partnerships"
    interview: str = "interview"
    interviews: str = "interviews"

    def in_prose(self, text: str) -> str:
        """Return a method's sentence with this study's words for units and clusters.

        Names of methods keep theirs, as in `cluster-robust` and `cluster bootstrap`, and so does `per unit`, the unit
        of a scale.
        """
        said = {"unit": self.partnership, "units": self.partnerships, "cluster": self.area, "clusters": self.areas}
        pattern = r"(?<![\w-])(?<!per )(units?|clusters?)(?![\w-]| bootstrap)"
        return re.sub(pattern, lambda found: said[found[1]], text)


class StudyFile(_Entry):
    """Everything that `study.yml` may say."""

    title: str
    framework: Key
    frameworks: list[Key] = Field(default=[], description="others whose codes occur in the data")
    simulated: str = Field(default="", description="where the data are simulated: the sentence every page shows")
    description: str = ""
    authors: list[str] = []
    licence: str = ""
    published: date | None = Field(default=None, description="day on which the report was published, for citing it")
    areas: list[Area] = []
    sources: list[Source] = Field(min_length=1)
    attributes: dict[str, str] = Field(
        default={},
        description="column of interviews: attribute (case, variable, document group) in the exports",
    )
    council_sectors: list[str] = Field(default=["council"], description="sectors counted as the council's own side")
    code_map: dict[str, str | None] = Field(default={}, description="code: framework/factor, or ignore")
    intensity_in_code: str = Field(
        default="",
        description="pattern with one group that finds the intensity in a code, where the tool has no weights",
    )
    scores: ScoreRule = ScoreRule()
    outcomes: Outcomes
    plan: Plan = Plan()
    disclosure: Disclosure = Disclosure()
    anonymisation: Anonymisation = Anonymisation()
    qca: Qca = Qca()
    capital: Capital = Capital()
    specifications: Specifications = Specifications()
    words: Words = Words()
    preset: Literal["journal", "journal-serif", "web"] = "journal"
    seed: int = 2017

    @model_validator(mode="before")
    @classmethod
    def _simulated_is_a_sentence(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("simulated") is True:
            raise ValueError("simulated: say in one sentence what is simulated; every page shows it")
        return value
