"""study.yml: what is wrong is told whole, by line, with what is allowed and the nearest match."""

import json
import re
from datetime import date

import pytest
import yaml

from analysis.errors import AnalysisError, GroupedError, StudyError
from analysis.plan import changes_table, deviations_table, freeze_plan, frozen_words
from analysis.skeleton import write_skeleton
from analysis.study import find_study, json_schema, load_study
from tests.small_study import SETTINGS, write_study


def errors_of(caught: AnalysisError) -> list[AnalysisError]:
    return list(caught.errors) if isinstance(caught, GroupedError) else [caught]


def test_a_right_study_loads_with_its_frameworks(tmp_path):
    study = load_study(write_study(tmp_path))
    assert study.title == "A small study"
    assert [area.key for area in study.areas] == ["north", "east", "south"]
    assert study.primary.key == "transforming-together"
    assert study.resolve("2")[1].number == 2
    assert study.overall_facets == ("novelty", "implementation")


def test_find_study_walks_up(tmp_path):
    folder = write_study(tmp_path)
    assert find_study(folder / "data" / "raw") == folder.resolve()


def test_no_study_says_how_to_make_one(tmp_path):
    with pytest.raises(StudyError, match="python -m analysis new"):
        load_study(tmp_path)


@pytest.mark.parametrize(
    ("change", "what", "nearest"),
    [
        ({"framework": "transforming-togther"}, "there is no framework", "transforming-together"),
        ({"scores": {"rule": "mean_intensty"}}, "scores.rule", "mean_intensity"),
        ({"sorces": []}, "sorces is not an entry", "sources"),
        ({"plan": {"primary_outcome": "noveltie"}}, "plan.primary_outcome", "novelty"),
        ({"plan": {"hypotheses": [{"factor": "transforming-together/99"}]}}, "no factor", None),
        ({"code_map": {"Trust": "transforming-together/relationship"}}, "no factor", "relationships"),
        ({"outcomes": {"facets": ["novelty"], "overall": ["novelti"]}}, "outcomes.overall", "novelty"),
        ({"simulated": True}, "say in one sentence", None),
    ],
)
def test_each_mistake_is_told_with_line_and_nearest(tmp_path, change, what, nearest):
    folder = write_study(tmp_path, **change)
    with pytest.raises(AnalysisError) as caught:
        load_study(folder)
    told = [error for error in errors_of(caught.value) if what in str(error)]
    assert told, str(caught.value)
    assert "study.yml, line" in told[0].where
    assert told[0].nearest == nearest


def test_a_missing_file_names_the_nearest_one(tmp_path):
    sources = [*SETTINGS["sources"][1:], {"path": "data/raw/coding.csv"}]
    with pytest.raises(StudyError) as caught:
        load_study(write_study(tmp_path, sources=sources))
    assert caught.value.nearest == "codings.csv"


def test_all_mistakes_come_at_once_with_their_own_lines(tmp_path):
    folder = write_study(tmp_path)
    path = folder / "study.yml"
    text = path.read_text() + "seeed: 1\nscores: {rule: nothing, coders: nobody}\n"
    path.write_text(text)
    with pytest.raises(GroupedError) as caught:
        load_study(folder)
    lines = text.splitlines()
    for error in caught.value.errors:
        line = int(error.where.rpartition("line ")[2])
        assert str(error.what.split(" ")[0].rpartition(".")[2]) in lines[line - 1]
    assert len(caught.value.errors) == 3


def test_a_key_that_stands_twice_is_refused(tmp_path):
    folder = write_study(tmp_path)
    (folder / "study.yml").write_text((folder / "study.yml").read_text() + "title: Another\n")
    with pytest.raises(StudyError, match="stands twice"):
        load_study(folder)


def test_broken_yaml_names_the_place(tmp_path):
    folder = write_study(tmp_path)
    (folder / "study.yml").write_text("title: [a\nframework: b\n")
    with pytest.raises(StudyError, match="not valid YAML"):
        load_study(folder)


def test_the_schema_for_editors_accepts_what_the_loader_accepts(tmp_path):
    import jsonschema

    folder = write_study(tmp_path)
    jsonschema.validate(yaml.safe_load((folder / "study.yml").read_text()), json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(SETTINGS | {"sorces": []}, json.loads(json.dumps(json_schema())))


def test_a_new_study_is_valid_and_never_overwrites(tmp_path):
    write_skeleton(tmp_path / "new")
    assert load_study(tmp_path / "new").framework == "transforming-together"
    with pytest.raises(StudyError, match="already"):
        write_skeleton(tmp_path / "new")


def test_a_frozen_plan_that_changes_is_told(tmp_path):
    folder = tmp_path / "new"
    write_skeleton(folder)
    digest = freeze_plan(load_study(folder), by="study lead", on=date(2017, 3, 1))
    study = load_study(folder)
    assert study.plan.frozen.sha256 == digest
    assert "# what is confirmatory" in (folder / "study.yml").read_text()
    text = (folder / "study.yml").read_text().replace("direction: positive", "direction: negative")
    (folder / "study.yml").write_text(text)
    with pytest.raises(StudyError, match="changed since it was frozen"):
        load_study(folder)


DEVIATION = "plan:\n  deviations:\n    - {what: courage added, why: the pilot spoke of it, when: 2017-05-02}\n"
ADDED = "  hypotheses:\n    - {factor: transforming-together/6, direction: positive}\n"


def test_a_declared_deviation_runs_and_what_came_later_is_exploratory(tmp_path):
    folder = tmp_path / "new"
    write_skeleton(folder)
    before = load_study(folder)
    freeze_plan(before, by="study lead", on=date(2017, 3, 1))
    assert load_study(folder).families() == before.families() != {}
    text = (folder / "study.yml").read_text().replace("  hypotheses:\n", ADDED)
    (folder / "study.yml").write_text(re.sub(r"^plan:.*\n", DEVIATION, text, flags=re.MULTILINE))
    study = load_study(folder)
    assert len(study.plan.hypotheses) == len(before.plan.hypotheses) + 1
    assert study.families() == before.families()
    assert deviations_table(study.plan).to_numpy().tolist() == [
        ["courage added", "the pilot spoke of it", "2017-05-02"]
    ]
    changed = changes_table(study.plan).set_index("what")
    assert changed.index.tolist() == ["hypothesis: transforming-together/6 and overall"]
    assert changed["as frozen"].tolist() == ["not in it"]
    assert "changed since then" in frozen_words(study.plan)


def test_a_plan_that_was_never_frozen_or_never_changed_differs_from_nothing(tmp_path):
    write_skeleton(tmp_path / "new")
    assert changes_table(load_study(tmp_path / "new").plan).empty
    freeze_plan(load_study(tmp_path / "new"), by='the "lead"', on=date(2017, 3, 1))
    study = load_study(tmp_path / "new")
    assert study.plan.frozen.by == 'the "lead"'
    assert changes_table(study.plan).empty
    assert "would have stopped this run" in frozen_words(study.plan)


def test_the_copy_of_a_frozen_plan_can_not_be_changed_unseen(tmp_path):
    write_skeleton(tmp_path / "new")
    freeze_plan(load_study(tmp_path / "new"), by="study lead", on=date(2017, 3, 1))
    path = tmp_path / "new" / "study.yml"
    path.write_text(path.read_text().replace('"alpha": 0.05', '"alpha": 0.10'))
    with pytest.raises(StudyError, match="not what was frozen"):
        load_study(tmp_path / "new")


def test_words_that_old_yaml_takes_for_truths_stay_words(tmp_path):
    folder = write_study(tmp_path)
    text = (folder / "study.yml").read_text().replace("key: north", "key: no")
    (folder / "study.yml").write_text(text)
    assert load_study(folder).areas[0].key == "no"
