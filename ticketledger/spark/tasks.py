"""What a task does: DuckDB, in memory, over the rows that came to it; the SQL is that of everybody.

Each function takes Arrow batches in and yields Arrow batches, as Spark's `mapInArrow` wants them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ticketledger.models.quiet import quiet
from ticketledger.models.schema import EVENTS, INSTANT
from ticketledger.queries.folding import STAGED
from ticketledger.queries.generations import SERVED
from ticketledger.queries.session import as_table, limit_memory
from ticketledger.queries.settings import Settings, bind
from ticketledger.queries.statement import definitions, statements

from .packets import packed, unpacked
from .splits import Split

VIEWS: Final = (
    "events",
    "tickets",
    "tickets_all",
    "ticket_history",
    "ticket_changes",
    "ticket_gaps",
    "ticket_metrics",
    "chats",
    "chat_members",
    "messages",
)
"""Views that can be asked for."""

_ROUTED_ROWS: Final = 50_000  # a packet has those of one part among so many
TOLD_PLACES = pa.schema([(name, pa.string()) for name in ("org_id", "thing", "place")])
LAST = pa.schema([("event_at", INSTANT), ("loaded_at", INSTANT)])
BY_PART = pa.schema([("part", pa.int32()), ("packet", pa.binary())])
BY_VIEW = pa.schema([("view", pa.string()), ("packet", pa.binary())])

Batches = Iterable[pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class Question:
    """What every task is told: both clocks, the settings, and what DuckDB may use of memory."""

    as_of: datetime | None
    known_at: datetime | None
    settings: Settings
    memory: str

    @contextmanager
    def asked_of(
        self, rows: pa.RecordBatchReader, *, once: bool = True
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection on one core whose `ledger_events` are these rows.

        Args:
            rows: stored events.
            once: they are read one time, as they come; otherwise they are kept in a table.
        """
        with (
            TemporaryDirectory(prefix="ticketledger-") as folder,
            quiet(duckdb.connect()) as con,
        ):
            con.execute("SET TimeZone = 'UTC'")
            con.execute("SET threads = 1")  # Spark has a task for every core
            limit_memory(con, self.memory, Path(folder))
            self.settings.tell(con)
            for name, instant in (("as_of", self.as_of), ("known_at", self.known_at)):
                if instant is not None:
                    con.execute(f"SET VARIABLE {name} = $instant", {"instant": instant})
            con.register("arriving" if not once else "arrived", rows)
            if not once:
                con.execute(_sql("taken"))
            con.execute(_sql("arrived_events"))
            yield con

    def define(
        self, con: duckdb.DuckDBPyConnection, views: Sequence[str], given: Sequence[str] = ()
    ) -> None:
        """Define views and what they stand on; what many stand on is worked out once."""
        there = frozenset(("ledger_events", *given))
        for statement in definitions(" ".join(views), there):
            if statement.name in there:
                continue
            rows = self.settings.bound(statement.name)
            if rows is not None:
                bind(con, statement.name, rows)
                continue
            is_kept = statement.kept or statement.name in (*SERVED, *STAGED)
            con.execute(as_table(statement.sql) if is_kept else statement.sql)


def view_schema(question: Question, view: str) -> pa.Schema:
    """Return the columns that a view has."""
    with question.asked_of(EVENTS.empty_table().to_reader(), once=False) as con:
        question.define(con, [view])
        return con.sql(f"FROM {view}").to_arrow_table().schema


# --- over splits ------------------------------------------------------------------------------


def read(question: Question, view: str, given: Iterable[Split]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a view that knows no neighbours, split by split."""
    for split in given:
        with question.asked_of(split.read()) as con:
            question.define(con, [view])
            yield from con.sql(f"FROM {view}").to_arrow_reader(10_000)


def places(question: Question, given: Iterable[Split]) -> Iterator[pa.RecordBatch]:
    """Yield organisation, thing and place of everything that events name."""
    for split in given:
        with question.asked_of(split.read()) as con:
            con.execute(_sql("event_subjects"))
            yield from con.sql(_sql("told_places")).to_arrow_reader(10_000)


def last_events(question: Question, given: Iterable[Split]) -> Iterator[pa.RecordBatch]:
    """Yield instant and load of the last event of each split that has one."""
    for split in given:
        with question.asked_of(split.read("event_at", "loaded_at")) as con:
            yield from con.sql(_sql("last_event")).to_arrow_reader()


def route(
    question: Question, groups: pa.Table, parts: int, given: Iterable[Split]
) -> Iterator[pa.RecordBatch]:
    """Yield packets of events and the part that each packet goes to."""
    for split in given:
        with question.asked_of(split.read()) as con:
            con.execute(_sql("event_subjects"))
            con.register("met", groups)
            con.execute("SET VARIABLE parts = $parts", {"parts": parts})
            for rows in con.sql(_sql("routed_events")).to_arrow_reader(_ROUTED_ROWS):
                yield from _by_part(pa.Table.from_batches([rows]).sort_by("part"))


def _by_part(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    numbers = pc.run_end_encode(rows["part"].combine_chunks())
    rows = rows.drop_columns(["part"])
    begin = 0
    for part, end in zip(numbers.values, numbers.run_ends.to_pylist(), strict=True):
        for packet in packed(rows.slice(begin, end - begin)):
            yield pa.record_batch([[part.as_py()], [packet]], schema=BY_PART)
        begin = end


# --- over parts -------------------------------------------------------------------------------


def habits(question: Question, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield what the tickets of a part tell of the senders' habits, summed."""
    with question.asked_of(_arrived(batches), once=False) as con:
        question.define(con, ["ticket_habits"])
        yield from _told("ticket_habits", con.sql(_sql("summed_habits")).to_arrow_table())


def fold(
    question: Question,
    learned: dict[str, pa.Table],
    views: Sequence[str],
    batches: Batches,
) -> Iterator[pa.RecordBatch]:
    """Yield packets of each view's rows for what came to a part."""
    with question.asked_of(_arrived(batches), once=False) as con:
        for name, rows in learned.items():
            bind(con, name, rows)
        question.define(con, views, given=tuple(learned))
        for view in views:
            yield from _told(view, con.sql(f"FROM {view}").to_arrow_table())


def unpack(schema: pa.Schema, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield the rows of packets in a column `packet`."""
    for batch in batches:
        for rows in unpacked(batch.column("packet")):
            yield rows.cast(schema)


def learn(question: Question, habits: Sequence[pa.Table], last: pa.Table) -> dict[str, pa.Table]:
    """Return the views that tell of the whole ledger: worked out once, given to every task.

    Args:
        question: as every task is told.
        habits: what parts told of senders.
        last: what splits told of their last events.
    """
    with question.asked_of(last.to_reader(), once=False) as con:
        question.define(con, ["asked_at"])
        asked_at = con.sql("FROM asked_at").to_arrow_table()
        if not habits:
            senders = view_schema(question, "ticket_senders").empty_table()
            return {"asked_at": asked_at, "ticket_senders": senders}
        bind(con, "ticket_habits", pa.concat_tables(habits))
        question.define(con, ["ticket_senders"], given=["ticket_habits"])
        senders = con.sql("FROM ticket_senders ORDER BY org_id").to_arrow_table()
        return {"asked_at": asked_at, "ticket_senders": senders}


def _told(view: str, rows: pa.Table) -> Iterator[pa.RecordBatch]:
    for packet in packed(rows):
        yield pa.record_batch([[view], [packet]], schema=BY_VIEW)


def _arrived(batches: Batches) -> pa.RecordBatchReader:
    packets = (packet for batch in batches for packet in batch.column("packet"))
    return pa.RecordBatchReader.from_batches(
        EVENTS, (rows.cast(EVENTS) for rows in unpacked(packets))
    )


def _sql(name: str) -> str:
    return statements("spark")[name].sql
