"""Attacks on what leaves a study: each hides something in a published file, and the scan finds it."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from docx import Document
from openpyxl import Workbook
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from analysis.disclosure import approved_excerpts, scan
from analysis.errors import DisclosureError
from analysis.ingest import ingest, write
from analysis.published import write_csv
from analysis.settings import Disclosure
from analysis.study import load_study
from tests.small_study import about_to_publish, frames, write_study

CODER = "Jane Smithson"
LISTED = "Florence Okafor"
QUOTE = "the old quay was sold before anybody on the board had read the paper about it"
OTHER = "our chair would ring me every Sunday night until the money came through at last"


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    raw = frames()
    raw["codings"]["coder"] = raw["codings"]["coder"].replace("first coder", CODER)
    raw["codings"].loc[0, "text"] = QUOTE
    raw["codings"].loc[1, "text"] = OTHER
    listed = {"names": [LISTED], "key_file": "data/raw/pseudonym.key"}
    root = write_study(tmp_path_factory.mktemp("scanned"), files=raw, anonymisation=listed)
    study = load_study(root)
    write(ingest(study), study.processed)
    return root


@pytest.fixture
def study(origin, tmp_path):
    return about_to_publish(origin, tmp_path)


def finds(study, kind, file):
    """Assert that the scan fails, tells kind and file, and shows nothing of what it found."""
    with pytest.raises(DisclosureError) as caught:
        scan(study)
    told = str(caught.value)
    assert f": {kind}:" in told
    assert file in told
    for secret in (CODER, LISTED, QUOTE, OTHER, "Smithson", "Okafor"):
        assert secret not in told
    assert caught.value.exit_code == 7
    return told


def harmless(study):
    reports = study.reports
    (reports / "pages" / "a.html").write_text(
        '<html><head><meta charset="utf-8"><title>A</title></head><body><h1>A page</h1>'
        '<p>Relationships in <b>North</b>: 0.123456789 of 27; see <a href="b.html">the next</a>.</p>'
        "<table><tr><td>0</td><td>1</td><td>2</td><td>0</td><td>4</td><td>5</td><td>1</td><td>2</td><td>7</td>"
        "<td>3</td><td>9</td></tr></table></body></html>",
        encoding="utf-8",
    )
    frame = pd.DataFrame({"factor": ["purpose", "=cmd"], "value": [-0.1234567891, 12345678.5]})
    write_csv(frame, reports / "tables" / "t.csv")
    figure, axes = plt.subplots()
    axes.set_title("Honest, committed relationships")
    axes.plot([0, 1], [0, 1])
    for ending in ("svg", "pdf", "png"):
        figure.savefig(reports / "figures" / f"f.{ending}")
    plt.close(figure)


def test_a_report_without_secrets_passes(study):
    harmless(study)
    scan(study)


def test_a_study_without_a_report_passes(study):
    scan(study)


@pytest.mark.parametrize(
    "text",
    [
        CODER,
        CODER.upper(),
        f"coded by {CODER.replace(' ', '_').lower()}",
        "Jane&nbsp;Smithson",
        "Ja<b>ne</b> Smithson",
        "Jane Smith\u00adson",
        f"<!-- {CODER} -->",
        f'<img src="x.svg" alt="drawn by {CODER}">',
        '<a href="mailto:Jane%20Smithson">x</a>',
        f'<script>const index = ["{CODER}"]</script>',
    ],
)
def test_a_coder_on_a_page(study, text):
    (study.reports / "pages" / "a.html").write_text(f"<html><body><p>{text}</p></body></html>", encoding="utf-8")
    finds(study, "coder", "reports/pages/a.html")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("document", "north-0-0"), ("document", "north-0-0.txt"), ("name", LISTED), ("name", "florence  OKAFOR")],
)
def test_raw_names_and_listed_names(study, kind, name):
    (study.reports / "tables" / "t.csv").write_text(f"case,value\n{name},3\n", encoding="utf-8")
    finds(study, kind, "reports/tables/t.csv")


def test_a_name_that_is_a_file_name_is_not_told_either(study):
    (study.reports / "pages" / "profile-jane-smithson.html").write_text("<p>x</p>")
    told = finds(study, "coder", "in pages/")
    assert "smithson" not in told


def test_a_quotation_in_the_data_of_a_figure(study):
    write_csv(pd.DataFrame({"x": [1, 2], "label": ["a", QUOTE]}), study.reports / "figures" / "f.csv")
    finds(study, "excerpt", "reports/figures/f.csv")


def test_eight_words_of_an_excerpt_within_other_words(study):
    words = QUOTE.split()
    text = f"They said that {' '.join(words[3:11]).upper()}, and left."
    (study.reports / "pages" / "a.html").write_text(f"<p>{text}</p>")
    finds(study, "excerpt", "reports/pages/a.html")
    (study.reports / "pages" / "a.html").write_text(f"<p>They said that {' '.join(words[3:10])}, and left.</p>")
    scan(study)


def test_an_approved_quotation_may_stand_but_no_other(study):
    excerpts = pd.read_parquet(study.processed / "excerpts.parquet").set_index("text")["coding"]
    approving = study.model_copy(update={"disclosure": Disclosure(approved_quotes=[int(excerpts[QUOTE])])})
    page = study.reports / "pages" / "a.html"
    page.write_text(f"<blockquote>{QUOTE}</blockquote>")
    finds(study, "excerpt", "a.html")
    scan(approving)
    page.write_text(f"<blockquote>{QUOTE}</blockquote><p>{OTHER}</p>")
    finds(approving, "excerpt", "a.html")
    none = approving.disclosure.model_copy(update={"quotes": "none"})
    page.write_text(f"<blockquote>{QUOTE}</blockquote>")
    finds(study.model_copy(update={"disclosure": none}), "excerpt", "a.html")


def test_a_quotation_with_role_and_area_together(study):
    excerpts = pd.read_parquet(study.processed / "excerpts.parquet").set_index("text")["coding"]
    approving = study.model_copy(update={"disclosure": Disclosure(approved_quotes=[int(excerpts[QUOTE])])})
    frame = pd.DataFrame({"text": [QUOTE], "role": ["leader"], "area": ["North"]})
    write_csv(frame, study.reports / "tables" / "quotes.csv")
    finds(approving, "speaker", "quotes.csv")
    write_csv(frame.drop(columns="area"), study.reports / "tables" / "quotes.csv")
    scan(approving)


def approving_one(study):
    excerpts = pd.read_parquet(study.processed / "excerpts.parquet").set_index("text")["coding"]
    return study.model_copy(update={"disclosure": Disclosure(approved_quotes=[int(excerpts[QUOTE])])})


def test_a_quotation_with_its_role_in_one_file_and_its_area_in_another(study):
    approving, frame = approving_one(study), pd.DataFrame({"text": [QUOTE], "role": ["leader"], "area": ["North"]})
    write_csv(frame[["text", "role"]], study.reports / "tables" / "by_role.csv")
    scan(approving)
    write_csv(frame[["text", "area"]], study.reports / "tables" / "by_area.csv")
    told = finds(approving, "speaker", "by_role.csv")
    assert "told apart" in told


def test_a_quotation_with_its_role_on_the_page_of_its_area(study):
    page = study.reports / "pages" / "area_profile-north.html"
    page.write_text(f"<p>A leader:</p><blockquote>{QUOTE}</blockquote>")
    finds(approving_one(study), "speaker", "area_profile-north.html")
    page.rename(page.with_name("area_profile-south.html"))
    scan(approving_one(study))


def notebook(**cell):
    code = {"cell_type": "code", "id": "a", "metadata": {}, "source": [], "outputs": [], "execution_count": 1} | cell
    return {"cells": [code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def stream(text):
    return {"output_type": "stream", "name": "stderr", "text": text}


NOTEBOOKS = {
    "metadata": notebook() | {"metadata": {"authors": [{"name": CODER}]}},
    "cell metadata": notebook(metadata={"editor": CODER}),
    "parameters": notebook() | {"metadata": {"papermill": {"parameters": {"coder": CODER}}}},
    "stderr": notebook(outputs=[stream([f"WARNING read {CODER}\n"])]),
    "coloured stderr": notebook(outputs=[stream(["\x1b[31mJane\x1b[0m Smith", "son\n"])]),
    "html output": notebook(
        outputs=[{"output_type": "display_data", "data": {"text/html": ["<td>Jane <i>Smith", "son</i></td>"]}}]
    ),
    "output metadata": notebook(outputs=[{"output_type": "display_data", "data": {}, "metadata": {"by": CODER}}]),
    "key": notebook(metadata={CODER: 1}),
}


@pytest.mark.parametrize("where", NOTEBOOKS)
def test_a_name_in_an_executed_notebook(study, where):
    (study.reports / "notebooks" / "a.ipynb").write_text(json.dumps(NOTEBOOKS[where]), encoding="utf-8")
    finds(study, "coder", "reports/notebooks/a.ipynb")


def test_a_log_line_with_a_path_and_an_address(study):
    lines = ["reading /home/jsmith/interviews/x.docx\n", "mail sent to j.smith@council.example.org\n"]
    (study.reports / "notebooks" / "a.ipynb").write_text(json.dumps(notebook(outputs=[stream(lines)])))
    told = finds(study, "path", "reports/notebooks/a.ipynb")
    assert ": email:" in told
    assert "jsmith" not in told


def drawn(text, ending, metadata=None, fonttype=42):
    with matplotlib.rc_context({"svg.fonttype": "path", "pdf.fonttype": fonttype, "pdf.compression": 6}):
        figure, axes = plt.subplots()
        axes.text(0.1, 0.5, text)
        out = io.BytesIO()
        figure.savefig(out, format=ending, metadata=metadata)
        plt.close(figure)
    return out.getvalue()


@pytest.mark.parametrize("ending", ["svg", "pdf"])
@pytest.mark.parametrize("text", [CODER, f"by {CODER} − 2016"])
def test_text_drawn_in_an_exported_figure(study, ending, text):
    (study.reports / "figures" / f"f.{ending}").write_bytes(drawn(text, ending))
    finds(study, "coder", f"reports/figures/f.{ending}")


@pytest.mark.parametrize(("ending", "metadata"), [("svg", {"Creator": CODER}), ("pdf", {"Author": CODER})])
def test_metadata_of_a_figure(study, ending, metadata):
    (study.reports / "figures" / f"f.{ending}").write_bytes(drawn("x", ending, metadata))
    finds(study, "coder", f"reports/figures/f.{ending}")


def test_an_attachment_and_packed_objects_of_a_pdf(study):
    packed = zlib.compress(f"<< /Author ({CODER}) >>".encode())
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\n"
    body = zlib.compress(b"7 0 " + zlib.decompress(packed))
    (study.reports / "figures" / "f.pdf").write_bytes(head + body + b"\nendstream\nendobj\n%%EOF")
    finds(study, "coder", "f.pdf")
    attached = zlib.compress(f"name\n{CODER}\n".encode())
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /EmbeddedFile /Filter /FlateDecode >>\nstream\n"
    (study.reports / "figures" / "f.pdf").write_bytes(head + attached + b"\nendstream\nendobj\n%%EOF")
    finds(study, "coder", "f.pdf")


def test_a_locked_pdf_is_no_way_out(study):
    (study.reports / "figures" / "f.pdf").write_bytes(b"%PDF-1.7\ntrailer << /Encrypt 9 0 R >>\n%%EOF")
    finds(study, "unreadable", "f.pdf")


@pytest.mark.parametrize("compressed", [False, True])
def test_text_chunks_of_a_picture(study, compressed):
    words = PngInfo()
    words.add_text("Author", CODER, zip=compressed)
    Image.new("RGB", (2, 2)).save(study.reports / "figures" / "f.png", pnginfo=words)
    finds(study, "coder", "f.png")
    words = PngInfo()
    words.add_itxt("Description", QUOTE, zip=compressed)
    Image.new("RGB", (2, 2)).save(study.reports / "figures" / "f.png", pnginfo=words)
    finds(study, "excerpt", "f.png")


def word_file(**properties):
    document = Document()
    paragraph = document.add_paragraph("Written by ")
    paragraph.add_run("Jane Smi").bold = True
    paragraph.add_run("thson") if properties.get("text") else None
    document.core_properties.author = properties.get("author", "")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_words_and_metadata_of_a_word_file(study):
    path = study.reports / "report.docx"
    path.write_bytes(word_file(text=True))
    finds(study, "coder", "report.docx")
    path.write_bytes(word_file(author=CODER))
    finds(study, "coder", "report.docx")
    path.write_bytes(word_file(author="python-docx"))
    scan(study)


def test_numbers_of_a_layout_are_no_telephone_number(study):
    widths = " ".join(f'<w:gridCol w:w="{n}"/>' for n in (943, 476, 5919, 1942, 555, 123))
    (study.reports / "layout.xml").write_text(f"<w:tblGrid>{widths}</w:tblGrid>")
    scan(study)


def test_a_picture_embedded_in_a_page(study):
    picture = base64.b64encode(drawn(CODER, "svg")).decode()
    page = study.reports / "pages" / "a.html"
    page.write_text(f'<html><img alt="x" src="data:image/svg+xml;base64,{picture}"></html>')
    finds(study, "coder", "a.html")


def test_a_zip_within_the_report_is_opened(study):
    with zipfile.ZipFile(study.reports / "bundle.zip", "w") as out:
        out.writestr("tables/t.csv", f"a,b\n{CODER},1\n")
    finds(study, "coder", "bundle.zip")


def test_a_table_in_parquet_is_read(study):
    frame = pd.DataFrame({"coder": pd.Series([CODER, "x"], dtype="str"), "value": [1, 2]})
    frame.to_parquet(study.reports / "tables" / "t.parquet")
    finds(study, "coder", "t.parquet")
    frame.assign(coder=pd.Categorical(frame["coder"])).to_parquet(study.reports / "tables" / "t.parquet")
    finds(study, "coder", "t.parquet")


@pytest.mark.parametrize("data", [b"PAR1....PAR1", b"7z\xbc\xaf\x27\x1c....."])
def test_what_can_not_be_looked_into_is_a_finding(study, data):
    (study.reports / "tables" / "t.bin").write_bytes(data)
    finds(study, "unreadable", "t.bin")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("email", "write to a.person@wigan.example.uk"),
        ("phone", "ring 01942 555 123"),
        ("postcode", "at WN1 1YN"),
        ("ni_number", "AB 12 34 56 C"),
        ("nhs_number", "943 476 5919"),
        ("url", "https://example.org/people/a-person"),
        ("path", "/Users/someone/study"),
        ("drive", "C:\\Users\\someone\\study"),
        ("formula", '"=HYPERLINK(""x"")"'),
        ("formula", "@SUM(1+1)"),
    ],
)
def test_personal_data_paths_and_formulas_in_a_table(study, kind, text):
    (study.reports / "tables" / "t.csv").write_text(f"a,b\n{text},1\n", encoding="utf-8")
    finds(study, kind, "reports/tables/t.csv")


def test_a_hash_that_begins_with_the_digits_of_an_nhs_number_is_none(study):
    (study.reports / "tables" / "t.json").write_text(json.dumps({"sha256": "9434765919ed33e1" * 4}), encoding="utf-8")
    scan(study)


def test_this_machine_and_its_folders(study, monkeypatch):
    monkeypatch.setattr("analysis.disclosure.patterns.getpass.getuser", lambda: "okoyea7")
    monkeypatch.setattr("analysis.disclosure.patterns.platform.node", lambda: "lab-pc-0417")
    page = study.reports / "pages" / "a.html"
    for text, kind in ((str(study.root), "path"), ("okoyea7", "machine"), ("lab-pc-0417", "machine")):
        page.write_text(f"<p>made at {text}</p>")
        finds(study, kind, "a.html")


def test_a_formula_in_a_workbook(study):
    book = Workbook()
    book.active["A1"] = "=1+1"
    book.save(study.reports / "tables" / "t.xlsx")
    finds(study, "formula", "t.xlsx")


def test_a_hidden_area_is_named_nowhere(tmp_path):
    root = write_study(tmp_path / "hidden", disclosure={"areas": "pseudonymised"})
    study = load_study(root)
    write(ingest(study), study.processed)
    (study.reports / "pages").mkdir(parents=True)
    page = study.reports / "pages" / "a.html"
    page.write_text("<p>Area 1 does more than area 2.</p>")
    scan(study)
    for name, kind in (("North", "area"), ("NORTH", "area"), ("north-0", "partnership")):
        page.write_text(f"<p>{name} does more than area 2.</p>")
        with pytest.raises(DisclosureError, match=f": {kind}:"):
            scan(study)
    page.unlink()
    (study.reports / "pages" / "profile-north.html").write_text("<p>An area.</p>")
    with pytest.raises(DisclosureError, match="the name of a file"):
        scan(study)


def test_a_waiver_with_a_reason_lets_a_finding_stand_but_no_quotation(study):
    reason = "the council's own switchboard, printed on its letters"
    waived = study.anonymisation.model_copy(
        update={"waive": [_waiver("phone", reason), _waiver("excerpt", "we would like to quote this")]}
    )
    lenient = study.model_copy(update={"anonymisation": waived})
    page = study.reports / "pages" / "a.html"
    page.write_text("<p>ring 01942 555 123</p>")
    scan(lenient)
    page.write_text(f"<p>{QUOTE}</p>")
    finds(lenient, "excerpt", "a.html")


def _waiver(kind, reason):
    from analysis.settings import Waiver

    return Waiver(file="a.html", kind=kind, reason=reason)


def test_without_the_list_of_raw_names_the_scan_fails(study):
    (study.processed / "withheld.parquet").unlink()
    with pytest.raises(DisclosureError, match="raw names"):
        scan(study)


def test_approved_quotations_come_with_role_or_area_and_nothing_else(study):
    tables = {n: pd.read_parquet(study.processed / f"{n}.parquet") for n in ("excerpts", "codings", "interviews")}
    number = int(tables["excerpts"].set_index("text").loc[QUOTE, "coding"])
    policy = Disclosure(approved_quotes=[number], merge_roles={"leader": "senior officer"})
    by_role = approved_excerpts(**tables, policy=policy)
    assert by_role["text"].tolist() == [QUOTE]
    assert list(by_role.columns) == ["framework", "factor", "text", "role"]
    assert by_role["role"].tolist() == ["senior officer"]
    assert list(approved_excerpts(**tables, policy=policy, speaker="area").columns)[-1] == "area"
    assert list(approved_excerpts(**tables, policy=policy, speaker="nobody").columns)[-1] == "text"
    assert approved_excerpts(**tables, policy=Disclosure()).empty
    assert approved_excerpts(**tables, policy=Disclosure(quotes="none", approved_quotes=[number])).empty
    with pytest.raises(DisclosureError, match="no coding with words"):
        approved_excerpts(**tables, policy=Disclosure(approved_quotes=[10**6]))
