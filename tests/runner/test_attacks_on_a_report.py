"""What a reader could work out of the example's published files about single informants: nothing."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow

MIN_CELL = 3


@pytest.fixture(scope="module")
def people(example):
    return pd.read_parquet(example / "data" / "processed" / "interviews.parquet").set_index("interview")


@pytest.fixture(scope="module")
def tables(example):
    """Return every CSV file below reports/, by its path."""
    reports = example / "reports"
    return {path.relative_to(reports).as_posix(): pd.read_csv(path) for path in sorted(reports.rglob("*.csv"))}


def test_no_table_has_a_row_for_every_interview(tables, people):
    for name, table in tables.items():
        listed = {text for _, column in table.items() for text in column.astype(str)} & set(people.index)
        assert len(listed) < len(people) / 2, name


def test_no_file_lists_the_interviews_whatever_its_format(example, people):
    pattern = re.compile("|".join(map(re.escape, people.index)))
    for path in (example / "reports").rglob("*"):
        if path.suffix in (".html", ".json", ".ipynb", ".svg", ".tex", ".csv"):
            assert len(set(pattern.findall(path.read_text(encoding="utf-8")))) < len(people) / 2, path.name


def test_the_order_of_rows_does_not_tell_the_area_of_an_interview(tables, people):
    draw = np.random.default_rng(1)
    seen = 0
    for name, table in tables.items():
        if "interview" in table:
            areas = people.loc[table["interview"].drop_duplicates(), "area"].to_numpy()
            side_by_side = (areas[1:] == areas[:-1]).sum()
            by_chance = [int(((p := draw.permutation(areas))[1:] == p[:-1]).sum()) for _ in range(2000)]
            assert (np.array(by_chance) >= side_by_side).mean() > 0.001, name
            seen += 1
    assert seen, "the lists of disagreements name interviews"


def test_the_order_of_tidy_tables_and_of_codings_does_not_tell_the_area(example, people):
    areas = people["area"].astype("category").cat.codes.to_numpy()
    assert (areas[1:] == areas[:-1]).mean() < 0.4, "in the order of the raw files all but five neighbours are the same"
    codings = pd.read_parquet(example / "data" / "processed" / "codings.parquet")
    numbers = codings.groupby(codings["interview"].map(people["area"]))["coding"].median()
    assert numbers.between(0.25 * len(codings), 0.75 * len(codings)).all()


def test_crosstabs_by_group_tell_of_people_only(tables):
    for column in ("area", "sector", "role"):
        table = tables[f"figures/factor_by_{column}.csv"]
        assert set(table.columns) == {column, "code", "n_interviews", "n_informants", "share_of_interviews"}
        assert not table["n_interviews"].between(1, MIN_CELL - 1).any()


def test_no_count_of_informants_by_group_is_small(tables):
    for name in ("tables/coverage_by_role.csv", "figures/coverage.csv", "tables/overview.csv", "figures/study_map.csv"):
        counts = tables[name].filter(regex="^(n_)?(interviews|coded)")
        assert not counts.empty, name
        assert not counts.isin(range(1, MIN_CELL)).any(axis=None), name
        assert not [column for column in tables[name] if "several" in column or column == "n_double_coded"]
