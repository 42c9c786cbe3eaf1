"""Checklists, methods paragraph and availability statement say what the study says, and no more."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis.ingest import ingest
from analysis.report.checklists import (
    AUTHORS,
    Facts,
    availability_statement,
    filled_summary,
    load_checklists,
    methods_paragraph,
    outputs_table,
)
from analysis.report.checklists.answers import ANSWERS
from analysis.report.notebooks import declared_pages
from analysis.study import load_study
from tests.conftest import REPOSITORY
from tests.small_study import write_study

TABLES = ("areas", "partnerships", "interviews", "codings", "ratings", "outcomes", "sources")


def facts_of(root, results=None, **changes):
    study = load_study(write_study(root, **changes))
    made = ingest(study).tables
    return Facts(study, {name: made[name] for name in TABLES}, results or {})


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    return facts_of(tmp_path_factory.mktemp("facts"), simulated="")


def answers(facts, key):
    (checklist,) = [c for c in load_checklists() if c.key == key]
    return checklist.filled(facts).set_index("number")["answer"]


def test_every_item_of_the_guidelines_is_there_once():
    sizes = {c.key: [str(item["number"]) for item in c.items] for c in load_checklists()}
    assert sizes["coreq"] == [str(n) for n in range(1, 33)]
    assert sizes["srqr"] == [f"S{n}" for n in range(1, 22)]
    assert sizes["top"] == [str(n) for n in range(1, 9)]
    assert set(sizes) == {"coreq", "srqr", "jars_mixed", "qca", "top"}
    assert all(c.source for c in load_checklists())


def test_every_answer_that_is_named_exists_and_every_one_is_used():
    named = {item["answer"] for c in load_checklists() for item in c.items if "answer" in item}
    assert named == set(ANSWERS)


def test_answers_carry_the_study_s_own_numbers(facts):
    coreq = answers(facts, "coreq")
    assert "27 interviews about 9 partnerships in 3 areas" in coreq["12"]
    assert coreq["24"].startswith("2 people coded")
    assert "11 factors" in coreq["25"]
    assert coreq["4"] == AUTHORS
    assert "not approved" not in coreq["29"]
    assert "none is approved" in coreq["29"]


def test_what_no_page_made_is_left_to_the_authors(facts):
    assert answers(facts, "coreq")["22"] == AUTHORS, "no result on saturation"
    assert answers(facts, "coreq")["30"] == AUTHORS, "no result on agreement"
    assert set(answers(facts, "qca")[["1", "7", "9"]]) == {"Not applicable: the page was left out."}


def test_results_fill_items(tmp_path):
    results = {
        "saturation": pd.DataFrame({"new": [5, 3, *[0] * 17, 1]}),
        "line_agreement": pd.DataFrame({"coefficient": ["Alpha"] * 2, "kind": ["ordinal"] * 2, "alpha": [0.41, 0.83]}),
        "truth_table": pd.DataFrame({"row": range(5), "n": [2, 1, 1, 3, 1]}),
        "solutions": pd.DataFrame({"solution": ["conservative", "conservative"], "model": ["M1", "M2"]}),
        "joint_display": pd.DataFrame(
            {
                "grade": ["strong"] * 3,
                "contradicts": ["area left out", "", "specifications"],
                "supports": ["a", "b", ""],
            }
        ),
    }
    facts = facts_of(tmp_path, results)
    assert "last 2 of 20 interviews brought 1 code not seen before" in answers(facts, "coreq")["22"]
    assert "from 0.41 to 0.83" in answers(facts, "coreq")["30"]
    assert answers(facts, "qca")["7"].startswith("5 rows; consistency from 0.8")
    qca = answers(facts, "qca")
    assert qca["1"].startswith("8 of 9 partnerships"), "the cases of the truth table, not all that there are"
    assert "Conservative (2 models)" in qca["9"]
    assert "anchors are not varied" in qca["12"]
    said = answers(facts, "jars_mixed")["14"]
    assert "contradicts the primary estimate: 2 of 3; for which one supports it: 2" in said
    assert "for which there is both: 1" in said
    assert "below 0.667 for 1 of 2 factors" in methods_paragraph(facts)


def test_a_solution_that_there_is_not_is_no_model(tmp_path):
    results = {
        "truth_table": pd.DataFrame({"row": [1], "n": [9]}),
        "solutions": pd.DataFrame({"solution": ["conservative"], "model": [""], "expression": ["no row passes"]}),
    }
    filled = answers(facts_of(tmp_path, results), "qca")
    for number in ("9", "10", "12", "13"):
        assert filled[number].startswith("No configuration reaches the cuts")


def test_the_methods_paragraph_follows_the_settings(facts, tmp_path):
    said = methods_paragraph(facts)
    for words in (
        "27 interviews",
        "9 partnerships",
        "2 coders",
        "mean intensity",
        "is missing",
        "seed 2017",
        "at 0.05",
    ):
        assert words in said
    assert "simulated" not in said
    assert "Qualitative Comparative" not in said, "no page of it was made"
    assert "The plan was not frozen." in said
    changed = facts_of(tmp_path, scores={"rule": "presence", "coders": "any", "absent": "zero"}, plan={"alpha": 0.01})
    said = methods_paragraph(changed)
    assert "whether it was coded at all, counted where any coder gave it" in said
    assert "counts as zero" in said
    assert "all exploratory by Benjamini-Hochberg" in said, "no hypothesis is declared"
    assert said.endswith("The data are simulated.")


def test_codings_with_other_frameworks_are_counted_apart(facts):
    codings = facts.tables["codings"]
    own = int((codings["framework"] == facts.study.framework).sum())
    foreign = codings.head(7).assign(framework="challenges")
    more = Facts(facts.study, {**facts.tables, "codings": pd.concat([codings, foreign])}, {})
    assert f"which gave {own:,} codings" in methods_paragraph(more)


def test_the_availability_statement_does_not_offer_transcripts(facts, tmp_path):
    said = availability_statement(facts)
    assert "can't be shared" in said
    assert "below 3 withheld" in said
    assert "MIT" in said
    assert "raw files" in availability_statement(facts_of(tmp_path))


def test_nothing_of_it_holds_a_clock_a_path_or_a_raw_name(facts):
    said = "\n".join([methods_paragraph(facts), *(a for c in load_checklists() for a in c.filled(facts)["answer"])])
    assert str(facts.study.root) not in said
    assert "first coder" not in said
    assert "north-0-0" not in said


def test_the_summary_counts_items(facts):
    filled = {c.key: c.filled(facts) for c in load_checklists()}
    every = pd.concat(filled.values())
    assert f"{len(every)} items of 5 checklists" in filled_summary(filled)
    assert f"to {(every['answer'] != AUTHORS).sum()} of" in filled_summary(filled)


def test_the_table_of_outputs_names_all_that_the_notebooks_publish():
    study = load_study(REPOSITORY)
    table = outputs_table(study)
    assert (table["output"].str.len() > 0).all()
    assert (table.loc[table["kind"] != "result table", "shows"].str.len() > 0).all()
    counted = table.groupby(["notebook", "kind"]).size()
    for page in declared_pages(study):
        if page.path.name not in set(table["notebook"]):
            continue
        cells = json.loads(page.path.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        for call, kind in (("page.figure(", "figure"), ("page.table(", "table"), ("page.save(", "result table")):
            assert counted.get((page.path.name, kind), 0) == code.count(call), (page.key, kind)
        first = table[table["notebook"] == page.path.name].iloc[0]
        assert first["output"].partition("-<")[0].split("…")[0] in "".join(cells[first["cell"] - 1]["source"])
