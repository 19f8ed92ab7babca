"""Any order of loads, repeats, crashes and compactions comes to what a small model says.

The model is two sets: the first delivery of an event counts, a bad line is kept once. A load that
crashed has stored some of its files' lines, whole commits of them, and nothing else. What a load
with narrow limits refused, a replay takes once. A feed is what it was, or what the ledger is.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import ticketledger
from tests.conftest import IS_NIGHTLY
from ticketledger.ingest.compaction import compact
from ticketledger.ingest.explain import Limits
from ticketledger.ingest.load import Outcome
from ticketledger.ingest.replaying import refused
from ticketledger.ingest.verification import verify
from ticketledger.models.errors import LedgerUnwritable
from ticketledger.models.store import open_store, read_footer
from ticketledger.queries import feed, publishing
from ticketledger.queries.statement import read_statement

from .crashes import storage_ends
from .made import dump, envelope, footers, line, load, stored, stored_rejects

GOOD: Final = [line(number) for number in range(12)]
RESPELLED: Final = [dump(envelope(number), indent=1).replace(b"\n", b" ") for number in range(4)]
BAD: Final = [b"bad", b"worse", b'{"event": "ticket.updated"}', b"\xff"]
DEEP: Final = [line(number, more={"a": {"b": [[number]]}}) for number in (20, 21, 22)]
POOL: Final = [*GOOD, *RESPELLED, *BAD, *DEEP]
IDS: Final = {text: f"T-{n}" for texts in (GOOD, RESPELLED) for n, text in enumerate(texts)} | {
    text: f"T-{n}" for n, text in enumerate(DEEP, 20)
}
NARROW: Final = Limits(max_depth=4)
"""Refuse all of DEEP, and nothing else of the pool that is good."""

TICKETS: Final = read_statement(
    "tickets",
    """/*---
title = "Tickets"
grain = "one row per event"
---*/
SELECT ticket_id FROM ledger_events ORDER BY ticket_id
""",
)
QUALITY: Final = read_statement(
    "completeness",
    """/*---
title = "Nothing"
grain = "one row"
[params.by]
type = "VARCHAR"
help = "as the report's"
---*/
SELECT '' AS org_id, 0 AS tickets, 0 AS events, 0 AS interior_gaps, 0 AS head_missing,
    1.0::DOUBLE AS coverage, 1.0::DOUBLE AS score, $by::VARCHAR AS bucket, $as_of::VARCHAR AS at
""",
)
"""A mart and a report that are soon made: how a feed is published is looked at, not its answers."""

loads = st.lists(st.sampled_from(POOL), min_size=1, max_size=8)
cuts = st.lists(st.integers(0, 8), max_size=2).map(sorted)


class Machine(RuleBasedStateMachine):
    """A ledger and its model, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "ledger"
        self.events: set[str] = set()
        self.rejects: set[bytes] = set()
        self.replayed: set[bytes] = set()
        self.last: tuple[list[bytes], bool] = [], False
        self.commits = 0
        self.fed: list[str] | None = None
        self.patched = pytest.MonkeyPatch()
        self.patched.setattr(publishing, "marts", lambda: {"tickets": TICKETS})
        self.patched.setattr(publishing, "find_report", lambda name: QUALITY)
        self.patched.setattr(feed, "statements", lambda room: {"tickets": TICKETS})
        load(self.root, self._file([]))

    def _file(self, texts: list[bytes], place: int = 0) -> Path:
        """Write a file under a name that its content and its place in the load have alone."""
        path = self.folder / f"{abs(hash(tuple(texts))):020}-{place}.jsonl"
        path.write_bytes(b"".join(text + b"\n" for text in texts))
        return path

    def _load(self, texts: list[bytes], ends: list[int], narrow: bool = False) -> Outcome:
        parts = [texts[a:b] for a, b in zip([0, *ends], [*ends, len(texts)], strict=True)]
        limits = NARROW if narrow else None
        return load(self.root, *map(self._file, parts, range(len(parts))), limits=limits)

    def _sorted(self, texts: list[bytes], narrow: bool) -> tuple[list[str], list[bytes]]:
        """Ids of the lines that are good, and the others."""
        good = [text for text in texts if text in IDS and not (narrow and text in DEEP)]
        return [IDS[text] for text in good], [text for text in texts if text not in good]

    def _expected(self, texts: list[bytes], narrow: bool) -> tuple[int, int, int, int]:
        """What a load of lines comes to: new and known events, all and known rejects."""
        told, bad = self._sorted(texts, narrow)
        fresh = set(told) - self.events
        known = len(bad) - len(set(bad) - self.rejects)
        return len(fresh), len(told) - len(fresh), len(bad), known

    def _take(self, texts: list[bytes], narrow: bool) -> None:
        told, bad = self._sorted(texts, narrow)
        self.events |= set(told)
        self.rejects |= set(bad)

    @rule(texts=loads, ends=cuts, narrow=st.booleans())
    def ingest(self, texts: list[bytes], ends: list[int], narrow: bool) -> None:
        expected = self._expected(texts, narrow)
        made = self._load(texts, ends, narrow)
        total = made.total
        assert made.lines == len(texts)
        told = (total.accepted, total.duplicates, total.rejected, total.known_rejects)
        assert told == expected
        is_new = bool(total.accepted or total.rejected > total.known_rejects)
        assert len(made.commits) == is_new
        self.commits += is_new
        self._take(texts, narrow)
        self.last = (texts, narrow)

    @precondition(lambda self: self.last[0])
    @rule(ends=cuts)
    def repeat(self, ends: list[int]) -> None:
        texts, narrow = self.last
        made = self._load(texts, ends, narrow)
        assert (made.accepted, made.commits) == (0, [])

    @rule(texts=loads, ends=cuts, narrow=st.booleans(), calls=st.integers(0, 12))
    def crash_in_a_load(
        self, texts: list[bytes], ends: list[int], narrow: bool, calls: int
    ) -> None:
        with storage_ends(calls), suppress(LedgerUnwritable):
            self._load(texts, ends, narrow)
        if self._has_more_commits():
            self._take(texts, narrow)

    def _has_more_commits(self) -> bool:
        """Whether something was published, whether or not that was acknowledged."""
        before, self.commits = self.commits, len(footers(self.root))
        return self.commits > before

    @rule(everything=st.booleans(), remove=st.booleans())
    def compact(self, everything: bool, remove: bool) -> None:
        compact(self.root, everything=everything, grace_s=0 if remove else 900)
        files = open_store(self.root).files()
        if everything:
            assert len(open_store(self.root).covering()) <= 2
        if remove:
            assert files == open_store(self.root).covering()

    @rule(calls=st.integers(0, 25), remove=st.booleans())
    def crash_in_a_compaction(self, calls: int, remove: bool) -> None:
        with storage_ends(calls), suppress(LedgerUnwritable):
            compact(self.root, everything=True, grace_s=0 if remove else 900)

    @rule()
    def clean_up(self) -> None:
        """What crashes and compactions left is gone, the rejects are in one file."""
        compact(self.root, everything=True, grace_s=0)
        load(self.root, self._file([]))
        assert list((self.root / "tmp").iterdir()) == []
        store = open_store(self.root)
        referred = {name for f in store.files() for name in read_footer(f.path)["rejects"]}
        assert {path.name for path in store.rejects.iterdir()} == referred
        assert len(referred) <= 2

    @rule()
    def replay(self) -> None:
        due = self._due()
        fresh = {IDS[text] for text in due} - self.events
        made = ticketledger.open(self.root).replay(refresh=False)
        assert (made.taken, made.total.accepted) == (len(due), len(fresh))
        assert len(made.commits) == bool(due)
        self.commits += bool(due)
        self._take_again(due)

    @rule(calls=st.integers(0, 12))
    def crash_in_a_replay(self, calls: int) -> None:
        due = self._due()
        with storage_ends(calls), suppress(LedgerUnwritable):
            ticketledger.open(self.root).replay(refresh=False)
        if self._has_more_commits():
            self._take_again(due)

    @rule()
    def publish(self) -> None:
        """The feed is the ledger's present; a second publish changes nothing."""
        ledger = ticketledger.open(self.root)
        ledger.publish(self.folder / "feed")
        self.fed = sorted(self.events)
        assert self._in_feed() == self.fed
        assert [mart.is_changed for mart in ledger.publish(self.folder / "feed")] == [False]

    @rule(calls=st.integers(0, 12))
    def crash_in_a_publish(self, calls: int) -> None:
        with storage_ends(calls), suppress(LedgerUnwritable):
            ticketledger.open(self.root).publish(self.folder / "feed")
        told = self._in_feed()
        assert told in (self.fed, sorted(self.events))
        self.fed = told

    def _in_feed(self) -> list[str] | None:
        """The rows of the mart as `_meta.json` names it; None: no feed yet."""
        root = self.folder / "feed"
        marts = feed.Feed(root).marts()
        if not marts:
            return None
        return list(pq.read_table(root / marts["tickets"].file).column("ticket_id").to_pylist())

    def _due(self) -> set[bytes]:
        """The refused lines that a replay has to take."""
        return {text for text in self.rejects if text in IDS} - self.replayed

    def _take_again(self, due: set[bytes]) -> None:
        self.replayed |= due
        self.events |= {IDS[text] for text in due}

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        assert sorted(row["ticket_id"] for row in stored(self.root)) == sorted(self.events)
        assert sorted(row["raw"] for row in stored_rejects(self.root)) == sorted(self.rejects)
        left = [row["raw"] for row in refused(open_store(self.root))]
        assert sorted(left) == sorted(self.rejects - self.replayed)
        records = footers(self.root)
        assert [record["number"] for record in records] == list(range(1, self.commits + 1))
        sources = [source for record in records for source in record["sources"]]
        assert sum(source["accepted"] for source in sources) == len(self.events)
        new_rejects = sum(source["rejected"] - source["known_rejects"] for source in sources)
        assert new_rejects == len(self.rejects)
        assert list(verify(open_store(self.root))) == []

    def teardown(self) -> None:
        self.patched.undo()
        shutil.rmtree(self.folder)


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=200 if IS_NIGHTLY else 3,
    stateful_step_count=40 if IS_NIGHTLY else 12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
