"""However a team writes a factor's name, it is found; whatever else it writes is never matched in silence."""

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.codes import match_codes
from analysis.framework import Factor, load_framework, load_frameworks, normalise

FRAMEWORK = load_frameworks()["transforming-together"]
BOOKS = {FRAMEWORK.key: FRAMEWORK}
NAMES = {
    normalise(name): factor.key
    for factor in FRAMEWORK.factors
    for name in (
        factor.key,
        factor.label,
        f"{FRAMEWORK.key}/{factor.key}",
        f"{FRAMEWORK.key}/{factor.number}",
        *factor.aliases,
    )
}
NAMES |= {str(factor.number): factor.key for factor in FRAMEWORK.factors}
PLAIN = st.text("bcdghjlmqvwxyz ", min_size=1, max_size=12).filter(str.strip)


@st.composite
def written(draw: st.DrawFn) -> tuple[Factor, str]:
    """A factor's label or alias as somebody might write it, at the end of a path or by itself."""
    factor = draw(st.sampled_from(FRAMEWORK.factors))
    name = draw(st.sampled_from([factor.label, *factor.aliases]))
    name = draw(st.sampled_from([str.upper, str.lower, str.title]))(name)
    name = (
        draw(st.sampled_from(["", f"{factor.number}. ", f"{factor.number} - ", f"({factor.number}) ", "F2: "])) + name
    )
    name = name.replace(" and ", draw(st.sampled_from([" and ", " & "])))
    name = name.replace(" ", draw(st.sampled_from([" ", "  ", "_"])))
    parents = draw(st.lists(PLAIN, max_size=2))
    return factor, draw(st.sampled_from(["\\", " > ", "::"])).join([*parents, name])


@settings(max_examples=60, deadline=None)
@given(written())
def test_a_name_is_found_however_it_is_written(case: tuple[Factor, str]) -> None:
    factor, code = case
    row = match_codes([code], BOOKS).table.iloc[0]
    assert row["factor"] == factor.key, code


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_nothing_is_matched_but_by_a_name(code: str) -> None:
    row = match_codes([code], BOOKS).table.iloc[0]
    if row["how"] in {"key", "number", "label", "alias"}:
        part = row["part"].strip()
        assert NAMES[str(int(part)) if part.isdecimal() else normalise(part)] == row["factor"]
    else:
        assert row["how"] in {"close", "group", "none"}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=8))
def test_every_code_is_accounted_for_once(codes: list[str]) -> None:
    match = match_codes(codes, BOOKS)
    assert match.table["code"].tolist() == list(dict.fromkeys(codes))
    assert len(match.matched) + len(match.ignored) + len(match.unmatched) == len(match.table)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


def test_the_example_in_the_docs_is_a_framework(repository: Path, tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", (repository / "docs" / "frameworks.md").read_text("utf-8"), re.DOTALL)
    assert found
    path = tmp_path / "my-framework.yml"
    path.write_text(found[1], "utf-8")
    assert load_framework(path).factor("trust").number == 1
