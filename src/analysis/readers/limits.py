"""How much a file may ask of the machine, in one place."""

from __future__ import annotations

from pathlib import Path

from analysis.errors import DataError

MEBIBYTE = 1024 * 1024

MAX_FILE = 2048 * MEBIBYTE
"""Bytes of any file on disk."""
MAX_MEMBER = 1024 * MEBIBYTE
"""Bytes of one member of a zip once inflated."""
MAX_ARCHIVE = 2048 * MEBIBYTE
"""Bytes of all members that are read of one zip."""
MAX_RATIO = 200
"""Inflated to stored bytes of a member that inflates to more than `RATIO_FROM` (deflate can't pass 1,032)."""
RATIO_FROM = 32 * MEBIBYTE
"""Bytes from which on `MAX_RATIO` is held."""
MAX_MEMBERS = 20_000
"""Members of one zip."""
MAX_CELL = 16 * MEBIBYTE
"""Characters of one cell."""
MAX_CELLS = 100_000_000
"""Cells of one table, rows by columns."""
MAX_COLUMNS = 5_000
"""Columns of one table."""
MAX_DEPTH = 64
"""Levels of a code tree or of XML elements."""
MAX_ELEMENTS = 20_000_000
"""Elements of one XML file (a million codings take about three million)."""
MAX_PIECE = 16 * MEBIBYTE
"""Bytes of one tag or text of an XML file."""
MAX_CODES = 100_000
"""Codes of one codebook."""
MAX_ROWS = 5_000_000
"""Rows of one table of a database."""
MAX_SECONDS = 300
"""Seconds that a workbook or a query may take."""
MAX_WORKBOOK_MEMORY = 4096 * MEBIBYTE
"""Address space of the process that opens a workbook."""


def readable(path: Path) -> int:
    """Return the size of a file in bytes, or say why it can't be read.

    Raises
    ------
    DataError
        The path does not exist, is no file, is empty or is larger than `MAX_FILE`.
    """
    if not path.exists():
        raise DataError("there is no such file", where=path.name, fix="check the path in study.yml")
    if not path.is_file():
        raise DataError("this is a folder, not a file", where=path.name)
    size = path.stat().st_size
    if size == 0:
        raise DataError("the file is empty", where=path.name, fix="export it again from the coding tool")
    if size > MAX_FILE:
        raise DataError(
            f"the file has {size / MEBIBYTE:,.0f} MiB; at most {MAX_FILE / MEBIBYTE:,.0f} are read",
            where=path.name,
            fix="export it in parts",
        )
    return size
