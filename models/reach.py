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

_UNREACHABLE: Final = re.compile(rf"{LedgerUnreachable.__name__}: (.*)")
"""The database passes on what its file system raised as text, after the lines of a traceback."""


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


def is_there(path: Path) -> bool:
    """Whether there is such a file, here or in the bucket."""
    return path.is_file() or _away(path) is not None


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
    """Return what a database error says about the bucket it read in, if it is about that."""
    told = _UNREACHABLE.search(str(exc))
    return LedgerUnreachable(told[1], hint="nothing was lost, try again") if told else None


def _away(path: Path) -> BinaryIO | None:
    return place_of(path.parents[1]).away(path)
