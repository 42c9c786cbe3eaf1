"""Names that are numbers, initials or plain words: no false alarm, no silence about them, no way out for the others."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.disclosure import unscannable
from analysis.disclosure.names import CAPITAL, COMMON, SELDOM, UNLIKE, WRITTEN, not_looked_for, phrases, words_of
from analysis.disclosure.own import Words
from analysis.study import load_study
from tests.small_study import write_study

WORDS = Words(
    anywhere=frozenset({"mark", "will", "hope", "trust", "notes", "wigan"}),
    small=frozenset({"north", "will", "hope"}),
    capital=frozenset({"will"}),
    followed={"north": frozenset({"of", "east"}), "hope": frozenset({"to", "for", "that", "and", "is", "it", "we"})},
)


def found(kind, name, text):
    return bool(list(phrases([(kind, name)], [], WORDS).find(words_of(text), text)))


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("interview", "7", "Table 7 has 7 rows"),
        ("interview", "S1", "figure S1"),
        ("interview", "interview 3", "the third interview, interview 3"),
        ("document", "Trust.docx", "Trust in the NHS Trust is trust"),
        ("document", "March.docx", "in March 2016"),
        ("coder", "JB", "JB, as in the scale JB"),
        ("coder", "Will", "Will it last? It will."),
        ("coder", "Mark", "Mark each row; a mark"),
        ("coder", "May", "in May 2016 it may"),
        ("interview", "Ann", "annual, Anne"),
        ("interview", "session-2", "a dot for each session. 2 parts of the study"),
    ],
)
def test_plain_words_and_numbers_are_no_finding(kind, name, text):
    assert not found(kind, name, text)


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("coder", "Mark", "as coded by Mark and another"),
        ("coder", "Hope", "said (Hope) to us, and then Hope left"),
        ("coder", "Anwen", "Anwen coded all"),
        ("interview", "WG01", "in wg01 it was said"),
        ("interview", "INT-3", "see int_3"),
        ("interview", "session-2", "in Session 2 and in ses\u00adsion_3"),
        ("interview", "Séance 2", "la seance.2"),
        ("document", "Trust.docx", "from Trust.docx"),
        ("document", "Trustees.docx", "from Trustees"),
        ("name", "Florence", "said FLORENCE"),
    ],
)
def test_names_are_found_where_they_can_be_told(kind, name, text):
    assert found(kind, name, text)


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("area", "Wigan", "<title>wigan</title>"),  # a word of the project that no report shows
        ("area", "North", "North does more"),
        ("area", "north", "NORTH"),
        ("area", "north", 'area = "north"  # the area'),
        ("name", "Hope", "Hope and others"),
        ("name", "North", "coded: North"),
        ("name", "Will", "said Will to us"),
    ],
)
def test_hidden_places_and_listed_names_are_found_where_reports_do_not_say_such_a_word(kind, name, text):
    assert found(kind, name, text)


@pytest.mark.parametrize(
    ("kind", "name", "text", "why"),
    [
        ("area", "North", "degrees north of the North East", SELDOM),
        ("name", "Hope", "we hope to hear", WRITTEN),
        ("name", "Will", "Will it last? It will.", CAPITAL),
    ],
)
def test_words_that_reports_show_are_no_finding_and_are_counted(kind, name, text, why):
    assert not found(kind, name, text)
    assert not_looked_for([(kind, name)], WORDS) == [(kind, why, 1)]


def test_a_name_is_a_whole_word_and_no_part_of_one():
    assert not found("interview", "WG01", "in WG011 and XWG01")
    assert not found("name", "Ann Lee", "Joann Leeds")


def test_what_the_scan_can_not_look_for_is_counted_without_being_told():
    names = [("interview", "7"), ("interview", "8"), ("document", "Trust.docx"), ("coder", "Mark"), ("coder", "Anwen")]
    told = not_looked_for(names, WORDS)
    assert told == [("coder", CAPITAL, 1), ("document", COMMON, 1), ("interview", UNLIKE, 2)]


def test_a_study_tells_how_many_of_its_names_are_not_looked_for(tmp_path):
    study = load_study(write_study(tmp_path / "study", anonymisation={"names": ["X7", "Florence Okafor"]}))
    assert unscannable(study)["kind"].tolist() == ["name"]
    study.processed.mkdir(parents=True)
    withheld = pd.DataFrame({"kind": ["coder", "coder"], "name": ["Jane Smithson", "2"]})
    withheld.to_parquet(study.processed / "withheld.parquet")
    told = unscannable(study)
    assert told.to_dict("list") == {"kind": ["coder", "name"], "reason": [UNLIKE, UNLIKE], "names": [1, 1]}
