"""Which rejects the store has already (events are compared in `sql/choose_fresh.sql`)."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.models.errors import LedgerDamaged
from ticketledger.models.layout import CommitFile
from ticketledger.models.store import Store, read_footer


def stored_reject_ids(store: Store, files: Iterable[CommitFile]) -> set[str]:
    """Return the ids of all rejects the commits refer to."""
    names = {name for file in files for name in read_footer(file.path)["rejects"]}
    ids: set[str] = set()
    for name in sorted(names):
        path = store.rejects / name
        try:
            ids.update(pq.read_table(path, columns=["reject_id"]).column(0).to_pylist())
        except (OSError, pa.ArrowException) as exc:
            raise LedgerDamaged(
                f"cannot read `{path}`: {exc}", hint="restore it from a copy"
            ) from None
    return ids
