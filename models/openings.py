"""When a calendar is open: its spans as instants, one after the other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from itertools import chain, pairwise
from typing import NamedTuple

from .calendar import Calendar
from .spans import Span
from .zones import BEGIN_S, DAY_S, END_S

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _END = _EPOCH - 3, _EPOCH + END_S // DAY_S + 3
"""Days whose spans may reach into the time that calendars know, as ordinals."""


class Openings(NamedTuple):
    """When it opens and when it closes, in seconds since 1970-01-01 UTC; ascending and apart."""

    opens: list[int]
    closes: list[int]


def openings(calendar: Calendar) -> Openings:
    """Return all openings from the beginning of 1970 to the end of 2099, in UTC.

    Raises:
        ValueError: spans overlap; `read_calendars` refuses such a calendar.
    """
    edges = _edges(calendar)
    if edges != sorted(edges):
        raise ValueError("the spans of a calendar overlap")
    instants = calendar.zone.instants(edges)
    opens, closes = instants[::2], instants[1::2]
    if len(set(instants)) < len(instants):
        opens, closes = _apart(opens, closes)
    known = slice(bisect_right(closes, BEGIN_S), bisect_left(opens, END_S))
    opens, closes = opens[known], closes[known]
    if opens:
        opens[0], closes[-1] = max(opens[0], BEGIN_S), min(closes[-1], END_S)
    return Openings(opens, closes)


def _apart(opening: list[int], closing: list[int]) -> tuple[list[int], list[int]]:
    """Return the same openings, those that touch as one, and none that takes no time."""
    opens: list[int] = []
    closes: list[int] = []
    for opens_at, closes_at in zip(opening, closing, strict=True):
        if opens_at == closes_at:  # the clock skipped the whole span
            continue
        if closes and opens_at == closes[-1]:
            closes[-1] = closes_at
        else:
            opens.append(opens_at)
            closes.append(closes_at)
    return opens, closes


def _edges(calendar: Calendar) -> list[int]:
    """Return when spans start and end on the zone's own clock, in turn."""
    special = {day.toordinal(): _seconds(spans) for day, spans in calendar.days.items()}
    weeks = calendar.weeks()
    begins = [max(begin.toordinal(), _FIRST) for begin, _, _ in weeks]
    made: list[int] = []
    for (_, _, week), (begin, end) in zip(weeks, pairwise([*begins, _END]), strict=True):
        plan = [_seconds(spans) for spans in week.days()]
        made += [
            (day - _EPOCH) * DAY_S + time
            for day in range(begin, end)
            for time in special.get(day, plan[(day - 1) % 7])
        ]
    return made


def _seconds(spans: tuple[Span, ...]) -> list[int]:
    return list(chain.from_iterable((span.opens * 60, span.closes * 60) for span in spans))
