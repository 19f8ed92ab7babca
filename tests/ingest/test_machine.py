"""Any order of loads, repeats, crashes and compactions comes to what a small model says.

The model is a dictionary: the first delivery of an event counts, a bad line is kept once. A load
that crashed has stored some of its files' lines, whole commits of them, and nothing else.
`publish` and more of `replay` have their place beside `compact`, as rules of their own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import ticketledger
from ticketledger.ingest.compaction import compact
from ticketledger.ingest.load import Outcome
from ticketledger.ingest.verification import verify
from ticketledger.models.errors import LedgerUnwritable
from ticketledger.models.store import open_store, read_footer

from .crashes import storage_ends
from .made import dump, envelope, footers, line, load, stored, stored_rejects

GOOD: Final = [line(number) for number in range(12)]
RESPELLED: Final = [dump(envelope(number), indent=1).replace(b"\n", b" ") for number in range(4)]
BAD: Final = [b"bad", b"worse", b'{"event": "ticket.updated"}', b"\xff"]
POOL: Final = [*GOOD, *RESPELLED, *BAD]
IDS: Final = {text: f"T-{n}" for texts in (GOOD, RESPELLED) for n, text in enumerate(texts)}

loads = st.lists(st.sampled_from(POOL), min_size=1, max_size=8)
cuts = st.lists(st.integers(0, 8), max_size=2).map(sorted)
IS_LONG = os.environ.get("TICKETLEDGER_TEST_SIZE") == "nightly"


class Machine(RuleBasedStateMachine):
    """A ledger and its model, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "ledger"
        self.events: set[str] = set()
        self.rejects: set[bytes] = set()
        self.lines = 0
        self.last: list[bytes] = []
        self.commits = 0
        load(self.root, self._file([]))

    def _file(self, texts: list[bytes]) -> Path:
        """Write a file of its own content, under its own name."""
        path = self.folder / f"{abs(hash(tuple(texts))):020}.jsonl"
        path.write_bytes(b"".join(text + b"\n" for text in texts))
        return path

    def _load(self, texts: list[bytes], ends: list[int]) -> Outcome:
        parts = [texts[a:b] for a, b in zip([0, *ends], [*ends, len(texts)], strict=True)]
        return load(self.root, *map(self._file, parts))

    def _expected(self, texts: list[bytes]) -> tuple[int, int, int, int]:
        """What a load of lines comes to: new and known events, all and known rejects."""
        fresh = {IDS[text] for text in texts if text in IDS} - self.events
        told = sum(text in IDS for text in texts)
        bad = [text for text in texts if text not in IDS]
        return len(fresh), told - len(fresh), len(bad), len(bad) - len(set(bad) - self.rejects)

    def _take(self, texts: list[bytes]) -> None:
        self.events |= {IDS[text] for text in texts if text in IDS}
        self.rejects |= {text for text in texts if text not in IDS}

    @rule(texts=loads, ends=cuts)
    def ingest(self, texts: list[bytes], ends: list[int]) -> None:
        expected = self._expected(texts)
        made = self._load(texts, ends)
        total = made.total
        assert made.lines == len(texts)
        told = (total.accepted, total.duplicates, total.rejected, total.known_rejects)
        assert told == expected
        is_new = bool(total.accepted or total.rejected > total.known_rejects)
        assert len(made.commits) == is_new
        self.commits += is_new
        self._take(texts)
        self.last = texts

    @precondition(lambda self: self.last)
    @rule(ends=cuts)
    def repeat(self, ends: list[int]) -> None:
        made = self._load(self.last, ends)
        assert (made.accepted, made.commits) == (0, [])

    @rule(texts=loads, ends=cuts, calls=st.integers(0, 12))
    def crash_in_a_load(self, texts: list[bytes], ends: list[int], calls: int) -> None:
        with storage_ends(calls), suppress(LedgerUnwritable):
            self._load(texts, ends)
        commits = len(footers(self.root))
        if commits > self.commits:  # it was published, whether or not that was acknowledged
            self._take(texts)
        self.commits = commits

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
        """No line of the pool is acceptable later."""
        assert ticketledger.open(self.root).replay(refresh=False).taken == 0

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        assert sorted(row["ticket_id"] for row in stored(self.root)) == sorted(self.events)
        assert sorted(row["raw"] for row in stored_rejects(self.root)) == sorted(self.rejects)
        records = footers(self.root)
        assert [record["number"] for record in records] == list(range(1, self.commits + 1))
        sources = [source for record in records for source in record["sources"]]
        assert sum(source["accepted"] for source in sources) == len(self.events)
        new_rejects = sum(source["rejected"] - source["known_rejects"] for source in sources)
        assert new_rejects == len(self.rejects)
        assert list(verify(open_store(self.root))) == []

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=200 if IS_LONG else 12,
    stateful_step_count=40 if IS_LONG else 12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
