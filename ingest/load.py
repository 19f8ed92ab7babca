"""A whole ingest: sources in, commits of bounded size out, every record accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from ticketledger.models.errors import LedgerUnwritable
from ticketledger.models.rejection import Code

from .commit import Counts, Part, commit
from .create import create_or_open
from .explain import Accepted, Limits, Rejected, explain
from .records import Record, records
from .sources import CorruptCompression, Found, open_source, read_block

COMMIT_ROWS = 50_000
COMMIT_BYTES = 64 << 20
"""A commit holds at most this many rows, made of this many bytes, and one record more."""

EXAMPLES = 5
"""How many rejects an outcome keeps to show."""


@dataclass(slots=True)
class Outcome:
    """What an ingest did: totals, counts per source in the order read, and the commits made."""

    total: Counts = field(default_factory=Counts)
    sources: dict[str, Counts] = field(default_factory=dict)
    commits: list[int] = field(default_factory=list)
    examples: list[tuple[str, Rejected]] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return self.total.lines

    @property
    def accepted(self) -> int:
        return self.total.accepted

    @property
    def duplicates(self) -> int:
        return self.total.duplicates

    @property
    def rejected(self) -> int:
        return self.total.rejected

    @property
    def blank(self) -> int:
        return self.total.blank

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain values, for JSON."""
        return {
            **asdict(self.total),
            "commits": self.commits,
            "sources": [{"source": name, **asdict(c)} for name, c in self.sources.items()],
        }


@dataclass(frozen=True, slots=True)
class Request:
    """What to ingest and how.

    `observed_at` is when bare objects were read from the vendor; `now` is the load time of a
    commit; `progress` is told the bytes read and the records seen so far; `on_commit` is told the
    number of each commit once it is on the disk.
    """

    found: Found
    version: str
    observed_at: datetime | None = None
    limits: Limits = field(default_factory=Limits)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    progress: Callable[[int, int], None] = lambda size, lines: None
    on_commit: Callable[[int], None] = lambda number: None


def ingest(root: Path, request: Request) -> Outcome:
    """Load sources into the ledger at `root`, which is made if it is not there.

    Each commit is whole on its own; running the same request again adds nothing.

    Raises:
        LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger.
        UnreadableInput: a source vanished since it was found.
    """
    store = create_or_open(root)
    outcome = Outcome()
    for parts in _batches(request, outcome):
        try:
            done = commit(store, parts, version=request.version, now=request.now())
        except OSError as exc:
            raise LedgerUnwritable(
                f"cannot write `{root}`: {exc.strerror or exc}",
                hint="commits made so far stay; run the same command again to go on",
            ) from None
        if done.number is not None:
            outcome.commits.append(done.number)
            request.on_commit(done.number)
        for source, counts in done.counts.items():
            outcome.sources.setdefault(source, Counts()).add(counts)
            outcome.total.add(counts)
    return outcome


def _batches(request: Request, outcome: Outcome) -> Iterator[list[Part]]:
    """Cut the sources' records into lists that fit one commit."""
    parts: list[Part] = []
    rows = size = lines = read = 0
    for source in request.found.sources:
        part = Part(source.name)
        parts.append(part)
        with open_source(source) as (stream, hashed):
            for record in _records(stream, request.limits.max_bytes):
                rows += _take(record, part, request, outcome)
                size += len(record.raw)
                lines += 1
                request.progress(read + hashed.size, lines)
                if rows >= COMMIT_ROWS or size >= COMMIT_BYTES:
                    yield parts
                    part = Part(source.name)
                    parts = [part]
                    rows = size = 0
            part.size_bytes, part.sha256 = hashed.size, hashed.hexdigest()
            read += hashed.size
    if parts:
        yield parts


def _take(record: Record, part: Part, request: Request, outcome: Outcome) -> int:
    """Add a record's outcome to its part; returns how many rows that made."""
    if not record.raw and record.fault is None:
        part.lines += 1
        part.blank += 1
        return 0
    rows = 0
    for result in explain(record, request.limits, request.observed_at):
        rows += 1
        if isinstance(result, Accepted):
            part.events.append(result)
        else:
            part.rejects.append(result)
            if len(outcome.examples) < EXAMPLES:
                outcome.examples.append((part.source, result))
    part.lines += rows
    return rows


def _records(stream: BinaryIO, max_bytes: int) -> Iterator[Record]:
    """Yield the records of a stream; a damaged end is one more record, refused."""
    damage: list[str] = []
    line = 0
    for record in records(_blocks(stream, damage), max_bytes):
        line = record.line
        yield record
    for reason in damage:
        yield Record(line + 1, b"", Code.CORRUPT_COMPRESSION, reason)


def _blocks(stream: BinaryIO, damage: list[str]) -> Iterator[bytes]:
    while True:
        try:
            block = read_block(stream)
        except CorruptCompression as exc:
            damage.append(str(exc))
            return
        if not block:
            return
        yield block
