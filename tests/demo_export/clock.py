"""The demo month: its bounds, office hours, and the spellings of instants the vendor uses."""

from datetime import UTC, datetime, timedelta
from random import Random

START = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 4, 1, tzinfo=UTC)
FIRST_MESSAGE = START + timedelta(hours=8)  # the phone is connected and its chats are known
OPENING_HOUR, CLOSING_HOUR = 8, 18


def in_office_hours(at: datetime) -> bool:
    """True on working days between opening and closing."""
    return at.weekday() < 5 and OPENING_HOUR <= at.hour < CLOSING_HOUR


def next_opening(at: datetime) -> datetime:
    """The first opening at or after `at`; `at` itself while the office is open."""
    while not in_office_hours(at):
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def arrival(rng: Random) -> datetime:
    """A moment a customer writes: mostly working days by daylight, some evenings and nights."""
    hours = [*range(OPENING_HOUR, CLOSING_HOUR)] * 16 + [*range(18, 23)] * 4 + [*range(24)]
    while True:
        day = START + timedelta(days=rng.randrange(31))
        if day.weekday() < 5 or rng.random() < 0.15:
            second = rng.choice(hours) * 3600 + rng.randrange(3600)
            at = day + timedelta(seconds=second, milliseconds=rng.randrange(1000))
            if at >= FIRST_MESSAGE:
                return at


def after(rng: Random, at: datetime, least: float, most: float) -> datetime:
    """A moment between `least` and `most` minutes after `at`, sooner more often than later."""
    u = rng.random()
    minutes = least + (most - least) * u * u  # products only: pow() differs between C libraries
    return at + timedelta(milliseconds=int(minutes * 60_000) + 1)


def office_after(rng: Random, at: datetime, least: float, most: float) -> datetime:
    """Like `after`, but nearly always moved into office hours."""
    then = after(rng, at, least, most)
    if in_office_hours(then) or rng.random() < 0.15:
        return then
    return after(rng, next_opening(then), 0, 75)


def envelope_text(at: datetime) -> str:
    """`2026-03-02T09:16:40.300Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def offset_text(at: datetime) -> str:
    """`2026-03-02T09:16:40.300000+00:00`, or without fraction on whole seconds."""
    return at.isoformat()


def spaced_text(at: datetime) -> str:
    """`2026-03-02 09:16:40+00`, whole seconds."""
    return at.strftime("%Y-%m-%d %H:%M:%S+00")
