"""Groups of informants by codes, protected; and approved quotations on which coders differ."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from analysis.agreement import disagreements, interview_units
from analysis.disclosure import CountTable, protect_people
from analysis.disclosure.crosstabs import (
    frequency_by_groups,
    protect_cases,
    protect_frequency,
    shown_cases,
    withheld_groups,
)
from analysis.disclosure.quoted import quoted_disagreements
from analysis.errors import MethodError
from analysis.patterns import Frequency, code_case_matrix, code_frequency
from analysis.settings import Disclosure


def frequency(counts, asked=10):
    rows = [
        {"role": role, "code": code, "n_interviews": n, "n_informants": asked, "share_of_interviews": n / asked}
        for code, row in counts.items()
        for role, n in zip("abcdef", row, strict=False)
    ]
    return Frequency(pd.DataFrame(rows).assign(n_codings=5), ("role",))


def shown(counts, withheld=(), min_cell=3):
    made = protect_frequency(frequency({"x": counts}), withheld=withheld, min_cell=min_cell)
    return made.found.table["n_interviews"].tolist()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([5, 4, 0, 9], [5, 4, 0, 9]),
        ([5, 4, 2, 9], [5, None, None, 9]),  # alone it would be the total less the others
        ([1, 1, 0, 9], [None, None, 0, None]),  # their sum of 2 would tell each
        ([2, 2, 0, 9], [None, None, 0, 9]),  # of a sum of 4, one may be 3
        ([2, 0, 0, 0], [None] * 4),  # fewer than three in all: not broken down
    ],
)
def test_small_cells_and_what_would_give_them_away(counts, expected):
    found = [None if np.isnan(n) else n for n in shown(counts)]
    assert found == expected


def test_a_withheld_group_shows_no_cell():
    made = protect_frequency(frequency({"x": [5, 6, 7], "y": [0, 3, 4]}), withheld={"a"}, min_cell=3)
    table = made.found.table.set_index(["role", "code"])
    assert table.loc["a", ["n_interviews", "share_of_interviews", "n_codings", "n_informants"]].isna().all(axis=None)
    assert table.loc["b"].notna().all(axis=None)
    assert (made.n_hidden, made.n_cells) == (2, 6)
    assert made.summary.startswith("2 of 6 cells are withheld")


@pytest.mark.parametrize("seed", range(40))
def test_no_small_count_can_be_worked_out_from_the_total(seed):
    draw = np.random.default_rng(seed)
    counts, least = draw.integers(0, 7, size=4), 3
    known = np.array(shown(counts.tolist(), min_cell=least), dtype=float)
    hidden = np.isnan(known)
    rest = int(counts.sum() - np.nansum(known))
    possible = [fill for fill in itertools.product(range(rest + 1), repeat=int(hidden.sum())) if sum(fill) == rest]
    if hidden.all():
        return  # nothing is told but the total
    positive = [fill for fill in possible if all(n > 0 for n in fill)]
    for place, cell in enumerate(np.flatnonzero(hidden)):
        if 0 < counts[cell] < least:
            assert max(fill[place] for fill in positive) >= least


def test_one_way_only():
    with pytest.raises(MethodError, match="several columns"):
        protect_frequency(Frequency(pd.DataFrame(), ("area", "role")), withheld=(), min_cell=3)


def test_groups_of_people_are_withheld_as_on_all_pages_or_by_themselves():
    people = pd.DataFrame({"area": list("nnnnnsssss"), "role": list("aaaabbbbcc")})
    protected = protect_people(people, [CountTable(("area",)), CountTable(())], min_cell=3)
    assert withheld_groups(people, "area", protected) == frozenset()
    assert withheld_groups(people, "role", protected) == {"a", "c"}


CODINGS = pd.DataFrame(
    [
        (1, "i1", "A", "trust", 2.0),
        (2, "i1", "B", "trust", 3.0),
        (3, "i2", "A", "trust", 1.0),
        (4, "i2", "B", "trust", 1.0),
        (5, "i3", "A", "money", 1.0),
    ],
    columns=["coding", "interview", "coder", "factor", "intensity"],
).assign(framework="f", start=np.nan, end=np.nan)
INTERVIEWS = pd.DataFrame(
    {
        "interview": ["i1", "i2", "i3"],
        "partnership": ["p", "p", "q"],
        "area": ["n", "n", "s"],
        "role": ["x", "y", "z"],
    }
)
EXCERPTS = pd.DataFrame({"coding": [1, 2, 3, 4, 5], "text": ["one", "two", "three", "four", "five"]})


def test_values_that_rest_on_few_interviews_are_withheld():
    table = protect_cases(code_case_matrix(CODINGS, INTERVIEWS, cases="partnership").table, min_cell=2)
    value = table.set_index(["code", "case"])["value"]
    assert value["trust", "p"] == 2.0
    assert np.isnan(value["money", "q"])
    assert value["money", "p"] == 0
    assert list(table.columns) == ["code", "case", "value"]


def test_cases_are_interviews_where_every_partnership_would_be_withheld():
    assert shown_cases(INTERVIEWS, min_cell=2) == ("partnership", 2)
    assert shown_cases(INTERVIEWS, min_cell=3) == ("interview", 1)


def test_only_approved_quotations_on_which_coders_differ():
    readers = pd.DataFrame([(i, c) for i in ("i1", "i2", "i3") for c in "AB"], columns=["interview", "coder"])
    apart = disagreements(interview_units(CODINGS, value="intensity", readers=readers), CODINGS)

    def quoted(**policy):
        return quoted_disagreements(apart, EXCERPTS, CODINGS, INTERVIEWS, policy=Disclosure(**policy))

    made = quoted(approved_quotes=[2, 3, 5])
    assert sorted(made.itertuples(index=False, name=None)) == [
        ("money", "0 and 1", "five"),
        ("trust", "2 and 3", "two"),
    ]
    assert list(made.columns) == ["factor", "gave", "text"]
    assert quoted(approved_quotes=[3]).empty
    assert quoted(approved_quotes=[2], quotes="none").empty


def test_a_frequency_of_the_method_itself():
    found = code_frequency(CODINGS, INTERVIEWS, by="area")
    made = protect_frequency(found, withheld=(), min_cell=2)
    table = made.found.table.set_index(["area", "code"])["n_interviews"]
    assert table["n", "trust"] == 2
    assert table["s", "trust"] == 0
    assert table[:, "money"].isna().all()


def test_groups_of_several_columns_stand_in_one_crosstab():
    people = INTERVIEWS.assign(role=["n", "y", "n"], side="one")
    protected = protect_people(people, [CountTable(("area",)), CountTable(())], min_cell=1)
    columns = ["area", "side", "role"]
    made = frequency_by_groups(CODINGS, people, columns, order=["money", "trust"], protected=protected)
    cells = made.found.crosstab("n_interviews")
    assert cells.columns.tolist() == ["n", "s", "role: n", "y"]
    assert cells.loc["trust"].tolist() == [2, 0, 1, 1]
    assert cells.loc["money"].tolist() == [0, 1, 1, 0]
    assert (made.n_hidden, made.n_cells) == (0, 8)
    none = frequency_by_groups(CODINGS, people, ["side"], order=["money"], protected=protected)
    assert none.n_cells == 0
