"""Spans of a day at which a team works, as a file of calendars writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic_core import PydanticCustomError

DAY_MIN = 1_440
"""Minutes of a day on the clock, whatever the zone does."""

_SPAN = re.compile(r"(\d\d):([0-5]\d)\s*-\s*(\d\d):([0-5]\d)", re.ASCII)
_SPELLING = 'spans are written "09:00-17:30", "22:00-06:00" (over midnight), "00:00-24:00"'


def wrong(reason: str, hint: str = "") -> PydanticCustomError:
    """Return the error that a value is wrong; the file's reader tells it with its key."""
    return PydanticCustomError("wrong", "{reason}", {"reason": reason, "hint": hint})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from one time of day to another, in minutes after local midnight.

    `closes` is greater than `opens`; beyond 1440 it is on the next day.
    """

    opens: int
    closes: int

    def __str__(self) -> str:
        closes = self.closes if self.closes <= DAY_MIN else self.closes - DAY_MIN
        return f"{clock(self.opens)}-{clock(closes)}"


def clock(minutes: int) -> str:
    """Return a time of day as it is written."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def read_spans(value: Any) -> tuple[Span, ...]:
    """Return the spans of a day, in order.

    Raises:
        PydanticCustomError: `wrong` of a value that is no list of spans, or of two that overlap.
    """
    if not isinstance(value, list):
        raise wrong(f"`{value}` is no list of spans", '[] is closed, ["09:00-17:30"] is open')
    made = tuple(sorted(map(_span, value)))
    for former, later in pairwise(made):
        if later.opens < former.closes:
            raise wrong(f"`{former}` and `{later}` overlap", "spans may touch, not overlap")
    return made


def _span(value: Any) -> Span:
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise wrong(f"`{value}` is no span", _SPELLING)
    hour, minute, last_hour, last_minute = map(int, found.groups())
    opens, closes = hour * 60 + minute, last_hour * 60 + last_minute
    if opens >= DAY_MIN or closes > DAY_MIN:
        raise wrong(f"`{value}`: no such time of day", "24:00 is the last one, and only an end")
    if opens == closes:
        raise wrong(f"`{value}` has no length", 'a whole day is "00:00-24:00"')
    return Span(opens, closes if closes > opens else closes + DAY_MIN)
