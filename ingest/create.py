"""Making a ledger's folder: once, by any number of processes, whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path

import pyarrow.parquet as pq

from ticketledger.models import layout, schema
from ticketledger.models.disk import (
    sweep,
    sync_file,
    sync_folder,
    workspace,
    write_synced,
)
from ticketledger.models.errors import RESTORE, LedgerDamaged, LedgerUnwritable
from ticketledger.models.head import Head, write_head
from ticketledger.models.mirrors import ENDS, REMOTE, TAGS
from ticketledger.models.seal import read_seal
from ticketledger.models.store import Store, open_store, refuse_links

from .sealed import write_sealed


def create_or_open(root: Path, *, is_new: bool = True) -> Store:
    """Return the store in a folder, ready to be written.

    Args:
        root: the folder.
        is_new: make a ledger if the folder is new or empty.

    Raises:
        LedgerMissing: there is no ledger, and none is to be made.
        LedgerUnwritable: the folder cannot be made or written, or holds something else.
        LedgerTooNew, LedgerDamaged, LedgerUnreachable: as `open_store`.
    """
    store = Store(root) if is_new else open_store(root)
    if is_new:
        store.place.enter()
        refuse_links(root)  # before left-overs are removed
    try:
        if not (root / layout.LEDGER).exists():
            _create(store)
        store.tmp.mkdir(exist_ok=True)
        sweep(store.tmp)
        for folder in (store.events, store.rejects):
            if not folder.is_dir():
                raise LedgerDamaged(f"`{folder}` is missing", hint=RESTORE)
        if not os.access(store.events, os.W_OK):
            raise LedgerUnwritable(f"`{root}` cannot be written", hint="check its permissions")
    except OSError as exc:
        raise LedgerUnwritable(
            f"cannot write `{root}`: {exc.strerror}", hint="choose another folder with `--ledger`"
        ) from None
    return open_store(root)


def empty_rejects() -> tuple[str, bytes]:
    """Return name and bytes of the rejects file with no rows, so that every reader finds one."""
    sink = io.BytesIO()
    pq.write_table(schema.REJECTS.empty_table(), sink)
    content = sink.getvalue()
    return f"{hashlib.sha256(content).hexdigest()}.parquet", content


def ledger_content() -> bytes:
    """Return what `ledger.json` says."""
    return f"{json.dumps({'format': layout.FORMAT})}\n".encode()


def _create(store: Store) -> None:
    """Every step can be repeated, by this process or another; `ledger.json` comes last."""
    root = store.root
    others = root.exists() and [entry for entry in root.iterdir() if entry.name not in _OURS]
    if others or store.place.strangers():
        raise LedgerUnwritable(
            f"`{store.place.name}` holds other files and no ledger", hint="choose an empty one"
        )
    for folder in (store.events, store.rejects, store.tmp):
        folder.mkdir(parents=True, exist_ok=True)
    name, content = empty_rejects()
    footer = {"format": layout.FORMAT, "commits": [], "rejects": [name]}
    first = store.events / layout.commit_name(0)
    with workspace(store.tmp) as folder:
        part = folder / first.name
        write_sealed(part, [schema.EVENTS.empty_table()], footer)
        sync_file(part)
        if store.place.create(part, first):
            store.place.check(first)
    store.place.pull()  # another process may have been first
    write_synced(store.rejects / name, content, store.tmp)
    sync_folder(store.rejects)
    store.place.replace(store.rejects / name)
    sync_folder(store.events)
    write_head(store, Head(0, read_seal(first)))
    with workspace(store.tmp) as folder:
        part = folder / layout.LEDGER
        part.write_bytes(ledger_content())
        sync_file(part)
        store.place.create(part, root / layout.LEDGER)
    sync_folder(root)
    sync_folder(root.absolute().parent)


_OURS = {
    layout.LEDGER,
    layout.HEAD,
    layout.EVENTS,
    layout.REJECTS,
    layout.TMP,
    layout.CATALOG,
    layout.DERIVED,
    ENDS,
    REMOTE,
    TAGS,
}
