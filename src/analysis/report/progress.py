"""One line a step on the terminal, with the time it took; on a terminal the running ones are shown below."""

from __future__ import annotations

import sys
import threading
import time
from typing import TextIO

_MARKS = {"done": "ok", "failed": "FAILED", "waiting": "waits", "unchanged": "same"}


class Progress:
    """Tells how a run goes: a line when a step ends, and on a terminal a last line of what runs.

    Parameters
    ----------
    stream : text stream
        Where to; standard error, so that standard output stays free.
    total : int
        Steps that may run; shown where it is known.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._begun: dict[str, float] = {}
        self._lock = threading.Lock()
        self._start = time.perf_counter()

    def begin(self, name: str) -> None:
        """Note that a step has begun."""
        with self._lock:
            self._begun[name] = time.perf_counter()
            self._show_running()

    def end(self, name: str, outcome: str = "done", note: str = "") -> None:
        """Say in a line how a step ended.

        Parameters
        ----------
        name : str
            The step.
        outcome : str
            `done`, `failed`, `waiting` or `unchanged`.
        note : str
            A few words more.
        """
        with self._lock:
            took = time.perf_counter() - self._begun.pop(name, time.perf_counter())
            self._clear()
            line = f"{_MARKS.get(outcome, outcome):>6}  {name:<32} {took:6.1f} s"
            self._write(f"{line}  {note}".rstrip() + "\n")
            self._show_running()

    def say(self, text: str) -> None:
        """Write a line of its own."""
        with self._lock:
            self._clear()
            self._write(text + "\n")

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self._start

    def _show_running(self) -> None:
        if self._live and self._begun:
            self._write(f"        ... {', '.join(self._begun)}"[:100] + "\r")

    def _clear(self) -> None:
        if self._live:
            self._write("\x1b[2K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
