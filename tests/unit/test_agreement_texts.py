"""Agreement by what is compared: whole interviews, segments, sentences, characters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.agreement import (
    agreement_by_unit,
    interview_units,
    krippendorff_alpha,
    placed_texts,
    unitising_alpha,
    unitising_table,
)
from analysis.errors import MethodError

READERS = pd.DataFrame([(i, c) for i in ("i1", "i2", "i3") for c in "AB"], columns=["interview", "coder"])
CHARACTERS = pd.Series({"i1": 40.0, "i2": np.nan, "i3": 40.0})


def codings():
    rows = [
        ("i1", "A", "trust", 0, 10, 2),
        ("i1", "B", "trust", 5, 15, 1),
        ("i1", "A", "money", 20, 30, 3),
        ("i2", "A", "trust", 0, 10, 1),
        ("i2", "B", "trust", 0, 10, 1),
        ("i2", "B", "money", 10, 20, 2),
        ("i3", "A", "trust", np.nan, np.nan, 1),
        ("i3", "B", "trust", 0, 10, 1),
    ]
    frame = pd.DataFrame(rows, columns=["interview", "coder", "factor", "start", "end", "intensity"])
    return frame.assign(coding=range(1, len(frame) + 1))


def placed():
    return placed_texts(codings(), READERS, CHARACTERS)


def test_interviews_without_places_are_left_out_and_said_so():
    texts = placed()
    assert texts.lengths.to_dict() == {"i1": 40.0, "i2": 20.0}
    assert (texts.n_left_out, texts.n_assumed) == (1, 1)
    assert texts.summary.startswith("2 interviews that two or more coders read can be compared")
    assert "1 more can't" in texts.summary
    assert set(texts.readers["interview"]) == {"i1", "i2"}


def test_a_length_that_is_too_short_reaches_to_the_last_segment():
    assert placed_texts(codings(), READERS, CHARACTERS * 0.5).lengths["i1"] == 30.0


def test_each_unit_gives_the_coefficient_of_its_matrix_written_out():
    sentences = pd.DataFrame({"interview": "i1", "start": [0, 20], "end": [18, 40]})
    sentences = pd.concat([sentences, sentences.assign(interview="i2", start=[0, 11], end=[10, 20])])
    made = agreement_by_unit(placed(), factors=["money", "trust"], sentences=sentences, draws=20)
    value = made.overall.table.set_index(["compared", "uncoded"])["value"]
    character = np.zeros((2, 120))  # money then trust; in each i1 (40 characters), then i2 (20)
    character[0, 20:30], character[1, 50:60] = 3, 2
    character[0, 60:70], character[1, 65:75] = 2, 1
    character[:, 100:110] = 1
    expected = {
        "whole interviews": [[3, 0, 2, 1], [0, 2, 1, 1]],
        # A cluster of overlapping segments is one unit, the stretches beside it are others.
        "segments": [[0, 3, 0, 0, 0, 2, 0, 1, 0], [0, 0, 0, 0, 2, 1, 0, 1, 0]],
        "sentences": [[0, 3, 0, 0, 2, 0, 1, 0], [0, 0, 0, 2, 1, 0, 1, 0]],
        "characters": character,
    }
    assert list(dict.fromkeys(made.overall.table["compared"])) == list(expected)
    for name, matrix in expected.items():
        cells = np.array(matrix, dtype=float)
        assert value[name, "include"] == pytest.approx(krippendorff_alpha(cells, level="ordinal").value), name
        coded = cells[:, cells.any(axis=0)]
        assert value[name, "exclude"] == pytest.approx(krippendorff_alpha(coded, level="ordinal").value), name
        assert f"{name} {value[name, 'include']:.2f} ({value[name, 'exclude']:.2f})" in made.summary


def test_sentences_that_are_not_known_are_not_compared():
    made = agreement_by_unit(placed(), factors=["money", "trust"], draws=5)
    assert list(made.table.columns) == ["factor", "uncoded_text", "whole interviews", "segments", "characters"]
    assert made.table[["factor", "uncoded_text"]].to_numpy().tolist() == [
        ["money", "counts"],
        ["money", "left out"],
        ["trust", "counts"],
        ["trust", "left out"],
    ]


def test_one_interview_is_too_few():
    texts = placed_texts(codings().query("interview == 'i1'"), READERS.query("interview == 'i1'"), CHARACTERS)
    with pytest.raises(MethodError, match="fewer than two"):
        agreement_by_unit(texts, factors=["trust"])


def test_presence_compares_whether_a_factor_is_there():
    made = agreement_by_unit(placed(), factors=["money", "trust"], value="presence", draws=5)
    units = interview_units(placed().codings, factors=["money", "trust"], readers=placed().readers)
    value = made.overall.table.loc[0, "value"]
    assert value == pytest.approx(
        krippendorff_alpha(units.pivot(index="coder", columns=["factor", "interview"], values="value")).value
    )


def test_unitising_over_all_and_for_each_factor():
    texts = placed()
    table = unitising_table(texts, draws=50).set_index(["factor", "coefficient"])
    together = unitising_alpha(texts.codings, texts.lengths, overlaps="combine", readers=texts.readers, draws=0)
    assert table.loc[("all together", "u-alpha (segments and codes)"), "value"] == pytest.approx(together.value)
    assert len(table.loc["all together"]) == 3
    alone = unitising_alpha(texts.codings.query("factor == 'trust'"), texts.lengths, readers=texts.readers, draws=0)
    assert table.loc["trust", "value"].item() == pytest.approx(alone.value)
    assert list(table.index.get_level_values("factor").unique()) == ["all together", "money", "trust"]


def test_codings_without_any_place_can_not_be_compared_on_words_and_that_is_said():
    texts = placed_texts(codings().assign(start=np.nan, end=np.nan), READERS, CHARACTERS)
    assert not texts.comparable
    assert texts.summary.startswith("Coders can't be compared on the words here")
    assert texts.codings.empty
