"""Everything in a published file that a reader, a search engine or a curious program could find as text."""

from __future__ import annotations

import base64
import binascii
import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

from analysis.disclosure.pdftext import GAP, UnreadableError, pdf_texts

Found = Iterator[tuple[str, str]]

_INLINE = "b|i|em|strong|span|code|a|sub|sup|mark|small|u|s|font|wbr|bdi|abbr|q|cite|ins|del|tspan|w:t|w:r"
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_RUN_PROPERTIES = re.compile(
    r"<w:rPr>.*?</w:rPr>|</?w:(?:proofErr|bookmark\w+|lastRenderedPageBreak)[^<>]*>", re.DOTALL
)
_TAG = re.compile(r"<[^<>]*>")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=]+))")
#: Attributes that hold numbers and drawing commands; they are most of an SVG.
_DRAWING = {"d", "points", "transform", "viewBox", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "style", "r"}
_DATA = re.compile(r"data:[\w/+.;=-]*;base64,([A-Za-z0-9+/=\s]+)")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ENTITY = re.compile(r"&#?\w+;")
_OPENED = re.compile(r"</?[a-zA-Z]")
#: Accents as LaTeX writes them before a letter.
_ACCENT = re.compile(r"""\\(?:['`^"~=.]\s*|[uvHtcdbk](?![a-zA-Z])\s*)\{?([a-zA-Z])\}?""")
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_PNG = b"\x89PNG\r\n\x1a\n"
_LOCKED = (b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd", b"\xd0\xcf\x11\xe0")
_MOST = 400 * 2**20
#: Values of one JSON object up to so many characters are read together as well: given name and surname apart.
_SHORT = 60


_STRUCTURED = ("ipynb", "json", "jsonld")


def texts_of(name: str, data: bytes) -> Found:
    """Yield place and text of all there is to read in a file, by what it is, whatever its ending says.

    Parameters
    ----------
    name : str
        Its name, for formats that content does not tell apart.
    data : bytes
        Its content.

    Raises
    ------
    UnreadableError
        Where it is locked, or packed in a way that can't be looked into.
    """
    if data.startswith(_PNG):
        yield from _png(data)
    elif data.startswith(b"%PDF"):
        yield from _pdf(name, data)
    elif data.startswith(b"PK\x03\x04"):
        yield from _zip(data)
    elif data.startswith(b"PAR1"):
        yield from _parquet(data)
    elif data.startswith(b"\x1f\x8b"):
        yield from texts_of(name.removesuffix(".gz"), gzip.decompress(data))
    elif data.startswith(_LOCKED):
        raise UnreadableError("the scan can't look into files of this kind")
    else:
        yield from _text(name, data)


def _text(name: str, data: bytes) -> Found:
    text = decoded(data)
    ending = name.rpartition(".")[2].lower()
    if text is not None and "\\u" in text and ending not in _STRUCTURED:
        text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
    if text is None:
        yield "readable parts", GAP.join(_strings(data))
    elif ending in _STRUCTURED or text[:1] in "{[":
        yield from _json(text)
    elif ending in ("csv", "tsv"):
        rows = csv.reader(io.StringIO(text), delimiter="\t" if ending == "tsv" else ",")
        yield "", "\n".join(GAP.join(row) + GAP for row in rows)
    elif ending in ("tex", "bib"):
        yield "", _ACCENT.sub(r"\1", re.sub(r"\\([_&%#$])", r"\1", text))
    elif ending in ("html", "htm", "svg", "xml", "rdf", "rels", "xhtml") or text.lstrip()[:1] == "<":
        yield from _markup(text)
    else:
        yield "", text


def decoded(data: bytes) -> str | None:
    """Return the text that bytes are, or None where they are none."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data[:4096]:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _strings(data: bytes) -> list[str]:
    narrow = [found.decode("latin-1") for found in re.findall(rb"[\x20-\x7e\xa0-\xff]{4,}", data)]
    wide = [found.decode("utf-16-le") for found in re.findall(rb"(?:[\x20-\x7e]\0){4,}", data)]
    return narrow + wide


def _markup(text: str) -> Found:
    """Yield the words between tags, then comments, attributes and what is embedded."""
    for packed in _DATA.findall(text):
        yield from _packed(packed)
    text = _DATA.sub("data:", text)
    comments = _COMMENT.findall(text)
    if comments:
        yield "comment", GAP.join(map(unescape, comments))
        text = _COMMENT.sub("", text)
    attributes = [
        unquote(unescape(double or single or bare))
        for tag in _TAG.findall(text)
        if "=" in tag
        for key, double, single, bare in _ATTRIBUTE.findall(tag)
        if key not in _DRAWING
    ]
    if attributes:
        yield "attribute", GAP.join(dict.fromkeys(attributes))
    joined = _INLINE_TAG.sub("", _RUN_PROPERTIES.sub("", text))
    yield "", unescape(_TAG.sub(GAP, joined))


def _packed(packed: str) -> Found:
    """Yield the texts of a file that stands in base64 within another."""
    try:
        yield from texts_of("embedded", base64.b64decode(re.sub(r"\s", "", packed), validate=True))
    except binascii.Error:
        yield "embedded", packed


def _json(text: str) -> Found:
    try:
        content = json.loads(text)
    except ValueError:
        yield "", text
        return
    for place, said in _walk(content, ""):
        if said.lstrip()[:1] == "<" and place.endswith(("html", "svg+xml")):
            yield from ((place, inner) for _, inner in _markup(said))
        elif place.endswith(("image/png", "image/jpeg", "application/pdf", "svg+xml")):
            yield from ((place, inner) for _, inner in _packed(said))
        else:
            yield place, said
            yield from ((place, inner) for inner in _read_otherwise(said))


def _read_otherwise(said: str) -> Iterator[str]:
    """Yield what a text says to programs that take it for an address, for Markdown or for markup."""
    if _PERCENT.search(said):
        yield unquote(said)
    if _OPENED.search(said) or "base64," in said:
        yield from (inner for _, inner in _markup(said))
    elif _ENTITY.search(said):
        yield unescape(said)


def _walk(content: Any, place: str) -> Found:
    """Yield all texts of a JSON document; those of one list of texts together, as notebooks keep lines."""
    if isinstance(content, str):
        yield place, _COLOURS.sub("", content)
    elif isinstance(content, dict):
        if content:
            yield place, GAP.join(map(str, content))
        short = [value for value in content.values() if isinstance(value, str) and len(value) < _SHORT]
        if len(short) > 1:
            yield f"{place} together", GAP.join(short)
        for key, value in content.items():
            yield from _walk(value, f"{place}/{key}")
    elif isinstance(content, list):
        if content and all(isinstance(item, str) for item in content):
            lines = "/data/" in place or place.endswith(("/source", "/text"))
            yield place, _COLOURS.sub("", ("" if lines else "\n").join(content))
            return
        for number, item in enumerate(content):
            yield from _walk(item, f"{place}/{number}")
    elif content is not None:
        yield place, str(content)


def _png(data: bytes) -> Found:
    """Yield the text chunks of a picture."""
    at = len(_PNG)
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + size]
        at += 12 + size
        key, _, rest = body.partition(b"\0")
        if kind == b"tEXt":
            yield "metadata", f"{key.decode('latin-1')}\n{rest.decode('latin-1')}"
        elif kind == b"zTXt":
            yield "metadata", f"{key.decode('latin-1')}\n{zlib.decompress(rest[1:]).decode('latin-1')}"
        elif kind == b"iTXt":
            language, _, named = rest[2:].partition(b"\0")
            translated, _, words = named.partition(b"\0")
            words = zlib.decompress(words) if rest[:1] == b"\1" else words
            pieces = (key, language, translated, words)
            yield "metadata", "\n".join(piece.decode("utf-8", errors="replace") for piece in pieces)
        elif kind == b"eXIf":
            yield "metadata", GAP.join(_strings(body))
    if at < len(data):
        yield "after the picture", GAP.join(_strings(data[at:]))


def _pdf(name: str, data: bytes) -> Found:
    for place, said in pdf_texts(data):
        if isinstance(said, str):
            yield place, said
        else:
            yield from ((place, inner) for _, inner in texts_of(f"{name} {place}", said))


def _parquet(data: bytes) -> Found:
    """Yield the metadata and every different text of a table."""
    from pyarrow import ArrowException, parquet, types

    try:
        table = parquet.read_table(io.BytesIO(data))
    except (ArrowException, OSError) as error:
        raise UnreadableError("the table is locked or damaged") from error
    metadata = table.schema.metadata or {}
    yield "metadata", GAP.join(part.decode("utf-8", errors="replace") for pair in metadata.items() for part in pair)
    for name, column in zip(table.column_names, table.columns, strict=True):
        if types.is_nested(column.type) or types.is_binary(column.type):
            yield f"column {name}", GAP.join(dict.fromkeys(str(value) for value in column.to_pylist()))
        elif types.is_string(column.type) or types.is_large_string(column.type) or types.is_dictionary(column.type):
            yield f"column {name}", GAP.join(str(text) for text in column.unique().to_pylist() if text is not None)


def _zip(data: bytes) -> Found:
    """Yield the texts of every part of a zip file: Word and Excel files, bundles."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            yield "names of parts", "\n".join(parts.namelist())
            yield "comment", parts.comment.decode("utf-8", errors="replace")
            if sum(part.file_size for part in parts.infolist()) > _MOST:
                raise UnreadableError("its parts are too large to look into")
            for part in parts.infolist():
                if part.comment:
                    yield f"{part.filename} comment", part.comment.decode("utf-8", errors="replace")
                inner = texts_of(part.filename, parts.read(part))
                yield from ((f"{part.filename} {place}".strip(), text) for place, text in inner)
    except (RuntimeError, zipfile.BadZipFile, NotImplementedError) as error:
        raise UnreadableError("the zip file is locked or damaged") from error
