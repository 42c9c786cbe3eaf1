"""Protection of persons on the way in: the search for personal data, and pseudonyms from a keyed hash."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.errors import AnonymisationError
from analysis.settings import Waiver

FINDINGS = ("file", "row", "kind", "masked")

#: Kinds of personal data that a pattern can find, as they are written in the United Kingdom.
PATTERNS: dict[str, str] = {
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "url": r"(?:https?://|www\.)\S+",
    "phone": r"(?<![\w.])(?:\+44[\s-]?(?:\(0\)[\s-]?)?|\(?0)(?:\d[\s()-]{0,2}){8,9}\d(?![\w])",
    "postcode": r"\b(?:GIR\s?0AA|[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2})\b",
    "ni_number": r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b",
    "nhs_number": r"(?<![\d-])\d{3}[\s-]?\d{3}[\s-]?\d{4}(?![\d-])",
}


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for.

    Parameters
    ----------
    names : tuple of str
        Names of persons that must not occur, matched as whole words whatever their case.
    patterns : dict of str to str
        Kind to regular expression.
    """

    names: tuple[str, ...] = ()
    patterns: dict[str, str] = field(default_factory=lambda: dict(PATTERNS))

    def expressions(self) -> dict[str, re.Pattern[str]]:
        """Return kind to compiled expression."""
        found = {kind: re.compile(pattern) for kind, pattern in self.patterns.items()}
        names = sorted({name.strip() for name in self.names if name.strip()}, key=len, reverse=True)
        if names:
            either = "|".join(re.escape(name) for name in names)
            found["name"] = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
        return found


def nhs_number_is_valid(digits: str) -> bool:
    """Say whether ten digits carry the NHS number's check digit (modulus 11)."""
    numbers = [int(d) for d in digits if d.isdigit()]
    if len(numbers) != 10:
        return False
    check = 11 - sum(d * w for d, w in zip(numbers, range(10, 1, -1), strict=False)) % 11
    return check != 10 and numbers[9] == check % 11


def mask(text: str, start: int, end: int, around: int = 12) -> str:
    """Return the surroundings of a finding with the finding itself put out of sight."""
    before, after = text[max(0, start - around) : start], text[end : end + around]
    return re.sub(r"\s+", " ", f"...{before}[{'#' * min(end - start, 8)}]{after}...")


def search(texts: pd.Series, file: str, rows: Sequence[int], wanted: Search) -> pd.DataFrame:
    """Return where personal data stand in a column of texts: file, row, kind, masked surroundings.

    Parameters
    ----------
    texts : Series of str
        The cells; missing ones are passed over.
    file : str
        Name of the raw file.
    rows : sequence of int
        Row (or element) number of each cell in that file.
    wanted : Search
        What to look for.
    """
    found: list[tuple[str, int, str, str]] = []
    numbers = pd.Series(list(rows), index=texts.index)
    cells = texts.dropna().astype("str")
    for kind, expression in wanted.expressions().items():
        for index, text in cells[cells.str.contains(expression)].items():
            found += [
                (file, int(numbers[index]), kind, mask(text, match.start(), match.end()))
                for match in expression.finditer(text)
                if kind != "nhs_number" or nhs_number_is_valid(match.group())
            ]
    return pd.DataFrame(found, columns=list(FINDINGS))


def waive(findings: pd.DataFrame, waivers: Iterable[Waiver]) -> pd.DataFrame:
    """Return the findings with a column `waived`: the reason where a waiver covers one, else empty."""
    reasons = pd.Series("", index=findings.index, dtype="str")
    for waiver in waivers:
        covered = (findings["file"] == Path(waiver.file).name) & (findings["kind"] == waiver.kind)
        if waiver.row is not None:
            covered &= findings["row"] == waiver.row
        reasons = reasons.mask(covered & (reasons == ""), waiver.reason)
    return findings.assign(waived=reasons)


def require_clean(findings: pd.DataFrame, most: int = 20) -> None:
    """Stop where a finding is not waived.

    Raises
    ------
    AnonymisationError
        With file, row, kind and masked surroundings of up to `most` findings.
    """
    standing = findings[findings["waived"] == ""]
    if standing.empty:
        return
    listed = "\n".join(
        f"    {row.file}, row {row.row}: {row.kind}: {row.masked}"
        for row in standing.head(most).itertuples(index=False)
    )
    more = f"\n    and {len(standing) - most} more" if len(standing) > most else ""
    raise AnonymisationError(
        f"{len(standing)} places look like personal data\n{listed}{more}",
        where=", ".join(sorted(set(standing["file"]))),
        fix="take them out in the coding tool and export again, or waive them under anonymisation.waive in "
        "study.yml (file, kind, reason); nothing has been processed",
    )


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Stable pseudonyms: HMAC-SHA-256 under the study's key, shortened to five letters and digits.

    Parameters
    ----------
    key : bytes
        Whoever lacks it can't test a guess of a name against a pseudonym.
    """

    key: bytes

    def of(self, kind: str, names: Iterable[object]) -> dict[str, str]:
        """Return name to pseudonym, such as `coder-4k7qd`, different for every name.

        Parameters
        ----------
        kind : str
            What is named; it goes before the pseudonym and into the hash.
        names : iterable
            The names; equal names, once stripped of blanks around them, get equal pseudonyms.
        """
        given = sorted({str(name) for name in names})
        length = 5
        while True:
            made = {name: f"{kind}-{self._digest(kind, name)[:length]}" for name in given}
            if len(set(made.values())) == len({name.strip() for name in given}):
                return made
            length += 1

    def _digest(self, kind: str, name: str) -> str:
        code = hmac.new(self.key, f"{kind}\0{name.strip()}".encode(), hashlib.sha256).digest()
        return base64.b32encode(code).decode().lower().rstrip("=")


def load_pseudonyms(path: Path) -> Pseudonyms:
    """Return the pseudonyms under the key in `path`; a new key is made and kept there where none is.

    Raises
    ------
    AnonymisationError
        Where the file holds fewer than 32 characters.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        path.chmod(0o600)
    key = path.read_text(encoding="ascii", errors="replace").strip()
    if len(key) < 32:
        raise AnonymisationError(
            f"the key for pseudonyms has {len(key)} characters; it needs 32 or more",
            where=str(path),
            fix="delete the file (a new key is made; pseudonyms then change) or restore the old key",
        )
    return Pseudonyms(key.encode())
