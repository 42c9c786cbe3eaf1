"""From raw files to tidy tables: what comes out, what stops, and that nothing is harmed when it stops."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError, AnonymisationError, DataError
from analysis.ingest import ingest, write
from analysis.schema import TABLES
from analysis.study import load_study
from analysis.tidy import check_references, validate
from tests.small_study import frames, write_study


def ingested(folder, **changes):
    return ingest(load_study(write_study(folder, **changes)))


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return ingested(tmp_path_factory.mktemp("study")).tables


def test_every_table_keeps_its_schema_and_references(tables):
    for name in TABLES:
        validate(name, tables[name])
    check_references({name: tables[name] for name in TABLES})
    assert len(tables["interviews"]) == 27
    assert len(tables["codings"]) == len(frames()["codings"])
    assert set(tables["areas"]["area"]) == {"north", "east", "south"}


def test_nothing_raw_names_anybody(tables):
    raw = frames()["interviews"]
    for name, frame in tables.items():
        cells = {str(v) for c in frame.select_dtypes(["str", "object"]) for v in frame[c].dropna()}
        assert not cells & {"first coder", "second coder", *raw["interview"], *raw["source"]}, name
    assert tables["codings"]["coder"].str.match(r"coder-[a-z2-7]{5}$").all()


def test_factors_are_matched_and_words_counted(tables):
    assert set(tables["codings"]["framework"]) == {"transforming-together"}
    assert tables["codings"]["factor"].nunique() == 11
    assert (tables["codings"]["words"] == 8).all()


def test_pseudonyms_stay_the_same_under_a_key_and_change_with_it(tmp_path):
    one = ingested(tmp_path / "a").tables["interviews"]["interview"]
    two = ingested(tmp_path / "b").tables["interviews"]["interview"]
    assert list(one) == list(two)
    folder = write_study(tmp_path / "c")
    (folder / "data" / "raw" / "pseudonym.key").write_text("x" * 40)
    assert set(ingest(load_study(folder)).tables["interviews"]["interview"]).isdisjoint(one)


def test_places_can_be_hidden_throughout(tmp_path):
    tables = ingested(tmp_path, disclosure={"areas": "pseudonymised"}).tables
    for name in ("areas", "partnerships", "interviews", "outcomes", "scores", "sources", "codings"):
        text = tables[name].to_csv()
        assert not any(area in text.lower() for area in ("north", "east", "south")), name
    check_references({name: tables[name] for name in TABLES})


def changed(name, **columns):
    frame = frames()[name]
    for column, (row, value) in columns.items():
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
    return {name: frame}


@pytest.mark.parametrize(
    ("files", "said", "where"),
    [
        (changed("outcomes", value=(3, 7)), "outside the scale from 0 to 4", "outcomes.csv, row 5"),
        (changed("outcomes", value=(3, "often")), "'often' is not a number", "outcomes.csv, row 5"),
        (changed("outcomes", outcome=(0, "noveltie")), "not among the outcomes' facets", "row 2"),
        (changed("outcomes", partnership=(0, "nrth-0")), "not among the partnerships", "row 2"),
        (changed("partnerships", area=(1, "nort")), "not among the areas", "row 3"),
        (changed("partnerships", area=(1, None)), "lacks its key or its area", "row 3"),
        (changed("interviews", partnership=(2, "north-9")), "not among the partnerships", "row 4"),
        (changed("interviews", interview=(2, None)), "lacks its interview", "row 4"),
        (changed("interviews", interview=(2, "north-0-1")), "share the key interview", "interviews"),
        (changed("interviews", month=(2, "May 2016")), "breaks the rule", "column month"),
        (changed("codings", document=(4, "someone.txt")), "not among the interviews", "row 6"),
        (changed("codings", code=(4, "Trst and honesty of all kinds")), "stand for no factor", "codings.csv"),
    ],
)
def test_bad_input_stops_with_place_and_mend(tmp_path, files, said, where):
    with pytest.raises(AnalysisError) as caught:
        ingested(tmp_path, files=files)
    assert said in str(caught.value)
    assert where in str(caught.value)


def test_a_spelling_mistake_gets_the_nearest_key(tmp_path):
    with pytest.raises(DataError) as caught:
        ingested(tmp_path, files=changed("partnerships", area=(1, "nort")))
    assert caught.value.nearest == "north"


def test_two_ratings_under_one_key_are_refused(tmp_path):
    outcomes = frames()["outcomes"]
    with pytest.raises(DataError, match="share the key partnership \\+ outcome \\+ informant"):
        ingested(tmp_path, files={"outcomes": pd.concat([outcomes, outcomes.head(1)])})


def test_spreadsheet_damage_is_reported_and_not_guessed(tmp_path):
    tables = ingested(tmp_path, files=changed("outcomes", value=(3, "1-mei"))).tables
    log = tables["import_log"]
    assert log["what"].str.contains("changed by a spreadsheet").sum() == 1
    assert len(tables["outcomes"]) == len(frames()["outcomes"]) - 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to someone@example.org please", "email"),
        ("ring 01942 244 991 any time", "phone"),
        ("ring +44 7700 900123", "phone"),
        ("she lives at WN1 1YN now", "postcode"),
        ("QQ is not but AB 12 34 56 C is", "ni_number"),
        ("number 943 476 5919 in the notes", "nhs_number"),
        ("see https://example.org/page", "url"),
        ("as Jane Doe told us", "name"),
    ],
)
def test_personal_data_stop_everything_and_are_masked(tmp_path, text, kind):
    files = changed("codings", text=(2, text))
    with pytest.raises(AnonymisationError) as caught:
        ingested(tmp_path, files=files, anonymisation={"names": ["Jane Doe"], "key_file": "k"})
    assert f"codings.csv, row 4: {kind}" in str(caught.value)
    for secret in ("someone@", "244 991", "900123", "1YN", "12 34", "5919", "example.org/page", "Jane"):
        assert secret not in str(caught.value)


def test_a_waiver_with_a_reason_lets_a_finding_stand(tmp_path):
    waive = [{"file": "codings.csv", "kind": "url", "row": 4, "reason": "the council's public page"}]
    files = changed("codings", text=(2, "see https://example.org/page"))
    tables = ingested(tmp_path, files=files, anonymisation={"waive": waive, "key_file": "k"}).tables
    assert list(tables["personal_data"]["waived"]) == ["the council's public page"]
    assert "example.org" not in tables["personal_data"].to_csv()


def test_ordinary_speech_is_not_taken_for_personal_data(tmp_path):
    said = "in 2010 we had 12 partners, spent 1 250 000 pounds, met at 10 30 and again in 2015 and 2016"
    assert ingested(tmp_path, files=changed("codings", text=(2, said))).tables["personal_data"].empty


def test_what_was_written_stays_when_the_next_run_stops(tmp_path):
    study = load_study(write_study(tmp_path))
    write(ingest(study), study.processed)
    before = {p.name: p.read_bytes() for p in study.processed.iterdir()}
    write_study(tmp_path, files=changed("outcomes", value=(3, 7)))
    with pytest.raises(DataError):
        write(ingest(load_study(tmp_path)), study.processed)
    assert {p.name: p.read_bytes() for p in study.processed.iterdir()} == before


def test_the_same_input_gives_the_same_bytes(tmp_path):
    written = []
    for name in ("a", "b"):
        study = load_study(write_study(tmp_path / name))
        write(ingest(study), study.processed)
        written.append({p.name: p.read_bytes() for p in study.processed.iterdir()})
    assert written[0] == written[1]


def test_raw_files_are_not_touched(tmp_path):
    folder = write_study(tmp_path)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in (folder / "data" / "raw").iterdir()}
    ingest(load_study(folder))
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in before} == before


def test_words_that_mean_missing_are_missing(tmp_path):
    settings = [
        s | {"missing": ["Don't Know"]} if s.get("table") == "outcomes" else s
        for s in __import__("tests.small_study", fromlist=["SETTINGS"]).SETTINGS["sources"]
    ]
    files = changed("outcomes", value=(3, "Don't Know"))
    tables = ingested(tmp_path, files=files, sources=settings).tables
    assert len(tables["outcomes"]) == 53
    assert np.isfinite(tables["outcomes"]["value"]).all()


def test_a_partnership_may_be_named_by_its_key_where_its_label_is_another(tmp_path):
    partnerships = frames()["partnerships"].assign(label=lambda f: "The work of " + f["area"] + f.index.astype(str))
    found = ingest(load_study(write_study(tmp_path, files={"partnerships": partnerships}))).tables
    assert set(found["interviews"]["partnership"]) == set(found["partnerships"]["partnership"])
    assert found["partnerships"]["label"].str.startswith("The work of").all()


def test_interviews_come_from_attributes_where_there_is_no_sheet(tmp_path):
    """The example's NVivo project holds area, partnership and role as attributes of cases."""
    import shutil

    import yaml

    from tests.conftest import REPOSITORY

    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    for name in ("wigan.qdpx", "pseudonym.key"):
        shutil.copy(REPOSITORY / "data" / "raw" / name, raw)
    from analysis.readers import read_export, source_attributes

    names = set(source_attributes(read_export(raw / "wigan.qdpx"))["name"])
    assert {"Partnership", "Role", "Sector"} <= names, names
    settings = {
        "title": "One area",
        "framework": "transforming-together",
        "frameworks": ["challenges", "what-helps", "national-support"],
        "areas": [{"key": "wigan", "name": "Wigan"}],
        "attributes": {"partnership": "Partnership", "role": "Role", "sector": "Sector", "month": "Month"},
        "intensity_in_code": r"strength (\d)$",
        "sources": [
            {"path": "data/raw/wigan.qdpx"},
            {"path": "data/raw/o.csv", "table": "outcomes"},
            {"path": "data/raw/p.csv", "table": "partnerships"},
        ],
        "outcomes": {"facets": ["novelty"]},
        "anonymisation": {"key_file": "data/raw/pseudonym.key"},
    }
    attributes = source_attributes(read_export(raw / "wigan.qdpx"))
    names = attributes.loc[attributes["name"] == "Partnership", "value"].unique()
    pd.DataFrame({"partnership": names, "area": "wigan"}).to_csv(raw / "p.csv", index=False)
    outcome = {"partnership": names[0], "outcome": "novelty", "informant": "report", "value": 3}
    pd.DataFrame([outcome]).to_csv(raw / "o.csv", index=False)
    settings["sources"][1]["columns"] = {c: c for c in outcome}
    (tmp_path / "study.yml").write_text(yaml.safe_dump(settings, sort_keys=False))
    tables = ingest(load_study(tmp_path)).tables
    assert len(tables["interviews"]) == 17
    assert set(tables["interviews"]["area"]) == {"wigan"}
    assert tables["interviews"]["role"].notna().all()
