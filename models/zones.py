"""Time zones: the instant at which a zone's clock shows a local time, and the times it skips.

Those of calendars become instants nowhere else in ticketledger. The database has zones of its own,
in another edition: it is given instants and never asked for them.

A local time is a number of seconds since 1970-01-01 00:00 on the zone's own clock.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from .errors import BadParameter

DAY_S = 86_400
BEGIN_S = 0
"""1970-01-01 in UTC: the first instant that calendars know."""

END_S = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
"""The first instant that they do not know any more."""

_MARGIN_S = 30 * DAY_S
"""Local times of the first and the last day may be two days off; more does no harm."""

_STEP_S = 3 * DAY_S
"""Since 1970 no zone has changed its offset twice within six days."""


class UnknownZone(ValueError):
    """The IANA time zone database has no zone of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no time zone named `{name}`")
        self.name = name


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as periods of one offset each.

    Attributes:
        name: IANA name.
        begins: instants at which the periods begin, in seconds, ascending.
        offsets: seconds that the clock is ahead of UTC in each.
        ends: what the clock would show at the end of each period, ascending.
    """

    name: str
    begins: tuple[int, ...]
    offsets: tuple[int, ...]
    ends: tuple[int, ...]

    def instants(self, times: Sequence[int]) -> list[int]:
        """Return the first instants, in seconds, at which the clock shows these times or later.

        Where a time is shown twice that is its first occurrence; where the clock skips it, the
        moment of the jump.

        Args:
            times: local times in ascending order, of 1969-12-10 to 2100-01-20.
        """
        made: list[int] = []
        since = 0
        for begin, offset, end in zip(self.begins, self.offsets, self.ends, strict=True):
            until = bisect_left(times, end, since)
            jumped = bisect_left(times, begin + offset, since, until)
            made += [begin] * (jumped - since)
            made += [time - offset for time in times[jumped:until]]
            since = until
        return made

    def skipped(self) -> Iterator[tuple[int, int]]:
        """Yield the local times before and after each jump forward; those between do not exist."""
        for end, begin, offset in zip(
            self.ends[:-1], self.begins[1:], self.offsets[1:], strict=True
        ):
            if end < begin + offset:
                yield end, begin + offset


def clock(name: str) -> ZoneInfo:
    """Return the clock of an IANA name, on which days begin and instants are told.

    Raises:
        BadParameter: there is none of that name.
    """
    try:
        if _is_iana(name):  # without the list of all names, which takes a while to read
            return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        pass
    raise BadParameter(f"no time zone named `{name}`", hint="for example Asia/Kolkata")


@cache
def zone(name: str) -> Zone:
    """Return the zone of an IANA name, from the system's database or the package `tzdata`.

    Raises:
        UnknownZone: there is none of that name; case matters.
    """
    if name not in zone_names():
        raise UnknownZone(name)
    info = ZoneInfo(name)
    begins, offsets = [BEGIN_S - _MARGIN_S], [_offset(info, BEGIN_S - _MARGIN_S)]
    for seen in range(begins[0] + _STEP_S, END_S + _MARGIN_S, _STEP_S):
        if (offset := _offset(info, seen)) != offsets[-1]:
            begins.append(_change(info, seen - _STEP_S, seen))
            offsets.append(offset)
    lasts = [*begins[1:], END_S + _MARGIN_S]
    ends = tuple(last + offset for last, offset in zip(lasts, offsets, strict=True))
    return Zone(name, tuple(begins), tuple(offsets), ends)


@cache
def zone_names() -> frozenset[str]:
    """Return the IANA names that are known here."""
    return frozenset(filter(_is_iana, available_timezones()))


def _is_iana(name: str) -> bool:
    """Whether a name may be one of IANA's; systems have files beside these, the database has not.

    `localtime` and `posixrules` are another zone on each machine, `Factory` is none yet, and
    clocks under `right/` count leap seconds.
    """
    beside = ("Factory", "localtime", "posixrules")
    return name not in beside and name.partition("/")[0] not in ("posix", "right")


def _change(info: ZoneInfo, before: int, after: int) -> int:
    """Return the second between two instants at which the offset changes."""
    former = _offset(info, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(info, middle) == former:
            before = middle
        else:
            after = middle
    return after


def _offset(info: ZoneInfo, instant_s: int) -> int:
    offset = datetime.fromtimestamp(instant_s, info).utcoffset()
    assert offset is not None
    return offset.days * DAY_S + offset.seconds
