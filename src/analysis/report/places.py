"""The map of a study: its areas with their partnerships and interviews, none so small that it tells of a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.study import Study

#: So many marks stand in a row at most; where there are more interviews, a mark stands for several.
MARKS = 40


@dataclass(frozen=True, slots=True)
class Place:
    """An area with its partnerships, as the overview shows them.

    Parameters
    ----------
    name : str
        Name of the area.
    partnerships : int
        How many.
    interviews : str
        How many, or that they are too few to say.
    marks : int
        How many marks stand for the interviews; none where they are too few to say.
    """

    name: str
    partnerships: int
    interviews: str
    marks: int


@dataclass(frozen=True, slots=True)
class StudyMap:
    """All areas by name, and how many interviews a mark stands for."""

    places: tuple[Place, ...]
    per_mark: int


def study_map(study: Study) -> StudyMap:
    """Return areas with their numbers of partnerships and interviews; small numbers of interviews are not told."""
    if not (study.processed / "interviews.parquet").is_file():
        return StudyMap((), 1)
    partnerships, interviews = _column(study, "partnerships", "area"), _column(study, "interviews", "area")
    least = study.disclosure.min_cell
    areas = dict(zip(_column(study, "areas", "area"), _column(study, "areas", "name"), strict=True))
    counts = {area: interviews.count(area) for area in areas}
    per_mark = -(-max(counts.values(), default=1) // MARKS) or 1
    places = []
    for area, name in areas.items():
        told = counts[area] >= least or not counts[area]
        written = str(counts[area]) if told else f"fewer than {least}"
        places.append(Place(name, partnerships.count(area), written, round(counts[area] / per_mark) if told else 0))
    return StudyMap(tuple(sorted(places, key=lambda place: place.name)), per_mark)


def _column(study: Study, table: str, name: str) -> Sequence[str]:
    from pyarrow import parquet

    read = parquet.read_table(study.processed / f"{table}.parquet", columns=[name])
    return list(read.column(name).to_pylist())
