"""Frameworks are read whole, and every mistake in one is told with its line."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from analysis.errors import AnalysisError, GroupedError, StudyError
from analysis.framework import find_factor, framework_schema, load_framework, load_frameworks, normalise

GOOD = """\
key: tiny
title: Tiny
kind: factors
source: nobody
year: 2020
groups:
  - {key: g, label: A group}
factors:
  - {key: trust, number: 1, group: g, label: Trust, definition: Trusting., aliases: [Trust & honesty]}
  - {key: aims, number: 2, group: g, label: Aims, definition: Aiming.}
"""


def written(folder: Path, text: str, name: str = "tiny.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[AnalysisError]:
    with pytest.raises((StudyError, GroupedError)) as caught:
        load_framework(path)
    return list(getattr(caught.value, "errors", [caught.value]))


def test_reads_a_framework(tmp_path: Path) -> None:
    framework = load_framework(written(tmp_path, GOOD))
    assert framework.factor("trust") == framework.factor(1) == framework.factor("tiny/1")
    assert list(framework.table.columns) == ["framework", "factor", "number", "group", "label", "definition"]
    assert framework.table["factor"].tolist() == ["trust", "aims"]


def test_is_frozen(tmp_path: Path) -> None:
    framework = load_framework(written(tmp_path, GOOD))
    with pytest.raises(ValidationError, match="frozen"):
        framework.title = "other"  # type: ignore[misc]


def test_unknown_factor_names_the_nearest(tmp_path: Path) -> None:
    framework = load_framework(written(tmp_path, GOOD))
    with pytest.raises(StudyError) as caught:
        framework.factor("trustt")
    assert caught.value.nearest == "trust"


@pytest.mark.parametrize(
    ("old", "new", "says", "line", "nearest"),
    [
        ("kind: factors", "kind: factor", "kind", 3, "factors"),
        ("label: Aims", "lable: Aims", "lable", 10, "label"),
        ("year: 2020", "year: soon", "year", 5, None),
        ("key: aims", "key: trust", "`trust` is given to 2 factors", 9, None),
        ("number: 2", "number: 1", "`1` is given to 2 factors", 9, None),
        ("label: Aims", "label: 2. trust and honesty", "stands for several factors: trust, aims", 9, None),
        ("group: g, label: Aims", "group: gg, label: Aims", "`gg`", 10, "g"),
        ("source: nobody\n", "", "source is missing", 1, None),
        ("year: 2020", "year: 2020\nyear: 2021", "twice", 6, None),
        ("label: Trust,", "label: 12,", "label", 9, None),
    ],
)
def test_tells_each_mistake(tmp_path: Path, old: str, new: str, says: str, line: int, nearest: str | None) -> None:
    found = problems(written(tmp_path, GOOD.replace(old, new)))
    told = [error for error in found if says in error.what]
    assert told, [error.what for error in found]
    assert f"tiny.yml, line {line}" in told[0].where
    if nearest:
        assert told[0].nearest == nearest


def test_tells_all_mistakes_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("kind: factors", "kind: factor").replace("number: 2", "number: -2")
    assert len(problems(written(tmp_path, text))) == 2


def test_the_study_wins_over_the_project(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace("key: tiny", "key: challenges"), "mine.yml")
    frameworks = load_frameworks(tmp_path, tmp_path / "absent")
    assert frameworks["challenges"].title == "Tiny"
    assert frameworks["transforming-together"].year == 2017


def test_two_files_of_one_key(tmp_path: Path) -> None:
    written(tmp_path, GOOD, "a.yml")
    written(tmp_path, GOOD, "b.yml")
    with pytest.raises(StudyError, match=r"(?s)two files.*a\.yml and b\.yml"):
        load_frameworks(tmp_path)


def test_find_factor_names_the_nearest_framework() -> None:
    frameworks = load_frameworks()
    framework, factor = find_factor("transforming-together/2", frameworks)
    assert (framework.key, factor.key) == ("transforming-together", "relationships")
    with pytest.raises(StudyError) as caught:
        find_factor("transforming-togther/2", frameworks)
    assert caught.value.nearest == "transforming-together"
    with pytest.raises(StudyError, match="framework/key"):
        find_factor("relationships", frameworks)


@pytest.mark.parametrize(
    ("written_as", "form"),
    [
        ("2. Trust & Honesty", "trust and honesty"),
        ("F2: trust, and honesty!", "trust and honesty"),
        ("  Café_culture ", "cafe culture"),
        ("2", "2"),
        ("Leaders’ tenacity", "leaders tenacity"),
        ("1.2 Risk", "risk"),
    ],
)
def test_normalise(written_as: str, form: str) -> None:
    assert normalise(written_as) == form


def test_schema_lists_the_entries_and_kinds() -> None:
    schema = json.loads(json.dumps(framework_schema()))
    assert {"key", "title", "kind", "source", "year", "factors"} <= set(schema["required"])
    assert "diagnostic" in json.dumps(schema["properties"]["kind"])
    assert schema["additionalProperties"] is False
