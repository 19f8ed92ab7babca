"""Business time by walking from day to day: slow, and nothing in it but the definitions.

It reads the tables of a file of calendars as they are written, not the product's models of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(2100, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


class Walk:
    """One calendar, to be walked through."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told
        self.zone = ZoneInfo(told["zone"])
        self.known: dict[date, list[tuple[datetime, datetime]]] = {}

    def business_us(self, since: datetime, until: datetime) -> int | None:
        """Return the open microseconds from one instant to the other; None beyond 1970 to 2099."""
        if not (BEGIN <= since < END and BEGIN <= until < END):
            return None
        total = timedelta(0)
        day = self.local_date(since) - 2 * DAY
        while day <= self.local_date(until) + 2 * DAY:
            for opens_at, closes_at in self.on(day):
                total += max(min(closes_at, until) - max(opens_at, since), timedelta(0))
            day += DAY
        return total // MICROSECOND

    def business_at(self, since: datetime, target_us: int) -> datetime | None:
        """Return when it was open for so long since an instant; None beyond 1970 to 2099."""
        if not BEGIN <= since < END:
            return None
        left = timedelta(microseconds=target_us)
        if not left:
            return since
        day = self.local_date(since) - 2 * DAY
        while day < date(2100, 1, 3):
            for opens_at, closes_at in self.on(day):
                begins_at = max(opens_at, since)
                if closes_at - begins_at >= left:
                    return begins_at + left if begins_at + left <= END else None
                left -= max(closes_at - begins_at, timedelta(0))
            day += DAY
        return None

    def is_open(self, moment: datetime) -> bool | None:
        """Return whether it is open at an instant; None beyond 1970 to 2099."""
        if not BEGIN <= moment < END:
            return None
        here = self.local_date(moment)
        around = [here + number * DAY for number in (-2, -1, 0, 1, 2)]
        return any(opens <= moment < closes for day in around for opens, closes in self.on(day))

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return as instants the spans that start on a local date."""
        if day not in self.known:
            self.known[day] = [self.span(day, text) for text in self.spans(day)]
        return self.known[day]

    def spans(self, day: date) -> list[str]:
        """Return the spans of a local date in order: its own, else those of the week of then."""
        if str(day) in self.told.get("days", {}):
            return sorted(self.told["days"][str(day)])
        week = self.told["week"]
        for version in self.told.get("versions", []):
            if version["valid_from"] <= day:
                week = version["week"]
        return sorted(week.get(WEEKDAYS[day.weekday()], []))

    def span(self, day: date, text: str) -> tuple[datetime, datetime]:
        """Return the instants of a span; one that ends before it begins ends on the next day."""
        opens, closes = text.split("-")
        begin = datetime.combine(day, time.fromisoformat(opens))
        if closes == "24:00":
            end = datetime.combine(day + DAY, time(0))
        else:
            end = datetime.combine(day, time.fromisoformat(closes))
        return self.instant(begin), self.instant(end if end > begin else end + DAY)

    def instant(self, local: datetime) -> datetime:
        """Return the first instant at which the clock on the wall shows this time, or is past it.

        Python's rule (PEP 495): where a time is shown twice, fold 0 is the first; where it is
        skipped, fold 1 is before the jump and fold 0 behind it.
        """
        first = local.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        if self.wall(first) == local:
            return first
        before = local.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        after = first
        while after - before > SECOND:
            middle = before + (after - before) // SECOND // 2 * SECOND
            if self.wall(middle) >= local:
                after = middle
            else:
                before = middle
        return after

    def wall(self, moment: datetime) -> datetime:
        """Return what the clock on the wall shows."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def local_date(self, moment: datetime) -> date:
        """Return the date that it shows."""
        return self.wall(moment).date()


def clock(walk: Walk) -> tuple[Callable[[int, int], int], Callable[[int, int], int]]:
    """Return what a calendar counts between two instants, and when it has counted so much.

    All are microseconds. Both fail beyond the times that calendars know.
    """

    def at(micros: int) -> datetime:
        return BEGIN + timedelta(microseconds=micros)

    def business(since: int, until: int) -> int:
        found = walk.business_us(at(since), at(until))
        assert found is not None
        return found

    def business_at(since: int, target: int) -> int:
        found = walk.business_at(at(since), target)
        assert found is not None
        return (found - BEGIN) // MICROSECOND

    return business, business_at
