"""A study: the folder with its `study.yml`, validated whole before anything runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ConfigDict

from analysis.errors import AnalysisError, StudyError
from analysis.framework import Factor, Framework, load_frameworks
from analysis.schema import TABLES
from analysis.settings import OVERALL, Source, StudyFile, plan_hash
from analysis.yamlfile import Location, line_of, load_model, raise_all

FILE_NAME = "study.yml"
#: What a column map of codings may name besides the columns of the tidy table.
CODING_COLUMNS = ("source", "text", "weight")


class Study(StudyFile):
    """A validated study: what `study.yml` says, where it lies, and its frameworks' codebooks."""

    root: Path
    codebooks: dict[str, Framework]

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    @property
    def raw(self) -> Path:
        """Folder of the raw files."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """Folder of the tidy tables."""
        return self.root / "data" / "processed"

    @property
    def given(self) -> Path | None:
        """Folder of tidy tables that came in place of raw files, as in a bundle for reviewers; usually None."""
        folder = self.root / "data" / "tidy"
        return folder if folder.is_dir() else None

    @property
    def reports(self) -> Path:
        """Folder of what is published."""
        return self.root / "reports"

    @property
    def primary(self) -> Framework:
        """The framework whose factors are tested."""
        return self.codebooks[self.framework]

    @property
    def outcome_labels(self) -> dict[str, str]:
        """Outcome to label, `overall` first."""
        return {OVERALL: "overall innovation", **self.outcomes.facets}

    @property
    def overall_facets(self) -> tuple[str, ...]:
        """Facets that are averaged into the overall outcome."""
        return tuple(self.outcomes.overall or self.outcomes.facets)

    def resolve(self, reference: str) -> tuple[Framework, Factor]:
        """Return framework and factor of a reference such as `transforming-together/2`.

        A reference without a framework is looked up in the primary one.
        """
        framework, _, factor = reference.rpartition("/")
        book = self.codebooks.get(framework or self.framework)
        if book is None:
            raise StudyError(
                f"{reference!r} names a framework that the study does not use",
                allowed=tuple(self.codebooks),
                value=framework,
            )
        return book, book.factor(factor)

    def families(self, prefix: str = "") -> dict[tuple[str, str], str]:
        """Return the confirmatory pairs of the plan: (outcome, factor key) to the name of their family.

        Where the plan was frozen, only what it declared then is confirmatory; a hypothesis that came later is not.

        Parameters
        ----------
        prefix : str
            Put before the outcome's name, as in the columns of `scores.unit_frame`.
        """
        pairs = [(h.outcome, *self.resolve(h.factor)) for h in self.plan.hypotheses]
        named = {(outcome, f.key): "confirmatory" for outcome, book, f in pairs if book.key == self.framework}
        frozen = self.plan.frozen.plan if self.plan.frozen else {}
        if frozen:
            first = {(h["outcome"], h["factor"].rpartition("/")[2]) for h in frozen["hypotheses"]}
            number = {f.key: str(f.number) for f in self.primary.factors}
            named = {pair: label for pair, label in named.items() if {pair, (pair[0], number[pair[1]])} & first}
        return {(prefix + outcome, factor): label for (outcome, factor), label in named.items()}

    def path(self, relative: str) -> Path:
        """Return a path of `study.yml` as a path on this machine."""
        return self.root / relative


def find_study(start: Path | str = ".") -> Path:
    """Return the nearest folder, from `start` upwards, that holds a `study.yml`."""
    here = Path(start).resolve()
    for folder in (here, *here.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise StudyError(
        f"no {FILE_NAME} in {here} or above it",
        where=str(here),
        fix="go to a study's folder, or make one: python -m analysis new DIR",
    )


def load_study(folder: Path | str = ".") -> Study:
    """Return the study in `folder`, validated whole.

    Raises
    ------
    StudyError or GroupedError
        Every problem of `study.yml` and of the frameworks it names, each with file, line, value, what is
        allowed and the nearest match.
    """
    root = Path(folder).resolve()
    path = root / FILE_NAME
    if not path.is_file():
        raise StudyError(
            f"{root.name} holds no {FILE_NAME}",
            where=str(path),
            fix="name a study's folder, or make one: python -m analysis new DIR",
        )
    settings, lines = load_model(path, StudyFile, StudyError)
    codebooks = load_frameworks(root / "frameworks")
    errors = list(_unknown_frameworks(settings, codebooks, path, lines))
    raise_all(errors)
    used = dict.fromkeys([settings.framework, *settings.frameworks])
    study = Study.model_construct(
        **{name: getattr(settings, name) for name in StudyFile.model_fields},
        root=root,
        codebooks={key: codebooks[key] for key in used},
    )
    raise_all(list(_contradictions(study, path, lines)))
    return study


def _unknown_frameworks(
    settings: StudyFile, codebooks: Mapping[str, Framework], path: Path, lines: dict[Location, int]
) -> Iterator[AnalysisError]:
    named: list[tuple[str, Location]] = [(settings.framework, ("framework",))]
    named += [(key, ("frameworks", i)) for i, key in enumerate(settings.frameworks)]
    for key, location in named:
        if key not in codebooks:
            yield StudyError(
                f"there is no framework {key!r}",
                where=f"{path}, line {line_of(lines, location)}",
                allowed=tuple(codebooks),
                value=key,
                fix="mend the spelling, or put its codebook into the study's frameworks/ folder",
            )


def _contradictions(study: Study, path: Path, lines: dict[Location, int]) -> Iterator[AnalysisError]:
    """Yield what can be seen wrong only when the entries are held against each other."""

    def problem(what: str, location: Location, **more: Any) -> StudyError:
        return StudyError(what, where=f"{path}, line {line_of(lines, location)}", **more)

    keys = [area.key for area in study.areas]
    for i, key in enumerate(keys):
        if key in keys[:i]:
            yield problem(f"the area {key!r} stands twice", ("areas", i), fix="keep one of the two")
    for i, source in enumerate(study.sources if study.given is None else ()):
        yield from _source_problems(study, source, ("sources", i), problem)
    outcomes = tuple(study.outcome_labels)
    if study.plan.primary_outcome not in outcomes:
        yield problem(
            f"plan.primary_outcome = {study.plan.primary_outcome!r} is no outcome of this study",
            ("plan", "primary_outcome"),
            allowed=outcomes,
            value=study.plan.primary_outcome,
        )
    for i, facet in enumerate(study.outcomes.overall):
        if facet not in study.outcomes.facets:
            yield problem(
                f"outcomes.overall names {facet!r}, which is no facet",
                ("outcomes", "overall", i),
                allowed=tuple(study.outcomes.facets),
                value=facet,
            )
    for i, hypothesis in enumerate(study.plan.hypotheses):
        yield from _reference_problems(study, hypothesis.factor, ("plan", "hypotheses", i, "factor"), problem)
        if hypothesis.outcome not in outcomes:
            yield problem(
                f"hypothesis {i + 1} names the outcome {hypothesis.outcome!r}",
                ("plan", "hypotheses", i, "outcome"),
                allowed=outcomes,
                value=hypothesis.outcome,
            )
    for code, reference in study.code_map.items():
        if reference not in (None, "ignore"):
            yield from _reference_problems(study, str(reference), ("code_map", code), problem)
    if study.intensity_in_code and _groups(study.intensity_in_code) != 1:
        yield problem(
            f"intensity_in_code = {study.intensity_in_code!r} is not a regular expression with one group",
            ("intensity_in_code",),
            fix="write it as in: strength (\\d)$",
        )
    frozen = study.plan.frozen
    if frozen and frozen.plan and plan_hash(frozen.plan) != frozen.sha256:
        yield problem(
            "plan.frozen.plan is not what was frozen: it does not fit its hash",
            ("plan", "frozen"),
            fix="restore the lines that freeze-plan wrote",
        )
    if frozen and frozen.sha256 != study.plan.sha256 and not study.plan.deviations:
        yield problem(
            f"the plan has changed since it was frozen on {frozen.on}",
            ("plan",),
            fix="restore the plan, or write the change under plan.deviations (what, why, when)",
        )


def _groups(pattern: str) -> int:
    """Return how many groups a regular expression has; -1 where it is none."""
    try:
        return re.compile(pattern).groups
    except re.error:
        return -1


def _reference_problems(study: Study, reference: str, location: Location, problem: Any) -> Iterator[AnalysisError]:
    try:
        study.resolve(reference)
    except AnalysisError as error:
        yield problem(error.what, location, allowed=error.allowed, value=error.value, fix=error.fix)


def _source_problems(study: Study, source: Source, location: Location, problem: Any) -> Iterator[AnalysisError]:
    if not study.path(source.path).exists():
        folder = study.path(source.path).parent
        there = tuple(sorted(p.name for p in folder.iterdir())) if folder.is_dir() else ()
        yield problem(
            f"there is no file {source.path}",
            (*location, "path"),
            allowed=there,
            value=Path(source.path).name,
            fix="check the path; it is relative to the study's folder",
        )
    table = TABLES[source.table]
    known = (*table.names, *CODING_COLUMNS)
    for entry in ("columns", "constants"):
        for column in getattr(source, entry):
            if column not in known and not table.open:
                yield problem(
                    f"the table {source.table} has no column {column!r}",
                    (*location, entry, column),
                    allowed=table.names,
                    value=column,
                )
    if source.layout == "wide":
        if source.table == "ratings":
            for reference in source.values:
                yield from _reference_problems(study, reference, (*location, "values", reference), problem)
        elif source.table == "outcomes":
            for facet in source.values:
                if facet not in study.outcomes.facets:
                    yield problem(
                        f"values names {facet!r}, which is no facet of the outcomes",
                        (*location, "values", facet),
                        allowed=tuple(study.outcomes.facets),
                        value=facet,
                    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of `study.yml`, from which editors complete and check it."""
    schema = StudyFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
