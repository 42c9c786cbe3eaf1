"""A questionnaire of any framework goes out, and comes back as answers that can be reviewed."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from analysis.errors import DataError, GroupedError, MethodError
from analysis.framework import Framework, load_frameworks
from analysis.review import form, partnership_review, read_answers, scale_of

FRAMEWORKS = load_frameworks()
BLOCKS = FRAMEWORKS["building-blocks"]
KEYS = [factor.key for factor in BLOCKS.factors]


def filled(folder: Path, name: str, answers: dict[str, object], role: str = "council leader") -> Path:
    book = load_workbook(io.BytesIO(form(BLOCKS, partnership="p1", roles=["council leader"], sectors=["council"])))
    book["About you"]["B3"] = role
    book["About you"]["B4"] = "council"
    for row in book["Statements"].iter_rows(min_row=2):
        row[3].value = answers.get(row[0].value)
    path = folder / name
    book.save(path)
    return path


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=list(FRAMEWORKS))
def test_every_framework_can_be_a_questionnaire(framework: Framework) -> None:
    book = load_workbook(io.BytesIO(form(framework)))
    sheet = book["Statements"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [factor.key for factor in framework.factors]
    assert [cell.value for cell in sheet[1]][4:] == [f"{grade} means" for grade in range(5)]
    assert scale_of(framework) == (0.0, 4.0)


def test_the_form_asks_for_no_name_and_guards_its_cells() -> None:
    book = load_workbook(io.BytesIO(form(BLOCKS, roles=["a, with comma", "b"])))
    assert [row[0].value for row in book["About you"].iter_rows()] == [
        "about",
        "Partnership",
        "Your role",
        "Your sector",
    ]
    rules = book["Statements"].data_validations.dataValidation
    assert [(rule.type, rule.formula1, rule.formula2) for rule in rules] == [("whole", "0", "4")]
    assert book["Statements"].protection.sheet
    assert not book["Statements"]["D2"].protection.locked
    assert book["Statements"]["C2"].protection.locked


def test_the_form_is_the_same_bytes_each_time() -> None:
    assert form(BLOCKS, roles=["x"]) == form(BLOCKS, roles=["x"])
    with zipfile.ZipFile(io.BytesIO(form(BLOCKS))) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_a_factor_without_a_statement_stops() -> None:
    bare = BLOCKS.factors[0].model_copy(update={"statement": ""})
    with pytest.raises(MethodError, match="strategies"):
        form(BLOCKS.model_copy(update={"factors": (bare,)}))


def test_filled_forms_of_a_folder(tmp_path: Path) -> None:
    filled(tmp_path, "b.xlsx", dict.fromkeys(KEYS, 3))
    filled(tmp_path, "a.xlsx", {"governance": 0, "delivery": 4})
    answers = read_answers(tmp_path, BLOCKS)
    assert answers.n_respondents == 2
    assert answers.n_unanswered == 7
    first = answers.table[answers.table["respondent"] == "r01"]
    assert dict(zip(first["factor"], first["value"], strict=True)) == {"governance": 0.0, "delivery": 4.0}
    assert set(answers.table["partnership"]) == {"p1"}
    assert set(answers.table["role"]) == {"council leader"}
    assert set(answers.ratings(council_sectors=["Council"])["side"]) == {"council"}


def test_answers_become_a_review(tmp_path: Path) -> None:
    for i, grade in enumerate((1, 1, 2, 1)):
        filled(tmp_path, f"{i}.xlsx", dict.fromkeys(KEYS, grade))
    answers = read_answers(tmp_path, BLOCKS)
    review = partnership_review(answers.ratings(), unit="p1", framework=BLOCKS, scale=answers.scale)
    assert review.table["score"].tolist() == [1.25] * 9
    assert set(review.table["attention"]) == {"talk"}
    assert len(review.questions) == 9


def test_a_wide_table_by_key_number_label_and_statement(tmp_path: Path) -> None:
    blocks = BLOCKS.factors
    head = f'Timestamp,Your role,{blocks[0].key},{blocks[1].number},"{blocks[2].label}","{blocks[3].statement}"\n'
    path = tmp_path / "online.csv"
    path.write_text(head.replace("Your role", "role") + "1/2/2020,officer,1,2,3,\n1/2/2020,leader,0,0,0,4.0\n", "utf-8")
    answers = read_answers(path, BLOCKS, partnership="p9", ignore=["timestamp"])
    assert answers.table["value"].tolist() == [1, 2, 3, 0, 0, 0, 4]
    assert set(answers.table["partnership"]) == {"p9"}
    assert answers.n_respondents == 2
    with pytest.raises(DataError, match="unknown columns: timestamp"):
        read_answers(path, BLOCKS)


def test_a_long_table(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("respondent,factor,answer,sector\na,governance,1,NHS\na,delivery,2,NHS\nb,governance,4,\n", "utf-8")
    table = read_answers(path, BLOCKS).table
    assert table["respondent"].tolist() == ["r01", "r01", "r02"]
    assert table["sector"].tolist()[:2] == ["NHS", "NHS"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("respondent,governance\na,5\n", "no rating"),
        ("respondent,governance\na,2.5\n", "no rating"),
        ("respondent,governance\na,often\n", "no rating"),
        ("respondent,governance\na,inf\n", "no rating"),
        ("respondent,goverance\na,1\n", "unknown columns: goverance"),
        ("respondent,governance,2\na,1,1\n", "two columns stand for governance"),
        ("Name,governance\nx,1\n", "names of persons"),
        ("respondent,governance\na,\n", "no answer"),
        ("respondent,factor,answer\na,nothing,1\na,governance,1\n", "unknown factor"),
        ("respondent,factor,answer\na,governance,1\na,2,1\n", "answered twice"),
    ],
)
def test_bad_tables_are_told(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, "utf-8")
    with pytest.raises((DataError, GroupedError), match=says) as caught:
        read_answers(path, BLOCKS)
    assert "bad.csv" in str(caught.value)


def test_all_mistakes_of_all_forms_at_once(tmp_path: Path) -> None:
    filled(tmp_path, "a.xlsx", {"governance": 9, "delivery": "x"})
    filled(tmp_path, "b.xlsx", {"governance": 7, "delivery": 1})
    with pytest.raises(GroupedError) as caught:
        read_answers(tmp_path, BLOCKS)
    assert [error.where for error in caught.value.errors][:1] == ["a.xlsx, row 3"]
    assert len(caught.value.errors) >= 3


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no filled forms"):
        read_answers(tmp_path, BLOCKS)
