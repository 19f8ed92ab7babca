"""Refused lines, tried again: a later version or wider limits may take them.

What is taken is stored under its first source and line, as if it had never been refused. The
commit records which rejects it took; they are in `rejects` no more, and never taken twice.
A line that was too large is stored in pieces and stays: load its file again, with wider limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from ticketledger.models.errors import LedgerUnwritable
from ticketledger.models.rejection import Code
from ticketledger.models.store import Store, read_footer

from .accounts import Counts, Part
from .batch import Batch
from .commit import commit
from .create import create_or_open
from .explain import Accepted, Limits, Rejected, explain
from .fresh import Comparing
from .records import records
from .reject_files import reading_rejects

COMMIT_ROWS: Final = 10_000
COMMIT_BYTES: Final = 32 << 20


@dataclass(slots=True)
class Replayed:
    """What a replay did.

    Attributes:
        tried: refused lines that were looked at again.
        taken: those of them that are refused no more.
        total: what became of the records in these.
        commits: numbers of the commits made.
    """

    tried: int = 0
    taken: int = 0
    total: Counts = field(default_factory=Counts)
    commits: list[int] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain values, for JSON."""
        return {
            "tried": self.tried,
            "taken": self.taken,
            **asdict(self.total),
            "commits": self.commits,
        }


def replay(
    root: Path,
    *,
    version: str,
    limits: Limits | None = None,
    observed_at: datetime | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Replayed:
    """Try every refused line again, in the order recorded.

    A line whose records are refused once more stays as it is. Of one that is now many records,
    some of which are taken, the others become rejects of their own.

    Args:
        root: folder of a ledger.
        version: of ticketledger, for the footers.
        limits: what one record may cost.
        observed_at: when bare objects were read from the vendor.
        now: the load time of a commit.

    Raises:
        LedgerMissing, LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger.
    """
    store = create_or_open(root, is_new=False)
    made = Replayed()
    lot = _Lot()
    try:
        with closing(Comparing()) as comparing:
            for row in list(refused(store)):
                made.tried += 1
                lot.add(row, _explained(row, limits or Limits(), observed_at))
                if lot.is_full():
                    lot.commit(store, comparing, version, now(), made)
                    lot = _Lot()
            if lot.ids:
                lot.commit(store, comparing, version, now(), made)
    except OSError as exc:
        raise LedgerUnwritable(
            f"cannot write `{store.root}`: {exc.strerror or exc}",
            hint="commits made so far stay; run the same command again to go on",
        ) from None
    return made


def refused(store: Store) -> Iterator[dict[str, Any]]:
    """Yield the rows of `schema.REJECTS` that no replay took, in the order recorded.

    Raises:
        LedgerDamaged: a file of them is missing or cannot be read.
    """
    footers = [read_footer(file.path) for file in store.covering()]
    taken = {
        reject_id
        for footer in footers
        for commit in footer["commits"]
        for reject_id in commit.get("replayed", [])
    }
    for name in dict.fromkeys(name for footer in footers for name in footer["rejects"]):
        path = store.rejects / name
        with reading_rejects(path), pq.ParquetFile(path) as file:
            for batch in file.iter_batches(1_000, use_threads=False):
                yield from (row for row in batch.to_pylist() if row["reject_id"] not in taken)


@dataclass(slots=True)
class _Lot:
    """What goes into one commit: rows and rejects by source, and the rejects they come from."""

    parts: dict[str, Part] = field(default_factory=dict)
    batch: Batch = field(default_factory=Batch)
    ids: list[str] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, row: dict[str, Any], outcomes: list[Accepted | Rejected]) -> None:
        accepted = [each for each in outcomes if isinstance(each, Accepted)]
        if not accepted:
            return
        part = self.parts.setdefault(row["source"], Part(row["source"]))
        part.lines += len(outcomes)
        part.rejects += [each for each in outcomes if isinstance(each, Rejected)]
        self.batch.add_explained(list(self.parts).index(row["source"]), accepted)
        self.ids.append(row["reject_id"])
        self.size_bytes += len(row["raw"])

    def is_full(self) -> bool:
        return len(self.ids) >= COMMIT_ROWS or self.size_bytes >= COMMIT_BYTES

    def commit(
        self,
        store: Store,
        comparing: Comparing,
        version: str,
        now: datetime,
        made: Replayed,
    ) -> None:
        done = commit(
            store,
            self.batch,
            list(self.parts.values()),
            comparing,
            version=version,
            now=now,
            replayed=self.ids,
        )
        made.taken += len(self.ids)
        for counts in done.counts.values():
            made.total.add(counts)
        if done.number is not None:
            made.commits.append(done.number)


def _explained(
    row: dict[str, Any], limits: Limits, observed_at: datetime | None
) -> list[Accepted | Rejected]:
    if row["code"] == Code.TOO_LARGE:
        return []  # a piece of a line: what is in it only looks like a record
    return [
        outcome
        for record in records([row["raw"]], limits.max_bytes, row["line"])
        if record.raw or record.fault
        for outcome in explain(record, limits, observed_at)
    ]
