"""What a page needs of a study; a page whose needs are not met is left out, and the index says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.errors import NotebookError
from analysis.schema import SIMULATION
from analysis.study import Study

Check = Callable[[Study], bool]

#: Share of partnerships that need two informants before informants can be split.
SPLIT_SHARE = 0.5


def _columns(path: Path, columns: list[str]) -> dict[str, list[Any]]:
    from pyarrow import parquet

    return {} if not path.is_file() else parquet.read_table(path, columns=columns).to_pydict()


def _two_coders(study: Study) -> bool:
    """Two or more interviews were read by two or more coders."""
    readers: dict[str, set[str]] = {}
    for table in ("codings", "ratings"):
        found = _columns(study.processed / f"{table}.parquet", ["interview", "coder"])
        for interview, coder in zip(found.get("interview", []), found.get("coder", []), strict=True):
            readers.setdefault(interview, set()).add(coder)
    return sum(len(coders) > 1 for coders in readers.values()) > 1


def _two_informants(study: Study) -> bool:
    """Half of the partnerships have two or more informants who rated outcomes themselves."""
    found = _columns(study.processed / "outcomes.parquet", ["partnership", "interview"])
    informants: dict[str, set[str]] = {}
    for partnership, interview in zip(found.get("partnership", []), found.get("interview", []), strict=True):
        informants.setdefault(partnership, set())
        if interview is not None:
            informants[partnership].add(interview)
    several = sum(len(who) > 1 for who in informants.values())
    return several >= max(2, SPLIT_SHARE * len(informants))


def _two_sides(study: Study) -> bool:
    """Some informants are on the council's side and some on another."""
    found = _columns(study.processed / "interviews.parquet", ["sector"])
    sides = {sector in study.council_sectors for sector in found.get("sector", []) if sector is not None}
    return len(sides) == 2


def _segments(study: Study) -> bool:
    """Some codings are segments of a text."""
    return bool(_columns(study.processed / "codings.parquet", ["coding"]).get("coding"))


def _example(study: Study) -> bool:
    """All raw files were written by the project's own simulation, whose truth is known."""
    found = _columns(study.processed / "sources.parquet", ["producer"]).get("producer", [])
    return bool(found) and set(found) == {SIMULATION}


#: Need to what it means in words, and how it is checked on the tidy tables.
NEEDS: dict[str, tuple[str, Check]] = {
    "two_coders": ("interviews that two or more coders read", _two_coders),
    "two_informants": ("partnerships whose outcomes several informants rated", _two_informants),
    "two_sides": ("informants on the council's side and on another", _two_sides),
    "segments": ("codings of segments", _segments),
    "simulated": ("data that are simulated", lambda study: bool(study.simulated)),
    "example": ("raw files of the project's own simulation, whose truth is known", _example),
    "groups": ("a framework with groups of factors", lambda study: bool(study.primary.groups)),
}


def unmet(study: Study, needs: tuple[str, ...]) -> tuple[str, ...]:
    """Return in words what a study lacks of some needs.

    Raises
    ------
    NotebookError
        For a need that is not known, with the nearest.
    """
    for need in needs:
        if need not in NEEDS:
            raise NotebookError(f"there is no need {need!r}", allowed=tuple(NEEDS), value=need)
    return tuple(words for words, check in (NEEDS[need] for need in needs) if not check(study))
