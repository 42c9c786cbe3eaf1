"""Factoring a solution: the same statement with what its terms share written once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from analysis.qca.expressions import Term, disjuncts, literals, parse, print_term, to_terms


def factor(expression: str | Sequence[str], levels: Mapping[str, int] | None = None) -> tuple[str, ...]:
    """Write a sum of products with common factors drawn out, in every way that saves a literal.

    Parameters
    ----------
    expression : str or sequence of str
        `"DEV*URB*STB + DEV*LIT*STB"`, or a model of a solution.
    levels : mapping, optional
        Numbers of levels of multi-value conditions.

    Returns
    -------
    tuple of str
        Such as `("DEV*STB*(URB + LIT)",)`, the fewest literals first; the expression itself where nothing is
        shared.
    """
    text = expression if isinstance(expression, str) else " + ".join(expression)
    node = parse(text)
    counts = {leaf.name: 2 for leaf in literals(node)}
    for leaf in literals(node):
        counts[leaf.name] = max(counts[leaf.name], 1 + max(leaf.levels or {1}))
    counts.update(levels or {})
    terms = [to_terms(part, counts)[0] for part in disjuncts(node) if to_terms(part, counts)]
    found = _factored(tuple(terms), counts)
    return tuple(sorted(found, key=lambda one: (_n_literals(one), one)))


def _factored(terms: tuple[Term, ...], counts: Mapping[str, int]) -> set[str]:
    shared = _shared(terms)
    if not shared:
        return {" + ".join(print_term(term, counts) for term in terms)}
    found = set()
    for common in shared:
        inside = tuple(term for term in terms if set(common) <= set(term))
        outside = tuple(term for term in terms if term not in inside)
        rests = tuple(tuple(lit for lit in term if lit not in common) for term in inside)
        for inner in _factored(rests, counts):
            drawn = f"{print_term(common, counts)}*({inner})"
            found |= {f"{drawn} + {rest}" for rest in _factored(outside, counts)} if outside else {drawn}
    return found


def _shared(terms: tuple[Term, ...]) -> list[Term]:
    """Return the largest common parts of at least two terms."""
    order = [lit for term in terms for lit in term]
    parts = {frozenset(a) & frozenset(b) for a, b in combinations(terms, 2)} - {frozenset()}
    groups: dict[tuple[int, ...], frozenset[object]] = {}
    for part in parts:
        members = tuple(i for i, term in enumerate(terms) if part <= set(term))
        groups[members] = max(groups.get(members, part), part, key=len)
    return [tuple(sorted(part, key=order.index)) for part in groups.values()]  # type: ignore[arg-type]


def _n_literals(text: str) -> int:
    return len(literals(parse(text)))
