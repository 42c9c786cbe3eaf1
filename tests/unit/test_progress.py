"""A line a step, with the time it took; nothing but plain lines where there is no terminal."""

from __future__ import annotations

import io
import re

from analysis.report.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(stream):
    progress = Progress(stream)
    progress.begin("01_data")
    progress.begin("04_associations")
    progress.end("01_data")
    progress.end("04_associations", "failed", "KeyError: 'trust'")
    progress.end("09_findings", "waiting", "for 04_associations")
    return stream.getvalue()


def test_plain_lines_where_there_is_no_terminal():
    lines = told(io.StringIO()).splitlines()
    assert len(lines) == 3
    assert all(re.search(r"\d+\.\d s", line) for line in lines)
    assert lines[0].split()[:2] == ["ok", "01_data"]
    assert lines[1].startswith("FAILED") and lines[1].endswith("KeyError: 'trust'")
    assert lines[2].split()[:2] == ["waits", "09_findings"]
    assert "\x1b" not in "".join(lines)


def test_a_terminal_shows_what_runs_below():
    shown = told(Terminal())
    assert "... 01_data, 04_associations" in shown
    assert shown.count("\n") == 3
