"""Runs of words that stand in excerpts, looked for in what was published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.disclosure.names import words_of
from analysis.disclosure.pdftext import GAP

#: As many words in a row of an excerpt as make a quotation.
SHINGLE = 8
#: And as many as do where a cell, a line or a text holds nothing else.
ALONE = 6
#: A shorter excerpt counts as quoted where it stands as a whole, from so many words on.
SHORTEST = 5
#: So many words before and after a quotation are read for who spoke.
AROUND = 40

#: What must not both be told of who spoke.
TELLING = frozenset({"area", "role"})

Phrase = tuple[str, ...]
_GAP = GAP.strip()


@dataclass(frozen=True, slots=True)
class Quotations:
    """Excerpts, as all their runs of `SHINGLE` words.

    Parameters
    ----------
    runs : mapping of int to frozenset of str
        Number of words to the runs of so many words.
    vocabulary : frozenset of str
        Every word of them.
    short : frozenset of str
        Their runs of `ALONE` words.
    """

    runs: Mapping[int, frozenset[str]]
    vocabulary: frozenset[str]
    short: frozenset[str] = frozenset()

    def find_broken(self, words: list[str]) -> Iterator[tuple[int, int]]:
        """Yield places of words that stand in an excerpt, broken into lines or cells, or a piece of it by itself.

        Places are those among the words without gaps.
        """
        gaps = [place for place, word in enumerate(words) if word == _GAP]
        whole = [word for word in words if word != _GAP]
        yield from self.find(whole)
        before = 0
        for number, (start, end) in enumerate(pairwise([-1, *gaps, len(words)])):
            piece = words[start + 1 : end]
            if ALONE <= len(piece) < SHINGLE + 1 and self._is_of_one(piece):
                yield before, before + len(piece)
            before = end - number

    def _is_of_one(self, piece: list[str]) -> bool:
        """Say whether a piece is a run of an excerpt; its last word may be cut off."""
        last = max(len(piece) - ALONE, 1)
        return all(" ".join(piece[i : i + ALONE]) in self.short for i in range(last))

    def find(self, words: list[str]) -> Iterator[tuple[int, int]]:
        """Yield first and last place (not included) of words that stand in an excerpt."""
        if len(words) < SHORTEST or not self.vocabulary:
            return
        inside = np.fromiter((word in self.vocabulary for word in words), dtype=np.int64, count=len(words))
        total = np.concatenate([[0], np.cumsum(inside)])
        for length, runs in self.runs.items():
            starts = np.flatnonzero(total[length:] - total[:-length] == length) if len(words) >= length else ()
            end = 0
            for start in map(int, starts):
                if start >= end and " ".join(words[start : start + length]) in runs:
                    yield start, start + length
                    end = start + length


def quotations(texts: Iterable[str], allowed: Iterable[str] = ()) -> Quotations:
    """Return excerpts ready for searching.

    Parameters
    ----------
    texts : iterable of str
        Excerpts that must not be quoted.
    allowed : iterable of str
        Texts whose runs of words may stand anywhere: approved excerpts, the codebooks.
    """
    free: dict[int, set[str]] = {length: set() for length in range(SHORTEST, SHINGLE + 1)}
    for text in allowed:
        words = words_of(text)
        for length, found in free.items():
            found |= _runs(words, length)
    runs: dict[int, set[str]] = {}
    short: set[str] = set()
    vocabulary: set[str] = set()
    for text in dict.fromkeys(texts):
        words = words_of(text)
        length = min(len(words), SHINGLE)
        if length >= SHORTEST:
            runs.setdefault(length, set()).update(_runs(words, length) - free[length])
            short.update(_runs(words, ALONE) - free[ALONE])
            vocabulary.update(words)
    kept = {length: frozenset(found) for length, found in runs.items()}
    return Quotations(kept, frozenset(vocabulary), frozenset(short))


def _runs(words: list[str], length: int) -> set[str]:
    """Return the runs of so many words that say something: somebody counting aloud reads like the scale of a figure."""
    spelt = np.cumsum([0, *(not word.isdigit() for word in words)])
    said = [i for i in range(len(words) - length + 1) if 2 * (spelt[i + length] - spelt[i]) > length]
    return {" ".join(words[i : i + length]) for i in said}


@dataclass(frozen=True, slots=True)
class Speakers:
    """Approved excerpts, and what tells who spoke each.

    Parameters
    ----------
    quoted : Quotations
        The approved excerpts.
    of : mapping of str to tuple
        Run of words to the number of the excerpt, and the speaker's names of the area and of the role, each a tuple
        of words.
    """

    quoted: Quotations
    of: Mapping[str, tuple[int, Collection[Phrase], Collection[Phrase]]]

    def find(self, words: list[str]) -> Iterator[tuple[int, int]]:
        """Yield the places of approved excerpts beside which both the area and the role of the speaker are told."""
        for start, end, _, told in self.told(words):
            if told == TELLING:
                yield start, end

    def told(self, words: list[str]) -> Iterator[tuple[int, int, int, frozenset[str]]]:
        """Yield place and number of each approved excerpt, and what is told beside it: area, role, both or neither."""
        for start, end in self.quoted.find(words):
            near = [*words[max(start - AROUND, 0) : start], *words[end : end + AROUND]]
            number, *both = self.of[" ".join(words[start:end])]
            names = zip(("area", "role"), both, strict=True)
            told = {what for what, known in names if any(_holds(near, phrase) for phrase in known)}
            yield start, end, number, frozenset(told)

    def tells_area(self, name: str, number: int) -> bool:
        """Say whether the name of a file tells the area of who spoke an excerpt."""
        return any(_holds(words_of(name), phrase) for areas in self._areas(number) for phrase in areas)

    def _areas(self, number: int) -> Iterator[Collection[Phrase]]:
        yield from (areas for other, areas, _ in self.of.values() if other == number)


@dataclass(slots=True)
class Apart:
    """What several files together tell of who spoke an approved excerpt: one the role, another the area."""

    speakers: Speakers
    known: dict[int, dict[str, str]] = field(default_factory=dict)

    def look(self, name: str, text: str) -> Iterator[str]:
        """Yield in words what a text tells that another file completes."""
        words = words_of(text)
        for start, end, number, told in self.speakers.told(words):
            more = {"area"} if self.speakers.tells_area(name, number) else set()
            seen = self.known.setdefault(number, {})
            for what in sorted(told | more):
                seen.setdefault(what, name)
            if told != TELLING and seen.keys() == TELLING and name in seen.values():
                yield f"a quotation whose speaker's role and area are told apart, words {start + 1} to {end}"


def _holds(words: list[str], phrase: Phrase) -> bool:
    return any(tuple(words[i : i + len(phrase)]) == phrase for i, word in enumerate(words) if word == phrase[0])


def speakers(approved: pd.DataFrame, area_names: Mapping[str, str]) -> Speakers:
    """Return approved excerpts with what tells their speakers.

    Parameters
    ----------
    approved : DataFrame
        Columns text, area, role and shown_role.
    area_names : mapping of str to str
        Area to its name.
    """
    of: dict[str, tuple[int, Collection[Phrase], Collection[Phrase]]] = {}
    for number, row in enumerate(approved.itertuples(index=False)):
        words = words_of(row.text)
        areas = {tuple(words_of(str(name))) for name in (row.area, area_names.get(row.area, row.area))}
        roles = {tuple(words_of(str(name))) for name in (row.role, row.shown_role)} - {()}
        for run in _runs(words, min(len(words), SHINGLE)):
            of[run] = (number, areas, roles)
    return Speakers(quotations(approved["text"]), of)


def codebook_texts(factors: pd.DataFrame) -> list[str]:
    """Return the texts of the codebooks, whose words informants may use and pages show."""
    texts = [frame.dropna() for _, frame in factors.items() if pd.api.types.is_string_dtype(frame)]
    return pd.concat(texts).astype("str").unique().tolist() if texts else []
