"""Calendars: the hours at which a team works, and by which of them a ticket goes.

`calendar_file.read_calendars` reads them. All times are local to the calendar's zone; a span
belongs to the day on which it starts, also when it ends on the next.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator

from .condition import Condition, Part
from .errors import nearest
from .spans import Span, read_spans, wrong
from .zones import UnknownZone, Zone, zone, zone_names

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _date(value: Any) -> date:
    text = value.isoformat() if type(value) is date else value
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise wrong(f"`{value}` is no date", "dates are written 2026-12-25")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong(f"`{value}`: no such date") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise wrong(f"`{value}` is beyond calendars", f"they run from {FIRST_DAY} to {LAST_DAY}")
    return day


def _zone(value: Any) -> Zone:
    try:
        return zone(str(value))
    except UnknownZone as exc:
        hint = nearest(exc.name, zone_names(), "an IANA name, for example Europe/Berlin")
        raise wrong(str(exc), hint) from None


Spans = Annotated[tuple[Span, ...], PlainValidator(read_spans)]
Day = Annotated[date, PlainValidator(_date)]


class Week(Part):
    """Spans by the day on which they start; a day without any is closed."""

    mon: Spans = ()
    tue: Spans = ()
    wed: Spans = ()
    thu: Spans = ()
    fri: Spans = ()
    sat: Spans = ()
    sun: Spans = ()

    def days(self) -> tuple[tuple[Span, ...], ...]:
        """Return the spans of Monday to Sunday."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)


class Version(Part):
    """Another week from a local date on, for the spans that start then or later."""

    valid_from: Day
    week: Week


class Calendar(Part):
    """Opening hours.

    Attributes:
        zone: where the times are local.
        week: the spans of each weekday, until the first version.
        days: dates that are not as their weekday; none: closed, but for the end of a span of the
            day before.
        versions: other weeks later on; ascending dates.
        skipped_times: what to do with a span that starts or ends at a time the zone's clock skips:
            refuse the file, or move it to the moment of the jump.
    """

    zone: Annotated[Zone, PlainValidator(_zone)]
    week: Week
    days: dict[Day, Spans] = Field(default_factory=dict)
    versions: tuple[Version, ...] = ()
    skipped_times: Literal["refuse", "move"] = "refuse"

    def weeks(self) -> list[tuple[date, str, Week]]:
        """Return from when on which week holds, with its key in the file; in order."""
        later = [
            (version.valid_from, f"versions[{number}].week", version.week)
            for number, version in enumerate(self.versions, 1)
        ]
        return [(date.min, "week", self.week), *later]

    def on(self, day: date) -> tuple[str, tuple[Span, ...]]:
        """Return the spans that start on a local date, and the key they are written under."""
        if day in self.days:
            return f"days.{day}", self.days[day]
        _, key, week = [each for each in self.weeks() if each[0] <= day][-1]
        return f"{key}.{WEEKDAYS[day.weekday()]}", week.days()[day.weekday()]


class Rule(Condition):
    """The calendar of tickets that are so; all conditions given must hold.

    Attributes:
        calendar: its name.
    """

    calendar: str


class Calendars(Part):
    """A file: calendars by name, and rules of which the first that fits chooses.

    Attributes:
        default: the calendar of tickets that no rule fits.
        state: which of a ticket's states the rules look at: the first that is known, so that no
            later change moves its past, or the last.
        calendars: by name.
        rules: in order.
    """

    default: str = ""
    state: Literal["first", "last"] = "first"
    calendars: Annotated[dict[str, Calendar], Field(min_length=1)]
    rules: tuple[Rule, ...] = ()

    def otherwise(self) -> str:
        """Return the calendar of tickets that no rule fits; empty when nothing says it."""
        if not self.default and len(self.calendars) == 1:
            return next(iter(self.calendars))
        return self.default
