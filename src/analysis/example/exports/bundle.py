"""What every export holds: one area's documents, interviews and codings, with real offsets and words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.example.simulation import Simulation
from analysis.example.stated import themes
from analysis.example.transcripts import Transcript

#: Names that the coding tools know the coders by: invented, and still taken out on the way in.
CODERS = ("Coder One", "Coder Two", "Coder Three")

#: How documents of an area begin.
PREFIX = {
    "brighton-and-hove": "BHO",
    "cheshire-east": "CHE",
    "monmouthshire": "MON",
    "south-tyneside": "STY",
    "surrey": "SUR",
    "wigan": "WIG",
}

#: The one date that all files carry.
STAMP = "2016-12-01"

_SPACE = uuid.UUID("6d1f3c52-0b6e-5d0e-9a43-2f7c1be0a117")


@dataclass(frozen=True, slots=True)
class Bundle:
    """One area, ready to be written by any tool.

    Attributes
    ----------
    area : str
        Key of the area.
    interviews : DataFrame
        Its interviews, with `document`, the name that the coding tool has.
    texts : mapping of str to str
        Document to transcript, one line a paragraph (LF).
    codings : DataFrame
        `document`, `coder`, `framework`, `factor`, `label`, `number`, `intensity` (1-3), `start` and `end`
        (code points of the text), `paragraph` (from 1), `text`; sorted by document, start and coder.
    """

    area: str
    interviews: pd.DataFrame
    texts: Mapping[str, str]
    codings: pd.DataFrame

    @property
    def themes(self) -> pd.DataFrame:
        """Every code of the team's codebook, used or not: `framework`, `factor`, `label`, `number`."""
        every = themes()
        return pd.DataFrame({name: getattr(every, name) for name in ("framework", "factor", "label", "number")})


def document_names(interviews: pd.DataFrame) -> list[str]:
    """Return the name under which each interview's transcript lies in the coding tool, such as WIG-1-03."""
    keys = interviews["interview"].str.rsplit("-", n=2)
    return [f"{PREFIX[area]}-{number}-{informant}" for area, number, informant in keys]


def bundles(simulation: Simulation, transcripts: Mapping[str, Transcript]) -> dict[str, Bundle]:
    """Return one bundle an area."""
    interviews = simulation.interviews.assign(document=document_names(simulation.interviews))
    codings = _codings(simulation, transcripts, interviews)
    out = {}
    for area, rows in interviews.groupby("area", sort=False):
        texts = dict(zip(rows["document"], [transcripts[key].text for key in rows["interview"]], strict=True))
        own = codings[codings["document"].isin(rows["document"])].reset_index(drop=True)
        out[str(area)] = Bundle(str(area), rows.reset_index(drop=True), texts, own)
    return out


def guid(*names: object) -> str:
    """Return a GUID made of names, the same in every run."""
    return str(uuid.uuid5(_SPACE, "/".join(map(str, names))))


def _codings(simulation: Simulation, transcripts: Mapping[str, Transcript], interviews: pd.DataFrame) -> pd.DataFrame:
    """Return all codings with the place of their segment in the transcript."""
    every = themes()
    number = dict(zip(zip(every.framework, every.factor, strict=True), every.number, strict=True))
    document = dict(zip(interviews["interview"], interviews["document"], strict=True))
    rows = []
    for row in simulation.codings.itertuples(index=False):
        transcript = transcripts[row.interview]
        spoken = transcript.segments[row.segment]
        end = spoken.clipped_end if row.clipped else spoken.end
        rows.append(
            (
                document[row.interview],
                CODERS[int(row.coder.removeprefix("coder-")) - 1],
                row.framework,
                row.factor,
                row.code,
                number[row.framework, row.factor],
                int(row.intensity),
                spoken.start,
                end,
                spoken.paragraph,
                transcript.text[spoken.start : end],
            )
        )
    columns = ["document", "coder", "framework", "factor", "label", "number", "intensity"]
    frame = pd.DataFrame(rows, columns=[*columns, "start", "end", "paragraph", "text"])
    return frame.sort_values(["document", "start", "end", "coder", "framework", "number"], ignore_index=True)
