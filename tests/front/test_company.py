"""Ingesters, a compactor, a publisher and three readers at once: each event once, every read a
true moment.

The inputs overlap. Every read must show a whole number of commits, and never fewer than the read
before: one reader uses the Python API, the others open `catalog.duckdb` and `feed.duckdb` from
processes of their own.
"""

from __future__ import annotations

import json
import multiprocessing
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

import duckdb

import ticketledger
from tests.conftest import IS_NIGHTLY
from ticketledger.ingest.verification import verify
from ticketledger.models.store import open_store
from ticketledger.queries import publishing, statements

from ..ingest.made import dump, envelope, footers, stored, stored_rejects

SECONDS = 60 if IS_NIGHTLY else 20
PAUSE_S = 0.1 if IS_NIGHTLY else 1.0
"""Between two turns of a worker: the quick form leaves room for the others."""

PATIENCE_S = 120
"""On a busy machine it takes longer until everybody had a turn."""

GRACE_S = 15.0
"""Longer than any read of these readers takes, also on a busy machine."""

WARM = ["ticketledger.ledger", "ticketledger.ingest.load", "ticketledger.ingest.compaction"]
"""Imported once for all processes; none of them opens a database when imported."""

READERS = ("api", "catalog", "feed")
INGESTERS = 4 if IS_NIGHTLY else 2
LINES = 40
"""In each file; a third of them is in other ingesters' files, too."""

EVENTS = "SELECT batch, count(*) AS events FROM events GROUP BY batch ORDER BY batch"
LOADED = "SELECT batch, sum(accepted)::BIGINT AS accepted FROM loads GROUP BY batch ORDER BY batch"
REFUSED = "SELECT sum(rejected - known_rejects)::BIGINT FROM loads"
BOTH = "SELECT (SELECT count(*) FROM tickets), (SELECT count(DISTINCT ticket_id) FROM events)"


@dataclass
class Seen:
    """What a reader saw: how often it read, and what was wrong."""

    who: str
    done: Queue[Any]
    reads: int = 0
    commits: int = 0
    wrong: list[str] = field(default_factory=list)

    def check(
        self,
        events: dict[int, int],
        loaded: dict[int, int],
        tickets: tuple[int, int],
        rejects: tuple[int, int],
    ) -> None:
        """A moment: commits from 1 on without gap, all of each, all the former ones among them."""
        last = max(loaded, default=0)
        if sorted(loaded) != list(range(1, last + 1)):
            self.wrong.append(f"commits {sorted(loaded)}")
        if {batch: count for batch, count in loaded.items() if count} != events:
            self.wrong.append(f"rows {events} of {loaded}")
        if tickets[0] != tickets[1]:
            self.wrong.append(f"{tickets[0]} tickets of {tickets[1]}")
        if rejects[0] != rejects[1]:
            self.wrong.append(f"{rejects[0]} rejects of {rejects[1]}")
        if last < self.commits:
            self.wrong.append(f"{last} commits after {self.commits}")
        self.commits = last
        self.reads += 1
        self.done.put(("turn", self.who))


def file_of(ingester: int, turn: int) -> bytes:
    """The lines of one load; every third event belongs to all ingesters, and bad lines recur."""
    chance = random.Random(f"{ingester}/{turn}")
    told = []
    for number in range(LINES):
        owner = 1 if number % 3 == 0 else ingester + 2
        ticket = 1_000_000 * owner + turn * LINES + number
        told.append(dump(envelope(ticket, priority=ticket % 5)))
    told += [b"bad %d" % turn, b"bad %d" % chance.randrange(10)]
    chance.shuffle(told)
    return b"\n".join(told)


def ingest(root: Path, number: int, stop: Event, done: Queue[Any]) -> None:
    ledger = ticketledger.open(root)
    export = root.parent / f"{number}.jsonl"
    turn = 0
    while not stop.is_set():
        export.write_bytes(file_of(number, turn))
        ledger.ingest([export], refresh=number == 0 and turn % 2 == 1)
        if turn % 4 == 3:
            assert ledger.ingest([export], refresh=False).commits == []
        turn += 1
        stop.wait(PAUSE_S)
    done.put(("ingester", number, turn))


def compact(root: Path, number: int, stop: Event, done: Queue[Any]) -> None:
    ledger = ticketledger.open(root)
    merged = removed = 0
    while not stop.wait(0.3):
        made = ledger.compact(grace_s=GRACE_S)
        merged, removed = merged + made.merged, removed + made.removed
        if made.merged:
            done.put(("turn", "compactor"))
    done.put(("compactor", merged, removed))


def publish(root: Path, number: int, stop: Event, done: Queue[Any]) -> None:
    """Publish one mart after every other moment: it takes long enough."""
    publishing.marts = lambda: {"tickets": statements("marts")["tickets"]}
    ledger = ticketledger.open(root)
    turns = 0
    while not stop.wait(PAUSE_S):
        turns += any(mart.is_changed for mart in ledger.publish(root.parent / "feed"))
        done.put(("turn", "publisher"))
    done.put(("publisher", turns))


def read_the_feed(root: Path, number: int, stop: Event, done: Queue[Any]) -> None:
    """As any tool: opens the feed's database anew for each moment; it only grows."""
    feed, wrong, reads, last = root.parent / "feed", [], 0, 0
    while not stop.wait(PAUSE_S / 4):
        if not (feed / "feed.duckdb").exists():
            continue
        with duckdb.connect(str(feed / "feed.duckdb"), read_only=True) as con:
            query = "SELECT count(*), count(DISTINCT ticket_id), sum(event_count) FROM tickets"
            told = con.sql(query).fetchall()[0]
        if not last <= told[0] == told[1] == told[2]:
            wrong.append(f"{told} after {last}")
        last = told[0]
        reads += 1
        done.put(("turn", "feed"))
    done.put(("reader", "feed", reads, wrong))


def read_by_api(root: Path, number: int, stop: Event, done: Queue[Any]) -> None:
    """One query sees one moment: rows, counts, rejects and states are of the same commits."""
    seen = Seen("api", done)
    ledger = ticketledger.open(root)
    query = (
        f"SELECT (SELECT map_from_entries(list(row(batch, events))) FROM ({EVENTS})) AS events,"
        f" (SELECT map_from_entries(list(row(batch, accepted))) FROM ({LOADED})) AS loaded,"
        f" (SELECT [a, b] FROM ({BOTH}) AS t (a, b)) AS tickets,"
        f" [(SELECT count(*) FROM rejects), ({REFUSED})] AS rejects"
    )
    while not stop.wait(PAUSE_S):
        (row,) = ledger.sql(query, to="arrow").to_pylist()
        seen.check(
            dict(row["events"]), dict(row["loaded"]), tuple(row["tickets"]), tuple(row["rejects"])
        )
    done.put(("reader", seen.who, seen.reads, seen.wrong))


def read_the_catalog(root: Path, number: int, stop: Event, done: Queue[Any]) -> None:
    """As any tool: opens the catalog anew for each moment, and waits for no lock."""
    seen = Seen("catalog", done)
    while not stop.wait(PAUSE_S / 4):
        with duckdb.connect(str(root / "catalog.duckdb"), read_only=True) as con:
            seen.check(
                dict(con.sql(EVENTS).fetchall()),
                dict(con.sql(LOADED).fetchall()),
                con.sql(BOTH).fetchall()[0],
                con.sql(f"SELECT (SELECT count(*) FROM rejects), ({REFUSED})").fetchall()[0],
            )
    done.put(("reader", seen.who, seen.reads, seen.wrong))


Job = Callable[[Path, int, Event, "Queue[Any]"], None]


def work(job: Job, root: Path, number: int, stop: Event, done: Queue[Any]) -> None:
    """Do a job until told to stop; an error ends it and is told."""
    try:
        job(root, number, stop, done)
    except BaseException as exc:
        done.put(("error", job.__name__, repr(exc), repr(exc.__context__)))


def together(root: Path, jobs: list[Job]) -> list[tuple[Any, ...]]:
    """Run the jobs side by side until all had their turns; returns what they told at their end."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(WARM)
    stop, done = context.Event(), context.Queue()
    workers = [
        context.Process(target=work, args=(job, root, number, stop, done), daemon=True)
        for number, job in enumerate(jobs)
    ]
    for worker in workers:
        worker.start()
    told: list[tuple[Any, ...]] = []
    turns: Counter[str] = Counter()
    begun = monotonic()

    def is_enough() -> bool:
        everybody = turns["compactor"] and min(turns[who] for who in READERS) > (
            1 if IS_NIGHTLY else 0
        )
        commits = open_store(root).covering()[-1].last
        return (
            bool(everybody)
            and monotonic() - begun > SECONDS
            and commits > (10 if IS_NIGHTLY else 3)
        )

    while not is_enough() and monotonic() - begun < PATIENCE_S and not told:
        with suppress(Empty):
            kind, *rest = done.get(timeout=0.2)
            turns[rest[0]] += kind == "turn"
            told += [] if kind == "turn" else [(kind, *rest)]
    stop.set()
    while len(told) < len(workers):
        kind, *rest = done.get(timeout=120)
        told += [] if kind == "turn" else [(kind, *rest)]
    for worker in workers:
        worker.join(60)
    return told


def test_nobody_loses_doubles_waits_or_sees_half(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    root = tmp_path / "ledger"
    first = tmp_path / "first.jsonl"
    first.write_bytes(dump(envelope(99)))
    ticketledger.open(root).ingest([first])
    readers = [read_by_api, read_the_catalog, read_the_feed]
    told = together(root, [*[ingest] * INGESTERS, compact, publish, *readers])
    assert [each for each in told if each[0] == "error"] == []
    assert [each[3] for each in told if each[0] == "reader"] == [[], [], []]
    turns = {each[1]: each[2] for each in told if each[0] == "ingester"}
    lines = [
        line
        for number, count in turns.items()
        for turn in range(count)
        for line in file_of(number, turn).split(b"\n")
    ]
    tickets = {json.loads(line)["data"]["ticket_id"] for line in lines if line[:1] == b"{"}
    once = Counter({"T-99": 1} | dict.fromkeys(tickets, 1))
    assert Counter(row["ticket_id"] for row in stored(root)) == once
    bad = sorted({line for line in lines if line[:1] != b"{"})
    assert sorted(row["raw"] for row in stored_rejects(root)) == bad
    assert [commit["number"] for commit in footers(root)] == list(range(1, len(footers(root)) + 1))
    assert list(verify(open_store(root))) == []
    merged, removed = next(each[1:] for each in told if each[0] == "compactor")
    published = next(each[1] for each in told if each[0] == "publisher")
    reads = {each[1]: each[2] for each in told if each[0] == "reader"}
    record_property(
        "company",
        f"{len(footers(root))} commits of {INGESTERS} ingesters, {merged} files merged,"
        f" {removed} removed, {published} published, {reads['api']} reads by API,"
        f" {reads['catalog']} of the catalog, {reads['feed']} of the feed, 0 wrong",
    )
    assert min(turns.values()) > 0
    assert min(reads.values()) > 1
    assert published > 0
    assert merged > 1
    assert removed > 0 or not IS_NIGHTLY
    ticketledger.open(root).compact(everything=True, grace_s=0)
    assert len(open_store(root).files()) == 2
    assert Counter(row["ticket_id"] for row in stored(root)) == once
    assert list(verify(open_store(root))) == []
