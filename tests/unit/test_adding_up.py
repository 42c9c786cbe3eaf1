"""Adding up rows of one published table to the sums of another, to learn who is behind a sum; and that it fails."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure import protect_informants
from analysis.disclosure.crosstabs import protect_cases, protect_frequencies, shown_cases
from analysis.patterns import code_case_matrix, code_frequency

CODES = [f"code {n}" for n in range(11)]
ROLES = {"leader": 4, "manager": 9, "director": 5, "officer": 6}
MIN_CELL = 3


@pytest.fixture(scope="module")
def study():
    """Return 24 interviews about six partnerships in three areas, and their codings by one coder."""
    draw = np.random.default_rng(3)
    roles = draw.permutation([role for role, n in ROLES.items() for _ in range(n)])
    interviews = pd.DataFrame({"interview": [f"interview-{n:02d}" for n in range(len(roles))], "role": roles})
    interviews["partnership"] = [f"partnership-{n // 4}" for n in range(len(roles))]
    interviews["area"] = [f"area-{n // 8}" for n in range(len(roles))]
    interviews["sector"] = interviews["role"].map({"leader": "council", "manager": "health"}).fillna("voluntary")
    given = draw.integers(0, 5, (len(roles), len(CODES)))
    rows = [
        (interviews["interview"][i], "coder", code, 1.0)
        for i, j in np.ndindex(given.shape)
        for code in [CODES[j]] * given[i, j]
    ]
    codings = pd.DataFrame(rows, columns=["interview", "coder", "factor", "intensity"])
    return interviews, codings.assign(coding=range(1, len(codings) + 1), start=np.nan, end=np.nan)


def behind(rows: pd.DataFrame, sums: pd.Series, size: int) -> list[tuple[str, ...]]:
    """Return every set of so many rows that adds up to the sums."""
    known = sums.dropna()
    values, wanted = rows[known.index].to_numpy(), known.to_numpy()
    sets = (list(one) for one in combinations(range(len(rows)), size))
    return [tuple(rows.index[one]) for one in sets if np.allclose(values[one].sum(axis=0), wanted)]


def published(study):
    """Return codes by cases and codes by role as the page on patterns shows them."""
    interviews, codings = study
    protected = protect_informants(interviews, min_cell=MIN_CELL)
    by_role = protect_frequencies(codings, interviews, ["role"], order=CODES, protected=protected)["role"].found.table
    cases = shown_cases(interviews, min_cell=MIN_CELL)
    matrix = code_case_matrix(codings, interviews, measure="count", cases=cases, order=CODES)
    return protect_cases(matrix.table, min_cell=MIN_CELL), by_role, cases


@pytest.mark.parametrize("role", ["leader", "director"])
def test_with_a_row_for_every_interview_and_sums_by_role_the_attack_finds_them(study, role):
    interviews, codings = study
    rows = code_case_matrix(codings, interviews, measure="count", cases="interview", order=CODES).matrix.T
    by_role = code_frequency(codings, interviews, by="role", order=CODES).table
    sums = by_role[by_role["role"] == role].set_index("code")["n_codings"]
    own = tuple(interviews.loc[interviews["role"] == role, "interview"])
    assert behind(rows, sums, ROLES[role]) == [own]


def test_no_row_is_published_for_an_interview(study):
    interviews, _ = study
    cells, _, cases = published(study)
    assert cases == "partnership"
    assert not set(cells["case"]) & set(interviews["interview"])
    alone = interviews.assign(partnership=interviews["interview"])
    assert shown_cases(alone, min_cell=MIN_CELL) == "area"


def test_nothing_is_published_by_role_that_rows_of_codings_add_up_to(study):
    _, by_role, _ = published(study)
    assert set(by_role.columns) == {"role", "code", "n_interviews", "n_informants", "share_of_interviews"}
