"""Runs of words that stand in excerpts, looked for in what was published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.disclosure.names import words_of

#: As many words in a row of an excerpt as make a quotation.
SHINGLE = 8
#: A shorter excerpt counts as quoted where it stands as a whole, from so many words on.
SHORTEST = 5
#: So many words before and after a quotation are read for who spoke.
AROUND = 40

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quotations:
    """Excerpts, as all their runs of `SHINGLE` words.

    Parameters
    ----------
    runs : mapping of int to frozenset of str
        Number of words to the runs of so many words.
    vocabulary : frozenset of str
        Every word of them.
    """

    runs: Mapping[int, frozenset[str]]
    vocabulary: frozenset[str]

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
    vocabulary: set[str] = set()
    for text in dict.fromkeys(texts):
        words = words_of(text)
        length = min(len(words), SHINGLE)
        if length >= SHORTEST:
            runs.setdefault(length, set()).update(_runs(words, length) - free[length])
            vocabulary.update(words)
    return Quotations({length: frozenset(found) for length, found in runs.items()}, frozenset(vocabulary))


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
        Run of words to the speaker's names of the area and names of the role, each a tuple of words.
    """

    quoted: Quotations
    of: Mapping[str, tuple[Collection[Phrase], Collection[Phrase]]]

    def find(self, words: list[str]) -> Iterator[tuple[int, int]]:
        """Yield the places of approved excerpts beside which both the area and the role of the speaker are told."""
        for start, end in self.quoted.find(words):
            near = [*words[max(start - AROUND, 0) : start], *words[end : end + AROUND]]
            both = self.of[" ".join(words[start:end])]
            if all(any(_holds(near, phrase) for phrase in names) for names in both):
                yield start, end


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
    of: dict[str, tuple[Collection[Phrase], Collection[Phrase]]] = {}
    for row in approved.itertuples(index=False):
        words = words_of(row.text)
        areas = {tuple(words_of(str(name))) for name in (row.area, area_names.get(row.area, row.area))}
        roles = {tuple(words_of(str(name))) for name in (row.role, row.shown_role)} - {()}
        for run in _runs(words, min(len(words), SHINGLE)):
            of[run] = (areas, roles)
    return Speakers(quotations(approved["text"]), of)


def codebook_texts(factors: pd.DataFrame) -> list[str]:
    """Return the texts of the codebooks, whose words informants may use and pages show."""
    texts = [frame.dropna() for _, frame in factors.items() if pd.api.types.is_string_dtype(frame)]
    return pd.concat(texts).astype("str").unique().tolist() if texts else []
