"""Text as LaTeX that every engine knows: signs as commands, letters with accents, places where long words may break."""

from __future__ import annotations

import re
import unicodedata

from analysis.latexlayout import LONG_WORD, SIGNS

_SIGNS = {
    "−": "$-$",
    "→": r"$\rightarrow$",
    "←": r"$\leftarrow$",
    "↔": r"$\leftrightarrow$",
    "⇒": r"$\Rightarrow$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "≠": r"$\ne$",
    "≈": r"$\approx$",
    "∞": r"$\infty$",
    "√": r"$\surd$",
    "✓": r"$\surd$",
    "∩": r"$\cap$",
    "∪": r"$\cup$",
    "∈": r"$\in$",
    "×": r"$\times$",
    "÷": r"$\div$",
    "±": r"$\pm$",
    "·": r"$\cdot$",
    "•": r"$\bullet$",
    "°": r"$^\circ$",
    "£": r"\pounds{}",
    "€": r"\texteuro{}",
    "§": r"\S{}",
    "¹": r"\textsuperscript{1}",
    "²": r"\textsuperscript{2}",
    "³": r"\textsuperscript{3}",
    "½": r"$\frac{1}{2}$",
    "…": r"\ldots{}",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "|": r"\textbar{}",
    "\u2011": "-",
    "\u00ad": r"\-",
    "\u200b": "",
    "\u00a0": "~",
    "\u202f": "~",
    "\u2009": r"\,",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "å": r"\aa{}",
    "Å": r"\AA{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "µ": r"$\mu$",
}
_MARKS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327"
_ACCENTS = dict(zip(_MARKS, "`'^~=u.\"rHvc", strict=True))
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (FINAL )?(\w+)$")
#: Greek letters that have no command, since they look like Latin ones.
_ALIKE = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True))
_QUOTE = re.compile(r'(^|(?<=[\s(]))"')
_WORD = re.compile(rf"[^\s&]{{{LONG_WORD + 1},}}")
_BREAKS = (
    (re.compile(rf"(?<=[^\W_])(?:\\_|[{SIGNS}])(?=[^\W_]|\\textasciitilde)"), r"\g<0>\\allowbreak{}"),
    (re.compile(rf"[0-9a-f]{{{LONG_WORD}}}(?=[0-9a-f])"), r"\g<0>\\allowbreak{}"),
    (re.compile(rf"[^\W\d_]{{{LONG_WORD}}}(?=[^\W_])"), r"\g<0>\\-"),
)


def in_plain_signs(latex: str) -> str:
    """Return escaped text in signs of ASCII, as far as LaTeX has commands for what it says."""
    quoted = _QUOTE.sub("``", latex).replace('"', "''").replace("--", "-{}-")
    return "".join(_sign(sign) for sign in quoted)


def with_breaks(latex: str) -> str:
    """Return escaped text whose long words may break: after a sign, or after so many letters."""

    def broken(word: re.Match[str]) -> str:
        text = word[0]
        if "*" in text:
            return text.replace("*", r"*\allowbreak{}").removesuffix(r"\allowbreak{}")
        for place, mark in _BREAKS:
            text = place.sub(mark, text)
        return text

    return _WORD.sub(broken, latex)


def foreign(latex: str) -> str:
    """Return the signs of a text that no command of LaTeX makes, each once."""
    return "".join(sorted({sign for sign in latex if not sign.isascii()}))


def _sign(sign: str) -> str:
    if sign.isascii() and sign != "|":
        return sign
    if sign in _SIGNS:
        return _SIGNS[sign]
    letter, *accents = list(unicodedata.normalize("NFD", sign))
    if len(accents) == 1 and letter.isascii() and accents[0] in _ACCENTS:
        return rf"\{_ACCENTS[accents[0]]}{{{letter}}}"
    greek = _GREEK.match(unicodedata.name(sign, ""))
    if sign in _ALIKE:
        return f"$\\mathrm{{{_ALIKE[sign]}}}$"
    if greek:
        name = ("var" if greek[2] else "") + greek[3].lower().replace("lamda", "lambda")
        return f"$\\{name.capitalize() if greek[1] == 'CAPITAL' else name}$"
    return sign
