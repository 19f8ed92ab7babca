"""Random calendars, as the tables of a file, and intervals that lie close to their edges."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from ..twin.calendars import WEEKDAYS, Walk

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",  # half an hour off, and until 2011 its jumps came a minute after midnight
    "Australia/Lord_Howe",  # jumps half an hour
    "Africa/Casablanca",  # jumps back and forth around Ramadan
    "Africa/Cairo",  # jumps at midnight
    "Asia/Kolkata",
    "Pacific/Apia",  # has no 30 December 2011
)

ODD_DATES = (
    date(1996, 2, 29),
    date(2011, 12, 29),
    date(2011, 12, 30),
    date(2011, 12, 31),
    date(2026, 3, 8),
    date(2026, 3, 28),
    date(2026, 3, 29),
    date(2026, 4, 4),
    date(2026, 4, 24),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2026, 12, 24),
    date(2026, 12, 25),
    date(2027, 1, 1),
)
"""Leap days, jumps of the zones above, holidays."""

_DAY = timedelta(days=1)
_US = timedelta(microseconds=1)
_LENGTHS_S = (1, 3_600, 86_400, 7 * 86_400, 60 * 86_400)
_TARGETS_US = (0, 1, 3_600_000_000, 4 * 3_600_000_000, 20 * 3_600_000_000)

Interval = tuple[datetime, datetime, int]
"""Since, until, and a target in microseconds."""


@st.composite
def calendars(draw: st.DrawFn) -> dict[str, Any]:
    """Return one calendar: several spans a day, overnight ones, holidays, half days, versions."""
    early = draw(st.sampled_from((0, 60, 150, 300)))  # nights end by then, and days begin then
    dates = st.sampled_from(ODD_DATES)
    versions = draw(st.lists(dates, max_size=2, unique=True).map(sorted))
    return {
        "zone": draw(st.sampled_from(ZONES)),
        "week": draw(_weeks(early)),
        "days": {
            str(day): draw(_days(early)) for day in draw(st.lists(dates, max_size=3, unique=True))
        },
        "versions": [{"valid_from": day, "week": draw(_weeks(early))} for day in versions],
        "skipped_times": "move",
    }


def _weeks(early: int) -> st.SearchStrategy[dict[str, list[str]]]:
    days = st.dictionaries(st.sampled_from(WEEKDAYS), _days(early), min_size=1, max_size=7)
    return days.filter(lambda week: any(week.values()))


@st.composite
def _days(draw: st.DrawFn, early: int) -> list[str]:
    times = st.one_of(
        st.sampled_from(range(early, 1_441, 30)), st.integers(min_value=early, max_value=1_440)
    )
    edges = sorted(draw(st.lists(times, max_size=6, unique=True)))
    spans = [f"{_clock(a)}-{_clock(b)}" for a, b in zip(edges[::2], edges[1::2], strict=False)]
    if len(edges) % 2 and edges[-1] < 1_440:
        ends = draw(st.integers(min_value=0, max_value=early))
        if ends < edges[-1]:
            spans.append(f"{_clock(edges[-1])}-{_clock(ends)}")
    return draw(st.permutations(spans))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def intervals(told: dict[str, Any], seed: int, count: int) -> list[Interval]:
    """Return so many intervals of all lengths; half of their ends are on or beside an edge."""
    chance = random.Random(seed)
    walk = Walk(told)
    moments = [_moment(walk, chance) for _ in range(count)]
    made = []
    for since in moments:
        until = chance.choice(moments)
        if chance.random() < 0.9 or abs(until - since) > 1_500 * _DAY:
            until = since + chance.choice(_LENGTHS_S) * chance.random() * timedelta(seconds=1)
        if chance.random() < 0.02:
            until = datetime(1969 + chance.choice((0, 1, 130, 131)), 1, 1, tzinfo=UTC)
            since = until - chance.choice((-1, 0, 1, 10**12)) * _US
        made.append((since, until, chance.choice(_TARGETS_US)))
    return made


def _moment(walk: Walk, chance: random.Random) -> datetime:
    day = chance.choice(ODD_DATES) + chance.randint(-4, 4) * _DAY
    edges = [edge for opened in walk.on(day) for edge in opened]
    if edges and chance.random() < 0.5:
        return chance.choice(edges) + chance.choice((-1, 0, 0, 1)) * _US
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight + chance.randrange(86_400_000_000) * _US
