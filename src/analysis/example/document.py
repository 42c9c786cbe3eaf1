"""The parts of docs/example-study.md that are made from the design, so that the page can't say anything else."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from analysis.example.answers import truth
from analysis.example.design import Design
from analysis.example.exports.tabular import SHORTHAND
from analysis.example.places import FACETS
from analysis.example.simulation import simulate
from analysis.example.stated import explained
from analysis.example.write import EXPORTS

_MARKED = re.compile(r"(<!-- from the design: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_ATTRIBUTE = re.compile(r"^([a-z_, ]+) : .*\n((?:    .*(?:\n|$))+)", re.MULTILINE)


def fill(page: str, design: Design | None = None, seed: int = 2017) -> str:
    """Return the page with every part between `<!-- from the design: NAME -->` and `<!-- end -->` made anew.

    Raises
    ------
    KeyError
        The page names a part that there is not.
    """
    parts = parts_of(design or Design(), seed)
    return _MARKED.sub(lambda match: f"{match[1]}\n{parts[match[2]]}\n\n{match[3]}", page)


def parts_of(design: Design, seed: int) -> dict[str, str]:
    """Return every generated part of the page, by name, as Markdown."""
    return {
        "effects": _effects(design),
        "parameters": _parameters(design),
        "facets": _table(("facet", "correlation with latent innovation"), _numbers(FACETS)),
        "counts": _counts(design, seed),
        "files": _files(),
        "explained": _explained(design),
        "shorthand": _table(("code in the file", "stands for"), [(v, "/".join(k)) for k, v in SHORTHAND.items()]),
    }


def _effects(design: Design) -> str:
    rows = [
        (
            row.number,
            row.label,
            "**yes**" if row.matters else "no",
            f"{row.effect:.2f}",
            f"{row.direct:.2f}",
            f"{row.expected:.2f}",
            f"{row.sector_gap:+.1f}" if row.sector_gap else "0",
        )
        for row in truth(design).itertuples()
    ]
    return _table(("", "factor", "matters", "effect", "direct", "among those chosen", "council above partners"), rows)


def _parameters(design: Design) -> str:
    """Return each parameter with its value and what its docstring says of it."""
    said: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(inspect.getdoc(Design) or ""):
        for name in match[1].split(","):
            said[name.strip()] = " ".join(match[2].split())
    rows = [
        (f"`{field.name}`", _value(getattr(design, field.name)), said[field.name])
        for field in fields(design)
        if field.name != "places"
    ]
    return _table(("parameter", "value", "meaning"), rows)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value(part)}" for key, part in value.items())
    if isinstance(value, tuple):
        return ", ".join(_value(part) for part in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _counts(design: Design, seed: int) -> str:
    study = simulate(design, seed)
    coders = study.codings.groupby("interview")["coder"].nunique()
    frameworks = study.codings["framework"].value_counts()
    rows: list[tuple[object, object]] = [
        ("areas", len(study.areas)),
        ("partnerships", len(study.partnerships)),
        ("interviews", len(study.interviews)),
        ("of these read by two coders", int((coders > 1).sum())),
        ("codings", f"{len(study.codings):,}"),
        *((f"of these of `{name}`", f"{count:,}") for name, count in frameworks.items()),
        ("ratings of outcomes by informants", int((study.outcomes["source"] == "interview").sum())),
        ("ratings of outcomes from documents", int((study.outcomes["source"] == "document").sum())),
    ]
    return _table((f"seed {seed}", "count"), rows)


def _files() -> str:
    return _table(("file", "like an export of"), [(f"`data/raw/{file.name}`", file.tool) for file in EXPORTS])


def _explained(design: Design) -> str:
    share = explained(design)
    pattern = design.pattern_strength**2
    return (
        f"Together the factors explain {share - pattern:.0%} of the variance of latent innovation, the pattern of "
        f"factors {design.pattern[0]} and {design.pattern[1]} another {pattern:.0%}, and nothing that was observed "
        f"the remaining {1 - share:.0%}."
    )


def _numbers(values: Mapping[str, float]) -> list[tuple[str, str]]:
    return [(f"`{key}`", f"{value:.2f}") for key, value in values.items()]


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])
