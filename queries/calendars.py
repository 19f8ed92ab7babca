"""Calendars as tables: when each is open, and by which of them a ticket goes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, islice
from operator import sub

import pyarrow as pa
import pyarrow.compute as pc

from ticketledger.models.calendar import Calendars, Rule
from ticketledger.models.openings import Openings, openings
from ticketledger.models.zones import BEGIN_S, END_S

_SECOND_US = 1_000_000
_INSTANT = pa.timestamp("us", "UTC")
_SEGMENTS = pa.schema(
    {"calendar": pa.string(), "open_at": _INSTANT, "close_at": _INSTANT, "cum_us": pa.int64()}
)
_RULES = pa.schema(
    {
        "position": pa.int64(),
        "state": pa.string(),
        "calendar": pa.string(),
        "priorities": pa.list_(pa.int16()),
        "labels": pa.list_(pa.string()),
        "org_ids": pa.list_(pa.string()),
    }
)


def segments(calendars: Calendars) -> pa.Table:
    """Return the rows of `calendar_segments`, by calendar and in order.

    Each calendar begins at 1970 (if need be with a segment without length) and ends with a row at
    2100 that has only `open_at`: what the clock shows before and after these is NULL.
    """
    return pa.concat_tables(
        _segments(name, openings(calendar)) for name, calendar in calendars.calendars.items()
    )


def _segments(name: str, opened: Openings) -> pa.Table:
    opens, closes = opened
    if not opens or opens[0] > BEGIN_S:
        opens, closes = [BEGIN_S, *opens], [BEGIN_S, *closes]
    before = accumulate(map(sub, closes, opens), initial=0)  # one more, of the last row
    columns = [
        pa.repeat(pa.scalar(name), len(opens) + 1),
        _microseconds([*opens, END_S]).cast(_INSTANT),
        _microseconds([*closes, None]).cast(_INSTANT),
        _microseconds([*islice(before, len(opens)), None]),
    ]
    return pa.table(columns, schema=_SEGMENTS)


def _microseconds(seconds: Sequence[int | None]) -> pa.Array:
    return pc.multiply(pa.array(seconds, pa.int64()), _SECOND_US)


def rules(calendars: Calendars) -> pa.Table:
    """Return the rows of `calendar_rules`; the last is the default and fits every ticket."""
    made: list[dict[str, object]] = [
        {
            "calendar": rule.calendar,
            "priorities": rule.priority,
            "labels": rule.label,
            "org_ids": rule.org_id,
        }
        for rule in (*calendars.rules, Rule(calendar=calendars.otherwise()))
    ]
    for position, row in enumerate(made, 1):
        row |= {"position": position, "state": calendars.state}
    return pa.Table.from_pylist(made, schema=_RULES)
