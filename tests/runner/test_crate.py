"""The RO-Crate metadata of a report: every file that lies there, what made it, and nothing that is not there."""

from __future__ import annotations

import hashlib
import json

import pytest
from rocrate.rocrate import ROCrate

from analysis.report.crate import CRATE, crate
from analysis.study import load_study


@pytest.fixture(scope="module")
def loaded(made):
    return ROCrate(str(made[0] / "reports")), made[0] / "reports"


def files_of(found):
    return {entity.id: entity for entity in found.get_entities() if entity.type == "File"}


def test_it_names_every_file_of_the_report_and_no_other(loaded):
    found, reports = loaded
    there = {path.relative_to(reports).as_posix() for path in reports.rglob("*") if path.is_file()}
    assert set(files_of(found)) == there - {CRATE}


def test_hashes_are_those_of_the_files(loaded):
    found, reports = loaded
    told = {name: entity["sha256"] for name, entity in files_of(found).items() if entity.get("sha256")}
    assert len(told) > 10
    assert told == {name: hashlib.sha256((reports / name).read_bytes()).hexdigest() for name in told}


def test_the_root_says_title_licence_date_and_what_made_the_files(loaded):
    found, reports = loaded
    root, study = found.root_dataset, load_study(reports.parent)
    assert root["name"] == study.title
    assert root["datePublished"]
    assert root["mainEntity"].id == "index.html"
    if study.licence:
        assert root["license"].id.endswith(study.licence)
    actions = {action.id for action in root["mentions"]}
    assert {"#run-01_sizes", "#run-04_beside"} <= actions
    run = found.dereference("#run-01_sizes")
    assert run["instrument"].id == "#notebook-01_sizes.ipynb"
    assert [table.id for table in run["object"]] == ["#table-interviews"]
    assert "pages/01_sizes.html" in {result.id for result in run["result"]}


def test_every_reference_leads_to_an_entity(loaded):
    graph = json.loads((loaded[1] / CRATE).read_text(encoding="utf-8"))["@graph"]
    there = {entity["@id"] for entity in graph}
    assert len(there) == len(graph)
    for entity in graph:
        for name, value in entity.items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and name != "conformsTo":
                    assert one["@id"] in there, (entity["@id"], name)


def test_the_same_report_gives_the_same_metadata(made):
    study = load_study(made[0])
    kept = json.loads((made[0] / "reports" / CRATE).read_text(encoding="utf-8"))
    assert json.loads(json.dumps(crate(study))) == kept
