"""Which interviews can be compared on their words, and how well coders agree by what is compared there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analysis.agreement.bootstrap import Bootstrap, bootstrap_intervals
from analysis.agreement.coefficients import Level
from analysis.agreement.groups import READINGS, agreement_by
from analysis.agreement.unitising import NAMES, unitising_alpha, unitising_by_code
from analysis.agreement.units import character_units, interview_units, segment_units, span_units
from analysis.errors import MethodError

#: Column that says what is compared.
COMPARED = "compared"
INTERVIEWS, SEGMENTS, SENTENCES, CHARACTERS = "whole interviews", "segments", "sentences", "characters"
_FEWEST = 2
_WORDS = dict(zip(READINGS, ("counts", "left out"), strict=True))


@dataclass(frozen=True, slots=True)
class PlacedTexts:
    """Interviews that two coders read and all of whose codings have a place in the text.

    Attributes
    ----------
    codings : DataFrame
        The codings of these interviews.
    readers : DataFrame
        interview, coder.
    lengths : Series
        Interview to the length of its text in characters.
    n_left_out : int
        Interviews that two coders read and that can't be compared on their words.
    n_assumed : int
        Interviews among `lengths` whose text ends, for all that is known, with its last segment.
    """

    codings: pd.DataFrame
    readers: pd.DataFrame
    lengths: pd.Series
    n_left_out: int
    n_assumed: int

    @property
    def comparable(self) -> bool:
        """Whether there are two such interviews, the fewest that an interval can be drawn from."""
        return len(self.lengths) >= _FEWEST

    @property
    def summary(self) -> str:
        """Return which interviews are compared, and what is assumed of them."""
        if not self.comparable:
            return (
                "Coders can't be compared on the words here: that takes two interviews in which two coders marked "
                "segments whose places are counted in characters. What stands above compares whole interviews."
            )
        said = f"{len(self.lengths)} interviews that two or more coders read can be compared on their words"
        if self.n_left_out:
            said += f"; {self.n_left_out} more can't, since their export has no places in characters"
        if self.n_assumed:
            said += f". The export of {self.n_assumed} of them has no text: there the last segment ends the interview"
        return said + "."


def placed_texts(codings: pd.DataFrame, readers: pd.DataFrame, characters: pd.Series) -> PlacedTexts:
    """Return the interviews that coders can be compared on word for word.

    Parameters
    ----------
    codings : DataFrame
        interview, coder, start, end (characters, end exclusive; missing without a place).
    readers : DataFrame
        interview, coder: who read which interview.
    characters : Series
        Interview to the length of its text, missing where it is not known.
    """
    who = readers[["interview", "coder"]].drop_duplicates()
    n = who.groupby("interview")["coder"].size()
    twice = set(n.index[n > 1])
    whole = codings[["start", "end"]].notna().all(axis=1).groupby(codings["interview"]).all()
    kept = sorted(twice & set(whole.index[whole]))
    mine = codings[codings["interview"].isin(kept)]
    last = mine.groupby("interview")["end"].max().reindex(kept)
    known = characters.reindex(kept).astype("float64")
    lengths = np.fmax(known, last).rename("characters")
    who = who[who["interview"].isin(kept)].reset_index(drop=True)
    return PlacedTexts(mine, who, lengths, len(twice) - len(kept), int(known.isna().sum()))


@dataclass(frozen=True, slots=True)
class AgreementByUnit:
    """The same coders' agreement by what is compared, with uncoded text counted and left out.

    Attributes
    ----------
    overall : Bootstrap
        By `compared`, all factors together, under both readings of uncoded text.
    table : DataFrame
        One row a factor and reading: factor, uncoded_text (counts, left out), and a column for each thing compared.
    segments : DataFrame
        The units of segments, for `disagreements`.
    """

    overall: Bootstrap
    table: pd.DataFrame
    segments: pd.DataFrame

    @property
    def summary(self) -> str:
        """Return one sentence: the coefficient by what is compared, with and without uncoded text."""
        wide = self.overall.table.pivot(index=COMPARED, columns="uncoded", values="value")
        first = self.overall.table.drop_duplicates(COMPARED)
        said = [f"{name} {wide['include'][name]:.2f} ({wide['exclude'][name]:.2f})" for name in first[COMPARED]]
        return f"{first['coefficient'].iloc[0]} by what is compared (without uncoded text): {', '.join(said)}."


def agreement_by_unit(
    texts: PlacedTexts,
    interviews: pd.DataFrame | None = None,
    *,
    factors: list[str],
    sentences: pd.DataFrame | None = None,
    value: str = "intensity",
    draws: int = 10_000,
    seed: int = 0,
) -> AgreementByUnit:
    """Return Krippendorff's alpha over whole interviews, segments, sentences and characters.

    Parameters
    ----------
    texts : PlacedTexts
        From `placed_texts`.
    interviews : DataFrame, optional
        As for `interview_units`.
    factors : list of str
        All factors of the codebook.
    sentences : DataFrame, optional
        interview, start, end. Sentences are compared where they are known (`readers.spans.text_spans`).
    value : {"intensity", "presence"}
        Grades, compared as ordinal, or whether the factor is there, as nominal.
    draws, seed
        As for `bootstrap_intervals`.

    Raises
    ------
    MethodError
        Where fewer than two interviews can be compared.
    """
    if not texts.comparable:
        raise MethodError(
            "fewer than two interviews can be compared on their words",
            fix="compare whole interviews (interview_units), which needs no places",
        )
    options = {"value": value, "factors": factors, "readers": texts.readers}
    compared = {
        INTERVIEWS: interview_units(texts.codings, interviews, **options),
        SEGMENTS: segment_units(texts.codings, texts.lengths, interviews, **options),
    }
    inside = _of_twice_read(sentences, texts)
    if len(set(inside["interview"])) > 1:
        compared[SENTENCES] = span_units(texts.codings, inside, interviews, **options)
    compared[CHARACTERS] = character_units(texts.codings, texts.lengths, interviews, **options)
    level: Level = "ordinal" if value == "intensity" else "nominal"
    by_unit = partial(bootstrap_intervals, level=level, uncoded="both", draws=draws, seed=seed)
    made = [by_unit(units, ()) for units in compared.values()]
    named = [b.table.assign(**{COMPARED: name}) for b, name in zip(made, compared, strict=True)]
    overall = pd.concat(named, ignore_index=True)
    drawn = np.vstack([b.draws for b in made])
    return AgreementByUnit(
        Bootstrap(overall, drawn, (COMPARED,), made[0].confidence, made[0].cluster),
        _by_factor(compared, level),
        compared[SEGMENTS],
    )


def _of_twice_read(sentences: pd.DataFrame | None, texts: PlacedTexts) -> pd.DataFrame:
    if sentences is None:
        return pd.DataFrame(columns=["interview", "start", "end"])
    return sentences.loc[sentences["interview"].isin(texts.lengths.index), ["interview", "start", "end"]]


def _by_factor(compared: Mapping[str, pd.DataFrame], level: Level) -> pd.DataFrame:
    values = {
        name: agreement_by(units, "factor", level=level, uncoded="both").table.set_index(["factor", "uncoded"])["value"]
        for name, units in compared.items()
    }
    order = next(iter(compared.values()))["factor"].drop_duplicates()
    rows = pd.MultiIndex.from_product([order, READINGS], names=["factor", "uncoded"])
    table = pd.DataFrame(values).reindex(rows).reset_index()
    return table.assign(uncoded=table["uncoded"].map(_WORDS)).rename(columns={"uncoded": "uncoded_text"})


def unitising_table(texts: PlacedTexts, *, draws: int = 2_000, seed: int = 0) -> pd.DataFrame:
    """Return u-alpha and its companions over all factors, and u-alpha of each factor by itself.

    Text to which one coder gave several factors counts, over all factors, as a code of its own; of each factor
    by itself the others are passed over.

    Parameters
    ----------
    texts : PlacedTexts
        From `placed_texts`.
    draws, seed
        As for `unitising_alpha`.

    Returns
    -------
    DataFrame
        factor ("all together", or the factor), coefficient, value, lower, upper.
    """
    options: dict[str, Any] = {"readers": texts.readers, "draws": draws, "seed": seed}
    whole = unitising_alpha(texts.codings, texts.lengths, overlaps="combine", **options).table
    whole = whole[whole["coefficient"] != "ku_alpha"]
    whole = whole.assign(factor="all together", coefficient=whole["coefficient"].map(NAMES))
    each = unitising_by_code(texts.codings, texts.lengths, **options).assign(coefficient="u-alpha (this factor or gap)")
    columns = ["factor", "coefficient", "value", "lower", "upper"]
    return pd.concat([whole[columns], each[columns]], ignore_index=True)
