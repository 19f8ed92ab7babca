"""Files of `events/` wherever they are: in the folder, or left in the bucket that it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from .errors import LedgerUnreachable, MissingExtra
from .place import place_of

SCHEME = "ticketledger"
"""The database asks for `ticketledger:///folder/events/name` where there is no such file."""

_TRACEBACK: Final = "Traceback (most recent call last):"
_RAISED: Final = re.compile(r"(?:\w+\.)*(\w+)(?:: (.*))?")


class Connection(Protocol):
    """What a database lets us add to it."""

    def filesystem_is_registered(self, name: str) -> bool: ...

    def register_filesystem(self, filesystem: Any) -> None: ...


def opened(path: Path) -> BinaryIO:
    """Open a file of `events/` for reading.

    Raises:
        OSError: there is none.
        LedgerUnreachable: the bucket it is in does not answer.
    """
    try:
        return path.open("rb")
    except FileNotFoundError:
        remote = _away(path)
        if remote is None:
            raise
        return remote


def version_of(path: Path) -> tuple[object, ...]:
    """Return what tells a file of `events/` from another of its name, before or after it.

    Raises:
        OSError: there is none.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        tag = place_of(path.parents[1]).version(path)
        if tag is None:
            raise
        return (tag,)
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def size_of(path: Path) -> int:
    """Return the bytes of a file of `events/`.

    Raises:
        OSError: there is none.
    """
    with opened(path) as file:
        return file.seek(0, 2)


def reach(con: Connection, paths: Iterable[Path]) -> list[str]:
    """Return what a connection reads files by; those in a bucket it reads piece by piece.

    Raises:
        MissingExtra: it needs the extra `s3`.
    """
    absolute = [path.absolute() for path in paths]
    is_away = [not path.exists() and _away(path) is not None for path in absolute]
    if any(is_away) and not con.filesystem_is_registered(SCHEME):
        try:
            from .filesystem import Remote
        except ImportError:
            raise MissingExtra("ledgers in a bucket", "s3") from None
        con.register_filesystem(Remote())
    return [
        f"{SCHEME}://{path}" if away else str(path)
        for path, away in zip(absolute, is_away, strict=True)
    ]


def unreachable(exc: Exception) -> LedgerUnreachable | None:
    """Return what a database error says about the bucket it read in, if it is about that.

    The database passes on what its file system raised as text, after the lines of a traceback and,
    as of Python 3.12, before its notes.

    Raises:
        KeyboardInterrupt: that was what the file system met.
    """
    if _TRACEBACK not in str(exc):
        return None
    lines = str(exc).rpartition(_TRACEBACK)[2].splitlines()
    told = _RAISED.match(next((line for line in lines if line.strip() and line[0] != " "), ""))
    if told and told[1] == KeyboardInterrupt.__name__:
        raise KeyboardInterrupt from None
    reason = told[2] if told and told[2] else "a commit cannot be read in its bucket"
    return LedgerUnreachable(reason, hint="nothing was lost, try again")


def _away(path: Path) -> BinaryIO | None:
    return place_of(path.parents[1]).away(path)
