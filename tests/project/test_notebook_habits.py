"""A linter for the project's notebooks: what a reader of any of them may count on."""

from __future__ import annotations

import ast
import itertools
import json
import re
import statistics

import pytest

from analysis.report.bundle import PRIVATE_TABLES
from analysis.report.parameters import read_parameters
from tests.conftest import REPOSITORY

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 15
MEDIAN_CELL = 4
DECLARED = {"key", "title", "question", "order", "reads", "results", "writes", "per"}
OPTIONAL = {"needs", "in_report", "lists_pages"}

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def cells(path, kind=None):
    found = [c for c in load(path)["cells"] if kind in (None, c["cell_type"])]
    return [(cell, "".join(cell["source"])) for cell in found]


def headings(path):
    """Return level and text of every heading outside fenced code."""
    found = []
    for _, source in cells(path, "markdown"):
        fenced = False
        for line in source.splitlines():
            if line.lstrip().startswith("```"):
                fenced = not fenced
            match = re.match(r"(#{1,6}) +(.+)", line)
            if match and not fenced:
                found.append((len(match[1]), match[2].strip()))
    return found


def lines_of(source):
    return [line for line in source.splitlines() if line.strip()]


def is_page(path):
    return "analysis" in load(path)["metadata"]


def test_it_opens_with_one_heading_and_its_question(path):
    first, source = cells(path)[0]
    assert first["cell_type"] == "markdown"
    assert source.startswith("# ")
    assert [level for level, _ in headings(path)].count(1) == 1
    if is_page(path):
        question = load(path)["metadata"]["analysis"]["question"]
        opening = " ".join("".join(source for _, source in cells(path, "markdown")[:1]).split())
        assert question in opening, "the first cell asks the page's question"


def test_no_level_of_heading_is_skipped(path):
    levels = [level for level, _ in headings(path)]
    for before, after in itertools.pairwise(levels):
        assert after <= before + 1


def test_parameters_are_typed_literals_with_a_comment_each(path):
    tagged = [cell for cell, _ in cells(path, "code") if "parameters" in cell["metadata"].get("tags", ())]
    if not is_page(path) and not tagged:
        return
    assert len(tagged) == 1
    found = read_parameters(path)
    assert found
    for name, parameter in found.items():
        assert parameter.kind, f"{name} has no type"
        assert parameter.comment, f"{name} has no comment"
        assert not parameter.required, f"{name} has no default, so the notebook can't run alone in Lab"
    assert isinstance(found["study"].default, str)


def test_there_is_one_cell_of_imports(path):
    holding = [
        index
        for index, (_, source) in enumerate(cells(path, "code"))
        if any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(ast.parse(source)))
    ]
    assert len(holding) <= 1


def test_prose_outweighs_code(path):
    assert len(cells(path, "markdown")) >= len(cells(path, "code"))


def test_cells_are_short(path):
    assert max(len(lines_of(source)) for _, source in cells(path, "code")) <= LONGEST_CELL
    assert statistics.median(len(lines_of(source)) for _, source in cells(path)) <= MEDIAN_CELL
    # A call with its caption and alternative text takes a line each, so code is counted in statements as well.
    assert statistics.median(len(ast.parse(source).body) for _, source in cells(path, "code")) <= MEDIAN_CELL


def test_no_function_or_class_is_defined(path):
    for _, source in cells(path, "code"):
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        defined = [n for n in ast.walk(ast.parse(source)) if isinstance(n, kinds[:3])]
        assert not defined, f"line {defined[0].lineno}: belongs into src/analysis"


def test_outputs_are_stripped_and_ids_are_kept(path):
    identities = [cell.get("id") for cell, _ in cells(path)]
    assert all(identities), "every cell has an id"
    assert len(set(identities)) == len(identities)
    for cell, _ in cells(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
        assert not {"execution", "papermill", "collapsed"} & set(cell["metadata"])


def test_the_kernel_is_the_plain_python_one(path):
    metadata = load(path)["metadata"]
    assert metadata["kernelspec"]["name"] == "python3"
    assert "papermill" not in metadata
    assert "widgets" not in metadata


def test_what_it_declares_is_complete_and_true(path):
    if not is_page(path):
        return
    declared = load(path)["metadata"]["analysis"]
    assert set(declared) - OPTIONAL == DECLARED
    assert declared["key"] == path.stem
    assert declared["question"].endswith("?")
    code = "\n".join(source for _, source in cells(path, "code"))
    for entry, call in (("reads", "read"), ("results", "result"), ("writes", "save")):
        called = set(re.findall(rf"page\.{call}\(\s*\"([^\"]+)\"", code))
        assert called <= set(declared[entry]), f"metadata.analysis.{entry} lacks what page.{call}(...) names"
    assert set(declared["writes"]) == called, "a result is declared that is never saved"
    if declared["per"]:
        assert declared["per"] in read_parameters(path)


def test_no_name_of_an_area_or_a_person_is_written_into_it(path):
    text = "\n".join(source for _, source in cells(path))
    assert not re.search(r"/(home|Users|work|tmp)/", text)


def test_figures_and_tables_have_name_caption_and_alt(path):
    for _, source in cells(path, "code"):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                given = {keyword.arg for keyword in node.keywords}
                if node.func.attr == "figure" and ast.unparse(node.func.value) == "page":
                    assert {"name", "caption", "alt", "data"} <= given
                if node.func.attr == "table" and ast.unparse(node.func.value) == "page":
                    assert {"name", "caption"} <= given


def test_no_page_reads_a_table_that_a_bundle_leaves_out(path):
    declared = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("analysis", {})
    assert not set(declared.get("reads", ())) & set(PRIVATE_TABLES)
