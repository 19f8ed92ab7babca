"""What tasks do with the events of a part: the SQL of everybody, over all that shares a chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

import pyarrow as pa

from ticketledger.models.schema import EVENTS
from ticketledger.queries.settings import bind

from .asked import (
    OF_ORGS,
    Asked,
    Batches,
    Learned,
    named,
    of_marts,
    of_views,
    tables,
)
from .giants import fold_apart, giant_of
from .packets import packed, unpacked
from .question import Question, sql_of

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


def habits(question: Question, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield what the tickets of a part tell of the senders' habits, summed."""
    with question.asked_of(_arrived(batches), once=False) as con:
        question.define(con, "ticket_habits")
        yield from packed("ticket_habits", con.sql(sql_of("summed_habits")).to_arrow_table())


def learn(question: Question, habits: Sequence[pa.Table], last: pa.Table) -> dict[str, pa.Table]:
    """Return the views that tell of the whole ledger: worked out once, given to every task.

    Args:
        question: as every task is told.
        habits: what parts told of senders.
        last: what splits told of their last events.
    """
    with question.asked_of(last.to_reader(), once=False) as con:
        question.define(con, "asked_at")
        asked_at = con.sql("FROM asked_at").to_arrow_table()
        if not habits:
            senders = question.schemas(of_views(["ticket_senders"]))["ticket_senders"]
            return {"asked_at": asked_at, "ticket_senders": senders.empty_table()}
        bind(con, "ticket_habits", pa.concat_tables(habits))
        question.define(con, "ticket_senders", given=["ticket_habits"])
        senders = con.sql("FROM ticket_senders ORDER BY org_id").to_arrow_table()
        return {"asked_at": asked_at, "ticket_senders": senders}


def fold(
    question: Question, learned: Learned, asked: Asked, giants: pa.Table, batches: Batches
) -> Iterator[pa.RecordBatch]:
    """Yield the answers for what came to a part, by their names.

    Args:
        question: as every task is told.
        learned: what `learn` returned.
        asked: of every part.
        giants: groups that are divided; of these also rows to be joined come.
        batches: with packets of events, of one part.
    """
    batches = iter(batches)
    first = next(batches, None)
    if first is None:
        return  # of nothing, nothing is told
    batches = chain([first], batches)
    giant = giant_of(giants, first["part"][0].as_py())
    if giant is None:
        yield from _fold(question, learned, asked, batches)
    else:
        yield from fold_apart(question, learned, asked, giant, batches)


def _fold(
    question: Question, learned: Learned, asked: Asked, batches: Batches
) -> Iterator[pa.RecordBatch]:
    with question.asked_of(_arrived(batches), once=False) as con:
        for name, rows in learned.items():
            bind(con, name, rows)
        question.define(con, asked.sql, given=tuple(learned))
        yield from asked.told(con)


def fold_orgs(
    question: Question, learned: Learned, schemas: Mapping[str, pa.Schema], batches: Batches
) -> Iterator[pa.RecordBatch]:
    """Yield the marts of `OF_ORGS` for a part.

    Args:
        question: as every task is told.
        learned: what `learn` returned.
        schemas: of `of_counted`.
        batches: with packets of these.
    """
    counted = {
        view: schemas[view].remove(schemas[view].get_field_index("part"))
        for view in OF_ORGS.values()
    }
    with question.asked_of(EVENTS.empty_table().to_reader(), once=False) as con:
        bind(con, "asked_at", learned["asked_at"])
        tables(con, counted, named(batches))
        for mart, view in OF_ORGS.items():
            sql = of_marts()[mart]
            question.define(con, sql, given=["asked_at", view, "tickets"])  # that is a column here
            yield from packed(mart, con.sql(sql).to_arrow_table())


def unpack(schema: pa.Schema, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield the rows of packets in a column `packet`."""
    for batch in batches:
        for rows in unpacked(batch["packet"]):
            yield rows.cast(schema)


def _arrived(batches: Batches) -> pa.RecordBatchReader:
    rows = (rows.cast(EVENTS) for name, rows in named(batches) if name == "events")
    return pa.RecordBatchReader.from_batches(EVENTS, rows)
