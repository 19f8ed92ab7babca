"""The periods of the page, and the buckets of its charts over time."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from .session import local

PERIODS: Final = {"1w": 1, "4w": 4, "13w": 13, "all": None}
"""Weeks up to `as_of`, today included; None: everything."""

MOST_DAYS: Final = 10_000
"""Of more a chart has a bucket for each year."""

_GRAINS: Final = ((93, "day"), (800, "week"), (MOST_DAYS, "month"))
"""Up to so many days a chart over time has a bucket for each of these."""


def bounds(
    period: str, as_of: datetime, timezone: str
) -> tuple[datetime | None, tuple[datetime, datetime] | None]:
    """Return the start of a period on the clock of a zone, and the bounds of as much before it.

    None: there is no such time, for the calendar begins with the year 1.

    Args:
        period: a key of `PERIODS`.
        as_of: when it ends.
        timezone: IANA zone in which its days begin.
    """
    weeks = PERIODS[period]
    if weeks is None:
        return None, None
    now = local(as_of, timezone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    lead = timedelta(weeks=weeks)
    since = None
    with suppress(OverflowError):
        since = midnight - timedelta(days=7 * weeks - 1)
        return since, (since - lead, now - lead + timedelta(microseconds=1))
    return since, None


def grain_of(days: int) -> str:
    """Return the bucket that makes a readable number of them of so many days."""
    return next((grain for most, grain in _GRAINS if days <= most), "year")
