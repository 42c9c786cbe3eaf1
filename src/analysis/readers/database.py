"""Open an SQLite file that someone else wrote: read-only, without its triggers and views, and for a bounded time."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd

from analysis.errors import DataError
from analysis.readers.limits import MAX_MEMBER, MAX_ROWS, MAX_SECONDS, readable
from analysis.readers.model import Note

MARK = b"SQLite format 3\x00"
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA}


class Database:
    """A read-only database.

    The file is opened immutable: nothing is written beside it, no lock is taken. Only plain tables are read, so that
    no view or virtual table of the file runs.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    DataError
        It is no database, damaged or cut off.
    """

    def __init__(self, path: Path) -> None:
        readable(path)
        self.path = path
        self._until = time.monotonic() + MAX_SECONDS
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True)
            self._guard()
            self.columns = self._tables()
        except sqlite3.Error as error:
            raise self._error(error) from error

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def _guard(self) -> None:
        connection = self._connection
        connection.text_factory = lambda data: data.decode("utf-8", errors="replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_MEMBER)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA mmap_size = 0")
        connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY)
        connection.set_progress_handler(lambda: time.monotonic() > self._until, 100_000)

    def _tables(self) -> dict[str, tuple[str, ...]]:
        """Return the columns of each plain table, both by small letters."""
        found = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' LIMIT 1000"
        ).fetchall()
        tables = {}
        for (name,) in found:
            info = self._connection.execute(f"PRAGMA table_info({_quoted(str(name))})").fetchall()
            tables[str(name).lower()] = tuple(str(column[1]).lower() for column in info)
        return tables

    def notes(self, file: str) -> list[Note]:
        """Return a warning where the tool had not yet written all it knew into the file when it was copied."""
        log = self.path.with_name(self.path.name + "-wal")
        if not log.is_file() or log.stat().st_size == 0:
            return []
        what = "the project was open in its tool when it was copied; what lies in its -wal file is not read"
        return [Note("warning", what, file)]

    def read_keyed(self, table: str, columns: dict[str, str]) -> pd.DataFrame:
        """Return columns of a table as `read` does, without rows whose first column (its key) is empty."""
        frame = self.read(table, columns)
        return frame[frame.iloc[:, 0].notna()].reset_index(drop=True)

    def read(self, table: str, columns: dict[str, str]) -> pd.DataFrame:
        """Return columns of a table as objects, in the order of its rows.

        Parameters
        ----------
        table : str
            Its name, in small letters.
        columns : dict of str to str
            New name by column; a column that the table has not comes back empty.

        Raises
        ------
        DataError
            The table is missing, damaged, or larger than allowed.
        """
        has = self.columns.get(table)
        if has is None:
            raise DataError(f"the database has no table {table!r}", where=self.path.name)
        wanted = ", ".join(_quoted(name) if name in has else "NULL" for name in columns)
        rows = self._rows(f"SELECT {wanted} FROM {_quoted(table)} LIMIT {MAX_ROWS + 1}")
        if len(rows) > MAX_ROWS:
            raise DataError(f"table {table!r} has more than {MAX_ROWS:,} rows", where=self.path.name)
        return pd.DataFrame(rows, columns=list(columns.values()), dtype=object)

    def _rows(self, query: str) -> list[Any]:
        try:
            return self._connection.execute(query).fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> DataError:
        return DataError(
            f"the database is damaged, cut off, or takes too long to read ({error})",
            where=self.path.name,
            fix="close the project in the coding tool and copy or export it again",
        )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
