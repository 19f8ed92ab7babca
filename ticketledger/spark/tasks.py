"""What tasks do with the stored events: read them, see where things are, send them to their part.

Like those of `folds`, the functions yield Arrow batches, as Spark's `mapInArrow` wants them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import duckdb
import pyarrow as pa

from ticketledger.models.schema import INSTANT

from .packets import by_part
from .question import Question, sql_of
from .splits import Split

TOLD_PLACES: Final = pa.schema(
    [*((name, pa.string()) for name in ("org_id", "thing", "place")), ("events", pa.int64())]
)
LAST: Final = pa.schema([("event_at", INSTANT), ("loaded_at", INSTANT)])

_TELLING: Final = (
    "org_id",
    "object_type",
    "ticket_id",
    "chat_id",
    "message_id",
    "ticket",
    "ticket_before",
    "message",
    "chat_keys",
    "message_keys",
    "data",
    "data_attached_messages",
    "event_at",
    "loaded_at",
)
"""Columns that tell what an event is about, and when: the rest is not read for that."""

_OF_CHATS: Final = (
    "event_id",
    "event_type",
    "chat",
    "chat_before_keys",
    "chat_before",
    "members",
    "form",
)
"""Columns that views of chats read as well."""

_BATCH_ROWS: Final = 10_000
_ROUTED_ROWS: Final = 50_000  # a packet has those of one part among so many


def read(question: Question, view: str, given: Iterable[Split]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a view that knows no neighbours, split by split."""
    for split in given:
        with question.asked_of(split.read()) as con:
            question.define(con, view)
            yield from con.sql(f"FROM {view}").to_arrow_reader(_BATCH_ROWS)


def places(question: Question, given: Iterable[Split]) -> Iterator[pa.RecordBatch]:
    """Yield where everything is that events name, and how many go by a place (`TOLD_PLACES`)."""
    for split in given:
        with question.asked_of(split.read(*_TELLING)) as con:
            _define_subjects(question, con)
            yield from con.sql(sql_of("told_places")).to_arrow_reader(_BATCH_ROWS)


def _define_subjects(question: Question, con: duckdb.DuckDBPyConnection) -> None:
    question.define(con, "part_of_info quoted_id short_id")  # the macros it calls
    con.execute(sql_of("event_subjects"))


def last_events(question: Question, given: Iterable[Split]) -> Iterator[pa.RecordBatch]:
    """Yield instant and load of the last event of each split that has one (`LAST`)."""
    for split in given:
        with question.asked_of(split.read("event_at", "loaded_at")) as con:
            yield from con.sql(sql_of("last_event")).to_arrow_reader()


def route(
    question: Question, groups: pa.Table, giants: pa.Table, parts: int, given: Iterable[Split]
) -> Iterator[pa.RecordBatch]:
    """Yield the events, each to the part of its group (`PACKETS`).

    Args:
        question: as every task is told.
        groups: what `met` returns.
        giants: groups that are divided; what their events tell of chats comes as well.
        parts: number of the parts of all others.
        given: splits.
    """
    wanted = {"events": (), "chats": (*_TELLING, *_OF_CHATS)} if len(giants) else {"events": ()}
    for split in given:
        for name, columns in wanted.items():
            with question.asked_of(split.read(*columns)) as con:
                _define_subjects(question, con)
                con.register("met", groups)
                con.register("giants", giants)
                con.execute(sql_of("event_groups"))
                con.execute("SET VARIABLE parts = $parts", {"parts": parts})
                for rows in con.sql(sql_of(f"routed_{name}")).to_arrow_reader(_ROUTED_ROWS):
                    yield from by_part(name, pa.Table.from_batches([rows]))
