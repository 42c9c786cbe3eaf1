"""A PDF as the browsers of the Chromium family print it: its objects, taken out and put back with a new table."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from analysis.errors import AnalysisError

_TABLE = re.compile(
    rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [nf] ?\r?\n)+)trailer\n(<<.*?>>)\nstartxref\n(\d+)\n%%EOF\s*$", re.DOTALL
)
_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*)\nendobj\n", re.DOTALL)
_STREAM = re.compile(rb"(<<.*?>>) ?stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_LENGTH = re.compile(rb"/Length \d+(?! \d+ R)")


@dataclass(slots=True)
class PdfFile:
    """Objects of a PDF by their number, without what stands around them.

    Parameters
    ----------
    head : bytes
        What comes before the first object.
    objects : dict of int to bytes
        The objects.
    trailer : bytes
        The dictionary at the end.
    """

    head: bytes
    objects: dict[int, bytes]
    trailer: bytes

    @classmethod
    def read(cls, data: bytes) -> PdfFile:
        """Return the objects of a PDF.

        Raises
        ------
        AnalysisError
            For one that no browser of the Chromium family printed.
        """
        table = _TABLE.search(data)
        starts = (
            sorted(int(line[:10]) for line in table[2].splitlines() if line.rstrip().endswith(b"n")) if table else []
        )
        if table is None or not starts:
            raise AnalysisError(
                "the browser printed a PDF of a form that is not known",
                where="the table at its end",
                fix="name another browser of the Chromium family, or leave pdf out of --formats",
            )
        pieces = (data[start:end] for start, end in zip(starts, [*starts[1:], table.start()], strict=True))
        found = (_OBJECT.match(piece) for piece in pieces)
        return cls(data[: starts[0]], {int(match[1]): match[2] for match in found if match}, table[3])

    def add(self, body: bytes) -> int:
        """Put in a further object and return its number."""
        number = max(self.objects) + 1
        self.objects[number] = body
        return number

    def stream(self, number: int) -> bytes | None:
        """Return the content of a stream, or None for what is none that can be read."""
        match = _STREAM.match(self.objects[number])
        if match is None:
            return None
        if b"/Filter" not in match[1]:
            return match[2]
        return zlib.decompress(match[2]) if re.search(rb"/Filter /FlateDecode\b", match[1]) else None

    def set_stream(self, number: int, content: bytes) -> None:
        """Put another content into a stream."""
        match = _STREAM.match(self.objects[number])
        assert match is not None
        packed = zlib.compress(content) if b"/FlateDecode" in match[1] else content
        said = _LENGTH.sub(b"/Length %d" % len(packed), match[1])
        self.objects[number] = said + b" stream\n" + packed + b"\nendstream"

    def written(self) -> bytes:
        """Return the file, with the table of where its objects are."""
        parts, places, place = [self.head], {}, len(self.head)
        for number, body in sorted(self.objects.items()):
            whole = b"%d 0 obj\n%s\nendobj\n" % (number, body)
            places[number] = place
            parts.append(whole)
            place += len(whole)
        size = max(places) + 1
        lines = [b"%010d 00000 n \n" % places[i] if i in places else b"0000000000 65535 f \n" for i in range(size)]
        trailer = re.sub(rb"/Size \d+", b"/Size %d" % size, self.trailer)
        table = b"xref\n0 %d\n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (size, b"".join(lines), trailer, place)
        return b"".join([*parts, table])
