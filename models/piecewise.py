"""A file of `events/` that stays in its bucket: only the bytes that are asked for come here."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final, cast

from .disk import write_synced
from .layout import TMP
from .mirrors import ENDS
from .objects import Objects, size_in

_END: Final = 1 << 16
"""So much of an object's end is asked for at once and kept: nearly every footer is shorter."""

_PIECE: Final = 8 << 20
"""So much is asked for at a time: a request must end before its time is up."""


def piecewise(objects: Objects, name: str, tag: str, root: Path | None = None) -> BinaryIO:
    """Open an object.

    Args:
        objects: below the ledger's URL.
        name: its name there.
        tag: its version and size, as `tag_of`.
        root: of a mirror, which keeps the ends of objects; None: this process does.
    """
    return cast(BinaryIO, _Piecewise(objects, name, tag, root))


class _Piecewise(io.RawIOBase):
    """An object as a file that is read at any place; each read is one request, of its end none.

    Every read raises `LedgerUnreachable` when the store does not answer, or has another object.
    """

    def __init__(self, objects: Objects, name: str, tag: str, root: Path | None) -> None:
        super().__init__()
        self._objects, self._object, self._tag, self._root = objects, name, tag, root
        self.size = size_in(tag)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self.size if size is None or size < 0 else size
        start, end = self._at, min(self._at + wanted, self.size)
        if end <= start:
            return b""
        self._at = end
        tail = max(self.size - _END, 0)
        if start >= tail:
            return self._end(tail)[start - tail : end - tail]
        pieces = range(start, end, _PIECE)
        return b"".join(self._fetched(at, min(at + _PIECE, end)) for at in pieces)

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        content = self.read(len(view))
        view[: len(content)] = content
        return len(content)

    def _end(self, tail: int) -> bytes:
        if self._root is None:
            return _remembered(self._objects, self._object, tail, self.size, self._tag)
        key = hashlib.sha256(f"{self._object} {self._tag}".encode()).hexdigest()
        path = self._root / ENDS / key
        try:
            return path.read_bytes()
        except FileNotFoundError:
            content = self._fetched(tail, self.size)
        path.parent.mkdir(exist_ok=True)
        write_synced(path, content, self._root / TMP)
        return content

    def _fetched(self, start: int, end: int) -> bytes:
        return self._objects.part(self._object, start, end, self._tag)


@lru_cache(maxsize=1_000)
def _remembered(objects: Objects, name: str, start: int, end: int, tag: str) -> bytes:
    return objects.part(name, start, end, tag)
