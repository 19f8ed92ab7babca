"""Exports in an object store, as names and as streams; the library is needed only for these."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ticketledger.models.errors import LedgerUnreachable, MissingExtra, UnreadableInput


class _Body(io.RawIOBase):
    """An object's bytes as they arrive."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._held = b""
        library = _library()
        folder, _, name = url.rpartition("/")
        with _asked(url):
            self._pieces: Iterator[Any] = iter(
                library.obstore.get(library.opened(folder), name).stream()
            )

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most so many; empty at the end."""
        while not self._held:
            with _asked(self._url):
                piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = bytes(piece)
        cut = len(self._held) if size < 0 else size
        told, self._held = self._held[:cut], self._held[cut:]
        return told


def open_object(url: str) -> io.RawIOBase:
    """Return the stream of an object.

    Raises:
        UnreadableInput: it cannot be read; from `read`, too.
    """
    return _Body(url)


def list_objects(url: str) -> list[str]:
    """Return the names of the objects below a URL, sorted; [""] if the URL is that of an object.

    Raises:
        MissingExtra: the extra `s3` is not installed.
        UnreadableInput: there are none, or they cannot be listed.
    """
    library = _library()
    with _asked(url):
        names = list(library.listed(url.rstrip("/")))
        if names:
            return names
        folder, _, name = url.rpartition("/")
        library.obstore.head(library.opened(folder), name)
    return [""]


@contextmanager
def _asked(url: str) -> Iterator[None]:
    """Turn what a store says into the error of an input."""
    try:
        with _library().asking(url, "read"):
            yield
    except LedgerUnreachable as exc:
        raise UnreadableInput(str(exc), hint=exc.hint) from None


def _library() -> Any:
    try:
        from ticketledger.models import bucket
    except ImportError:
        raise MissingExtra("objects of a bucket", "s3") from None
    return bucket
