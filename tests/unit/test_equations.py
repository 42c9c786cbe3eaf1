"""Formulas of the pages in the Word file: each sign there, in its place, as Word's own mathematics."""

from __future__ import annotations

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml.html import fromstring

from analysis.report.documents.equations import equation
from analysis.report.documents.word import write_word
from analysis.report.render.prose import mathml


def made(latex):
    return equation(fromstring(f"<p>{mathml(latex, block=False)}</p>").find(".//math"))


def told(element):
    """Return an equation with what stands below in [] and what stands above in {}."""
    name = element.tag.partition("}")[2]
    inner = "".join(told(child) for child in element)
    if name == "t":
        return element.text
    return {"sub": f"[{inner}]", "sup": f"{{{inner}}}", "num": f"({inner})/", "deg": f"<{inner}>"}.get(name, inner)


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\alpha = 1 - D_o / D_e", "α=1−D[o]/D[e]"),
        (r"\sum_i \min(x_i, y_i)", "∑[i]min(x[i],y[i])"),
        (r"\frac{a}{b^2}", "(a)/b{2}"),
        (r"x_i^2 + \sqrt[3]{y}", "x[i]{2}+<3>y"),
    ],
)
def test_every_sign_stands_where_it_stood(latex, words):
    assert told(made(latex)) == words


def test_words_stand_upright_and_letters_as_mathematics_sets_them():
    upright = {
        run.find(qn("m:t")).text: run.find(f"{qn('m:rPr')}/{qn('m:nor')}") is not None
        for run in made(r"\min(x, y)").iter(qn("m:r"))
    }
    assert upright == {"min": True, "(": False, "x": False, ",": False, "y": False, ")": False}


def test_a_formula_stands_within_its_sentence(tmp_path):
    page = f"<html><main><section><p>Alpha is {mathml('1 - D', block=False)}, at most 1.</p></section></main></html>"
    write_word(
        fromstring(page), {"title": "A study", "authors": [], "simulated": ""}, tmp_path, tmp_path / "report.docx"
    )
    (paragraph,) = [p._p for p in Document(str(tmp_path / "report.docx")).paragraphs if p.text.startswith("Alpha")]
    kinds = [child.tag.partition("}")[2] for child in paragraph if child.tag != qn("w:pPr")]
    assert kinds == ["r", "oMath", "r"]
