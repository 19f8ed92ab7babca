"""A file of calendars, read and checked; what is wrong is told with file, key, reason and hint."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from .calendar import WEEKDAYS, Calendar, Calendars, Part, Rule, Version, Week
from .errors import BadCalendar, nearest
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
    name = os.fspath(path)
    try:
        told = tomllib.loads(Path(name).read_text("utf-8"))
        made = Calendars.model_validate(told)
    except OSError as exc:
        raise BadCalendar(name, "", f"cannot be read: {exc.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise BadCalendar(name, "", f"is no TOML: {exc}") from None
    except ValidationError as exc:
        raise _refusal(name, exc) from None
    for key, reason, hint in _faults(made):
        raise BadCalendar(name, key, reason, hint=hint)
    return made


def _refusal(path: str, exc: ValidationError) -> BadCalendar:
    """Return the first fault as our own error; a misspelt key before what is missing without it."""
    error = min(exc.errors(), key=lambda each: each["type"] != "extra_forbidden")
    steps = error["loc"]
    match error["type"]:
        case "wrong":
            reason, hint = error["ctx"]["reason"], error["ctx"]["hint"]
        case "extra_forbidden":
            known = _keys(steps)
            reason = "unknown key"
            hint = nearest(str(steps[-1]), known, f"known are {', '.join(known)}")
        case "missing":
            reason, hint = "is missing", _WANTED.get(str(steps[-1]), "")
        case "too_short":
            reason, hint = "holds no calendar", _WANTED["calendars"]
        case "dict_type" | "model_type":
            reason, hint = "is no table", ""
        case "tuple_type":
            reason, hint = f"is no list of tables, `[[{_dotted(steps)}]]`", ""
        case _:
            reason, hint = error["msg"][0].lower() + error["msg"][1:], ""
    return BadCalendar(path, _dotted(steps), reason, hint=hint)


def _keys(steps: tuple[int | str, ...]) -> list[str]:
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


def _dotted(steps: tuple[int | str, ...]) -> str:
    """Return the path of a value; elements of lists are counted from 1."""
    made = ""
    for step in steps:
        if isinstance(step, int):
            made += f"[{step + 1}]"
        elif step != "[key]":
            made += f".{step}"
    return made.removeprefix(".")


def _faults(made: Calendars) -> Iterator[tuple[str, str, str]]:
    """Yield key, reason and hint of what no value alone shows."""
    for name, calendar in made.calendars.items():
        for key, reason, hint in _calendar_faults(calendar):
            yield f"calendars.{name}{key}", reason, hint
    if not made.otherwise():
        known = ", ".join(made.calendars)
        yield "default", "is missing", f"which of {known} is for tickets that no rule fits?"
    yield from _unknown("default", made.otherwise(), made)
    for number, rule in enumerate(made.rules, 1):
        key = f"rules[{number}]"
        yield from _unknown(f"{key}.calendar", rule.calendar, made)
        if rule.priority is None and rule.label is None and rule.org_id is None:
            yield key, "has no condition", "priority, label or org_id; or set `default`"


def _unknown(key: str, name: str, made: Calendars) -> Iterator[tuple[str, str, str]]:
    if name not in made.calendars:
        hint = nearest(name, made.calendars, f"known are {', '.join(made.calendars)}")
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
