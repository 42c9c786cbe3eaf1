"""Frameworks as codebooks: one YAML file each, read whole and validated."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from analysis.errors import StudyError
from analysis.yamlfile import Location, line_of, load_model, raise_all

if TYPE_CHECKING:
    import pandas as pd

PROJECT_FRAMEWORKS = Path(__file__).parents[2] / "frameworks"

#: What a framework holds: conditions of success, difficulties, helps, outside support, a mechanism, a set of
#: prompts for a conversation, principles, or facets of what is to be achieved.
Kind = Literal["factors", "challenges", "helps", "support", "capital", "diagnostic", "principles", "outcomes"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the entries of a file stand, for errors that reading one entry alone can't find."""

    path: Path
    lines: dict[Location, int]

    def where(self, location: Location) -> str:
        """Name file and line of an entry."""
        return f"{self.path}, line {line_of(self.lines, location)}"


class Group(BaseModel, frozen=True, extra="forbid"):
    """A group of factors, as the publication groups them."""

    key: Slug
    label: Text
    strapline: str = ""


class Factor(BaseModel, frozen=True, extra="forbid"):
    """One factor (or challenge, help, block, facet) of a framework.

    Attributes
    ----------
    key : str
        Short slug, unique in its framework.
    number : int
        Its number as published, else its place in the list; unique in its framework.
    group : str
        Key of its group; empty where the framework has no groups.
    label : str
        Its name as published.
    definition : str
        What it means, in the project's own words.
    code_when, code_when_not : tuple of str
        When a segment gets this code, and when it does not.
    aliases : tuple of str
        Other names by which a codebook may call it.
    verify : bool
        True until a researcher has held the entry against the publication.
    statement : str
        The sentence a respondent of a self-assessment rates.
    anchors : tuple of str
        What each rating 0, 1, ... means for this factor, where the framework's own anchors don't serve.
    questions : tuple of str
        Questions for a partnership's next conversation about it.
    """

    key: Slug
    number: Annotated[int, Field(ge=1)]
    group: str = ""
    label: Text
    definition: Text
    code_when: tuple[Text, ...] = ()
    code_when_not: tuple[Text, ...] = ()
    aliases: tuple[Text, ...] = ()
    verify: bool = False
    statement: str = ""
    anchors: tuple[Text, ...] = ()
    questions: tuple[Text, ...] = ()


class Framework(BaseModel, frozen=True, extra="forbid"):
    """A framework: its groups and factors, where it was published, and how strength is graded.

    Attributes
    ----------
    key, title, kind, source, year
        Slug, title, what it holds (`Kind`), publication, year of publication.
    groups : tuple of Group
    factors : tuple of Factor
    summary : str
        What the framework is for, in the project's own words.
    intensity : tuple of str
        What an intensity 0, 1, ... of a coding means.
    anchors : tuple of str
        What a rating 0, 1, ... in a self-assessment means.
    questions : tuple of str
        Questions that the framework puts to a partnership as a whole.
    """

    key: Slug
    title: Text
    kind: Kind
    source: Text
    year: Annotated[int, Field(ge=1900, le=2100)]
    groups: tuple[Group, ...] = ()
    factors: Annotated[tuple[Factor, ...], Field(min_length=1)]
    summary: str = ""
    intensity: tuple[Text, ...] = ()
    anchors: tuple[Text, ...] = ()
    questions: tuple[Text, ...] = ()

    def factor(self, reference: str | int) -> Factor:
        """Return a factor by key or number, with or without the framework's key before it.

        Raises
        ------
        StudyError
            The framework has no such factor.
        """
        text = str(reference).strip().removeprefix(f"{self.key}/")
        for factor in self.factors:
            if text in {factor.key, str(factor.number)}:
                return factor
        raise StudyError(
            f"the framework {self.key} has no factor `{reference}`",
            allowed=[item.key for item in self.factors],
            value=text,
            fix=f"give a key or a number from 1 to {max(item.number for item in self.factors)}",
        )

    def group(self, key: str) -> Group:
        """Return a group by its key.

        Raises
        ------
        StudyError
            The framework has no such group.
        """
        for group in self.groups:
            if group.key == key:
                return group
        raise StudyError(
            f"the framework {self.key} has no group `{key}`",
            allowed=[item.key for item in self.groups],
            value=key,
        )

    def anchors_of(self, factor: Factor) -> tuple[str, ...]:
        """Return what each rating means for a factor: its own anchors, else the framework's."""
        return factor.anchors or self.anchors

    @property
    def table(self) -> pd.DataFrame:
        """Tidy frame of the factors: framework, factor, number, group, label, definition."""
        import pandas as pd

        columns = ["framework", "factor", "number", "group", "label", "definition"]
        rows = [(self.key, f.key, f.number, f.group, f.label, f.definition) for f in self.factors]
        return pd.DataFrame(rows, columns=columns)


def load_framework(path: Path | str) -> Framework:
    """Read and validate one framework file.

    Raises
    ------
    StudyError
        The file or one entry is wrong; names file, line, value, what is allowed and the nearest match.
    GroupedError
        Several entries are wrong.
    """
    framework, lines = load_model(Path(path), Framework, StudyError)
    raise_all([*_contradictions(framework, Places(Path(path), lines))])
    return framework


def load_frameworks(*folders: Path | str) -> dict[str, Framework]:
    """Read every framework of the project, then of `folders`; a later one of the same key wins.

    A folder that does not exist holds no frameworks; `crosswalk.yml` is not one and is left out.

    Raises
    ------
    StudyError, GroupedError
        A file is wrong, or two files of one folder have the same key.
    """
    found: dict[str, Framework] = {}
    for folder in (PROJECT_FRAMEWORKS, *map(Path, folders)):
        found |= _load_folder(folder)
    return found


def find_factor(reference: str, frameworks: dict[str, Framework]) -> tuple[Framework, Factor]:
    """Return framework and factor of a full reference such as `transforming-together/2`.

    Raises
    ------
    StudyError
        The reference has no such form, or framework or factor is not known.
    """
    key, slash, factor = reference.strip().partition("/")
    if not slash:
        raise StudyError(f"`{reference}` is no reference", fix="write framework/key or framework/number")
    if key not in frameworks:
        raise StudyError(f"there is no framework `{key}`", allowed=sorted(frameworks), value=key)
    return frameworks[key], frameworks[key].factor(factor)


def normalise(text: str) -> str:
    """Bring a name to the form in which names are compared.

    Lower case, no accents or punctuation, `&` as `and`, single spaces, and no number before it
    (`2. Trust & Honesty` and `trust and honesty` meet).
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = unicodedata.normalize("NFKD", folded).replace("&", " and ")
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = re.sub(r"[^\w]+|_", " ", plain.replace("'", "").replace("’", "")).split()
    while len(words) > 1 and re.fullmatch(r"[a-z]?\d+[a-z]?", words[0]):
        words = words[1:]
    return " ".join(words)


def framework_schema() -> dict[str, Any]:
    """Return the JSON Schema of a framework file, so that editors complete and check it."""
    schema = Framework.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Framework"}


def _load_folder(folder: Path) -> dict[str, Framework]:
    found: dict[str, Framework] = {}
    origin: dict[str, str] = {}
    errors: list[StudyError] = []
    for path in sorted(folder.glob("*.yml")):
        if path.name == "crosswalk.yml":
            continue
        framework = load_framework(path)
        if framework.key in found:
            files = f"{origin[framework.key]} and {path.name}"
            errors.append(StudyError(f"two files give the framework `{framework.key}`", where=files))
        found[framework.key], origin[framework.key] = framework, path.name
    raise_all([*errors])
    return found


def _contradictions(framework: Framework, places: Places) -> list[StudyError]:
    """List what is wrong between entries that are each right by themselves."""
    groups, factors = framework.groups, framework.factors
    errors = _twice("group", "key", [(g.key, ("groups", i, "key")) for i, g in enumerate(groups)], places)
    for field in ("key", "number"):
        entries = [(getattr(f, field), ("factors", i, field)) for i, f in enumerate(factors)]
        errors += _twice("factor", field, entries, places)
    known = [group.key for group in groups]
    for i, factor in enumerate(factors):
        if (groups or factor.group) and factor.group not in known:
            errors.append(
                StudyError(
                    f"factor `{factor.key}` names the group `{factor.group}`, which is not among the groups",
                    where=places.where(("factors", i, "group")),
                    allowed=known,
                    value=factor.group,
                )
            )
    return errors + _shared_names(framework, places)


def _twice(what: str, field: str, entries: Iterable[tuple[Any, Any]], places: Places) -> list[StudyError]:
    found_at = defaultdict(list)
    for value, location in entries:
        found_at[value].append(location)
    return [
        StudyError(
            f"the {field} `{value}` is given to {len(found)} {what}s",
            where="; ".join(places.where(location) for location in found),
            fix=f"give each {what} a {field} of its own",
        )
        for value, found in found_at.items()
        if len(found) > 1
    ]


def _shared_names(framework: Framework, places: Places) -> list[StudyError]:
    """Names that would make a code match two factors: a label or alias of both."""
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for i, factor in enumerate(framework.factors):
        owners[normalise(factor.label)].setdefault(factor.key, places.where(("factors", i, "label")))
        for j, alias in enumerate(factor.aliases):
            owners[normalise(alias)].setdefault(factor.key, places.where(("factors", i, "aliases", j)))
    return [
        StudyError(
            f"the name `{name}` stands for several factors: {', '.join(found)}",
            where="; ".join(found.values()),
            fix="a label or alias may stand for one factor of a framework only",
        )
        for name, found in owners.items()
        if len(found) > 1
    ]
