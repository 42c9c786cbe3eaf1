"""A notebook's parameters: read from its cell, and held to strictly."""

from __future__ import annotations

import json

import pytest

from analysis.errors import GroupedError, NotebookError
from analysis.report.parameters import check_parameters, parse_value, read_parameters


@pytest.fixture
def notebook(tmp_path):
    def write(source: str, tag: str = "parameters"):
        cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# A page"]}]
        cells.append({"cell_type": "code", "metadata": {"tags": [tag]}, "source": source.splitlines(True)})
        path = tmp_path / "04_page.ipynb"
        path.write_text(json.dumps({"cells": cells, "metadata": {}}))
        return path

    return write


SOURCE = """\
study: str = "."  # folder of the study
draws = 1000  # draws of the bootstrap
level: float = 0.95  # of intervals
factors: list[str] = ["trust", "funds"]  # which factors
exact = True  # whether all arrangements
area: str  # which area
"""


def test_names_types_defaults_and_comments_are_read(notebook):
    found = read_parameters(notebook(SOURCE))
    kinds = {"study": "str", "draws": "int", "level": "float", "factors": "list", "exact": "bool", "area": "str"}
    assert {name: p.kind for name, p in found.items()} == kinds
    assert found["factors"].default == ["trust", "funds"]
    assert found["draws"].comment == "draws of the bootstrap"
    assert [name for name, p in found.items() if p.required] == ["area"]


def test_a_notebook_without_the_cell_has_none(notebook):
    assert read_parameters(notebook("x = 1", tag="other")) == {}


@pytest.mark.parametrize("source", ["x = 1 + y", "x = f()", "import os", "x, y = 1, 2", "x += 1"])
def test_anything_but_a_literal_is_refused_with_its_cell(notebook, source):
    with pytest.raises(NotebookError, match="a parameter is a name and a literal") as caught:
        read_parameters(notebook(source))
    assert caught.value.where == "04_page.ipynb, cell 2"


def test_code_that_is_no_python_names_its_line(notebook):
    with pytest.raises(NotebookError) as caught:
        read_parameters(notebook("x = 1\ny = ("))
    assert "cell 2, line 2" in caught.value.where


def test_all_that_is_wrong_is_told_at_once_with_the_nearest_name(notebook):
    known = read_parameters(notebook(SOURCE))
    with pytest.raises(GroupedError) as caught:
        check_parameters(known, {"draw": 10, "level": "high", "exact": 1}, "04_page.ipynb")
    unknown, level, exact, missing = caught.value.errors
    assert unknown.nearest == "draws"
    assert "'high', which is no float" in level.what
    assert "1, which is no bool" in exact.what
    assert "'area' has no value" in missing.what


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("draws", 10, True),
        ("draws", True, False),
        ("draws", 10.0, False),
        ("level", 1, True),
        ("level", False, False),
        ("factors", ("a",), False),
        ("exact", False, True),
        ("study", 3, False),
    ],
)
def test_types_are_those_a_reader_would_expect(notebook, name, value, right):
    known = read_parameters(notebook(SOURCE))
    given = {"area": "wigan", name: value}
    if right:
        assert check_parameters(known, given, "") == given
    else:
        with pytest.raises(NotebookError, match="which is no"):
            check_parameters(known, given, "")


def test_values_of_the_command_line_are_read_by_type(notebook):
    known = read_parameters(notebook(SOURCE))
    assert parse_value("7", known["draws"]) == 7
    assert parse_value("7", known["area"]) == "7"
    assert parse_value("['a', 'b']", known["factors"]) == ["a", "b"]
    assert parse_value("many", known["draws"]) == "many"  # left for the check to refuse
