"""The one direction of imports that docs/architecture.md states."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

#: Layers from the bottom up; a module imports from its own layer or from one before it.
LAYERS = ("base", "data", "methods", "figures", "report", "cli")
LAYER_OF = {
    "errors": "base",
    "schema": "base",
    "tidy": "base",
    "framework": "base",
    "study": "base",
    "settings": "base",
    "yamlfile": "base",
    "target": "base",
    "rounding": "base",
    "workbook": "base",
    "crosswalk": "base",
    "plan": "base",
    "codebook": "base",
    "readers": "data",
    "codes": "data",
    "anonymise": "data",
    "ingest": "data",
    "scores": "data",
    "example": "data",
    "skeleton": "data",
    "published": "figures",
    "figures": "figures",
    "tables": "figures",
    "disclosure": "report",
    "report": "report",
    "cli": "cli",
    "commands": "cli",
    "__main__": "cli",
}
#: Pure methods that must serve anybody: they import nothing of a study.
STUDYLESS = ("qca", "association", "models", "agreement", "patterns")
PACKAGE = Path(__file__).parents[2] / "src" / "analysis"
MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def layer(part: str) -> int:
    return LAYERS.index(LAYER_OF.get(part, "methods"))


def imported(path: Path) -> set[str]:
    """Return the parts of the package that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        parts = [name.split(".") for name in names]
        found |= {p[1] for p in parts if p[0] == "analysis" and len(p) > 1}
    return {part for part in found if (PACKAGE / part).is_dir() or (PACKAGE / f"{part}.py").is_file()}


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", [m for m in MODULES if part_of(m) != "__init__"], ids=named)
def test_a_module_imports_from_its_own_layer_or_from_below(path):
    own = layer(part_of(path))
    wrong = sorted(part for part in imported(path) if layer(part) > own)
    assert not wrong, f"{named(path)} ({LAYERS[own]}) imports {', '.join(wrong)}"


@pytest.mark.parametrize("part", STUDYLESS)
def test_pure_methods_know_no_study(part):
    allowed = {*STUDYLESS, "errors", "rounding"}
    found = {name for path in MODULES if part_of(path) == part for name in imported(path)}
    assert found <= allowed


def test_no_module_uses_a_relative_import():
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        relative = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level]
        assert not relative, named(path)
