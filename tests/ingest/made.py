"""Envelopes, files and ledgers made for one test, and what became of them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.ingest.explain import Accepted, Limits, Rejected, explain
from ticketledger.ingest.load import Outcome, Request, ingest
from ticketledger.ingest.records import MAX_BYTES, records
from ticketledger.ingest.sources import find
from ticketledger.ingest.window import Record
from ticketledger.models.store import open_store, read_footer

Json = dict[str, Any]

ROOT = Path(__file__).parent.parent.parent
SAMPLES = (ROOT / "tests" / "fixtures" / "samples.jsonl").read_bytes().splitlines()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class NeverEnds(AssertionError):
    """More records than bytes: the splitter does not move on."""


def envelope(number: int = 1, **fields: Any) -> Json:
    """An update of ticket `T-<number>`; `fields` go into `data`."""
    return {
        "event": "ticket.updated",
        "org_id": "org-a",
        "timestamp": "2026-03-01T10:00:00Z",
        "data": {"ticket_id": f"T-{number}", "status": "open", **fields},
        "previous_attributes": {"status": "closed"},
    }


def line(number: int = 1, **fields: Any) -> bytes:
    """The envelope on one line, without the newline."""
    return dump(envelope(number, **fields))


def lines(count: int, first: int = 1) -> bytes:
    """That many different envelopes as JSON Lines."""
    return b"".join(line(number) + b"\n" for number in range(first, first + count))


def dump(value: Any, indent: int | str | None = None) -> bytes:
    """JSON as a recorder writes it."""
    separators = (",", ":") if indent is None else None
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators).encode()


def zstd(content: bytes) -> bytes:
    """One zstd frame."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return bytes(sink.getvalue().to_pybytes())


def take(blocks: Iterable[bytes], max_bytes: int = MAX_BYTES) -> list[Record]:
    """The records of a stream; fails instead of running forever."""
    given = list(blocks)
    limit = 2 * sum(map(len, given)) + 10
    found = list(islice(records(given, max_bytes), limit))
    if len(found) == limit:
        raise NeverEnds(b"".join(given)[:200])
    return found


def judge(
    content: bytes, observed_at: datetime | None = None, limits: Limits | None = None
) -> list[Accepted | Rejected]:
    """What becomes of each record that is not blank."""
    limits = limits or Limits()
    return [
        verdict
        for record in take([content], limits.max_bytes)
        if record.raw or record.fault
        for verdict in explain(record, limits, observed_at)
    ]


def accepted(value: Any, observed_at: datetime | None = None) -> Json:
    """The row of the one record, which must be accepted."""
    (verdict,) = judge(value if isinstance(value, bytes) else dump(value), observed_at)
    assert isinstance(verdict, Accepted), verdict
    return verdict.row


def data_of(row: Json) -> Json:
    """The data of a stored event, put together from the pieces it is stored in."""
    parts = ("attached_messages", "chat", "message")
    told = {part: json.loads(row[f"data_{part}"]) for part in parts if row.get(f"data_{part}")}
    data: Json = json.loads(row["data"])
    assert not told.keys() & data.keys()
    return data | told


def refused(value: Any, observed_at: datetime | None = None) -> Rejected:
    """The refusal of the one record, which must be refused."""
    (verdict,) = judge(value if isinstance(value, bytes) else dump(value), observed_at)
    assert isinstance(verdict, Rejected), verdict
    return verdict


def tickets_of(verdicts: Iterable[Accepted | Rejected]) -> list[str]:
    """The ticket ids of what was accepted, in order."""
    return [each.row["ticket_id"] for each in verdicts if isinstance(each, Accepted)]


def load(
    root: Path,
    *paths: Path | str,
    now: Callable[[], datetime] = lambda: NOON,
    observed_at: datetime | None = None,
    limits: Limits | None = None,
) -> Outcome:
    """Ingest without the catalogue of views, which most tests do not need; counts must add up."""
    found = find(map(str, paths))
    request = Request(found, "test", observed_at, limits=limits or Limits(), now=now)
    outcome = ingest(root, request)
    assert_adds_up(outcome)
    return outcome


def assert_adds_up(outcome: Outcome) -> None:
    """Every record of every source has exactly one fate."""
    for counts in (outcome.total, *outcome.sources.values()):
        fates = counts.accepted + counts.duplicates + counts.rejected + counts.blank
        assert fates == counts.lines, counts


def stored(root: Path) -> list[Json]:
    """Every event row of a ledger, read with Arrow alone."""
    files = [file.path for file in open_store(root).covering()]
    return [row for path in files for row in pq.ParquetFile(path).read().to_pylist()]


def stored_rejects(root: Path) -> list[Json]:
    """Every reject of a ledger in the order recorded, read with Arrow alone."""
    store = open_store(root)
    names = [name for file in store.covering() for name in read_footer(file.path)["rejects"]]
    return [
        row for name in names for row in pq.ParquetFile(store.rejects / name).read().to_pylist()
    ]


def footers(root: Path) -> list[Json]:
    """The records of all commits, in order."""
    files = open_store(root).covering()
    return [commit for file in files for commit in read_footer(file.path)["commits"]]


def fingerprint(root: Path) -> dict[str, str]:
    """Every file below a folder with the hash of its bytes; the disposable catalogue left out."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith("catalog.duckdb")
    }


def blocks_of(content: bytes, size: int) -> list[bytes]:
    """The content in blocks of equal size."""
    source = io.BytesIO(content)
    return list(iter(lambda: source.read(size), b""))
