"""Write what the informants of a simulated study said, and where each segment stands in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from analysis.example.simulation import Simulation
from analysis.example.stated import PRIMARY, themes

#: What one segment speaks of: themes (their place in `themes()`) with their strength 1-3.
Said = list[tuple[int, int]]

PHRASES = Path(__file__).with_name("phrases.yml")

#: Chances of what goes around a segment: opener, a sentence that carries it on, aside, transcriber's sign.
OPENED = 0.45
CARRIED_ON = 0.6
ASIDE = 0.35
MARK = 0.10


@dataclass(frozen=True, slots=True)
class Spoken:
    """One segment in the text of its transcript.

    Attributes
    ----------
    start, end : int
        Code points of the transcript, end-exclusive, line ends counted as one.
    clipped_end : int
        Where the segment ends for a coder who leaves off its last sentence.
    paragraph : int
        Number of the paragraph that holds it, from 1.
    """

    start: int
    end: int
    clipped_end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Transcript:
    """One interview in words: `text` with one line a paragraph (LF), `segments` by their number."""

    text: str
    segments: dict[int, Spoken]

    @property
    def words(self) -> int:
        """Length in words."""
        return len(self.text.split())


@cache
def phrases() -> dict[str, Any]:
    """Return the building blocks of the simulated interviews."""
    loaded: dict[str, Any] = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))
    return loaded


@dataclass
class _Speaker:
    """Draws building blocks for one interview, not the same one twice before all were used."""

    rng: np.random.Generator
    slots: dict[str, list[str]]

    def __post_init__(self) -> None:
        self.used: dict[int, list[int]] = {}

    def pick(self, blocks: list[str]) -> str:
        """Return one of the blocks with its slots filled."""
        left = self.used.get(id(blocks)) or list(self.rng.permutation(len(blocks)))
        self.used[id(blocks)] = left[1:]
        return self.fill(blocks[left[0]])

    def fill(self, block: str) -> str:
        """Return a block with each slot filled by a word of the partnership's field."""
        filled = {name: words[self.rng.integers(len(words))] for name, words in self.slots.items()}
        return block.format_map(filled)

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return bool(self.rng.random() < probability)


def write_transcripts(simulation: Simulation, seed: int) -> dict[str, Transcript]:
    """Return one transcript an interview, by the interview's key.

    Parameters
    ----------
    simulation : Simulation
        The study; every segment that was meant is spoken, whether a coder saw it or not.
    seed : int
        Seed of the choice of words; each interview has its own stream.
    """
    field_of = simulation.partnerships.set_index("partnership")["policy_field"]
    meant = _by_segment(simulation.spoken)
    out = {}
    for number, row in enumerate(simulation.interviews.itertuples()):
        blocks = phrases()
        slots = blocks["slots"] | blocks["fields"][field_of[row.partnership]]
        speaker = _Speaker(np.random.default_rng([seed, number]), slots)
        out[row.interview] = _transcript(speaker, meant[row.interview])
    return out


def _by_segment(spoken: pd.DataFrame) -> dict[str, dict[int, Said]]:
    """Return what each segment of each interview speaks of, in the order of speaking."""
    out: dict[str, dict[int, Said]] = defaultdict(dict)
    columns = (spoken[name].tolist() for name in ("interview", "segment", "theme", "strength"))
    for interview, segment, theme, strength in zip(*columns, strict=True):
        out[interview].setdefault(segment, []).append((theme, strength))
    return out


def _transcript(speaker: _Speaker, spoken: dict[int, Said]) -> Transcript:
    """Return an interview: questions, answers with the segments among asides, a sign now and then."""
    blocks = phrases()
    lines = [f"Interview with a partner, {speaker.pick(['on site', 'by telephone', 'in the office'])}"]
    segments: dict[int, Spoken] = {}
    offset = len(lines[0]) + 1
    waiting = list(spoken.items())
    while waiting:
        size = int(speaker.rng.integers(1, 5))
        turn, waiting = waiting[:size], waiting[size:]
        about = themes().framework[turn[0][1][0][0]]
        asked = blocks["questions"]["opening" if len(lines) == 1 else about]
        lines.append(f"Interviewer: {speaker.pick(asked)}")
        offset += len(lines[-1]) + 1
        answer, inside = _answer(speaker, turn)
        for number, (start, end, clipped) in inside.items():
            segments[number] = Spoken(offset + start, offset + end, offset + clipped, len(lines) + 1)
        lines.append(answer)
        offset += len(answer) + 1
    lines.append("Interviewer: Thank you very much.")
    return Transcript("\n".join(lines) + "\n", segments)


def _answer(speaker: _Speaker, turn: list[tuple[int, Said]]) -> tuple[str, dict[int, tuple[int, int, int]]]:
    """Return one answer, and for each segment in it start, end and clipped end within the answer."""
    blocks = phrases()
    text = "Informant:"
    inside = {}
    for number, meant in turn:
        if speaker.chance(ASIDE):
            text += " " + speaker.pick(blocks["filler"])
        if speaker.chance(MARK):
            text += " " + speaker.pick(blocks["marks"])
        said, follow = _segment(speaker, meant)
        start = len(text) + 1
        text += f" {said}"
        inside[number] = (start, len(text) + len(follow), len(text))
        text += follow
    if speaker.chance(ASIDE):
        text += " " + speaker.pick(blocks["filler"])
    return text, inside


def _segment(speaker: _Speaker, meant: Said) -> tuple[str, str]:
    """Return the words of one segment, a sentence a theme, and the sentence that carries the last one on."""
    blocks = phrases()
    sentences = []
    for theme, strength in meant:
        framework, factor = themes().framework[theme], themes().factor[theme]
        said = blocks[framework][themes().number[theme] if framework == PRIMARY else factor]
        core = speaker.pick(said[strength] if framework == PRIMARY else said["cores"])
        opener = speaker.pick(blocks["openers"]) if speaker.chance(OPENED) else ""
        sentences.append(_sentence(f"{opener}{core}."))
        follow = blocks["hedges"] if framework == PRIMARY and strength == 1 else said["then"]
    carried = " " + _sentence(speaker.pick(follow)) if speaker.chance(CARRIED_ON) else ""
    return " ".join(sentences), carried


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
