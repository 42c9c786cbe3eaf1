"""One run of a study at a time: a lock that the operating system frees when the run ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from analysis.errors import AnalysisError


@contextmanager
def run_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a study's `data/processed/` for the time of the block.

    Raises
    ------
    AnalysisError
        Where another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ".lock"
    with path.open("a+", encoding="utf-8") as stream:
        try:
            _take(stream)
        except OSError:
            stream.seek(0)
            holder = stream.read().strip() or "unknown"
            raise AnalysisError(
                "another run of this study is under way",
                where=f"process {holder}",
                fix="wait until it has ended, or stop it",
            ) from None
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        try:
            yield
        finally:
            stream.truncate(0)


def _take(stream: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
