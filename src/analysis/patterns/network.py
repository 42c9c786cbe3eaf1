"""The network of codes that go together."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from analysis.errors import MethodError
from analysis.patterns.cooccurrence import CoOccurrence

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class CodeNetwork:
    """Codes as nodes, ties where two go together.

    Attributes
    ----------
    graph : networkx.Graph
        Nodes with `n` and `side` (1 for the codes of a second framework), edges with `count` and `jaccard`.
    table : DataFrame
        One row per code: code, n, degree (codes it meets), strength (sum of the ties' weights), betweenness
        (0-1, over ties alike).
    positions : dict
        Code to (x, y) on a circle, for drawing: in the order of rows and columns, clockwise from the top.
    weight : str
        "count" or "jaccard": what a tie's strength is.
    least : float
        Ties below it are left out.
    n_left_out : int
        How many.
    """

    graph: nx.Graph
    table: pd.DataFrame
    positions: dict[str, Position]
    weight: str
    least: float
    n_left_out: int

    @property
    def summary(self) -> str:
        """Return one sentence: size, density, the most connected code."""
        n, ties = self.graph.number_of_nodes(), self.graph.number_of_edges()
        left = f" ({self.n_left_out} weaker ties left out)" if self.n_left_out else ""
        if not ties:
            return f"{n} codes, no tie of at least {self.least:g}{left}."
        top = self.table.iloc[0]
        return (
            f"{n} codes with {ties} ties of at least {self.least:g} by {self.weight}{left}: density "
            f"{nx.density(self.graph):.2f}; {top['code']} has the strongest ties (to {top['degree']} codes)."
        )


def co_occurrence_network(found: CoOccurrence, *, weight: str = "count", least: float = 1.0) -> CodeNetwork:
    """Return the network of a co-occurrence.

    Parameters
    ----------
    found : CoOccurrence
        Among codes of one framework or between two.
    weight : {"count", "jaccard"}
    least : float
        Smallest weight of a tie; all codes stay as nodes.
    """
    if weight not in ("count", "jaccard"):
        raise MethodError(
            f"a tie has no weight {weight!r}", allowed=("count", "jaccard"), value=weight, fix="name one of these"
        )
    twice = [] if found.symmetric else sorted(set(found.rows) & set(found.columns))
    if twice:
        raise MethodError(
            f"{len(twice)} codes of the two frameworks have the same name, such as {twice[0]!r}",
            fix="put the framework's name before the codes of one of them",
        )
    graph = nx.Graph()
    for code in dict.fromkeys((*found.rows, *found.columns)):
        graph.add_node(code, n=int(found.sizes.get(code, 0)), side=int(code not in found.rows))
    strong = found.table[found.table[weight] >= least]
    for row in strong.rename(columns={"count": "times"}).itertuples():
        graph.add_edge(row.code_a, row.code_b, count=int(row.times), jaccard=float(row.jaccard))
    return CodeNetwork(
        graph, _nodes(graph, weight), _positions(list(graph)), weight, least, len(found.table) - len(strong)
    )


def _nodes(graph: nx.Graph, weight: str) -> pd.DataFrame:
    between = nx.betweenness_centrality(graph)
    rows = [
        {
            "code": code,
            "n": graph.nodes[code]["n"],
            "degree": graph.degree(code),
            "strength": float(graph.degree(code, weight=weight)),
            "betweenness": between[code],
        }
        for code in graph
    ]
    columns = ["code", "n", "degree", "strength", "betweenness"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["strength", "code"], ascending=[False, True], ignore_index=True
    )


def _positions(codes: list[str]) -> dict[str, Position]:
    """Return places evenly around a circle, clockwise from the top."""
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(codes)) / max(len(codes), 1)
    return {code: (float(np.cos(angle)), float(np.sin(angle))) for code, angle in zip(codes, angles, strict=True)}
