"""A whole ingest: sources in, commits of bounded size out, every record accounted for."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ticketledger.models.errors import LedgerUnwritable
from ticketledger.models.store import Store

from .accounts import Counts, Part
from .batch import Batch
from .commit import Committed, commit
from .create import create_or_open
from .database import check_size
from .explain import EXAMPLES, Limits, Rejected
from .feed import Feed
from .fresh import Comparing
from .known import known_counts
from .lanes import CORES, Lanes
from .leftovers import sweep_rejects
from .sources import Found, Source

COMMIT_ROWS = 100_000
COMMIT_BYTES = 34 << 20
"""A commit is closed when it holds this many rows, or rows made of this many bytes: one block."""


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
class Progress:
    """How far a run is: bytes and records read, and what became of those committed so far."""

    size_bytes: int
    lines: int
    total: Counts


@dataclass(frozen=True, slots=True)
class Request:
    """What to ingest and how.

    `observed_at` is when bare objects were read from the vendor; `now` is the load time of a
    commit; `memory` is what the database may hold while it reads; `progress` is told after each
    step how far the run is.
    """

    found: Found
    version: str
    observed_at: datetime | None = None
    limits: Limits = field(default_factory=Limits)
    memory: str = "512MB"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    progress: Callable[[Progress], None] = lambda progress: None

    def options(self) -> dict[str, Any]:
        """Return what besides its bytes decides what becomes of a line."""
        observed_at = self.observed_at.isoformat() if self.observed_at else None
        return {**asdict(self.limits), "observed_at": observed_at}


Cut = tuple[list[Part], Batch]
"""What goes into one commit."""

Tell = Callable[[int, int], None]
"""Is told how many bytes and lines were read."""

Reader = Callable[[Sequence[Source], Request, Tell], Generator[Cut, None, None]]


def ingest(root: Path, request: Request, read: Reader | None = None) -> Outcome:
    """Load sources into the ledger at `root`, which is made if it is not there.

    Each commit is whole on its own; running the same request again adds nothing. While one is
    written, the next is read.

    Args:
        root: folder of the ledger.
        request: what to load, and how.
        read: takes the sources apart, in their order; None: this machine does, as `cuts`.

    Raises:
        BadParameter: the memory is no size; nothing is made then.
        LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger.
        UnreadableInput: a source vanished since it was found.
    """
    check_size(request.memory)
    store = create_or_open(root)
    sweep_rejects(store)
    outcome = Outcome()
    options = request.options()
    known = known_counts(store, request.found.sources, request.version, options)
    for source, counts in known.items():
        outcome.sources[source.name] = counts
        outcome.total.add(counts)
    sources = [source for source in request.found.sources if source not in known]
    before = outcome.total.lines

    def tell(size_bytes: int, lines: int) -> None:
        request.progress(Progress(size_bytes, before + lines, outcome.total))

    with (
        closing(_Writer(store, request, outcome)) as writer,
        closing((read or cuts)(sources, request, tell)) as made,
    ):
        for parts, batch in made:
            writer.write(parts, batch)
    return outcome


def cuts(
    sources: Sequence[Source], request: Request, tell: Tell, cores: int = CORES
) -> Generator[Cut, None, None]:
    """Yield what goes into one commit each.

    Args:
        sources: read one after another.
        request: how to read.
        tell: is told after each step how far reading is.
        cores: how many blocks to read side by side.
    """
    lanes = Lanes(request.limits, request.observed_at, request.memory, cores)
    feed = Feed(sources)
    size = lines = 0
    with closing(lanes.steps(feed)) as steps:
        for step in steps:
            size += step
            rows = sum(part.lines for part in lanes.parts)
            tell(feed.size_bytes, lines + rows)
            if rows >= COMMIT_ROWS or size >= COMMIT_BYTES:
                yield lanes.cut()
                size, lines = 0, lines + rows
        if lanes.parts:
            yield lanes.cut()


class _Writer:
    """Makes one commit at a time, while the next is read."""

    def __init__(self, store: Store, request: Request, outcome: Outcome) -> None:
        self._store = store
        self._comparing = Comparing()
        self._request = request
        self._outcome = outcome
        self._thread = ThreadPoolExecutor(1, "commit")
        self._pending: Future[Committed] | None = None
        self._begun: str | None = None

    def write(self, parts: list[Part], batch: Batch) -> None:
        """Begin a commit, once the one before is done."""
        self._finish()
        examples = self._outcome.examples
        for part in parts:
            examples += [(part.source, each) for each in part.rejects[: EXAMPLES - len(examples)]]
        self._pending = self._thread.submit(
            commit,
            self._store,
            batch,
            parts,
            self._comparing,
            version=self._request.version,
            now=self._request.now(),
            options=self._request.options(),
            begun=self._begun,
            earlier=self._outcome.sources.get(parts[0].source),
        )

    def close(self) -> None:
        """Wait for the last commit."""
        try:
            self._finish()
        finally:
            self._thread.shutdown()
            self._comparing.close()

    def _finish(self) -> None:
        """Wait for the present commit and tell what it did.

        Raises:
            LedgerUnwritable: the disk is full, or the like.
        """
        pending, self._pending = self._pending, None
        if pending is None:
            return
        try:
            done = pending.result()
        except OSError as exc:
            raise LedgerUnwritable(
                f"cannot write `{self._store.root}`: {exc.strerror or exc}",
                hint="commits made so far stay; run the same command again to go on",
            ) from None
        for source, counts in done.counts.items():
            self._outcome.sources.setdefault(source, Counts()).add(counts)
            self._outcome.total.add(counts)
        if done.number is not None:
            self._begun = list(done.counts)[-1]
            self._outcome.commits.append(done.number)
