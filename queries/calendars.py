"""Calendars as tables: when each is open, and by which of them a ticket goes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import accumulate, islice
from operator import sub
from typing import TYPE_CHECKING

import pyarrow as pa

from ticketledger.models.calendar import Calendars, Rule
from ticketledger.models.openings import Openings, openings
from ticketledger.models.zones import BEGIN_S, END_S

if TYPE_CHECKING:
    from .policies import Rows

_SECOND_US = 1_000_000
_INSTANT = pa.timestamp("us", "UTC")
_SEGMENTS = pa.schema(
    {"calendar": pa.string(), "open_at": _INSTANT, "close_at": _INSTANT, "cum_us": pa.int64()}
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
        _repeated(name, len(opens) + 1),
        _microseconds([*opens, END_S], _INSTANT),
        _microseconds([*closes, 0], _INSTANT, is_open_ended=True),
        _microseconds([*islice(before, len(opens)), 0], pa.int64(), is_open_ended=True),
    ]
    return pa.table(columns, schema=_SEGMENTS)


def _microseconds(
    seconds: Iterable[int], of_type: pa.DataType, *, is_open_ended: bool = False
) -> pa.Array:
    """Return seconds as microseconds; the last is NULL where the end is open.

    From a buffer: `pa.array` imports pandas where it is installed, for a third of a second.
    """
    values = array("q", [each * _SECOND_US for each in seconds])
    count = len(values)
    valid = None
    if is_open_ended:
        valid = pa.py_buffer(((1 << (count - 1)) - 1).to_bytes((count + 7) // 8, "little"))
    return pa.Array.from_buffers(of_type, count, [valid, pa.py_buffer(values)])


def _repeated(text: str, count: int) -> pa.Array:
    told = text.encode()
    ends = array("i", [len(told) * number for number in range(count + 1)])
    return pa.StringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(told * count))


def rules(calendars: Calendars) -> Rows:
    """Return the rows of `calendar_rules`; the last is the default and fits every ticket."""
    return [
        {
            "position": position,
            "state": calendars.state,
            "calendar": rule.calendar,
            "priorities": rule.priority,
            "labels": rule.label,
            "org_ids": rule.org_id,
        }
        for position, rule in enumerate((*calendars.rules, Rule(calendar=calendars.otherwise())), 1)
    ]
