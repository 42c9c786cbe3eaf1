"""The codings of a parsed REFI-QDA project: where each selection lies, what it says, who coded it with what."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from analysis.readers.model import CODINGS, Level, Note, table
from analysis.readers.offsets import CHOICES, Positions, choose, place
from analysis.readers.refi_parse import Raw


class Report:
    """Notes of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.notes: list[Note] = []

    def __call__(self, level: Level, what: str, count: int = 1) -> None:
        """Add a line, unless it stands for nothing."""
        if count:
            self.notes.append(Note(level, what, self.file, None, count))


def choose_offsets(raw: Raw, texts: list[str | None], report: Report) -> tuple[list[Positions], list[int]]:
    """Place every text's selections under each way of counting, and choose one way a text."""
    spans: list[list[int]] = [[] for _ in texts]
    for span, text in enumerate(raw.span_text):
        if text >= 0:
            spans[text].append(span)
    placed = [
        place(
            text or "",
            [raw.span_start[span] for span in spans[number]] if text is not None else [],
            [raw.span_end[span] for span in spans[number]] if text is not None else [],
            [raw.span_name[span] for span in spans[number]],
        )
        for number, text in enumerate(texts)
    ]
    chosen = choose(placed, raw.origin)
    said = Counter(CHOICES[choice] for choice, positions in zip(chosen, placed, strict=True) if positions.differ)
    for (line_end, unit), count in sorted(said.items()):
        ends = "as two characters" if line_end == "CRLF" else "as one character"
        report("info", f"sources whose offsets count line ends {ends} and {unit}s", count)
    doubtful = sum(
        positions.differ and positions.clean[choice] < 0.6 for choice, positions in zip(chosen, placed, strict=True)
    )
    report("warning", "sources whose selections begin or end inside words however offsets are counted", doubtful)
    return placed, chosen


def _spans(
    raw: Raw, placed: list[Positions], chosen: list[int], report: Report
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return start, end (NaN where unknown) and text (None where there is none) of every selection."""
    start, end = np.array(raw.span_start, dtype=np.float64), np.array(raw.span_end, dtype=np.float64)
    words = np.full(len(start), None, dtype=object)
    of_text = np.array(raw.span_text, dtype=np.int64)
    for number, positions in enumerate(placed):
        here = np.flatnonzero(of_text == number) if positions.start.shape[1] else np.empty(0, dtype=np.int64)
        if not len(here):
            continue
        start[here], end[here] = positions.start[chosen[number]], positions.end[chosen[number]]
        text = positions.text
        words[here] = [
            text[begin:stop] if 0 <= begin < stop else None
            for begin, stop in zip(start[here].astype(int).tolist(), end[here].astype(int).tolist(), strict=True)
        ]
    for span, content in raw.span_content.items():
        words[span] = content or None
    pictured = np.array([unit == "pixel" for unit in raw.span_unit], dtype=bool)
    wrong = ((start < 0) | (end < start)) & ~pictured
    report("info", "selections of no length; they have no text", int(((start == end) & ~wrong & ~pictured).sum()))
    report(
        "error",
        "selections whose positions lie outside their source; kept without position",
        int(wrong.sum()),
    )
    unknown = wrong | pictured
    start[unknown], end[unknown] = np.nan, np.nan
    words[wrong] = None
    return start, end, words


def codings_table(
    raw: Raw, names: list[str], paths: list[str], placed: list[Positions], chosen: list[int], report: Report
) -> pd.DataFrame:
    """Return the codings: one row a coding and code.

    Parameters
    ----------
    raw : Raw
        What was gathered.
    names, paths : list of str
        The unique name of each source, the path of each code.
    placed, chosen : list
        From `choose_offsets`.
    report : Report
        Receives what is odd.
    """
    start, end, words = _spans(raw, placed, chosen, report)
    number_of: dict[str, int] = {}
    for number, guid in enumerate(raw.code_guid):
        number_of.setdefault(guid, number)
    code = np.array([number_of.get(guid, -1) for guid in raw.coding_code], dtype=np.int64)
    to_case = np.array([guid in raw.case_guid for guid in raw.coding_code], dtype=bool) & (code < 0)
    report(
        "info",
        "codings refer to a case, not to a code; they tell which case a source belongs to",
        int(to_case.sum()),
    )
    report(
        "error",
        "codings refer to a code that is not in the codebook; not read",
        int((~to_case & (code < 0)).sum()),
    )
    kept = np.flatnonzero(code >= 0)
    span = np.array(raw.coding_span, dtype=np.int64)[kept]
    whole = span < 0
    coder = np.array([raw.users.get(guid) or None for guid in raw.coding_user] or [None], dtype=object)
    report(
        "warning",
        "codings by a user who is not in the list of users; their coder is missing",
        int(sum(coder[number] is None for number in kept)),
    )
    unit = np.array([*raw.span_unit, "document"], dtype=object)
    source = np.array(raw.coding_source, dtype=np.int64)[kept]
    return table(
        CODINGS,
        {
            "source": np.array(names, dtype=object)[source] if len(kept) else [],
            "coder": coder[kept] if len(kept) else [],
            "code": np.array(paths, dtype=object)[code[kept]] if len(kept) else [],
            "start": np.where(whole, np.nan, np.append(start, np.nan)[span]),
            "end": np.where(whole, np.nan, np.append(end, np.nan)[span]),
            "unit": unit[span],
            "text": np.concatenate([words, np.array([None], dtype=object)])[span],
            "weight": np.full(len(kept), np.nan),
            "file": np.full(len(kept), report.file, dtype=object),
            "row": kept + 1,
        },
    )
