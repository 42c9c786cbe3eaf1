"""The words of a PDF: page text through its fonts' own tables, metadata, bookmarks, alternative texts, attachments.

Only what the scan needs: no layout, no rendering. Words that a PDF holds as curves or pixels can't be read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

#: What stands between two pieces of text that do not belong together: neither words nor numbers go on across it.
GAP = " \u2502 "


@dataclass(frozen=True, slots=True)
class Cmap:
    """A font's table from codes to characters, and whether a code takes two bytes."""

    characters: dict[int, str]
    wide: bool


_OBJECT = re.compile(rb"(?<!\d)(\d+)\s+\d+\s+obj\b(.*?)\bendobj\b", re.DOTALL)
_STREAM = re.compile(rb"(.*?)\bstream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_STRING = rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)"
_HEX = rb"<[0-9A-Fa-f\s]*>"
_EITHER = re.compile(rb"(%s)|(?<!<)(%s)(?!>)" % (_STRING, _HEX), re.DOTALL)
_OPERATOR = re.compile(
    rb"/(?P<font>[^\s/<>\[\]()]+)\s+[-\d.]+\s+Tf\b"
    rb"|\[(?P<array>(?:[^\[\]()]|%s)*)\]\s*TJ\b"
    rb"|(?P<one>%s|%s)\s*(?:Tj\b|'|\")"
    rb"|(?P<move>[-\d.]+)\s+(?P<down>[-\d.]+)\s+T[dD]\b"
    rb"|(?P<line>\bTm\b|T\*|\bET\b)" % (_STRING, _STRING, _HEX),
    re.DOTALL,
)
_BLOCK = re.compile(rb"\bBT[ \t]*\r?\n")
_PIECE = re.compile(rb"(?P<text>%s|%s)|(?P<kern>[-+]?[\d.]+)" % (_STRING, _HEX), re.DOTALL)
_FONT = re.compile(rb"/([^\s/<>\[\]()]+)\s+(\d+)\s+\d+\s+R")
_UNICODE = re.compile(rb"/ToUnicode\s+(\d+)\s+\d+\s+R")
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
#: From this shift on, in thousandths of the font's size, a gap is a blank.
_BLANK = -200.0


class UnreadableError(Exception):
    """The file is locked or damaged, so nothing can be said of what stands in it."""


def pdf_texts(data: bytes) -> Iterator[tuple[str, str | bytes]]:
    """Yield place and words of everything in a PDF that holds words; an attached file as its bytes.

    Raises
    ------
    UnreadableError
        Where the file is encrypted.
    """
    if re.search(rb"/Encrypt\s+\d+\s+\d+\s+R", data):
        raise UnreadableError("the PDF is encrypted")
    heads, streams = _objects(data)
    cmaps = _cmaps(heads, streams)
    for number, head in heads.items():
        said = GAP.join(_said(match[0]) for match in _EITHER.finditer(head))
        if said.strip():
            yield "metadata", said
        body = streams.get(number)
        if body is None:
            continue
        if b"/EmbeddedFile" in head:
            yield "attachment", body
        elif b"/Metadata" in head or body.lstrip()[:5] in (b"<?xpa", b"<?xml"):
            yield "metadata", body
        elif (b"TJ" in body or b"Tj" in body) and b"/Length1" not in head:
            yield "text", _content(body, cmaps)
    yield "metadata", GAP.join(_said(m[0]) for m in _EITHER.finditer(data[data.rfind(b"trailer") :]))


def _objects(data: bytes) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Return the dictionaries of all objects, and the inflated streams of those that have one."""
    heads: dict[int, bytes] = {}
    streams: dict[int, bytes] = {}
    for match in _OBJECT.finditer(data):
        number, body = int(match[1]), match[2]
        stream = _STREAM.match(body)
        heads[number] = stream[1] if stream else body
        if stream:
            streams[number] = _inflated(stream[1], stream[2])
    for number in [n for n in streams if b"/ObjStm" in heads[n]]:
        heads |= _packed(heads[number], streams[number])
    return heads, streams


def _inflated(head: bytes, body: bytes) -> bytes:
    if b"FlateDecode" not in head:
        return body
    try:
        return zlib.decompressobj().decompress(body)
    except zlib.error:
        return b""


def _packed(head: bytes, body: bytes) -> dict[int, bytes]:
    """Return the objects that a stream of objects holds."""
    first = re.search(rb"/First\s+(\d+)", head)
    if first is None:
        return {}
    start = int(first[1])
    pairs = [int(word) for word in body[:start].split()]
    numbers, offsets = pairs[::2], [start + offset for offset in pairs[1::2]]
    ends = [*offsets[1:], len(body)]
    return {n: body[a:b] for n, a, b in zip(numbers, offsets, ends, strict=True)}


def _cmaps(heads: dict[int, bytes], streams: dict[int, bytes]) -> dict[bytes, Cmap]:
    """Return the tables from codes to characters by the fonts' names in page resources."""
    tables = {}
    for number, head in heads.items():
        found = _UNICODE.search(head)
        if found and int(found[1]) in streams:
            tables[number] = Cmap(_characters(streams[int(found[1])]), b"/Type0" in head)
    named = (match.groups() for head in heads.values() for match in _FONT.finditer(head))
    return {name: tables[int(number)] for name, number in named if int(number) in tables}


def _characters(stream: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", stream, re.DOTALL):
        for code, text in re.findall(rb"<([^>]*)>\s*<([^>]*)>", block):
            found[int(code, 16)] = _utf16(text)
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", stream, re.DOTALL):
        for low, high, text, listed in re.findall(rb"<([^>]*)>\s*<([^>]*)>\s*(?:<([^>]*)>|\[([^\]]*)\])", block):
            codes = range(int(low, 16), int(high, 16) + 1)
            if listed:
                found |= dict(zip(codes, map(_utf16, re.findall(rb"<([^>]*)>", listed)), strict=False))
            else:
                first = _utf16(text)
                found |= {code: first[:-1] + chr(ord(first[-1]) + i) for i, code in enumerate(codes) if first}
    return found


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode("ascii")).decode("utf-16-be", errors="replace")


def _content(stream: bytes, cmaps: dict[bytes, Cmap]) -> str:
    """Return the words of a page in the order in which it draws them."""
    parts: list[str] = []
    cmap: Cmap | None = None
    for match in _operators(stream):
        if match["font"] is not None:
            cmap = cmaps.get(match["font"])
        elif match["array"] is not None:
            for piece in _PIECE.finditer(match["array"]):
                if piece["text"] is not None:
                    parts.append(_shown(piece["text"], cmap))
                elif float(piece["kern"]) < _BLANK:
                    parts.append(" ")
        elif match["one"] is not None:
            parts.append(_shown(match["one"], cmap))
        elif match["line"] is not None or float(match["down"] or 0) != 0:
            parts.append("\n")
    return "".join(parts)


def _operators(stream: bytes) -> Iterator[re.Match[bytes]]:
    """Yield the operators that show text, passing over the drawing between blocks of text, which is most of it."""
    blocks = _BLOCK.split(stream)[1:] or [stream]
    for block in blocks:
        end = block.rfind(b"ET")
        yield from _OPERATOR.finditer(block if end < 0 else block[: end + 2])


def _shown(token: bytes, cmap: Cmap | None) -> str:
    raw = _raw(token)
    if cmap is None:
        return raw.decode("latin-1")
    codes = raw.decode("utf-16-be", errors="replace") if cmap.wide else raw.decode("latin-1")
    return codes.translate(cmap.characters)


def _said(token: bytes) -> str:
    """Return a string of the document's own: UTF-16 or UTF-8 by its mark, else Latin-1."""
    raw = _raw(token)
    for mark, encoding in ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8")):
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, errors="replace")
    return raw.decode("latin-1")


def _raw(token: bytes) -> bytes:
    if token.startswith(b"<"):
        digits = b"".join(token[1:-1].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    return _ESCAPED.sub(_unescaped, token[1:-1]) if b"\\" in token else token[1:-1]


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if code.isdigit():
        return bytes([int(code, 8) & 255])
    return b"" if code in (b"\n", b"\r\n") else _ESCAPES.get(code, code)
