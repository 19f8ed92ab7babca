"""The newest acknowledged commit, as a second witness beside `events/`.

A ledger whose last file was lost looks like an older one. `head.json` tells them apart: it is
written after a commit was published, so it may be behind, never ahead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from .disk import write_synced
from .errors import RESTORE, LedgerDamaged
from .layout import CommitFile
from .store import Store


@dataclass(frozen=True, slots=True)
class Head:
    """A commit that was acknowledged: its number, and the seal of the file that held it."""

    commit: int
    seal: str


def write_head(store: Store, head: Head) -> None:
    """Say that a commit is acknowledged; one of a later commit is left as it is.

    Two writers at once may leave the older of their commits here: a weaker witness, no wrong one.
    """
    try:
        if read_head(store).commit >= head.commit:
            return
    except FileNotFoundError:
        pass
    content = json.dumps({"commit": head.commit, "seal": head.seal}) + "\n"
    write_synced(store.head, content.encode(), store.tmp)
    store.place.replace(store.head)


def read_head(store: Store) -> Head:
    """Return the witness.

    Raises:
        FileNotFoundError: there is none.
        LedgerDamaged: it is not what `write_head` writes.
        LedgerUnreachable: from the object store that it is in.
    """
    content = store.place.head()
    if content is None:
        raise FileNotFoundError(store.head)
    try:
        told = json.loads(content)
        head = Head(told["commit"], told["seal"])
        if content.decode() == json.dumps({"commit": head.commit, "seal": head.seal}) + "\n":
            return head
    except (ValueError, KeyError, TypeError):
        pass
    raise LedgerDamaged(
        f"`{store.told(store.head)}` is not what a commit writes",
        hint="delete it if `ticketledger verify` finds nothing else: an ingest makes it anew",
    )


def acknowledged(store: Store) -> list[CommitFile]:
    """Return the covering set, every acknowledged commit in it.

    Raises:
        LedgerDamaged: the newest commits are missing; as `Store.covering` and `read_head`.
    """
    try:
        head = read_head(store)  # first: a commit made meanwhile is in the list, not in the head
    except FileNotFoundError:
        return store.covering()
    covering = store.covering()
    if head.commit > covering[-1].last:
        place = store.told(store.events)
        raise LedgerDamaged(
            f"commit {head.commit} was acknowledged and is missing from `{place}`",
            hint=f"{RESTORE}; to go on without it, delete `{store.told(store.head)}`",
        )
    return covering
