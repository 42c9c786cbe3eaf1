"""From a truth table to every minimal model: conservative, parsimonious, intermediate, enhanced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from analysis.errors import MethodError
from analysis.qca.expectations import Expectation, expected_levels
from analysis.qca.intermediate import intermediate
from analysis.qca.solution import Solution
from analysis.qca.solving import solve, sort_rows
from analysis.qca.truthtable import TruthTable

MODEL_LIMIT = 10_000
_REMAINDERS = ("exclude", "include", "directional")
_CONTRADICTIONS = ("negative", "positive", "remainder")


def minimise(
    table: TruthTable,
    remainders: Literal["exclude", "include", "directional"] = "exclude",
    expectations: Mapping[str, Expectation] | str | None = None,
    exclude: Sequence[int | str] | str | int = (),
    *,
    contradictions: Literal["negative", "positive", "remainder"] = "negative",
    limit: int = MODEL_LIMIT,
) -> Solution:
    """Minimise a truth table and return every model that fits equally well.

    Parameters
    ----------
    table : TruthTable
    remainders : {"exclude", "include", "directional"}
        Conservative (no assumption about remainders), parsimonious (any that makes the model shorter), or
        intermediate: only assumptions in line with `expectations`.
    expectations : mapping or str, optional
        By condition the level expected to bring the outcome about (`{"DEV": 1, "URB": 0}`, several levels
        `{"DEV": [1, 2]}`), or `"DEV + ~URB"`. A condition that is not named has no expectation.
    exclude : sequence of row numbers and expressions
        Rows that may not be assumed (enhanced standard analysis). A number also turns an observed row into a
        negative one; an expression (`"BARGAIN*~OCCUP"`) bars the remainders that it covers.
    contradictions : {"negative", "positive", "remainder"}
        What rows with output "C" count as.
    limit : int
        How many models are listed in `Solution.models`; they are counted exactly in any case.

    Raises
    ------
    MethodError
        No positive row, nothing to tell positive rows from, too many conditions, an expectation about an
        unknown condition.

    Notes
    -----
    Prime implicants by hitting sets, models by an exact cover (see `implicants` and `covers`). Intermediate
    solutions follow Ragin & Sonnett (2005) for each pair of a conservative and a parsimonious model.
    """
    _check_choice(remainders, _REMAINDERS, "remainders")
    _check_choice(contradictions, _CONTRADICTIONS, "contradictions")
    rows = sort_rows(table, contradictions, exclude)
    if remainders == "directional":
        return intermediate(table, rows, expected_levels(table, expectations), limit)
    if expectations:
        raise MethodError(
            "expectations are given, but remainders are not directional",
            where=f"minimise, remainders={remainders!r}",
            fix="Take remainders='directional', or leave the expectations out.",
        )
    return solve(table, rows, remainders, limit)


def _check_choice(value: str, allowed: tuple[str, ...], name: str) -> None:
    if value not in allowed:
        raise MethodError(
            f"{name} is {value!r}", where="minimise", allowed=allowed, value=value, fix="Take one of these."
        )
