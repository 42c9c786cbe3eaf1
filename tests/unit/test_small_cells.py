"""Small counts of people can't be worked out, by whoever adds and subtracts all published tables."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from analysis.disclosure import (
    CountTable,
    Protected,
    apply_to,
    dominated,
    merge_roles,
    protect_counts,
    protect_informants,
    protect_people,
)
from analysis.disclosure.cells import SECONDARY, with_margins
from analysis.errors import MethodError

AREA_BY_SECTOR = [[10, 4, 2], [6, 1, 5], [8, 3, 4]]


def frame_of(counts):
    rows = [(f"a{r}", f"s{c}", n) for r, row in enumerate(counts) for c, n in enumerate(row)]
    return pd.DataFrame(rows, columns=["area", "sector", "people"])


def tables_that_agree(shown, rows, columns):
    """Every table of whole numbers that agrees with the shown cells and the margins, by counting them all.

    The reader knows that a hidden cell is not 0, as zeros are shown.
    """
    hidden = [place for place, value in np.ndenumerate(shown) if np.isnan(value)]
    row_left = np.array(rows) - np.nansum(shown, axis=1)
    column_left = np.array(columns) - np.nansum(shown, axis=0)

    def fill(number, row_left, column_left, table):
        if number == len(hidden):
            if not row_left.any() and not column_left.any():
                yield table
            return
        r, c = hidden[number]
        for value in range(1, int(min(row_left[r], column_left[c])) + 1):
            rest, other, filled = row_left.copy(), column_left.copy(), table.copy()
            rest[r] -= value
            other[c] -= value
            filled[r, c] = value
            yield from fill(number + 1, rest, other, filled)

    yield from fill(0, row_left, column_left, shown.copy())


def wide(frame):
    return frame.pivot(index="area", columns="sector", values="people").to_numpy(dtype=float)


def only_cells(counts, min_cell):
    """Protect the inner cells where all margins are published as they are."""
    people = frame_of(counts)
    tables = [CountTable(("area", "sector")), CountTable(("area",)), CountTable(("sector",))]
    protected = protect_people(people, tables, min_cell=min_cell, weight="people")
    return protected, apply_to(protected, people, by=["area", "sector"], count="people")


def test_one_small_cell_hides_a_rectangle():
    frame, log = protect_counts(frame_of(AREA_BY_SECTOR), by=["area", "sector"], count="people", min_cell=3)
    hidden = frame[frame["people"].isna()]
    assert set(zip(hidden["area"], hidden["sector"], strict=True)) >= {("a1", "s1"), ("a0", "s2")}
    assert (hidden.groupby("area").size() >= 2).all(), "one hidden cell in a row is the row's total less the rest"
    assert (hidden.groupby("sector").size() >= 2).all()
    assert set(log["reason"]) == {"below 3", SECONDARY}
    assert not log.isin([1, 2]).any(axis=None), "the log tells no count"


def test_what_is_published_of_the_log_does_not_tell_which_counts_are_small():
    protected, _ = only_cells(AREA_BY_SECTOR, 3)
    assert list(protected.withheld.columns) == ["table", "cell"]
    assert len(protected.withheld) == len(protected.log)
    primary = int((protected.log["reason"] == "below 3").sum())
    assert str(primary) not in protected.summary.replace("below 3", "").split()


def test_nothing_is_hidden_where_nothing_is_small():
    frame, log = protect_counts(frame_of([[5, 0], [4, 9]]), by=["area", "sector"], count="people", min_cell=3)
    assert frame["people"].tolist() == [5, 0, 4, 9]
    assert log.empty


def test_a_threshold_of_one_hides_nothing():
    frame, _ = protect_counts(frame_of(AREA_BY_SECTOR), by=["area", "sector"], count="people", min_cell=1)
    assert frame["people"].notna().all()


@settings(max_examples=12)
@given(st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=2, max_size=3), st.integers(2, 4))
def test_every_small_cell_could_be_large_by_exhaustive_search(counts, min_cell):
    _, frame = only_cells(counts, min_cell)
    table, shown = np.array(counts), wide(frame)
    margins = [(table.sum(axis=1), "area"), (table.sum(axis=0), "sector")]
    if any(((m > 0) & (m < min_cell)).any() for m, _ in margins):
        return  # small margins are hidden themselves; the test below has those
    agreeing = list(itertools.islice(tables_that_agree(shown, margins[0][0], margins[1][0]), 200_000))
    if len(agreeing) == 200_000:
        return
    most = np.max(agreeing, axis=0)
    small = (table > 0) & (table < min_cell)
    hidden_margins = only_cells(counts, min_cell)[0].hidden
    if not hidden_margins["area"] and not hidden_margins["sector"]:
        assert (most[small] >= min_cell).all()
    assert np.isnan(shown[small]).all()


def test_a_small_margin_is_hidden_as_well():
    protected, _ = only_cells([[2, 0], [5, 9]], 3)
    assert ("a0",) in protected.hidden["area"]
    frame, _ = protect_counts(frame_of([[2, 0], [5, 9]]), by=["area", "sector"], count="people", min_cell=3)
    assert np.isnan(frame["people"].iloc[0])


def test_differencing_two_tables_gives_nobody_away():
    # nine people in an area, eight of whom were interviewed early: the ninth is one table less the other
    people = pd.DataFrame({"area": ["x"] * 9 + ["y"] * 9, "early": [True] * 8 + [False] + [True] * 5 + [False] * 4})
    tables = [CountTable(("area",)), CountTable(("area",), {"early": True})]
    alone = [protect_people(people, [table], min_cell=3) for table in tables]
    assert all(protected.log.empty for protected in alone), "neither table holds a small count itself"
    together = protect_people(people, tables, min_cell=3)
    shown = together.table.set_index(["table", "cell"])["count"]
    assert np.isnan(shown["area", "x"] - shown["area where early = True", "x"])
    assert shown["area", "y"] - shown["area where early = True", "y"] == 4
    assert set(together.table["table"]) == {"area", "area where early = True"}


def test_linked_tables_are_protected_together():
    people = pd.DataFrame(
        {"area": ["x"] * 8 + ["y"] * 8, "role": ["lead"] * 4 + ["staff"] * 4 + ["lead"] * 7 + ["chair"]}
    )
    both = protect_people(people, with_margins(["area", "role"]), min_cell=3)
    for name, cells in both.hidden.items():
        assert len(cells) != 1, f"the one hidden count of {name} is the total less the others"


def test_a_frame_that_was_not_protected_is_refused():
    protected, frame = only_cells(AREA_BY_SECTOR, 3)
    with pytest.raises(MethodError, match="protected together"):
        apply_to(protected, frame.rename(columns={"sector": "role"}), by=["area", "role"], count="people")


def test_other_columns_are_emptied_with_the_count():
    frame = frame_of(AREA_BY_SECTOR).assign(double=1)
    safe, _ = protect_counts(frame, by=["area", "sector"], count="people", min_cell=3, also=["double"])
    assert (safe["double"].isna() == safe["people"].isna()).all()


def test_an_unknown_column_is_named():
    with pytest.raises(MethodError, match="'side'"):
        protect_counts(frame_of(AREA_BY_SECTOR), by=["area", "side"], count="people", min_cell=3)


def test_dominance_hides_a_sum_that_one_contributor_makes_up():
    spoken = pd.DataFrame(
        {
            "area": ["x"] * 4 + ["y"] * 3 + ["z"] * 2,
            "interview": list("abcd") + list("efg") + list("hi"),
            "words": [90, 4, 3, 3, 40, 30, 30, 50, 50],
        }
    )
    found = dominated(spoken, by=["area"], value="words", unit="interview").set_index("area")
    assert found.loc["x", "largest_share"] == pytest.approx(0.9)
    assert np.isnan(found.loc["x", "total"])
    assert "75%" in found.loc["x", "reason"]
    assert found.loc["y", "total"] == 100
    assert np.isnan(found.loc["z", "total"])
    assert "fewer than 3" in found.loc["z", "reason"]


def test_roles_are_merged_as_the_study_says():
    interviews = pd.DataFrame({"role": ["vice chancellor", "director", None]})
    merged = merge_roles(interviews, {"vice chancellor": "leader in education"})["role"]
    assert merged.tolist()[:2] == ["leader in education", "director"]
    assert merged.isna().tolist() == [False, False, True]


def informants(cells):
    """Return one row a person from (area, sector, role, number)."""
    return pd.DataFrame(
        [(area, sector, role) for area, sector, role, number in cells for _ in range(number)],
        columns=["area", "sector", "role"],
    )


#: Who was interviewed: each role is of one sector, as roles are.
NESTED_ROLES = [
    ("x", "council", "officer", 9), ("x", "police", "commander", 3), ("x", "fire", "manager", 2),
    ("y", "council", "officer", 8), ("y", "police", "commander", 5), ("y", "college", "teacher", 4),
]  # fmt: skip


def could_be(people, protected, small, known):
    """Return the most that each small count could be for a reader of all that is shown, by a search of its own.

    The finest cells are area, sector and role in one; those that an empty published cell rules out are 0.
    """
    finest = [c for c in itertools.product(*(sorted(people[column].unique()) for column in people))
              if (c[1], c[2]) in known]  # fmt: skip
    place = {"area": 0, "sector": 1, "role": 2}
    sums, low, high = [], [], []
    for row in protected.table.itertuples():
        columns = [] if row.table == "total" else row.table.split(" x ")
        cell = [] if row.table == "total" else row.cell.split(", ")
        sums.append([all(f[place[c]] == v for c, v in zip(columns, cell, strict=True)) for f in finest])
        low.append(1 if np.isnan(row.count) else row.count)
        high.append(len(people) if np.isnan(row.count) else row.count)
    rule = LinearConstraint(np.array(sums, dtype=float), low, high)
    for table, cell in small:
        at = protected.table.index[(protected.table["table"] == table) & (protected.table["cell"] == cell)][0]
        best = milp(-np.array(sums[at], dtype=float), constraints=rule, integrality=np.ones(len(finest)))
        yield round(-best.fun)


def test_counts_by_role_do_not_tell_what_counts_by_sector_withhold():
    people = informants(NESTED_ROLES)
    known = set(people[["sector", "role"]].itertuples(index=False, name=None))
    protected = protect_informants(people, min_cell=3)
    small = [("area x sector", "x, fire"), ("sector", "fire"), ("role", "manager")]
    assert all(most >= 3 for most in could_be(people, protected, small, known))
    apart = [protect_people(people, tables, min_cell=3).table for tables in
             (with_margins(["area", "sector"]), [CountTable(("role",)), CountTable(())])]  # fmt: skip
    joined = Protected(pd.concat(apart, ignore_index=True).drop_duplicates(["table", "cell"]), {}, 3)
    told = could_be(people, joined, small, known)
    assert min(told) < 3, "protected apart, one table tells what the other withholds"


def test_what_is_withheld_does_not_hang_on_how_a_page_names_areas():
    rows = [("a", "s", 5), ("a", "t", 2), ("b", "s", 5), ("b", "t", 5), ("c", "s", 5), ("c", "t", 5)]
    people = informants([(area, sector, "any", n) for area, sector, n in rows])
    turned = {"a": "m", "b": "z", "c": "A"}
    by_key = protect_informants(people, min_cell=3).hidden["area x sector"]
    by_name = protect_informants(people, min_cell=3, names={"area": turned}).hidden["area x sector"]
    assert by_name == {(turned[area], sector) for area, sector in by_key}
    renamed_first = protect_informants(people.assign(area=people["area"].map(turned)), min_cell=3)
    assert renamed_first.hidden["area x sector"] != by_name, "which is why names come last"


def test_merged_roles_are_counted_together():
    people = informants([("x", "college", "head", 2), ("x", "college", "dean", 2), ("y", "council", "officer", 9)])
    merged = protect_informants(people, min_cell=3, broader={"head": "leader", "dean": "leader"})
    assert merged.log.empty
    assert not protect_informants(people, min_cell=3).log.empty


def test_what_is_withheld_by_area_and_sector_is_the_same_without_roles():
    people = informants(NESTED_ROLES)
    whole, bare = (protect_informants(each, min_cell=3).hidden for each in (people, people.assign(role=None)))
    assert {name: whole[name] for name in bare} == dict(bare)
    assert "role" not in bare
    assert whole["role"]
