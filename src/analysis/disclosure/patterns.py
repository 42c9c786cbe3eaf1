"""Personal data and traces of this machine that can be told by their form."""

from __future__ import annotations

import getpass
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.anonymise import PATTERNS, nhs_number_is_valid

_GENERIC_LOGINS = frozenset(
    ("root", "user", "admin", "administrator", "runner", "jovyan", "ubuntu", "debian", "vagrant", "docker", "localhost")
)
# Each begins with what it can't do without, which is what makes a search fast.
_UNIX_PATH = r"/(?<![\w.:/-]/)(?:home|Users|root|tmp|var/folders|private/var|mnt|media|workspaces?|srv)/[\w.@-]+"
_OTHER_PATH = re.compile(r"\b[A-Za-z]:\\{1,2}(?:Users|Documents|Windows|Temp|[\w-]+\\)|\bfile:///?\w")
#: Hosts of namespaces and identifiers that file formats themselves write down.
_NAMESPACES = re.compile(
    r"https?://(?:[\w-]+\.)*(?:w3\.org|purl\.org|creativecommons\.org|schema\.org|w3id\.org|doi\.org|spdx\.org|"
    r"openxmlformats\.org|schemas\.microsoft\.com|ns\.adobe\.com|matplotlib\.org|opensource\.org)(?:[/#]|$)"
)


@dataclass(frozen=True, slots=True)
class Patterns:
    """Personal data and traces of the machine that can be told by their form.

    Parameters
    ----------
    compiled : mapping of str to re.Pattern
        Kind to expression.
    own : frozenset of str
        Addresses that the project or the study itself gives.
    """

    compiled: Mapping[str, re.Pattern[str]]
    own: frozenset[str] = frozenset()

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield kind, first and last place (not included) of what is found in a text."""
        for kind, expression in self.compiled.items():
            if not _worth_trying(kind, text):
                continue
            for match in expression.finditer(text):
                if _counts(kind, match.group(), self.own):
                    yield kind, *match.span()


#: What a text must hold for a pattern to be worth trying; most texts hold none of it.
_MARKS = {"email": ("@",), "url": ("://", "www."), "drive": ("\\", "file:")}
_NINE_DIGITS = re.compile(r"\d(?:[\s()-]{0,2}\d){8}")
_PARTS = {
    "phone": _NINE_DIGITS,
    "nhs_number": _NINE_DIGITS,
    "ni_number": re.compile(r"\d{2}\s?\d{2}\s?\d{2}\s?[A-Da-d]"),
    "postcode": re.compile(r"\d[A-Za-z\d]?\s?\d[A-Za-z]{2}|GIR"),
}
#: As people write them without care: small letters, or no blank. What hashes are full of, small and without a blank,
#: is no postcode, and two letters before a postcode's first digit are an area of the Royal Mail.
_CARELESS = {
    "ni_number": r"\b[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[a-d]\b",
    "postcode": r"\b[A-Z]{1,2}\d[A-Z\d]?\d[ABD-HJLNP-UW-Z]{2}\b|\b[a-z]{1,2}\d[a-z\d]?\s\d[abd-hjlnp-uw-z]{2}\b",
}
_POSTAL_AREAS = frozenset(
    re.findall(
        r"\w+",
        """ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en ex fk
        fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn
        np nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw
        ub w wa wc wd wf wn wr ws wv yo ze""",
    )
)


def _worth_trying(kind: str, text: str) -> bool:
    if kind in _PARTS:
        return _PARTS[kind].search(text) is not None
    return kind not in _MARKS or any(mark in text for mark in _MARKS[kind])


def _counts(kind: str, found: str, own: frozenset[str]) -> bool:
    """Say whether a match is what it looks like: digits of tables and addresses of formats are not."""
    if kind == "url":
        address = found.rstrip(".,;:)'\"]}>")
        return not _NAMESPACES.match(address) and not any(address.startswith(known) for known in own)
    if kind == "email":
        return found.rpartition(".")[2].isalpha() and found.casefold() not in own
    if kind == "phone":
        return max(map(len, re.findall(r"\d+", found))) >= 3
    if kind == "postcode":
        return found.startswith("GIR") or re.split(r"\d", found.casefold())[0] in _POSTAL_AREAS
    return kind != "nhs_number" or nhs_number_is_valid(found)


def patterns(own: Iterable[str], folders: Iterable[Path], machine: Iterable[str]) -> Patterns:
    """Return the patterns of personal data, absolute paths, and this machine's user and name.

    Parameters
    ----------
    own : iterable of str
        Addresses that may stand in the report.
    folders : iterable of Path
        Folders of this machine that must not be named.
    machine : iterable of str
        Names of its user and of itself.
    """
    # Digits with a letter right behind them are part of something else, such as a hash.
    whole = {kind: rf"(?<![\w.,]){form}(?!\w)" if kind in _DIGITS else form for kind, form in PATTERNS.items()}
    whole |= {kind: f"{whole[kind]}|{form}" for kind, form in _CARELESS.items()}
    compiled = {kind: re.compile(form) for kind, form in whole.items()}
    known = sorted({str(folder) for folder in folders if len(folder.parts) > 2}, key=len, reverse=True)
    below = "|".join(re.escape(folder[1:]) for folder in known if folder.startswith("/"))
    compiled["path"] = re.compile(_UNIX_PATH + (rf"|/(?<![\w.]/)(?:{below})(?!\w)" if below else ""))
    compiled["drive"] = _OTHER_PATH
    named = [name for name in machine if name.casefold() not in _GENERIC_LOGINS and len(name) >= 4]
    if named:
        either = "|".join(re.escape(name) for name in named)
        compiled["machine"] = re.compile(rf"(?<![\w-])(?:{either})(?![\w-])")
    return Patterns(compiled, frozenset(own))


_DIGITS = ("phone", "nhs_number")


def machine_names() -> tuple[str, ...]:
    """Return the name of the user and of the machine, as far as they can be had."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = ""
    host = platform.node()
    return tuple(dict.fromkeys(name for name in (user, Path.home().name, host, host.partition(".")[0]) if name))


def machine_folders(root: Path, project: Path) -> tuple[Path, ...]:
    """Return the folders of this machine that a report could give away."""
    return tuple(dict.fromkeys([root.resolve(), project.resolve(), Path.home(), Path(sys.prefix)]))
