"""The one way a table leaves a page: HTML, LaTeX and CSV from the same rounded cells, with caption and notes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from analysis.latex import latex_table
from analysis.published import (
    check_name,
    check_text,
    neutralise,
    number_of,
    show,
    stage_folder,
    tidy,
    write_csv,
    write_record,
)
from analysis.rounding import as_text
from analysis.target import current_target

FORMATS = {"csv": "{}.csv", "html": "{}.html", "tex": "{}.tex"}
LINKS = (("csv", "Data (CSV)"), ("html", "HTML"), ("tex", "LaTeX"))

_ROW_HEADER = r'<tr><th scope="row" class="\1">\2</th>'

#: From so many characters on, a column of texts is kept from being squeezed to a word a line.
LONG = 40
#: A table's own file is a page by itself; it has no other style.
_PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ max-width: 80rem; margin: 1.5rem auto; padding: 0 1rem; font: 1rem/1.45 system-ui, sans-serif; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
caption {{ padding-bottom: .5rem; text-align: start; }}
th, td {{ padding: .3rem .7rem; border-bottom: 1px solid GrayText; text-align: start; vertical-align: top; }}
tbody th {{ font-weight: normal; }}
.number {{ text-align: end; }}
.long {{ min-width: 12rem; }}
</style>
</head>
<body>
<main>
<h1>{heading}</h1>
{body}
</main>
</body>
</html>
"""

#: Column names that readers see where they are not simply the name with blanks.
HEADINGS = {
    "df": "degrees of freedom",
    "high": "upper",
    "low": "lower",
    "label": "in the plan",
    "n_units": "units",
    "n_dropped": "left out",
    "p_adjusted": "adjusted p",
    "se": "standard error",
    "sha256": "SHA-256",
    "standardised": "standardised estimate",
    "standardised_high": "upper 95 %",
    "standardised_low": "lower 95 %",
    "within_p": "co-primary p",
    "within_standardised": "co-primary estimate",
}


def heading(column: str, labels: Mapping[str, str] | None = None) -> str:
    """Return the heading of a column."""
    return {**HEADINGS, **(labels or {})}.get(column, column.replace("_", " "))


def show_table(
    frame: pd.DataFrame,
    *,
    name: str,
    caption: str,
    notes: Sequence[str] = (),
    decimals: Mapping[str, int] | None = None,
    labels: Mapping[str, str] | None = None,
) -> None:
    """Write a table as HTML, LaTeX and CSV, and show it on the page.

    Parameters
    ----------
    frame : DataFrame
        The first column names the rows.
    name : str
        Its file name and address: small letters, digits, ``-`` and ``_``.
    caption : str
        What a reader needs in order to understand it without the text.
    notes : sequence of str
        Sentences printed below it.
    decimals : mapping of str to int, optional
        Decimals of columns for which the rule of `analysis.rounding` does not serve.
    labels : mapping of str to str, optional
        Headings of columns.

    Raises
    ------
    NotebookError
        For an empty caption, a bad name, or a frame without rows; nothing is written then.
    """
    target = current_target()
    where = f"table {name!r} of page {target.page}"
    check_name(name, "table")
    said = check_text(caption, "caption", where)
    data = tidy(frame, where)
    written = as_text(data, decimals)
    headings = [heading(str(column), labels) for column in data.columns]
    folder = stage_folder(target, "tables")
    record: dict[str, Any] = {
        "name": name,
        "page": target.page,
        "caption": said,
        "files": {kind: pattern.format(name) for kind, pattern in FORMATS.items()},
        "notes": [*notes, *(["Simulated data."] if target.simulated else [])],
        "simulated": target.simulated,
        "number": number_of(folder, name, target.page),
        "headings": headings,
        "rows": len(data),
    }
    files = {kind: folder / file for kind, file in record["files"].items()}
    numeric = [pd.api.types.is_numeric_dtype(data[column]) for column in data.columns]
    body = table_html(written, headings, numeric, record)
    label = f"Table {record['number']}"
    page = _PAGE.format(title=escape(f"{label}: {said}"), heading=label, body=body)
    files["html"].write_text(page, encoding="utf-8", newline="\n")
    files["tex"].write_text(table_latex(written, headings, numeric, record), encoding="utf-8", newline="\n")
    write_csv(data, files["csv"])
    write_record(folder / f"{name}.json", record, files)
    show(f'<div class="table" id="table-{name}">{body}{_links(record)}</div>', said, {"kind": "table", "name": name})


def table_html(
    written: pd.DataFrame, headings: Sequence[str], numeric: Sequence[bool], record: Mapping[str, Any]
) -> str:
    """Return an accessible HTML table: caption, scope on every header, a scroll region that the keyboard reaches.

    The cells are rendered by great_tables; what it lacks (caption, row headers) is put in, and its inline styles and
    identifiers, which would repeat on a page of several tables, are taken out.
    """
    rows = re.search(r"<tbody.*?</tbody>", _laid_out(written, headings, numeric).as_raw_html(), flags=re.DOTALL)
    assert rows is not None
    body = re.sub(r' (?:headers|style|id)="[^"]*"', "", rows.group())
    body = re.sub(
        r'<tr>\s*<td class="([^"]*)">(.*?)</td>', r'<tr><th scope="row" class="\1">\2</th>', body, flags=re.DOTALL
    )
    body = body.replace(' class="gt_row gt_left"', "").replace(' class="gt_row gt_right"', ' class="number"')
    body = re.sub(r"\n\s*", "\n", body.replace(' class="gt_table_body"', ""))
    label = f"Table {record['number']}"
    long = written.map(len).max() >= LONG
    classes = [
        ' class="number"' if is_number else ' class="long"' if is_long else ""
        for is_number, is_long in zip(numeric, long, strict=True)
    ]
    head = "".join(f'<th scope="col"{c}>{escape(text)}</th>' for text, c in zip(headings, classes, strict=True))
    notes = "".join(f"<p>{escape(note)}</p>" for note in record["notes"])
    foot = f'<div class="notes">{notes}</div>' if notes else ""
    return (
        f'<div class="scroll" role="group" tabindex="0" aria-label="{label}">'
        f'<table class="data"><caption><b>{label}.</b> {escape(record["caption"])}</caption>'
        f"<thead><tr>{head}</tr></thead>\n{body}</table></div>{foot}"
    )


def table_latex(
    written: pd.DataFrame, headings: Sequence[str], numeric: Sequence[bool], record: Mapping[str, Any]
) -> str:
    """Return the table as LaTeX, with caption and notes: cells and escapes by great_tables, set to fit a page."""

    def render(places: Sequence[int]) -> str:
        some = list(places)
        laid = _laid_out(written.iloc[:, some], [headings[i] for i in some], [numeric[i] for i in some])
        laid = laid.tab_header(title=record["caption"])
        for note in record["notes"]:
            laid = laid.tab_source_note(note)
        return str(laid.as_latex())

    return latex_table(render, str(record["name"]), written, headings, numeric, record["notes"])


def _laid_out(written: pd.DataFrame, headings: Sequence[str], numeric: Sequence[bool]) -> Any:
    from great_tables import GT

    cells = written.map(neutralise)
    cells.columns = [f"column_{i}" for i in range(len(headings))]
    right = [name for name, is_number in zip(cells.columns, numeric, strict=True) if is_number]
    left = [name for name in cells.columns if name not in right]
    laid = GT(cells, id="table").cols_label(**dict(zip(cells.columns, headings, strict=True)))
    return laid.cols_align("right", columns=right).cols_align("left", columns=left)


def _links(record: Mapping[str, Any], folder: str = "../tables/") -> str:
    label = f"Table {record['number']}"
    items = "".join(
        f'<li><a href="{folder}{record["files"][kind]}">{text}<span class="unseen"> of {label}</span></a></li>'
        for kind, text in LINKS
    )
    return f'<ul class="files">{items}</ul>'
