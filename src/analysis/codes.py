"""Which factor of which framework a code of a coding tool stands for."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from rapidfuzz import fuzz, process

from analysis.errors import DataError, StudyError
from analysis.framework import Framework, find_factor, normalise
from analysis.yamlfile import raise_all

#: Value in a code map for a code that is not to be analysed.
IGNORE = "ignore"
#: Similarity (0-100) from which a name is proposed.
PROPOSE_FROM = 80.0
COLUMNS = ["code", "framework", "factor", "how", "part", "score", "proposal"]

#: Signs by which coding tools write a code below its parent; `/` also stands inside names and is tried last.
_HARD = re.compile(r"\s*\\\s*|\s+>\s+|\s*::\s*")
_SOFT = re.compile(r"\s*/\s*")
_EXACT = ("key", "number", "label", "alias")
Owner = tuple[str, str, str]
Row = tuple[str, str | None, str | None, str, str, float, str | None]


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """What became of each code.

    Attributes
    ----------
    table : DataFrame
        One row a code: `code`; `framework` and `factor` (missing where it has none); `how` - `map`, `key`,
        `number`, `label` or `alias` (matched), `ignored` (the code map says so), `close` (a proposal to
        confirm), `ambiguous` (several frameworks have the name), `group` (it names a group of factors) or
        `none`; `part`, the part of a code path that decided; `score`, similarity of spelling in 0-100;
        `proposal`, references to choose from.
    unused : tuple of str
        Entries of the code map that no code has.
    """

    table: pd.DataFrame
    unused: tuple[str, ...] = ()

    @property
    def matched(self) -> pd.DataFrame:
        """Rows with a factor."""
        return self.table[self.table["factor"].notna()]

    @property
    def ignored(self) -> pd.DataFrame:
        """Rows that the code map leaves out of the analysis."""
        return self.table[self.table["how"] == "ignored"]

    @property
    def unmatched(self) -> pd.DataFrame:
        """Rows that somebody has to decide on."""
        return self.table[self.table["how"].isin(["close", "ambiguous", "group", "none"])]

    @property
    def summary(self) -> str:
        """One plain sentence with the counts."""
        return (
            f"{len(self.matched)} of {len(self.table)} codes stand for a factor, "
            f"{len(self.ignored)} are left out by the code map, {len(self.unmatched)} wait for a decision."
        )


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of all factors in the form in which names are compared, best kind of match first."""

    frameworks: Mapping[str, Framework]
    owners: Mapping[str, list[Owner]]
    mapped: Mapping[str, str | None]


def match_codes(
    codes: Sequence[str] | pd.DataFrame,
    frameworks: Mapping[str, Framework],
    code_map: Mapping[str, str | None] | None = None,
    *,
    primary: str | None = None,
) -> CodeMatch:
    r"""Match the codes of an export to factors of frameworks.

    A code is tried whole and, where it is a path (`Parent\Child`, `Parent > Child`, `Parent::Child`,
    `Parent/Child`), from its last part upwards, so that a child rolls up to its nearest ancestor that stands
    for a factor. Names are compared without case, punctuation, accents and leading numbers. A close spelling
    is proposed, never applied.

    Parameters
    ----------
    codes : sequence of str or DataFrame
        Codes, or a frame with a column `path` or `code`; each is looked at once.
    frameworks : mapping
        The frameworks to look in, by key.
    code_map : mapping, optional
        Reference (`framework/key` or `framework/number`), None or `ignore`, by code path or name.
    primary : str, optional
        Key of the framework to which a bare number belongs.

    Raises
    ------
    StudyError, GroupedError
        Values of the code map that name no factor.
    """
    names = _Names(frameworks, _owners(frameworks), _checked(code_map or {}, frameworks))
    used: set[str] = set()
    rows = [_row(code, names, primary, used) for code in dict.fromkeys(_listed(codes))]
    table = pd.DataFrame(rows, columns=COLUMNS).astype(
        {column: "str" for column in COLUMNS if column != "score"} | {"score": "float64"}
    )
    unused = tuple(name for name in (code_map or {}) if _form(name) not in used)
    return CodeMatch(table=table, unused=unused)


def require_matched(match: CodeMatch, *, where: str = "") -> None:
    """Raise where a code waits for a decision, with lines to paste into `study.yml`.

    Raises
    ------
    DataError
        Lists each such code with its proposal or the nearest factors.
    """
    if match.unmatched.empty:
        return
    waiting = match.unmatched["code"].tolist()
    shown = ", ".join(f"'{code}'" for code in waiting[:8]) + (", ..." if len(waiting) > 8 else "")
    raise DataError(
        f"{len(waiting)} codes stand for no factor yet: {shown}",
        where=where,
        fix="put these lines into study.yml, after checking each ('choose' must be replaced):\n"
        + code_map_block(match),
    )


def code_map_block(match: CodeMatch) -> str:
    """Return the lines of a `code_map:` that would decide on every code that waits for it."""
    lines = ["code_map:"]
    for row in match.unmatched.itertuples():
        name = json.dumps(row.code, ensure_ascii=False)
        if row.how == "close":
            first, *others = str(row.proposal).split(", ")
            note = f"close spelling, {row.score:.0f} of 100" + (f"; else {', '.join(others)}" if others else "")
            lines.append(f"  {name}: {first}  # {note}")
        elif row.how in {"ambiguous", "group"}:
            lines.append(f"  {name}: choose  # one of {row.proposal}, or {IGNORE}")
        else:
            lines.append(f"  {name}: choose  # a factor (nearest: {row.proposal}), or {IGNORE}")
    return "\n".join(lines)


def _listed(codes: Sequence[str] | pd.DataFrame) -> list[str]:
    if not isinstance(codes, pd.DataFrame):
        return [str(code) for code in codes]
    column = next((name for name in ("path", "code") if name in codes.columns), None)
    if column is None:
        raise DataError("the table of codes has no column with codes", allowed=["path", "code"])
    return codes[column].dropna().astype(str).tolist()


def _owners(frameworks: Mapping[str, Framework]) -> dict[str, list[Owner]]:
    """Return (framework, factor, how) for each name, at most one of each framework."""
    owners: dict[str, list[Owner]] = defaultdict(list)
    for how in _EXACT:
        for framework in frameworks.values():
            for factor in framework.factors:
                spelt = {
                    "key": [factor.key, f"{framework.key}/{factor.key}"],
                    "number": [f"{framework.key}/{factor.number}"],
                    "label": [factor.label],
                    "alias": list(factor.aliases),
                }[how]
                for name in dict.fromkeys(map(normalise, spelt)):
                    if all(owner != framework.key for owner, _, _ in owners[name]):
                        owners[name].append((framework.key, factor.key, how))
    return owners


def _checked(code_map: Mapping[str, str | None], frameworks: Mapping[str, Framework]) -> dict[str, str | None]:
    """Return the code map by compared form of path, its values as `framework/key` or None for ignored."""
    found: dict[str, str | None] = {}
    errors: list[StudyError] = []
    for name, reference in code_map.items():
        if reference is None or str(reference).strip().casefold() == IGNORE:
            found[_form(name)] = None
            continue
        try:
            framework, factor = find_factor(str(reference), dict(frameworks))
            found[_form(name)] = f"{framework.key}/{factor.key}"
        except StudyError as error:
            errors.append(
                StudyError(
                    f"code_map: {name!r} stands for {reference!r}, but {error.what}",
                    allowed=error.allowed,
                    value=error.value,
                    fix=f"write framework/key, framework/number or {IGNORE}",
                )
            )
    raise_all([*errors])
    return found


def _form(code: str) -> str:
    """Compared form of a whole path: that of its parts, whatever sign joined them."""
    return "/".join(normalise(part) or part.strip() for part in _HARD.split(code.strip()))


def _row(code: str, names: _Names, primary: str | None, used: set[str]) -> Row:
    ambiguous: tuple[str, str] | None = None
    for part, path in _upwards(code):
        for form in dict.fromkeys((_form(path), _form(part))):
            if form in names.mapped:
                used.add(form)
                return _mapped(code, part, names.mapped[form])
        owners, groups = _narrowed(_named(part, names, primary), part, code, names)
        if len(owners) == 1 and not groups:
            framework, factor, how = owners[0]
            return code, framework, factor, how, part, 100.0, None
        if owners and ambiguous is None:
            ambiguous = part, ", ".join([*(f"{framework}/{factor}" for framework, factor, _ in owners), *groups])
    if ambiguous:
        return code, None, None, "ambiguous", ambiguous[0], 100.0, ambiguous[1]
    return _proposed(code, names)


def _mapped(code: str, part: str, reference: str | None) -> Row:
    if reference is None:
        return code, None, None, "ignored", part, 100.0, None
    framework, _, factor = reference.partition("/")
    return code, framework, factor, "map", part, 100.0, None


def _upwards(code: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a code path from the last upwards, each with the path down to it."""
    yield code.strip(), code.strip()
    nodes = [node.strip() for node in _HARD.split(code.strip()) if node.strip()]
    for depth in range(len(nodes), 0, -1):
        node, path = nodes[depth - 1], "\\".join(nodes[:depth])
        yield node, path
        pieces = [piece for piece in _SOFT.split(node) if piece.strip()]
        for piece in reversed([name for name in pieces if len(pieces) > 1 and not name.isdecimal()]):
            yield piece, piece


def _named(part: str, names: _Names, primary: str | None) -> list[Owner]:
    """Return the factors that a part names exactly, one a framework."""
    text = part.strip()
    if text.isdecimal():
        searched = [primary] if primary in names.frameworks else list(names.frameworks)
        numbered = [(key, f) for key in searched if key for f in names.frameworks[key].factors]
        return [(key, factor.key, "number") for key, factor in numbered if factor.number == int(text)]
    form = normalise(text)
    return list(names.owners.get(form, [])) if form else []


def _narrowed(owners: list[Owner], part: str, code: str, names: _Names) -> tuple[list[Owner], list[str]]:
    """Return who may be meant: factors, and factors of groups that other frameworks call by the same name.

    Where the rest of the code's path names a framework, by key, title or a group, only that one is kept.
    """
    own = {owner[0] for owner in owners}
    groups = {key: found for key, found in _grouped(part, names).items() if owners and key not in own}
    around = {normalise(other) for other in _SOFT.split("/".join(_HARD.split(code))) if other.strip() != part.strip()}
    meant = {key for key in own | set(groups) if around & _names_of(names.frameworks[key])} or own | set(groups)
    kept = [owner for owner in owners if owner[0] in meant]
    return kept, [reference for key, found in groups.items() if key in meant for reference in found]


def _names_of(framework: Framework) -> set[str]:
    labels = (group.label for group in framework.groups)
    return {normalise(name) for name in (framework.key, framework.title, *labels)}


def _grouped(part: str, names: _Names) -> dict[str, list[str]]:
    """Return, by framework, the factors of the group that a part names."""
    form, found = normalise(part), defaultdict(list)
    for framework in names.frameworks.values():
        called = {group.key for group in framework.groups if normalise(group.label) == form}
        for factor in framework.factors:
            if factor.group in called:
                found[framework.key].append(f"{framework.key}/{factor.key}")
    return dict(found)


def _proposed(code: str, names: _Names) -> Row:
    """Propose the closest spelling, else name the group that the code stands for, else the nearest names."""
    part = _HARD.split(code.strip())[-1].strip() or code
    form = normalise(part)
    spelt: dict[str, float] = {}
    for name, owners in names.owners.items():
        score = max(fuzz.ratio(form, name), fuzz.token_sort_ratio(form, name))
        for framework, factor, _ in owners if score >= PROPOSE_FROM else []:
            reference = f"{framework}/{factor}"
            spelt[reference] = max(score, spelt.get(reference, 0.0))
    nearest = sorted(spelt, key=lambda reference: -spelt[reference])
    group = _group(code, names)
    if nearest and normalise(group[0]) != form:
        return code, None, None, "close", part, round(spelt[nearest[0]], 1), ", ".join(nearest[:3])
    if group[1]:
        return code, None, None, "group", group[0], 100.0, ", ".join(group[1])
    found = process.extract(form, list(names.owners), scorer=fuzz.WRatio, limit=3)
    alike = dict.fromkeys("/".join(names.owners[name][0][:2]) for name, _, _ in found)
    return code, None, None, "none", part, round(found[0][1], 1) if found else 0.0, ", ".join(alike) or None


def _group(code: str, names: _Names) -> tuple[str, list[str]]:
    """Return the lowest part of a code path that names a group of factors, and the factors of that group."""
    for part, _ in _upwards(code):
        found = [reference for references in _grouped(part, names).values() for reference in references]
        if found:
            return part, found
    return "", []
