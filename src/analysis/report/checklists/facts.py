"""What a study and its results say of themselves, for checklists and accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.disclosure.quotes import approved_numbers
from analysis.study import Study


@dataclass(frozen=True, slots=True)
class Facts:
    """A study, its tidy tables and the results of its pages.

    Parameters
    ----------
    study : Study
        The study.
    tables : mapping of str to DataFrame
        Tables areas, partnerships, interviews, codings, ratings, outcomes and sources.
    results : mapping of str to DataFrame
        Results of other pages as far as they were made.
    """

    study: Study
    tables: Mapping[str, pd.DataFrame]
    results: Mapping[str, pd.DataFrame | None]

    def size(self, table: str) -> int:
        """Return the number of rows of a tidy table."""
        return len(self.tables[table])

    def result(self, name: str) -> pd.DataFrame | None:
        """Return a result, or None where its page was left out or empty."""
        found = self.results.get(name)
        return None if found is None or found.empty else found

    @property
    def n_codings(self) -> int:
        """Codings with any framework."""
        return self.size("codings")

    @property
    def n_own_codings(self) -> int:
        """Codings with the study's own framework, the first."""
        return int((self.tables["codings"]["framework"] == self.study.framework).sum())

    @property
    def coder_count(self) -> int:
        """Coders of segments and of direct ratings."""
        both = pd.concat([self.tables["codings"]["coder"], self.tables["ratings"]["coder"]])
        return int(both.nunique())

    @property
    def tools(self) -> list[str]:
        """Coding tools that the raw files came from, as the ledger of raw files names them."""
        named = self.tables["sources"]
        read = named.loc[named["table"].isin(["codings", "ratings"]), "tool"] if "tool" in named else pd.Series()
        named_so = {"spreadsheet": "spreadsheets"}
        return sorted({named_so.get(tool, tool) for tool in read.dropna().astype(str)} - {""})

    @property
    def months(self) -> tuple[str, str] | None:
        """First and last month of the interviews."""
        found = self.tables["interviews"]["month"].dropna()
        return (str(found.min()), str(found.max())) if len(found) else None

    @property
    def licences(self) -> list[str]:
        """Licences of the raw files."""
        named = self.tables["sources"]
        return sorted(set(named["licence"].dropna().astype(str)) - {""}) if "licence" in named else []

    @property
    def n_quotations(self) -> int:
        """Quotations that are approved."""
        return len(approved_numbers(self.study.disclosure))


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many}"
