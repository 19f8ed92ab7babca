"""Rejects that no commit refers to: its writer was killed, or it was merged with others."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from ticketledger.models.errors import LedgerDamaged, LedgerUnreachable
from ticketledger.models.head import acknowledged
from ticketledger.models.store import Store

from .dedupe import footer_of

_NAME: Final = re.compile(r"[0-9a-f]{64}\.parquet")


def sweep_rejects(store: Store) -> None:
    """Remove the rejects files that no file of `events/` refers to and no writer is about to.

    Files that a compaction replaced count as long as they are there: a reader may have them open.

    Raises:
        LedgerDamaged: as `acknowledged` and `footer_of`. What a lost commit refers to must stay.
    """
    alone = []
    for path in store.rejects.iterdir():
        with suppress(OSError):  # another sweep came first
            # A living writer keeps a second name in its workspace until its commit is published.
            # So this must come before the commits are listed.
            if _NAME.fullmatch(path.name) and path.stat().st_nlink == 1:
                alone.append(path)
    referenced = {name for file in acknowledged(store) for name in footer_of(file.path)["rejects"]}
    try:
        referenced |= {name for file in store.files() for name in footer_of(file.path)["rejects"]}
    except (
        LedgerDamaged,
        LedgerUnreachable,
        OSError,
    ):  # a replaced file is damaged, or removed meanwhile
        return
    with suppress(LedgerUnreachable):
        store.place.remove([path for path in alone if path.name not in referenced])
