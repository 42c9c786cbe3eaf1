"""Words of a text, and names looked for among them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from analysis.disclosure.own import NO_WORDS, Words
from analysis.disclosure.pdftext import GAP
from analysis.disclosure.spellings import JOINED, folded, glued, is_spread, spelt_out, turned

_WORD = re.compile(rf"[^\W_]+|{GAP.strip()}")
_GAP = GAP.strip()
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
#: A "name" made of such words alone tells no person.
_PLACEHOLDERS = frozenset(
    re.findall(
        r"\w+",
        """coder reader rater researcher analyst interviewer interviewee informant participant respondent person user
        admin first second third fourth fifth one two three four five six seven eight nine ten a b c d e f team new old
        final interview transcript document text file source audio clean copy version data codings project untitled
        default docx doc txt pdf rtf odt""",
    )
)


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters without accents, and the gaps between pieces that stand apart."""
    if not text.isascii():
        text = folded(_INVISIBLE.sub("", text))
    return _WORD.findall(text.casefold())


@dataclass(frozen=True, slots=True)
class Phrases:
    """Names and the like, each a sequence of words.

    Parameters
    ----------
    known : mapping of tuple of str to str
        Words to kind.
    exact : mapping of tuple of str to re.Pattern
        Phrases that count only as they are written: single words that are names when they have a capital.
    spread : frozenset of tuple of str
        Phrases that count across gaps as well: in neighbouring cells, or broken into lines.
    """

    known: Mapping[tuple[str, ...], str]
    exact: Mapping[tuple[str, ...], re.Pattern[str]] = field(default_factory=dict)
    spread: frozenset[tuple[str, ...]] = frozenset()
    by_first: Mapping[str, tuple[tuple[str, ...], ...]] = field(init=False)

    def __post_init__(self) -> None:
        grouped: dict[str, list[tuple[str, ...]]] = {}
        for phrase in self.known:
            grouped.setdefault(phrase[0], []).append(phrase)
        object.__setattr__(self, "by_first", {first: tuple(found) for first, found in grouped.items()})

    def find(
        self, words: list[str], text: str, *, anyhow: Container[str] = ()
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield kind and words of every phrase that occurs; of the kinds `anyhow`, however it is written."""
        distinct = set(words)
        seen: set[tuple[str, ...]] = set()
        for phrase in self._standing(words, distinct):
            kind = self.known[phrase]
            if phrase not in seen and (kind in anyhow or self._as_written(phrase, text)):
                seen.add(phrase)
                yield kind, phrase

    def _as_written(self, phrase: tuple[str, ...], text: str) -> bool:
        written = self.exact.get(phrase)
        if written is None or written.search(text):
            return True
        return not text.isascii() and written.search(folded(_INVISIBLE.sub("", text))) is not None

    def _standing(self, words: list[str], distinct: set[str]) -> Iterator[tuple[str, ...]]:
        """Yield phrases that stand among words; some across gaps, and some glued to digits."""
        present = self.by_first.keys() & distinct
        if present:
            yield from _in_a_row(words, present, self.by_first)
        if _GAP in distinct:
            first = {word: tuple(p for p in self.by_first[word] if p in self.spread) for word in present}
            if any(first.values()):
                yield from _in_a_row([word for word in words if word != _GAP], first.keys(), first)
        for part in glued(distinct) & self.by_first.keys():
            if (part,) in self.known and (part,) not in self.exact and self.known[(part,)] in JOINED:
                yield (part,)


def _in_a_row(
    words: list[str], present: Container[str], by_first: Mapping[str, tuple[tuple[str, ...], ...]]
) -> Iterator[tuple[str, ...]]:
    for place, word in enumerate(words):
        if word in present:
            for phrase in by_first[word]:
                if tuple(words[place : place + len(phrase)]) == phrase:
                    yield phrase


#: A single word up to this long that reports use themselves is no sign of a person wherever it stands.
SHORT = 6
_DATES = frozenset(
    re.findall(
        r"\w+",
        """january february march april may june july august september october november december
        monday tuesday wednesday thursday friday saturday sunday""",
    )
)
UNLIKE = "a number, initials or a placeholder alone"
COMMON = "a short word that reports use themselves"
WRITTEN = f"{COMMON}: looked for with a capital"
SELDOM = f"{COMMON} in few places: looked for everywhere else"
#: So many different words behind a word are few.
FEW = 3
CAPITAL = f"{COMMON}: looked for with a capital within a sentence"
#: Kinds of names that a study hides on purpose, looked for as widely as the words of reports let it.
HIDDEN = ("area", "partnership", "name")


def phrases(names: Iterable[tuple[str, str]], published: Iterable[str], own: Words = NO_WORDS) -> Phrases:
    """Return names ready for searching, without those that tell nobody and those that the study publishes.

    Parameters
    ----------
    names : iterable of (kind, name)
        Raw names; document names are searched with and without their endings.
    published : iterable of str
        Labels that stand in the report on purpose: areas, partnerships, factors, roles.
    own : Words
        Words that reports use themselves.
    """
    free = {tuple(words_of(label)) for label in published}
    known: dict[tuple[str, ...], str] = {}
    exact: dict[tuple[str, ...], re.Pattern[str]] = {}
    spread: set[tuple[str, ...]] = set()
    for kind, name in names:
        for form in _forms(name):
            phrase, hard = tuple(words_of(form)), unscannable(kind, form, own)
            if phrase in free or hard in (UNLIKE, COMMON):
                continue
            known.setdefault(phrase, kind)
            if hard == CAPITAL:
                exact[phrase] = re.compile(rf"(?<=[a-z][ ,;(]){re.escape(form.capitalize())}(?!\w)")
            elif hard in (SELDOM, WRITTEN):
                exact[phrase] = _but_for_own(form, hard, own)
            elif len(phrase) == 1 and form.isalpha() and kind in ("coder", "interview", "document"):
                exact[phrase] = _as_a_name(form)
            elif len(phrase) > 1 and any(word.isdigit() for word in phrase):
                exact[phrase] = _in_one_sentence(phrase)
            others = [way for way in turned(kind, phrase) if way not in free and not own.anywhere.issuperset(way)]
            known |= {way: kind for way in others if way not in known}
            ways = {way for way in (phrase, *others) if is_spread(kind, way)}
            spread |= {way for way in ways if not own.anywhere.issuperset(way)}
    return Phrases(known, exact, frozenset(spread))


def _in_one_sentence(phrase: tuple[str, ...]) -> re.Pattern[str]:
    """Return words and numbers that no full stop parts: "... for each session. 2 areas" does not name session-2."""
    return re.compile(r"(?![.!?]\s)[\W_]+".join(map(re.escape, phrase)), re.IGNORECASE)


def _as_a_name(form: str) -> re.Pattern[str]:
    """Return a single word as it is written, in capitals or with one, with its accents or without."""
    ways = {way for one in (form, folded(form)) for way in (one, one.capitalize(), one.upper())}
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(way) for way in sorted(ways))})(?!\w)")


def _but_for_own(name: str, hard: str, own: Words) -> re.Pattern[str]:
    """Return a name however it is written, or with a capital, but for the words that reports have behind it."""
    after = "|".join(sorted(map(re.escape, own.followed.get(name.casefold(), ()))))
    behind = rf"(?!\W+(?i:{after})\b)" if after and hard == SELDOM else ""
    written = (
        f"(?i:{re.escape(name)})" if hard == SELDOM else f"{re.escape(name.capitalize())}|{re.escape(name.upper())}"
    )
    return re.compile(rf"(?<!\w)(?:{written})(?!\w){behind}")


def _forms(name: str) -> Iterator[str]:
    """Yield a name as it is written, without the ending of a file, and with umlauts spelt out."""
    stem = re.sub(r"\.[A-Za-z0-9]{2,5}$", "", name.strip())
    yield from dict.fromkeys((name.strip(), stem, spelt_out(stem)))


def unscannable(kind: str, name: str, own: Words = NO_WORDS) -> str:
    """Return why a name can't be looked for, or not everywhere; empty where it can.

    A report is full of numbers and plain words, so an interview called `7` or a document called `Trust` would be
    found on every page. Persons' names that are such words are looked for where a sentence has them with a capital;
    places and listed names, wherever the reports' own words do not have them.

    Parameters
    ----------
    kind : str
        interview, document, coder, name and so on.
    name : str
        As the raw files have it.
    own : Words
        Words that reports use themselves.
    """
    phrase = tuple(words_of(name))
    if not tells(phrase):
        return UNLIKE
    if len(phrase) > 1 or len(phrase[0]) > SHORT:
        return ""
    if phrase[0] in _DATES or (phrase[0] in own.anywhere and kind in ("document", "file")):
        return COMMON
    if kind in HIDDEN:
        return _seldom_or_often(phrase[0], own)
    return CAPITAL if phrase[0] in own.anywhere else ""


def _seldom_or_often(word: str, own: Words) -> str:
    """Return how far the words of reports let the name of a place, or one on the study's list, be looked for."""
    if word in own.capital:
        return CAPITAL
    if word not in own.small and word not in own.followed:
        return ""
    return SELDOM if 0 < len(own.followed.get(word, ())) <= FEW else WRITTEN


def not_looked_for(names: Iterable[tuple[str, str]], own: Words = NO_WORDS) -> list[tuple[str, str, int]]:
    """Return kind, reason and number of the names that the scan can't look for as they stand; the names stay untold."""
    why = Counter((kind, unscannable(kind, list(_forms(name))[-1], own)) for kind, name in dict.fromkeys(names))
    return sorted((kind, reason, number) for (kind, reason), number in why.items() if reason)


def tells(phrase: tuple[str, ...]) -> bool:
    """Say whether words can be told from any others: not numbers, initials or placeholders alone."""
    own = [word for word in phrase if word not in _PLACEHOLDERS and not word.isdigit()]
    return any(len(word) >= 3 for word in own) or (bool(own) and len("".join(phrase)) >= 4)
