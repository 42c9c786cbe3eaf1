"""Tables as LaTeX that fits a page: columns that wrap, a caption that LaTeX numbers, signs that any engine knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.latexlayout import COLUMN_SPACE, ROW_SPACE, Part, lay_out
from analysis.latexsigns import foreign, in_plain_signs, with_breaks

_PARTS = re.compile(
    r"\\caption\*\{\n\{\\large (?P<caption>.*?)\}\n.*?"
    r"\\toprule\n(?P<head>.*?) \\\\ ?\n\\midrule[^\n]*\n(?P<rows>.*?)\\bottomrule\n"
    r"(?:.*?\\begin\{minipage\}\{\\linewidth\}\n(?P<notes>.*?)\n?\\end\{minipage\})?",
    re.DOTALL,
)
_CELLS, _LINES = re.compile(r"(?<!\\) ?& ?"), re.compile(r" ?\\\\[ \t]*(?:\n|$)")

#: Makes some columns of the table, with caption and notes, as great_tables sets them.
Render = Callable[[Sequence[int]], str]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a table says: its texts in LaTeX."""

    caption: str
    head: str
    rows: str
    notes: tuple[str, ...]
    label: str


def latex_table(
    render: Render,
    name: str,
    written: pd.DataFrame,
    headings: Sequence[str],
    numeric: Sequence[bool],
    notes: Sequence[str] = (),
) -> str:
    r"""Return a table as LaTeX that compiles with the packages named in its first line.

    Every column wraps (``p``), so that the table is as wide as the text; one with many columns stands sideways or,
    where that is too narrow as well, in parts; one higher than a page runs over several.

    Parameters
    ----------
    render : callable
        Makes columns of the table by great_tables: its caption, rows and notes, escaped, are kept, the rest is set
        anew.
    name : str
        Name of the table, for its label.
    written : DataFrame
        The cells as readers see them.
    headings : sequence of str
        Headings of the columns.
    numeric : sequence of bool
        Which columns are numbers.
    notes : sequence of str
        Notes under it, as far as they take room.
    """
    parts = lay_out(written, headings, numeric, "\n".join(notes))
    set_anew = []
    for number, part in enumerate(parts, start=1):
        said = _said(render(part.columns), name if number == 1 else "", [numeric[i] for i in part.columns])
        if len(parts) > 1:
            said = replace(said, caption=f"{said.caption} (part {number} of {len(parts)})")
        set_anew.append(_set(part, said, [numeric[i] for i in part.columns]))
    body = "\n".join(set_anew)
    return "".join(f"% {line}\n" for line in _advice(parts, body)) + body


def _advice(parts: Sequence[Part], body: str) -> list[str]:
    """Return what an author must know who puts the table into a text: its packages first."""
    long, turned = any(part.long for part in parts), any(part.turned for part in parts)
    packages = ["array", "booktabs"]
    packages += ["longtable"] if long else []
    packages += ["pdflscape"] if any(part.long and part.turned for part in parts) else []
    packages += ["rotating"] if turned and not all(part.long for part in parts) else []
    advice = [rf"needs \usepackage{{{','.join(packages)}}}"]
    if long:
        advice.append(r"runs over pages: between \onecolumn and \twocolumn where the text has two columns")
    if foreign(body):
        advice.append(f"has letters that want LuaLaTeX or XeLaTeX, and a font with them: {foreign(body)}")
    return advice


def _said(rendered: str, label: str, numeric: Sequence[bool]) -> _Said:
    found = _PARTS.search(rendered)
    assert found is not None
    rows = [_row(row, numeric) for row in _LINES.split(found["rows"].strip()) if row.strip()]
    return _Said(
        caption=_plain(found["caption"]),
        head=_row(found["head"], [False] * len(numeric)),
        rows="\n".join(rows),
        notes=tuple(_plain(note.strip()) for note in _LINES.split(found["notes"] or "") if note.strip()),
        label=f"\\label{{tab:{label}}}" if label else "",
    )


def _row(row: str, numeric: Sequence[bool]) -> str:
    cells = [
        in_plain_signs(cell.strip()).replace(" ", "~") if number else _plain(cell)
        for cell, number in zip(_CELLS.split(row.strip()), numeric, strict=True)
    ]
    # an asterisk or a bracket after the end of a row would be read as its option
    return ("{}" if cells[0][:1] in ("*", "[") else "") + " & ".join(cells) + r" \\"


def _plain(text: str) -> str:
    return in_plain_signs(with_breaks(text.strip()))


def _set(part: Part, said: _Said, numeric: Sequence[bool]) -> str:
    """Return a part of a table in the environment that suits its size."""
    columns = "".join(
        rf">{{\{'raggedleft' if right else 'raggedright'}\arraybackslash}}"
        rf"p{{\dimexpr {share:.4f}\linewidth-2\tabcolsep\relax}}"
        for share, right in zip(part.shares, numeric, strict=True)
    )
    letters, line = part.size
    look = (
        f"\\fontsize{{{letters:g}}}{{{line:g}}}\\selectfont"
        f"\\setlength{{\\tabcolsep}}{{{COLUMN_SPACE:g}pt}}\\setlength{{\\abovetopsep}}{{4pt}}"
        f"\\setlength{{\\extrarowheight}}{{{ROW_SPACE:g}pt}}"
    )
    if part.long:
        opened, closed = (r"\begin{landscape}", r"\end{landscape}") if part.turned else (r"\begingroup", r"\endgroup")
        return f"{opened}\n{look}\n{_over_pages(said, columns, len(numeric))}{_below(said.notes)}\n{closed}\n"
    kind, where = ("sidewaystable*", "") if part.turned else ("table" if part.narrow else "table*", "[tbp]")
    rows = f"\\toprule\n{said.head}\n\\midrule\n{said.rows}\n\\bottomrule"
    return (
        f"\\begin{{{kind}}}{where}\n\\caption{{{said.caption}}}{said.label}\n{look}\n"
        f"\\begin{{tabular}}{{{columns}}}\n{rows}\n\\end{{tabular}}{_below(said.notes)}\n\\end{{{kind}}}\n"
    )


def _below(notes: Sequence[str]) -> str:
    """Return the notes under a table, in one piece that stays with it."""
    opened = "\n\\par\\nopagebreak\\vspace{2pt}\n\\noindent\\begin{minipage}{\\linewidth}\\raggedright\n"
    return opened + "\\par\n".join(notes) + "\n\\end{minipage}\\par" if notes else ""


def _over_pages(said: _Said, columns: str, count: int) -> str:
    """Return a table that runs over pages, with its caption once and its headings on every page."""
    head = f"\\toprule\n{said.head}\n\\midrule"
    return (
        "\\setlength{\\LTcapwidth}{\\linewidth}\\setlength{\\LTpost}{2pt}\n"
        f"\\begin{{longtable}}{{{columns}}}\n"
        f"\\caption{{{said.caption}}}{said.label}\\\\\n{head}\n\\endfirsthead\n"
        f"\\caption[]{{(continued)}}\\\\\n{head}\n\\endhead\n"
        f"\\midrule\n\\multicolumn{{{count}}}{{r}}{{continued on the next page}}\n\\endfoot\n"
        f"\\bottomrule\n\\endlastfoot\n{said.rows}\n\\end{{longtable}}"
    )
