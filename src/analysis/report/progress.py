"""One line a step on the terminal, with the time it took; on a terminal the running ones are shown below."""

from __future__ import annotations

import sys
import threading
import time
from typing import TextIO

_WIDTH = 12
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
        self._notes: dict[str, str] = {}
        self._lock = threading.Lock()
        self._start = time.perf_counter()

    def begin(self, name: str) -> None:
        """Note that a step has begun."""
        with self._lock:
            self._begun[name] = time.perf_counter()
            self._show_running()

    def note(self, name: str, label: str, done: int, total: int) -> None:
        """Show how far a running step is: on a terminal with a bar, elsewhere not at all.

        Parameters
        ----------
        name : str
            The step.
        label : str
            What it is working on.
        done, total : int
            How many are done of how many.
        """
        with self._lock:
            filled = _WIDTH * done // max(total, 1)
            self._notes[name] = f"{name} [{'#' * filled}{'.' * (_WIDTH - filled)}] {label}"
            self._clear()
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
            self._notes.pop(name, None)
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
            running = (self._notes.get(name, name) for name in self._begun)
            self._write(f"        ... {', '.join(running)}"[:100] + "\r")

    def _clear(self) -> None:
        if self._live:
            self._write("\x1b[2K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
