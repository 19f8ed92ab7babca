"""Rejects files, named by their content: published ahead of their commit, merged into one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.models import layout, schema
from ticketledger.models.disk import file_sha256, link_new, sync_file, sync_folder
from ticketledger.models.errors import RESTORE, LedgerDamaged
from ticketledger.models.store import Store

_ROWS = 10_000


def encoded_rejects(rows: list[dict[str, Any]]) -> tuple[str | None, bytes]:
    """Return name and content of the rejects file of a commit; no name when there are no rows."""
    if not rows:
        return None, b""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema.REJECTS), sink, compression="zstd")
    content = sink.getvalue().to_pybytes()
    return f"{hashlib.sha256(content).hexdigest()}.parquet", content


def publish_rejects(store: Store, part: Path, name: str) -> None:
    """Bring a finished file in a workspace to the disk, and to its place among the rejects.

    While no commit refers to it, it keeps a second name in the workspace: `sweep_rejects` tells by
    it that its writer lives.
    """
    sync_file(part)
    link_new(part, part.with_name(name))
    part.with_name(name).replace(store.rejects / name)
    sync_folder(store.rejects)
    store.place.replace(store.rejects / name)


def keep_rejects(store: Store, name: str) -> None:
    """Put rejects into their bucket again if they are gone, now that a file refers to them.

    While none did, others may have taken them for garbage: this process slept.
    """
    there = store.place.pull()
    if there is not None and f"{layout.REJECTS}/{name}" not in there:
        store.place.replace(store.rejects / name)


@contextmanager
def reading_rejects(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a rejects file is read into an error that names it.

    Raises:
        LedgerDamaged: it is missing or cannot be read.
    """
    try:
        yield
    except FileNotFoundError:
        raise LedgerDamaged(f"`{path}` is missing", hint=RESTORE) from None
    except (OSError, pa.ArrowException) as exc:
        raise LedgerDamaged(f"cannot read `{path}`: {exc}", hint=RESTORE) from None


def merge_rejects(store: Store, names: Sequence[str], folder: Path) -> str:
    """Write the rows of rejects files, in the order given, to one file; returns its name.

    In a bucket no two are of one name: what was taken for garbage must not be needed again. It is
    published as by `publish_rejects`; `folder` is a workspace.

    Raises:
        LedgerDamaged: one is missing or altered.
    """
    for name in names:
        path = store.rejects / name
        if not path.is_file() or file_sha256(path) != name.removesuffix(".parquet"):
            raise LedgerDamaged(f"`{path}` is missing or altered", hint=RESTORE)
    part = folder / "rejects.parquet"
    marked = schema.REJECTS.with_metadata(store.place.mark() or None)
    with pq.ParquetWriter(part, marked, compression="zstd") as writer:
        for name in names:
            with pq.ParquetFile(store.rejects / name) as file:
                for batch in file.iter_batches(_ROWS, use_threads=False):
                    writer.write_batch(batch.replace_schema_metadata(marked.metadata))
    merged = f"{file_sha256(part)}.parquet"
    publish_rejects(store, part, merged)
    return merged
