"""A file of calendars, read and checked; what is wrong is told with file, key, reason and hint."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import pairwise

from .calendar import WEEKDAYS, Calendar, Calendars, Rule, Version, Week
from .condition import Part
from .errors import BadCalendar, nearest
from .settings_file import Steps, read_settings
from .spans import DAY_MIN, Span, clock
from .zones import DAY_S

_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)
_RECENT_S = 50 * 365 * DAY_S
"""About 2020: a jump since then makes the better example."""

_WANTED = {
    "calendars": "begin with `[calendars.support]`",
    "zone": "an IANA name, for example Europe/Berlin",
    "week": 'the spans of each weekday, for example `mon = ["09:00-17:30"]`',
}
_APART = "spans may touch, not overlap"
_ORDER = "versions go up from date to date"
_MOVE = 'end it before or start it after the jump, or say `skipped_times = "move"`'


def read_calendars(path: str | os.PathLike[str]) -> Calendars:
    """Return the calendars of a TOML file.

    Raises:
        BadCalendar: the file cannot be read, is no TOML, or says something that cannot be: an
            unknown key, zone or calendar, spans that overlap, a week without any, an edge at a time
            that the zone skips.
    """
    made = read_settings(path, Calendars, BadCalendar, _keys, _WANTED)
    for key, reason, hint in _faults(made):
        raise BadCalendar(os.fspath(path), key, reason, hint=hint)
    return made


def _keys(steps: Steps) -> list[str]:
    """Return the keys that may stand where the last step does."""
    match steps[:-1]:
        case ():
            part: type[Part] = Calendars
        case ("rules", *_):
            part = Rule
        case (*_, "week"):
            part = Week
        case ("calendars", _, "versions", *_):
            part = Version
        case _:
            part = Calendar
    return list(part.model_fields)


def _faults(made: Calendars) -> Iterator[tuple[str, str, str]]:
    """Yield key, reason and hint of what no value alone shows."""
    for name, calendar in made.calendars.items():
        for key, reason, hint in _calendar_faults(calendar):
            yield f"calendars.{name}{key}", reason, hint
    if not made.otherwise():
        known = ", ".join(made.calendars)
        yield "default", "is missing", f"which of {known} is for tickets that no rule fits?"
    yield from unknown_calendar("default", made.otherwise(), made.calendars)
    for number, rule in enumerate(made.rules, 1):
        key = f"rules[{number}]"
        yield from unknown_calendar(f"{key}.calendar", rule.calendar, made.calendars)
        if not rule.asks():
            yield key, "has no condition", "priority, label or org_id; or set `default`"


def unknown_calendar(key: str, name: str, known: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield key, reason and hint when no calendar has this name."""
    if name not in known:
        hint = nearest(name, known, f"known are {', '.join(known)}")
        yield key, f"no calendar named `{name}`", hint


def _calendar_faults(calendar: Calendar) -> Iterator[tuple[str, str, str]]:
    weeks = calendar.weeks()
    for _, key, week in weeks:
        if not any(week.days()):
            yield f".{key}", "no day has a span: it would never be open", "close dates in `days`"
    begins = [begin for begin, _, _ in weeks]
    for number, (former, begin) in enumerate(pairwise(begins), 1):
        if begin <= former:
            yield f".versions[{number}].valid_from", "is not after the one before", _ORDER
            return
    yield from _overlaps(calendar, begins[1:])
    if calendar.skipped_times == "refuse":
        yield from _skipped(calendar)


def _overlaps(calendar: Calendar, begins: list[date]) -> Iterator[tuple[str, str, str]]:
    """Yield spans that run into those of the next day, in a week and where it is left."""
    for _, week_key, week in calendar.weeks():
        days = week.days()
        for number, spans in enumerate(days):
            if reason := _overlap(days[number - 1], spans):
                yield f".{week_key}.{WEEKDAYS[number]}", reason, _APART
    for day in sorted({*calendar.days, *begins}):
        for later in (day, day + _DAY):
            key, spans = calendar.on(later)
            if reason := _overlap(calendar.on(later - _DAY)[1], spans):
                yield f".{key}", f"{reason} on {later}", _APART


def _overlap(former: tuple[Span, ...], later: tuple[Span, ...]) -> str:
    if former and later and former[-1].closes - DAY_MIN > later[0].opens:
        return f"`{former[-1]}` of the day before and `{later[0]}` overlap"
    return ""


def _skipped(calendar: Calendar) -> Iterator[tuple[str, str, str]]:
    """Yield spans with an edge that the zone's clock skips; a skipped day skips no times."""
    recent_first = sorted(calendar.zone.skipped(), key=lambda jump: jump[0] < _RECENT_S)
    for before, after in recent_first:
        if after - before >= DAY_S:
            continue
        last = _EPOCH + timedelta(days=after // DAY_S)
        for day in (last - 2 * _DAY, last - _DAY, last):
            midnight = (day - _EPOCH).days * DAY_S
            key, spans = calendar.on(day)
            for span in spans:
                for minutes in (span.opens, span.closes):
                    if before < midnight + minutes * 60 < after:
                        yield (
                            f".{key}",
                            f"`{span}` on {day}: there is no {clock(minutes % DAY_MIN)}",
                            _MOVE,
                        )
