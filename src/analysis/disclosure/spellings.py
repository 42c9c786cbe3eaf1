"""Other ways in which a name may be written: joined, turned round, without `and`, with umlauts spelt out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

Phrase = tuple[str, ...]

#: Kinds of persons, whose names are also written surname first.
PERSONS = ("name", "coder", "interview")
#: Kinds of names that may be joined to one word, as in the name of a file, or stand in neighbouring cells.
JOINED = (*PERSONS, "area", "partnership")
#: Shorter joined names could be plain words, and shorter letters beside digits part of a hash.
LEAST_JOINED, LEAST_GLUED = 7, 5
_LETTERS = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
_LETTER = re.compile(f"[{''.join(_LETTERS)}]")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def folded(text: str) -> str:
    """Return a text with letters that have no accents, in plain forms."""
    plain = _LETTER.sub(lambda letter: _LETTERS[letter[0]], text)
    return _MARKS.sub("", unicodedata.normalize("NFKD", plain))


def spelt_out(name: str) -> str:
    """Return a name with its umlauts spelt out, as it is where it has none."""
    return unicodedata.normalize("NFC", name).translate(_SPELT_OUT)


def is_spread(kind: str, phrase: Phrase) -> bool:
    """Say whether a name may stand in neighbouring cells or lines: words alone, no numbers."""
    return kind in JOINED and len(phrase) > 1 and all(word.isalpha() for word in phrase)


def turned(kind: str, phrase: Phrase) -> Iterator[Phrase]:
    """Yield other orders and joinings of a name's words."""
    if not is_spread(kind, phrase):
        return
    if kind in PERSONS:
        yield (phrase[-1], *phrase[:-1])
    without = tuple(word for word in phrase if word != "and")
    if 1 < len(without) < len(phrase):
        yield without
    for words in dict.fromkeys((phrase, without)):
        if len("".join(words)) >= LEAST_JOINED:
            yield ("".join(words),)


def glued(words: Sequence[str] | set[str]) -> set[str]:
    """Return the letters of words that have digits as well."""
    mixed = (word for word in words if not word.isalpha() and not word.isdigit())
    return {part for word in mixed for part in re.findall(r"[^\W\d_]+", word) if len(part) >= LEAST_GLUED}
