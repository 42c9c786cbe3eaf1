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
    protect_frequencies,
    shown_cases,
    withheld_groups,
)
from analysis.disclosure.quoted import quoted_disagreements
from analysis.patterns import code_case_matrix
from analysis.settings import Disclosure


def protected_roles(counts, *, asked=12, min_cell=3, sectors="one"):
    """Return crosstabs of a study in which so many of each role's informants raised each code."""
    roles = [role for role in "abcd" for _ in range(asked)]
    people = pd.DataFrame({"interview": [f"i{n}" for n in range(len(roles))], "role": roles, "area": "all"})
    people = people.assign(sector=people["role"].map(sectors) if isinstance(sectors, dict) else sectors)
    raised = [
        {"interview": f"i{place * asked + n}", "coder": "A", "factor": code}
        for code, row in counts.items()
        for place, times in enumerate(row)
        for n in range(times)
    ]
    codings = pd.DataFrame(raised).assign(coding=range(len(raised)))
    tables = [CountTable(("area",)), CountTable(("sector",)), CountTable(("role",)), CountTable(())]
    protected = protect_people(people, tables, min_cell=min_cell)
    columns = ["area", "sector", "role"]
    return protect_frequencies(codings, people, columns, order=list(counts), protected=protected)


def shown(counts, **options):
    found = protected_roles({"x": counts}, **options)["role"].found.table["n_interviews"]
    return [None if np.isnan(n) else int(n) for n in found]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([5, 4, 0, 9], [5, 4, 0, 9]),
        ([5, 4, 2, 9], [5, None, None, 9]),  # alone it would be the total less the others
        ([1, 1, 0, 9], [None, None, 0, None]),  # their sum of 2 would tell each
        ([2, 2, 0, 9], [None, None, 0, 9]),  # of a sum of 4, one may be 3
        ([2, 0, 0, 0], [None] * 4),  # fewer than three in all: not broken down
        ([1, 1, 1, 0], [None] * 4),  # the sum of 3 would tell each
    ],
)
def test_small_cells_and_what_would_give_them_away(counts, expected):
    assert shown(counts) == expected


def test_a_role_does_not_tell_of_a_sector():
    of = {"a": "health", "b": "health", "c": "fire", "d": "council"}
    made = protected_roles({"x": [5, 4, 2, 9]}, sectors=of)
    by_sector = made["sector"].found.table.set_index("sector")["n_interviews"]
    by_role = made["role"].found.table.set_index("role")["n_interviews"]
    assert np.isnan(by_sector["fire"])
    assert np.isnan(by_role["c"])
    hidden = [name for name in ("health", "council") if np.isnan(by_sector[name])]
    assert hidden, "the total less the other sectors would tell it"
    if "council" not in hidden:
        assert by_role[["a", "b"]].isna().any(), "the roles of the hidden sector would tell it"
    else:
        assert np.isnan(by_role["d"])


def test_a_withheld_group_shows_no_cell():
    people = pd.DataFrame({"interview": list("uvwxyz"), "area": list("aabbbb"), "sector": "s", "role": "r"})
    codings = people[["interview"]].assign(coder="A", factor="x", coding=range(6))
    tables = [CountTable(("area",)), CountTable(())]
    protected = protect_people(people, tables, min_cell=3)
    assert withheld_groups("area", protected) == {"a", "b"}
    made = protect_frequencies(codings, people, ["area"], order=["x", "y"], protected=protected)["area"]
    told = made.found.table[["n_interviews", "share_of_interviews", "n_informants"]]
    assert told.isna().all(axis=None)
    assert made.summary.startswith("4 of 4 cells are withheld")


@pytest.mark.parametrize("seed", range(25))
def test_no_small_count_can_be_worked_out_from_the_total(seed):
    draw = np.random.default_rng(seed)
    counts, least = draw.integers(0, 7, size=4), 3
    known = np.array([np.nan if n is None else n for n in shown(counts.tolist(), min_cell=least)], dtype=float)
    hidden = np.isnan(known)
    if hidden.all():
        return  # nothing is told but the total
    rest = int(counts.sum() - np.nansum(known))
    fills = [fill for fill in itertools.product(range(1, rest + 1), repeat=int(hidden.sum())) if sum(fill) == rest]
    for place, cell in enumerate(np.flatnonzero(hidden)):
        if 0 < counts[cell] < least:
            assert max(fill[place] for fill in fills) >= least


def test_a_study_may_withhold_nothing():
    made = protected_roles({"x": [1, 1, 2, 0]}, min_cell=1)["role"]
    assert made.found.table["n_interviews"].tolist() == [1, 1, 2, 0]
    assert made.summary == "The study withholds no count of informants."


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


def test_a_group_of_codes_does_not_give_its_only_withheld_code_away():
    rows = [("group", "p", 5), ("a", "p", 3), ("b", "p", 2), ("group", "q", 7), ("a", "q", 4), ("b", "q", 3)]
    table = pd.DataFrame(rows, columns=["code", "case", "n_interviews"]).assign(count=1.0)
    value = protect_cases(table, min_cell=3, parents={"a": "group", "b": "group"}).set_index(["code", "case"])["count"]
    assert value.isna().to_dict() == {(code, case): case == "p" and code != "a" for code, case, _ in rows}


def test_cases_are_areas_where_every_partnership_would_be_withheld_and_never_interviews():
    assert shown_cases(INTERVIEWS, min_cell=2) == "partnership"
    split = INTERVIEWS.assign(partnership=["p", "q", "r"])
    assert shown_cases(split, min_cell=2) == "area"
    assert shown_cases(INTERVIEWS, min_cell=3) == "partnership"


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


def test_groups_of_several_columns_stand_in_one_crosstab():
    people = INTERVIEWS.assign(role=["n", "y", "n"], sector="one")
    columns = ["area", "sector", "role"]
    protected = protect_people(people, [CountTable((column,)) for column in columns], min_cell=1)
    made = frequency_by_groups(CODINGS, people, columns, order=["money", "trust"], protected=protected)
    cells = made.found.crosstab("n_interviews")
    assert cells.columns.tolist() == ["n", "s", "role: n", "y"]
    assert cells.loc["trust"].tolist() == [2, 0, 1, 1]
    assert cells.loc["money"].tolist() == [0, 1, 1, 0]
    assert (made.n_hidden, made.n_cells) == (0, 8)
    none = frequency_by_groups(CODINGS, people, ["sector"], order=["money"], protected=protected)
    assert none.n_cells == 0
