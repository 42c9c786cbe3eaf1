"""Tables in LaTeX files: read as a reader sees them, and compiled as an author does."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

ENGINES = ("pdflatex", "lualatex")
needs_tex = pytest.mark.skipif(
    not all(map(shutil.which, ENGINES)),
    reason="no TeX with pdflatex and lualatex (Debian: texlive-latex-recommended, texlive-luatex, lmodern)",
)
ARTICLE = r"\documentclass[a4paper]{article}"
TWO_COLUMNS = r"\documentclass[a4paper,twocolumn]{article}"
#: What nobody sees, in points.
HAIR = 2.0
_ROWS = re.compile(
    r"\\toprule\n(.*?) \\\\\n\\midrule\n(?:\\endfirsthead.*?\\endlastfoot\n)?(.*?)\\(?:bottomrule|end\{long)", re.DOTALL
)
_COMMANDS = {
    r"\allowbreak{}": "",
    r"\-": "",
    "$-$": "−",
    r"$\rightarrow$": "→",
    r"$\ge$": "≥",
    r"$\le$": "≤",
    r"$\times$": "×",
    r"\ldots{}": "…",
    r"\textsuperscript{1}": "¹",
    r"\textsuperscript{2}": "²",
    r"\textsuperscript{3}": "³",
    r"$\leftarrow$": "←",
    r"$\leftrightarrow$": "↔",
    r"$\Rightarrow$": "⇒",
    r"$\ne$": "≠",
    r"$\approx$": "≈",
    r"$\infty$": "∞",
    r"$\cap$": "∩",
    r"$\cup$": "∪",
    r"$\in$": "∈",
    r"$\pm$": "±",
    r"$\cdot$": "·",
    r"$\bullet$": "•",
    r"$^\circ$": "°",
    r"\pounds{}": "£",
    r"\texteuro{}": "€",
    r"\S{}": "§",
    r"$\alpha$": "α",
    r"$\beta$": "β",
    r"$\kappa$": "κ",
    r"$\mu$": "μ",
    r"$\rho$": "ρ",
    r"$\tau$": "τ",
    r"$\chi$": "χ",
    r"$\omega$": "ω",
    r"$\Delta$": "Δ",
    "-{}-": "\x00",
    "---": "—",
    "--": "–",
    "\x00": "--",
    "``": "“",
    "''": "”",
    r"\textasciitilde{}": "\\~",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
}
_ACCENT = re.compile(r"\\([`'^~=u.\"rHvc])\{([A-Za-z])\}")
_MARKS = dict(
    zip("`'^~=u.\"rHvc", "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327", strict=True)
)
_FAULT = re.compile(r"^! |Missing character|Unicode character|Float too large|multiply|undefined", re.MULTILINE)
_OVERFULL = re.compile(r"Overfull \\[hv]box \(([\d.]+)pt[^\n]*")


def read(text: str) -> list[list[str]]:
    """Return headings and rows of each table of a LaTeX file, as readers see them."""
    return [row for head, rows in _ROWS.findall(text) for row in _cells(f"{head} \\\\\n{rows}")]


def _cells(rows: str) -> list[list[str]]:
    rows = _ACCENT.sub(lambda found: unicodedata.normalize("NFC", found[2] + _MARKS[found[1]]), rows)
    for command, sign in _COMMANDS.items():
        rows = rows.replace(command, sign)
    lines = [line.removeprefix("{}") for line in rows.strip().removesuffix(" \\\\").split(" \\\\\n")]
    return [[_plain(cell) for cell in re.split(r"(?<!\\)&", line)] for line in lines]


def _plain(cell: str) -> str:
    tildes = re.sub(r"(?<!\\)~", " ", cell).strip()
    return re.sub(r"\\([&%$#_{}~])", r"\1", tildes)


def of_tables(files: list[Path], kind: str = ARTICLE) -> str:
    """Return a document that holds tables, with the packages that their first lines name and no other."""
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    packages = [re.match(r"% needs \\usepackage\{(.*)\}\n", text)[1].split(",") for text in texts.values()]  # type: ignore[index]
    used = "\n".join(rf"\usepackage{{{name}}}" for name in sorted({name for some in packages for name in some}))
    body = "\n".join(_put(file, text, kind) for file, text in texts.items())
    return f"{kind}\n{used}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"


def _put(file: Path, text: str, kind: str) -> str:
    """Return what puts a table into a document, as its own comments say."""
    held = f"\\input{{{file.as_posix()}}}"
    if kind == TWO_COLUMNS and r"% runs over pages" in text:
        held = f"\\onecolumn {held} \\twocolumn"
    return f"\\typeout{{@@ {file.stem}}}\n{held}\n\\clearpage"


def compiled(document: str, folder: Path, engine: str) -> tuple[str, int]:
    """Compile a document twice, so that references hold, and return its log and number of pages."""
    (folder / "whole.tex").write_text(document, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "whole.tex"]
    for _ in range(2):
        subprocess.run(command, cwd=folder, capture_output=True, timeout=600, check=False)
    # a log breaks its lines after 79 signs
    log = re.sub(r"(?<=[^\n]{79})\n", "", (folder / "whole.log").read_text(encoding="utf-8", errors="replace"))
    pages = re.search(r"Output written on whole\.pdf \((\d+) page", log)
    return log, int(pages[1]) if pages else 0


def faults_of(log: str) -> list[str]:
    """Return what a log tells of errors, signs that are missing, and boxes that are too wide, by table."""
    found = []
    for part in f"preamble\n{log}".split("\n@@ "):
        name = part.split(maxsplit=1)[0]
        found += [f"{name}: {line[:120]}" for line in part.splitlines() if _FAULT.search(line)]
        found += [f"{name}: {box[0]}" for box in _OVERFULL.finditer(part) if float(box[1]) > HAIR]
    return found
