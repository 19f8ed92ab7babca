"""While a feed is published again and again, every read of it succeeds and is of one publish.

DuckDB reads `feed.duckdb`, or the names in `_meta.json`; Polars and Arrow read an open file of the
name that stays. By that name itself, all three open a file several times and can meet two of them.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY
from ticketledger.queries import publishing, statements
from ticketledger.queries.mart_file import write_mart

SECONDS = 60 if IS_NIGHTLY else 2
SOME = 6
PATIENCE_S = 120
"""On a busy machine it takes longer until every reader has read so often."""

DAYS = 3 if IS_NIGHTLY else 2
"""So many different feeds are published in turn, each as of nine days later in March."""

MARTS = ("tickets", "ticket_daily")
COUNTS = """
SELECT
    (SELECT count(*) FROM tickets WHERE place = 'active'),
    (SELECT sum(closing) FROM ticket_daily WHERE day_on = (SELECT max(day_on) FROM ticket_daily))
"""


def day(number: int) -> datetime:
    return datetime(2026, 3, 4, 12, tzinfo=UTC) + timedelta(days=9 * (number % DAYS))


def read_database(feed: Path) -> tuple[int, int]:
    """Both marts at once: they belong together."""
    with duckdb.connect(str(feed / "feed.duckdb"), read_only=True) as con:
        active, closing = con.sql(COUNTS).fetchall()[0]
    return active, int(closing)


def read_contents(feed: Path) -> tuple[int, int]:
    """The names that `_meta.json` says, each with a query of its own."""
    marts = json.loads((feed / "_meta.json").read_text())["marts"]
    with duckdb.connect() as con:
        for name in MARTS:
            con.execute(f"CREATE VIEW {name} AS FROM read_parquet('{feed / marts[name]['file']}')")
        active, closing = con.sql(COUNTS).fetchall()[0]
    return active, int(closing)


def read_open_file_with_polars(feed: Path) -> tuple[int, int]:
    """The name that stays, of one mart."""
    with (feed / "tickets.parquet").open("rb") as file:
        tickets = pl.read_parquet(file)
    active = tickets.filter(pl.col("place") == "active").height
    return active, active


def read_open_file_with_arrow(feed: Path) -> tuple[int, int]:
    with (feed / "tickets.parquet").open("rb") as file:
        places = pq.read_table(file)["place"].to_pylist()
    return places.count("active"), places.count("active")


READERS = (read_database, read_contents, read_open_file_with_polars, read_open_file_with_arrow)


def keep_reading(
    read: Callable[[Path], tuple[int, int]],
    feed: Path,
    right: list[int],
    stop: Event,
    had_some: Semaphore,
    told: Queue[Any],
) -> None:
    reads, wrong = 0, []
    while not stop.is_set():
        try:
            active, closing = read(feed)
            if active != closing or active not in right:
                wrong.append(f"{active} active, {closing} in the backlog")
        except Exception as exc:
            wrong.append(repr(exc))
        reads += 1
        sleep(0.01)  # leaves room for the publisher
        if reads == SOME:
            had_some.release()
    told.put((read.__name__, reads, wrong[:5]))


def write_again(made: Path, as_of: datetime | None, folder: Path) -> dict[str, tuple[Path, int]]:
    """Write the marts of an earlier publish anew; folding them would leave few publishes."""
    parts = {}
    for name in MARTS:
        table = pq.ParquetFile(made / str(as_of) / f"{name}.parquet").read()
        part = folder / f"{name}.parquet"
        parts[name] = (part, write_mart(table.to_reader(), part, name))
    return parts


def test_no_read_fails_or_is_wrong_while_feeds_are_published(
    demo: ticketledger.Ledger,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    chosen = {name: statements("marts")[name] for name in MARTS}
    monkeypatch.setattr(publishing, "marts", lambda: chosen)
    right = []
    for number in range(DAYS):
        made = tmp_path / "made" / str(day(number))
        demo.publish(made, as_of=day(number))
        right.append(read_database(made)[0])
    assert len(set(right)) == DAYS
    monkeypatch.setattr(
        publishing,
        "_write",
        lambda store, files, request, folder: (
            write_again(tmp_path / "made", request.as_of, folder),
            [],
        ),
    )
    feed = tmp_path / "feed"
    demo.publish(feed, as_of=day(0))
    context = multiprocessing.get_context("spawn")
    stop, had_some, told = context.Event(), context.Semaphore(0), context.Queue()
    workers = [
        context.Process(
            target=keep_reading, args=(read, feed, right, stop, had_some, told), daemon=True
        )
        for read in READERS
    ]
    for worker in workers:
        worker.start()
    published, begun, missing = 0, monotonic(), len(READERS)
    while monotonic() - begun < (PATIENCE_S if missing else SECONDS):
        missing -= missing > 0 and had_some.acquire(block=False)
        published += 1
        assert any(mart.is_changed for mart in demo.publish(feed, as_of=day(published)))
    stop.set()
    found = {name: (reads, wrong) for name, reads, wrong in (told.get(timeout=60) for _ in workers)}
    for worker in workers:
        worker.join(60)
    reads = sum(reads for reads, _ in found.values())
    record_property("feed", f"{published} publishes, {reads} reads, 0 failed or wrong")
    assert {name: wrong for name, (_, wrong) in found.items()} == {name: [] for name in found}
    assert min(reads for reads, _ in found.values()) >= SOME
    assert published > DAYS
