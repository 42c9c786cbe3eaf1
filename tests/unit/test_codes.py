"""Codes of an export find their factor by name, and nothing is matched by guessing."""

import pandas as pd
import pytest
import yaml

from analysis.codes import code_map_block, match_codes, require_matched
from analysis.errors import DataError, GroupedError, StudyError
from analysis.framework import load_frameworks

FRAMEWORKS = load_frameworks()
PRIMARY = "transforming-together"


def found(code: str, code_map: dict[str, str | None] | None = None) -> tuple[object, object, object]:
    row = match_codes([code], FRAMEWORKS, code_map, primary=PRIMARY).table.iloc[0]
    factor = None if pd.isna(row["factor"]) else f"{row['framework']}/{row['factor']}"
    return factor, row["how"], row["part"]


@pytest.mark.parametrize(
    ("code", "factor", "how"),
    [
        ("political-support", "political-support", "key"),
        ("Political support", "political-support", "key"),
        ("2", "relationships", "number"),
        ("transforming-together/2", "relationships", "number"),
        ("2. DEVELOP honest & committed Relationships!", "relationships", "alias"),
        ("Develop honest, committed relationships", "relationships", "label"),
        ("(11) Devote time, energy and resources to the process", "resources", "label"),
        ("Think systemically", "systems", "alias"),
    ],
)
def test_exact_names(code: str, factor: str, how: str) -> None:
    assert found(code)[:2] == (f"{PRIMARY}/{factor}", how)


@pytest.mark.parametrize(
    "code",
    [
        "Take a system focus\\Think and act systemically\\housing",
        "Take a system focus > Think and act systemically > housing",
        "Take a system focus::Think and act systemically::housing",
        "Take a system focus/Think and act systemically/housing",
    ],
)
def test_a_child_rolls_up_to_its_nearest_factor(code: str) -> None:
    assert found(code) == (f"{PRIMARY}/systems", "label", "Think and act systemically")


def test_the_child_wins_over_its_parent() -> None:
    code = "Think and act systemically\\Political support"
    assert found(code)[0] == f"{PRIMARY}/political-support"


def test_a_slash_inside_a_name_is_no_path() -> None:
    assert found("9/11 memories")[1] == "none"
    assert found("24/7")[1] == "none"


def test_a_close_spelling_is_only_proposed() -> None:
    row = match_codes(["Relatonships"], FRAMEWORKS).table.iloc[0]
    assert row["how"] == "close"
    assert pd.isna(row["factor"])
    assert row["proposal"].startswith("transforming-together/relationships")
    assert 80 <= row["score"] < 100


def test_a_name_of_two_frameworks_is_reported_unless_its_path_decides() -> None:
    row = match_codes(["Evidence"], FRAMEWORKS).table.iloc[0]
    assert row["how"] == "ambiguous"
    assert row["proposal"] == "building-blocks/evidence, delivery-framework/evidence"
    assert found("Collaborative delivery framework::Evidence")[0] == "delivery-framework/evidence"


def test_a_bare_number_without_a_primary_framework_is_ambiguous() -> None:
    assert match_codes(["2"], FRAMEWORKS).table["how"].tolist() == ["ambiguous"]


def test_a_group_is_no_factor() -> None:
    frameworks = {PRIMARY: FRAMEWORKS[PRIMARY]}
    row = match_codes(["Build a shared ethos"], frameworks).table.iloc[0]
    assert (row["how"], len(row["proposal"].split(", "))) == ("group", 3)


def test_a_factor_that_is_called_like_another_frameworks_group() -> None:
    used = {key: FRAMEWORKS[key] for key in ("partnership-capital", "challenges")}
    codes = ["Shared ethos", "Partnership capital > Shared ethos", "Challenges > Shared ethos > Chemistry"]
    table = match_codes(codes, used).table
    assert table["how"].tolist() == ["ambiguous", "key", "key"]
    assert "challenges/chemistry" in table["proposal"][0]
    alone = match_codes(codes[:1], {"partnership-capital": used["partnership-capital"]}).table
    assert alone["how"].tolist() == ["key"]


def test_code_map_decides_first_and_rolls_up() -> None:
    code_map = {"Trust between partners": f"{PRIMARY}/2", "Admin": None, "Relationships": "ignore"}
    assert found("Trust between partners", code_map)[:2] == (f"{PRIMARY}/relationships", "map")
    assert found("Trust between partners\\early days", code_map)[:2] == (f"{PRIMARY}/relationships", "map")
    assert found("Admin > to do", code_map)[:2] == (None, "ignored")
    assert found("relationships", code_map)[:2] == (None, "ignored")
    match = match_codes(["Admin"], FRAMEWORKS, code_map)
    assert match.unused == ("Trust between partners", "Relationships")
    assert match.unmatched.empty
    assert len(match.ignored) == 1


def test_code_map_is_checked_whole() -> None:
    with pytest.raises(GroupedError) as caught:
        match_codes(["x"], FRAMEWORKS, {"a": "transforming-togther/2", "b": f"{PRIMARY}/99", "c": "choose"})
    assert caught.value.errors[0].nearest == PRIMARY
    assert len(caught.value.errors) == 3
    with pytest.raises(StudyError, match="'b'"):
        match_codes(["x"], FRAMEWORKS, {"b": f"{PRIMARY}/99"})


def test_unmatched_codes_stop_with_lines_to_paste() -> None:
    match = match_codes(["Relatonships", 'An "odd": thing', "Evidence", "Place"], FRAMEWORKS)
    with pytest.raises(DataError, match=r"3 codes stand for no factor.*") as caught:
        require_matched(match)
    block = yaml.safe_load(code_map_block(match))["code_map"]
    assert block == {
        "Relatonships": "transforming-together/relationships",
        'An "odd": thing': "choose",
        "Evidence": "choose",
    }
    assert code_map_block(match) in caught.value.fix


def test_pasting_the_proposal_confirms_it() -> None:
    first = match_codes(["Relatonships"], FRAMEWORKS)
    code_map = yaml.safe_load(code_map_block(first))["code_map"]
    second = match_codes(["Relatonships"], FRAMEWORKS, code_map)
    require_matched(second)
    assert second.table["how"].tolist() == ["map"]


def test_a_frame_of_codes_and_its_dtypes() -> None:
    codes = pd.DataFrame({"path": ["Place", "Place", None, "Turnover"]})
    match = match_codes(codes, FRAMEWORKS)
    assert match.table["code"].tolist() == ["Place", "Turnover"]
    assert str(match.table["factor"].dtype) == "str"
    assert match.summary.startswith("2 of 2 codes")
    with pytest.raises(DataError, match="no column"):
        match_codes(pd.DataFrame({"name": ["x"]}), FRAMEWORKS)


def test_no_codes() -> None:
    match = match_codes([], FRAMEWORKS)
    assert match.table.empty
    require_matched(match)
