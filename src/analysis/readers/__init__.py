"""Read what coding tools and spreadsheets export, detected by content, with a report of what was not read."""

from analysis.readers.attributes import source_attributes
from analysis.readers.codebook import compare_codebooks, read_codebook
from analysis.readers.damage import damaged_cells, find_damage
from analysis.readers.model import Export, Note, Sheet
from analysis.readers.registry import FORMATS, read_export
from analysis.readers.sheet import read_sheet

__all__ = [
    "FORMATS",
    "Export",
    "Note",
    "Sheet",
    "compare_codebooks",
    "damaged_cells",
    "find_damage",
    "read_codebook",
    "read_export",
    "read_sheet",
    "source_attributes",
]
