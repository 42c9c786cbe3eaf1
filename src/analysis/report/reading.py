"""What a notebook may read: the study's tables and results, by the names that readers know."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from analysis.association.multiplicity import EXPLORATORY
from analysis.association.specification import Variant
from analysis.errors import NotebookError
from analysis.framework import Framework
from analysis.report.needs import unmet
from analysis.report.notebooks import Declared, answers_folder, declared_pages
from analysis.report.workspace import make_result, process, read_table
from analysis.rounding import is_p
from analysis.scales import score_scale
from analysis.scores import interview_frame, outcome_scores, unit_frame
from analysis.study import Study
from analysis.target import STAGE_VARIABLE

if TYPE_CHECKING:
    from analysis.disclosure import Protected


@dataclass
class Reading:
    """What a page reads of its study.

    Parameters
    ----------
    key : str
        Key of the page, such as `04_associations` or `area_profile-wigan`.
    study : Study
        The study it is about.
    declared : Declared
        What the notebook's metadata say of it.
    """

    key: str
    study: Study
    declared: Declared

    @property
    def member(self) -> str:
        """The area, partnership or answers that the page is about; empty where it is about the study."""
        return self.key.removeprefix(self.declared.key).removeprefix("-")

    @property
    def framework(self) -> Framework:
        """The framework whose factors are tested."""
        return self.study.primary

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """For areas, partnerships, factors (and groups), outcomes: key to the name that readers see."""
        factors: dict[str, str] = {}
        for book in reversed(self.study.codebooks.values()):
            factors |= {g.key: g.label for g in book.groups} | {f.key: f.label for f in book.factors}
        outcomes = self.study.outcome_labels
        return {
            "area": self._names_of("areas", "area", "name"),
            "partnership": self._names_of("partnerships", "partnership", "label"),
            "factor": factors,
            "outcome": outcomes | {f"outcome:{key}": label for key, label in outcomes.items()},
        }

    @property
    def labels(self) -> dict[str, str]:
        """Key of any area, partnership, factor or outcome to the name that readers see."""
        return {key: name for names in self.names.values() for key, name in names.items()}

    def _names_of(self, table: str, key: str, name: str) -> dict[str, str]:
        frame = read_table(self.study.processed / f"{table}.parquet", table)
        return dict(zip(frame[key], frame[name], strict=True))

    def readable(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame with areas, partnerships, factors and outcomes by name instead of key, and merged roles.

        Cells of the columns `area`, `partnership`, `factor` and `outcome` are named, and columns that are a factor or
        an outcome themselves, so that whatever a method says of the frame is in words that readers know.
        """
        shown = self.names | {"role": self.study.disclosure.merge_roles}
        named = {
            column: frame[column].map(lambda key, names=names: names.get(key, key), na_action="ignore")
            for column, names in shown.items()
            if column in frame.columns
        }
        return frame.assign(**named).rename(columns=self.names["factor"] | self.names["outcome"])

    @property
    def factors(self) -> list[str]:
        """Names of the primary framework's factors, in the framework's order."""
        return [factor.label for factor in self.framework.factors]

    @property
    def scale(self) -> tuple[float, float]:
        """Least and most value of a score of the primary framework's factors."""
        scores = self.read("scores")
        values = scores.loc[scores["framework"] == self.framework.key, "value"]
        return score_scale(self.study.scores.rule, self.framework, self.study.sources, values)

    @cached_property
    def scored(self) -> list[str]:
        """Names of the factors whose scores differ between partnerships, so that they can be analysed."""
        units = self.units()
        return [factor for factor in self.factors if units[factor].dropna().unique().size > 1]

    @property
    def primary_outcome(self) -> str:
        """Name of the plan's primary outcome."""
        return self.names["outcome"][self.study.plan.primary_outcome]

    @property
    def facets(self) -> list[str]:
        """Names of the outcomes besides the primary one."""
        return [name for name in self.study.outcome_labels.values() if name != self.primary_outcome]

    def families(self, outcomes: Iterable[str]) -> dict[tuple[str, str], str]:
        """Return the confirmatory pairs of the plan, by name, among those of some outcomes."""
        names = self.names
        pairs = {(names["outcome"][o], names["factor"][f]): label for (o, f), label in self.study.families().items()}
        return {pair: label for pair, label in pairs.items() if pair[0] in set(outcomes)}

    def labelled(self, frame: pd.DataFrame, about: str = "") -> tuple[pd.DataFrame, list[str]]:
        """Return a table by name with what the plan says of its tests, and a note where they have no factor each.

        Parameters
        ----------
        frame : DataFrame
            Tests of factors with an outcome: `factor`, perhaps `outcome` (the primary one where there is none).
        about : str
            The factor that all tests are of, where no column says so.
        """
        if "label" in frame or not any(map(is_p, frame.columns)):
            return frame, []
        planned = self.families([self.primary_outcome, *self.facets])
        if "factor" in frame and not about:
            outcomes = frame["outcome"] if "outcome" in frame else [self.primary_outcome] * len(frame)
            pairs = zip(outcomes, frame["factor"], strict=True)
            labels = [planned.get(pair, EXPLORATORY) for pair in pairs]
            at = list(frame.columns).index("factor") + 1
            return pd.concat([frame.iloc[:, :at].assign(label=labels), frame.iloc[:, at:]], axis=1), []
        if not about:
            return frame, [f"Every test of this table is {EXPLORATORY}: the plan names none of them."]
        label = planned.get((self.primary_outcome, about), EXPLORATORY)
        return frame, [f"All tests are of {about} with {self.primary_outcome}, which is {label} by the plan."]

    def units(self, kind: str = "factor") -> pd.DataFrame:
        """Return one row a partnership: area, score of every factor (or group), every outcome, all by name."""
        rated = outcome_scores(self.read("outcomes"), self.study.overall_facets)
        frame = unit_frame(
            self.read("scores"), rated, self.read("partnerships"), framework=self.framework.key, kind=kind
        )
        return self.readable(frame)

    def predictors(self, most: int = 14, filled: float = 0.6) -> tuple[pd.DataFrame, list[str]]:
        """Return one row a partnership, and what a model of everything together can take in.

        Parameters
        ----------
        most : int
            Where more factors than this can be analysed, their groups are taken instead.
        filled : float
            Least share of the partnerships that must have a score.
        """
        units = self.units()
        names = [factor for factor in self.scored if units[factor].notna().mean() > filled]
        if len(names) <= most or not self.framework.groups:
            return units, names[:most]
        units = self.units("group")
        return units, [group.label for group in self.framework.groups if units[group.label].notna().mean() > filled]

    def informants(self) -> pd.DataFrame:
        """Return one row an interview: partnership, area, side, its scores and its informant's ratings, by name."""
        frame = interview_frame(
            self.read("scores"),
            self.read("outcomes"),
            self.read("interviews"),
            framework=self.framework.key,
            overall=self.study.overall_facets,
            council_sectors=self.study.council_sectors,
        )
        return self.readable(frame)

    def variant(self, variant: Variant) -> Variant:
        """Return a variant of the study's scores with areas, factors and outcomes by name."""
        return Variant(variant.choices, self.readable(variant.frame))

    def read(self, table: str) -> pd.DataFrame:
        """Return a tidy table that the notebook declares to read.

        Raises
        ------
        NotebookError
            Where it is not declared or not there.
        """
        self._require_declared(table, self.declared.reads, "reads")
        path = self.study.processed / f"{table}.parquet"
        if not path.is_file() and self._drafting:
            process(self.study)
        return read_table(path, table)

    @cached_property
    def protection(self) -> Protected:
        """Counts of informants in which no small one can be worked out, alike on all pages."""
        from analysis.disclosure import protect_informants

        policy, names = self.study.disclosure, {"area": self.names["area"]}
        return protect_informants(
            self.read("interviews"), min_cell=policy.min_cell, broader=policy.merge_roles, names=names
        )

    def protect(self, frame: pd.DataFrame, *, by: Sequence[str], count: str, also: Sequence[str] = ()) -> pd.DataFrame:
        """Return a readable frame of counts of informants without those that must be withheld, nor the columns `also`.

        Raises
        ------
        MethodError
            Where counts by these columns are not among those that are protected together (`PEOPLE_TABLES`).
        """
        from analysis.disclosure import apply_to

        return apply_to(self.protection, self.readable(frame), by=by, count=count, also=also)

    def answers(self) -> pd.DataFrame:
        """Return the answers of the self-assessment that the page is about."""
        return read_table(answers_folder(self.study) / f"{self.member}.parquet", self.member)

    def result(self, name: str) -> pd.DataFrame:
        """Return a result table that an earlier page wrote; in Lab that page is run first where need be."""
        self._require_declared(name, self.declared.results, "results")
        path = self.study.processed / "results" / f"{name}.parquet"
        if not path.is_file() and self._drafting:
            make_result(self.study, name)
        return read_table(path, name)

    def optional(self, name: str) -> pd.DataFrame | None:
        """Return a result, or None where the page that writes it is left out for what the study lacks."""
        writers = [declared for declared in declared_pages(self.study) if name in declared.writes]
        if any(unmet(self.study, declared.needs) for declared in writers):
            return None
        found = self.result(name)
        return None if found.empty else found

    @property
    def _drafting(self) -> bool:
        return STAGE_VARIABLE not in os.environ

    def _require_declared(self, name: str, declared: tuple[str, ...], entry: str) -> None:
        if name not in declared:
            raise NotebookError(
                f"{name!r} is not among what this page declares under {entry}",
                where=self.declared.path.name,
                allowed=declared,
                value=name,
                fix=f"add it to metadata.analysis.{entry} of the notebook: the runner needs to know",
            )
