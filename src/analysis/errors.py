"""The errors a user can meet: each says what is wrong, where, what is allowed and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import process


def nearest(value: object, allowed: Iterable[object], *, cutoff: float = 60.0) -> str | None:
    """Return the allowed value whose spelling is closest to `value`, or None where nothing is close.

    Parameters
    ----------
    value : object
        What was found.
    allowed : iterable
        What could have stood there.
    cutoff : float
        The least similarity, in 0-100 (normalised indel similarity).
    """
    match = process.extractOne(str(value), [str(item) for item in allowed], score_cutoff=cutoff)
    return None if match is None else match[0]


class AnalysisError(Exception):
    """A problem that the user can mend, shown without a traceback.

    Parameters
    ----------
    what : str
        What is wrong, in one sentence.
    where : str
        File, line, row, column, cell or page.
    allowed : sequence of str
        The values that would have been accepted.
    value : object
        The offending value; with `allowed` it yields the nearest match.
    fix : str
        What to do about it, in one sentence.
    """

    exit_code = 1
    kind = "error"

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        allowed: Sequence[object] = (),
        value: object = None,
        fix: str = "",
    ) -> None:
        self.what = what
        self.where = where
        self.allowed = tuple(str(item) for item in allowed)
        self.value = value
        self.fix = fix
        self.nearest = None if value is None or not self.allowed else nearest(value, self.allowed)
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [f"{self.kind}: {self.what}"]
        if self.where:
            lines.append(f"  where:   {self.where}")
        if self.allowed:
            lines.append(f"  allowed: {_listed(self.allowed)}")
        if self.nearest:
            lines.append(f"  nearest: {self.nearest}")
        if self.fix:
            lines.append(f"  to mend: {self.fix}")
        return "\n".join(lines)


def _listed(values: Sequence[str], most: int = 20) -> str:
    shown = ", ".join(values[:most])
    return shown if len(values) <= most else f"{shown}, ... ({len(values)} in all)"


class StudyError(AnalysisError):
    """The study description or a framework's codebook is wrong."""

    exit_code = 3
    kind = "study error"


class DataError(AnalysisError):
    """A raw file can't be read, or its content breaks a rule of the tidy tables."""

    exit_code = 4
    kind = "data error"


class AnonymisationError(AnalysisError):
    """Personal data stand in what was to be read."""

    exit_code = 5
    kind = "anonymisation error"


class NotebookError(AnalysisError):
    """A page failed, or was given parameters it does not know."""

    exit_code = 6
    kind = "notebook error"


class DisclosureError(AnalysisError):
    """Something that must not leave the study stands in what would be published."""

    exit_code = 7
    kind = "disclosure error"


class MethodError(AnalysisError, ValueError):
    """A method was given data or settings it can't work with."""

    exit_code = 8
    kind = "method error"


class GroupedError(AnalysisError):
    """Several problems found in one pass, shown together so that they can be mended together."""

    def __init__(self, errors: Sequence[AnalysisError]) -> None:
        self.errors = tuple(errors)
        self.exit_code = self.errors[0].exit_code
        self.kind = self.errors[0].kind
        super().__init__("; ".join(error.what for error in self.errors))

    def __str__(self) -> str:
        return "\n\n".join(str(error) for error in self.errors)
