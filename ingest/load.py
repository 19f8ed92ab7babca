"""A whole ingest: sources in, commits of bounded size out, every record accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ticketledger.models.errors import LedgerUnwritable

from .commit import Counts, Part, commit
from .compression import CorruptCompression
from .create import create_or_open
from .explain import Limits, Rejected
from .lanes import Lanes
from .sources import Found, open_source
from .stage import Stage

COMMIT_ROWS = 100_000
COMMIT_BYTES = 96 << 20
"""A commit is closed when it holds this many rows, or rows made of this many bytes."""


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
    commit; `memory` is what the staging database may hold before it spills; `progress` is told the
    bytes read and the records seen so far; `on_commit` is told the number of each commit once it
    is on the disk.
    """

    found: Found
    version: str
    observed_at: datetime | None = None
    limits: Limits = field(default_factory=Limits)
    memory: str = "512MB"
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
    stage = Stage(store.tmp, request.memory)
    try:
        for parts in _batches(request, stage, outcome):
            try:
                done = commit(store, stage, parts, version=request.version, now=request.now())
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
    finally:
        stage.close()
    return outcome


def _batches(request: Request, stage: Stage, outcome: Outcome) -> Iterator[list[Part]]:
    """Stage the sources' records; yield the parts of each commit once it is full."""
    lanes = Lanes(stage, request.limits, request.observed_at, outcome.examples)
    size = lines = read = 0
    for source in request.found.sources:
        lanes.parts.append(Part(source.name))
        with open_source(source) as (blocks, hashed):
            damage: list[str] = []
            for step in lanes.steps(_blocks(blocks, damage), damage):
                size += step
                rows = sum(part.lines for part in lanes.parts)
                request.progress(read + hashed.size, lines + rows)
                if rows >= COMMIT_ROWS or size >= COMMIT_BYTES:
                    commits = len(outcome.commits)
                    yield lanes.parts
                    is_begun = len(outcome.commits) > commits or lanes.parts[-1].continues
                    lines += rows
                    lanes.parts = [Part(source.name, continues=is_begun)]
                    size = 0
            lanes.parts[-1].size_bytes, lanes.parts[-1].sha256 = hashed.size, hashed.hexdigest()
            read += hashed.size
    if lanes.parts:
        yield lanes.parts


def _blocks(blocks: Iterator[bytes], damage: list[str]) -> Iterator[bytes]:
    """Yield a stream's bytes; damage ends it and is told."""
    try:
        yield from blocks
    except CorruptCompression as exc:
        damage.append(str(exc))
