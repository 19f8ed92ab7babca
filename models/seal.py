"""The seal of a file of `events/`: its own SHA-256, so that one changed bit anywhere shows.

The footer's key `ticketledger.seal` holds 64 hexadecimal digits: the SHA-256 of the whole file with
these digits all 0. Parquet stores the entry as it is, so writing it in place moves nothing.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from .errors import RESTORE, LedgerDamaged
from .reach import opened

SEAL: Final = "ticketledger.seal"
"""Key of the footer's entry; it must be the last one written."""

UNSEALED: Final = "0" * 64
"""What the writer puts there, to be overwritten by `seal_file`."""

_ENTRY: Final = SEAL.encode() + b"\x18\x40"
"""The key and, in Thrift's compact protocol, the head of a text of 64 bytes."""

_PIECE: Final = 1 << 20


def seal_file(path: Path) -> str:
    """Write the seal into a finished file that holds `UNSEALED`; returns it.

    Raises:
        LedgerDamaged: the file has no place for a seal.
    """
    place = _place(path)
    seal = _digest(path, place)
    with path.open("r+b") as file:
        file.seek(place)
        file.write(seal.encode())
    return seal


def read_seal(path: Path) -> str:
    """Return the seal a file says it has, whether it is true or not.

    Raises:
        LedgerDamaged: it says none.
    """
    place = _place(path)
    with opened(path) as file:
        file.seek(place)
        return file.read(64).decode("latin-1")


def is_sealed(path: Path) -> bool:
    """Read the whole file; says whether it is byte for byte what was sealed.

    Raises:
        LedgerDamaged: it has no seal.
    """
    return read_seal(path) == _digest(path, _place(path))


def _place(path: Path) -> int:
    """Return where the seal's 64 digits begin: behind the last entry of that name in the footer."""
    with opened(path) as file:
        size = file.seek(0, 2)
        file.seek(max(size - 8, 0))
        length = int.from_bytes(file.read(4), "little")
        begin = size - 8 - length
        if 0 < begin < size:
            file.seek(begin)
            found = file.read(length).rfind(_ENTRY)
            if found >= 0:
                return begin + found + len(_ENTRY)
    raise LedgerDamaged(f"`{path}` has no seal", hint=RESTORE)


def _digest(path: Path, place: int) -> str:
    digest = hashlib.sha256()
    with opened(path) as file:
        digest.update(file.read(place))
        digest.update(UNSEALED.encode())
        file.seek(place + len(UNSEALED))
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
