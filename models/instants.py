"""Every spelling of an instant that the vendor and its recorders use, to UTC microseconds."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any, Final, overload

from .errors import BadParameter

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Moment = date | str
"""What a Python program may say for an instant: a datetime, a day, or text as `parse_instant`."""

_SECONDS_FROM: Final = 100_000_000
"""Smaller numbers are no epoch seconds (1973): `20260304` is a slip."""

_MILLISECONDS_FROM: Final = 100_000_000_000
"""Epoch numbers from here on are milliseconds (1973); below, seconds (up to the year 5138)."""

_TEXT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?"
    r" ?([Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_NUMBER = re.compile(r"\d{9,17}(?:\.\d{1,12})?", re.ASCII)


class BadInstant(ValueError):
    """The text or number is not an instant."""


def parse_instant(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """Return the instant in UTC, cut to microseconds; None for null and for an empty text.

    Takes ISO 8601 with `T` or a space; offsets `Z`, `+00`, `+0530`, `+05:30`; without an offset
    it is on the clock of `zone`, the earlier one if that shows it twice, and a date alone is its
    midnight there; epoch seconds or milliseconds as number or text (contract section 8).

    Raises:
        BadInstant: anything else, days and hours that do not exist included.
    """
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise BadInstant("expected a date and time")
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            return _from_text(text, zone)
        value = Decimal(text)
    return _from_epoch(Decimal(value))


@overload
def on_clock(moment: Moment, zone: tzinfo = UTC) -> datetime: ...


@overload
def on_clock(moment: None, zone: tzinfo = UTC) -> None: ...


def on_clock(moment: Moment | None, zone: tzinfo = UTC) -> datetime | None:
    """Return the instant of a Python value, told as texts are; None for None.

    Without an offset it is on the clock of `zone`, and a day is its midnight there.

    Raises:
        BadParameter: it is no instant.
    """
    match moment:
        case None:
            return None
        case datetime():
            local = moment
        case date():
            local = datetime.combine(moment, time())
        case _:
            return _told(moment, zone)
    return local if local.tzinfo else local.replace(tzinfo=zone).astimezone(UTC)


def _told(text: object, zone: tzinfo) -> datetime:
    with suppress(BadInstant):
        if isinstance(text, str) and (instant := parse_instant(text, zone)):
            return instant
    raise BadParameter(f"`{text}` is no instant", hint="for example 2026-03-01T09:00:00Z")


def microseconds(instant: datetime) -> int:
    """Return whole microseconds since 1970-01-01 UTC."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def _from_epoch(number: Decimal) -> datetime:
    if abs(number) >= Decimal(10) ** 17:
        raise BadInstant("epoch number out of range")
    if abs(number) < _SECONDS_FROM:
        raise BadInstant("too small for an epoch number")
    scale = 1_000 if abs(number) >= _MILLISECONDS_FROM else 1_000_000
    try:
        return EPOCH + timedelta(microseconds=int(number * scale))
    except OverflowError:
        raise BadInstant("epoch number out of range") from None


def _from_text(text: str, zone: tzinfo) -> datetime:
    match = _TEXT.fullmatch(text)
    if not match:
        raise BadInstant("not a date and time")
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        local = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "").ljust(6, "0")[:6]),
            tzinfo=_zone(offset) if offset else zone,
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInstant("no such date and time") from None


def _zone(offset: str) -> tzinfo:
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:
        raise BadInstant("no such offset")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-shift if offset[0] == "-" else shift)
