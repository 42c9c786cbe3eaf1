"""How many models the data leave open, and the pairs behind an intermediate solution."""

from __future__ import annotations

from dataclasses import dataclass

Model = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """The intermediate solution of one conservative and one parsimonious model.

    Attributes
    ----------
    name : str
        `"C1P2"`: first conservative, second parsimonious model.
    conservative, parsimonious : tuple of str
        The two models.
    easy, difficult : tuple of int
        Row numbers of the remainders that the parsimonious model assumes: in line with the expectations, and
        not.
    prime_implicants : tuple of str
    models : tuple of models
    """

    name: str
    conservative: Model
    parsimonious: Model
    easy: tuple[int, ...]
    difficult: tuple[int, ...]
    prime_implicants: tuple[str, ...]
    models: tuple[Model, ...]


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """How many models the data leave open, by both definitions in use.

    Attributes
    ----------
    minimal : int
        Models with the fewest prime implicants (the R package's default), counted exactly.
    irredundant : int or None
        Models of which no term can be dropped (QCApro, cna); None for an intermediate solution.
    irredundant_complete : bool
        False where the count of irredundant models was stopped: then it is a lower bound.
    conditions, cases : int
        What the table was made of.
    """

    minimal: int
    irredundant: int | None
    irredundant_complete: bool
    conditions: int
    cases: int

    @property
    def summary(self) -> str:
        """One sentence, with the remedy where many models tie."""
        if self.minimal == 1 and self.irredundant in (1, None):
            return "The data single out one model."
        more = "" if self.irredundant_complete else "at least "
        also = f" ({more}{self.irredundant:,} without a redundant term)" if self.irredundant else ""
        fits = "model fits" if self.minimal == 1 else "models fit"
        text = f"{self.minimal:,} {fits} equally with the fewest terms{also}"
        if self.minimal > 3:
            text += (
                f": {self.conditions} conditions are too many for {self.cases} cases to decide between them; "
                "report all, and take fewer conditions"
            )
        return f"{text}."
