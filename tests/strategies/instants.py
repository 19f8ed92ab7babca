"""A few instants, so that ties are common, and all their spellings."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from ..twin.values import EPOCH

MOMENTS = tuple(
    (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    for text in (
        "2026-03-01T00:00:00",
        "2026-03-01T09:00:00.123",
        "2026-03-01T09:00:00.123456",
        "2026-03-01T09:00:01",
        "2026-03-02T23:59:59.999999",
    )
)

CLOCK = tuple(MOMENTS[1] + tick * 1_000_000 for tick in range(33))
"""Ticks enough for a long life without ties."""


def _iso(offset_minutes: int, shape: str) -> Callable[[int], str]:
    zone = timezone(timedelta(minutes=offset_minutes))

    def spell(at: int) -> str:
        local = (EPOCH + timedelta(microseconds=at)).astimezone(zone)
        return shape.format(local.replace(tzinfo=None).isoformat(timespec="microseconds"))

    return spell


SPELLINGS: tuple[Callable[[int], str | int], ...] = (
    _iso(0, "{}Z"),
    _iso(0, "{}"),
    _iso(0, "{}789Z"),  # digits after the microseconds are cut
    lambda at: _iso(0, "{}+00")(at).replace("T", " "),
    _iso(330, "{}+05:30"),
    _iso(-180, "{}-0300"),
    lambda at: at // 1_000 if at % 1_000 == 0 else _iso(0, "{}Z")(at),
    lambda at: str(at // 1_000) if at % 1_000 == 0 else _iso(0, "{}Z")(at),
    lambda at: at // 1_000_000 if at % 1_000_000 == 0 else _iso(0, "{}Z")(at),
    lambda at: _iso(0, "{}")(at)[:10] if at % 86_400_000_000 == 0 else _iso(0, "{}Z")(at),
)
"""Spellings of an instant, in microseconds; where one cannot say it exactly, ISO 8601."""
