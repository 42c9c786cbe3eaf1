"""Parse XML as a stream, with entities, document types and the network off, under a cap on elements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from lxml import etree

from analysis.errors import DataError
from analysis.readers.limits import MAX_DEPTH, MAX_ELEMENTS, MAX_PIECE, MEBIBYTE


class Handler(Protocol):
    """What is told of each element: its local name (namespaces are ignored) and plain attributes."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Text, in pieces."""


class _RefusedError(Exception):
    """Something that no export of a coding tool contains."""


class _Target:
    """Between lxml and a handler: local names, and the caps."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.elements = 0
        self.depth = 0
        self.local: dict[str, str] = {}
        self.data = handler.data

    def start(self, tag: str, attributes: Any) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MAX_ELEMENTS:
            raise _RefusedError(f"it holds more than {MAX_ELEMENTS:,} elements")
        if self.depth > MAX_DEPTH:
            raise _RefusedError(f"its elements are nested more than {MAX_DEPTH} deep")
        local = self.local.get(tag)
        if local is None:
            local = tag.rpartition("}")[2]
            if len(self.local) < 10_000:
                self.local[tag] = local
        self.handler.start(local, attributes)

    def end(self, tag: str) -> None:
        self.depth -= 1
        self.handler.end(self.local.get(tag) or tag.rpartition("}")[2])

    def doctype(self, name: str, public: str, system: str) -> None:  # noqa: ARG002 - lxml's signature
        raise _RefusedError("it declares a document type, which could define entities")

    def comment(self, text: str) -> None:
        """Comments say nothing."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Processing instructions are not followed."""

    def close(self) -> None:
        """Nothing is built."""


def parse(blocks: Iterable[bytes], handler: Handler, file: str) -> None:
    """Feed XML to a handler, block by block.

    Raises
    ------
    DataError
        It is not well-formed, was cut off, or holds what is refused (document types, too many or too deep
        elements).
    """
    parser = etree.XMLParser(
        target=_Target(handler), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        unbroken = 0
        for block in blocks:
            # the parser's time grows with the square of the length of one tag
            unbroken = len(block) - block.rfind(b">") if b">" in block else unbroken + len(block)
            if unbroken > MAX_PIECE:
                raise _RefusedError(f"one tag or text is longer than {MAX_PIECE // MEBIBYTE} MiB")
            parser.feed(block)
        parser.close()
    except _RefusedError as error:
        raise DataError(f"the XML is not read: {error}", where=file, fix="export it again") from error
    except (etree.XMLSyntaxError, etree.ParserError, ValueError, RecursionError) as error:
        message = str(error).splitlines()[0][:120] if str(error) else "it is empty"
        raise DataError(
            f"the XML is damaged or cut off ({message})",
            where=file,
            fix="export it again from the coding tool",
        ) from error
