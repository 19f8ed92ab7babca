"""Exports in an object store, as names and as streams; the library is needed only for these."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from glob import has_magic
from pathlib import PurePosixPath
from typing import Any

from ticketledger.models.errors import LedgerUnreachable, MissingExtra, UnreadableInput


class _Body(io.RawIOBase):
    """An object's bytes as they arrive."""

    def __init__(self, url: str, name: str) -> None:
        self._whole = f"{url}/{name}"
        self._pieces: Iterator[bytes] = _library().Objects(url).pieces(name)
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most so many; empty at the end."""
        while not self._held:
            with _told(self._whole):
                piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = piece
        cut = len(self._held) if size < 0 else size
        told, self._held = self._held[:cut], self._held[cut:]
        return told


def open_object(url: str, name: str) -> io.RawIOBase:
    """Return the stream of an object below a URL; `read` raises `UnreadableInput`."""
    return _Body(url, name)


def list_objects(url: str) -> tuple[str, list[str]]:
    """Return a URL and the names of the objects below it, sorted.

    If the given one is that of an object, it is split in two; without a slash at its end it may be
    that of an object and of a folder, and is both.

    Raises:
        BadParameter: the URL has credentials in it.
        MissingExtra: the extra `s3` is not installed.
        UnreadableInput: there are none, or they cannot be listed.
    """
    library = _library()
    may_be_object = not url.endswith("/")
    url = url.rstrip("/")
    folder, _, name = url.rpartition("/")
    is_bucket = folder.endswith("/")
    with _told(url):
        names = _objects_of(library.Objects(url).listed())
        if not is_bucket and (may_be_object or not names) and library.Objects(folder).has(name):
            return folder, [name, *(f"{name}/{each}" for each in names)]
    if names:
        return url, names
    hint = "patterns are for files: name the folder" if has_magic(url) else "check the path"
    raise UnreadableInput(f"no such object or folder: `{url}`", hint=hint)


def _objects_of(listed: dict[str, dict[str, Any]]) -> list[str]:
    """Return the names without those of empty objects that only mark a folder, sorted."""
    folders = {str(folder) for name in listed for folder in PurePosixPath(name).parents}
    return [name for name, meta in listed.items() if meta["size"] or name not in folders]


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Turn what a store says into the error of an input."""
    try:
        yield
    except LedgerUnreachable as exc:
        reason = str(exc).partition(" cannot be ")[2]
        raise UnreadableInput(f"`{url}` cannot be {reason}", hint=exc.hint) from None


def _library() -> Any:
    try:
        from ticketledger.models import objects
    except ImportError:
        raise MissingExtra("objects of a bucket", "s3") from None
    return objects
