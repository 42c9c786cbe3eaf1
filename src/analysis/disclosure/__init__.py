"""What must not leave the study: protected counts, approved quotations, and the scan of all that was published."""

from analysis.disclosure.cells import (
    PEOPLE_TABLES,
    Protected,
    apply_to,
    merge_roles,
    protect_counts,
    protect_informants,
    protect_people,
)
from analysis.disclosure.dominance import dominated
from analysis.disclosure.linked import CountTable
from analysis.disclosure.quotes import approved_excerpts
from analysis.disclosure.scan import forbidden, look_through, scan, unscannable

__all__ = [
    "PEOPLE_TABLES",
    "CountTable",
    "Protected",
    "apply_to",
    "approved_excerpts",
    "dominated",
    "forbidden",
    "look_through",
    "merge_roles",
    "protect_counts",
    "protect_informants",
    "protect_people",
    "scan",
    "unscannable",
]
