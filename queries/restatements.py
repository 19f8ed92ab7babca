"""What a report said, what it says now, and the events that made the difference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from ticketledger.models.errors import BadParameter
from ticketledger.models.store import Store

from .causes import Between, Ticket
from .drill import by_ticket, is_of_tickets
from .failures import reading
from .run import Answer, find_report, last_event_at, opened_report
from .settings import Settings
from .statement import Statement

_TYPES = {
    "report": "VARCHAR",
    "cell": "VARCHAR",
    "column": "VARCHAR",
    "value_then": "VARCHAR",
    "value_now": "VARCHAR",
    "delta": "DOUBLE",
    "ticket_ids": "VARCHAR[]",
    "causing_event_ids": "VARCHAR[]",
    "known_at_then": "TIMESTAMP WITH TIME ZONE",
    "known_at_now": "TIMESTAMP WITH TIME ZONE",
}
_ARROW = {
    "DOUBLE": pa.float64(),
    "VARCHAR[]": pa.list_(pa.string()),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
}
_SCHEMA = pa.schema({name: _ARROW.get(kind, pa.string()) for name, kind in _TYPES.items()})

Key = tuple[Any, ...]
Row = dict[str, Any]
Rows = dict[Key, Row]


@dataclass(frozen=True, slots=True)
class Restated:
    """Where two answers of one report differ."""

    rows: pa.Table

    def answer(self) -> Answer:
        """Return the rows as an answer, to be written."""
        return Answer(_TYPES, {}, self.rows.to_reader())


def restate(
    store: Store,
    name: str,
    params: Mapping[str, object] | None = None,
    *,
    then: datetime,
    now: datetime | None = None,
    timezone: str = "UTC",
    settings: Settings | None = None,
) -> Restated:
    """Compare what a report said at one instant with what it says at another.

    Both answers are about the same events up to `as_of`, by default the last one known then; they
    differ in what of these was known. One row per cell and column that differs, by cell and column,
    with the tickets whose part in it is another (of a share that none has alone, whose part in the
    row is), and the events about them that came between.

    Args:
        store: an open store.
        name: of a report.
        params: as in `answer_report`.
        then: only commits at or before this instant existed.
        now: the same for the other answer; None: all commits.
        timezone: IANA zone in which days begin.
        settings: opening hours and promises; None: always open, nothing promised.

    Raises:
        UnknownReport, BadParameter: as `answer_report`; or `now` is not after `then`.
    """
    if then is None:
        raise BadParameter("`then` is missing", hint="an instant up to which commits existed")
    if now is not None and now <= then:
        raise BadParameter(f"`{now}` is not after `{then}`", hint="first the earlier instant")
    report = find_report(name)
    given = dict(params or {})
    if given.get("as_of") is None:
        given["as_of"] = last_event_at(store, then) or last_event_at(store, now)
    (before, was), (after, is_now) = (
        _told(store, report, given, known_at, timezone, settings) for known_at in (then, now)
    )
    parts = [was, is_now]
    found = [
        (row | {"report": name, "known_at_then": then, "known_at_now": now}, tickets)
        for key in sorted({*before, *after}, key=lambda key: str(_text(key)))
        for row, tickets in _differences(report, key, before.get(key), after.get(key), parts)
    ]
    changed = {ticket for _, tickets in found for ticket in tickets}
    fresh = Between(store, then, now, given["as_of"]).about(changed)
    rows = [
        row
        | {
            "ticket_ids": [ticket_id for _, ticket_id in tickets],
            "causing_event_ids": sorted({e for each in tickets for e in fresh.get(each, [])}),
        }
        for row, tickets in found
    ]
    return Restated(pa.Table.from_pylist(rows, schema=_SCHEMA))


def _told(
    store: Store,
    report: Statement,
    given: Mapping[str, object],
    known_at: datetime | None,
    timezone: str,
    settings: Settings | None,
) -> tuple[Rows, dict[Key, Rows]]:
    """The cells of a report, and what each ticket adds to each; of one session."""
    opened = opened_report(
        store, report.name, given, known_at=known_at, timezone=timezone, settings=settings
    )
    parts: dict[Key, Rows] = {}
    with opened as (con, _, values), reading(store):
        found = con.sql(report.sql, params=values).to_arrow_table().to_pylist()
        if is_of_tickets(report):
            for row in by_ticket(con, report, values, {}).to_arrow_table().to_pylist():
                ticket = (row["org_id"], row["ticket_id"])
                parts.setdefault(_key(report, row), {})[ticket] = row
    return {_key(report, row): row for row in found}, parts


def _key(report: Statement, row: Row) -> Key:
    return tuple(row[name] for name in report.key)


def _differences(
    report: Statement,
    key: Key,
    before: Row | None,
    after: Row | None,
    parts: list[dict[Key, Rows]],
) -> Iterator[tuple[Row, list[Ticket]]]:
    """Yield the columns that differ, each with the tickets whose part in it does."""
    was, is_now = (part.get(key, {}) for part in parts)
    changed = [ticket for ticket in {*was, *is_now} if was.get(ticket) != is_now.get(ticket)]
    cell = dict(zip(report.key, map(_text, key), strict=True))
    for column in report.columns:
        values = [None if row is None else row[column] for row in (before, after)]
        if column in report.key or values[0] == values[1]:
            continue
        of_column = [
            ticket
            for ticket in changed
            if was.get(ticket, {}).get(column) != is_now.get(ticket, {}).get(column)
        ]
        row = {
            "cell": json.dumps(cell, ensure_ascii=False),
            "column": column,
            "value_then": _text(values[0]),
            "value_now": _text(values[1]),
            "delta": _delta(*values),
        }
        yield row, sorted(of_column or changed)


def _delta(then: Any, now: Any) -> float | None:
    """Now less then, of numbers; a row that is missing counted nothing."""
    numbers = [0 if each is None else each for each in (then, now)]
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in numbers):
        return None
    return float(numbers[1] - numbers[0])


def _text(value: Any) -> str | None:
    match value:
        case None | str():
            return value
        case datetime():
            return value.isoformat()
        case tuple():
            return json.dumps([_text(each) for each in value])
        case bool() | list() | dict():
            return json.dumps(value, default=str)
        case _:
            return str(value)
