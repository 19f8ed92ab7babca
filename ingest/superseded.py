"""What compaction replaced: removed when no reader can hold it any more, and never too early.

A file of `events/` goes when another one has covered its commits for the time of grace and the one
that is read now is whole. A file of `rejects/` goes when no file of `events/` refers to it, and not
before a day: an ingest writes it before the commit that does.
"""

from __future__ import annotations

import re
from pathlib import Path
from time import time
from typing import Final

from ticketledger.models.disk import sync_folder
from ticketledger.models.errors import LedgerDamaged
from ticketledger.models.layout import (
    CommitFile,
    covering_set,
    covers,
    is_dispensable,
)
from ticketledger.models.seal import is_sealed
from ticketledger.models.store import Store, read_footer

REJECTS_GRACE_S: Final = 86_400
"""Age of a file of `rejects/` that no commit refers to, from which on it is garbage."""

DELETE: Final = "delete it: the files that it replaced are all there"

_REJECTS_NAME = re.compile(r"[0-9a-f]{64}\.parquet")


def removable(store: Store, grace_s: float) -> tuple[list[Path], int]:
    """Return what may be removed now, and how many replaced files have to wait.

    Files of `events/` come first, each before those that replaced it: what is left after a crash
    is still replaced by something.

    Raises:
        LedgerDamaged: a file that would remain is not byte for byte what was written.
    """
    now = time()
    files = store.files()
    covering = covering_set(files)  # whatever is not in it is within one of its files
    ripe: list[CommitFile] = []
    waiting = 0
    for file in sorted(set(files) - set(covering), key=lambda f: f.last - f.first):
        since = min(each.path.stat().st_mtime for each in files if covers(each, file))
        if now - since < grace_s:
            waiting += 1
        else:
            ripe.append(file)
    for file in covering:
        if any(covers(file, each) for each in ripe) and not is_sealed(file.path):
            raise LedgerDamaged(
                f"`{file.path}` is not what was written",
                hint=DELETE if is_dispensable(file, files) else "restore it from a copy",
            )
    staying = [file for file in files if file not in ripe]
    return [file.path for file in ripe] + _unreferenced(store, staying, now), waiting


def remove(store: Store, paths: list[Path]) -> int:
    """Remove what `removable` returned; returns how many files that were."""
    events = [path for path in paths if path.parent == store.events]
    for path in events:
        path.unlink(missing_ok=True)
    sync_folder(store.events)  # before the rejects that they refer to
    for path in paths[len(events) :]:
        path.unlink(missing_ok=True)
    sync_folder(store.rejects)
    return len(paths)


def _unreferenced(store: Store, files: list[CommitFile], now: float) -> list[Path]:
    """Return old rejects files that none of these files refers to."""
    referred = {name for file in files for name in read_footer(file.path)["rejects"]}
    return [
        path
        for path in sorted(store.rejects.iterdir())
        if _REJECTS_NAME.fullmatch(path.name)
        and path.name not in referred
        and now - path.stat().st_mtime >= REJECTS_GRACE_S
    ]
