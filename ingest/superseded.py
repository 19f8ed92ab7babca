"""What compaction replaced: removed when no reader can hold it any more, and never too early.

A file of `events/` goes when another one has covered its commits for the time of grace and the one
that is read now is whole.
"""

from __future__ import annotations

from time import time
from typing import Final

from ticketledger.models.disk import sync_folder, workspace
from ticketledger.models.errors import LedgerDamaged
from ticketledger.models.layout import (
    CommitFile,
    covering_set,
    covers,
    is_dispensable,
)
from ticketledger.models.store import Store

from .bringing import brought, check_seal

DELETE: Final = "delete it: the files that it replaced are all there"


def removable(store: Store, grace_s: float) -> tuple[list[CommitFile], int]:
    """Return what may be removed now, and how many replaced files have to wait.

    Each comes before those that replaced it: what is left after a crash is still replaced.

    Raises:
        LedgerDamaged: a file that would remain is not byte for byte what was written.
    """
    now = time()
    published = store.place.published()
    files = [file for file in store.files() if file.path.name in published]
    covering = covering_set(files)  # whatever is not in it is within one of its files
    ripe: list[CommitFile] = []
    waiting = 0
    for file in sorted(set(files) - set(covering), key=lambda f: f.last - f.first):
        since = min(published[each.path.name] for each in files if covers(each, file))
        if now - since < grace_s:
            waiting += 1
        else:
            ripe.append(file)
    for file in covering:
        if any(covers(file, each) for each in ripe):
            try:
                with workspace(store.tmp) as folder:
                    check_seal(brought(file.path, folder))
            except LedgerDamaged as exc:
                if is_dispensable(file, files):
                    exc.hint = DELETE
                raise
    return ripe, waiting


def remove(store: Store, files: list[CommitFile]) -> int:
    """Remove what `removable` returned; returns how many files that were."""
    store.place.drop([file.path for file in files])
    sync_folder(store.events)
    return len(files)
