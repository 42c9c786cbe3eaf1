"""Files that real tools wrote, with the counts that their provenance states."""

import pandas as pd
import pytest

from analysis.readers import read_codebook, read_export, read_sheet

pytestmark = pytest.mark.third_party


@pytest.mark.parametrize("name", ["skyloom_TestProject.qdpx", "skyloom_Project.qde"])
def test_the_sample_of_the_refi_standard(third_party, notes, name):
    export = read_export(third_party / "exports/refi" / name)
    assert export.format == "refi-qda"
    assert len(export.codings) == 16
    assert export.sources["kind"].value_counts().to_dict() == {
        "text": 6,
        "video": 2,
        "pdf": 2,
        "picture": 1,
        "audio": 1,
    }
    assert notes(export, "sets are read") == [("info", 16)]
    assert notes(export, "notes (memos)") == [("info", 2)]
    assert notes(export, "links") == [("info", 1)] and notes(export, "graphs") == [("info", 1)]
    gender = export.attributes.query("name == 'gender'").groupby("value")["owner"].count()
    assert gender.to_dict() == {"male": 1, "female": 2}
    assert "Coke > diet Coke" in set(export.codings["code"])
    assert len(set(export.codings["coder"])) == 1


def test_taguette_database_and_its_exports_agree(third_party):
    folder = third_party / "exports/taguette"
    base = read_export(folder / "ndporter_sample-project.sqlite3")
    assert len(base.sources) == 10 and len(base.codes) == 6 and len(base.codings) == 24
    assert base.codings["row"].nunique() == 18
    assert not [note for note in base.report if "differ" in note.what]
    for name in ("ndporter_all_tags.csv", "ndporter_all_tags.xlsx"):
        table = read_export(folder / name)
        keys = ["source", "code", "text"]
        squeezed = [
            set(frame[keys].assign(text=frame["text"].str.split().str.join(" ")).itertuples(index=False, name=None))
            for frame in (base.codings, table.codings)
        ]
        assert len(table.codings) == 24 and squeezed[0] == squeezed[1]
    for name in ("ndporter_codebook.csv", "ndporter_codebook.xlsx", "ndporter_codebook.qdc"):
        assert set(read_codebook(folder / name).codes["path"]) == set(base.codes["path"])


def test_maxqda_segments_in_polish(third_party):
    export = read_export(third_party / "exports/maxqda/maxqdar_test_coded_segments.xls")
    assert (export.format, len(export.codings), export.codings["row"].tolist()[-1]) == ("maxqda-segments", 402, 403)
    assert export.codings["coder"].notna().all() and export.codings["text"].notna().all()


def test_atlasti_quotations_have_as_many_codes_as_the_table_says(third_party):
    folder = third_party / "exports/atlasti/edgeai/thematic_analisys/atlas.ti_exports"
    path = folder / "20250914_citation_manager.csv"
    stated = pd.to_numeric(read_sheet(path).frame["Number of Codes"]).sum()
    names = read_sheet(folder / "20250914_codebook_full.csv").frame["Código"].dropna()
    export = read_export(path, codebook=names)
    assert len(export.codings) == stated == 1465
    assert not [note for note in export.report if note.level != "info"]
    assert len(read_export(path).codings) == stated  # without the codebook as well, but with a warning
    assert any("could not be parted" in note.what for note in read_export(path).report)
    known = set(read_codebook(folder / "20250914_codebook_full.csv").codes["path"])
    assert len(known) == 465
    assert len(set(export.codings["code"]) - known) == 1  # a free code that the codebook's file lacks


def test_serdif_study(third_party):
    folder = third_party / "real/serdif-usability"
    base = read_export(folder / "SERDIF_P2_ThematicAnalysis.sqlite3")
    assert len(base.sources) == 17 and len(base.codes) == 22
    assert base.codings["row"].nunique() + sum("without a tag" in note.what for note in base.report) == 1794
    table = read_export(folder / "tags/all_tags_20220303.csv")
    assert len(table.codings) == len(base.codings) == 1930
    assert base.codings["text"].notna().all() and base.codings["start"].notna().all()
