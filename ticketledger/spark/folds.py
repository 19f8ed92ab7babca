"""What tasks do with the events of a part: the SQL of everybody, over all that shares a chat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import pyarrow as pa

from ticketledger.models.schema import EVENTS
from ticketledger.queries.settings import bind
from ticketledger.queries.statement import statements

from .packets import by_part, packed, unpacked
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

OF_ORGS: Final = {"ticket_daily": "ticket_moves", "messages_daily": "agent_messages"}
"""Marts whose rows tell of several parts, and the view that each of them counts."""

Batches = Iterable[pa.RecordBatch]
Learned = Mapping[str, pa.Table]


def of_views(names: Iterable[str]) -> dict[str, str]:
    """Return the query of each view."""
    return {name: f"FROM {name}" for name in names}


def of_marts() -> dict[str, str]:
    """Return the query of each mart of a feed."""
    return {name: mart.sql for name, mart in statements("marts").items()}


def of_counted() -> dict[str, str]:
    """Return the query of each view that marts of `OF_ORGS` count: its rows, and their part."""
    return {view: sql_of(f"{view}_by_org") for view in OF_ORGS.values()}


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
    question: Question, learned: Learned, asked: Mapping[str, str], batches: Batches
) -> Iterator[pa.RecordBatch]:
    """Yield the answers for what came to a part, by their names.

    Args:
        question: as every task is told.
        learned: what `learn` returned.
        asked: queries by name.
        batches: with packets of events.
    """
    with question.asked_of(_arrived(batches), once=False) as con:
        for name, rows in learned.items():
            bind(con, name, rows)
        question.define(con, " ".join(asked.values()), given=tuple(learned))
        for name, sql in asked.items():
            yield from packed(name, con.sql(sql).to_arrow_table())


def fold_marts(
    question: Question, learned: Learned, parts: int, batches: Batches
) -> Iterator[pa.RecordBatch]:
    """Yield the marts as `fold` does; of those of `OF_ORGS` what they count, by organisation."""
    asked = {name: sql for name, sql in of_marts().items() if name not in OF_ORGS}
    with question.asked_of(_arrived(batches), once=False) as con:
        for name, rows in learned.items():
            bind(con, name, rows)
        con.execute("SET VARIABLE parts = $parts", {"parts": parts})
        counted = of_counted()
        question.define(con, " ".join((*asked.values(), *counted.values())), given=tuple(learned))
        for name, sql in asked.items():
            yield from packed(name, con.sql(sql).to_arrow_table())
        for view, sql in counted.items():
            yield from by_part(view, con.sql(sql).to_arrow_table())


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
    came: dict[str, list[pa.RecordBatch]] = defaultdict(list)
    for batch in batches:
        for name, packet in zip(batch["name"].to_pylist(), batch["packet"], strict=True):
            came[name] += unpacked([packet])
    with question.asked_of(EVENTS.empty_table().to_reader(), once=False) as con:
        bind(con, "asked_at", learned["asked_at"])
        for mart, view in OF_ORGS.items():
            schema = schemas[view].remove(schemas[view].get_field_index("part"))
            rows = (rows.cast(schema) for rows in came[view])
            bind(con, view, pa.Table.from_batches(rows, schema))
            sql = of_marts()[mart]
            question.define(con, sql, given=["asked_at", view, "tickets"])  # that is a column here
            yield from packed(mart, con.sql(sql).to_arrow_table())


def unpack(schema: pa.Schema, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield the rows of packets in a column `packet`."""
    for batch in batches:
        for rows in unpacked(batch["packet"]):
            yield rows.cast(schema)


def _arrived(batches: Batches) -> pa.RecordBatchReader:
    packets = (packet for batch in batches for packet in batch["packet"])
    rows = (rows.cast(EVENTS) for rows in unpacked(packets))
    return pa.RecordBatchReader.from_batches(EVENTS, rows)
