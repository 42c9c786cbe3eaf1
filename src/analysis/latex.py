"""Tables as LaTeX that fits a page: columns that wrap, a caption that LaTeX numbers, signs that any engine knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

#: Rows from which a table runs over pages.
LONG = 36
#: Letters that a line takes upright, and on a page turned sideways; beyond that, letters are made smaller.
_UPRIGHT, _TURNED = 92, 140
#: Letters of a cell up to which its column becomes wider.
_SENTENCE = 60
_SIGNS = {
    "−": "$-$",
    "→": r"$\rightarrow$",
    "←": r"$\leftarrow$",
    "↔": r"$\leftrightarrow$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "≈": r"$\approx$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "·": r"$\cdot$",
    "²": r"\textsuperscript{2}",
    "…": r"\ldots{}",
    "\u00a0": "~",
    "\u202f": "~",
}
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
#: Words of more letters may break after a sign, or after so many letters.
_LONG_WORD = 16
_WORD = re.compile(rf"[^\s&]{{{_LONG_WORD + 1},}}")
_BREAK = re.compile(
    rf"(?<=[A-Za-z0-9])(?:\\_|[*/+.-])(?=[A-Za-z0-9]|\\textasciitilde)|[0-9a-f]{{{_LONG_WORD}}}(?=[0-9a-f])"
)
_PARTS = re.compile(
    r"\\caption\*\{\n\{\\large (?P<caption>.*?)\}\n.*?"
    r"\\toprule\n(?P<head>.*?) \\\\ ?\n\\midrule[^\n]*\n(?P<rows>.*?)\\bottomrule\n"
    r"(?:.*?\\begin\{minipage\}\{\\linewidth\}\n(?P<notes>.*?)\n?\\end\{minipage\})?",
    re.DOTALL,
)


def latex_table(
    rendered: str, name: str, written: pd.DataFrame, headings: Sequence[str], numeric: Sequence[bool]
) -> str:
    r"""Return a table as LaTeX that compiles with the packages named in its first line.

    Every column wraps (``p``), so that the table is as wide as the text; one with many columns stands sideways, one
    with many rows runs over pages.

    Parameters
    ----------
    rendered : str
        The table as great_tables makes it: its caption, rows and notes, escaped, are kept, the rest is set anew.
    name : str
        Name of the table, for its label.
    written : DataFrame
        The cells as readers see them.
    headings : sequence of str
        Headings of the columns.
    numeric : sequence of bool
        Which columns are numbers.
    """
    parts = _PARTS.search(rendered)
    assert parts is not None
    caption, head, rows = (_plain(parts[part].strip()) for part in ("caption", "head", "rows"))
    notes = _plain((parts["notes"] or "").strip())
    least, most = _letters(written, headings)
    needed = sum(least) + 2 * len(least)
    turned, long = needed > _UPRIGHT, len(written) >= LONG
    columns = "".join(
        rf">{{\{'raggedleft' if right else 'raggedright'}\arraybackslash}}"
        rf"p{{\dimexpr {share:.4f}\linewidth-2\tabcolsep\relax}}"
        for share, right in zip(_shares(least, most), numeric, strict=True)
    )
    titled = f"\\caption{{{caption}}}\\label{{tab:{name}}}"
    top, end = f"\\toprule\n{head} \\\\\n\\midrule", rf"\bottomrule{chr(10)}\end"
    if long:
        body = f"\\begin{{longtable}}{{{columns}}}\n{titled}\\\\\n{top}\n\\endhead\n{rows}\n{end}{{longtable}}"
    else:
        body = f"{titled}\n\\begin{{tabular}}{{{columns}}}\n{top}\n{rows}\n{end}{{tabular}}"
    packages, around = _environment(turned=turned, long=long)
    size = r"\scriptsize" if needed > _TURNED else r"\footnotesize"
    below = f"\n\n\\noindent\\begin{{minipage}}{{\\linewidth}}\n{notes}\n\\end{{minipage}}" if notes else ""
    inside = f"{size}\\setlength{{\\tabcolsep}}{{3pt}}\n{body}{below}"
    opened, closed = around
    return f"% needs \\usepackage{{{','.join(packages)}}}\n{opened}\n{inside}\n{closed}\n"


def _environment(*, turned: bool, long: bool) -> tuple[list[str], tuple[str, str]]:
    """Return the packages that a table needs, and what stands before and after it."""
    packages = ["array", "booktabs"]
    if long:
        around = (r"\begin{landscape}", r"\end{landscape}") if turned else (r"\begingroup", r"\endgroup")
        return [*packages, "longtable", *(["pdflscape"] if turned else [])], around
    if turned:
        return [*packages, "rotating"], (r"\begin{sidewaystable}", r"\end{sidewaystable}")
    return packages, (r"\begin{table}[tbp]", r"\end{table}")


def _plain(text: str) -> str:
    """Return LaTeX in signs that every engine knows, with places for long words to break at."""
    broken = _WORD.sub(lambda word: _BREAK.sub(r"\g<0>\\allowbreak{}", word[0]), text)
    return _SIGN.sub(lambda found: _SIGNS[found[0]], broken)


def _letters(written: pd.DataFrame, headings: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return for each column the letters of its longest word that stays in one piece, and of its longest cell."""
    least, most = [], []
    for place, title in enumerate(headings):
        cells = [str(cell) for cell in written.iloc[:, place]]
        pieces = [piece for text in (title, *cells) for word in text.split() for piece in _pieces(word)]
        least.append(max(map(len, pieces), default=1))
        most.append(max(map(len, cells), default=1))
    return least, most


def _pieces(word: str) -> list[str]:
    return re.findall(rf"[^_*/+.-]{{1,{_LONG_WORD}}}[_*/+.-]*", word) if len(word) > _LONG_WORD else [word]


def _shares(least: Sequence[int], most: Sequence[int]) -> list[float]:
    """Return the columns' shares of the width: room for every word, the rest by how much there is to say."""
    room = [letters + 2.0 for letters in least]
    line = max(_UPRIGHT, sum(room))
    more = [max(min(longest, _SENTENCE) - letters, 0) + 0.5 for letters, longest in zip(least, most, strict=True)]
    left = line - sum(room)
    return [(width + left * part / sum(more)) / line for width, part in zip(room, more, strict=True)]
