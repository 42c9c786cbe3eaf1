"""Verdicts in words, drift over time, groups, and errors."""

import numpy as np
import pandas as pd
import pytest

from analysis.agreement import (
    agreement_by,
    agreement_drift,
    bootstrap_intervals,
    cohen_kappa,
    conger_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    verdict,
)
from analysis.errors import MethodError


def table(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"factor": list("abcd")[: len(columns["value"])], **columns})


def test_words_of_each_scale():
    result = verdict(
        table(
            value=[0.85, 0.70, 0.30, np.nan],
            se=[0.02, 0.05, 0.10, np.nan],
            lower=[0.81, 0.60, 0.1, np.nan],
            upper=[0.89, 0.80, 0.5, np.nan],
        )
    )
    found = result.table
    assert found["krippendorff"].tolist() == [
        "reliable",
        "tentative conclusions only",
        "not reliable",
        "undefined",
    ]
    assert found["krippendorff_lower"].tolist()[:2] == ["reliable", "not reliable"]
    assert found["landis_koch"].tolist()[:3] == ["almost perfect", "substantial", "fair"]
    # 0.70 at a standard error of 0.05 lies above 0.6 with probability 0.977; 0.30 at 0.10 above 0.2 with 0.84.
    assert found["gwet"].tolist()[1:3] == ["substantial", "slight"]
    assert "though the interval reaches down to not reliable" in found["verdict"][1]
    assert "1 with the whole interval at .800 or above" in result.summary
    assert "Human Communication Research" in result.sources["krippendorff"]


def test_thresholds_belong_to_the_better_band():
    result = verdict(table(value=[0.800, 0.667], se=[0.0, 0.0], lower=[0.8, 0.667], upper=[0.8, 0.667]))
    assert result.table["krippendorff"].tolist() == ["reliable", "tentative conclusions only"]


def frame(agree: list[float], seed: int = 0) -> pd.DataFrame:
    """Two coders over months with the given chance of the same answer, 30 interviews of 3 units a month."""
    rng = np.random.default_rng(seed)
    rows = []
    for month, chance in enumerate(agree, start=1):
        for interview in range(30):
            for unit in range(3):
                truth = int(rng.integers(0, 2))
                other = truth if rng.random() < chance else 1 - truth
                key = (f"{month}-{interview}", unit, f"2016-{month:02}")
                rows += [(*key, "A", truth), (*key, "B", other)]
    return pd.DataFrame(rows, columns=["interview", "unit", "month", "coder", "value"])


def test_drift_is_found_where_it_is_and_not_where_it_is_not():
    falling = agreement_drift(frame([0.98, 0.9, 0.6]), draws=1000)
    assert falling.table["period"].tolist() == ["2016-01", "2016-02", "2016-03"]
    assert falling.interval[1] < 0
    assert falling.change == pytest.approx(falling.table["value"].iloc[2] - falling.table["value"].iloc[0])
    assert "no clear drift" not in falling.summary
    steady = agreement_drift(frame([0.9, 0.9, 0.9], seed=1), draws=1000)
    assert steady.interval[0] < 0 < steady.interval[1]
    assert "no clear drift" in steady.summary


def test_drift_by_blocks_of_interviews():
    result = agreement_drift(frame([0.9, 0.9]), "month", blocks=4, draws=100)
    assert result.table["n_clusters"].tolist() == [15, 15, 15, 15]
    assert result.table["first"].tolist() == ["2016-01", "2016-01", "2016-02", "2016-02"]


def test_interviews_without_a_month_are_counted():
    data = frame([0.9, 0.9])
    data.loc[data["interview"] == "1-3", "month"] = None
    result = agreement_drift(data, draws=50)
    assert result.n_left_out == 1
    assert "1 without a date left out" in result.summary


def test_pairs_of_coders_within_groups():
    base = frame([0.9, 0.8])
    third = base[base["coder"] == "A"].assign(coder="C")
    result = agreement_by(pd.concat([base, third]), ["month", "pair"], coefficient="cohen_kappa")
    assert len(result.table) == 2 * 3
    perfect = result.table[(result.table["coder_a"] == "A") & (result.table["coder_b"] == "C")]
    assert perfect["value"].tolist() == pytest.approx([1, 1])
    one = base[(base["month"] == "2016-01")].pivot(index=["interview", "unit"], columns="coder", values="value")
    expected = cohen_kappa(one["A"], one["B"])
    first = result.table[(result.table["coder_b"] == "B") & (result.table["month"] == "2016-01")].iloc[0]
    assert first["value"] == pytest.approx(expected.value)
    assert first["se"] == pytest.approx(expected.se)


def test_no_variation_is_undefined_and_says_so():
    same = krippendorff_alpha([[1, 1, 1], [1, 1, 1]])
    assert np.isnan(same.value)
    assert "the ratings do not vary" in same.summary
    assert gwet_ac([[1, 1, 1], [1, 1, 1]], categories=[0, 1]).value == 1.0
    alone = krippendorff_alpha([[1, np.nan], [np.nan, 2]])
    assert "no unit has two ratings" in alone.summary


def test_ordinal_words_need_their_order():
    words = [["low", "high", "mid", "low"], ["low", "high", "high", "mid"]]
    with pytest.raises(MethodError, match="needs order"):
        krippendorff_alpha(words, "ordinal")
    ordered = krippendorff_alpha(words, "ordinal", categories=["low", "mid", "high"])
    numbers = krippendorff_alpha([[1, 3, 2, 1], [1, 3, 3, 2]], "ordinal")
    assert ordered.value == pytest.approx(numbers.value)


def test_a_level_of_ones_own():
    data = [[1, 2, 3, 3, 1], [1, 2, 2, 3, 3]]
    own = krippendorff_alpha(data, lambda values, counts: np.square(values[:, None] - values[None, :]))
    assert own.value == pytest.approx(krippendorff_alpha(data, "interval").value)


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda: krippendorff_alpha([[1, 2], [1, 2]], "nominall"), "no level"),
        (lambda: krippendorff_alpha([1, 2, 3]), "not two"),
        (lambda: krippendorff_alpha([[-1, 2], [1, 2]], "ratio"), "at least zero"),
        (lambda: gwet_ac([[1, 2], [1, 2]], "quadratc"), "no weights"),
        (lambda: gwet_ac([[1, 2], [1, 2]], categories=[0, 1]), "not on the scale"),
        (lambda: gwet_ac([[1, 2], [1, 2]], np.zeros((2, 2))), "no matrix of agreement"),
        (lambda: cohen_kappa([1, 2], [1]), "2 and 1 units"),
        (lambda: agreement_by(frame([0.9]), "are"), "no column 'are'"),
        (lambda: agreement_by(frame([0.9]), "month", coefficient="alpha"), "no coefficient"),
        (lambda: agreement_by(frame([0.9]), "month", uncoded="maybe"), "no reading"),
        (lambda: bootstrap_intervals(frame([0.9]), "month", draws=0), "no bootstrap"),
        (lambda: krippendorff_alpha(pd.concat([frame([0.9]), frame([0.9])])), "twice"),
        (lambda: verdict(pd.DataFrame({"value": [1.0]})), "no verdict without"),
        (lambda: verdict(percent_agreement([[1, 2], [1, 2]])), "not corrected for chance"),
    ],
)
def test_errors_say_what_is_wrong(call, what):
    with pytest.raises(MethodError, match=what) as caught:
        call()
    assert caught.value.fix


def test_groups_share_the_scale_of_the_whole_frame():
    # In group y nobody uses 2; AC1 depends on how many categories there are, so it must be the one of three.
    rows = [
        ("x", i, c, v)
        for i, pair in enumerate([(0, 0), (1, 1), (2, 2), (1, 2)])
        for c, v in zip("AB", pair, strict=True)
    ]
    rows += [
        ("y", i, c, v)
        for i, pair in enumerate([(0, 0), (1, 1), (0, 1)], start=9)
        for c, v in zip("AB", pair, strict=True)
    ]
    data = pd.DataFrame(rows, columns=["factor", "unit", "coder", "value"])
    result = agreement_by(data, coefficient="gwet_ac").table.set_index("factor")
    expected = gwet_ac([[0, 1, 0], [0, 1, 1]], categories=[0, 1, 2])
    assert result.loc["y", "value"] == pytest.approx(expected.value)


def test_missing_coder_in_a_draw_leaves_conger_defined():
    data = frame([0.9])
    extra = data[(data["coder"] == "A") & (data["interview"] == "1-0")].assign(coder="C")
    made = bootstrap_intervals(pd.concat([data, extra]), (), coefficient="conger_kappa", draws=200)
    assert not np.isnan(made.draws).any()
    assert made.table["value"].iloc[0] == pytest.approx(conger_kappa(pd.concat([data, extra])).value)
