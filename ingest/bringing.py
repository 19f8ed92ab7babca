"""Files of `events/` at hand, as they were written: what was left in a bucket is brought here."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfileobj
from typing import Final

from ticketledger.models.errors import RESTORE, LedgerDamaged
from ticketledger.models.reach import opened
from ticketledger.models.seal import is_sealed

RESTORE_AND_VERIFY: Final = f"{RESTORE}; `ticketledger verify` checks the rest"

_PIECE: Final = 8 << 20


def brought(path: Path, folder: Path) -> Path:
    """Return a file of `events/`, as it was written: one left in a bucket is brought to a folder.

    Raises:
        LedgerDamaged: it is not what was written.
        LedgerUnreachable: the bucket does not answer.
    """
    if path.is_file():
        return path
    here = folder / f"part-{path.name}"
    with opened(path) as source, here.open("wb") as target:
        copyfileobj(source, target, _PIECE)
    check_seal(here)
    return here


def check_seal(path: Path) -> None:
    """Read a file to its end.

    Raises:
        LedgerDamaged: it is not what was written.
    """
    if not is_sealed(path):
        raise LedgerDamaged(f"`{path}` is not what was written", hint=RESTORE_AND_VERIFY)
