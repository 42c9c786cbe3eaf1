"""How surely the way of counting is recovered from random texts, emoji and Windows line ends included."""

import numpy as np
import pytest

from analysis.readers.offsets import CHOICES, choose, place

ALPHABET = list("abcdeghiéßłя\U0001f600\U0001f680")


def random_text(rng):
    words = ["".join(rng.choice(ALPHABET, rng.integers(1, 9))) for _ in range(60)]
    return "\n".join(" ".join(words[at : at + 6]) for at in range(0, 60, 6)) + "\n"


def counted(text, position, line_end, unit):
    before = text[:position]
    size = len(before.encode("utf-16-le")) // 2 if unit == "UTF-16" else len(before)
    return size + (before.count("\n") if line_end == "CRLF" else 0)


def recovered(rng, selections):
    text = random_text(rng)
    line_end, unit = CHOICES[rng.integers(4)]
    starts = [at for at in range(len(text)) if not text[at].isspace() and (at == 0 or text[at - 1].isspace())]
    begins = rng.choice(starts, selections, replace=False).tolist()
    ends = [next(at for at in range(begin, len(text)) if text[at].isspace()) for begin in begins]
    positions = place(
        text.replace("\n", "\r\n"),
        [counted(text, at, line_end, unit) for at in begins],
        [counted(text, at, line_end, unit) for at in ends],
    )
    choice = choose([positions], "some tool")[0]
    return positions.start[choice].tolist() == begins and positions.end[choice].tolist() == ends


@pytest.mark.parametrize(("selections", "least"), [(1, 0.85), (2, 0.95), (5, 1.0), (20, 1.0)])
def test_the_way_of_counting_is_recovered(selections, least):
    rng = np.random.default_rng(2017)
    assert np.mean([recovered(rng, selections) for _ in range(150)]) >= least


def test_a_text_without_selections_is_read_by_the_habit_of_its_tool():
    positions = place("a\r\nb", [], [])
    assert CHOICES[choose([positions], "NVivo 14")[0]] == ("CRLF", "UTF-16")
    assert CHOICES[choose([positions], "ATLAS.ti 9")[0]] == ("LF", "code point")
    assert not positions.differ
