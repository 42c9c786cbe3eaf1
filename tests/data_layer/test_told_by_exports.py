"""What exports tell beside codings: lengths, sentences and paragraphs, attributes, and personal data in these."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.anonymise import Search, search
from analysis.ingest import _kept_attributes
from analysis.ingest.log import Log
from analysis.ingest.people import Keys
from analysis.ingest.told import attributes_found, measured, spans
from analysis.readers.spans import text_spans

TEXT = "We met. Did it help? \u201cYes!\u201d she said.\r\n\r\n  No mark at the end  \nLast"
KEYS = Keys("interviews", {"talk 1": "T1", "talk 2": "T2"})


def sources(**texts):
    rows = [
        {
            "name": name.replace("_", "-"),
            "file": file,
            "text": text,
            "words": len(text.split()),
            "characters": len(text),
        }
        for name, (file, text) in texts.items()
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("sentence", ["We met.", "Did it help?", "\u201cYes!\u201d", "she said.", "No mark at the end", "Last"]),
        ("paragraph", [TEXT.splitlines()[0], "No mark at the end", "Last"]),
    ],
)
def test_spans_of_a_text(kind, expected):
    found = text_spans({"a": TEXT}).query("kind == @kind")
    assert [TEXT[start:end] for start, end in found[["start", "end"]].to_numpy()] == expected


def test_a_document_is_its_interview_with_or_without_its_ending():
    given = sources(talk_1=("a.qda", "One. Two."), talk_9=("a.qda", "Nobody's."))
    log = Log()
    assert spans(given, KEYS, log).query("kind == 'sentence'")["interview"].tolist() == ["T1", "T1"]
    lengths = measured(given, KEYS, pd.Series(["T2", "T1"]), "characters")
    assert lengths.isna().tolist() == [True, False]
    assert lengths[1] == 9
    assert not log.notes


def test_texts_of_one_interview_that_differ_are_warned_of():
    given = pd.concat([sources(talk_1=("a.qda", "One. Two.")), sources(talk_1=("b.qda", "One. And two."))])
    log = Log()
    assert spans(given, KEYS, log).query("kind == 'sentence'")["end"].tolist() == [4, 9]
    assert [(note[0], note[2]) for note in log.notes] == [("a.qda", "warning"), ("b.qda", "warning")]


def attributes():
    rows = [
        ("a.qda", "talk-1", "case", "Role", "director"),
        ("a.qda", "talk-2", "case", "Role", "manager"),
        ("a.qda", "talk-2", "source", "Mail jo@example.org", "x"),
    ]
    return pd.DataFrame(rows, columns=["file", "owner", "via", "name", "value"])


def test_attributes_are_told_without_their_values():
    table = attributes_found(attributes(), {"role": "Role"}).set_index("attribute")
    assert table.loc["Role", ["of", "documents", "values", "used_as"]].tolist() == ["case", 2, 2, "role"]
    assert pd.isna(table.loc["Mail jo@example.org", "used_as"])
    assert "director" not in table.to_csv()


def test_names_and_used_values_of_attributes_are_searched_for_personal_data():
    used = SimpleNamespace(attributes={"role": "Role", "interview": "Mail jo@example.org"})
    kept = _kept_attributes(used, attributes())["cell"]
    assert sorted(kept) == ["Mail jo@example.org", "Role", "director", "manager"]
    assert search(kept, "a.qda", [0] * len(kept), Search())["kind"].tolist() == ["email"]
