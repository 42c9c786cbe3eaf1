"""What the next study would take: power over designs, from this study's own shares of variance; kept by content."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pandas as pd

import analysis.association
from analysis.association.planner import Plan, plan
from analysis.association.simulation import Design, design_of
from analysis.errors import MethodError
from analysis.report.inputs import PROJECT
from analysis.report.steps import Digests
from analysis.report.workspace import process, read_table
from analysis.schema import TABLES
from analysis.scores import interview_frame
from analysis.study import Study
from analysis.target import Target, set_target

NAME = "next_study"
MOST = 20_000  # combinations: beyond it a range was surely mistyped
LARGEST = 10_000  # interviews of one design: the same
HELD = 20_000_000  # ratings simulated for one combination: what a computer's memory holds


@dataclasses.dataclass(frozen=True, slots=True)
class Ranges:
    """What is crossed: numbers of areas, of partnerships in each, of informants about each; true correlations."""

    areas: tuple[int, ...]
    partnerships: tuple[int, ...]
    informants: tuple[int, ...]
    correlations: tuple[float, ...]

    def __post_init__(self) -> None:
        n = len(self.areas) * len(self.partnerships) * len(self.informants) * len(self.correlations)
        if n > MOST:
            raise MethodError(
                f"the ranges make {n:,} combinations, more than {MOST:,}",
                fix="take steps, as in 6..30..4, or fewer correlations",
            )
        if self.interviews > LARGEST:
            raise MethodError(
                f"the largest design has {self.interviews:,} interviews, more than {LARGEST:,}",
                fix="take smaller numbers of areas, partnerships or informants",
            )

    @property
    def interviews(self) -> int:
        """Interviews of the largest design."""
        return max(self.areas) * max(self.partnerships) * max(self.informants)


def whole_numbers(text: str, what: str, least: int) -> tuple[int, ...]:
    """Return the numbers of a range: ``6..20``, ``6..20..2`` (every second), ``8`` or ``6,8,12``.

    Raises
    ------
    MethodError
        For anything else, for a range that falls and for numbers below `least`.
    """
    found: list[int] = []
    try:
        for part in text.split(","):
            ends = [int(end) for end in part.split("..")]
            low, high, step = (*ends, ends[0], 1)[:3] if len(ends) == 1 else (*ends, 1)[:3]
            if len(ends) > 3 or step < 1 or high < low or (high - low) // step > MOST:
                raise ValueError
            found += range(low, high + 1, step)
    except ValueError as error:
        raise MethodError(
            f"{what} {text!r} is no range of whole numbers",
            allowed=("6..20", "6..20..2", "8", "6,8,12"),
            fix="write the smaller end first, two dots, the larger end",
        ) from error
    if min(found) < least:
        raise MethodError(f"{what} {text!r} begins below {least}", fix=f"{least} is the least that can be tested")
    return tuple(sorted(set(found)))


def fractions(text: str) -> tuple[float, ...]:
    """Return the correlations of ``.5`` or ``.5,.8``.

    Raises
    ------
    MethodError
        For anything that is no number above 0 and below 1.
    """
    try:
        found = tuple(sorted({float(part) for part in text.split(",")}))
    except ValueError as error:
        raise MethodError(
            f"correlation {text!r} is no number or list of numbers", fix="write it as in .5 or .5,.8"
        ) from error
    if not all(0.0 < value < 1.0 for value in found):
        raise MethodError(f"a correlation to be found lies above 0 and below 1, not {text}", fix="write it as in .5,.8")
    return found


def own_design(study: Study) -> Design:
    """Return the study's design with the shares of variance that its own interviews show."""
    if not (study.processed / "scores.parquet").is_file():
        process(study)
    tables = {name: read_table(study.processed / f"{name}.parquet", name) for name in TABLES if name in _READ}
    frame = interview_frame(
        **tables,
        framework=study.framework,
        overall=study.overall_facets,
        council_sectors=study.council_sectors,
    )
    keys = [factor.key for factor in study.primary.factors if factor.key in frame]
    factors = [key for key in keys if frame[key].dropna().unique().size > 1]
    outcome = f"outcome:{study.plan.primary_outcome}"
    return design_of(frame, unit="partnership", cluster="area", factors=factors, outcome=outcome, seed=study.seed)


_READ = ("scores", "outcomes", "interviews")


def plan_next(
    study: Study,
    ranges: Ranges,
    *,
    datasets: int = 400,
    jobs: int = 1,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Plan, bool]:
    """Simulate every combination, or take what was simulated before from the same design, settings and code.

    Returns
    -------
    Plan, bool
        And whether it was kept from before.
    """
    if datasets < 100:
        raise MethodError(f"{datasets} data sets are too few to tell a power", fix="simulate at least 100, better 400")
    if datasets * ranges.interviews > HELD:
        raise MethodError(
            f"{datasets:,} data sets of {ranges.interviews:,} interviews are too many to hold in memory",
            fix=f"simulate at most {HELD // ranges.interviews:,}, or take smaller designs",
        )
    like = own_design(study)
    settings = {
        "tests": max(len(study.plan.hypotheses), 1),
        "alpha": study.plan.alpha,
        "target": 0.8,
        "datasets": datasets,
        "seed": study.seed,
    }
    kept = study.processed / "cache" / f"{NAME}-{_content(like, ranges, settings)}.parquet"
    if kept.is_file():
        return Plan(pd.read_parquet(kept), **settings), True  # type: ignore[arg-type]
    found = plan(
        ranges.areas,
        ranges.partnerships,
        ranges.informants,
        like=like,
        correlations=ranges.correlations,
        **settings,  # type: ignore[arg-type]
        jobs=jobs,
        scheduler=scheduler,
        progress=progress,
    )
    _keep(found.table, kept)
    return found, False


def _content(like: Design, ranges: Ranges, settings: dict[str, float]) -> str:
    """Return the hash of all that the numbers depend on: design, settings, code and packages."""
    digests = Digests()
    code = digests.folder(Path(analysis.association.__file__).parent, endings=(".py",))
    packages = digests.file(PROJECT / "requirements.lock")
    said = [dataclasses.asdict(like), dataclasses.asdict(ranges), settings, code, packages]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]


def _keep(table: pd.DataFrame, path: Path) -> None:
    """Write a table so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    try:
        table.to_parquet(name, index=False)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def publish_plan(found: Plan, study: Study, folder: Path) -> Path:
    """Publish the figure with its numbers below a folder and return the table of numbers (CSV)."""
    from analysis.figures.association import plot_plan
    from analysis.figures.publish import publish

    set_target(Target(folder, NAME, study.title, simulated=bool(study.simulated), preset=study.preset))
    words = study.words
    with redirect_stdout(io.StringIO()):  # outside a notebook, showing means printing
        publish(
            plot_plan(found, cluster=words.areas, unit=words.partnerships),
            name=NAME,
            caption=f"Power of the primary test by the number of {words.areas}, of {words.partnerships} in each and "
            "of informants about each, from this study's own shares of variance; upright bars are 95 % Monte Carlo "
            "bounds.",
            alt=f"Rising curves of power over the number of {words.areas}. {words.in_prose(found.summary)}",
            data=found.table,
        )
    return folder / "figures" / f"{NAME}.csv"
