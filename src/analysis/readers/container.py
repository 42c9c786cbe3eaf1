"""Read members of a zip in memory, with caps on their number, size and ratio; nothing is ever extracted."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType

from analysis.errors import DataError
from analysis.readers.limits import (
    MAX_ARCHIVE,
    MAX_MEMBER,
    MAX_MEMBERS,
    MAX_RATIO,
    MEBIBYTE,
    RATIO_FROM,
    readable,
)

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    struct.error,
    ValueError,
)


class Archive:
    """A zip opened for reading.

    Parameters
    ----------
    path : Path
        The zip file.

    Raises
    ------
    DataError
        It is damaged, or holds more members than `MAX_MEMBERS`.
    """

    def __init__(self, path: Path) -> None:
        readable(path)
        self.name = path.name
        self._read = 0
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise self._error(f"the archive is damaged or cut off ({error})") from error
        self._members = {info.filename: info for info in self._zip.infolist() if not info.is_dir()}
        if len(self._zip.infolist()) > MAX_MEMBERS:
            self._zip.close()
            raise self._error(f"the archive holds more than {MAX_MEMBERS:,} members")

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the members, as stored; never used as paths."""
        return tuple(self._members)

    def roots(self, suffix: str) -> tuple[str, ...]:
        """Return the members outside any folder whose name ends in `suffix`, in any case."""
        return tuple(name for name in self._members if name.lower().endswith(suffix) and len(_parts(name)) == 1)

    def by_base_name(self) -> dict[str, str]:
        """Return the members by their lower-case base name."""
        return {_parts(name)[-1].lower(): name for name in reversed(self.names) if _parts(name)}

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a member's bytes block by block.

        Raises
        ------
        DataError
            It is encrypted, damaged, or passes the caps on size and ratio, whatever its header claims.
        """
        info = self._members[name]
        if info.flag_bits & 1:
            raise self._error("the archive is protected by a password")
        size = 0
        try:
            with self._zip.open(info) as stream:
                while block := stream.read(MEBIBYTE):
                    size += len(block)
                    self._check(size, info.compress_size)
                    yield block
        except _BROKEN as error:
            raise self._error(f"a member of the archive is damaged ({error})") from error
        self._read += size

    def read(self, name: str) -> bytes:
        """Return a member's bytes, under the same caps as `blocks`."""
        return b"".join(self.blocks(name))

    def check_all(self) -> None:
        """Inflate every member under the caps, keeping nothing, so that another library may read the file."""
        for name in self._members:
            for _ in self.blocks(name):
                pass

    def _check(self, size: int, stored: int) -> None:
        if size > MAX_MEMBER or self._read + size > MAX_ARCHIVE:
            raise self._error(f"a member inflates to more than {MAX_MEMBER / MEBIBYTE:,.0f} MiB")
        if size > RATIO_FROM and size > MAX_RATIO * max(stored, 1):
            raise self._error(f"a member inflates more than {MAX_RATIO}-fold: this is what a zip bomb does")

    def _error(self, what: str) -> DataError:
        return DataError(what, where=self.name, fix="export it again from the coding tool")


def _parts(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts
