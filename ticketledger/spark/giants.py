"""Groups too large for one task: divided by what events are about, and joined when that is folded.

What is told of one ticket, message or chat alone is folded in several parts at once. Whatever
stands on several of them, such as who spoke about which ticket, is made of what was folded, which
is a fraction of the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import pyarrow as pa

from ticketledger.models.schema import EVENTS
from ticketledger.queries.generations import CHAT_VIEWS, MESSAGE_VIEWS, TICKET_VIEWS
from ticketledger.queries.settings import bind
from ticketledger.queries.statement import definitions

from .asked import Asked, Batches, Learned, named, tables
from .packets import packed, unpacked
from .question import Question, sql_of

PART_EVENTS: Final = 100_000
"""About so many events of a giant come to a part."""

GIANT_EVENTS = 400_000
"""A group of more is a giant."""

_LINKS: Final = "ticket_messages"
"""Stands on what both tickets and messages tell, `ticket_links`."""

_OF_EVENTS: Final = frozenset(
    ("events", "filter_values", "ticket_actors", "ticket_links", *TICKET_VIEWS, *MESSAGE_VIEWS)
) - {_LINKS}
_OF_CHATS: Final = frozenset(CHAT_VIEWS)
APART: Final = _OF_EVENTS | _OF_CHATS
"""Views of which each row hangs on the events about one ticket, message or chat."""

_NOT_JOINED: Final = frozenset(("events", "filter_values"))
"""Those of them that nothing else is made of; a column of that name does no harm."""


def giants(sizes: Iterable[tuple[str, str, int]], parts: int) -> pa.Table:
    """Return the groups that are divided, and the parts among which each of them is.

    Args:
        sizes: organisation, group and number of events of each that has more than `GIANT_EVENTS`.
        parts: the number of the parts of everything else.

    Returns:
        Columns `org_id`, `of`, `number` from 0, `first` and `parts`, sorted.
    """
    rows = []
    first = parts
    for number, (org_id, of, events) in enumerate(sorted(sizes)):
        count = -(-events // PART_EVENTS)
        rows.append({"org_id": org_id, "of": of, "number": number, "first": first, "parts": count})
        first += count
    texts = [(name, pa.string()) for name in ("org_id", "of")]
    numbers = [(name, pa.int32()) for name in ("number", "first", "parts")]
    return pa.Table.from_pylist(rows, pa.schema(texts + numbers))


def parts_of(made: pa.Table) -> int:
    """Return the number of parts that giants have."""
    return sum(made["parts"].to_pylist())


def giant_of(made: pa.Table, part: int) -> int | None:
    """Return the number of the giant to which a part belongs, or None."""
    for row in made.to_pylist():
        if row["first"] <= part < row["first"] + row["parts"]:
            number: int = row["number"]
            return number
    return None


def joined_views(asked: Asked, learned: Iterable[str]) -> list[str]:
    """Return the views that are told apart of which the other answers are made, sorted."""
    others = _split(asked)[1]
    found = definitions(others.sql, APART | frozenset(learned))
    return sorted({each.name for each in found} & APART - _NOT_JOINED - frozenset(learned))


def fold_apart(
    question: Question, learned: Learned, asked: Asked, giant: int, batches: Batches
) -> Iterator[pa.RecordBatch]:
    """Yield what a part of a giant tells: answers, and rows to be joined, for a part of their own.

    Args:
        question, learned, asked: as `folds.fold`.
        giant: its number.
        batches: with packets of `events`, and of `chats` what events tell of chats.
    """
    packets = [
        (name, packet)
        for batch in batches
        for name, packet in zip(batch["name"].to_pylist(), batch["packet"], strict=True)
    ]
    answers = _split(asked)[0].answers
    wanted = joined_views(asked, learned)
    for kind, views in (("events", _OF_EVENTS), ("chats", _OF_CHATS)):
        mine = [packet for name, packet in packets if name == kind]
        names = [name for name in (*answers, *wanted) if name in views]
        if not mine or not names:
            continue
        schema = next(unpacked(mine[:1])).schema
        rows = pa.RecordBatchReader.from_batches(schema, unpacked(mine))
        with question.asked_of(rows, once=False) as con:
            for name, table in learned.items():
                bind(con, name, table)
            question.define(con, " ".join(names), given=tuple(learned))
            for name in answers:
                if name in views:
                    yield from packed(name, con.sql(f"FROM {name}").to_arrow_table())
            for name in wanted:
                if name in views:
                    sql = sql_of("messages_to_join") if name == "messages" else f"FROM {name}"
                    yield from packed(name, con.sql(sql).to_arrow_table(), asked.parts + giant)


def join(
    question: Question,
    learned: Learned,
    schemas: Mapping[str, pa.Schema],
    asked: Asked,
    batches: Batches,
) -> Iterator[pa.RecordBatch]:
    """Yield the other answers about a giant, made of what its parts told.

    Args:
        question, learned, asked: as `folds.fold`.
        schemas: of `joined_views`.
        batches: with packets of these.
    """
    with question.asked_of(EVENTS.empty_table().to_reader(), once=False) as con:
        con.execute("DROP VIEW ledger_events")  # who would need it is told so
        for name, table in learned.items():
            bind(con, name, table)
        tables(con, schemas, named(batches))
        others = _split(asked)[1]
        question.define(con, others.sql, given=(*learned, *schemas, *_NOT_JOINED))
        yield from others.told(con)


def _split(asked: Asked) -> tuple[Asked, Asked]:
    """Return what the parts of a giant answer by themselves, and the rest."""
    own: Sequence[str] = [
        name for name, sql in asked.answers.items() if name in APART and sql == f"FROM {name}"
    ]
    others = {name: sql for name, sql in asked.answers.items() if name not in own}
    return (
        replace(asked, answers={name: asked.answers[name] for name in own}, counted={}),
        replace(asked, answers=others),
    )
