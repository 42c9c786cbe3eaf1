"""Find out in which encoding a text file is written."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from analysis.errors import DataError
from analysis.readers.limits import MEBIBYTE, readable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SAMPLE = 4 * MEBIBYTE


def detect_encoding(path: Path) -> str:
    """Return the encoding of a text file: by its mark, else UTF-8 if all of it is, else UTF-16, else cp1252.

    Parameters
    ----------
    path : Path
        A text file.

    Raises
    ------
    DataError
        The file is empty or no text in any of these encodings.
    """
    readable(path)
    with path.open("rb") as handle:
        head = handle.read(_SAMPLE)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if wide := _utf16_without_mark(head):
        return wide
    if _is_binary(head):
        raise DataError("the file holds no text", where=path.name, fix="export it as CSV, xlsx or qdpx")
    if _decodes(path, "utf-8"):
        return "utf-8"
    _refuse_broken_utf8(head, path.name)
    if _decodes(path, "cp1252"):
        return "cp1252"
    raise DataError(
        "the encoding of the file could not be found out",
        where=path.name,
        allowed=("utf-8", "utf-16", "cp1252"),
        fix="save it as CSV UTF-8, or name its encoding in the column map",
    )


def decode(data: bytes, name: str) -> str:
    """Return bytes as text, their encoding found out as by `detect_encoding`, the mark taken off.

    Parameters
    ----------
    data : bytes
        All of the text.
    name : str
        For the message.

    Raises
    ------
    DataError
        They hold no text.
    """
    encoding = next((found for mark, found in _MARKS if data.startswith(mark)), "") or _utf16_without_mark(data)
    for candidate in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            return data.decode(candidate).removeprefix("\ufeff")
        except UnicodeError:
            continue
    raise DataError("a text is written in no known encoding", where=name, allowed=("utf-8", "utf-16", "cp1252"))


def check_encoding(path: Path, encoding: str) -> None:
    """Raise a `DataError` unless all of the file can be read in `encoding`."""
    readable(path)
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise DataError(
            "this encoding is not known",
            where=path.name,
            value=encoding,
            allowed=("utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1250", "mac-roman"),
        ) from None
    if not _decodes(path, encoding):
        raise DataError(
            f"the file is not written in {encoding}",
            where=path.name,
            fix="leave the encoding out so that it is detected, or save the file as CSV UTF-8",
        )


def _utf16_without_mark(head: bytes) -> str:
    """UTF-16 of mostly Latin text has a zero in nearly every second byte and none in the others."""
    pairs = len(head) // 2
    if pairs < 2:
        return ""
    first, second = head[0 : 2 * pairs : 2].count(0) / pairs, head[1 : 2 * pairs : 2].count(0) / pairs
    if second > 0.4 and first < 0.05:
        return "utf-16-le"
    return "utf-16-be" if first > 0.4 and second < 0.05 else ""


def _refuse_broken_utf8(head: bytes, name: str) -> None:
    """Stop where nearly all accents are UTF-8: reading the file as cp1252 would spoil every one of them."""
    broken = head.decode("utf-8", errors="replace").count("\ufffd") - head.count(b"\xef\xbf\xbd")
    whole = len(_UTF8_PAIR.findall(head))
    if whole > 4 * broken:
        raise DataError(
            f"the file is UTF-8 but for {max(broken, 1)} damaged bytes: it was cut off or pieced together",
            where=name,
            fix="export it again, or name its encoding in the column map",
        )


def _is_binary(head: bytes) -> bool:
    controls = sum(head.count(bytes([code])) for code in range(32) if code not in (9, 10, 11, 12, 13, 26, 27, 31))
    return head.count(0) > 0 or controls > max(2, 0.01 * len(head))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while block := handle.read(MEBIBYTE):
            yield block
