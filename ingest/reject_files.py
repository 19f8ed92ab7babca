"""Rejects files, merged into one: named by its content, like those that commits write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from ticketledger.models import schema
from ticketledger.models.disk import link_new, sync_file, sync_folder
from ticketledger.models.errors import LedgerDamaged
from ticketledger.models.store import Store

from .commit import file_sha256

_ROWS = 10_000


def merge_rejects(store: Store, names: Sequence[str], folder: Path) -> str:
    """Write the rows of rejects files, in the order given, to one file; returns its name.

    It is on the disk then. While nothing refers to it, its second name in the workspace `folder`
    keeps it (`leftovers.py`).

    Raises:
        LedgerDamaged: one is missing or altered.
    """
    for name in names:
        path = store.rejects / name
        if not path.is_file() or file_sha256(path) != name.removesuffix(".parquet"):
            raise LedgerDamaged(f"`{path}` is missing or altered", hint="restore it from a copy")
    part = folder / "rejects.parquet"
    with pq.ParquetWriter(part, schema.REJECTS, compression="zstd") as writer:
        for name in names:
            with pq.ParquetFile(store.rejects / name) as file:
                for batch in file.iter_batches(_ROWS):
                    writer.write_batch(batch)
    sync_file(part)
    merged = f"{file_sha256(part)}.parquet"
    link_new(part, folder / merged)
    (folder / merged).replace(store.rejects / merged)
    sync_folder(store.rejects)
    return merged
