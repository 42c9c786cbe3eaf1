"""Tables: the same rounded cells in every format, accessible markup, no formulas, nothing half-written."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from analysis.errors import NotebookError
from analysis.rounding import as_text, decimals_for, write_p
from analysis.tables import heading, show_table
from analysis.target import Target, set_target

FRAME = pd.DataFrame(
    {
        "factor": ["Trust & honesty", "=cmd|'/c calc'!A1", "Purpose"],
        "estimate": [0.123456, -1.5, np.nan],
        "p": [0.0004, 0.0312, np.nan],
        "share_of_interviews": [0.5, 1.0, 0.333],
        "n_units": [15, 1500, 7],
        "stands": [True, False, False],
    }
)


@pytest.fixture
def stage(tmp_path):
    set_target(Target(tmp_path, "04_page", "A study", simulated=True))
    yield tmp_path
    set_target(None)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0004, "< .001"), (0.001, ".001"), (0.0312, ".031"), (0.9999, "1"), (0.5, ".500")]
)
def test_p_values(value, text):
    assert write_p(value) == text


@pytest.mark.parametrize(
    ("values", "places"), [([1.0, 2.0], 0), ([0.123], 2), ([1.234], 2), ([12.34], 1), ([1234.5], 0), ([np.nan], 0)]
)
def test_decimals_follow_the_precision_of_the_column(values, places):
    assert decimals_for(pd.Series(values)) == places


def test_cells_as_readers_see_them():
    text = as_text(FRAME)
    assert list(text["estimate"]) == ["0.12", "−1.50", "n/a"]
    assert list(text["p"]) == ["< .001", ".031", "n/a"]
    assert list(text["share_of_interviews"]) == ["50 %", "100 %", "33 %"]
    assert list(text["n_units"]) == ["15", "1,500", "7"]
    assert list(text["stands"]) == ["yes", "no", "no"]


def test_years_have_no_separator_and_negative_zero_no_sign():
    frame = pd.DataFrame({"start_year": [2010, 1998], "change": [-0.001, 0.25]})
    assert list(as_text(frame)["start_year"]) == ["2010", "1998"]
    assert list(as_text(frame)["change"]) == ["0.00", "0.25"]


def test_all_formats_carry_the_same_numbers(stage):
    show_table(FRAME, name="associations", caption="What goes with what", notes=["A note."])
    html = (stage / "tables" / "associations.html").read_text()
    tex = (stage / "tables" / "associations.tex").read_text()
    csv = pd.read_csv(stage / "tables" / "associations.csv")
    for text in ("0.12", "−1.50", ".031", "50", "1,500"):
        assert text in html
        assert text.replace("−", "$-$") in tex
    np.testing.assert_allclose(csv["estimate"], FRAME["estimate"])
    record = json.loads((stage / "tables" / "associations.json").read_text())
    assert record["number"] == 1
    assert record["notes"] == ["A note.", "Simulated data."]
    assert set(record["sha256"]) == {"csv", "html", "tex"}


def test_markup_has_caption_scopes_and_a_region_for_the_keyboard(stage):
    show_table(FRAME, name="t", caption="A <caption>")
    html = (stage / "tables" / "t.html").read_text()
    assert "<caption><b>Table 1.</b> A &lt;caption&gt;</caption>" in html
    assert html.count('scope="col"') == len(FRAME.columns)
    assert html.count('scope="row"') == len(FRAME)
    assert 'tabindex="0"' in html
    assert not re.search(r'\b(id|style|headers)="', html)
    assert "Trust &amp; honesty" in html


def test_text_that_a_spreadsheet_would_run_is_neutralised(stage):
    show_table(FRAME, name="t", caption="c")
    csv = (stage / "tables" / "t.csv").read_text()
    assert "'=cmd" in csv
    assert "-1.5" in csv, "a negative number is no formula"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"caption": " "}, "caption is empty"),
        ({"name": "Bad Name"}, "can't be the name"),
        ({"frame": FRAME[:0]}, "no rows"),
    ],
)
def test_what_can_not_be_published_writes_nothing(stage, change, said):
    with pytest.raises(NotebookError, match=said):
        show_table(**{"frame": FRAME, "name": "t", "caption": "c"} | change)
    assert not list(stage.rglob("*.csv"))


def test_headings():
    assert heading("p_adjusted") == "adjusted p"
    assert heading("policy_field") == "policy field"
    assert heading("x", {"x": "Y"}) == "Y"
