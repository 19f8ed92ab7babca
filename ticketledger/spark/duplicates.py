"""Duplicates among what tasks read, and of what the ledger has: ids are moved, rows stay.

What is found is left out before it goes to the driver, and counted. The commit looks once more:
what the wave before brought, or another writer, may have come between.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ticketledger.ingest.dedupe import overlapping
from ticketledger.models.errors import LedgerDamaged, LedgerUnreachable, MissingExtra
from ticketledger.models.store import Store

from .packets import decoded, encoded, own, packet
from .splits import Split, splits

Span = tuple[int, int]
"""First and last instant, in microseconds since 1970."""

SPANS: Final = pa.schema([("since", pa.int64()), ("until", pa.int64())])
"""Of each packet; null of one without rows."""

IDS: Final = pa.schema(
    [
        ("event_id", pa.string()),
        ("task", pa.int32()),
        ("cut", pa.int32()),
        ("source", pa.int32()),
        ("line", pa.int64()),
        ("part", pa.int32()),
        ("row", pa.int32()),
        ("print", pa.int64()),
    ]
)
"""Where an event is, in the order that decides which of equal ones is the first; `part` and `row`
are the packet and the place in it, `print` tells the packet from what would be read another time.
What is stored is before all tasks. A packet without rows has one, of an event that is none."""

STORED: Final = -1
"""The task of an event that the ledger has."""

FIRST: Final = ["task", "cut", "source", "line", "part", "row"]
"""The columns of that order."""

CHANGED: Final = "changed"
"""The name of a packet that is not what its ids were read of: its source is another now."""

_LEFT_OUT: Final = b"left out"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def spans(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield a row for each packet (`SPANS`)."""
    for name, content in _packets(batches):
        ends: Mapping[str, int | None] = {"min": None, "max": None}
        if name == "rows":
            ends = pc.min_max(decoded(content)["event_at"].cast(pa.int64())).as_py()
        yield pa.record_batch([[ends["min"]], [ends["max"]]], schema=SPANS)


def ids(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield where each event of packets is (`IDS`); they come with `task`, `cut` and `part`."""
    for batch in batches:
        for told in batch.to_pylist():
            told["print"] = _print(told["packet"])
            columns = {
                "event_id": pa.array([f"packet {told['part']}"]),
                **{name: pa.array([-1]) for name in ("source", "line", "row")},
            }
            if told["name"] == "rows":
                rows = decoded(told["packet"])
                columns = {
                    "event_id": rows["event_id"],
                    "source": rows["part"],
                    "line": rows["source_line"],
                    "row": pa.array(range(len(rows)), pa.int32()),
                }
            for name in ("task", "cut", "part", "print"):
                columns[name] = pa.repeat(told[name], len(columns["row"]))
            table = pa.table({name: columns[name] for name in IDS.names}).cast(IDS)
            yield from table.combine_chunks().to_batches()


def joined(ends: Iterable[tuple[int | None, int | None]]) -> Span | None:
    """Return the span of all spans; None when nothing has one."""
    seen = [end for each in ends for end in each if end is not None]
    return (min(seen), max(seen)) if seen else None


def stored_in(store: Store, span: Span) -> list[Split]:
    """Return the pieces of the ledger that may have events of a span of time."""
    since, until = (_EPOCH + timedelta(microseconds=end) for end in span)
    return splits(store, overlapping(store.covering(), (since, until)))


def stored_ids(span: Span, given: Iterable[Split]) -> Iterator[pa.RecordBatch]:
    """Yield the ids that the ledger has of a span of time (`IDS`).

    What cannot be read here tells of none: the commit looks again, and says what is wrong.
    """
    since, until = (pa.scalar(end, pa.int64()) for end in span)
    for split in given:
        with suppress(LedgerUnreachable, LedgerDamaged, MissingExtra):
            for batch in split.read("event_id", "event_at"):
                at = batch["event_at"].cast(pa.int64())
                is_within = pc.and_(pc.greater_equal(at, since), pc.less_equal(at, until))
                found = batch["event_id"].filter(is_within)
                columns = {name: pa.repeat(STORED, len(found)) for name in (*FIRST, "print")}
                table = pa.table({"event_id": found, **columns}).cast(IDS)
                yield from table.to_batches()


def without(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield one packet without the rows that another row names; how many is told with it.

    Of the two rows of a part one has the packet, the other its print, and the places. A packet that
    is another than that is called `CHANGED`: its source was read again, and is not what it was.
    """
    given = [row for batch in batches for row in batch.to_pylist()]
    gone = [place for row in given for place in row["rows"] or ()]
    prints = {each for row in given for each in row["prints"] or ()}
    for row in given:
        if row["name"]:
            is_same = prints == {_print(row["packet"])}
            content = _without(decoded(row["packet"]), gone) if gone and is_same else row["packet"]
            yield packet(row["name"] if is_same else CHANGED, content, row["part"])


def left_out(rows: pa.Table) -> dict[int, int]:
    """Return how many rows of each part of a commit were taken out of a packet."""
    told = (rows.schema.metadata or {}).get(_LEFT_OUT, b"{}")
    return {int(part): count for part, count in json.loads(told).items()}


def _without(rows: pa.Table, places: list[int]) -> bytes:
    gone = pa.array(places, pa.int32())
    told = pc.value_counts(rows["part"].take(gone)).to_pylist()
    counts = {str(each["values"]): each["counts"] for each in told}
    is_gone = pc.is_in(pa.array(range(len(rows)), pa.int32()), gone)
    left = own(rows.filter(pc.invert(is_gone)))
    return encoded(left.replace_schema_metadata({_LEFT_OUT: json.dumps(counts)}))


def _print(content: bytes) -> int:
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "little", signed=True)


def _packets(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, bytes]]:
    for batch in batches:
        for row in batch.select(["name", "packet"]).to_pylist():
            yield row["name"], row["packet"]
