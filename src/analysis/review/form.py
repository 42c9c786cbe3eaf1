"""The questionnaire of a self-assessment: any framework as a workbook that respondents fill in."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from analysis.errors import MethodError
from analysis.framework import Framework
from analysis.workbook import workbook_bytes, write_rows, write_text

INTRODUCTION, ABOUT, STATEMENTS = "Read me", "About you", "Statements"
#: What the form asks about a respondent: what the table calls it, and how the form asks.
ASKED = {"partnership": "Partnership", "role": "Your role", "sector": "Your sector"}
HEADINGS = ("factor", "number", "statement", "answer")

_INPUT = PatternFill("solid", fgColor="FFF7DC")
_WIDTHS = (18, 8, 52, 10, 30, 30, 30, 30, 30)


def form(
    framework: Framework,
    *,
    partnership: str = "",
    roles: Sequence[str] = (),
    sectors: Sequence[str] = (),
) -> bytes:
    """Return the questionnaire of a framework as an .xlsx file; the same input gives the same bytes.

    Three sheets: how to fill it in, the respondent's role and sector (no name is asked for), and one statement a
    factor to be rated, with what each rating means beside it. Only the cells to fill in are unlocked.

    Parameters
    ----------
    framework : Framework
        Every factor needs a `statement`, and anchors of its own or of the framework.
    partnership : str
        Key, filled in beforehand.
    roles, sectors : sequence of str
        Offered as lists; free text is allowed where they are empty.

    Raises
    ------
    MethodError
        A factor has no statement or no anchors, or factors have different numbers of anchors.
    """
    grades = _grades(framework)
    workbook = Workbook()
    _introduce(workbook.active, framework, grades)
    _ask(workbook.create_sheet(ABOUT), partnership, {"role": roles, "sector": sectors})
    _state(workbook.create_sheet(STATEMENTS), framework, grades)
    return workbook_bytes(workbook)


def scale_of(framework: Framework) -> tuple[float, float]:
    """Return least and most rating of a framework's self-assessment."""
    return 0.0, float(_grades(framework) - 1)


def _grades(framework: Framework) -> int:
    bare = [f.key for f in framework.factors if not f.statement or len(framework.anchors_of(f)) < 2]
    if bare:
        raise MethodError(
            f"{framework.key} can't be put as a questionnaire: {', '.join(bare)} lack a statement or anchors",
            fix="give each factor a `statement`, and the framework (or the factor) `anchors`, in its YAML file",
        )
    numbers = {len(framework.anchors_of(factor)) for factor in framework.factors}
    if len(numbers) > 1:
        raise MethodError(
            f"the factors of {framework.key} have different numbers of anchors: {sorted(numbers)}",
            fix="give all factors the same number of anchors",
        )
    return numbers.pop()


def _introduce(sheet: Worksheet, framework: Framework, grades: int) -> None:
    sheet.title = INTRODUCTION
    said = [
        framework.title,
        framework.summary,
        f"Source: {framework.source} ({framework.year}). Statements and descriptions are the workbench's own words.",
        "Please fill in the coloured cells of the two other sheets. Do not write names of persons anywhere.",
        f"Rate each statement for the partnership as it is today, from 0 to {grades - 1}; what each rating means "
        "stands beside it. Leave a cell empty where you can't judge: an empty cell is not a 0.",
        "Your answers are joined with those of others. Where you differ, that is what the conversation is about.",
        *framework.questions,
    ]
    write_rows(sheet, [[line] for line in said if line], widths=(110,))
    sheet.freeze_panes = None
    sheet.protection.sheet = True


def _ask(sheet: Worksheet, partnership: str, offered: dict[str, Sequence[str]]) -> None:
    rows = [[question, partnership if name == "partnership" else None] for name, question in ASKED.items()]
    write_rows(sheet, [["about", "answer"], *rows], widths=(24, 48))
    for i, name in enumerate(ASKED, start=2):
        _open(sheet, f"B{i}")
        choices = offered.get(name, ())
        if choices:
            _offer(sheet, choices, f"B{i}", column="D" if name == "role" else "E")
    sheet.protection.sheet = True


def _offer(sheet: Worksheet, choices: Sequence[str], cell: str, *, column: str) -> None:
    """Write the choices into a hidden column, since a list within a rule may hold 255 signs and no commas."""
    for i, choice in enumerate(choices, start=1):
        write_text(sheet[f"{column}{i}"], choice)
    sheet.column_dimensions[column].hidden = True
    rule = DataValidation(type="list", formula1=f"${column}$1:${column}${len(choices)}", allow_blank=True)
    rule.error, rule.errorTitle = "Please choose one from the list.", "Not in the list"
    sheet.add_data_validation(rule)
    rule.add(cell)


def _state(sheet: Worksheet, framework: Framework, grades: int) -> None:
    head = [*HEADINGS, *(f"{grade} means" for grade in range(grades))]
    rows = [[f.key, f.number, f.statement, None, *framework.anchors_of(f)] for f in framework.factors]
    write_rows(sheet, [head, *rows], widths=_WIDTHS)
    rule = DataValidation(type="whole", operator="between", formula1="0", formula2=str(grades - 1), allow_blank=True)
    rule.errorTitle, rule.error = (
        "Not a rating",
        f"Please give a whole number from 0 to {grades - 1}, or leave it empty.",
    )
    sheet.add_data_validation(rule)
    for i in range(2, len(rows) + 2):
        _open(sheet, f"D{i}")
        rule.add(f"D{i}")
    sheet.freeze_panes = "E2"
    sheet.protection.sheet = True


def _open(sheet: Worksheet, cell: str) -> None:
    sheet[cell].fill = _INPUT
    sheet[cell].protection = Protection(locked=False)
