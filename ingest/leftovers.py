"""Rejects whose commit never came, because its writer was killed: found and removed."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from ticketledger.models.head import acknowledged
from ticketledger.models.store import Store

from .dedupe import footer_of

_NAME: Final = re.compile(r"[0-9a-f]{64}\.parquet")


def sweep_rejects(store: Store) -> None:
    """Remove the rejects files that no commit refers to and no writer is about to.

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
    for path in alone:
        if path.name not in referenced:
            with suppress(OSError):
                path.unlink()
