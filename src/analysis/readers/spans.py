"""Spans of a text that are there before anybody codes: its paragraphs and its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

#: A sentence ends with its marks and closing quotes before white space, or with a line.
_SENTENCE = re.compile(r"[^\r\n]+?(?:[.!?\u2026]+[\"'\u2019\u201d)\]]*(?=\s)|(?=[\r\n])|$)")
_PARAGRAPH = re.compile(r"[^\r\n]+")
PATTERNS = {"paragraph": _PARAGRAPH, "sentence": _SENTENCE}


def text_spans(texts: Mapping[str, str]) -> pd.DataFrame:
    """Return the paragraphs and the sentences of each text, without the white space around them.

    A paragraph is a line: in transcripts, a speaker's turn. A sentence ends with a closing mark before white space,
    or with its line; an abbreviation with a full stop ends one too.

    Returns
    -------
    DataFrame
        text (its key), kind (paragraph, sentence), start, end (in characters, end exclusive).
    """
    rows = [
        (key, kind, start, end)
        for key, text in texts.items()
        for kind, pattern in PATTERNS.items()
        for start, end in _found(pattern, text)
    ]
    return pd.DataFrame(rows, columns=["text", "kind", "start", "end"])


def _found(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    for found in pattern.finditer(text):
        words = found[0].strip()
        if words:
            start = found.start() + len(found[0]) - len(found[0].lstrip())
            yield start, start + len(words)
