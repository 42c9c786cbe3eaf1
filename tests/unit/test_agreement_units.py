"""Units of comparison from codings, counted by hand, and what is built on them."""

import numpy as np
import pandas as pd
import pytest

from analysis.agreement import (
    agreement_by,
    character_units,
    disagreements,
    interview_units,
    krippendorff_alpha,
    rating_units,
    segment_units,
    span_units,
    uncoded_share,
    unitising_alpha,
    unitising_by_code,
    window_spans,
)
from analysis.errors import MethodError

CODINGS = pd.DataFrame(
    [
        (1, "i1", "A", "trust", 0, 10, 2.0),
        (2, "i1", "B", "trust", 5, 15, 3.0),
        (3, "i1", "A", "trust", 15, 20, 1.0),
        (4, "i1", "B", "money", 30, 40, 1.0),
        (5, "i2", "A", "money", 0, 10, 1.0),
        (6, "i2", "B", "trust", 50, 60, 1.0),
        (7, "i3", "A", "money", 0, 10, 1.0),
    ],
    columns=["coding", "interview", "coder", "factor", "start", "end", "intensity"],
)
LENGTHS = {"i1": 50, "i2": 60, "i3": 30}
INTERVIEWS = pd.DataFrame({"interview": ["i1", "i2", "i3"], "area": ["n", "s", "s"], "words": 9})


def rows(units: pd.DataFrame, interview: str, factor: str) -> list[tuple[float, ...]]:
    part = units[(units["interview"] == interview) & (units["factor"] == factor)]
    wide = part.pivot(index=["start", "end"], columns="coder", values="value")
    return [(*place, *values) for place, values in zip(wide.index, wide.to_numpy(), strict=True)]


def test_interview_units_leave_out_what_one_coder_read():
    units = interview_units(CODINGS, INTERVIEWS, value="intensity")
    assert set(units["interview"]) == {"i1", "i2"}
    wide = units.pivot(index=["interview", "factor"], columns="coder", values="value")
    assert wide.loc[("i1", "trust")].tolist() == [2.0, 3.0]
    assert wide.loc[("i1", "money")].tolist() == [0.0, 1.0]
    assert units.loc[units["interview"] == "i2", "area"].unique().tolist() == ["s"]


def test_direct_ratings_are_units_and_missing_ones_stay_missing():
    ratings = pd.DataFrame(
        [("i1", "trust", "A", 3), ("i1", "trust", "B", 2), ("i1", "money", "A", 1), ("i2", "trust", "A", 0)],
        columns=["interview", "factor", "coder", "value"],
    )
    units = rating_units(ratings, INTERVIEWS)
    assert units["interview"].unique().tolist() == ["i1"]
    assert len(units[units["factor"] == "money"]) == 1
    assert agreement_by(units, ()).table["n_units"].tolist() == [1]


def test_a_reader_who_gave_nothing_rates_zero():
    readers = pd.DataFrame({"interview": ["i3", "i3", "i1", "i1", "i2", "i2"], "coder": list("ABABAB")})
    units = interview_units(CODINGS, readers=readers)
    third = units[(units["interview"] == "i3") & (units["factor"] == "money")].set_index("coder")["value"]
    assert third.to_dict() == {"A": 1.0, "B": 0.0}


def test_a_coder_who_is_no_reader_is_refused():
    with pytest.raises(MethodError, match="not among its readers"):
        interview_units(CODINGS, readers=pd.DataFrame({"interview": ["i1"], "coder": ["A"]}))


def test_segments_that_overlap_are_one_unit_and_touching_ones_are_two():
    units = segment_units(CODINGS, LENGTHS)
    assert rows(units, "i1", "trust") == [(0, 15, 1, 1), (15, 20, 1, 0), (20, 50, 0, 0)]
    assert rows(units, "i1", "money") == [(0, 30, 0, 0), (30, 40, 0, 1), (40, 50, 0, 0)]
    assert rows(units, "i2", "trust") == [(0, 50, 0, 0), (50, 60, 0, 1)]


def test_characters_come_in_runs_with_their_number():
    units = character_units(CODINGS, LENGTHS, value="intensity")
    found = rows(units, "i1", "trust")
    assert found == [(0, 5, 2, 0), (5, 10, 2, 3), (10, 15, 0, 3), (15, 20, 1, 0), (20, 50, 0, 0)]
    one = units[(units["interview"] == "i1") & (units["factor"] == "trust") & (units["coder"] == "A")]
    assert one["count"].tolist() == [5, 5, 5, 5, 30]


def test_runs_of_characters_give_the_alpha_of_single_characters():
    units = character_units(CODINGS, LENGTHS)
    counted = agreement_by(units).table.set_index("factor")
    for factor in ("trust", "money"):
        written_out = {"A": [], "B": []}
        for interview in ("i1", "i2"):
            for coder in "AB":
                text = np.zeros(LENGTHS[interview])
                mine = CODINGS[(CODINGS["interview"] == interview) & (CODINGS["coder"] == coder)]
                for segment in mine[mine["factor"] == factor].itertuples():
                    text[segment.start : segment.end] = 1
                written_out[coder].extend(text)
        expected = krippendorff_alpha(np.array([written_out["A"], written_out["B"]]))
        assert counted.loc[factor, "value"] == pytest.approx(expected.value)
        assert counted.loc[factor, "n_units"] == expected.n_units == 110


def test_windows_are_rated_by_every_segment_that_meets_them():
    spans = window_spans(LENGTHS, 20)
    assert spans[spans["interview"] == "i1"][["start", "end"]].to_numpy().tolist() == [[0, 20], [20, 40], [40, 50]]
    units = span_units(CODINGS, spans)
    assert rows(units, "i1", "trust") == [(0, 20, 1, 1), (20, 40, 0, 0), (40, 50, 0, 0)]
    assert rows(units, "i2", "trust") == [(0, 20, 0, 0), (20, 40, 0, 0), (40, 60, 0, 1)]


def test_overlapping_spans_are_refused():
    spans = pd.DataFrame({"interview": ["i1", "i1"], "start": [0, 5], "end": [10, 20]})
    with pytest.raises(MethodError, match="overlap"):
        span_units(CODINGS, spans)


def test_both_readings_of_uncoded_text():
    units = segment_units(CODINGS, LENGTHS)
    table = agreement_by(units, "factor", uncoded="both").table.set_index(["factor", "uncoded"])
    assert table.loc[("trust", "include"), "n_units"] == 5
    assert table.loc[("trust", "exclude"), "n_units"] == 3
    assert uncoded_share(units) == pytest.approx(5 / 10)


def test_a_segment_past_the_end_of_its_text_is_refused():
    with pytest.raises(MethodError, match="outside") as caught:
        character_units(CODINGS, {**LENGTHS, "i2": 55})
    assert caught.value.where == "interview i2"


def test_codings_without_a_place_are_not_dropped_in_silence():
    lost = CODINGS.assign(start=CODINGS["start"].where(CODINGS["coding"] != 2))
    with pytest.raises(MethodError, match="1 codings have no place"):
        segment_units(lost, LENGTHS)


def test_disagreements_stand_side_by_side_with_the_codings():
    result = disagreements(segment_units(CODINGS, LENGTHS, value="intensity"), CODINGS)
    assert result.n_units == 10
    first = result.table.set_index(["interview", "factor", "start"])
    assert first.loc[("i1", "trust", 0.0), ["A", "B", "gap"]].tolist() == [2, 3, 1]
    assert first.loc[("i1", "trust", 0.0), "codings"] == (1, 2)
    assert first.loc[("i1", "trust", 15.0), "codings"] == (3,)
    assert "text" not in result.table
    assert "differ on 5 of 10 units" in result.summary


def test_unitising_alpha_refuses_overlapping_codes_and_says_where():
    both = pd.concat([CODINGS, CODINGS.iloc[[0]].assign(factor="money")])
    with pytest.raises(MethodError, match="overlap") as caught:
        unitising_alpha(both, LENGTHS)
    assert "interview i1, coder A" in caught.value.where


def test_unitising_by_code_is_one_for_the_same_segments_and_below_for_others():
    twin = pd.concat([CODINGS[CODINGS["coder"] == "A"].assign(coder=coder) for coder in "XY"])
    table = unitising_by_code(twin, LENGTHS, draws=50).set_index("factor")
    assert table["value"].tolist() == pytest.approx([1, 1])
    assert table["alpha_1995"].tolist() == pytest.approx([1, 1])
    assert (unitising_by_code(CODINGS, LENGTHS, draws=0)["value"] < 0.9).all()


def test_unitising_by_code_with_different_readers():
    third = CODINGS[CODINGS["interview"] == "i2"].replace({"coder": {"B": "C"}})
    mixed = pd.concat([CODINGS[CODINGS["interview"] != "i2"], third])
    table = unitising_by_code(mixed, LENGTHS, draws=0)
    assert table["alpha_1995"].isna().all()
    assert table["value"].notna().all()


def test_unitising_with_overlaps_combined_and_pooled():
    both = pd.concat([CODINGS, CODINGS.iloc[[0, 1]].assign(factor="money")])
    combined = unitising_alpha(both, LENGTHS, overlaps="combine", draws=20)
    assert "money + trust" in set(combined.table["code"].dropna())
    pooled = unitising_alpha(both, LENGTHS, overlaps="pool", draws=20)
    values = pooled.table.set_index("coefficient")["value"]
    assert values["u_alpha"] == pytest.approx(values["u_alpha_binary"])
