"""Unitising alphas against the worked examples of Krippendorff's papers and book."""

import numpy as np
import pandas as pd
import pytest

from analysis.agreement import unitising_alpha, unitising_alpha_1995

COLUMNS = ["interview", "coder", "factor", "start", "end"]

# Krippendorff, K. (2019). Content Analysis, 4th ed., figure 12.11: three observers, a continuum of 60, codes 1-7;
# in the text u-alpha .510, |u-alpha .413, cu-alpha .724, (k)u-alpha 1 for codes 1, 5, 6 and 0 for 2, 3, 4, code 5
# covered to 44 %. The data as the R package quallmer's tests transcribe the figure.
FIGURE_12_11 = {
    "Alex": [(0, 7, 1), (7, 13, 2), (30, 32, 5), (32, 37, 6), (37, 44, 6), (44, 60, 7)],
    "Paul": [(0, 7, 1), (7, 13, 3), (13, 21, 5), (32, 44, 6)],
    "Suzan": [(0, 7, 1), (7, 13, 4), (13, 21, 5), (32, 37, 6), (37, 41, 6), (41, 44, 6)],
}
# Krippendorff (1995, 2004): two observers of a continuum from 150 to 450, categories c and k. In the paper the
# disagreements of c are .0144 observed and .0532 expected, of k 0 and .0490. The data as in DKPro Statistics' tests.
EXAMPLE_1995 = [
    *[("t", "i", "c", start - 150, end - 150) for start, end in [(225, 295), (370, 400)]],
    *[("t", "j", "c", start - 150, end - 150) for start, end in [(220, 300), (355, 375), (400, 420)]],
    *[("t", coder, "k", start - 150, end - 150) for coder in "ij" for start, end in [(180, 240), (300, 350)]],
]


@pytest.fixture(scope="module")
def figure_12_11() -> pd.DataFrame:
    rows = [
        ("text", coder, str(code), start, end)
        for coder, segments in FIGURE_12_11.items()
        for start, end, code in segments
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_the_family_of_the_book(figure_12_11):
    result = unitising_alpha(figure_12_11, {"text": 60})
    values = result.table.drop_duplicates("coefficient").set_index("coefficient")["value"]
    assert round(values["u_alpha"], 3) == 0.510
    assert values["u_alpha_binary"] == pytest.approx(0.413, abs=0.001)
    assert round(values["cu_alpha"], 3) == 0.724


def test_single_codes_of_the_book(figure_12_11):
    table = unitising_alpha(figure_12_11, {"text": 60}).table
    single = table[table["coefficient"] == "ku_alpha"].set_index("code")
    assert single.loc[["1", "5", "6"], "value"].tolist() == pytest.approx([1, 1, 1])
    assert single.loc[["2", "3", "4"], "value"].tolist() == pytest.approx([0, 0, 0])
    assert single.loc["5", "coverage"] == pytest.approx(8 / 18)
    assert single.loc["7", "coverage"] == 0
    assert np.isnan(single.loc["7", "value"])


def test_disagreements_of_1995():
    table = unitising_alpha_1995(pd.DataFrame(EXAMPLE_1995, columns=COLUMNS), {"t": 300})
    by_code = table.set_index(table["factor"].fillna("all"))
    assert by_code.loc["c", "observed"] == pytest.approx(0.0144, abs=5e-5)
    assert by_code.loc["c", "expected"] == pytest.approx(0.0532, abs=5e-5)
    assert by_code.loc["k", "observed"] == 0
    assert by_code.loc["k", "expected"] == pytest.approx(0.0490, abs=5e-5)
    # 0.7285 and 0.8587 in DKPro's tests, which hold to 1e-4.
    assert by_code.loc["c", "value"] == pytest.approx(0.7285, abs=1.1e-4)
    assert by_code.loc["all", "value"] == pytest.approx(0.8587, abs=1e-4)
