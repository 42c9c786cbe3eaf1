"""Boolean expressions over sets: read, print, negate, intersect, and give each case its membership.

An expression is a disjunction (`+`) of conjunctions (`*`) of literals. `~A` is the absence of A; `A{2}` and
`A[2]` both name level 2 of a multi-value condition, `A{1,2}` either of two levels. Parentheses are allowed
where an expression is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

import numpy as np
from numpy.typing import NDArray

from analysis.errors import MethodError

Floats = NDArray[np.float64]
Term = tuple[tuple[str, frozenset[int]], ...]

_TOKEN = re.compile(r"\s*([~+*()]|[^~+*()\[\]{}]+(?:[\[{]\s*\d+(?:\s*,\s*\d+)*\s*[\]}])?)")
_LITERAL = re.compile(r"^(?P<name>.*?)\s*(?:[\[{](?P<levels>[\d,\s]+)[\]}])?$")


@dataclass(frozen=True, slots=True)
class Literal:
    """One condition at one level or several; `levels` None means presence (or, negated, absence)."""

    name: str
    levels: frozenset[int] | None
    negated: bool = False

    def at(self, n_levels: int) -> frozenset[int]:
        """Return the levels that satisfy the literal, of a condition with `n_levels` levels."""
        levels = self.levels if self.levels is not None else frozenset(range(1, n_levels))
        return frozenset(range(n_levels)) - levels if self.negated else levels


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes joined by `+` (any) or `*` (all)."""

    operator: str
    parts: tuple[Node, ...]


Node = Literal | Group


def parse(text: str, names: Iterable[str] | None = None) -> Node:
    """Read an expression.

    Parameters
    ----------
    text : str
        Such as `"DEV*~URB + LIT{1}"`.
    names : iterable of str, optional
        The set names that may occur; another one is an error that names the nearest.

    Raises
    ------
    MethodError
        The text is no expression, or names a set that does not exist.
    """
    tokens = _tokens(text)
    node, rest = _disjunction(tokens, text)
    if rest:
        raise _unreadable(text, rest[0])
    if names is not None:
        _check_names(node, tuple(names), text)
    return node


def literals(node: Node) -> list[Literal]:
    """Return every literal of an expression, in order."""
    return [node] if isinstance(node, Literal) else [leaf for part in node.parts for leaf in literals(part)]


def negated(node: Node) -> Node:
    """Return the negation (De Morgan), with the negations at the literals."""
    if isinstance(node, Literal):
        return Literal(node.name, node.levels, not node.negated)
    return Group("*" if node.operator == "+" else "+", tuple(negated(part) for part in node.parts))


def disjuncts(node: Node) -> tuple[Node, ...]:
    """Return the parts that a top-level `+` joins."""
    return node.parts if isinstance(node, Group) and node.operator == "+" else (node,)


def evaluate(node: Node, membership: Callable[[Literal], Floats]) -> Floats:
    """Return memberships: minimum over `*`, maximum over `+` (Zadeh 1965)."""
    if isinstance(node, Literal):
        return membership(node)
    values = [evaluate(part, membership) for part in node.parts]
    return reduce(np.minimum if node.operator == "*" else np.maximum, values)


def to_terms(node: Node, levels: Mapping[str, int]) -> tuple[Term, ...]:
    """Expand into a sum of products without contradictions (`A*~A`) and without absorbed terms.

    Parameters
    ----------
    node : Node
        The expression.
    levels : mapping
        The number of levels of each condition; its order gives the order of literals within a term.
    """
    return absorb(_order(term, levels) for term in _expand(node, levels))


def absorb(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Drop every term that another one contains (`A + A*B` is `A`)."""
    kept = sorted(set(terms), key=lambda term: (len(term), _sort_key(term)))
    return tuple(
        term
        for position, term in enumerate(kept)
        if not any(_contains(other, term) for place, other in enumerate(kept) if place != position)
    )


def intersect(left: Node, right: Node) -> Node:
    """Return the conjunction of two expressions."""
    return Group("*", (left, right))


def print_term(term: Term, levels: Mapping[str, int]) -> str:
    """Print one conjunction; every literal carries its level where any condition has more than two."""
    multi = any(count > 2 for count in levels.values())
    return "*".join(print_literal(name, chosen, levels[name], multi) for name, chosen in term) or "1"


def print_literal(name: str, chosen: frozenset[int], n_levels: int, multi: bool) -> str:
    """Print one literal, `~A` or `A`, or `A{1,2}` where levels have to be said."""
    if multi or n_levels > 2:
        return f"{name}{{{','.join(str(level) for level in sorted(chosen))}}}"
    return name if 1 in chosen else f"~{name}"


def print_terms(terms: Sequence[Term], levels: Mapping[str, int]) -> str:
    """Print a sum of products."""
    return " + ".join(print_term(term, levels) for term in terms) or "0"


def normalise(text: str) -> str:
    """Return an expression with `{ }` around levels and single spaces around `+`."""
    plain = text.replace("[", "{").replace("]", "}")
    return " + ".join("".join(part.split()) for part in plain.split("+"))


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, text[position:].strip())
        tokens.append(match.group(1).strip())
        position = match.end()
    return [token for token in tokens if token]


def _disjunction(tokens: list[str], text: str) -> tuple[Node, list[str]]:
    node, rest = _conjunction(tokens, text)
    parts = [node]
    while rest and rest[0] == "+":
        node, rest = _conjunction(rest[1:], text)
        parts.append(node)
    return (parts[0] if len(parts) == 1 else Group("+", tuple(parts))), rest


def _conjunction(tokens: list[str], text: str) -> tuple[Node, list[str]]:
    node, rest = _factor(tokens, text)
    parts = [node]
    while rest and (rest[0] == "*" or rest[0] == "("):
        node, rest = _factor(rest[1:] if rest[0] == "*" else rest, text)
        parts.append(node)
    return (parts[0] if len(parts) == 1 else Group("*", tuple(parts))), rest


def _factor(tokens: list[str], text: str) -> tuple[Node, list[str]]:
    if not tokens or tokens[0] in {"+", "*", ")"}:
        raise _unreadable(text, tokens[0] if tokens else "its end")
    if tokens[0] == "~":
        node, rest = _factor(tokens[1:], text)
        return negated(node), rest
    if tokens[0] == "(":
        node, rest = _disjunction(tokens[1:], text)
        if not rest or rest[0] != ")":
            raise _unreadable(text, "( without )")
        return node, rest[1:]
    return _literal(tokens[0]), tokens[1:]


def _literal(token: str) -> Literal:
    match = _LITERAL.match(token)
    assert match is not None
    levels = match.group("levels")
    return Literal(match.group("name").strip(), None if levels is None else frozenset(map(int, levels.split(","))))


def _expand(node: Node, levels: Mapping[str, int]) -> list[dict[str, frozenset[int]]]:
    if isinstance(node, Literal):
        chosen = node.at(levels[node.name])
        if len(chosen) == levels[node.name]:
            return [{}]
        return [{node.name: chosen}] if chosen else []
    expanded = [_expand(part, levels) for part in node.parts]
    if node.operator == "+":
        return [term for part in expanded for term in part]
    return [joined for combination in product(*expanded) if (joined := _join(combination)) is not None]


def _join(parts: Iterable[dict[str, frozenset[int]]]) -> dict[str, frozenset[int]] | None:
    joined: dict[str, frozenset[int]] = {}
    for part in parts:
        for name, chosen in part.items():
            joined[name] = joined.get(name, chosen) & chosen
            if not joined[name]:
                return None
    return joined


def _order(term: dict[str, frozenset[int]], levels: Mapping[str, int]) -> Term:
    return tuple((name, term[name]) for name in levels if name in term)


def _contains(wide: Term, narrow: Term) -> bool:
    inner = dict(narrow)
    return all(name in inner and inner[name] <= chosen for name, chosen in wide)


def _sort_key(term: Term) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple((name, tuple(sorted(chosen))) for name, chosen in term)


def _check_names(node: Node, names: tuple[str, ...], text: str) -> None:
    for leaf in literals(node):
        if leaf.name not in names:
            raise MethodError(
                f"the expression names a set that does not exist: {leaf.name!r}",
                where=f"expression {text!r}",
                allowed=names,
                value=leaf.name,
                fix="Use the names of the conditions, with ~ for absence and {n} for a level.",
            )


def _unreadable(text: str, found: str) -> MethodError:
    return MethodError(
        f"the expression can't be read at {found!r}",
        where=f"expression {text!r}",
        fix="Join conditions with * into terms and terms with +; ~ negates; {n} or [n] gives a level.",
    )
