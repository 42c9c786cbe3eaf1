"""Take out of what a cell printed whatever differs between machines and runs: addresses, paths, colours."""

from __future__ import annotations

import re

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{4,}")
_KERNEL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")
_POSIX_PATH = re.compile(r"(?<![\w<:/.])~?/(?:[\w.@+-]+/)+(?=[\w.@+-])")
_WINDOWS_PATH = re.compile(r"\b[A-Za-z]:\\(?:[^\\\s]+\\)+")


def scrub(text: str) -> str:
    """Return printed text without colours, memory addresses and folders (a file's name stays)."""
    text = _ADDRESS.sub("", _COLOUR.sub("", text)).replace(" >", ">")
    text = _KERNEL_FILE.sub("cell", text)
    return _WINDOWS_PATH.sub("", _POSIX_PATH.sub("", text))
