"""Tables as LaTeX: every cell there, braces and environments closed, as wide as the page, plain signs only."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from analysis.latexlayout import HEIGHT, NARROW, UPRIGHT, lay_out, pieces, width
from analysis.latexsigns import foreign, in_plain_signs, with_breaks
from analysis.tables import show_table
from analysis.target import Target, set_target
from tests.latex_files import compiled, faults_of, needs_tex, of_tables, read


@pytest.fixture
def latex(tmp_path, capsys):
    set_target(Target(tmp_path, "04_page", "A study", simulated=True))

    def made(frame, caption="What goes → with 95 % & more", **options):
        show_table(frame, name="t", caption=caption, **options)
        return (tmp_path / "tables" / "t.tex").read_text(encoding="utf-8")

    yield made
    set_target(None)


FRAME = pd.DataFrame(
    {
        "factor": ["Trust & honesty_here", "50 % of {all} #1", "CONVENE*ENTREPRENEURIAL_EDGE + ~SHARED_ETHOS"],
        "estimate": [0.123, -1.5, 22.25],
        "p": [0.0002, 0.04, 1.0],
    }
)


def test_cells_are_those_of_the_page(latex):
    assert read(latex(FRAME)) == [
        ["factor", "estimate", "p"],
        ["Trust & honesty_here", "0.1", "< .001"],
        ["50 % of {all} #1", "−1.5", ".040"],
        ["CONVENE*ENTREPRENEURIAL_EDGE + ~SHARED_ETHOS", "22.2", "1"],
    ]


@pytest.mark.parametrize(
    ("columns", "rows", "around", "package"),
    [
        (2, 4, "table", "booktabs"),
        (5, 4, "table*", "booktabs"),
        (3, 70, "longtable", "longtable"),
        (9, 4, "sidewaystable*", "rotating"),
        (9, 70, "landscape", "pdflscape"),
    ],
)
def test_size_decides_how_a_table_is_set(latex, columns, rows, around, package):
    text = latex(pd.DataFrame({f"standardised {i}": [f"word{i}"] * rows for i in range(columns)}))
    first, *rest = text.splitlines()
    assert package in first
    assert f"\\begin{{{around}}}" in text
    assert (r"\onecolumn" in text) == (rows > 4), "an author is told of what two columns can't hold"
    opened: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{([\w*]+)\}", "\n".join(rest)):
        opened.append(name) if kind == "begin" else opened.remove(opened[-1] if opened[-1] == name else "unclosed")
    assert opened == []
    assert len(read(text)) == rows + 1
    assert {len(row) for row in read(text)} == {columns}
    shares = [float(share) for share in re.findall(r"\\dimexpr ([\d.]+)\\linewidth", text)]
    assert len(shares) == columns
    assert sum(shares) == pytest.approx(1, abs=0.01), "as wide as the text"
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert text.count(r"\label{") == 1
    assert text.count("What goes") == 1, "the caption once, on further pages only that it continues"


def test_a_table_too_wide_for_any_page_is_set_in_parts_that_hold_every_cell_once(latex):
    frame = pd.DataFrame({f"standardised {i}": [f"word{i}"] for i in range(30)})
    text = latex(frame, notes=["A note."])
    parts = re.findall(r"\\begin\{sidewaystable\*\}.*?\\end\{sidewaystable\*\}", text, re.DOTALL)
    heads = [read(part)[0] for part in parts]
    assert len(parts) == 4
    assert {head[0] for head in heads} == {"standardised 0"}, "each names its rows"
    assert [name for head in heads for name in head[1:]] == [f"standardised {i}" for i in range(1, 30)]
    assert [part.count("A note.") for part in parts] == [1] * 4
    assert [f"(part {i} of 4)" in part for i, part in enumerate(parts, start=1)] == [True] * 4
    assert text.count(r"\label{tab:t}") == 1


def test_long_texts_make_a_table_run_over_pages_however_few_its_rows(latex):
    frame = pd.DataFrame({"item": ["a"] * 12, "answer": ["many words of an answer " * 40] * 12})
    assert r"\begin{longtable}" in latex(frame)
    assert r"\begin{longtable}" not in latex(frame.head(3))


@pytest.mark.parametrize("columns", [2, 5, 9, 30])
def test_no_column_is_narrower_than_its_longest_word(columns):
    frame = pd.DataFrame({f"standardised {i}": ["unconventional words " * (i + 1)] for i in range(columns)})
    for part in lay_out(frame, list(frame.columns), [False] * columns):
        line = HEIGHT if part.turned else NARROW if part.narrow else UPRIGHT
        assert sum(part.shares) == pytest.approx(1)
        assert min(part.shares) * line > width("unconventional", part.size[0])


def test_only_signs_that_every_engine_knows_and_a_caption_that_it_numbers(latex):
    text = latex(FRAME, notes=["At most ≤ 5 × more … or so"])
    assert text.isascii()
    assert r"\caption{What goes $\rightarrow$ with 95 \% \& more}\label{tab:t}" in text
    assert r"At most $\le$ 5 $\times$ more \ldots{} or so" in text


@pytest.mark.parametrize(
    ("sign", "written"),
    [
        ("ŵ", r"\^{w}"),
        ("é", r"\'{e}"),
        ("β", r"$\beta$"),
        ("ς", r"$\varsigma$"),
        ("Λ", r"$\Lambda$"),
        ("Α", r"$\mathrm{A}$"),
        ("a | b", r"a \textbar{} b"),
        ("–", "--"),
        ("--only", "-{}-only"),
        ('say "so"', "say ``so''"),
        ("漢", "漢"),
    ],
)
def test_a_sign_becomes_a_command_where_latex_has_one(sign, written):
    assert in_plain_signs(sign) == written
    assert foreign(written) == ("漢" if sign == "漢" else "")


def test_signs_of_cells_are_read_as_they_were(latex):
    signs = "R² ≤ α ± 5 % | “Île” – ŵ → 10³ £ • ≠ κ"
    assert read(latex(pd.DataFrame({"a": [signs], "b": ["a --so-- b"]})))[1] == [signs, "a --so-- b"]


def test_an_author_is_told_of_signs_that_have_no_command(latex):
    text = latex(pd.DataFrame({"a": ["漢字"], "b": ["x"]}))
    assert text.splitlines()[1] == "% has letters that want LuaLaTeX or XeLaTeX, and a font with them: 字漢"


def test_a_row_may_begin_with_what_would_be_an_option_of_the_row_before(latex):
    text = latex(pd.DataFrame({"a": ["x", "*", "[1cm]"], "b": ["y", "y", "y"]}))
    assert [row[0] for row in read(text)[1:]] == ["x", "*", "[1cm]"]
    assert "\n{}* &" in text
    assert "\n{}[1cm] &" in text


def test_a_hash_may_break_and_a_number_may_not(latex):
    text = latex(pd.DataFrame({"file": ["a"], "sha256": ["0123456789abcdef" * 4], "size": [1234567890123456789]}))
    assert text.count(r"\allowbreak{}") == 3
    assert "1,234,567,890,123,456,789" in text


@pytest.mark.parametrize(
    "word",
    [
        "0123456789abcdef" * 3,
        "CONVENE*ENTREPRENEURIAL\\_EDGE*SHARED\\_ETHOS",
        "notebooks/04\\_associations.ipynb",
        "Llanfairpwllgwyngyllgogerychwyrndrobwll",
        "Benjamini-Hochberg",
        "short\\_word",
    ],
)
def test_words_break_where_the_layout_thinks_they_do(word):
    broken = with_breaks(word)
    found = [piece.replace("\\_", "_") for piece in re.split(r"\\allowbreak\{\}|\\-", broken)]
    assert "".join(found) == word.replace("\\_", "_")
    assert found == pieces(word.replace("\\_", "_"))


@needs_tex
@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_every_sign_compiles(latex, tmp_path, engine):
    signs = "−→←↔⇒≤≥≠≈∞√✓∩∪∈×÷±·•°£€§¹²³½…–—‘’“”|ßæÆœøØåÅłŁıµŵŷéïšğşőčñāăżůçÎ" + "αβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΦΨΩΑΒ"
    signs += "\\{}[]#$%&^~<>_\"'`@*/+\u00a0\u202f\u2009\u2011"
    frame = pd.DataFrame({"sign": list(signs), "said": [f"x{sign}y {sign} {sign * 2}" for sign in signs]})
    latex(frame, caption=f"All of “{signs}”", notes=[signs])
    log, pages = compiled(of_tables([tmp_path / "tables" / "t.tex"]), tmp_path, engine)
    assert pages >= 2
    assert faults_of(log) == []


@needs_tex
@pytest.mark.slow
def test_faults_would_be_found(tmp_path):
    table = tmp_path / "bad.tex"
    table.write_text("% needs \\usepackage{array}\n\\noindent\\rule{30cm}{1pt} 漢 \\nosuch{x}\n", encoding="utf-8")
    log, _ = compiled(of_tables([table]), tmp_path, "pdflatex")
    faults = "\n".join(faults_of(log))
    for fault in ("Overfull", "Unicode character", "Undefined control sequence"):
        assert f"bad: {fault}" in faults or f"bad: ! {fault}" in faults or f"bad: ! LaTeX Error: {fault}" in faults
