"""Tables as LaTeX: every cell there, braces and environments closed, nothing wider than the page, plain signs only."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from analysis.tables import show_table
from analysis.target import Target, set_target

MACROS = {r"\allowbreak{}": "", "$-$": "−", r"$\rightarrow$": "→", r"\ldots{}": "…", r"\textasciitilde{}": "~"}


@pytest.fixture
def latex(tmp_path, capsys):
    set_target(Target(tmp_path, "04_page", "A study", simulated=True))

    def made(frame, **options):
        show_table(frame, name="t", caption="What goes → with 95 % & more", **options)
        return (tmp_path / "tables" / "t.tex").read_text(encoding="utf-8")

    yield made
    set_target(None)


def read(text):
    """Return the rows of cells of a table as a reader sees them."""
    for macro, sign in MACROS.items():
        text = text.replace(macro, sign)
    text = re.sub(r"\\text(less|greater)\{\}", lambda m: {"less": "<", "greater": ">"}[m[1]], text)
    rows = re.search(r"\\midrule\n(?:\\endhead\n)?(.*?)\\bottomrule", text, re.DOTALL)[1].strip().split(" \\\\\n")
    return [[cell.strip().removesuffix(" \\\\") for cell in re.split(r"(?<!\\)&", row)] for row in rows]


def unescaped(cell):
    return re.sub(r"\\([&%$#_{}])", r"\1", cell)


FRAME = pd.DataFrame(
    {
        "factor": ["Trust & honesty_here", "50 % of {all} #1", "CONVENE*ENTREPRENEURIAL_EDGE + ~SHARED_ETHOS"],
        "estimate": [0.123, -1.5, 22.25],
        "p": [0.0002, 0.04, 1.0],
    }
)


def test_cells_are_those_of_the_page(latex):
    rows = [[unescaped(cell) for cell in row] for row in read(latex(FRAME))]
    assert rows == [
        ["Trust & honesty_here", "0.1", "< .001"],
        ["50 % of {all} #1", "−1.5", ".040"],
        ["CONVENE*ENTREPRENEURIAL_EDGE + ~SHARED_ETHOS", "22.2", "1"],
    ]


@pytest.mark.parametrize(
    ("columns", "rows", "around", "package"),
    [
        (3, 4, "table", "booktabs"),
        (3, 60, "longtable", "longtable"),
        (14, 4, "sidewaystable", "rotating"),
        (14, 60, "landscape", "pdflscape"),
    ],
)
def test_size_decides_how_a_table_is_set(latex, columns, rows, around, package):
    text = latex(pd.DataFrame({f"standardised {i}": [f"word{i}"] * rows for i in range(columns)}))
    first, *rest = text.splitlines()
    assert package in first
    assert f"\\begin{{{around}}}" in text
    opened: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", "\n".join(rest)):
        opened.append(name) if kind == "begin" else opened.remove(opened[-1] if opened[-1] == name else "unclosed")
    assert opened == []
    assert len(read(text)) == rows
    assert {len(row) for row in read(text)} == {columns}
    shares = [float(share) for share in re.findall(r"\\dimexpr ([\d.]+)\\linewidth", text)]
    assert len(shares) == columns
    assert sum(shares) == pytest.approx(1, abs=0.01), "as wide as the text"
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")


def test_only_signs_that_every_engine_knows_and_a_caption_that_it_numbers(latex):
    text = latex(FRAME, notes=["At most ≤ 5 × more … or so"])
    assert text.isascii()
    assert r"\caption{What goes $\rightarrow$ with 95 \% \& more}\label{tab:t}" in text
    assert r"At most $\le$ 5 $\times$ more \ldots{} or so" in text


def test_a_hash_may_break_and_a_number_may_not(latex):
    text = latex(pd.DataFrame({"file": ["a"], "sha256": ["0123456789abcdef" * 4], "size": [123456.78]}))
    assert text.count(r"\allowbreak{}") == 3
    assert "123,457" in text
