"""Decide how a tool counted the characters of a text, by where its selections start and end.

The REFI-QDA standard counts Unicode code points; real tools also count UTF-16 code units, and a line end of
Windows as one or as two. A wrong choice shifts every later selection, so that it begins and ends inside words:
the choice under which most selections begin and end at word boundaries is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CHOICES = (
    ("CRLF", "UTF-16"),
    ("CRLF", "code point"),
    ("LF", "UTF-16"),
    ("LF", "code point"),
)
"""Line end counted as two or one, by unit; the order of every array over choices here."""

_PRIORS = {
    "nvivo": (0.85, 0.06, 0.05, 0.04),
    "atlas": (0.05, 0.05, 0.30, 0.60),
    "maxqda": (0.40, 0.45, 0.05, 0.10),
    "": (0.10, 0.35, 0.10, 0.45),
}
_SURE, _UNSURE = np.log(0.95), np.log(0.05)
_FLOOR = -4.0  # a project's other sources sway a source by at most e**4: two of its own boundaries outweigh them
_NAMES_TRIED = 200


@dataclass(frozen=True, slots=True)
class Positions:
    """A text with its selections under the four ways of counting.

    Attributes
    ----------
    text : str
        The text with every line end as one line feed.
    start, end : ndarray of int64, shape (4, n)
        Code-point positions in `text`; -1 where the counted position lies outside it.
    likelihood : ndarray of float64, shape (4,)
        Log-likelihood of each way.
    clean : ndarray of float64, shape (4,)
        Share of selection ends at a word boundary, in 0-1.
    differ : bool
        Whether the ways of counting differ at all for these selections.
    """

    text: str
    start: np.ndarray
    end: np.ndarray
    likelihood: np.ndarray
    clean: np.ndarray
    differ: bool


def prior(origin: str) -> np.ndarray:
    """Return the log-prior of the four ways of counting for the tool that wrote a project.

    Parameters
    ----------
    origin : str
        The project's `origin` attribute, such as `NVivo 14.23`.
    """
    known = next((key for key in _PRIORS if key and key in origin.lower()), "")
    return np.log(np.array(_PRIORS[known]))


def place(raw: str, start: Sequence[int], end: Sequence[int], names: Sequence[str] = ()) -> Positions:
    """Locate selections in a text under each way of counting.

    Parameters
    ----------
    raw : str
        The text as stored, with its own line ends and without a byte order mark.
    start, end : sequence of int, length n
        Positions as the tool counted them, end-exclusive.
    names : sequence of str
        What the tool calls each selection, in the same order (may be shorter); one that names a selection by
        its first words gives the choice away.
    """
    codes, after_return = _lines(raw)
    text = codes.tobytes().decode("utf-32-le", errors="replace")
    word, space = _kinds(codes)
    wanted = np.array([list(start), list(end)], dtype=np.float64).reshape(2, -1)
    placed, likelihood, clean = [], [], []
    for line_end, unit in CHOICES:
        widths = np.ones(len(codes), dtype=np.int64)
        widths += after_return if line_end == "CRLF" else 0
        widths += (codes > 0xFFFF) if unit == "UTF-16" else 0
        index, exact = _locate(widths, wanted)
        scores = np.stack([_start_score(index[0], word, space), _end_score(index[1], word, space)]) * exact
        score = float(scores.sum()) + _named(text, index[0], names)
        placed.append(index)
        likelihood.append(score * _SURE + (scores.size + min(len(names), _NAMES_TRIED) - score) * _UNSURE)
        clean.append(float(scores.mean()) if scores.size else 1.0)
    index = np.stack(placed)
    differ = bool((index != index[0]).any())
    return Positions(text, index[:, 0], index[:, 1], np.array(likelihood), np.array(clean), differ)


def choose(texts: Sequence[Positions], origin: str) -> list[int]:
    """Return for each text of a project which of `CHOICES` its selections are read by.

    A text decides by its own selections; where these are few, the tool's habit (`origin`) and the project's
    other texts tip the scale.
    """
    if not texts:
        return []
    likelihood = np.array([positions.likelihood for positions in texts])
    habit = prior(origin)
    others = likelihood.sum(axis=0) - likelihood + habit
    others = np.maximum(others - others.max(axis=1, keepdims=True), _FLOOR)
    # a tenth of the habit parts what the floor has made equal
    return [int(best) for best in np.argmax(likelihood + others + 0.1 * habit, axis=1)]


def _lines(raw: str) -> tuple[np.ndarray, np.ndarray]:
    """Return code points, every line end as one line feed, and which of these may count as two."""
    codes = np.frombuffer(raw.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    if not (codes == 13).any():
        # the packaging tool, or XML itself, may have turned CRLF into LF after the offsets were counted
        return codes, (codes == 10).astype(np.int64)
    first = np.zeros(len(codes), dtype=bool)
    first[:-1] = (codes[:-1] == 13) & (codes[1:] == 10)
    second = np.concatenate([[False], first[:-1]])
    kept = codes[~first].copy()
    kept[kept == 13] = 10
    return kept, second[~first].astype(np.int64)


def _kinds(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which characters belong to words and which are blank, with a blank added at the end."""
    values, inverse = np.unique(codes, return_inverse=True)
    characters = [chr(code) if code < 0x110000 else " " for code in values.tolist()]
    word = np.array([character.isalnum() for character in characters] + [False])
    space = np.array([character.isspace() for character in characters] + [True])
    which = np.append(inverse, len(values))
    return word[which], space[which]


def _locate(widths: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn counted positions into indices; -1 outside the text; not exact inside a pair."""
    edges = np.concatenate([[0], np.cumsum(widths)])
    index = np.searchsorted(edges, wanted, side="left")
    inside = (wanted >= 0) & (wanted <= edges[-1])
    index = np.where(inside, np.minimum(index, len(edges) - 1), -1)
    return index.astype(np.int64), inside & (edges[index] == wanted)


def _start_score(index: np.ndarray, word: np.ndarray, space: np.ndarray) -> np.ndarray:
    """Score starts: 1 at the beginning of a word or after a blank, 0 inside a word."""
    here, before = np.clip(index, 0, len(word) - 1), np.maximum(index - 1, 0)
    word_before, space_before = word[before] & (index > 0), space[before] | (index <= 0)
    begins = ~space[here] & (space_before | (word[here] & ~word_before))
    return np.where(begins, 1.0, np.where(word[here] & word_before, 0.0, 0.3))


def _end_score(index: np.ndarray, word: np.ndarray, space: np.ndarray) -> np.ndarray:
    """Score ends: 1 behind the last letter of a word or before a blank, 0 inside a word."""
    here, before = np.clip(index, 0, len(word) - 1), np.maximum(index - 1, 0)
    ends = ~space[before] & (space[here] | (word[before] & ~word[here]))
    return np.where(ends, 1.0, np.where(word[here] & word[before], 0.0, 0.3))


def _named(text: str, start: np.ndarray, names: Sequence[str]) -> float:
    """Count the selections whose name is how their text begins."""
    hits = 0
    for position, name in zip(start[:_NAMES_TRIED].tolist(), names, strict=False):
        opening = name.rstrip(" .…")[:30]
        hits += len(opening) >= 8 and position >= 0 and text.startswith(opening, position)
    return float(hits)
