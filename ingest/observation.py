"""What exports say of tickets, read to be compared with a ledger and not loaded into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

from ticketledger.models import schema
from ticketledger.models.envelope import Form, TimeSource
from ticketledger.models.instants import EPOCH
from ticketledger.models.rejection import Code

from .explain import EXAMPLES, Accepted, Limits, Rejected, explain
from .feed import Stream
from .records import records
from .sources import Found, Source
from .window import Record

_BATCH_ROWS: Final = 10_000
_COMPARED: Final = (("ticket.snapshot", Form.SNAPSHOT), ("ticket.", Form.AUDIT_LOG))
"""What is kept: how the event's name begins, and the form it came in."""


@dataclass(slots=True)
class Observation:
    """What was read: rows of `schema.OBSERVED`, and the count of every record that is none.

    `passed_over` are good records of another kind: webhook events, chats, messages.
    """

    rows: pa.Table = field(default_factory=schema.OBSERVED.empty_table)
    passed_over: int = 0
    rejected: int = 0
    examples: list[tuple[str, Rejected]] = field(default_factory=list)


def observe(
    found: Found, observed_at: datetime | None = None, limits: Limits | None = None
) -> Observation:
    """Read snapshots and audit rows as ingest does, but accept objects that say no instant.

    Raises:
        UnreadableInput: a source vanished since it was found.
    """
    made = Observation()
    pieces = []
    batch: list[dict[str, Any]] = []
    for source in found.sources:
        for verdict in _verdicts(source, limits or Limits(), observed_at):
            if isinstance(verdict, Rejected):
                made.rejected += 1
                if len(made.examples) < EXAMPLES:
                    made.examples.append((source.name, verdict))
            elif not _is_compared(verdict.row):
                made.passed_over += 1
            else:
                batch.append(_observed(verdict.row, observed_at))
                if len(batch) == _BATCH_ROWS:
                    pieces.append(pa.Table.from_pylist(batch, schema=schema.OBSERVED))
                    batch = []
    pieces.append(pa.Table.from_pylist(batch, schema=schema.OBSERVED))
    made.rows = pa.concat_tables(pieces)
    return made


def _verdicts(
    source: Source, limits: Limits, observed_at: datetime | None
) -> Iterator[Accepted | Rejected]:
    line = 1
    with closing(Stream(source)) as stream:
        for record in records(stream.rest(), limits.max_bytes):
            line = record.line
            if record.raw or record.fault is not None:
                yield from explain(record, limits, observed_at, otherwise_at=EPOCH)
        if stream.damage:
            damaged = Record(line, b"", Code.CORRUPT_COMPRESSION, stream.damage)
            yield from explain(damaged, limits, observed_at)


def _is_compared(row: dict[str, Any]) -> bool:
    return any(
        row["event_type"].startswith(name) and row["form"] == form for name, form in _COMPARED
    )


def _observed(row: dict[str, Any], observed_at: datetime | None) -> dict[str, Any]:
    is_unknown = observed_at is None and row["time_source"] == TimeSource.OBSERVED
    return {**row, "observed_at": None if is_unknown else row["event_at"]}
