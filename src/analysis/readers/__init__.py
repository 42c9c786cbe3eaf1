"""Read what coding tools and spreadsheets export, detected by content, with a report of what was not read."""

from analysis.readers.damage import find_damage
from analysis.readers.model import Export, Note, Sheet
from analysis.readers.sheet import read_sheet

__all__ = ["Export", "Note", "Sheet", "find_damage", "read_sheet"]
